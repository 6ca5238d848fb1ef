//! What is wrong with a configuration, without reaching out to anything.

mod broker;
mod clusters;
mod site;
mod store;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use crate::callback::allow::AllowEntry;
use crate::callback::signature::SigningKey;
use crate::clients::QUEUES;
use crate::hub::{MAX_BYTES, MAX_FRAMES};
use crate::key::KeyDigest;

use crate::scope::is_command_word;

use super::{Client, Config, Node, Scheme, XmppSecurity};

/// One thing that must be changed before the gateway starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting, such as `server.listen`.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.key, self.what, self.fix)
    }
}

impl Config {
    /// Every problem found; empty when the gateway can start.
    pub fn check(&self) -> Vec<Problem> {
        let mut found = Findings(Vec::new());
        self.check_server(&mut found);
        self.check_clusters(&mut found);
        self.check_clients(&mut found);
        self.check_callbacks(&mut found);
        self.check_replay(&mut found);
        self.check_store(&mut found);
        self.check_broker(&mut found);
        self.check_session(&mut found);
        self.check_compat(&mut found);
        self.check_site(&mut found);
        found.0
    }

    fn check_server(&self, found: &mut Findings) {
        let server = &self.server;
        if self.clients.is_empty() && !server.listen.ip().is_loopback() {
            found.add(
                "server.listen",
                format!(
                    "{} is open to other machines and no client has a key",
                    server.listen
                ),
                "add a [clients.<name>] section with key_sha256, or listen on 127.0.0.1",
            );
        }
        if !self.clients.is_empty()
            && !server.listen.ip().is_loopback()
            && !server.tls.is_configured()
            && !server.plain_http_behind_proxy
        {
            found.add(
                "server.tls",
                format!("{} is reached by others and there is no TLS: keys and passwords would go in clear", server.listen),
                "set cert_file and key_file, or plain_http_behind_proxy = true where a proxy speaks TLS",
            );
        }
        self.check_tls(found);
        self.check_admin(found);
        if server.listen.port() != 0 && server.listen == server.admin_listen {
            found.add(
                "server.admin_listen",
                "is the address of the client API",
                "give it another port",
            );
        }
        for path in &server.command_paths {
            if !is_plain_path(path) {
                found.add(
                    "server.command_paths",
                    format!("`{path}` is no plain path"),
                    "begin it with `/` and use letters, digits, `/`, `-`, `_` and `.` only",
                );
            }
            if is_taken(path) {
                found.add(
                    "server.command_paths",
                    format!("`{path}` is taken by the gateway itself"),
                    "choose a path outside /gc/v1/ and /schemas/, and not that of a description",
                );
            }
        }
        found.positive("server.max_connections", server.max_connections);
        found.positive("server.max_destinations", server.max_destinations);
        if server.event_bytes < LEAST_EVENT_BYTES {
            found.add(
                "server.event_bytes",
                format!("{} has no room for a few clients", server.event_bytes),
                &format!("write at least {LEAST_EVENT_BYTES}"),
            );
        }
        found.positive(
            "server.commands_per_second",
            server.commands_per_second as usize,
        );
        found.positive("server.command_burst", server.command_burst as usize);
        if server.commands_per_second_per_source > 0 {
            let burst = server.command_burst_per_source as usize;
            found.positive("server.command_burst_per_source", burst);
        }
    }

    fn check_admin(&self, found: &mut Findings) {
        let keys = &self.admin.key_sha256;
        if keys.is_empty() && !self.server.admin_listen.ip().is_loopback() {
            found.add(
                "server.admin_listen",
                format!(
                    "{} is open to other machines and asks for no key",
                    self.server.admin_listen
                ),
                "set admin.key_sha256, or listen on 127.0.0.1",
            );
        }
        if keys.iter().any(|hex| KeyDigest::parse(hex).is_none()) {
            found.add(
                "admin.key_sha256",
                "is no SHA-256 in hex",
                "use the digits that `gc-server key new --name admin` prints",
            );
        }
    }

