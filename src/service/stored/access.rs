//! Who calls, and what a caller may do. A token is `dyad_<id>_<secret>_<checksum>`: 28 digits of id, 64 of secret, 8 of CRC-32 over
//! all before, all hexadecimal. The store has a keyed hash of it; whoever reads the store cannot call.

use super::requests::in_time;
use super::{Millis, Programmes, Refused, now};
use crate::store::{NewToken, ResourceId, Store, StoreError, TokenRecord, hex, random};
use std::collections::BTreeSet;
use std::fmt;

macro_rules! scopes {
    ($($(#[$doc:meta])* $member:ident = $word:literal),* $(,)?) => {
        /// What a token lets its bearer do; nothing is allowed without.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Scope { $($(#[$doc])* $member),* }

        impl Scope {
            pub const ALL: &'static [Self] = &[$(Self::$member),*];

            pub const fn word(self) -> &'static str {
                match self { $(Self::$member => $word),* }
            }

            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$member),)* _ => None }
            }
        }
    };
}

scopes! {
    /// Programmes and rosters, declarations aside.
    ProgrammeRead = "programme:read",
    ProgrammeWrite = "programme:write",
    /// Runs and plans; a plan's sentences are for its planner.
    PlanRead = "plan:read",
    PlanWrite = "plan:write",
    PlanApprove = "plan:approve",
    DeclarationRead = "declaration:read",
    DeclarationWrite = "declaration:write",
    /// Delete a programme with all that belongs to it.
    Erase = "erase",
}

/// Somebody whose token is valid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    pub tenant: ResourceId,
    /// The token's id.
    pub actor: Box<str>,
    pub scopes: BTreeSet<Scope>,
}

impl Caller {
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    pub(super) fn must(&self, scope: Scope) -> Result<(), Refused> {
        if self.may(scope) { Ok(()) } else { Err(Refused::Scope(scope)) }
    }
}

/// A whole token: shown once, stored nowhere.
pub struct Secret(String);

