//! How much one client, and one address, may ask for; beyond it others would pay.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use gc_core::ClientId;
use gc_protocol::ErrorType;

use super::Api;
use super::crowd::{Crowd, Seat};
use super::peer::{Peer, source};
use super::problem::Problem;
use crate::audit;
use crate::clients::Caller;
use crate::config::Server;
use crate::rate::Rates;
use crate::seldom::Shared as Complaint;
use crate::telemetry;

/// The limits of the client API, and what has been taken of them.
#[derive(Debug)]
pub(crate) struct Limits {
    clients: Rates<String>,
    sources: Option<Rates<IpAddr>>,
    wrong_keys: Option<Rates<IpAddr>>,
    connections: Crowd<ClientId>,
    fast_client: Complaint,
    fast_source: Complaint,
    wrong_key: Complaint,
    crowded: Complaint,
}

impl Limits {
    /// As the settings say.
    pub(crate) fn new(server: &Server) -> Self {
        let some = |rate, burst| (rate > 0).then(|| Rates::new(rate, burst));
        let wrong_keys = server.wrong_keys_per_second_per_source;
        Self {
            clients: Rates::new(server.commands_per_second, server.command_burst),
            sources: some(
                server.commands_per_second_per_source,
                server.command_burst_per_source,
            ),
            wrong_keys: some(wrong_keys, wrong_keys.saturating_mul(10)),
            connections: Crowd::new(server.max_connections_per_client),
            fast_client: Complaint::default(),
            fast_source: Complaint::default(),
            wrong_key: Complaint::default(),
            crowded: Complaint::default(),
        }
    }

    /// The most commands that one client can give within a time.
    pub(crate) fn most_within(&self, time: Duration) -> usize {
        self.clients.most_within(time)
    }

    /// Counts one command of a client, or says how long it has to wait.
    pub(super) fn client(&self, client: &str, from: SocketAddr) -> Result<(), Duration> {
        let now = Instant::now();
        self.clients.take(client.to_owned(), now).inspect_err(|_| {
            telemetry::command_refused("rate");
            if let Some(times) = self.fast_client.due(now) {
                tracing::warn!(client, %from, times, "a client is too fast");
            }
        })
    }

    /// Counts one request or frame of an address, or says how long it has to wait.
    pub(super) fn source(&self, from: SocketAddr) -> Result<(), Duration> {
        let Some(sources) = &self.sources else {
            return Ok(());
        };
        let now = Instant::now();
        sources.take(source(from.ip()), now).inspect_err(|_| {
            telemetry::command_refused("source_rate");
            if let Some(times) = self.fast_source.due(now) {
                tracing::warn!(%from, times, "an address is too fast");
            }
        })
    }

    /// What somebody without a known key is told. Only these count: who has a key may share the address of a guesser.
    pub(super) fn turned_away(&self, from: SocketAddr, given: bool) -> Problem {
        let now = Instant::now();
        let counted = match &self.wrong_keys {
            Some(rates) => rates.take(source(from.ip()), now),
            None => Ok(()),
        };
        telemetry::turned_away(if counted.is_ok() { "key" } else { "key_rate" });
        if let Some(times) = self.wrong_key.due(now) {
            tracing::warn!(given, %from, times, "a request without a known key was refused");
        }
        match counted {
            Ok(()) => {
                audit::turned_away(from);
                Problem::unauthenticated()
            }
            Err(wait) => Problem::too_many_keys(wait),
        }
    }

    /// A place for one more connection that stays: a WebSocket or a stream of events.
    pub(super) fn connection(
        &self,
        caller: &Caller,
        destination: Option<&str>,
    ) -> Result<Option<Seat<ClientId>>, Problem> {
        let client = match caller {
            Caller::Named(client) => client.clone(),
            Caller::Open => match destination {
                Some(destination) => ClientId::new(destination),
                // It gets a destination of its own.
                None => return Ok(None),
            },
        };
        let seat = self.connections.enter(client.clone());
        seat.map(Some).ok_or_else(|| {
            telemetry::turned_away("client");
            if let Some(times) = self.crowded.due(Instant::now()) {
                let client = client.as_str();
                tracing::warn!(client, times, "too many connections of one client");
            }
            let detail = "this client has too many connections at once";
            Problem::new(429, ErrorType::CfResourceBusy, detail).retry_after(5)
        })
    }
}

/// Looks at an address before anything of its request is read, its key included.
pub(super) async fn by_source(
    State(api): State<Api>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let counted = api.0.limits.source(peer.address);
    counted.map_err(Problem::too_fast)?;
    Ok(next.run(request).await)
}
