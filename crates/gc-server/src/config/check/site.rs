//! What is wrong with accounts, the recorder and the settings of single groups of commands.

use std::collections::BTreeSet;
use std::time::Duration;

use gc_protocol::Secret;

use super::{Findings, is_plain_host};
use crate::config::{Config, RecorderCall, Site};
use crate::recorder::template::Template;

impl Config {
    pub(super) fn check_site(&self, found: &mut Findings) {
        for site in self.sites() {
            site.check_administrator(found);
            site.check_ucce_config(found);
        }
        self.check_agent_extensions(found);
        self.check_recorder(found);
        self.check_features(found);
    }

    fn check_agent_extensions(&self, found: &mut Findings) {
        let mut seen = BTreeSet::new();
        for (number, extension) in &self.agent_extensions {
            if !seen.insert(number.to_ascii_lowercase()) {
                found.add(
                    format!("agent_extensions.{number}"),
                    "is there twice, as casing does not count",
                    "keep one of them",
                );
            }
            for (name, value) in [
                ("port", &extension.port),
                ("dial_number", &extension.dial_number),
            ] {
                if value.is_empty() {
                    found.add(
                        format!("agent_extensions.{number}.{name}"),
                        "is empty",
                        "write the number",
                    );
                }
            }
        }
    }

    fn check_recorder(&self, found: &mut Findings) {
        let settings = &self.recorder;
        let secret = Password {
            section: "recorder",
            name: "secret",
            given: &settings.secret,
            file: &settings.secret_file,
        };
        secret.check(found);
        for file in &settings.ca_files {
            found.file("recorder.ca_files", file);
        }
        found.lasting("recorder.timeout", settings.timeout);
        if !settings.user.is_empty() {
            secret.require(found);
        }
        if settings.user.contains(':') {
            found.add(
                "recorder.user",
                "has a colon, which would end it",
                "write a name without one",
            );
        }
        if settings.is_configured() {
            check_call("recorder.pause.url", &settings.pause, &secret, found);
            check_call("recorder.resume.url", &settings.resume, &secret, found);
        }
        if !settings.system_roots && settings.ca_files.is_empty() && self.recorder_needs_trust() {
            found.add(
                "recorder.system_roots",
                "no certificate authority is trusted, so the recorder cannot be",
                "set system_roots = true, or name ca_files",
            );
        }
    }

    fn recorder_needs_trust(&self) -> bool {
        [&self.recorder.pause, &self.recorder.resume]
            .iter()
            .any(|call| Template::parse(&call.url).is_ok_and(|template| template.is_secure()))
    }

    fn check_features(&self, found: &mut Findings) {
        if self.queues.poll_interval < Duration::from_secs(1) {
            found.add(
                "queues.poll_interval",
                "is below a second",
                "write \"1s\" or more: each agent who asked for queues is a request to Finesse that often",
            );
        }
        found.lasting("sso.token_life", self.sso.token_life);
        if !(self.sso.warn_at > 0.0 && self.sso.warn_at < 1.0) {
            found.add(
                "sso.warn_at",
                format!("{} is no part of a token's life", self.sso.warn_at),
                "write a number between 0 and 1, such as 0.75",
            );
        }
        found.positive("calls.variable_bytes", self.calls.variable_bytes);
        found.positive("calls.ecc_bytes", self.calls.ecc_bytes);
    }
}

impl Site {
    fn check_administrator(&self, found: &mut Findings) {
        let settings = &self.finesse.administrator;
        let section = format!("{}.administrator", self.sections.0);
        let password = Password {
            section: &section,
            name: "password",
            given: &settings.password,
            file: &settings.password_file,
        };
        password.check(found);
        if settings.name.is_empty() && password.is_set() {
            found.add(
                format!("{section}.name"),
                "is empty, and there is a password",
                "write the name it belongs to, or no password",
            );
        }
        if !settings.name.is_empty() {
            password.require(found);
        }
        if settings.name.contains(':') {
            found.add(
                format!("{section}.name"),
                "has a colon, which would end it",
                "write a name without one",
            );
        }
    }

    fn check_ucce_config(&self, found: &mut Findings) {
        let settings = &self.ucce_config;
        let section = &self.sections.1;
        let password = Password {
            section,
            name: "password",
            given: &settings.password,
            file: &settings.password_file,
        };
        password.check(found);
        for (name, host) in [("host", &settings.host), ("address", &settings.address)] {
            if !is_plain_host(host) {
                found.host(format!("{section}.{name}"), host);
            }
        }
        if settings.host.is_empty() {
            if password.is_set() || !settings.user.is_empty() {
                found.add(
                    format!("{section}.host"),
                    "is empty, and there is an account for it",
                    "write the host of the configuration API, or no account",
                );
            }
            return;
        }
        password.require(found);
        if !settings.user.contains('@') || settings.user.contains(':') {
            found.add(
                format!("{section}.user"),
                format!("`{}` is no user with a domain", settings.user),
                "write user@domain, as the API demands",
            );
        }
        found.positive(&format!("{section}.port"), usize::from(settings.port));
        if !(1..=100).contains(&settings.page_size) {
            found.add(
                format!("{section}.page_size"),
                format!("{} is no size of a page", settings.page_size),
                "write a number from 1 to 100, which is all the API allows",
            );
        }
    }
}

fn check_call(key: &str, call: &RecorderCall, secret: &Password<'_>, found: &mut Findings) {
    if call.url.is_empty() {
        found.add(
            key,
            "is empty, so the recorder could be told only half",
            "write both addresses, or none",
        );
        return;
    }
    match Template::parse(&call.url) {
        Err(reason) => found.add(
            key,
            reason.to_string(),
            "write an address such as https://recorder.example.org/calls/{dialogId}/pause",
        ),
        Ok(template) => {
            if secret.is_set() && !template.is_secure() && !template.is_this_machine() {
                found.add(
                    key,
                    "would send the secret unencrypted",
                    "use https, or no secret",
                );
            }
        }
    }
}

/// A secret and where it may stand.
pub(super) struct Password<'s> {
    pub(super) section: &'s str,
    pub(super) name: &'static str,
    pub(super) given: &'s Secret,
    pub(super) file: &'s str,
}

impl Password<'_> {
    pub(super) fn is_set(&self) -> bool {
        !self.given.expose().is_empty() || !self.file.is_empty()
    }

    pub(super) fn check(&self, found: &mut Findings) {
        let key = format!("{}.{}_file", self.section, self.name);
        if !self.given.expose().is_empty() && !self.file.is_empty() {
            found.add(
                key,
                "is set, and so is the secret itself",
                "keep one of them",
            );
        } else if let Err(reason) = crate::config::secret::read(self.given, self.file) {
            found.add(key, reason.to_string(), "name a file that holds the secret");
        }
    }

    fn require(&self, found: &mut Findings) {
        if !self.is_set() {
            found.add(
                format!("{}.{}", self.section, self.name),
                "is empty",
                "write it, better from the environment or into a file of its own",
            );
        }
    }
}
