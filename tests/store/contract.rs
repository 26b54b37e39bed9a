//! What the store promises.

use super::{Place, id};
use dyad::store::{
    Claim, MasterKey, NewPlan, NewRoster, NewRun, NewToken, PlanState, RunState, Seen, Store, StoreError,
};
use sqlx::{AnyConnection, Connection, Executor};

/// A store with the tenants `north` and `south`.
async fn founded(place: &Place) -> Store {
    let store = place.open().await;
    let mut desk = store.desk().await.expect("a desk");
    for tenant in ["north", "south"] {
        desk.found_tenant(&id(tenant), 1).await.expect("a tenant");
    }
    desk.commit().await.expect("committed");
    store
}

const DECLARED: &str = r#"[{"person": "E12", "other": "C03", "kind": "dispute"}]"#;

/// A programme `east` of `north` with one revision.
async fn with_programme(place: &Place) -> Store {
    let store = founded(place).await;
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    tx.create_programme(&id("east"), "East Ayrshire", 10).await.expect("created");
    let roster = NewRoster {
        programme: &id("east"),
        revision: 1,
        etag: "1-abc",
        instance: "sha256:abc",
        author: "token-a",
        body: r#"{"coaches": []}"#,
        declarations: DECLARED,
    };
    tx.add_roster(&roster, 11).await.expect("added");
    assert!(tx.advance(&id("east"), 0, 1, 11).await.expect("advanced"));
    tx.commit().await.expect("committed");
    store
}

async fn queue(store: &Store, run: &str, now: i64) {
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    let new = NewRun {
        programme: &id("east"),
        id: &id(run),
        revision: 1,
        baseline: None,
        time_limit: 60_000,
        author: "token-a",
    };
    tx.queue_run(&new, now).await.expect("queued");
    tx.commit().await.expect("committed");
}

async fn claim(store: &Store, owner: &str, now: i64) -> Option<Claim> {
    let mut desk = store.desk().await.expect("a desk");
    let claim = desk.claim_run(owner, now).await.expect("asked");
    desk.commit().await.expect("committed");
    claim
}

/// The end of a run with its plan, as the service writes it.
async fn finish(store: &Store, claim: &Claim, plan: &str, now: i64) -> bool {
    let mut tx = store.write(&claim.tenant).await.expect("a transaction");
    let ours = tx.leave_run(claim, RunState::Succeeded, (plan, ""), now).await.expect("asked");
    if !ours {
        return false;
    }
    let new = NewPlan {
        programme: &claim.programme,
        id: &id(plan),
        run: &claim.run,
        revision: 1,
        outcome: "optimal",
        hash: "sha256:def",
        document: "{\"outcome\": \"optimal\"}\n",
    };
    tx.add_plan(&new, now).await.expect("added");
    tx.commit().await.expect("committed");
    true
}

pub async fn opens_again_with_its_key_alone(place: Place) {
    place.open().await.close().await;
    place.open().await.close().await;
    let other = MasterKey::fresh().expect("randomness");
    assert_eq!(place.try_open(&other).await.err(), Some(StoreError::WrongKey));
    if let Some(folder) = &place.folder {
        use std::os::unix::fs::PermissionsExt;
        let store = founded(&place).await;
        for entry in std::fs::read_dir(folder.path()).expect("a folder") {
            let entry = entry.expect("an entry");
            let mode = entry.metadata().expect("metadata").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.file_name().display());
        }
        store.close().await;
    }
}

pub async fn a_newer_schema_is_refused(place: Place) {
    place.open().await.close().await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 900, 'later', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
    assert_eq!(place.outside(later).await.expect("written"), 1);
    assert_eq!(place.try_open(&place.key).await.err(), Some(StoreError::Newer(900)));
}

