//! Every method of the stored service, with every role, through the door: the methods come from the descriptors, so that a new one
//! without a row here fails.

use super::planner::{WISH, end_of, request, serving, small, somebody};
use super::{Place, id};
use dyad::grpc::wire::programmes_client::ProgrammesClient;
use dyad::grpc::{self, Limits, Matching, wire};
use dyad::service::stored::{Programmes, Scope, TokenTerms};
use prost::Message;
use std::sync::Arc;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// What each method needs.
const SCOPES: &[(&str, Scope)] = &[
    ("CreateProgramme", Scope::ProgrammeWrite),
    ("GetProgramme", Scope::ProgrammeRead),
    ("ListProgrammes", Scope::ProgrammeRead),
    ("DeleteProgramme", Scope::Erase),
    ("PutRoster", Scope::ProgrammeWrite),
    ("PatchRoster", Scope::ProgrammeWrite),
    ("GetRoster", Scope::ProgrammeRead),
    ("StartRun", Scope::PlanWrite),
    ("GetRun", Scope::PlanRead),
    ("WatchRun", Scope::PlanRead),
    ("CancelRun", Scope::PlanWrite),
    ("ListRuns", Scope::PlanRead),
    ("GetPlan", Scope::PlanRead),
    ("ListPlans", Scope::PlanRead),
    ("ApprovePlan", Scope::PlanApprove),
    ("PublishPlan", Scope::PlanApprove),
    ("ComparePlans", Scope::PlanRead),
];

/// The methods of a service of ours, as reflection tells them.
fn methods(service: &str) -> Vec<String> {
    let set = prost_types::FileDescriptorSet::decode(wire::DESCRIPTORS).expect("descriptors");
    let services = set.file.into_iter().flat_map(|file| file.service);
    let found = services.filter(|s| s.name() == service).flat_map(|s| s.method);
    found.map(|method| method.name().to_owned()).collect()
}

/// What is there to be asked for.
struct Things {
    programme: String,
    run: String,
    plan: String,
}

type Door = grpc::Door;

/// Calls a method with a token; an answer is told by nothing but its being one.
async fn call(door: &Door, method: &str, token: Option<&str>, things: &Things) -> Result<(), Status> {
    let mut client = ProgrammesClient::new(door.clone());
    let Things { programme, run, plan } = things;
    let (programme, run, plan) = (programme.clone(), run.clone(), plan.clone());
    let (title, text) = ("Title".to_owned(), String::new);
    macro_rules! sent {
        ($name:ident, $message:expr) => {{
            let mut request = Request::new($message);
            if let Some(token) = token {
                let value = format!("Bearer {token}").parse().expect("a header");
                request.metadata_mut().insert("authorization", value);
            }
            client.$name(request).await.map(|_| ())
        }};
    }
    match method {
        "CreateProgramme" => {
            sent!(create_programme, wire::CreateProgrammeRequest { title, ..Default::default() })
        }
        "GetProgramme" => sent!(get_programme, wire::GetProgrammeRequest { programme }),
        "ListProgrammes" => sent!(list_programmes, wire::ListProgrammesRequest::default()),
        "DeleteProgramme" => {
            sent!(delete_programme, wire::DeleteProgrammeRequest { request_id: text(), programme })
        }
        "PutRoster" => {
            let roster = Some(wire::Roster::default());
            sent!(put_roster, wire::PutRosterRequest { programme, roster, ..Default::default() })
        }
        "PatchRoster" => {
            let changes = vec![wire::RosterChange::default()];
            sent!(patch_roster, wire::PatchRosterRequest { programme, changes, ..Default::default() })
        }
        "GetRoster" => sent!(get_roster, wire::GetRosterRequest { programme, revision: 1 }),
        "StartRun" => sent!(start_run, wire::StartRunRequest { programme, ..Default::default() }),
        "GetRun" => sent!(get_run, wire::GetRunRequest { programme, run }),
        "WatchRun" => sent!(watch_run, wire::WatchRunRequest { programme, run, after_sequence: 0 }),
        "CancelRun" => sent!(cancel_run, wire::CancelRunRequest { request_id: text(), programme, run }),
        "ListRuns" => sent!(list_runs, wire::ListRunsRequest { programme, ..Default::default() }),
        "GetPlan" => sent!(get_plan, wire::GetPlanRequest { programme, plan }),
        "ListPlans" => sent!(list_plans, wire::ListPlansRequest { programme, ..Default::default() }),
        "ApprovePlan" => {
            sent!(approve_plan, wire::ApprovePlanRequest { programme, plan, ..Default::default() })
        }
        "PublishPlan" => {
            sent!(publish_plan, wire::PublishPlanRequest { programme, plan, ..Default::default() })
        }
        "ComparePlans" => {
            sent!(compare_plans, wire::ComparePlansRequest { programme, before: plan.clone(), after: plan })
        }
        other => panic!("{other} has no row"),
    }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().map_or_else(String::new, |info| info.reason)
}

