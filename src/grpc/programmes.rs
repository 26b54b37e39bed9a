//! The stored service: who calls, unwrap, convert, call, convert.

use super::limits::Limits;
use super::reason::Reason;
use super::refusal::{self, FieldFault};
use super::wire::programmes_server;
use super::wire::{self, roster_change::Change};
use super::{answers, kept, plan_out, roster, roster_out};
use crate::service::stored::{
    Caller, Programmes as Stored, Refused, Request as Asked, RosterChange, RunWish,
};
use crate::service::{Given, hand_over};
use prost::Message;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

/// Between two events of a watched run: five a second.
const EVENTS: Duration = Duration::from_millis(200);

/// The service.
pub struct Programmes {
    stored: Arc<Stored>,
    limits: Limits,
}

/// Who has sent what.
struct Call<M> {
    caller: Caller,
    message: M,
}

impl Programmes {
    pub const fn new(stored: Arc<Stored>, limits: Limits) -> Self {
        Self { stored, limits }
    }

    async fn call<M>(&self, request: Request<M>) -> Result<Call<M>, Status> {
        let (metadata, _, message) = request.into_parts();
        let caller = self.stored.caller(bearer(&metadata)).await.map_err(refusal::of_stored)?;
        Ok(Call { caller, message })
    }

    /// The answer, or why there is none; what was not allowed or not there leaves a trace.
    async fn told<T>(&self, caller: &Caller, method: &str, answer: Result<T, Refused>) -> Result<T, Status> {
        if let Err(refused) = &answer {
            self.stored.note(caller, method, refused).await;
        }
        answer.map_err(refusal::of_stored)
    }
}

/// The token of a call.
fn bearer(metadata: &MetadataMap) -> Option<&str> {
    metadata.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")
}

