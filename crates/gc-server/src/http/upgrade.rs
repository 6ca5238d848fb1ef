//! `GET /gc/v1/ws`: who opens a WebSocket, in which dialect, on which destination.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use gc_protocol::{Destination, ErrorType};
use serde::Deserialize;
use tokio::sync::oneshot;

use crate::clients::Caller;
use crate::driver::{HubNews, Place};
use crate::hub::{Form, Queue, Refusal};

use super::handshake::Handshake;
use super::listen::Permit;
use super::peer::Peer;
use super::problem::Problem;
use super::socket::{self, Connection};
use super::{Api, auth, unavailable};

#[derive(Deserialize)]
pub(super) struct Parameters {
    pub(super) destination: Option<String>,
    pub(super) last: Option<String>,
}

pub(super) async fn upgrade(
    State(api): State<Api>,
    Extension(permit): Extension<Arc<Permit>>,
    Extension(peer): Extension<Peer>,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
    handshake: Handshake,
) -> Result<Response, Problem> {
    let Query(parameters) = parameters.map_err(|_| {
        let detail = "write ?destination=<name>&last=<id>, each once or not at all";
        Problem::new(400, ErrorType::PleaseRetry, detail)
    })?;
    let offer = Offer::read(&headers)?;
    let key = auth::bearer(&headers).or(offer.key);
    let (caller, lease) = auth::admitted(&api, key, &peer)?;
    check_origin(&api, &headers)?;
    let queue = Queue::default();
    let wanted = Wanted {
        destination: parameters.destination,
        form: offer.form(),
        last: parameters.last.filter(|last| !last.is_empty()),
    };
    if wanted.last.is_some() && wanted.form == Form::Bare {
        let detail = "gc.v1 has no numbers to resume from; use gc.v2, or connect without ?last=";
        return Err(Problem::new(400, ErrorType::PleaseRetry, detail));
    }
    let limits = &api.0.limits;
    let seat = limits.connection(&caller, wanted.destination.as_deref())?;
    let place = subscribe(&api, caller, wanted, queue.clone()).await?;
    let connection = Connection {
        place,
        queue,
        form: offer.form(),
        lease,
        from: peer.address,
        api: api.clone(),
        _permit: permit,
        _seat: seat,
    };
    Ok(accept(&api, handshake, offer.protocol, connection))
}

fn accept(
    api: &Api,
    handshake: Handshake,
    protocol: Option<&'static str>,
    connection: Connection,
) -> Response {
    let (answer, socket) = handshake.accept(protocol);
    let kill = api.0.kill.clone();
    let served = Box::pin(async move {
        if let Some(socket) = socket.await {
            socket::run(socket, connection).await;
        }
    });
    api.0.tracker.spawn(async move {
        kill.run_until_cancelled(served).await;
    });
    answer
}

/// What a client offers in its subprotocols: a dialect, and in a browser the key after it.
struct Offer<'a> {
    protocol: Option<&'static str>,
    key: Option<&'a str>,
}

impl<'a> Offer<'a> {
    fn read(headers: &'a HeaderMap) -> Result<Self, Problem> {
        let mut offer = Self {
            protocol: None,
            key: None,
        };
        let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
        let offered = offered
            .map(HeaderValue::to_str)
            .collect::<Result<Vec<_>, _>>();
        let words = offered
            .map_err(|_| unknown_protocol())?
            .into_iter()
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|word| !word.is_empty());
        for word in words {
            match word {
                "gc.v2" => offer.protocol = offer.protocol.or(Some("gc.v2")),
                "gc.v1" => offer.protocol = offer.protocol.or(Some("gc.v1")),
                other => offer.key = Some(other),
            }
        }
        if offer.protocol.is_none() && offer.key.is_some() {
            return Err(unknown_protocol());
        }
        Ok(offer)
    }

    fn form(&self) -> Form {
        match self.protocol {
            Some("gc.v1") => Form::Bare,
            Some(_) | None => Form::Enveloped,
        }
    }
}

fn unknown_protocol() -> Problem {
    let detail = "offer the subprotocol gc.v2 or gc.v1";
    Problem::new(400, ErrorType::PleaseRetry, detail)
}

/// Web pages of other sites could ride on an open gateway or a browser's network; programs send no origin.
pub(super) fn check_origin(api: &Api, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let allowed = api
        .0
        .allowed_origins
        .iter()
        .any(|allowed| origin == allowed.as_str());
    allowed.then_some(()).ok_or_else(|| {
        tracing::warn!(?origin, "a connection of a foreign page was refused");
        Problem::new(
            403,
            ErrorType::AuthorizationFailure,
            "pages of this origin may not connect",
        )
    })
}

/// What a connection wants to be told.
pub(super) struct Wanted {
    /// Whose events; without one it gets a destination of its own.
    pub(super) destination: Option<String>,
    /// How.
    pub(super) form: Form,
    /// The last event that it has seen, if it comes back.
    pub(super) last: Option<String>,
}

pub(super) async fn subscribe(
    api: &Api,
    caller: Caller,
    wanted: Wanted,
    queue: Queue,
) -> Result<Place, Problem> {
    let (answer, answered) = oneshot::channel();
    let news = HubNews::Subscribe {
        caller,
        destination: wanted.destination.map(Destination::from),
        form: wanted.form,
        last: wanted.last,
        queue,
        answer,
    };
    api.0.door.hub.send(news).await.map_err(|_| unavailable())?;
    answered.await.map_err(|_| unavailable())?.map_err(refused)
}

fn refused(refusal: Refusal) -> Problem {
    let (status, error_type) = match refusal {
        Refusal::Foreign => (403, ErrorType::InvalidSupervisor),
        Refusal::Forbidden => (403, ErrorType::AuthorizationFailure),
        Refusal::Full => (503, ErrorType::CfResourceBusy),
        Refusal::Name => (422, ErrorType::PleaseRetry),
    };
    Problem::new(status, error_type, refusal.to_string())
}
