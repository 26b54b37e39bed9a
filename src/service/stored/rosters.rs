//! Rosters: every change is a new revision, read and checked whole before it is stored.

use super::access::{Caller, Scope};
use super::changing::{self, RosterChange};
use super::documents;
use super::programmes::known;
use super::requests::{Begun, Request, in_time};
use super::{Millis, Programmes, Refused, ResourceId};
use crate::intake::{Given, Reading};
use crate::service::check_programme;
use crate::store::{NewRoster, RosterRecord, StoreError, random};

/// A revision without what is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RosterInfo {
    pub programme: ResourceId,
    pub revision: u32,
    /// Names the revision and says nothing about what is in it.
    pub etag: Box<str>,
    pub author: Box<str>,
    pub created: Millis,
}

/// A revision with what is in it.
#[derive(Debug)]
pub struct StoredRoster {
    pub info: RosterInfo,
    pub reading: Reading,
}

fn info(record: &RosterRecord) -> RosterInfo {
    RosterInfo {
        programme: record.programme.clone(),
        revision: record.revision,
        etag: record.etag.clone(),
        author: record.author.clone(),
        created: record.created,
    }
}

/// A programme that was read, and the two texts that are kept of it.
struct Checked {
    instance: Box<str>,
    body: String,
    declarations: String,
}

impl Programmes {
    /// The roster as the next revision. `etag` is that of the revision it replaces, blank for whichever is the latest. A caller who
    /// may not write declarations leaves those of the latest revision as they are.
    pub async fn put_roster(
        &self,
        caller: &Caller,
        request: &Request,
        (programme, etag): (&str, &str),
        given: Given,
    ) -> Result<RosterInfo, Refused> {
        caller.must(Scope::ProgrammeWrite)?;
        let (rest, declared) = documents::apart(given);
        if !declared.is_empty() {
            caller.must(Scope::DeclarationWrite)?;
        }
        let keeps = !caller.may(Scope::DeclarationWrite);
        self.next_revision(caller, request, (programme, etag), "put-roster", move |latest| {
            let declared = match latest {
                Some(latest) if keeps => documents::declarations(&latest.declarations)?,
                _ => declared,
            };
            Ok(documents::together(rest, declared))
        })
        .await
    }

    /// The latest roster with every change as the next revision, or all that is wrong with any of them.
    pub async fn patch_roster(
        &self,
        caller: &Caller,
        request: &Request,
        (programme, etag): (&str, &str),
        changes: Vec<RosterChange>,
    ) -> Result<RosterInfo, Refused> {
        caller.must(Scope::ProgrammeWrite)?;
        if changes.iter().any(RosterChange::declares) {
            caller.must(Scope::DeclarationWrite)?;
        }
        if changes.is_empty() {
            return Err(Refused::Field { field: "changes", says: "at least one change" });
        }
        let limit = self.bounds.pairs;
        self.next_revision(caller, request, (programme, etag), "patch-roster", move |latest| {
            let latest = latest.ok_or(Refused::State("the programme has no roster yet"))?;
            let before = documents::given(latest)?;
            let reading = documents::read(before.clone(), limit)?;
            changing::apply(before, &reading.roster, &changes)
        })
        .await
    }

