//! A private PostgreSQL: a cluster in a folder of its own, on a Unix socket there, gone with the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    databases: AtomicUsize,
}

/// Where Debian keeps the server's programs, the newest version first.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("PostgreSQL is not installed: apt-get install postgresql, or make test")
}

/// The server refuses to run as root; Debian's package makes a user for it.
fn command(program: &Path) -> Command {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn done(command: &mut Command) {
    let output = command.current_dir("/").stdin(Stdio::null()).output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Cluster {
    /// Starts a cluster with a user `owner` who is no superuser.
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("dyad-pg-").tempdir_in("/tmp").expect("a folder");
        let path = folder.path().to_owned();
        let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(&path, everybody).expect("the folder is ours");
        let data = path.join("data");
        let new = ["-A", "trust", "-U", "super", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
        done(command(&programs.join("initdb")).args(new).arg(&data));
        let settings =
            format!("-c listen_addresses= -c unix_socket_directories={} -c fsync=off", path.display());
        let start = command(&programs.join("pg_ctl"))
            .args(["start", "-w", "-l"])
            .arg(path.join("log"))
            .arg("-D")
            .arg(&data)
            .arg("-o")
            .arg(settings)
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(start.is_ok_and(|status| status.success()), "the cluster does not start");
        let cluster = Self { folder, programs, databases: AtomicUsize::new(0) };
        cluster.sql("CREATE ROLE owner LOGIN CREATEROLE");
        cluster
    }

    fn sql(&self, sql: &str) {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-U", "super", "-d", "postgres", "-c", sql, "-h"]);
        done(psql.arg(self.folder.path()));
    }

    /// The address of a new database.
    pub fn database(&self) -> String {
        let name = format!("dyad_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql(&format!("CREATE DATABASE {name} OWNER owner"));
        format!("postgres://owner@localhost/{name}?host={}", self.folder.path().display())
    }
}

impl Cluster {
    /// Ends it at once, as a machine that fails.
    pub fn stop(&self) {
        let mut stop = command(&self.programs.join("pg_ctl"));
        stop.args(["stop", "-m", "immediate", "-D"]).arg(self.folder.path().join("data")).current_dir("/");
        // The folder is removed in any case; what does not stop has nothing left to serve.
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}
