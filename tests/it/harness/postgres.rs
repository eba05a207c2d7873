//! A real PostgreSQL on loopback in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use super::free_port;

pub struct Postgres {
    port: u16,
    dir: PathBuf,
    programs: PathBuf,
    _temporary: TempDir,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub fn start() -> Postgres {
        let temporary = tempfile::tempdir().unwrap();
        let programs = programs();
        // PostgreSQL does not run as root.
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(temporary.path()));
        }
        let this = Postgres { port: free_port(), dir: temporary.path().join("pg"), programs, _temporary: temporary };
        run(this
            .program("initdb")
            .args(["-A", "trust", "-U", "nisba", "-E", "UTF8", "--no-sync", "-D"])
            .arg(&this.dir));
        this.up();
        this
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/");
        command
    }

    pub fn up(&self) {
        let options = format!("-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off", self.port, self.dir.display());
        run(self
            .program("pg_ctl")
            .args(["-w", "-l"])
            .arg(self.dir.join("log"))
            .args(["-o", &options, "-D"])
            .arg(&self.dir)
            .arg("start"));
    }

    pub fn down(&self) {
        run(self.program("pg_ctl").args(["-w", "-m", "immediate", "-D"]).arg(&self.dir).arg("stop"));
    }

    pub fn url(&self) -> String {
        format!("postgres://nisba@127.0.0.1:{}/postgres", self.port)
    }

    pub async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It may be down already.
        let _ = self.program("pg_ctl").args(["-m", "immediate", "-D"]).arg(&self.dir).arg("stop").output();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// Where Debian puts the newest version's programs, or the folder of `initdb` on the path.
fn programs() -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|e| e.path().join("bin")).filter(|p| p.join("initdb").exists()).collect())
        .unwrap_or_default();
    versions.sort();
    if let Some(newest) = versions.pop() {
        return newest;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|dir| dir.join("initdb").exists())
        .unwrap_or_else(|| panic!("PostgreSQL is not installed; scripts/test installs it: apt-get install postgresql"))
}

fn run(command: &mut Command) {
    // pg_ctl leaves the server with the pipes of its output; only files can be waited for.
    let log = tempfile::NamedTempFile::new().unwrap();
    let file = || std::fs::OpenOptions::new().append(true).open(log.path()).unwrap();
    let status = command.stdin(std::process::Stdio::null()).stdout(file()).stderr(file()).status().unwrap();
    assert!(status.success(), "{command:?}: {}", text(log.path()));
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
