//! A story through an in-process gRPC server: every layer but the socket.

use dyad::grpc::wire::matching_client::MatchingClient;
use dyad::grpc::{self, Limits, Matching, wire};
use dyad::intake::Reading;
use dyad::model::document::{PlanDocument, Timing};
use std::sync::Arc;

/// The service answers the same plan, and finds nothing wrong with it.
pub fn matches(reading: &Reading, plan: &PlanDocument) -> Result<(), String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let roster = Some(grpc::roster_message(&reading.roster));
    let (answer, verdict) = runtime.block_on(async {
        let matching = Matching::new(Limits::DEFAULT, 2, None);
        let health = tonic_health::server::HealthReporter::new();
        let door = grpc::door(matching, None, Limits::DEFAULT, health, Arc::default());
        let most = Limits::DEFAULT.message_out;
        let mut client = MatchingClient::new(door).max_decoding_message_size(most);
        let request = wire::MatchRequest { roster: roster.clone(), time_limit: None };
        let answer = client.r#match(request).await.map_err(|e| e.to_string())?.into_inner();
        let request = wire::VerifyRequest { roster, plan: answer.plan.clone() };
        let verdict = client.verify(request).await.map_err(|e| e.to_string())?.into_inner();
        Ok::<_, String>((answer, verdict))
    })?;
    let answered = answer.plan.and_then(grpc::plan_document).ok_or("the service answers no plan")?;
    let timeless = |plan: &PlanDocument| PlanDocument { timing: Timing::default(), ..plan.clone() };
    if timeless(&answered) != timeless(plan) {
        return Err("the service has another plan".to_owned());
    }
    if verdict.clean { Ok(()) } else { Err(format!("the service refuses its plan: {verdict:#?}")) }
}
