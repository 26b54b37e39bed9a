//! Plans: looked at, compared, approved, published. One that is stored has been verified, and is sealed as it was.

use super::access::{Caller, Scope};
use super::programmes::{Page, after, known, page_size};
use super::requests::{Begun, Request, in_time};
use super::{Approval, PlanRecord, PlanState, Programmes, Refused, ResourceId};
use crate::intake;
use crate::model::document::PlanDocument;
use crate::service::{Comparison, compare};
use crate::store::StoreError;

/// A plan with what is known of it.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredPlan {
    pub record: PlanRecord,
    pub approvals: Vec<Approval>,
    /// As it was stored.
    pub document: PlanDocument,
}

/// The longest note.
const NOTE: usize = 1_000;

impl Programmes {
    pub async fn get_plan(
        &self,
        caller: &Caller,
        programme: &str,
        plan: &str,
    ) -> Result<StoredPlan, Refused> {
        caller.must(Scope::PlanRead)?;
        self.plan_of(caller, programme, plan).await
    }

    async fn plan_of(&self, caller: &Caller, programme: &str, plan: &str) -> Result<StoredPlan, Refused> {
        let (programme, plan) = (known(programme)?, known(plan)?);
        let (record, approvals, text) = in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            let record = tx.plan(&programme, &plan).await?.ok_or(Refused::NotFound)?;
            let approvals = tx.approvals(&programme, &plan).await?;
            let text = tx.document(&programme, &plan).await?.ok_or(Refused::NotFound)?;
            Ok((record, approvals, text))
        })
        .await?;
        self.briefly(move || {
            let document = intake::plan_of_json("plan", text);
            let document =
                document.map_err(|_| StoreError::Broken("a plan that cannot be read".to_owned()))?;
            Ok(StoredPlan { record, approvals, document })
        })
        .await
    }

    pub async fn list_plans(
        &self,
        caller: &Caller,
        programme: &str,
        size: u32,
        token: &str,
    ) -> Result<Page<PlanRecord>, Refused> {
        caller.must(Scope::PlanRead)?;
        let (programme, most, after) = (known(programme)?, page_size(size), after(token)?);
        let items = in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            tx.programme(&programme).await?.ok_or(Refused::NotFound)?;
            Ok(tx.plans(&programme, after, most + 1).await?)
        });
        Ok(Page::of(items.await?, most, |plan| &plan.id))
    }

    pub async fn compare_plans(
        &self,
        caller: &Caller,
        programme: &str,
        (before, after): (&str, &str),
    ) -> Result<Comparison, Refused> {
        caller.must(Scope::PlanRead)?;
        let before = self.plan_of(caller, programme, before).await?.document;
        let after = self.plan_of(caller, programme, after).await?.document;
        self.briefly(move || Ok(compare(&before, &after))).await
    }

    /// From draft to approved. A search that found no plan cannot be approved.
    pub async fn approve_plan(
        &self,
        caller: &Caller,
        request: &Request,
        (programme, plan): (&str, &str),
        note: &str,
    ) -> Result<PlanRecord, Refused> {
        let steps = (PlanState::Draft, PlanState::Approved);
        self.step(caller, request, (programme, plan), steps, ("approve-plan", note)).await
    }

    /// From approved to published: everybody may be told.
    pub async fn publish_plan(
        &self,
        caller: &Caller,
        request: &Request,
        (programme, plan): (&str, &str),
        note: &str,
    ) -> Result<PlanRecord, Refused> {
        let steps = (PlanState::Approved, PlanState::Published);
        self.step(caller, request, (programme, plan), steps, ("publish-plan", note)).await
    }

    async fn step(
        &self,
        caller: &Caller,
        request: &Request,
        (programme, plan): (&str, &str),
        (from, to): (PlanState, PlanState),
        (action, note): (&str, &str),
    ) -> Result<PlanRecord, Refused> {
        caller.must(Scope::PlanApprove)?;
        let (programme, plan): (ResourceId, ResourceId) = (known(programme)?, known(plan)?);
        if note.chars().count() > NOTE {
            return Err(Refused::Field { field: "note", says: "at most 1,000 characters" });
        }
        let _doing = self.busy.begin(&caller.tenant, request)?;
        in_time(async {
            if let Begun::Open(mut change) = self.begin(caller, request).await? {
                let record = change.tx.plan(&programme, &plan).await?.ok_or(Refused::NotFound)?;
                if &*record.outcome == "unknown" {
                    return Err(Refused::State("the search ended without a plan"));
                }
                let (words, now) = ((&*caller.actor, note), change.now);
                if !change.tx.advance_plan((&programme, &plan), (from, to), words, now).await? {
                    return Err(match to {
                        PlanState::Published => Refused::State("only an approved plan can be published"),
                        _ => Refused::State("the plan is approved already"),
                    });
                }
                change.commit(action, &format!("{programme}/{plan}"), plan.as_str()).await?;
            }
            let mut tx = self.store.read(&caller.tenant).await?;
            tx.plan(&programme, &plan).await?.ok_or(Refused::NotFound)
        })
        .await
    }
}
