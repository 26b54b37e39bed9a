//! What an operator does at the machine of the store: its key, its tokens, and whether its chain is whole.

use super::access::{self, Secret, TokenTerms};
use super::{MasterKey, Refused, ResourceId, Store, StoreError, TokenRecord, Where};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The key of a store: from the file that is named; else, for SQLite, from the file beside the database, which is made together
/// with it. Whoever loses the key loses the declarations and the plans.
pub fn key(place: &Where, file: Option<&Path>) -> Result<MasterKey, StoreError> {
    let wrong = |file: &Path, what: &dyn std::fmt::Display| {
        StoreError::Address(format!("{}: {what}", file.display()))
    };
    let beside = match (place, file) {
        (_, Some(file)) => return read(file).map_err(|e| wrong(file, &e)),
        (Where::Sqlite(database), None) => PathBuf::from(format!("{}.key", database.display())),
        (Where::Postgres(_), None) => {
            return Err(StoreError::Address("PostgreSQL needs a key: give --key-file".to_owned()));
        }
    };
    let Where::Sqlite(database) = place else { return read(&beside).map_err(|e| wrong(&beside, &e)) };
    if beside.exists() || database.exists() {
        return read(&beside).map_err(|e| wrong(&beside, &e));
    }
    let key = MasterKey::fresh()?;
    write(&beside, &key).map_err(|e| wrong(&beside, &e))?;
    Ok(key)
}

fn read(file: &Path) -> std::io::Result<MasterKey> {
    let text = std::fs::read_to_string(file)?;
    let what = "no key: 64 hexadecimal digits are";
    MasterKey::parse(&text).ok_or_else(|| std::io::Error::new(ErrorKind::InvalidData, what))
}

/// For nobody else to read, and on the disk before anything is sealed with it.
fn write(file: &Path, key: &MasterKey) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    out.write_all(format!("{}\n", key.text()).as_bytes())?;
    out.sync_all()
}

/// Does something with an open store, and waits for it.
fn with<T>(
    place: &Where,
    key: MasterKey,
    work: impl AsyncFnOnce(&Store) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| StoreError::Gone(format!("no threads: {e}")))?;
    runtime.block_on(async {
        let store = Store::open(place.clone(), key).await?;
        let done = work(&store).await;
        store.close().await;
        done
    })
}

/// Makes a token, and the tenant where it is new. The token is shown here and never again.
pub fn create_token(place: &Where, key: MasterKey, terms: &TokenTerms) -> Result<Secret, Refused> {
    with(place, key, async |store| access::create_token(store, terms).await)
}

pub fn tokens(place: &Where, key: MasterKey, tenant: &ResourceId) -> Result<Vec<TokenRecord>, Refused> {
    with(place, key, async |store| access::tokens(store, tenant).await)
}

/// Nobody is let in with it from now on.
pub fn revoke_token(
    place: &Where,
    key: MasterKey,
    tenant: &ResourceId,
    id: &ResourceId,
) -> Result<(), Refused> {
    with(place, key, async |store| access::revoke_token(store, tenant, id).await)
}

#[cfg(test)]
mod tests {
    use super::{Where, key};

    #[test]
    fn the_key_is_made_beside_a_new_database_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("dyad.db");
        let place = Where::Sqlite(database.clone());
        let made = key(&place, None).expect("made").text();
        assert_eq!(key(&place, None).expect("read").text(), made);
        let beside = folder.path().join("dyad.db.key");
        assert_eq!(key(&place, Some(&beside)).expect("read").text(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&beside).expect("a file").permissions().mode() & 0o777, 0o600);
        }
        // A database without its key is not given another one.
        std::fs::write(&database, "").expect("written");
        std::fs::remove_file(&beside).expect("removed");
        assert!(key(&place, None).is_err());
        assert!(key(&Where::Postgres(String::new()), None).is_err());
    }
}
