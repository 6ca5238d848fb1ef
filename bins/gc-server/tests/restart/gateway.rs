//! The program in a process of its own, which can be killed.

use std::io::{BufRead, BufReader, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use gc_testkit::client::{PATIENCE, request};
use gc_testkit::secrets;
use hyper::Method;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::timeout;

const PROGRAM: &str = env!("CARGO_BIN_EXE_gc-server");

/// A running gateway; dropping it kills it.
pub(crate) struct Gateway {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    pub(crate) clients: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl Gateway {
    /// Starts it, and waits until it listens.
    pub(crate) async fn start(settings: &Path) -> Result<Self> {
        Self::start_as(Command::new(PROGRAM), settings).await
    }

    /// As [`Gateway::start`]; a write beyond the limit on files is an error, like one to a full disk, and no signal.
    pub(crate) async fn start_where_disks_fill(settings: &Path) -> Result<Self> {
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#, PROGRAM]);
        Self::start_as(shell, settings).await
    }

    async fn start_as(mut program: Command, settings: &Path) -> Result<Self> {
        let mut child = program
            .args(["run", "--config"])
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let (log, listening) = follow(child.stderr.take().context("no log")?);
        let line = timeout(PATIENCE, listening).await;
        let line = match line.context("it does not listen")? {
            Ok(line) => line,
            Err(_) => anyhow::bail!("it ended: {:?} {:?}", child.wait()?, log.lock().unwrap()),
        };
        let address = |name: &str| -> Result<SocketAddr> {
            let text = line["fields"][name].as_str().context("no address")?;
            Ok(text.parse()?)
        };
        Ok(Self {
            clients: address("client")?,
            admin: address("admin")?,
            child,
            log,
        })
    }

    /// A file of its own under `/proc`; `None` if only root may read it.
    pub(crate) fn proc(&self, name: &str) -> Result<Option<String>> {
        match std::fs::read(self.proc_path(name)) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Where that file is.
    pub(crate) fn proc_path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.child.id()))
    }

    /// Ends it without a word: SIGKILL.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.check_log()
    }

    /// Asks it to end: SIGTERM.
    pub(crate) fn ask_to_stop(&self) -> Result<()> {
        Ok(kill_process(self.id(), Signal::TERM)?)
    }

    /// Nothing of it runs any more: SIGSTOP.
    pub(crate) fn pause(&self) -> Result<()> {
        Ok(kill_process(self.id(), Signal::STOP)?)
    }

    /// It runs again: SIGCONT.
    pub(crate) fn go_on(&self) -> Result<()> {
        Ok(kill_process(self.id(), Signal::CONT)?)
    }

    /// From now on it can write nothing into any file.
    pub(crate) fn fill_disk(&self) -> Result<()> {
        self.limit_files(Some(0))
    }

    /// It can write again.
    pub(crate) fn empty_disk(&self) -> Result<()> {
        self.limit_files(None)
    }

    fn limit_files(&self, current: Option<u64>) -> Result<()> {
        let limit = Rlimit {
            current,
            maximum: None,
        };
        prlimit(Some(self.id()), Resource::Fsize, limit)?;
        Ok(())
    }

    fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) -> Result<ExitStatus> {
        let wait = async {
            loop {
                if let Some(status) = self.child.try_wait()? {
                    return anyhow::Ok(status);
                }
                tokio::task::yield_now().await;
            }
        };
        let status = timeout(PATIENCE, wait).await.context("it does not end")??;
        self.check_log()?;
        Ok(status)
    }

    /// An answer of its second port.
    pub(crate) async fn ask(&self, path: &str) -> Result<(u16, String)> {
        let answer = request(self.admin, Method::GET, path, String::new()).await?;
        Ok((answer.status, answer.body))
    }

    /// A figure of its metrics; 0 if there is none.
    pub(crate) async fn figure(&self, name: &str) -> Result<usize> {
        let (_, metrics) = self.ask("/metrics").await?;
        let mut lines = metrics.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(value.unwrap_or("0").parse()?)
    }

    /// Waits for a figure of its metrics.
    pub(crate) async fn until(&self, name: &str, wanted: usize) -> Result<()> {
        let mut last = 0;
        let wait = async {
            while last != wanted {
                last = self.figure(name).await?;
            }
            anyhow::Ok(())
        };
        let come = timeout(PATIENCE, wait).await;
        come.with_context(|| format!("{name} is {last}, not {wanted}"))?
    }

    /// Waits until a figure of its metrics is above 0.
    pub(crate) async fn until_any(&self, name: &str) -> Result<()> {
        let wait = async {
            while self.figure(name).await? == 0 {
                tokio::task::yield_now().await;
            }
            anyhow::Ok(())
        };
        let come = timeout(PATIENCE, wait).await;
        come.with_context(|| format!("{name} stays 0"))?
    }

    /// Waits until it says that it cannot serve, and why.
    pub(crate) async fn until_not_ready(&self) -> Result<String> {
        let wait = async {
            loop {
                if let (503, readiness) = self.ask("/readyz").await? {
                    return anyhow::Ok(readiness);
                }
            }
        };
        timeout(PATIENCE, wait).await.context("it stays ready")?
    }

    fn check_log(&self) -> Result<()> {
        for line in self.log.lock().unwrap().iter() {
            ensure!(!line.contains("\"level\":\"ERROR\""), "{line}");
            ensure!(!secrets::is_in(line), "a secret: {line}");
        }
        Ok(())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

type Log = Arc<Mutex<Vec<String>>>;

/// Collects the log, and tells where it listens.
fn follow(stream: ChildStderr) -> (Log, oneshot::Receiver<Value>) {
    let log = Log::default();
    let (listening, told) = oneshot::channel();
    let mut listening = Some(listening);
    let kept = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let read: Value = serde_json::from_str(&line).unwrap_or_default();
            if read["fields"]["message"] == "listening"
                && let Some(listening) = listening.take()
            {
                let _ = listening.send(read);
            }
            kept.lock().unwrap().push(line);
        }
    });
    (log, told)
}
