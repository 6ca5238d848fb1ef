//! A simulator in this process and a gateway in its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use finesse_sim::{NodeAddrs, SimConfig, Simulator};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Transport;

/// Both, running.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) gateway: Gateway,
    arguments: Vec<OsString>,
    _folder: tempfile::TempDir,
}

/// A gateway; dropping it ends it.
pub(crate) struct Gateway {
    child: Child,
    /// Port of the client API.
    pub(crate) port: u16,
    /// Port of the second listener.
    pub(crate) admin: u16,
}

impl World {
    /// Starts both with agents `100001`, `100002`, ….
    pub(crate) async fn start(agents: usize, by: Transport) -> Result<Self> {
        Self::with((agents, 1), by, |_| Ok(String::new())).await
    }

    /// As [`World::start`], and the gateway knows the second node.
    pub(crate) async fn of_two_nodes(agents: usize, by: Transport) -> Result<Self> {
        Self::with((agents, 2), by, |_| Ok(String::new())).await
    }

    /// As [`World::start`], with a store.
    pub(crate) async fn with_store(agents: usize, by: Transport) -> Result<Self> {
        Self::with((agents, 1), by, store).await
    }

    async fn with(
        (agents, nodes): (usize, usize),
        by: Transport,
        more: impl FnOnce(&Path) -> Result<String>,
    ) -> Result<Self> {
        let simulator = Simulator::start(SimConfig::bench(agents)).await?;
        let folder = tempfile::tempdir()?;
        let authority = folder.path().join("ca.pem");
        std::fs::write(&authority, simulator.ca_pem())?;
        let (port, admin) = (free_port()?, free_port()?);
        let more = more(folder.path())?;
        let nodes = simulator.nodes().iter().take(nodes);
        let nodes: String = nodes.map(|node| settings_of(node, by)).collect();
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:{admin}\"\n\
             [session]\nmax_sessions = 0\n[log]\nlevel = \"warn\"\n{more}\
             [finesse]\nsystem_roots = false\nca_files = [{:?}]\n{nodes}",
            authority.display().to_string(),
        );
        let file = folder.path().join("gc.toml");
        std::fs::write(&file, settings)?;
        let arguments = vec!["run".into(), "--config".into(), file.into_os_string()];
        let gateway = Gateway::start(&arguments, (port, admin)).await?;
        Ok(Self {
            simulator,
            gateway,
            arguments,
            _folder: folder,
        })
    }

    /// Starts the gateway again that was ended.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        let ports = (self.gateway.port, self.gateway.admin);
        self.gateway = Gateway::start(&self.arguments, ports).await?;
        Ok(())
    }
}

fn settings_of(node: &NodeAddrs, by: Transport) -> String {
    format!(
        "[[finesse.nodes]]\nhost = {:?}\naddress = \"127.0.0.1\"\nhttps_port = {}\nxmpp_port = {}\n\
         transport = {:?}\n",
        node.host,
        node.https.port(),
        node.xmpp.port(),
        by.as_str(),
    )
}

/// Settings of a store in a folder, with a key.
fn store(folder: &Path) -> Result<String> {
    let key = folder.join("store-key");
    let mut make = Command::new(program()?);
    make.args(["key", "store", "--file"]).arg(&key);
    ensure!(make.status()?.success(), "no key for the store");
    Ok(format!(
        "[store]\npath = {:?}\nkey_file = {:?}\n",
        folder.join("store").display().to_string(),
        key.display().to_string(),
    ))
}

impl Gateway {
    /// Starts the program beside this one, and waits until it listens.
    pub(crate) async fn start(arguments: &[OsString], (port, admin): (u16, u16)) -> Result<Self> {
        let child = Command::new(program()?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start gc-server")?;
        let mut gateway = Self { child, port, admin };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if let Some(status) = gateway.child.try_wait()? {
                bail!("gc-server ended: {status}");
            }
            if Instant::now() > deadline {
                bail!("gc-server does not listen on {port}");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(gateway)
    }

    /// Ends it without a word: SIGKILL.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// What its second listener answers.
    pub(crate) async fn ask(&self, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.admin)).await?;
        let request = format!("GET {path} HTTP/1.0\r\nhost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    /// Waits until its second listener answers with a text.
    pub(crate) async fn until(&self, path: &str, text: &str) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(120);
        while !self.ask(path).await?.contains(text) {
            ensure!(Instant::now() < deadline, "{path} never says {text}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Waits until it knows of so many nodes that serve.
    pub(crate) async fn until_serve(&self, nodes: usize) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.ask("/readyz").await?;
            let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
            let readiness: Value = serde_json::from_str(body)?;
            let all = readiness["nodes"].as_array().into_iter().flatten();
            if all.filter(|node| node["status"] == "IN_SERVICE").count() == nodes {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "not {nodes} nodes serve: {body}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Its process number.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.parent().context("no folder")?.join("gc-server");
    if !path.is_file() {
        bail!(
            "{} is not built: cargo build --release --bin gc-server",
            path.display()
        );
    }
    Ok(path)
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
