//! From a connection to a handler: faults first, then routing.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tower::ServiceExt;

use super::authorization::Authorization;
use super::body::action_of;
use super::reply::xml_reply;
use super::{dialogs, lists, phone_books, reasons, unified_config, users};
use crate::core::Core;
use crate::engine::Node;
use crate::faults::{FaultDrop, FaultEffect, FaultPlace, Occasion};

const MAX_BODY: usize = 256 * 1024;

/// What handlers share: the site, and which node they speak for.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) core: Arc<Core>,
    pub(crate) node: Node,
}

/// The REST service of one node.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    context: Arc<Context>,
    router: Router,
}

impl Service {
    pub(crate) fn new(core: Arc<Core>, node: Node) -> Self {
        let context = Arc::new(Context { core, node });
        let router = Router::new()
            .route("/finesse/api/SystemInfo", get(lists::system_info))
            .route("/finesse/api/Users", get(users::all))
            .route(
                "/finesse/api/User/{id}",
                get(users::read).put(users::change),
            )
            .route(
                "/finesse/api/User/{id}/Dialogs",
                get(dialogs::of_user).post(dialogs::create),
            )
            .route("/finesse/api/User/{id}/Queues", get(lists::user_queues))
            .route(
                "/finesse/api/Dialog/{id}",
                get(dialogs::read).put(dialogs::act),
            )
            .route("/finesse/api/Team/{id}", get(users::team))
            .route("/finesse/api/Queue/{id}", get(lists::queue))
            .merge(reasons::routes())
            .merge(phone_books::routes())
            .merge(unified_config::routes(context.core.profile))
            .fallback(lists::unknown)
            .with_state(Arc::clone(&context));
        Self { context, router }
    }

    /// An error ends the connection without an answer.
    pub(crate) async fn call(&self, request: Request<Incoming>) -> io::Result<Response> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        self.answer(parts, body.to_bytes()).await
    }

    /// Answers a request that is there as a whole.
    pub(crate) async fn answer(&self, parts: Parts, body: Bytes) -> io::Result<Response> {
        let effect = self.fault(&parts, &body);
        let request = Request::from_parts(parts, Body::from(body));
        match effect {
            None => self.route(request).await,
            Some(effect) => self.with_fault(request, &effect).await,
        }
    }

    async fn route(&self, request: Request) -> io::Result<Response> {
        match self.router.clone().oneshot(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }

    fn fault(&self, parts: &Parts, body: &Bytes) -> Option<FaultEffect> {
        if !self.context.core.faults.any() {
            return None;
        }
        let core = &self.context.core;
        let agent = Authorization::of(&parts.headers).map(|sender| sender.user(core));
        let agent = agent.unwrap_or_default();
        core.faults.strike(Occasion {
            place: FaultPlace::Rest,
            node: self.context.node.as_str(),
            agent: &agent,
            method: parts.method.as_str(),
            path: parts.uri.path(),
            action: &action_of(body),
        })
    }

    async fn with_fault(&self, request: Request, effect: &FaultEffect) -> io::Result<Response> {
        let answer = match effect.drop {
            Some(FaultDrop::Before) => return Err(io::ErrorKind::ConnectionReset.into()),
            Some(FaultDrop::After) => {
                self.route(request).await?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
            None => self.stand_in(effect),
        };
        let answer = match answer {
            Some(answer) => answer,
            None => self.route(request).await?,
        };
        if let Some(millis) = effect.delay_ms {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        Ok(answer)
    }

    /// The answer given instead of executing the request.
    fn stand_in(&self, effect: &FaultEffect) -> Option<Response> {
        if let Some(status) = effect.status {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            return Some(xml_reply(status, effect.body.clone().unwrap_or_default()));
        }
        effect.silence.then(|| StatusCode::ACCEPTED.into_response())
    }
}
