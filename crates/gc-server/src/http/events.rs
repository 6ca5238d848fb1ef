//! `GET /gc/v1/events`: the events of a destination as server-sent events, with `gc.v2`'s envelope as data.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use gc_core::ClientId;
use gc_protocol::ErrorType;
use gc_protocol::event::envelope;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::clients::Lease;
use crate::driver::Place;
use crate::hub::{End, Form, Frame, Queue};

use super::crowd::Seat;
use super::listen::Permit;
use super::peer::Peer;
use super::problem::Problem;
use super::upgrade::{Parameters, Wanted, check_origin, subscribe};
use super::{Api, auth};

/// How often something is sent in any case, so that nobody between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a client that was cut off may take to read what is on its way.
const GOODBYE: Duration = Duration::from_secs(5);
/// The first thing sent: how long a browser waits before it connects again.
const HELLO: &str = "retry: 1000\n\n";

pub(super) async fn follow(
    State(api): State<Api>,
    Extension(permit): Extension<Arc<Permit>>,
    Extension(peer): Extension<Peer>,
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (caller, lease) = auth::admitted(&api, auth::bearer(&headers), &peer)?;
    check_origin(&api, &headers)?;
    let wanted = wanted(parameters, &headers)?;
    let limits = &api.0.limits;
    let seat = limits.connection(&caller, wanted.destination.as_deref())?;
    let queue = Queue::default();
    let place = subscribe(&api, caller, wanted, queue.clone()).await?;
    let open = CancellationToken::new();
    hang_up_when_cut(&api, permit, (queue.clone(), lease), open.clone());
    let feed = Feed {
        place,
        queue,
        stage: Stage::Hello,
        _open: open.drop_guard(),
        _seat: seat,
    };
    Ok(answer(feed, &headers))
}

/// A browser repeats the address it began with, so the header is the newer one.
fn wanted(
    parameters: Result<Query<Parameters>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Wanted, Problem> {
    let wrong = |detail| Problem::new(400, ErrorType::PleaseRetry, detail);
    let Query(parameters) = parameters.map_err(|_| {
        wrong("write ?destination=<name>&last=<id>, each once; last may be left out")
    })?;
    // Commands come another way and must name it; nothing would ever arrive at one that nobody knows.
    let destination = parameters
        .destination
        .ok_or_else(|| wrong("name whose events: ?destination=<name>"))?;
    let header = headers.get("last-event-id");
    let header = header.map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
    Ok(Wanted {
        destination: Some(destination),
        form: Form::Enveloped,
        last: header.or(parameters.last).filter(|last| !last.is_empty()),
    })
}

/// A client that does not read takes nothing from the body either, and so would never see the end of it.
/// One whose key is revoked hears nothing more.
fn hang_up_when_cut(
    api: &Api,
    permit: Arc<Permit>,
    (queue, lease): (Queue, Lease),
    open: CancellationToken,
) {
    let kill = api.0.kill.clone();
    let watch = async move {
        tokio::select! {
            () = open.cancelled() => return,
            () = lease.revoked() => {}
            () = queue.cut() => sleep(GOODBYE).await,
        }
        permit.hang_up();
    };
    api.0.tracker.spawn(async move {
        kill.run_until_cancelled(watch).await;
    });
}

fn answer(feed: Feed, request: &HeaderMap) -> Response {
    let mut response = Body::from_stream(stream::unfold(feed, Feed::step)).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
        (header::VARY, "origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // It was allowed, and its browser asks for that to be said.
    if let Some(origin) = request.get(header::ORIGIN) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    response
}

/// What is still to be sent.
struct Feed {
    place: Place,
    queue: Queue,
    stage: Stage,
    _open: DropGuard,
    _seat: Option<Seat<ClientId>>,
}

enum Stage {
    Hello,
    Events,
    Over,
}

impl Feed {
    async fn step(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        let text = match self.stage {
            Stage::Hello => {
                self.stage = Stage::Events;
                HELLO.to_owned()
            }
            Stage::Events => self.next().await,
            Stage::Over => return None,
        };
        Some((Ok(Bytes::from(text)), self))
    }

    async fn next(&mut self) -> String {
        match timeout(HEARTBEAT, self.queue.pop()).await {
            Err(_) => ":\n\n".to_owned(),
            Ok(Ok(frame)) => self.event(&frame),
            Ok(Err(end)) => {
                self.stage = Stage::Over;
                let reason = match end {
                    End::TooSlow => "slow consumer",
                    End::Drain => "the gateway is stopping",
                };
                format!(": {reason}\n\n")
            }
        }
    }

    fn event(&self, frame: &Frame) -> String {
        let id = frame
            .seq
            .map(|seq| format!("id: {}\n", envelope::event_id(&self.place.numbering, seq)));
        // JSON has no line breaks.
        format!("{}data: {}\n\n", id.unwrap_or_default(), frame.text)
    }
}
