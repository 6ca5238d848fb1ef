//! The beginning of a stream: header, password, resource.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::handle::Handle;
use super::jid;
use super::link::{Link, Phase};
use super::wire::{Wire, Word};
use crate::core::Core;
use crate::engine::Credentials;
use crate::xml::{Element, escape_into};

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

impl<W: Wire> Link<W> {
    pub(super) fn open_stream(&mut self) {
        let features = match &self.phase {
            Phase::Anonymous => {
                "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
                 <mechanism>PLAIN</mechanism></mechanisms>"
            }
            Phase::SignedIn(_) | Phase::Bound(_) => {
                "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>\
                 <session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>"
            }
        };
        let domain = self.core.hub.domain(self.node).to_owned();
        let id = self.core.hub.next_serial();
        self.say(Word::Open {
            domain,
            id,
            features,
        });
    }

    pub(super) fn authenticate(&mut self, auth: &Element) {
        if auth.attribute("mechanism") != Some("PLAIN") {
            return self.sasl_failure("invalid-mechanism");
        }
        let Some((user, password)) = plain(&auth.text) else {
            return self.sasl_failure("malformed-request");
        };
        if !lets_in(&self.core, &user, &password) {
            return self.sasl_failure("not-authorized");
        }
        self.say(format!("<success xmlns='{SASL}'/>").into());
        self.phase = Phase::SignedIn(user);
        self.wire.restart();
    }

    fn sasl_failure(&mut self, condition: &str) {
        let failure = format!("<failure xmlns='{SASL}'><{condition}/></failure>");
        self.say(failure.into());
    }

    pub(super) fn bind(&mut self, iq: &Element, user: &str) {
        let Some(bind) = iq.child("bind") else {
            return self.refuse_to_bind(iq);
        };
        let serial = self.core.hub.next_serial();
        let resource = bind
            .child_text("resource")
            .filter(|resource| !resource.is_empty())
            .unwrap_or_else(|| format!("{serial:08x}"));
        let domain = self.core.hub.domain(self.node);
        let handle = Handle::new(serial, user, (domain, &resource), self.sender.clone());
        let mut answer = "<iq type='result' id='".to_owned();
        escape_into(&mut answer, iq.attribute("id").unwrap_or_default());
        answer.push_str("'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>");
        escape_into(&mut answer, &handle.full);
        answer.push_str("</jid></bind></iq>");
        self.say(answer.into());
        let handle = Arc::new(handle);
        self.core.hub.enter(self.node, &handle);
        self.phase = Phase::Bound(handle);
    }

    fn refuse_to_bind(&mut self, iq: &Element) {
        let mut answer = "<iq type='error' id='".to_owned();
        escape_into(&mut answer, iq.attribute("id").unwrap_or_default());
        answer.push_str(
            "'><error type='cancel'><not-allowed \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        );
        self.say(answer.into());
    }
}

/// Whether a user may sign in; the attempt is counted.
pub(super) fn lets_in(core: &Core, user: &str, password: &str) -> bool {
    let checked = core.command(|engine, now| engine.authenticate(now, user, password));
    core.tally.xmpp(user);
    let good = checked == Credentials::Good;
    if !good {
        core.tally.refused(user);
    }
    good
}

/// User and password of a PLAIN response.
fn plain(response: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(response.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.split('\0').skip(1);
    let (user, password) = (parts.next()?, parts.next()?);
    Some((jid::unescape(user), password.to_owned()))
}
