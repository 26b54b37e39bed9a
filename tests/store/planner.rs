//! A planner's year with stored programmes, through the use cases, without a transport.

use super::{Cluster, Place, id};
use dyad::intake;
use dyad::model::document::{PlanDocument, Timing};
use dyad::model::fault::Code;
use dyad::service::stored::{
    Bounds, Caller, PlanState, Programmes, Refused, Request, RosterChange, RunRecord, RunState, RunWish,
    Scope, Store, StoreError, TokenTerms,
};
use dyad::service::{self, Given, ServiceError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What a server allows by itself.
pub const BOUNDS: Bounds = dyad::grpc::Limits::DEFAULT.stored();

/// The use cases on a store, with one thread that carries out runs.
pub fn serving(store: Store) -> Arc<Programmes> {
    let programmes = Programmes::new(store, BOUNDS, (1, 1), None).expect("randomness");
    programmes.start(1);
    programmes
}

/// Somebody of a tenant with these scopes.
pub async fn somebody(programmes: &Programmes, tenant: &str, scopes: &[Scope]) -> Caller {
    let scopes = scopes.iter().copied().collect();
    let terms = TokenTerms { tenant: id(tenant), name: "somebody".into(), scopes, days: 1 };
    let secret = programmes.create_token(&terms).await.expect("a token");
    programmes.caller(Some(secret.reveal())).await.expect("a caller")
}

/// A request without an id, or one that is named.
pub fn request(name: &str, body: &str) -> Request {
    Request::new(name, "Test", body.as_bytes()).expect("a request")
}

fn east() -> Given {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/east-ayrshire/comfortable");
    service::hand_over(&intake::read(&path, &[]).expect("a programme").roster)
}

fn toml(text: &str) -> Given {
    service::hand_over(&intake::read_toml("story.toml", text, &[]).expect("a programme").roster)
}

/// Two coaches and three coachees, and a declaration.
const SMALL: &str = r#"
name = "Small"
preset = "bare"
starts = 2026-08-24
ends = 2027-06-25
[rules]
declared = "hard"
[[coaches]]
id = "C1"
min = 2
max = 2
[[coaches]]
id = "C2"
max = 2
[[coachees]]
id = "E1"
[[coachees]]
id = "E2"
[[coachees]]
id = "E3"
[[conflicts]]
person = "E1"
other = "C1"
kind = "dispute"
"#;

pub fn small() -> Given {
    toml(SMALL)
}

/// Triads by chance: nothing but search finds the best, and that takes long.
fn long() -> Given {
    let mut text = String::from(
        "name = \"Long\"\npreset = \"bare\"\nstarts = 2026-08-24\nends = 2027-06-25\n[rules]\n\
         group_size = { level = \"hard\", size = 3 }\npairs = { level = \"soft\", weight = 1 }\n",
    );
    let mut chance: u64 = 7;
    let mut pairs = String::new();
    for one in 0..120 {
        text.extend(["[[participants]]\nid = \"", &format!("P{one:03}"), "\"\n"]);
        for other in 0..one {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let score = (chance >> 33) % 1_000;
            let people = format!("coach = \"P{other:03}\"\ncoachee = \"P{one:03}\"");
            pairs.extend(["[[pairs]]\n", &people, "\nscore = \"", &score.to_string(), "\"\n"]);
        }
    }
    toml(&(text + &pairs))
}

fn timeless(plan: &PlanDocument) -> String {
    intake::plan_to_json(&PlanDocument { timing: Timing::default(), ..plan.clone() })
}

/// What the library makes of the same programme.
fn matched(given: Given) -> PlanDocument {
    let options = service::Options {
        threads: 2,
        time_limit: None,
        cancel: None,
        progress: None,
        workers: None,
        read: Duration::ZERO,
    };
    service::match_programme(&service::receive(given).expect("a programme"), &options).expect("a plan")
}

pub const WISH: fn() -> RunWish = || RunWish { revision: 0, baseline: "".into(), time_limit: None };

/// Watches a run to its end; what is told only moves forward.
pub async fn end_of(programmes: &Programmes, caller: &Caller, programme: &str, run: &RunRecord) -> RunRecord {
    let mut last = run.clone();
    while !last.state.over() {
        let next = programmes.watch_run(caller, programme, run.id.as_str(), last.sequence).await;
        let next = next.expect("an event");
        assert!(next.sequence > last.sequence);
        last = next;
    }
    last
}

pub async fn a_year(place: Place) {
    let store = place.open().await;
    let programmes = serving(store.clone());
    let planner = &somebody(&programmes, "north", Scope::ALL).await;
    // Created once, however often it is asked for.
    let create = request("q1", "create");
    let made = programmes.create_programme(planner, &create, "east", "East Ayrshire").await.expect("created");
    let again = programmes.create_programme(planner, &create, "east", "East Ayrshire").await;
    assert_eq!(again, Ok(made));
    let other = programmes.create_programme(planner, &request("q1", "other"), "west", "West").await;
    assert_eq!(other, Err(Refused::RequestReused));
    let taken = programmes.create_programme(planner, &request("", ""), "east", "East").await;
    assert_eq!(taken, Err(Refused::Exists));
    let early = programmes.start_run(planner, &request("", ""), "east", &WISH()).await;
    assert!(matches!(early, Err(Refused::State(_))));
    // Uploaded, and matched as the command line matches it.
    let put =
        programmes.put_roster(planner, &request("q2", "put"), ("east", ""), east()).await.expect("stored");
    assert_eq!(put.revision, 1);
    let start = request("q3", "run");
    let run = programmes.start_run(planner, &start, "east", &WISH()).await.expect("queued");
    let ended = end_of(&programmes, planner, "east", &run).await;
    assert_eq!((ended.state, ended.revision, &*ended.failure), (RunState::Succeeded, 1, ""));
    assert_eq!(programmes.start_run(planner, &start, "east", &WISH()).await.map(|r| r.id), Ok(run.id));
    let first = ended.plan.expect("a plan").to_string();
    let kept = programmes.get_plan(planner, "east", &first).await.expect("a plan");
    assert_eq!(timeless(&kept.document), timeless(&matched(east())));
    // Approved, then published, in that order and once.
    let early = programmes.publish_plan(planner, &request("", ""), ("east", &first), "").await;
    assert!(matches!(early, Err(Refused::State(_))));
    let approve = request("q4", "approve");
    let approved = programmes.approve_plan(planner, &approve, ("east", &first), "as discussed").await;
    assert_eq!(approved.as_ref().map(|p| p.state), Ok(PlanState::Approved));
    assert_eq!(programmes.approve_plan(planner, &approve, ("east", &first), "as discussed").await, approved);
    let twice = programmes.approve_plan(planner, &request("", ""), ("east", &first), "").await;
    assert!(matches!(twice, Err(Refused::State(_))));
    let published = programmes.publish_plan(planner, &request("", ""), ("east", &first), "").await;
    assert_eq!(published.map(|p| p.state), Ok(PlanState::Published));
    // A coach is lost, somebody else has been quicker, nobody is called so.
    let lost = &*kept.document.pairs[0].coach;
    let drop = |who: &str| vec![RosterChange::Drop(who.into())];
    let unknown = programmes.patch_roster(planner, &request("", ""), ("east", ""), drop("nobody")).await;
    let Err(Refused::Service(ServiceError::Faults(faults))) = unknown else { panic!("{unknown:?}") };
    assert_eq!((faults.len(), faults[0].code, &*faults[0].at.column), (1, Code::UnknownPerson, "drop"));
    let patch = request("q5", "drop");
    let patched = programmes.patch_roster(planner, &patch, ("east", &put.etag), drop(lost)).await;
    let patched = patched.expect("stored");
    assert_eq!(patched.revision, 2);
    let stale = programmes.patch_roster(planner, &request("", ""), ("east", &put.etag), drop(lost)).await;
    assert_eq!(stale, Err(Refused::Stale));
    let repeated = programmes.patch_roster(planner, &patch, ("east", &put.etag), drop(lost)).await;
    assert_eq!(repeated, Ok(patched));
    // The new plan stays close to the published one, whose pairs have been told.
    let wish = RunWish { baseline: (*first).into(), ..WISH() };
    let run = programmes.start_run(planner, &request("", ""), "east", &wish).await.expect("queued");
    let ended = end_of(&programmes, planner, "east", &run).await;
    let second = ended.plan.expect("a plan").to_string();
    let after = programmes.get_plan(planner, "east", &second).await.expect("a plan").document;
    assert!(after.pairs.iter().all(|pair| &*pair.coach != lost));
    let live =
        |pair: &&dyad::model::document::PairLine| pair.state == dyad::model::catalogue::PairState::Live;
    let compared = programmes.compare_plans(planner, "east", (&first, &second)).await.expect("compared");
    assert_eq!(after.pairs.iter().filter(live).count(), compared.kept.len());
    assert!(!compared.kept.is_empty() && !compared.same_instance);
    programmes.approve_plan(planner, &request("", ""), ("east", &second), "").await.expect("approved");
    programmes.publish_plan(planner, &request("", ""), ("east", &second), "").await.expect("published");
    let plans = programmes.list_plans(planner, "east", 1, "").await.expect("a page");
    assert_eq!((plans.items[0].id.as_str(), plans.next.as_deref()), (&*first, Some(&*first)));
    let plans = programmes.list_plans(planner, "east", 1, &first).await.expect("a page");
    assert_eq!((plans.items[0].id.as_str(), plans.next), (&*second, None));
    assert_eq!(programmes.list_runs(planner, "east", 0, "").await.expect("a page").items.len(), 2);
    // All of it is in the chain, and nobody else sees any of it.
    let chain = store.read(&id("north")).await.expect("a transaction").audit_chain().await.expect("whole");
    let actions: Vec<&str> = chain.iter().map(|entry| &*entry.action).collect();
    let wanted = [
        "create-token",
        "create-programme",
        "put-roster",
        "start-run",
        "end-run",
        "approve-plan",
        "publish-plan",
        "patch-roster",
        "start-run",
        "end-run",
        "approve-plan",
        "publish-plan",
    ];
    assert_eq!(actions, wanted);
    let stranger = &somebody(&programmes, "south", Scope::ALL).await;
    assert_eq!(programmes.get_plan(stranger, "east", &first).await.err(), Some(Refused::NotFound));
    assert_eq!(programmes.list_plans(stranger, "east", 0, "").await.err(), Some(Refused::NotFound));
    assert_eq!(programmes.list_programmes(stranger, 0, "").await.expect("a page").items, []);
    programmes.delete_programme(planner, &request("", ""), "east").await.expect("deleted");
    assert_eq!(programmes.get_plan(planner, "east", &first).await.err(), Some(Refused::NotFound));
    programmes.close();
}

pub async fn declarations_are_for_those_who_may_read_them(place: Place) {
    let programmes = serving(place.open().await);
    let keeper = &somebody(&programmes, "north", Scope::ALL).await;
    let clerk = &somebody(&programmes, "north", &[Scope::ProgrammeRead, Scope::ProgrammeWrite]).await;
    programmes.create_programme(keeper, &request("", ""), "small", "Small").await.expect("created");
    let none = |given: Given| match given {
        Given::Table(fields) => {
            Given::Table(fields.into_iter().filter(|(name, _)| name != "conflicts").collect())
        }
        other => other,
    };
    let put = async |who: &Caller, given| {
        programmes.put_roster(who, &request("", ""), ("small", ""), given).await.map(|info| info.revision)
    };
    let declared = async |who: &Caller, revision| {
        let found = programmes.get_roster(who, "small", revision).await.expect("a roster");
        found.reading.roster.conflicts.len()
    };
    assert_eq!(put(clerk, small()).await, Err(Refused::Scope(Scope::DeclarationWrite)));
    assert_eq!(put(keeper, small()).await, Ok(1));
    assert_eq!((declared(clerk, 1).await, declared(keeper, 1).await), (0, 1));
    // The clerk's roster has no declarations, and takes none away.
    assert_eq!(put(clerk, none(small())).await, Ok(2));
    assert_eq!((declared(clerk, 2).await, declared(keeper, 0).await), (0, 1));
    assert_eq!(put(keeper, none(small())).await, Ok(3));
    assert_eq!((declared(keeper, 3).await, declared(keeper, 2).await), (0, 1));
    let Given::Table(fields) = small() else { panic!("a table") };
    let conflicts = fields.into_iter().find(|(name, _)| name == "conflicts").map(|(_, value)| value);
    let Some(Given::List(mut rows)) = conflicts else { panic!("a list") };
    let change = || vec![RosterChange::Add { list: "conflicts", row: rows[0].clone() }];
    let denied = programmes.patch_roster(clerk, &request("", ""), ("small", ""), change()).await;
    assert_eq!(denied, Err(Refused::Scope(Scope::DeclarationWrite)));
    programmes.patch_roster(keeper, &request("", ""), ("small", ""), change()).await.expect("stored");
    assert_eq!(declared(keeper, 0).await, rows.drain(..).len());
    // C1 has two places at least; one place is fewer.
    let places = RosterChange::Places { coach: "C1".into(), places: 1 };
    programmes.patch_roster(clerk, &request("", ""), ("small", ""), vec![places]).await.expect("stored");
    let found = programmes.get_roster(keeper, "small", 5).await.expect("a roster").reading.roster;
    let coach = found.coaches.iter().next().expect("C1");
    assert_eq!((coach.min, coach.max), (Some(1), 1));
    programmes.close();
}

pub async fn a_bad_roster_is_told_and_not_stored(place: Place) {
    let programmes = serving(place.open().await);
    let planner = &somebody(&programmes, "north", Scope::ALL).await;
    programmes.create_programme(planner, &request("", ""), "small", "Small").await.expect("created");
    let text = |text: &str| Given::Text(text.to_owned());
    let coach = Given::Table(vec![("id".into(), text("C1"))]);
    let keys = Given::Table(vec![("name".into(), text("Bad")), ("preset".into(), text("nonsense"))]);
    let bad = Given::Table(vec![("programme".into(), keys), ("coaches".into(), Given::List(vec![coach]))]);
    let answer = programmes.put_roster(planner, &request("q", "bad"), ("small", ""), bad.clone()).await;
    let Err(Refused::Service(ServiceError::Faults(faults))) = answer else { panic!("{answer:?}") };
    let codes: Vec<Code> = faults.iter().map(|fault| fault.code).collect();
    assert!(codes.contains(&Code::UnknownPreset) && codes.contains(&Code::BlankMax), "{codes:?}");
    assert_eq!(programmes.get_programme(planner, "small").await.map(|p| p.revision), Ok(0));
    // The same request id is free for the corrected request.
    let put = programmes.put_roster(planner, &request("q", "good"), ("small", ""), small()).await;
    assert_eq!(put.map(|info| info.revision), Ok(1));
    for (field, answer) in [
        ("title", programmes.create_programme(planner, &request("", ""), "x", "").await),
        ("programme", programmes.create_programme(planner, &request("", ""), "X y", "t").await),
    ] {
        assert!(matches!(answer, Err(Refused::Field { field: at, .. }) if at == field), "{answer:?}");
    }
    for limit in [Duration::ZERO, Duration::from_secs(601)] {
        let wish = RunWish { time_limit: Some(limit), ..WISH() };
        let answer = programmes.start_run(planner, &request("", ""), "small", &wish).await;
        assert!(matches!(answer, Err(Refused::Field { field: "time_limit", .. })), "{answer:?}");
    }
    let wish = RunWish { revision: 2, ..WISH() };
    let answer = programmes.start_run(planner, &request("", ""), "small", &wish).await;
    assert_eq!(answer.err(), Some(Refused::NotFound));
    programmes.close();
}

/// A run that goes on as long as it may.
async fn long_run(programmes: &Programmes, planner: &Caller, time_limit: Duration) -> RunRecord {
    programmes.create_programme(planner, &request("", ""), "long", "Long").await.expect("created");
    programmes.put_roster(planner, &request("", ""), ("long", ""), long()).await.expect("stored");
    let wish = RunWish { time_limit: Some(time_limit), ..WISH() };
    programmes.start_run(planner, &request("", ""), "long", &wish).await.expect("queued")
}

/// The first event in which it runs.
async fn running(programmes: &Programmes, planner: &Caller, run: &RunRecord) -> RunRecord {
    let mut found = run.clone();
    while found.state == RunState::Queued {
        let next = programmes.watch_run(planner, "long", run.id.as_str(), found.sequence).await;
        found = next.expect("an event");
    }
    assert_eq!(found.state, RunState::Running);
    found
}

pub async fn a_cancelled_run_ends(place: Place) {
    let programmes = serving(place.open().await);
    let planner = &somebody(&programmes, "north", Scope::ALL).await;
    let run = long_run(&programmes, planner, Duration::from_mins(10)).await;
    running(&programmes, planner, &run).await;
    // The other places of the tenant are taken as well, and there are no more.
    let mut queued = Vec::new();
    while queued.len() + 1 < BOUNDS.tenant_runs {
        queued.push(programmes.start_run(planner, &request("", ""), "long", &WISH()).await.expect("queued"));
    }
    let full = programmes.start_run(planner, &request("", ""), "long", &WISH()).await;
    assert_eq!(full, Err(Refused::TenantLimit(BOUNDS.tenant_runs)));
    for run in &queued {
        let done = programmes.cancel_run(planner, &request("", ""), "long", run.id.as_str()).await;
        assert_eq!(done.map(|run| run.state), Ok(RunState::Cancelled));
    }
    programmes.cancel_run(planner, &request("", ""), "long", run.id.as_str()).await.expect("told");
    let ended = end_of(&programmes, planner, "long", &run).await;
    assert_eq!((ended.state, ended.plan), (RunState::Cancelled, None));
    programmes.close();
}

pub async fn a_run_outlives_its_server(place: Place) {
    let store = place.open().await;
    let first = serving(store.clone());
    let planner = &somebody(&first, "north", Scope::ALL).await;
    let run = long_run(&first, planner, Duration::from_mins(10)).await;
    running(&first, planner, &run).await;
    // The first shuts down and gives it back; the second takes it up again, and is told to stop.
    first.close();
    let mut found = first.get_run(planner, "long", run.id.as_str()).await.expect("a run");
    while found.state == RunState::Running {
        tokio::time::sleep(Duration::from_millis(50)).await;
        found = first.get_run(planner, "long", run.id.as_str()).await.expect("a run");
    }
    assert_eq!((found.state, found.ended), (RunState::Queued, None));
    let second = serving(store);
    running(&second, planner, &found).await;
    second.cancel_run(planner, &request("", ""), "long", run.id.as_str()).await.expect("told");
    assert_eq!(end_of(&second, planner, "long", &run).await.state, RunState::Cancelled);
    second.close();
}

/// A process of its own on the store; killed when dropped.
struct Replica(std::process::Child);

impl Replica {
    fn start(place: &Place, key: &Path) -> Self {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dyad"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--store", &place.address, "--key-file"]).arg(key);
        let quiet = std::process::Stdio::null;
        Self(command.stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn().expect("a server"))
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        // kill -9; one that has ended by itself is no matter.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub async fn a_server_that_is_killed_is_replaced(place: Place) {
    // This process asks and looks; it carries out nothing.
    let programmes = Programmes::new(place.open().await, BOUNDS, (1, 1), None).expect("randomness");
    let planner = &somebody(&programmes, "north", Scope::ALL).await;
    let run = long_run(&programmes, planner, Duration::from_secs(2)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, place.key.text()).expect("written");
    let first = Replica::start(&place, &key);
    let taken = running(&programmes, planner, &run).await;
    let second = Replica::start(&place, &key);
    drop(first);
    let ended = end_of(&programmes, planner, "long", &taken).await;
    assert_eq!((ended.state, &*ended.failure), (RunState::Succeeded, ""));
    let plans = programmes.list_plans(planner, "long", 0, "").await.expect("a page").items;
    assert_eq!(plans.iter().map(|plan| Some(plan.id.clone())).collect::<Vec<_>>(), [ended.plan]);
    drop(second);
}

pub async fn a_store_that_is_gone_is_unavailable(place: Place, cluster: &Cluster) {
    let programmes = serving(place.open().await);
    let planner = &somebody(&programmes, "north", Scope::ALL).await;
    assert!(programmes.ready().await);
    cluster.stop();
    let answer = programmes.get_programme(planner, "east").await;
    assert!(matches!(answer, Err(Refused::Store(StoreError::Gone(_)))), "{answer:?}");
    let answer = programmes.create_programme(planner, &request("", ""), "east", "East").await;
    assert!(matches!(answer, Err(Refused::Store(StoreError::Gone(_)))), "{answer:?}");
    assert!(!programmes.ready().await);
    programmes.close();
}
