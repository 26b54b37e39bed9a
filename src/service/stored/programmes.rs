//! Create, get, list, delete.

use super::access::{Caller, Scope};
use super::requests::{Begun, Request, in_time};
use super::{Programme, Programmes, Refused, ResourceId, now};

/// A part of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next part begins; `None` after the last.
    pub next: Option<Box<str>>,
}

/// The most of a list in one answer.
const MOST: u32 = 100;
/// The longest title.
const TITLE: usize = 200;

impl<T> Page<T> {
    /// From one more item than fits, where there is one.
    pub(super) fn of(mut items: Vec<T>, most: u32, id: impl Fn(&T) -> &ResourceId) -> Self {
        let most = most as usize;
        let more = items.len() > most;
        items.truncate(most);
        let next = items.last().filter(|_| more).map(|last| id(last).as_str().into());
        Self { items, next }
    }
}

/// How many items to answer: as many as asked for, at most a hundred; 0 leaves it to us.
pub(super) const fn page_size(asked: u32) -> u32 {
    if asked == 0 || asked > MOST { MOST } else { asked }
}

/// Where a list goes on: what an earlier answer said.
pub(super) fn after(token: &str) -> Result<&str, Refused> {
    let fits = token.is_empty() || ResourceId::parse(token).is_some();
    if fits {
        Ok(token)
    } else {
        Err(Refused::Field { field: "page_token", says: "what an earlier answer has given" })
    }
}

impl Programmes {
    /// `id` blank: one is made.
    pub async fn create_programme(
        &self,
        caller: &Caller,
        request: &Request,
        id: &str,
        title: &str,
    ) -> Result<Programme, Refused> {
        caller.must(Scope::ProgrammeWrite)?;
        let id = match id {
            "" => ResourceId::fresh(now())?,
            id => ResourceId::parse(id).ok_or(Refused::Field {
                field: "programme",
                says: "1 to 63 of a-z, 0-9 and -, a letter or digit first",
            })?,
        };
        if title.is_empty() || title.chars().count() > TITLE || title.chars().any(char::is_control) {
            return Err(Refused::Field { field: "title", says: "1 to 200 characters, none of control" });
        }
        let _doing = self.busy.begin(&caller.tenant, request)?;
        let made = in_time(async {
            match self.begin(caller, request).await? {
                Begun::Made(made) => Ok(made),
                Begun::Open(mut change) => {
                    change.tx.create_programme(&id, title, change.now).await?;
                    change.commit("create-programme", id.as_str(), id.as_str()).await?;
                    Ok(id.as_str().into())
                }
            }
        });
        let made = made.await?;
        self.found(caller, &made).await
    }

    pub async fn get_programme(&self, caller: &Caller, programme: &str) -> Result<Programme, Refused> {
        caller.must(Scope::ProgrammeRead)?;
        self.found(caller, programme).await
    }

    pub(super) async fn found(&self, caller: &Caller, programme: &str) -> Result<Programme, Refused> {
        let id = known(programme)?;
        in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            tx.programme(&id).await?.ok_or(Refused::NotFound)
        })
        .await
    }

    pub async fn list_programmes(
        &self,
        caller: &Caller,
        size: u32,
        token: &str,
    ) -> Result<Page<Programme>, Refused> {
        caller.must(Scope::ProgrammeRead)?;
        let (most, after) = (page_size(size), after(token)?);
        let items = in_time(async {
            let mut tx = self.store.read(&caller.tenant).await?;
            Ok(tx.programmes(after, most + 1).await?)
        });
        Ok(Page::of(items.await?, most, |programme| &programme.id))
    }

    /// With its rosters, runs, plans and approvals; runs under way are told to stop.
    pub async fn delete_programme(
        &self,
        caller: &Caller,
        request: &Request,
        programme: &str,
    ) -> Result<(), Refused> {
        caller.must(Scope::Erase)?;
        let id = known(programme)?;
        let _doing = self.busy.begin(&caller.tenant, request)?;
        in_time(async {
            let Begun::Open(mut change) = self.begin(caller, request).await? else { return Ok(()) };
            if !change.tx.delete_programme(&id).await? {
                return Err(Refused::NotFound);
            }
            change.commit("delete-programme", id.as_str(), id.as_str()).await
        })
        .await
    }
}

/// An id that could be one; what could not is not there.
pub(super) fn known(id: &str) -> Result<ResourceId, Refused> {
    ResourceId::parse(id).ok_or(Refused::NotFound)
}
