//! What is wrong with `[broker]`.

use std::net::IpAddr;

use super::Findings;
use super::site::Password;
use crate::config::{BrokerUrl, Config};

/// Signs with a meaning in the name of a topic or a queue, or in what is around it.
const MEANINGFUL: &str = "/*>,?#\\";

impl Config {
    pub(super) fn check_broker(&self, found: &mut Findings) {
        self.check_brokers(found);
        self.check_queues(found);
        self.check_broker_limits(found);
        let settings = &self.broker;
        let password = Password {
            section: "broker",
            name: "password",
            given: &settings.password,
            file: &settings.password_file,
        };
        password.check(found);
        if settings.user.is_empty() && password.is_set() {
            found.add(
                "broker.user",
                "is empty, and there is a password",
                "write the user it belongs to, or no password",
            );
        }
        if settings.user.contains(char::is_control) {
            found.add(
                "broker.user",
                "has a line break or another control character",
                "write the name alone",
            );
        }
        for file in &settings.ca_files {
            found.file("broker.ca_files", file);
        }
    }

    fn check_brokers(&self, found: &mut Findings) {
        for (index, text) in self.broker.brokers.iter().enumerate() {
            let key = format!("broker.brokers[{index}]");
            match text.parse::<BrokerUrl>() {
                Err(reason) => found.add(
                    key,
                    reason.to_string(),
                    "write stomp+ssl://host:port, or stomp://127.0.0.1:61613",
                ),
                Ok(url) if !url.secured && !is_loopback(&url.host) && !self.broker.allow_plain => {
                    found.add(
                        key,
                        format!("{url} is not this machine, and agents' passwords would go there in the open"),
                        "use stomp+ssl://, or set allow_plain = true",
                    );
                }
                Ok(_) => {}
            }
        }
    }

    fn check_queues(&self, found: &mut Findings) {
        for name in self.broker.queues.keys() {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-:".contains(c);
            if name.is_empty() || !name.chars().all(plain) {
                found.add(
                    "broker.queues",
                    format!("`{name}` is no name of a queue"),
                    "use letters, digits, `.`, `_`, `-` and `:` only",
                );
            }
        }
        let signs = &self.broker.destination_signs;
        let bad = |c: char| !c.is_ascii_graphic() || MEANINGFUL.contains(c);
        if signs.contains(bad) {
            found.add(
                "broker.destination_signs",
                format!("`{signs}` has a sign with a meaning of its own, or a blank"),
                "leave out blanks and / * > , ? # \\",
            );
        }
    }

    fn check_broker_limits(&self, found: &mut Findings) {
        let settings = &self.broker;
        if settings.priority > 127 {
            found.add(
                "broker.priority",
                format!("{} is above 127", settings.priority),
                "write 127 for the first gateway and 100 for the second",
            );
        }
        for (key, value) in [
            ("broker.prefetch", settings.prefetch as usize),
            ("broker.destination_length", settings.destination_length),
            ("broker.body_limit", settings.body_limit),
            ("broker.header_limit", settings.header_limit),
            ("broker.outbox_bytes", settings.outbox_bytes as usize),
        ] {
            found.positive(key, value);
        }
        for (key, value) in [
            ("broker.heart_beat", settings.heart_beat),
            ("broker.connect_timeout", settings.connect_timeout),
            ("broker.reconnect_min", settings.reconnect_min),
            ("broker.prefer_every", settings.prefer_every),
            ("broker.give_up_after", settings.give_up_after),
        ] {
            found.lasting(key, value);
        }
        if settings.reconnect_max < settings.reconnect_min {
            found.add(
                "broker.reconnect_max",
                "is shorter than broker.reconnect_min",
                "write a longer one",
            );
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