impl Secret {
    fn new(id: &ResourceId) -> Result<Self, StoreError> {
        let secret = hex(&random::<32>()?);
        let text = format!("dyad_{id}_{secret}");
        let sum = crc32fast::hash(text.as_bytes());
        Ok(Self(format!("{text}_{sum:08x}")))
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The id in a token that has the form of one.
fn id_of(token: &str) -> Option<ResourceId> {
    let (text, sum) = token.rsplit_once('_')?;
    let (id, secret) = text.strip_prefix("dyad_")?.split_once('_')?;
    let right = sum.len() == 8 && u32::from_str_radix(sum, 16).ok()? == crc32fast::hash(text.as_bytes());
    (right && secret.len() == 64).then(|| ResourceId::parse(id)).flatten()
}

/// The same time for equal and unequal texts of one length.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

/// What a token is made with.
#[derive(Clone, Debug)]
pub struct TokenTerms {
    pub tenant: ResourceId,
    pub name: Box<str>,
    pub scopes: BTreeSet<Scope>,
    pub days: u16,
}

const DAY: Millis = 24 * 3_600_000;
/// How long a token is valid that does not say otherwise.
pub const DAYS: u16 = 90;

impl Programmes {
    /// Who the bearer of a token is.
    pub async fn caller(&self, token: Option<&str>) -> Result<Caller, Refused> {
        let token = token.ok_or(Refused::TokenMissing)?;
        let id = id_of(token).ok_or(Refused::TokenInvalid)?;
        let found = in_time(async {
            let mut desk = self.store.reading_desk().await?;
            Ok(desk.token(&id).await?)
        });
        let found = found.await?.ok_or(Refused::TokenInvalid)?;
        let right = same(&found.hash, &self.store.keyed_hash(token.as_bytes()));
        if !right || found.revoked.is_some() || found.expires <= now() {
            return Err(Refused::TokenInvalid);
        }
        let scopes = found.scopes.split(' ').filter_map(Scope::parse).collect();
        Ok(Caller { tenant: found.tenant, actor: found.id.as_str().into(), scopes })
    }
}

impl Programmes {
    /// Leaves a trace of a caller who has asked for what is not there, or is not allowed: who is looking around is worth knowing.
    pub async fn note(&self, caller: &Caller, method: &str, refused: &Refused) {
        let action = match refused {
            Refused::Scope(_) => "denied",
            Refused::NotFound => "not-found",
            _ => return,
        };
        let noted = in_time(async {
            let mut tx = self.store.write(&caller.tenant).await?;
            tx.audit(&caller.actor, action, method, now()).await?;
            Ok(tx.commit().await?)
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, action, method, "a refusal cannot be noted");
        }
    }
}

/// Makes a token, and the tenant where it is new.
pub(super) async fn create_token(store: &Store, terms: &TokenTerms) -> Result<Secret, Refused> {
    let now = now();
    let mut desk = store.desk().await?;
    desk.found_tenant(&terms.tenant, now).await?;
    desk.commit().await?;
    let id = ResourceId::fresh(now)?;
    let secret = Secret::new(&id)?;
    let words: Vec<&str> = terms.scopes.iter().map(|scope| scope.word()).collect();
    let scopes = words.join(" ");
    let (hash, expires) = (store.keyed_hash(secret.0.as_bytes()), now + Millis::from(terms.days) * DAY);
    let mut tx = store.write(&terms.tenant).await?;
    tx.add_token(NewToken { id: &id, name: &terms.name, scopes: &scopes, hash, expires }, now).await?;
    tx.audit("operator", "create-token", id.as_str(), now).await?;
    tx.commit().await?;
    Ok(secret)
}

/// The first token of a store that has none: for everything, of the tenant `default`.
pub(super) async fn first_token(store: &Store) -> Result<Option<Secret>, Refused> {
    let has = {
        let mut desk = store.reading_desk().await?;
        desk.has_tokens().await?
    };
    let tenant = ResourceId::parse("default").filter(|_| !has);
    let Some(tenant) = tenant else { return Ok(None) };
    let scopes = Scope::ALL.iter().copied().collect();
    let terms = TokenTerms { tenant, name: "first".into(), scopes, days: DAYS };
    create_token(store, &terms).await.map(Some)
}

pub(super) async fn tokens(store: &Store, tenant: &ResourceId) -> Result<Vec<TokenRecord>, Refused> {
    let mut tx = store.read(tenant).await?;
    Ok(tx.tokens().await?)
}

/// Nobody is let in with it from now on.
pub(super) async fn revoke_token(store: &Store, tenant: &ResourceId, id: &ResourceId) -> Result<(), Refused> {
    let now = now();
    let mut tx = store.write(tenant).await?;
    if !tx.revoke_token(id, now).await? {
        return Err(Refused::NotFound);
    }
    tx.audit("operator", "revoke-token", id.as_str(), now).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::{ResourceId, Scope, Secret, id_of};

    #[test]
    fn a_token_has_a_form_and_a_checksum() {
        let id = ResourceId::fresh(1_800_000_000_000).expect("an id");
        let secret = Secret::new(&id).expect("a secret");
        let text = secret.reveal();
        assert_eq!(id_of(text), Some(id.clone()));
        assert_ne!(text, Secret::new(&id).expect("a secret").reveal());
        for at in [5, 40, text.len() - 1] {
            let mut slip = text.as_bytes().to_vec();
            slip[at] = if slip[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(id_of(std::str::from_utf8(&slip).expect("text")), None, "{at}");
        }
        for wrong in ["", "dyad_", "dyad_a_b_c", &text[1..], &format!("{text}0")] {
            assert_eq!(id_of(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{secret:?}"), "Secret");
    }

    #[test]
    fn scopes_have_words() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.word()), Some(*scope));
        }
        assert_eq!(Scope::parse("plan"), None);
    }
}