fn asked<M: Message>(id: &str, method: &str, message: &M) -> Result<Asked, Status> {
    Asked::new(id, method, &message.encode_to_vec()).map_err(refusal::of_stored)
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl programmes_server::Programmes for Arc<Programmes> {
    async fn create_programme(
        &self,
        request: Request<wire::CreateProgrammeRequest>,
    ) -> Answer<wire::CreateProgrammeResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "CreateProgramme", &message)?;
        let wire::CreateProgrammeRequest { request_id: _, programme, title } = message;
        let made = self.stored.create_programme(&caller, &asked, &programme, &title).await;
        let made = self.told(&caller, "CreateProgramme", made).await?;
        Ok(Response::new(wire::CreateProgrammeResponse { programme: Some(kept::programme(&made)) }))
    }

    async fn get_programme(
        &self,
        request: Request<wire::GetProgrammeRequest>,
    ) -> Answer<wire::GetProgrammeResponse> {
        let Call { caller, message } = self.call(request).await?;
        let found = self.stored.get_programme(&caller, &message.programme).await;
        let found = self.told(&caller, "GetProgramme", found).await?;
        Ok(Response::new(wire::GetProgrammeResponse { programme: Some(kept::programme(&found)) }))
    }

    async fn list_programmes(
        &self,
        request: Request<wire::ListProgrammesRequest>,
    ) -> Answer<wire::ListProgrammesResponse> {
        let Call { caller, message } = self.call(request).await?;
        let wire::ListProgrammesRequest { page_size, page_token } = message;
        let page = self.stored.list_programmes(&caller, page_size, &page_token).await;
        let page = self.told(&caller, "ListProgrammes", page).await?;
        Ok(Response::new(wire::ListProgrammesResponse {
            programmes: page.items.iter().map(kept::programme).collect(),
            next_page_token: kept::token(page.next),
        }))
    }

    async fn delete_programme(
        &self,
        request: Request<wire::DeleteProgrammeRequest>,
    ) -> Answer<wire::DeleteProgrammeResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "DeleteProgramme", &message)?;
        let gone = self.stored.delete_programme(&caller, &asked, &message.programme).await;
        self.told(&caller, "DeleteProgramme", gone).await?;
        Ok(Response::new(wire::DeleteProgrammeResponse {}))
    }

    async fn put_roster(&self, request: Request<wire::PutRosterRequest>) -> Answer<wire::PutRosterResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "PutRoster", &message)?;
        let wire::PutRosterRequest { request_id: _, programme, etag, roster } = message;
        let Some(roster) = roster else {
            let missing = FieldFault::new("roster", Reason::FieldRequired, "the roster is missing");
            return Err(refusal::faults(vec![missing]));
        };
        let made = self.stored.put_roster(&caller, &asked, (&programme, &etag), roster::given(roster)).await;
        let made = self.told(&caller, "PutRoster", made).await?;
        Ok(Response::new(wire::PutRosterResponse { revision: Some(kept::revision(&made)) }))
    }

    async fn patch_roster(
        &self,
        request: Request<wire::PatchRosterRequest>,
    ) -> Answer<wire::PatchRosterResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "PatchRoster", &message)?;
        let wire::PatchRosterRequest { request_id: _, programme, etag, changes } = message;
        let changes = changes.into_iter().map(change).collect();
        let made = self.stored.patch_roster(&caller, &asked, (&programme, &etag), changes).await;
        let made = self.told(&caller, "PatchRoster", made).await?;
        Ok(Response::new(wire::PatchRosterResponse { revision: Some(kept::revision(&made)) }))
    }

    async fn get_roster(&self, request: Request<wire::GetRosterRequest>) -> Answer<wire::GetRosterResponse> {
        let Call { caller, message } = self.call(request).await?;
        let wire::GetRosterRequest { programme, revision } = message;
        let found = self.stored.get_roster(&caller, &programme, revision).await;
        let found = self.told(&caller, "GetRoster", found).await?;
        let answer = wire::GetRosterResponse {
            revision: Some(kept::revision(&found.info)),
            roster: Some(roster_out::message(hand_over(&found.reading.roster))),
        };
        refusal::fits(answer, self.limits.message_out).map(Response::new)
    }

    async fn start_run(&self, request: Request<wire::StartRunRequest>) -> Answer<wire::StartRunResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "StartRun", &message)?;
        let wire::StartRunRequest { request_id: _, programme, revision, baseline, time_limit } = message;
        // One that is negative is out of range like one that is too short.
        let time_limit = time_limit.map(|limit| Duration::try_from(limit).unwrap_or_default());
        let wish = RunWish { revision, baseline: baseline.into(), time_limit };
        let made = self.stored.start_run(&caller, &asked, &programme, &wish).await;
        let made = self.told(&caller, "StartRun", made).await?;
        Ok(Response::new(wire::StartRunResponse { run: Some(kept::run(&made)) }))
    }

    async fn get_run(&self, request: Request<wire::GetRunRequest>) -> Answer<wire::GetRunResponse> {
        let Call { caller, message } = self.call(request).await?;
        let found = self.stored.get_run(&caller, &message.programme, &message.run).await;
        let found = self.told(&caller, "GetRun", found).await?;
        Ok(Response::new(wire::GetRunResponse { run: Some(kept::run(&found)) }))
    }

    type WatchRunStream = Pin<Box<dyn Stream<Item = Result<wire::WatchRunResponse, Status>> + Send>>;

    async fn watch_run(&self, request: Request<wire::WatchRunRequest>) -> Answer<Self::WatchRunStream> {
        let Call { caller, message } = self.call(request).await?;
        let wire::WatchRunRequest { programme, run, after_sequence } = message;
        // What cannot be watched is said at once, not in the stream.
        let found = self.stored.get_run(&caller, &programme, &run).await;
        self.told(&caller, "WatchRun", found).await?;
        let (out, stream) = mpsc::channel(1);
        let this = self.clone();
        tokio::spawn(async move {
            let mut sequence = after_sequence;
            loop {
                let found = tokio::select! {
                    found = this.stored.watch_run(&caller, &programme, &run, sequence) => found,
                    // The caller has gone; the run goes on.
                    () = out.closed() => return,
                };
                let over = found.as_ref().map_or(true, |run| run.state.over());
                sequence = found.as_ref().map_or(sequence, |run| run.sequence);
                let event = found.map(|run| wire::WatchRunResponse { run: Some(kept::run(&run)) });
                if out.send(event.map_err(refusal::of_stored)).await.is_err() || over {
                    return;
                }
                tokio::time::sleep(EVENTS).await;
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(stream))))
    }

    async fn cancel_run(&self, request: Request<wire::CancelRunRequest>) -> Answer<wire::CancelRunResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "CancelRun", &message)?;
        let done = self.stored.cancel_run(&caller, &asked, &message.programme, &message.run).await;
        let done = self.told(&caller, "CancelRun", done).await?;
        Ok(Response::new(wire::CancelRunResponse { run: Some(kept::run(&done)) }))
    }

    async fn list_runs(&self, request: Request<wire::ListRunsRequest>) -> Answer<wire::ListRunsResponse> {
        let Call { caller, message } = self.call(request).await?;
        let wire::ListRunsRequest { programme, page_size, page_token } = message;
        let page = self.stored.list_runs(&caller, &programme, page_size, &page_token).await;
        let page = self.told(&caller, "ListRuns", page).await?;
        Ok(Response::new(wire::ListRunsResponse {
            runs: page.items.iter().map(kept::run).collect(),
            next_page_token: kept::token(page.next),
        }))
    }

    async fn get_plan(&self, request: Request<wire::GetPlanRequest>) -> Answer<wire::GetPlanResponse> {
        let Call { caller, message } = self.call(request).await?;
        let found = self.stored.get_plan(&caller, &message.programme, &message.plan).await;
        let found = self.told(&caller, "GetPlan", found).await?;
        let answer = wire::GetPlanResponse {
            summary: Some(kept::plan(&found.record)),
            approvals: found.approvals.iter().map(kept::approval).collect(),
            plan: Some(plan_out::plan(&found.document)),
        };
        refusal::fits(answer, self.limits.message_out).map(Response::new)
    }

    async fn list_plans(&self, request: Request<wire::ListPlansRequest>) -> Answer<wire::ListPlansResponse> {
        let Call { caller, message } = self.call(request).await?;
        let wire::ListPlansRequest { programme, page_size, page_token } = message;
        let page = self.stored.list_plans(&caller, &programme, page_size, &page_token).await;
        let page = self.told(&caller, "ListPlans", page).await?;
        Ok(Response::new(wire::ListPlansResponse {
            plans: page.items.iter().map(kept::plan).collect(),
            next_page_token: kept::token(page.next),
        }))
    }

    async fn approve_plan(
        &self,
        request: Request<wire::ApprovePlanRequest>,
    ) -> Answer<wire::ApprovePlanResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "ApprovePlan", &message)?;
        let wire::ApprovePlanRequest { request_id: _, programme, plan, note } = message;
        let done = self.stored.approve_plan(&caller, &asked, (&programme, &plan), &note).await;
        let done = self.told(&caller, "ApprovePlan", done).await?;
        Ok(Response::new(wire::ApprovePlanResponse { plan: Some(kept::plan(&done)) }))
    }

    async fn publish_plan(
        &self,
        request: Request<wire::PublishPlanRequest>,
    ) -> Answer<wire::PublishPlanResponse> {
        let Call { caller, message } = self.call(request).await?;
        let asked = asked(&message.request_id, "PublishPlan", &message)?;
        let wire::PublishPlanRequest { request_id: _, programme, plan, note } = message;
        let done = self.stored.publish_plan(&caller, &asked, (&programme, &plan), &note).await;
        let done = self.told(&caller, "PublishPlan", done).await?;
        Ok(Response::new(wire::PublishPlanResponse { plan: Some(kept::plan(&done)) }))
    }

    async fn compare_plans(
        &self,
        request: Request<wire::ComparePlansRequest>,
    ) -> Answer<wire::ComparePlansResponse> {
        let Call { caller, message } = self.call(request).await?;
        let wire::ComparePlansRequest { programme, before, after } = message;
        let found = self.stored.compare_plans(&caller, &programme, (&before, &after)).await;
        let found = self.told(&caller, "ComparePlans", found).await?;
        let answer = wire::ComparePlansResponse { comparison: Some(answers::compared(&found)) };
        refusal::fits(answer, self.limits.message_out).map(Response::new)
    }
}

fn change(message: wire::RosterChange) -> RosterChange {
    let add = |list, row: Given| RosterChange::Add { list, row };
    match message.change {
        None => RosterChange::Nothing,
        Some(Change::Drop(id)) => RosterChange::Drop(id.into()),
        Some(Change::SetPlaces(wire::SetPlaces { coach, places })) => {
            RosterChange::Places { coach: coach.into(), places }
        }
        Some(Change::AddCoach(row)) => add("coaches", roster::coach(row)),
        Some(Change::AddCoachee(row)) => add("coachees", roster::coachee(row)),
        Some(Change::AddParticipant(row)) => add("participants", roster::participant(row)),
        Some(Change::AddPerson(row)) => add("people", roster::person(row)),
        Some(Change::AddConflict(row)) => add("conflicts", roster::conflict(row)),
        Some(Change::AddLock(row)) => add("locks", roster::lock(row)),
        Some(Change::AddWaiver(row)) => add("waivers", roster::waiver(row)),
        Some(Change::AddEmployment(row)) => add("employment", roster::job(row)),
    }
}