pub async fn programmes_have_pages_and_one_latest_revision(place: Place) {
    let store = founded(&place).await;
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    for name in ["b", "a", "c", "a-1", "10", "9"] {
        tx.create_programme(&id(name), name, 5).await.expect("created");
    }
    tx.commit().await.expect("committed");
    let mut tx = store.read(&id("north")).await.expect("a transaction");
    let names = |page: Vec<dyad::store::Programme>| page.iter().map(|p| p.id.to_string()).collect::<Vec<_>>();
    let first = names(tx.programmes("", 4).await.expect("a page"));
    assert_eq!(first, ["10", "9", "a", "a-1"]);
    assert_eq!(names(tx.programmes("a-1", 4).await.expect("a page")), ["b", "c"]);
    drop(tx);
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    assert!(tx.advance(&id("a"), 0, 1, 6).await.expect("asked"));
    assert!(!tx.advance(&id("a"), 0, 1, 7).await.expect("asked"), "somebody was quicker");
    let found = tx.programme(&id("a")).await.expect("asked").expect("there");
    assert_eq!((found.revision, found.created, found.updated), (1, 5, 6));
    assert_eq!(tx.create_programme(&id("a"), "again", 8).await, Err(StoreError::Taken));
}

pub async fn what_is_not_committed_has_not_happened(place: Place) {
    let store = founded(&place).await;
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    tx.create_programme(&id("east"), "East", 1).await.expect("created");
    tx.audit("token-a", "create", "east", 1).await.expect("audited");
    drop(tx);
    let mut tx = store.read(&id("north")).await.expect("a transaction");
    assert_eq!(tx.programme(&id("east")).await, Ok(None));
    assert_eq!(tx.audit_chain().await, Ok(Vec::new()));
}

pub async fn tenants_see_nothing_of_one_another(place: Place) {
    let store = with_programme(&place).await;
    queue(&store, "r1", 20).await;
    let held = claim(&store, "s1", 21).await.expect("a run");
    assert!(finish(&store, &held, "p1", 22).await);
    let (east, r1, p1) = (id("east"), id("r1"), id("p1"));
    let mut tx = store.write(&id("south")).await.expect("a transaction");
    assert_eq!(tx.programme(&east).await, Ok(None));
    assert_eq!(tx.programmes("", 10).await, Ok(Vec::new()));
    assert_eq!(tx.roster(&east, 1).await, Ok(None));
    assert_eq!(tx.run(&east, &r1).await, Ok(None));
    assert_eq!(tx.runs(&east, "", 10).await, Ok(Vec::new()));
    assert_eq!(tx.plan(&east, &p1).await, Ok(None));
    assert_eq!(tx.plans(&east, "", 10).await, Ok(Vec::new()));
    assert_eq!(tx.document(&east, &p1).await, Ok(None));
    assert_eq!(tx.approvals(&east, &p1).await, Ok(Vec::new()));
    assert_eq!(tx.open_runs().await, Ok(0));
    assert_eq!(tx.delete_programme(&east).await, Ok(false));
    assert_eq!(tx.advance(&east, 1, 2, 30).await, Ok(false));
    let (steps, words) = ((PlanState::Draft, PlanState::Approved), ("token-b", ""));
    assert_eq!(tx.advance_plan((&east, &p1), steps, words, 30).await, Ok(false));
    assert_eq!(tx.beat(&held, (1, 2), 3, 30).await, Ok(None));
    // The same id is another programme there.
    tx.create_programme(&east, "Another East", 31).await.expect("created");
    tx.commit().await.expect("committed");
    let mut tx = store.read(&id("north")).await.expect("a transaction");
    assert_eq!(&*tx.programme(&east).await.expect("asked").expect("there").title, "East Ayrshire");
    assert!(tx.document(&east, &p1).await.expect("asked").is_some());
}