async fn token(programmes: &Programmes, tenant: &str, scopes: &[Scope], days: u16) -> String {
    let scopes = scopes.iter().copied().collect();
    let terms = TokenTerms { tenant: id(tenant), name: "role".into(), scopes, days };
    programmes.create_token(&terms).await.expect("a token").reveal().to_owned()
}

/// A programme of `north` with a roster, a run and a plan.
async fn things(programmes: &Programmes) -> Things {
    let planner = &somebody(programmes, "north", Scope::ALL).await;
    programmes.create_programme(planner, &request("", ""), "small", "Small").await.expect("created");
    programmes.put_roster(planner, &request("", ""), ("small", ""), small()).await.expect("stored");
    let run = programmes.start_run(planner, &request("", ""), "small", &WISH()).await.expect("queued");
    let ended = end_of(programmes, planner, "small", &run).await;
    let plan = ended.plan.expect("a plan").to_string();
    Things { programme: "small".to_owned(), run: run.id.to_string(), plan }
}

pub async fn every_method_asks_for_its_scope(place: Place) {
    let store = place.open().await;
    let programmes = serving(store.clone());
    let there = things(&programmes).await;
    let nowhere = Things { programme: "nowhere".to_owned(), run: "r0".to_owned(), plan: "p0".to_owned() };
    let matching = Matching::new(Limits::DEFAULT, 1, None);
    let health = tonic_health::server::HealthReporter::new();
    let door = grpc::door(matching, Some(programmes.clone()), Limits::DEFAULT, health, Arc::default());
    let expired = token(&programmes, "north", Scope::ALL, 0).await;
    let revoked = token(&programmes, "north", Scope::ALL, 1).await;
    let who = programmes.caller(Some(&revoked)).await.expect("valid so far").actor;
    programmes.revoke_token(&id("north"), &id(&who)).await.expect("revoked");
    let (foreign, own) =
        (token(&programmes, "south", Scope::ALL, 1).await, token(&programmes, "north", Scope::ALL, 1).await);
    let mut roles = Vec::new();
    for scope in Scope::ALL {
        roles.push((*scope, token(&programmes, "north", &[*scope], 1).await));
    }
    let names = methods("Programmes");
    assert_eq!(names.len(), SCOPES.len());
    // What deletes comes last.
    let (last, first): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name == "DeleteProgramme");
    for method in first.into_iter().chain(last) {
        let needs = SCOPES
            .iter()
            .find(|(name, _)| *name == method)
            .unwrap_or_else(|| panic!("{method} has no row"))
            .1;
        let missing = call(&door, &method, None, &there).await.expect_err("no token");
        assert_eq!(
            (missing.code(), &*reason(&missing)),
            (Code::Unauthenticated, "TOKEN_MISSING"),
            "{method}"
        );
        let mut texts = Vec::new();
        for bad in ["dyad_x", &expired, &revoked, &format!("{own}0")] {
            let status = call(&door, &method, Some(bad), &there).await.expect_err("a bad token");
            assert_eq!(
                (status.code(), &*reason(&status)),
                (Code::Unauthenticated, "TOKEN_INVALID"),
                "{method}"
            );
            texts.push(status.details().to_vec());
        }
        texts.dedup();
        assert_eq!(texts.len(), 1, "nobody is told what is wrong with a token");
        // Another tenant's is as if it were not there.
        if !["CreateProgramme", "ListProgrammes"].contains(&&*method) {
            let theirs = call(&door, &method, Some(&foreign), &there).await.expect_err("another tenant's");
            let none = call(&door, &method, Some(&own), &nowhere).await.expect_err("nothing there");
            let told = |s: &Status| (s.code(), s.message().to_owned(), s.details().to_vec());
            assert_eq!(told(&theirs), told(&none), "{method}");
            // What is said of the request alone is said before anybody looks for the programme.
            assert_eq!(theirs.code(), Code::NotFound, "{method}: {theirs:?}");
        }
        for (scope, token) in &roles {
            let answer = call(&door, &method, Some(token), &there).await;
            let denied = answer.as_ref().err().is_some_and(|s| reason(s) == "SCOPE_REQUIRED");
            assert_eq!(denied, *scope != needs, "{method} with {}: {answer:?}", scope.word());
            if let Err(status) = answer {
                let closed = [Code::PermissionDenied, Code::InvalidArgument, Code::FailedPrecondition];
                assert!(closed.contains(&status.code()), "{method} with {}: {status:?}", scope.word());
            }
        }
    }
    let chain = store.read(&id("north")).await.expect("a transaction").audit_chain().await.expect("whole");
    let denied = chain.iter().filter(|entry| &*entry.action == "denied").count();
    assert_eq!(denied, SCOPES.len() * (Scope::ALL.len() - 1), "every refusal has left a trace");
    programmes.close();
}
