//! Prosody in the place of Finesse's notification service.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::certificates::Certificates;
use super::servers::{Server, free_port};
use super::{AGENT, DOMAIN, PASSWORD};
use crate::process::run_quiet;

/// A running Prosody.
pub(super) struct Prosody {
    /// Port of XMPP inside TLS.
    pub(super) port: u16,
    _server: Server,
}

/// Starts it with two users: the agent, and Finesse's own application.
pub(super) fn start(prosody: &Path, folder: &Path, certificates: &Certificates) -> Result<Prosody> {
    let port = free_port()?;
    let configuration = folder.join("prosody.cfg.lua");
    std::fs::create_dir_all(folder.join("data"))?;
    std::fs::write(&configuration, settings(folder, port, certificates))?;
    for (user, password) in [(AGENT, PASSWORD), ("finesse", "finesse")] {
        register(prosody, &configuration, user, password)?;
    }
    let mut command = Command::new(prosody);
    command.arg("--config").arg(&configuration).arg("-F");
    let server = Server::start("prosody", &mut command, &folder.join("prosody.log"))?;
    Ok(Prosody {
        port,
        _server: server.listening(port)?,
    })
}

fn register(prosody: &Path, configuration: &Path, user: &str, password: &str) -> Result<()> {
    let control = prosody
        .parent()
        .context("prosody has no folder")?
        .join("prosodyctl");
    let mut command = Command::new(control);
    command
        .arg("--config")
        .arg(configuration)
        .args(["register", user, DOMAIN, password]);
    let finished = run_quiet(&mut command)?;
    ensure!(
        finished.success,
        "prosodyctl register {user}: {}",
        finished.output
    );
    Ok(())
}

/// PLAIN only, TLS from the first byte and no stream management, as Finesse.
fn settings(folder: &Path, port: u16, certificates: &Certificates) -> String {
    let path = |path: &PathBuf| format!("{:?}", path.display().to_string());
    let folder_text = format!("{:?}", folder.join("data").display().to_string());
    let (key, certificate) = (path(&certificates.key), path(&certificates.certificate));
    format!(
        "run_as_root = true
data_path = {folder_text}
log = {{ {{ levels = {{ min = \"info\" }}, to = \"console\" }} }}
authentication = \"internal_plain\"
disable_sasl_mechanisms = {{ \"SCRAM-SHA-1\", \"SCRAM-SHA-1-PLUS\", \"SCRAM-SHA-256\", \"SCRAM-SHA-256-PLUS\", \"DIGEST-MD5\", \"OAUTHBEARER\" }}
modules_enabled = {{ \"roster\", \"saslauth\", \"disco\", \"ping\" }}
modules_disabled = {{ \"s2s\", \"offline\" }}
interfaces = {{ \"127.0.0.1\" }}
c2s_ports = {{}}
c2s_direct_tls_ports = {{ {port} }}
s2s_ports = {{}}
s2s_direct_tls_ports = {{}}
ssl = {{ key = {key}, certificate = {certificate} }}
c2s_direct_tls_ssl = {{ key = {key}, certificate = {certificate} }}
VirtualHost \"{DOMAIN}\"
Component \"pubsub.{DOMAIN}\" \"pubsub\"
  admins = {{ \"finesse@{DOMAIN}\" }}
"
    )
}
