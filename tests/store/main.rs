//! One contract for both databases: every story runs on SQLite in a file and on a real PostgreSQL.

mod contract;
mod matrix;
mod planner;
#[path = "../support/postgres.rs"]
mod postgres;

use dyad::store::{MasterKey, ResourceId, Store, StoreError, Where};
use libtest_mimic::{Arguments, Trial};
use postgres::Cluster;
use sqlx::{AnyConnection, Connection, Executor};
use std::sync::Arc;

/// A database for one story, and how to get at it from outside.
struct Place {
    address: String,
    key: MasterKey,
    /// Where SQLite's file is.
    folder: Option<tempfile::TempDir>,
}

impl Place {
    async fn open(&self) -> Store {
        self.try_open(&self.key).await.expect("the store opens")
    }

    async fn try_open(&self, key: &MasterKey) -> Result<Store, StoreError> {
        Store::open(self.address.parse::<Where>().expect("an address"), key.clone()).await
    }

    /// As somebody who has the database and no key.
    async fn outside(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.address).await?;
        let done = connection.execute(sql).await?.rows_affected();
        connection.close().await?;
        Ok(done)
    }
}

fn id(text: &str) -> ResourceId {
    ResourceId::parse(text).expect("an id")
}

/// Runs a story on a runtime of its own.
fn story<F: Future<Output = ()>>(story: impl Fn(Place) -> F, place: Place) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(story(place));
}

fn main() {
    let arguments = Arguments::from_args();
    let cluster = Arc::new(Cluster::start());
    let mut trials = Vec::new();
    macro_rules! both {
        ($($name:path),* $(,)?) => {$(
            trials.push(Trial::test(concat!("sqlite::", stringify!($name)), || {
                story($name, on_sqlite());
                Ok(())
            }));
            let shared = cluster.clone();
            trials.push(Trial::test(concat!("postgres::", stringify!($name)), move || {
                story($name, on_postgres(&shared));
                Ok(())
            }));
        )*};
    }
    both!(
        contract::opens_again_with_its_key_alone,
        contract::a_newer_schema_is_refused,
        contract::programmes_have_pages_and_one_latest_revision,
        contract::what_is_not_committed_has_not_happened,
        contract::tenants_see_nothing_of_one_another,
        contract::revisions_stay_and_declarations_are_sealed,
        contract::a_run_is_taken_up_once_and_ended_by_the_last_who_did,
        contract::a_cancelled_run_stops,
        contract::plans_go_forward_and_say_who_approved,
        contract::a_request_is_done_once,
        contract::tokens_are_found_and_revoked,
        contract::the_audit_chain_tells_of_changes,
        planner::a_year,
        planner::declarations_are_for_those_who_may_read_them,
        planner::a_bad_roster_is_told_and_not_stored,
        planner::a_cancelled_run_ends,
        planner::a_run_outlives_its_server,
        planner::a_server_that_is_killed_is_replaced,
        matrix::every_method_asks_for_its_scope,
    );
    let shared = cluster.clone();
    trials.push(Trial::test("postgres::row_level_security_holds", move || {
        story(contract::row_level_security_holds, on_postgres(&shared));
        Ok(())
    }));
    trials.push(Trial::test("postgres::a_store_that_is_gone_is_unavailable", || {
        let alone = Cluster::start();
        story(|place| planner::a_store_that_is_gone_is_unavailable(place, &alone), on_postgres(&alone));
        Ok(())
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(cluster);
    conclusion.exit();
}

fn on_sqlite() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("dyad.db").display());
    Place { address, key: MasterKey::fresh().expect("randomness"), folder: Some(folder) }
}

fn on_postgres(cluster: &Cluster) -> Place {
    Place { address: cluster.database(), key: MasterKey::fresh().expect("randomness"), folder: None }
}