    fn check_tls(&self, found: &mut Findings) {
        let tls = &self.server.tls;
        if tls.cert_file.is_empty() != tls.key_file.is_empty() {
            found.add(
                "server.tls.key_file",
                "a certificate and its key belong together",
                "set cert_file and key_file, or neither",
            );
        }
        if tls.client_certificate_required && tls.client_ca_files.is_empty() {
            found.add(
                "server.tls.client_certificate_required",
                "no authority is named that signs clients' certificates",
                "set client_ca_files",
            );
        }
        for file in tls.files() {
            found.file("server.tls", file);
        }
    }

    fn check_clients(&self, found: &mut Findings) {
        let mut seen = BTreeMap::new();
        for (name, client) in &self.clients {
            if name.starts_with(QUEUES) {
                found.add(
                    format!("clients.{name}"),
                    "is how a command queue of the broker is called",
                    "choose a name that does not begin with queue/",
                );
            }
            check_keys(name, client, &mut seen, found);
            check_scope(name, client, found);
            if let Some(secret) = &client.callback_secret
                && SigningKey::parse(secret).is_none()
            {
                found.add(
                    format!("clients.{name}.callback_secret"),
                    "is no signing secret",
                    "write whsec_ and the base64 of 24 to 64 random bytes",
                );
            }
            if let Some(zone) = &client.time_zone {
                found.zone(format!("clients.{name}.time_zone"), zone);
            }
        }
    }

    fn check_callbacks(&self, found: &mut Findings) {
        for (index, entry) in self.callbacks.allow.iter().enumerate() {
            if let Err(reason) = entry.parse::<AllowEntry>() {
                found.add(
                    format!("callbacks.allow[{index}]"),
                    format!("`{entry}`: {reason}"),
                    "write scheme://host[:port], such as https://*.example.org:8443",
                );
            }
        }
        for file in &self.callbacks.ca_files {
            found.file("callbacks.ca_files", file);
        }
        found.positive("callbacks.tries", self.callbacks.tries as usize);
        found.lasting("callbacks.timeout", self.callbacks.timeout);
        found.lasting("callbacks.give_up_after", self.callbacks.give_up_after);
    }

    fn check_replay(&self, found: &mut Findings) {
        for (key, value, most) in [
            ("replay.events", self.replay.events, MAX_FRAMES),
            ("replay.bytes", self.replay.bytes, MAX_BYTES),
        ] {
            if value > most {
                found.add(
                    key,
                    format!("{value} is more than a connection may have waiting"),
                    &format!("write at most {most}"),
                );
            }
        }
        found.lasting("replay.age", self.replay.age);
    }

    fn check_session(&self, found: &mut Findings) {
        let session = &self.session;
        found.lasting("session.request_deadline", session.request_deadline);
        found.lasting("finesse.failover_after", self.finesse.failover_after);
        found.lasting("session.beat_period", session.beat_period);
        found.lasting("session.sign_in_window", session.sign_in_window);
        if !(1..FINESSE_LOCKS_AT).contains(&session.sign_in_failures) {
            found.add(
                "session.sign_in_failures",
                format!("is {}", session.sign_in_failures),
                "write 1 to 4: Finesse locks an account after 5",
            );
        }
        if session.gone_logout_after < session.gone_not_ready_after {
            found.add(
                "session.gone_logout_after",
                "is shorter than session.gone_not_ready_after",
                "log out no earlier than NOT_READY is set",
            );
        }
    }

    fn check_compat(&self, found: &mut Findings) {
        found.zone("compat.time_zone".to_owned(), &self.compat.time_zone);
        if self.compat.monitor_call_type.is_empty() {
            found.add(
                "compat.monitor_call_type",
                "is empty",
                "write SUPERVISOR_MONITOR or SM",
            );
        }
        let audit = Path::new(&self.log.audit_file);
        if let Some(folder) = audit.parent()
            && !folder.as_os_str().is_empty()
            && !folder.is_dir()
        {
            found.add(
                "log.audit_file",
                format!("there is no folder `{}`", folder.display()),
                "make it first",
            );
        }
        if !crate::logs::is_level(&self.log.level) {
            found.add(
                "log.level",
                format!("`{}` is no level", self.log.level),
                "write error, warn, info, debug or trace",
            );
        }
    }
}