/// PostgreSQL itself shows a tenant's rows to nobody else, and lets the service change no revision and no entry.
pub async fn row_level_security_holds(place: Place) {
    with_programme(&place).await;
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&place.address).await.expect("connected");
    connection.execute("SET ROLE dyad_app").await.expect("the role is there");
    let tables =
        ["programmes", "rosters", "runs", "plans", "approvals", "requests", "tokens", "audit", "tenants"];
    for (tenant, sees) in [("", 0_i64), ("south", 0), ("north", 1), ("*", 1)] {
        let set = sqlx::query("SELECT set_config('dyad.tenant', $1, false)").bind(tenant);
        set.execute(&mut connection).await.expect("set");
        let row = connection.fetch_one("SELECT COUNT(*) FROM programmes").await.expect("counted");
        assert_eq!(sqlx::Row::get::<i64, _>(&row, 0), sees, "{tenant:?}");
    }
    let foreign = "INSERT INTO programmes VALUES ('south', 'x', 'x', 0, 0, 0)";
    connection.execute("SELECT set_config('dyad.tenant', 'north', false)").await.expect("set");
    assert!(connection.execute(foreign).await.is_err(), "a row of another tenant");
    for sql in [
        "UPDATE rosters SET body = ''",
        "DELETE FROM audit",
        "UPDATE audit SET actor = ''",
        "DROP TABLE runs",
    ] {
        assert!(connection.execute(sql).await.is_err(), "{sql}");
    }
    let forced =
        "SELECT COUNT(*) FROM pg_class WHERE relkind = 'r' AND relforcerowsecurity AND relrowsecurity";
    let row = connection.fetch_one(forced).await.expect("counted");
    assert_eq!(sqlx::Row::get::<i64, _>(&row, 0), i64::try_from(tables.len()).expect("a few"));
    let owned =
        "SELECT COUNT(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'dyad_app'";
    let row = connection.fetch_one(owned).await.expect("counted");
    assert_eq!(sqlx::Row::get::<i64, _>(&row, 0), 0);
}

