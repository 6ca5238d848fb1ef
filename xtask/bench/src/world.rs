//! A simulator in this process and a gateway in its own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use finesse_sim::{SimConfig, Simulator};
use tokio::net::TcpStream;

use crate::Transport;

/// Both, running.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) gateway: Gateway,
    _folder: tempfile::TempDir,
}

/// A gateway; dropping it ends it.
pub(crate) struct Gateway {
    child: Child,
    /// Port of the client API.
    pub(crate) port: u16,
}

impl World {
    /// Starts both with agents `100001`, `100002`, ….
    pub(crate) async fn start(agents: usize, by: Transport) -> Result<Self> {
        let simulator = Simulator::start(SimConfig::bench(agents)).await?;
        let folder = tempfile::tempdir()?;
        let authority = folder.path().join("ca.pem");
        std::fs::write(&authority, simulator.ca_pem())?;
        let (port, admin) = (free_port()?, free_port()?);
        let node = &simulator.nodes()[0];
        let settings = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:{admin}\"\n\
             [session]\nmax_sessions = 0\n[log]\nlevel = \"warn\"\n\
             [finesse]\nsystem_roots = false\nca_files = [{:?}]\n\
             [[finesse.nodes]]\nhost = {:?}\naddress = \"127.0.0.1\"\nhttps_port = {}\nxmpp_port = {}\n\
             transport = {:?}\n",
            authority.display().to_string(),
            node.host,
            node.https.port(),
            node.xmpp.port(),
            by.as_str(),
        );
        let file = folder.path().join("gc.toml");
        std::fs::write(&file, settings)?;
        let arguments = ["run".into(), "--config".into(), file.into_os_string()];
        let gateway = Gateway::start(&arguments, port).await?;
        Ok(Self {
            simulator,
            gateway,
            _folder: folder,
        })
    }
}

impl Gateway {
    /// Starts the program beside this one, and waits until it listens.
    pub(crate) async fn start(arguments: &[std::ffi::OsString], port: u16) -> Result<Self> {
        let child = Command::new(program()?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start gc-server")?;
        let mut gateway = Self { child, port };
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
