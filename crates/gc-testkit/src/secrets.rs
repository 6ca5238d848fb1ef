//! The passwords and tokens of a test, all of them canaries: whoever lets one out fails the test.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub use canaries::{CANARY, is_in, plant};
use finesse_sim::SimConfig;
use gc_protocol::Secret;
use gc_server::Config;
use gc_server::config::SecretError;

/// What the simulator's agents and administrator have for a password unless a test says otherwise.
const USUAL: &str = "demo";

/// Gives canaries for passwords to everybody of a site who has the usual one; for tests that start a simulator of their own.
pub fn plant_at(site: &mut SimConfig) {
    for agent in &mut site.site.agents {
        if agent.password == USUAL {
            CANARY.clone_into(&mut agent.password);
        }
        plant(&agent.password);
    }
    if site.site.administrator.1 == USUAL {
        CANARY.clone_into(&mut site.site.administrator.1);
    }
}

/// Plants what a gateway's own accounts sign in and sign with, and the key of its store.
pub fn plant_of(gateway: &Config) {
    for site in gateway.sites() {
        plant_read(site.finesse.administrator.password());
        plant_read(site.ucce_config.password());
    }
    plant_read(gateway.broker.password());
    plant_read(gateway.recorder.secret());
    plant(gateway.store.key.expose());
    let clients = gateway.clients.values();
    for secret in clients.filter_map(|client| client.callback_secret.as_ref()) {
        plant(secret.expose());
        plant(secret.expose().trim_start_matches("whsec_"));
    }
}

/// What cannot be read is for the gateway to complain of.
fn plant_read(secret: Result<Secret, SecretError>) {
    if let Ok(secret) = secret {
        plant(secret.expose());
    }
}

/// What a gateway shows on its second port; nothing when it has stopped. Blocks the thread, so that a `Drop` can ask.
pub(crate) fn shown(admin: SocketAddr) -> Vec<String> {
    let paths = ["/metrics", "/sessions", "/readyz"];
    paths.iter().filter_map(|path| page(admin, path)).collect()
}

fn page(admin: SocketAddr, path: &str) -> Option<String> {
    let limit = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&admin, limit).ok()?;
    stream.set_read_timeout(Some(limit)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