    async fn next_revision(
        &self,
        caller: &Caller,
        request: &Request,
        (programme, etag): (&str, &str),
        action: &str,
        make: impl FnOnce(Option<&RosterRecord>) -> Result<Given, Refused> + Send + 'static,
    ) -> Result<RosterInfo, Refused> {
        let id = known(programme)?;
        let _doing = self.busy.begin(&caller.tenant, request)?;
        if let Some(made) = in_time(self.made(caller, request)).await? {
            return self.made_revision(caller, &id, &made).await;
        }
        let latest = self.latest(caller, &id).await?;
        let from = latest.as_ref().map_or(0, |latest| latest.revision);
        if !etag.is_empty() && latest.as_ref().is_none_or(|latest| *latest.etag != *etag) {
            return Err(Refused::Stale);
        }
        let (limit, threads) = (self.bounds.pairs, self.threads);
        let checked = self.briefly(move || check(make(latest.as_ref())?, limit, threads)).await?;
        let revision = from.checked_add(1).ok_or(Refused::State("the programme has too many revisions"))?;
        let etag = etag_of(revision)?;
        let made = in_time(async {
            let mut change = match self.begin(caller, request).await? {
                Begun::Made(made) => return Ok(made),
                Begun::Open(change) => change,
            };
            let now = change.now;
            if !change.tx.advance(&id, from, revision, now).await? {
                return Err(Refused::Stale);
            }
            let Checked { instance, body, declarations } = &checked;
            let author = &caller.actor;
            let new =
                NewRoster { programme: &id, revision, etag: &etag, instance, author, body, declarations };
            change.tx.add_roster(&new, now).await?;
            let number = revision.to_string();
            change.commit(action, &format!("{id}/{number}"), &number).await?;
            Ok(number.into())
        });
        let made = made.await?;
        self.made_revision(caller, &id, &made).await
    }

    async fn made_revision(
        &self,
        caller: &Caller,
        programme: &ResourceId,
        revision: &str,
    ) -> Result<RosterInfo, Refused> {
        let revision =
            revision.parse().map_err(|_| StoreError::Broken("a revision that is no number".to_owned()))?;
        self.record(caller, programme, revision).await.map(|record| info(&record))
    }

    /// `None` before the first revision.
    async fn latest(&self, caller: &Caller, programme: &ResourceId) -> Result<Option<RosterRecord>, Refused> {
        in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            let found = tx.programme(programme).await?.ok_or(Refused::NotFound)?;
            if found.revision == 0 { Ok(None) } else { Ok(tx.roster(programme, found.revision).await?) }
        })
        .await
    }

    async fn record(
        &self,
        caller: &Caller,
        programme: &ResourceId,
        revision: u32,
    ) -> Result<RosterRecord, Refused> {
        in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            tx.roster(programme, revision).await?.ok_or(Refused::NotFound)
        })
        .await
    }

    /// A revision, 0 for the latest; without the declarations for those who may not read them. Who reads declarations is audited.
    pub async fn get_roster(
        &self,
        caller: &Caller,
        programme: &str,
        revision: u32,
    ) -> Result<StoredRoster, Refused> {
        caller.must(Scope::ProgrammeRead)?;
        let id = known(programme)?;
        let record = match revision {
            0 => self.latest(caller, &id).await?.ok_or(Refused::NotFound)?,
            number => self.record(caller, &id, number).await?,
        };
        let full = caller.may(Scope::DeclarationRead);
        if full {
            let subject = format!("{id}/{}", record.revision);
            in_time(async {
                let mut tx = self.store.write(&caller.tenant).await?;
                tx.audit(&caller.actor, "read-declarations", &subject, super::now()).await?;
                Ok(tx.commit().await?)
            })
            .await?;
        }
        let limit = self.bounds.pairs;
        self.briefly(move || {
            let given = documents::given(&record)?;
            let shown = if full { given } else { documents::apart(given).0 };
            Ok(StoredRoster { info: info(&record), reading: documents::read(shown, limit)? })
        })
        .await
    }
}

/// Reads the programme and compiles its rules; nothing is solved.
fn check(given: Given, limit: u64, threads: usize) -> Result<Checked, Refused> {
    let (body, declarations) = documents::texts(given.clone());
    let reading = documents::read(given, limit)?;
    check_programme(&reading, threads)?;
    let instance = crate::service::instance_hash(&reading.roster);
    Ok(Checked { instance, body, declarations })
}

/// By chance, for one made of the roster would tell whether declarations differ.
fn etag_of(revision: u32) -> Result<String, Refused> {
    Ok(format!("{revision}-{:016x}", u64::from_le_bytes(random()?)))
}
