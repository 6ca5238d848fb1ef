//! The call recorder of another maker: told over HTTP to pause and to resume.

mod connect;
pub(crate) mod template;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gc_protocol::Secret;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};

use crate::config::{self, RecorderMethod, SecretError};
use crate::outgoing;
use crate::trust::{NoTrust, Trust};
use connect::{Line, Privacy};
use template::{Template, TemplateError};

/// A recorder that can be told something; nothing is told twice, and no redirection is followed.
#[derive(Clone)]
pub struct Recorder {
    pause: Call,
    resume: Call,
    authorization: Option<HeaderValue>,
    tls: Option<Arc<ClientConfig>>,
    timeout: Duration,
}

#[derive(Clone)]
struct Call {
    method: Method,
    template: Template,
}

/// What the recorder shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Stop recording for a while.
    Pause,
    /// Go on.
    Resume,
}

/// Whose recording is meant; what is not known is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recording<'r> {
    /// The agent's id.
    pub agent_id: &'r str,
    /// The agent's extension.
    pub extension: &'r str,
    /// The agent's call.
    pub dialog_id: &'r str,
}

/// Why the recorder did not do it, or may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecorderError {
    /// Its address has a place for an id that is not known.
    #[error("there is no {place} to tell the recorder")]
    NoId {
        /// The place, such as `dialogId`.
        place: &'static str,
    },
    /// It was certainly not told.
    #[error("the recorder was not told: {reason}")]
    NotSent {
        /// What stood in the way.
        reason: String,
    },
    /// It may have been told.
    #[error("the recorder did not answer: {reason}")]
    OutcomeUnknown {
        /// What happened.
        reason: String,
    },
    /// It said no.
    #[error("the recorder answered {status}")]
    Refused {
        /// HTTP status.
        status: u16,
    },
}

/// Why a recorder cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecorderSetupError {
    /// An address cannot be used.
    #[error("recorder: an address {0}")]
    Address(String),
    /// The secret cannot be read.
    #[error("recorder.secret_file: {0}")]
    Secret(#[from] SecretError),
    /// The secret does not fit a header.
    #[error("recorder.secret has characters that no header can carry")]
    Header,
    /// No certificate could ever be verified.
    #[error(transparent)]
    Trust(#[from] NoTrust),
}

impl Recorder {
    /// The recorder of the settings, if there is one; connects to nothing yet.
    pub fn new(settings: &config::Recorder) -> Result<Option<Self>, RecorderSetupError> {
        if !settings.is_configured() {
            return Ok(None);
        }
        let pause = Call::new(&settings.pause)?;
        let resume = Call::new(&settings.resume)?;
        let trust = Trust {
            section: "recorder",
            ca_files: &settings.ca_files,
            system_roots: settings.system_roots,
        };
        let secure = pause.template.is_secure() || resume.template.is_secure();
        let tls = secure.then(|| trust.client_config()).transpose()?;
        Ok(Some(Self {
            pause,
            resume,
            authorization: authorization(&settings.user, &settings.secret()?)?,
            tls: tls.map(Arc::new),
            timeout: settings.timeout,
        }))
    }

    /// Tells it once; any 2xx means that it obeyed.
    pub async fn tell(&self, wish: Wish, recording: &Recording<'_>) -> Result<(), RecorderError> {
        let deadline = Instant::now() + self.timeout;
        let call = match wish {
            Wish::Pause => &self.pause,
            Wish::Resume => &self.resume,
        };
        let request = self.request(call, recording)?;
        let mut line = timeout_at(deadline, self.line(call))
            .await
            .unwrap_or_else(|_| Err("time-out while connecting".to_owned()))
            .map_err(not_sent)?;
        let answer = timeout_at(deadline, line.connection.send(request))
            .await
            .unwrap_or_else(|_| Err("time-out".to_owned()))
            .map_err(|reason| RecorderError::OutcomeUnknown { reason })?;
        let status = answer.status();
        // Taking a short answer spares the recorder a broken connection.
        outgoing::is_short(answer.into_body()).await;
        if status.is_success() {
            Ok(())
        } else {
            Err(RecorderError::Refused {
                status: status.as_u16(),
            })
        }
    }

    async fn line(&self, call: &Call) -> Result<Line, String> {
        let line = connect::connect(call.template.origin(), self.tls.as_ref()).await?;
        if self.authorization.is_some() && line.privacy == Privacy::Open {
            return Err("a secret is sent inside TLS or to this machine only".to_owned());
        }
        Ok(line)
    }

    fn request(
        &self,
        call: &Call,
        recording: &Recording<'_>,
    ) -> Result<Request<Full<Bytes>>, RecorderError> {
        let path = call.template.path(recording);
        let path = path.map_err(|place| RecorderError::NoId { place })?;
        let origin = call.template.origin();
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(path)
            .header(
                HOST,
                &origin[url::Position::BeforeHost..url::Position::AfterPort],
            )
            .header(USER_AGENT, concat!("gc-server/", env!("CARGO_PKG_VERSION")))
            .header(CONNECTION, "close");
        if call.method != Method::GET {
            // Some servers refuse what has a body and does not say how long.
            request = request.header(CONTENT_LENGTH, 0);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        request
            .body(Full::default())
            .map_err(|error| not_sent(error.to_string()))
    }
}

impl Call {
    fn new(settings: &config::RecorderCall) -> Result<Self, RecorderSetupError> {
        let template = Template::parse(&settings.url)
            .map_err(|error: TemplateError| RecorderSetupError::Address(error.to_string()))?;
        let method = match settings.method {
            RecorderMethod::Get => Method::GET,
            RecorderMethod::Post => Method::POST,
            RecorderMethod::Put => Method::PUT,
            RecorderMethod::Patch => Method::PATCH,
        };
        Ok(Self { method, template })
    }
}

fn authorization(user: &str, secret: &Secret) -> Result<Option<HeaderValue>, RecorderSetupError> {
    if secret.expose().is_empty() {
        return Ok(None);
    }
    let text = if user.is_empty() {
        Secret::new(format!("Bearer {}", secret.expose()))
    } else {
        let pair = Secret::new(format!("{user}:{}", secret.expose()));
        Secret::new(format!("Basic {}", BASE64_STANDARD.encode(pair.expose())))
    };
    let mut value = HeaderValue::from_str(text.expose()).map_err(|_| RecorderSetupError::Header)?;
    value.set_sensitive(true);
    Ok(Some(value))
}

fn not_sent(reason: String) -> RecorderError {
    RecorderError::NotSent { reason }
}
