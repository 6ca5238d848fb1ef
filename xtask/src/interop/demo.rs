//! The demo on any ports.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Places;
use super::servers::Server;
use crate::process::run_quiet;

/// A gateway with a simulated Finesse; dropping it ends both.
pub(super) struct Demo {
    /// Where clients find it.
    pub(super) url: String,
    /// Where the simulator is controlled.
    pub(super) control: String,
    /// Where its health is told.
    pub(super) admin: SocketAddr,
    pub(super) server: Server,
}

impl Demo {
    /// Starts it; its log goes into the folder.
    pub(super) fn start(places: &Places, folder: &Path) -> Result<Self> {
        let mut command = Command::new(places.program("gc-server"));
        command.args(["demo", "--any-ports"]);
        // The line of the simulator comes after that of the clients.
        let server = Server::start("the demo", &mut command, &folder.join("demo.log"))?
            .having_said("simulator ")?;
        let lines = server.lines();
        Ok(Self {
            url: address(&lines, "/gc/v1/commands")?,
            control: address(&lines, "/sim/state")?,
            admin: address(&lines, "/readyz")?
                .trim_start_matches("http://")
                .parse()?,
            server,
        })
    }

    /// Has a customer call a number; by curl.
    pub(super) fn call(&self, number: &str) -> Result<()> {
        let body = format!(r#"{{"from":"03005550142","to":"{number}"}}"#);
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--fail-with-body", "-d", &body])
            .args(["-H", "content-type: application/json"])
            .arg(format!("{}/sim/calls", self.control));
        let finished = run_quiet(&mut curl)?;
        ensure!(finished.success, "curl: {}", finished.output);
        Ok(())
    }
}

/// The address of who has this path.
fn address(lines: &[String], path: &str) -> Result<String> {
    let words = lines.iter().flat_map(|line| line.split_whitespace());
    let url = words
        .filter_map(|word| word.strip_suffix(path))
        .find(|url| url.starts_with("http://"));
    let url = url.with_context(|| format!("the demo does not say where {path} is"))?;
    Ok(url.to_owned())
}