pub async fn revisions_stay_and_declarations_are_sealed(place: Place) {
    let store = with_programme(&place).await;
    let east = id("east");
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    let kept = tx.roster(&east, 1).await.expect("asked").expect("there");
    assert_eq!((&*kept.etag, &*kept.body, &*kept.declarations), ("1-abc", r#"{"coaches": []}"#, DECLARED));
    let again = NewRoster {
        programme: &east,
        revision: 1,
        etag: "",
        instance: "",
        author: "",
        body: "",
        declarations: "",
    };
    assert_eq!(tx.add_roster(&again, 12).await, Err(StoreError::Taken));
    drop(tx);
    store.close().await;
    if let Some(folder) = &place.folder {
        for entry in std::fs::read_dir(folder.path()).expect("a folder") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            assert!(!bytes.windows(7).any(|w| w == b"dispute"));
        }
    }
    // Moved to another revision, it opens no more.
    let moved = "INSERT INTO rosters SELECT tenant, programme, 2, etag, instance, author, created, body, declarations \
                 FROM rosters";
    // On PostgreSQL the rows are hidden even from their owner, and the sealing stands behind that.
    if place.folder.is_some() {
        assert_eq!(place.outside(moved).await.expect("written"), 1);
        let store = place.open().await;
        let mut tx = store.read(&id("north")).await.expect("a transaction");
        assert_eq!(tx.roster(&east, 2).await, Err(StoreError::WrongKey));
    } else {
        assert_eq!(place.outside(moved).await.expect("nothing to move"), 0);
    }
}

pub async fn a_run_is_taken_up_once_and_ended_by_the_last_who_did(place: Place) {
    let store = with_programme(&place).await;
    queue(&store, "r1", 20).await;
    queue(&store, "r2", 21).await;
    let (one, two) = tokio::join!(claim(&store, "s1", 30), claim(&store, "s2", 30));
    let mut taken: Vec<Claim> = [one, two].into_iter().flatten().collect();
    while taken.len() < 2 {
        // Both asked for the same one, and one of them was quicker.
        taken.extend(claim(&store, "s1", 30).await);
    }
    taken.sort_by_key(|c| c.run.clone());
    assert_eq!(taken.iter().map(|c| c.run.as_str()).collect::<Vec<_>>(), ["r1", "r2"]);
    assert_eq!(claim(&store, "s3", 31).await, None);
    let (r1, r2) = (&taken[0], &taken[1]);
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    assert_eq!(tx.beat(r1, (3, 9), 40, 10_000).await, Ok(Some(false)));
    let run = tx.run(&id("east"), &r1.run).await.expect("asked").expect("there");
    assert_eq!((run.state, run.matched, run.wanted, run.elapsed), (RunState::Running, 3, 9, 40));
    assert_eq!(tx.open_runs().await, Ok(2));
    tx.commit().await.expect("committed");
    // The server of r2 is not heard of: another takes it up, and the first writes nothing any more.
    let mut desk = store.desk().await.expect("a desk");
    assert_eq!(desk.requeue_lost(5_000, 10_001).await, Ok(1));
    desk.commit().await.expect("committed");
    let again = claim(&store, "s3", 10_002).await.expect("queued again");
    assert_eq!((again.run.as_str(), again.fence), ("r2", r2.fence + 1));
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    assert_eq!(tx.beat(r2, (1, 1), 1, 10_003).await, Ok(None));
    drop(tx);
    assert!(!finish(&store, r2, "p-late", 10_004).await);
    assert!(finish(&store, &again, "p-good", 10_005).await);
    assert!(!finish(&store, &again, "p-twice", 10_006).await);
    let mut tx = store.read(&id("north")).await.expect("a transaction");
    let plans = tx.plans(&id("east"), "", 10).await.expect("asked");
    assert_eq!(plans.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["p-good"]);
    let run = tx.run(&id("east"), &id("r2")).await.expect("asked").expect("there");
    assert_eq!((run.state, run.plan, run.ended), (RunState::Succeeded, Some(id("p-good")), Some(10_005)));
}

pub async fn a_cancelled_run_stops(place: Place) {
    let store = with_programme(&place).await;
    let east = id("east");
    let state = async |run: &str| {
        let mut tx = store.read(&id("north")).await.expect("a transaction");
        tx.run(&east, &id(run)).await.expect("asked").expect("there").state
    };
    let cancel = async |run: &str, now| {
        let mut tx = store.write(&id("north")).await.expect("a transaction");
        tx.cancel_run(&east, &id(run), now).await.expect("asked");
        tx.commit().await.expect("committed");
    };
    queue(&store, "r1", 20).await;
    cancel("r1", 21).await;
    assert_eq!(state("r1").await, RunState::Cancelled);
    assert_eq!(claim(&store, "s1", 22).await, None);
    queue(&store, "r2", 23).await;
    let held = claim(&store, "s1", 24).await.expect("a run");
    cancel("r2", 25).await;
    assert_eq!(state("r2").await, RunState::Running);
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    assert_eq!(tx.beat(&held, (0, 0), 0, 26).await, Ok(Some(true)));
    assert_eq!(tx.leave_run(&held, RunState::Cancelled, ("", ""), 27).await, Ok(true));
    tx.commit().await.expect("committed");
    cancel("r2", 28).await;
    assert_eq!(state("r2").await, RunState::Cancelled);
    // Its server died before it could stop: it is not begun again.
    queue(&store, "r3", 30).await;
    claim(&store, "s1", 31).await.expect("a run");
    cancel("r3", 32).await;
    let mut desk = store.desk().await.expect("a desk");
    assert_eq!(desk.requeue_lost(1_000, 1_001).await, Ok(1));
    desk.commit().await.expect("committed");
    assert_eq!(state("r3").await, RunState::Cancelled);
}

pub async fn plans_go_forward_and_say_who_approved(place: Place) {
    let store = with_programme(&place).await;
    queue(&store, "r1", 20).await;
    let held = claim(&store, "s1", 21).await.expect("a run");
    assert!(finish(&store, &held, "p1", 22).await);
    let (east, p1) = (id("east"), id("p1"));
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    let document = tx.document(&east, &p1).await.expect("asked");
    assert_eq!(document.as_deref(), Some("{\"outcome\": \"optimal\"}\n"));
    let publish = (PlanState::Approved, PlanState::Published);
    let approve = (PlanState::Draft, PlanState::Approved);
    assert_eq!(tx.advance_plan((&east, &p1), publish, ("b", ""), 30).await, Ok(false));
    assert_eq!(tx.advance_plan((&east, &p1), approve, ("b", "as discussed"), 31).await, Ok(true));
    assert_eq!(tx.advance_plan((&east, &p1), approve, ("c", ""), 32).await, Ok(false));
    assert_eq!(tx.advance_plan((&east, &p1), publish, ("c", ""), 33).await, Ok(true));
    tx.commit().await.expect("committed");
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    let approvals = tx.approvals(&east, &p1).await.expect("asked");
    let told: Vec<_> = approvals.iter().map(|a| (a.state, &*a.author, &*a.note, a.created)).collect();
    let wanted = [(PlanState::Approved, "b", "as discussed", 31), (PlanState::Published, "c", "", 33)];
    assert_eq!(told, wanted);
    assert_eq!(tx.plan(&east, &p1).await.expect("asked").expect("there").state, PlanState::Published);
    assert_eq!(tx.delete_programme(&east).await, Ok(true));
    assert_eq!(tx.document(&east, &p1).await, Ok(None));
    assert_eq!(tx.run(&east, &id("r1")).await, Ok(None));
}

pub async fn a_request_is_done_once(place: Place) {
    let store = founded(&place).await;
    let day = 24 * 3_600_000;
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    assert_eq!(tx.seen("q1", "f1").await, Ok(Seen::Never));
    tx.remember("q1", ("f1", "made"), day).await.expect("remembered");
    assert_eq!(tx.seen("q1", "f1").await, Ok(Seen::Made("made".into())));
    assert_eq!(tx.seen("q1", "f2").await, Ok(Seen::Other));
    tx.commit().await.expect("committed");
    let mut tx = store.write(&id("south")).await.expect("a transaction");
    assert_eq!(tx.seen("q1", "f1").await, Ok(Seen::Never));
    drop(tx);
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    tx.remember("q2", ("f", "later"), 9 * day).await.expect("remembered");
    assert_eq!(tx.seen("q1", "f1").await, Ok(Seen::Never), "forgotten after a week");
    assert_eq!(tx.remember("q2", ("f", "twice"), 9 * day).await, Err(StoreError::Taken));
}

pub async fn tokens_are_found_and_revoked(place: Place) {
    let store = founded(&place).await;
    let mut desk = store.reading_desk().await.expect("a desk");
    assert_eq!(desk.has_tokens().await, Ok(false));
    drop(desk);
    let hash = store.keyed_hash(b"secret");
    assert_eq!(hash.len(), 32);
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    let new =
        NewToken { id: &id("t1"), name: "planner", scopes: "plan:read", hash: hash.clone(), expires: 99 };
    tx.add_token(new, 5).await.expect("added");
    tx.commit().await.expect("committed");
    let found = async || {
        let mut desk = store.reading_desk().await.expect("a desk");
        assert_eq!(desk.has_tokens().await, Ok(true));
        desk.token(&id("t1")).await.expect("asked").expect("there")
    };
    let token = found().await;
    assert_eq!((token.tenant, token.hash, token.expires, token.revoked), (id("north"), hash, 99, None));
    let mut tx = store.write(&id("south")).await.expect("a transaction");
    assert_eq!(tx.revoke_token(&id("t1"), 6).await, Ok(false));
    drop(tx);
    let mut tx = store.write(&id("north")).await.expect("a transaction");
    assert_eq!(tx.revoke_token(&id("t1"), 7).await, Ok(true));
    assert_eq!(tx.revoke_token(&id("t1"), 8).await, Ok(true));
    assert_eq!(tx.tokens().await.expect("asked").len(), 1);
    tx.commit().await.expect("committed");
    assert_eq!(found().await.revoked, Some(7));
}

pub async fn the_audit_chain_tells_of_changes(place: Place) {
    let store = founded(&place).await;
    let mut writers = Vec::new();
    for writer in 0..4 {
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            for at in 0..10 {
                let mut tx = store.write(&id("north")).await.expect("a transaction");
                tx.audit(&format!("w{writer}"), "touch", "east", at).await.expect("audited");
                tx.commit().await.expect("committed");
            }
        }));
    }
    for writer in writers {
        writer.await.expect("a writer");
    }
    let mut tx = store.read(&id("north")).await.expect("a transaction");
    let chain = tx.audit_chain().await.expect("whole");
    assert_eq!(chain.iter().map(|e| e.number).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
    drop(tx);
    if place.folder.is_none() {
        // Nobody but a superuser can change an entry there; that the chain would tell is shown on SQLite.
        return;
    }
    assert_eq!(
        place.outside("UPDATE audit SET subject = 'west' WHERE number = 7").await.expect("written"),
        1
    );
    let mut tx = store.read(&id("north")).await.expect("a transaction");
    assert!(matches!(tx.audit_chain().await, Err(StoreError::Broken(what)) if what.contains("entry 7")));
    drop(tx);
    place.outside("UPDATE audit SET subject = 'east' WHERE number = 7").await.expect("written");
    place.outside("DELETE FROM audit WHERE number = 40").await.expect("written");
    let mut tx = store.read(&id("north")).await.expect("a transaction");
    assert!(matches!(tx.audit_chain().await, Err(StoreError::Broken(what)) if what.contains("end")));
}