/// Failed credentials after which Finesse locks an account.
const FINESSE_LOCKS_AT: usize = 5;
/// Two clients may be as far behind as a client may be, and as much may be kept.
const LEAST_EVENT_BYTES: usize = 4 * MAX_BYTES;

fn check_keys<'a>(
    name: &'a str,
    client: &Client,
    seen: &mut BTreeMap<KeyDigest, &'a str>,
    found: &mut Findings,
) {
    let key = format!("clients.{name}.key_sha256");
    if client.key_sha256.is_empty() && client.certificates.is_empty() {
        found.add(
            key.clone(),
            "is missing",
            "make a key with `gc-server key new --name <client>`",
        );
    }
    for hex in &client.key_sha256 {
        let Some(digest) = KeyDigest::parse(hex) else {
            found.add(
                key.clone(),
                "is no SHA-256 in hex",
                "use the 64 digits that `printf %s \"$KEY\" | sha256sum` prints",
            );
            continue;
        };
        if let Some(other) = seen.insert(digest, name) {
            found.add(
                key.clone(),
                format!("is the key of `{other}` too"),
                "give each client its own key",
            );
        }
    }
}

fn check_scope(name: &str, client: &Client, found: &mut Findings) {
    for word in &client.commands {
        if !is_command_word(word) {
            found.add(
                format!("clients.{name}.commands"),
                format!("`{word}` is no command and no category"),
                "write a name or a category that `gc commands` prints, or *",
            );
        }
    }
}

fn is_secured(node: &Node) -> bool {
    node.scheme == Scheme::Https && node.xmpp_security == XmppSecurity::Tls
}

/// A name may lead anywhere, so only loopback written out counts.
fn is_this_machine(node: &Node) -> bool {
    let host = match node.address.as_str() {
        "" => node.host.as_str(),
        address => address,
    };
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Empty, or a name or an address alone.
fn is_plain_host(host: &str) -> bool {
    !host.contains(|c: char| c.is_whitespace() || "/:@#?".contains(c))
}

fn is_plain_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
    path.len() > 1 && path.starts_with('/') && path.chars().all(plain)
}

/// Whether the gateway answers there itself.
fn is_taken(path: &str) -> bool {
    let taken = ["/openapi.json", "/asyncapi.json"];
    path.starts_with("/gc/v1/") || path.starts_with("/schemas/") || taken.contains(&path)
}

struct Findings(Vec<Problem>);

impl Findings {
    fn add(&mut self, key: impl Into<String>, what: impl Into<String>, fix: &str) {
        self.0.push(Problem {
            key: key.into(),
            what: what.into(),
            fix: fix.to_owned(),
        });
    }

    fn positive(&mut self, key: &str, value: usize) {
        if value == 0 {
            self.add(key, "is 0", "write a number above 0");
        }
    }

    fn lasting(&mut self, key: &str, value: Duration) {
        if value.is_zero() {
            self.add(key, "is 0", "write a duration above 0, such as \"5s\"");
        }
    }

    fn host(&mut self, key: String, host: &str) {
        self.add(
            key,
            format!("`{host}` is no host name"),
            "write the name alone, without scheme, port or path",
        );
    }

    fn zone(&mut self, key: String, zone: &str) {
        if jiff::tz::TimeZone::get(zone).is_err() {
            self.add(
                key,
                format!("`{zone}` is no time zone that this machine knows"),
                "write an IANA name such as Asia/Karachi, or UTC",
            );
        }
    }

    fn file(&mut self, key: &str, file: &str) {
        if !Path::new(file).is_file() {
            self.add(
                key,
                format!("there is no file `{file}`"),
                "name a PEM file that exists",
            );
        }
    }
}
