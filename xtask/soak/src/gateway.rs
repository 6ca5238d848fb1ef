//! The gateway in a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::ledger::Ledger;

const START: Duration = Duration::from_secs(30);

/// A running gateway; dropping it kills it.
pub(crate) struct Gateway {
    child: Child,
    pub(crate) clients: SocketAddr,
    admin: SocketAddr,
}

impl Gateway {
    /// Starts it, and waits until it listens; what its log must not have goes to the ledger.
    pub(crate) async fn start(
        program: &Path,
        settings: &Path,
        ledger: &Arc<Ledger>,
    ) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["run", "--config"])
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let log = child.stderr.take().context("no log")?;
        let listening = follow(log, Arc::clone(ledger));
        let Ok(Ok(line)) = timeout(START, listening).await else {
            let _ = child.kill();
            bail!("the gateway does not listen: {:?}", child.wait()?);
        };
        let address = |name: &str| -> Result<SocketAddr> {
            let text = line["fields"][name].as_str().context("no address")?;
            Ok(text.parse()?)
        };
        Ok(Self {
            clients: address("client")?,
            admin: address("admin")?,
            child,
        })
    }

    /// Its process number.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// What an endpoint of its second listener answers, head included.
    pub(crate) async fn ask(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.admin).await?;
        let request = format!("GET {path} HTTP/1.0\r\nhost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    /// Its open descriptors, which it counts itself: from outside only root could.
    pub(crate) async fn descriptors(&self) -> Result<usize> {
        let figures = self.figures().await?;
        let count = figures.get("gc_open_files").context("no gc_open_files")?;
        Ok(*count as usize)
    }

    /// Its metrics that have no labels.
    pub(crate) async fn figures(&self) -> Result<BTreeMap<String, f64>> {
        let answer = self.ask("/metrics").await?;
        let lines = answer.lines().filter(|line| !line.starts_with('#'));
        let figure = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Ok(lines.filter_map(figure).collect())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the log to its end; gives the line that says where it listens.
fn follow(log: ChildStderr, ledger: Arc<Ledger>) -> oneshot::Receiver<Value> {
    let (listening, told) = oneshot::channel();
    let mut listening = Some(listening);
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if canaries::is_in(&line) {
                ledger.breach(format!("a password in the log: {line}"));
            }
            let read: Value = serde_json::from_str(&line).unwrap_or_default();
            match read["level"].as_str() {
                Some("ERROR") => ledger.breach(format!("the gateway logs: {line}")),
                Some("WARN") => ledger.tell(|told| told.warnings += 1),
                Some(_) if read["fields"]["message"] == "listening" => {
                    if let Some(listening) = listening.take() {
                        let _ = listening.send(read);
                    }
                }
                Some(_) => {}
                // Such as a panic that nobody has caught.
                None => ledger.breach(format!("the gateway prints: {line}")),
            }
        }
    });
    told
}
