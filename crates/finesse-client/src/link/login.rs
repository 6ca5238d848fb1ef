//! A whole login: connect, authenticate, bind, session, roster, presence.

use super::NodeLinks;
use super::negotiate::authenticate;
use super::stanza::{Reply, Stanza, escaped};
use super::stream::{LeanStream, Limits, Stanzas, StreamError};
use crate::credential::Credential;
use crate::dial::Dial;

/// Why there is no session.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LoginError {
    /// The credential is no good.
    Refused(String),
    /// Somebody else has our place.
    Conflict,
    /// Anything that may pass.
    Failed(String),
}

impl LoginError {
    pub(super) fn reason(self) -> String {
        match self {
            Self::Refused(reason) | Self::Failed(reason) => reason,
            Self::Conflict => "conflict".to_owned(),
        }
    }
}

/// A link that may serve.
pub(super) struct LoggedIn {
    pub(super) stream: LeanStream,
    /// The full address that the server gave us.
    pub(super) address: String,
}

/// Logs in, when its turn comes.
pub(super) async fn login<D: Dial>(
    node: &NodeLinks<D>,
    localpart: &str,
    credential: &Credential,
) -> Result<LoggedIn, LoginError> {
    node.route.settle().await;
    let _permit = node.logins.turn().await;
    let login = establish(node, localpart, credential);
    let outcome = tokio::time::timeout(node.config.login_timeout, login)
        .await
        .unwrap_or_else(|_| Err(LoginError::Failed("time-out during the login".into())));
    match &outcome {
        Ok(_) | Err(LoginError::Refused(_) | LoginError::Conflict) => node.route.works(),
        Err(LoginError::Failed(_)) => node.route.fails(),
    }
    outcome
}

async fn establish<D: Dial>(
    node: &NodeLinks<D>,
    localpart: &str,
    credential: &Credential,
) -> Result<LoggedIn, LoginError> {
    let limits = Limits::of(&node.config);
    let socket = node.route.open().await?;
    let response = credential.plain_response(localpart);
    let mut stream = authenticate(socket, &node.domain, response, limits).await?;
    let bound = bind(&mut stream, &node.config.resource).await?;
    // Old servers insist on a session, new ones may not know it; a roster may be denied. Neither matters to us.
    ask(&mut stream, SESSION, "s1").await?;
    ask(&mut stream, ROSTER, "r1").await?;
    // Servers take stanzas in order: the answer says that our presence counts, and that notifications flow.
    ask(&mut stream, PRESENCE, "a1").await?;
    let address =
        bound.unwrap_or_else(|| format!("{localpart}@{}/{}", node.domain, node.config.resource));
    Ok(LoggedIn { stream, address })
}

const SESSION: &str =
    "<iq type='set' id='s1'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>";
const ROSTER: &str = "<iq type='get' id='r1'><query xmlns='jabber:iq:roster'/></iq>";
const PRESENCE: &str = "<presence><priority>0</priority></presence><iq type='get' id='a1'><ping xmlns='urn:xmpp:ping'/></iq>";

/// Gives the address, if the server tells it.
async fn bind(stream: &mut impl Stanzas, resource: &str) -> Result<Option<String>, LoginError> {
    let request = format!(
        "<iq type='set' id='b1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{}</resource></bind></iq>",
        escaped(resource)
    );
    match ask(stream, &request, "b1").await? {
        Reply::Bound(address) => Ok(Some(address)),
        Reply::Done => Ok(None),
        // Most likely the remains of our own last session, which the server will give up.
        Reply::Refused(error) => Err(LoginError::Failed(format!("no resource: {error}"))),
    }
}

/// Sends a request and waits for its reply.
async fn ask(
    stream: &mut impl Stanzas,
    request: &str,
    request_id: &str,
) -> Result<Reply, LoginError> {
    stream.send(request).await?;
    let mut presences = Vec::new();
    loop {
        match stream.next().await {
            Ok(Stanza::Reply { id, reply }) if id == request_id => {
                stream.keep(presences);
                return Ok(reply);
            }
            Ok(Stanza::StreamError(condition)) if condition == "conflict" => {
                return Err(LoginError::Conflict);
            }
            Ok(Stanza::StreamError(condition)) => {
                return Err(LoginError::Failed(format!("stream error {condition}")));
            }
            // Whether Finesse is there is told once.
            Ok(presence @ Stanza::Presence { .. }) => presences.push(presence),
            // Nothing that comes this early is missed: the owner reads the agent's state when the link is up.
            Ok(
                Stanza::Reply { .. }
                | Stanza::Notifications(_)
                | Stanza::Request { .. }
                | Stanza::Other,
            )
            | Err(StreamError::Undecodable(_)) => {}
            Err(error) => return Err(LoginError::Failed(error.to_string())),
        }
    }
}
