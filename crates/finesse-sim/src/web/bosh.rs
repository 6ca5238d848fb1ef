//! `/http-bind/`: XMPP over HTTP requests (XEP-0124, XEP-0206).

mod body;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;

use crate::core::Core;
use crate::engine::Node;
use crate::xmpp::{self, Bodies, Exchange, Gone, Mailbox};
use body::{Answer, Asked, Creation};

const MAX_BODY: usize = 512 * 1024;

/// Sessions at once at one node.
const MAX_SESSIONS: usize = 10_000;

/// The sessions of one node.
#[derive(Clone)]
pub(super) struct Bosh(Arc<Inner>);

struct Inner {
    core: Arc<Core>,
    node: Node,
    sessions: Mutex<BTreeMap<String, Session>>,
}

#[derive(Clone)]
struct Session {
    mailbox: Arc<Mailbox>,
    wait: Duration,
}

impl Bosh {
    pub(super) fn new(core: &Arc<Core>, node: Node) -> Self {
        Self(Arc::new(Inner {
            core: Arc::clone(core),
            node,
            sessions: Mutex::default(),
        }))
    }

    /// An error ends the connection without an answer.
    pub(super) async fn call(&self, request: Request<Incoming>) -> io::Result<Response> {
        if request.method() != Method::POST {
            return Ok(StatusCode::METHOD_NOT_ALLOWED.into_response());
        }
        let Ok(text) = Limited::new(request.into_body(), MAX_BODY).collect().await else {
            return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        let asked = std::str::from_utf8(&text.to_bytes()).map(Asked::parse);
        match asked {
            Ok(Ok(asked)) => self.answer(asked).await,
            Ok(Err(_)) | Err(_) => Ok(reply(&Answer::refused("bad-request"))),
        }
    }

    async fn answer(&self, asked: Asked) -> io::Result<Response> {
        let (session, creation) = match &asked.sid {
            Some(sid) => match self.sessions().get(sid).cloned() {
                Some(session) => (session, None),
                None => return Ok(reply(&Answer::refused("item-not-found"))),
            },
            None if self.sessions().len() >= MAX_SESSIONS => {
                return Ok(reply(&Answer::refused("policy-violation")));
            }
            None => {
                let (session, creation) = self.create(&asked);
                (session, Some(creation))
            }
        };
        let exchange = session
            .mailbox
            .exchange(asked.rid, asked.frames, session.wait)
            .await;
        match exchange {
            Exchange {
                end: Some(Gone::Cut),
                ..
            } => Err(io::ErrorKind::ConnectionReset.into()),
            exchange => Ok(reply(&Answer::Said { exchange, creation })),
        }
    }

    fn create(&self, asked: &Asked) -> (Session, Creation) {
        let (bodies, mailbox) = Bodies::new(asked.rid);
        let session = Session {
            mailbox,
            wait: asked.wait,
        };
        let sid = uuid::Uuid::new_v4().simple().to_string();
        self.sessions().insert(sid.clone(), session.clone());
        self.spawn(sid.clone(), bodies, Arc::clone(&session.mailbox));
        let creation = Creation {
            sid,
            wait: asked.wait,
            from: self.0.core.hub.domain(self.0.node).to_owned(),
        };
        (session, creation)
    }

    fn spawn(&self, sid: String, bodies: Bodies, mailbox: Arc<Mailbox>) {
        let bosh = self.clone();
        let core = Arc::clone(&self.0.core);
        let (tasks, node) = (core.tasks.clone(), self.0.node);
        tasks.spawn(async move {
            let stop = core.stop.clone();
            xmpp::serve_bodies(core, node, bodies).await;
            tokio::select! {
                () = mailbox.told() => {}
                () = stop.cancelled() => {}
            }
            bosh.sessions().remove(&sid);
        });
    }

    fn sessions(&self) -> MutexGuard<'_, BTreeMap<String, Session>> {
        let sessions = self.0.sessions.lock();
        sessions.unwrap_or_else(PoisonError::into_inner)
    }
}

fn reply(answer: &Answer) -> Response {
    let kind = HeaderValue::from_static("text/xml; charset=utf-8");
    ([(CONTENT_TYPE, kind)], answer.to_string()).into_response()
}
