//! Programs that run beside the checks and end with them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

const START: Duration = Duration::from_secs(30);
const NEWS: Duration = Duration::from_secs(20);

/// A running program; dropping it ends it.
pub(super) struct Server {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts a program; everything it prints goes into a log file.
    pub(super) fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| log.display().to_string())?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self {
            name,
            child,
            log: log.to_owned(),
        })
    }

    /// Waits until the program listens.
    pub(super) fn listening(mut self, port: u16) -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let listens = || TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok();
        self.wait(&format!("listen on {port}"), listens)?;
        Ok(self)
    }

    /// Waits until the program has printed a line with this in it.
    pub(super) fn having_said(mut self, text: &str) -> Result<Self> {
        let log = self.log.clone();
        let said = || whole_lines(&log).iter().any(|line| line.contains(text));
        self.wait(&format!("say {text}"), said)?;
        Ok(self)
    }

    fn wait(&mut self, what: &str, ready: impl Fn() -> bool) -> Result<()> {
        let deadline = Instant::now() + START;
        while !ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended ({status}):\n{}", self.name, self.tail());
            }
            if Instant::now() > deadline {
                bail!("{} did not {what}:\n{}", self.name, self.tail());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Waits for a line with this in it, said by a program that goes on or has ended; else what it said last.
    pub(super) fn lacks(&self, text: &str) -> Option<String> {
        let deadline = Instant::now() + NEWS;
        while !self.lines().iter().any(|line| line.contains(text)) {
            if Instant::now() > deadline {
                return Some(format!("no {text} in\n{}", self.tail()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        None
    }

    /// The last lines it printed.
    pub(super) fn tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    /// What it printed so far.
    pub(super) fn lines(&self) -> Vec<String> {
        whole_lines(&self.log)
    }
}

fn whole_lines(log: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(str::to_owned).collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a gateway says at its admin address that it is ready.
pub(super) fn until_ready(admin: SocketAddr) -> Result<()> {
    let deadline = Instant::now() + START;
    loop {
        let mut connection = TcpStream::connect(admin)?;
        connection.write_all(b"GET /readyz HTTP/1.1\r\nhost: gc\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        if answer.starts_with("HTTP/1.1 200 ") {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "it is not ready: {answer}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
