//! Putting the parts together.

mod ending;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use gc_core::{Clusters, Gateway};
use gc_protocol::StyleError;
use gc_protocol::schema::Service;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::broker::{Broker, BrokerSetupError};
use crate::callback::target::{Neighbour, Shut};
use crate::callback::{Couriers, Patience, Policy};
use crate::clients::Clients;
use crate::config::{Admin as AdminSettings, BrokerUrl, Config, Problem, Site};
use crate::core::Core;
use crate::driver::{CallbackParts, Door, Driver, KeptParts, Parts, REMEMBERED, SiteParts};
use crate::finesse::AccountError;
use crate::http::crowd::Crowd;
use crate::http::limits::Limits;
use crate::http::listen::Listener;
use crate::http::{self, Api, Shared};
use crate::hub::{Bounds, Hub, Press, Room};
use crate::recorder::{Recorder, RecorderSetupError};
use crate::store::{self, Keeper, StoreError};
use crate::tls::{Tls, TlsError};
use crate::trust::NoTrust;
use crate::wall::Wall;
use crate::{admin, descriptors, finesse, telemetry};
use ending::Ending;

/// A running gateway; dropping it does not stop anything.
#[derive(Debug, Clone)]
pub struct Handle {
    client_addr: SocketAddr,
    admin_addr: SocketAddr,
    pub(crate) clients: Arc<Clients>,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) licence: watch::Sender<Option<usize>>,
    stop: CancellationToken,
}

impl Handle {
    /// Where the client API listens.
    pub fn client_addr(&self) -> SocketAddr {
        self.client_addr
    }

    /// Where health, readiness, metrics and sessions are.
    pub fn admin_addr(&self) -> SocketAddr {
        self.admin_addr
    }

    /// Begins a graceful stop; the future of [`serve`] ends when it is done.
    pub fn shutdown(&self) {
        self.stop.cancel();
    }
}

/// Why the gateway did not start, or did not go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The settings cannot work.
    #[error("the settings have {} problem(s): {}", .0.len(), list(.0))]
    Config(Vec<Problem>),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        reason: std::io::Error,
    },
    /// The Finesse client refused its settings.
    #[error(transparent)]
    Finesse(#[from] finesse_client::ConfigError),
    /// An account of the gateway's own cannot be used.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The call recorder cannot be used.
    #[error(transparent)]
    Recorder(#[from] RecorderSetupError),
    /// The certificate of the client API cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The broker cannot be used.
    #[error(transparent)]
    Broker(#[from] BrokerSetupError),
    /// The store of sessions cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The certificates for callbacks cannot be used.
    #[error(transparent)]
    Callbacks(#[from] NoTrust),
    /// A style cannot be printed in.
    #[error(transparent)]
    Style(#[from] StyleError),
    /// The driver broke down.
    #[error("the driver broke down")]
    Broken,
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("; ")
}

/// Starts a gateway: listens at once, works while the future is polled, ends when the handle says so.
pub async fn serve(
    config: Config,
) -> Result<(Handle, impl Future<Output = Result<(), ServeError>> + Send), ServeError> {
    let (seed, _) = uuid::Uuid::new_v4().as_u64_pair();
    let core = Gateway::new(config.core(), seed);
    serve_with(config, Box::new(core)).await
}

/// As [`serve`], around a core of the caller's.
pub async fn serve_with(
    config: Config,
    core: Box<dyn Core>,
) -> Result<(Handle, impl Future<Output = Result<(), ServeError>> + Send), ServeError> {
    Box::pin(serve_by(config, core, Wall::system())).await
}

/// As [`serve_with`], by a clock of the caller's.
pub async fn serve_by(
    config: Config,
    core: Box<dyn Core>,
    wall: Wall,
) -> Result<(Handle, impl Future<Output = Result<(), ServeError>> + Send), ServeError> {
    let problems = config.check();
    if !problems.is_empty() {
        return Err(ServeError::Config(problems));
    }
    telemetry::recorder();
    let (kept, keeper) = kept(&config)?;
    descriptors::warn_if_few(config.session.max_sessions);
    let client = bind(config.server.listen).await?;
    let admin = bind(config.server.admin_listen).await?;
    let handle = Handle {
        client_addr: address(&client, config.server.listen),
        admin_addr: address(&admin, config.server.admin_listen),
        clients: Arc::new(Clients::new(&config)),
        tls: Tls::new(&config.server.tls)?.map(Arc::new),
        licence: watch::Sender::new(config.licence()),
        stop: CancellationToken::new(),
    };
    let gateway = Assembly::new(&config, (core, wall), handle.clone(), (kept, keeper))?;
    tracing::info!(client = %handle.client_addr, admin = %handle.admin_addr, "listening");
    Ok((handle, gateway.run(client, admin)))
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(|reason| ServeError::Bind { address, reason })
}

fn address(socket: &TcpListener, asked: SocketAddr) -> SocketAddr {
    socket.local_addr().unwrap_or(asked)
}

/// Everything, ready to run.
struct Assembly {
    handle: Handle,
    driver: Driver,
    door: Door,
    api: Api,
    broker: Option<Broker>,
    service: Service,
    keeper: Option<Keeper>,
    max_connections: usize,
    crowd: Crowd<IpAddr>,
    admin: AdminSettings,
    shutdown_timeout: Duration,
    /// Everything towards clients.
    tracker: TaskTracker,
    /// Everything towards Finesse, and the loop between.
    work: TaskTracker,
    part: CancellationToken,
    kill: CancellationToken,
}

impl Assembly {
    fn new(
        config: &Config,
        (core, wall): (Box<dyn Core>, Wall),
        handle: Handle,
        (kept, keeper): (KeptParts, Option<Keeper>),
    ) -> Result<Self, ServeError> {
        let clients = Arc::clone(&handle.clients);
        let (tracker, work) = (TaskTracker::new(), TaskTracker::new());
        let (part, kill) = (CancellationToken::new(), CancellationToken::new());
        let stream = uuid::Uuid::new_v4().simple().to_string();
        let press = Press::new(stream, clients.styles())?;
        let server = &config.server;
        let limits = Limits::new(server);
        let sites = config.sites();
        let broker = Broker::new(config, handle.stop.clone())?;
        let (driver, door) = Driver::new(Parts {
            core,
            hub: Hub::new(
                press,
                server.max_destinations,
                bounds(config),
                Room::new(server.event_bytes),
            ),
            clients: Arc::clone(&clients),
            sites: sites.iter().map(site).collect::<Result<_, _>>()?,
            clusters: Clusters::new(&config.core().clusters),
            recorder: Recorder::new(&config.recorder)?,
            keys_per_client: limits.most_within(REMEMBERED),
            callbacks: callbacks(config, &handle)?,
            broker: broker.as_ref().map(Broker::parts),
            kept,
            licence: handle.licence.subscribe(),
            wall,
            tracker: tracker.clone(),
            work: work.clone(),
            stop: handle.stop.clone(),
            part: part.clone(),
            kill: kill.clone(),
        });
        let api = Api::new(Shared {
            door: door.clone(),
            clients,
            limits,
            allowed_origins: server.allowed_origins.clone(),
            tracker: tracker.clone(),
            kill: kill.clone(),
        });
        Ok(Self {
            handle,
            driver,
            door,
            api,
            broker,
            service: config.service(),
            keeper,
            max_connections: server.max_connections,
            admin: config.admin.clone(),
            crowd: Crowd::new(server.max_connections_per_source),
            shutdown_timeout: server.shutdown_timeout,
            tracker,
            work,
            part,
            kill,
        })
    }

    async fn run(self, client: TcpListener, admin: TcpListener) -> Result<(), ServeError> {
        // Whoever drops this future ends everything that was started inside it.
        let _everything = self.kill.clone().drop_guard();
        let client = Listener {
            socket: client,
            router: http::router(self.api, self.service),
            max_connections: self.max_connections,
            crowd: self.crowd,
            tls: self.handle.tls.clone(),
            tracker: self.tracker.clone(),
            stop: self.handle.stop.clone(),
            kill: self.kill.clone(),
        };
        // Whoever looks is told that the gateway stops, until it has.
        let (watched, stopped) = (TaskTracker::new(), CancellationToken::new());
        let admin = Listener {
            socket: admin,
            router: admin::router(self.door.queries.clone(), &self.admin),
            max_connections: admin::MAX_CONNECTIONS,
            crowd: Crowd::new(0),
            tls: None,
            tracker: watched.clone(),
            stop: stopped.clone(),
            kill: self.kill.clone(),
        };
        let until_killed = |work: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
            let kill = self.kill.clone();
            async move { kill.run_until_cancelled(work).await }
        };
        self.tracker.spawn(until_killed(Box::pin(client.run())));
        watched.spawn(until_killed(Box::pin(admin.run())));
        if let Some(broker) = self.broker {
            let work = broker.run(self.door.clone());
            self.tracker.spawn(until_killed(Box::pin(work)));
        }
        if let Some(keeper) = self.keeper {
            self.work.spawn(until_killed(Box::pin(keeper.run())));
        }
        let mut driver = self.work.spawn(until_killed(Box::pin(self.driver.run())));
        tokio::select! {
            // A driver without links ends in the same moment in which it is told to.
            biased;
            () = self.handle.stop.cancelled() => {}
            ended = &mut driver => {
                // A runtime that ends takes the driver with it; anything else is a fault of ours.
                if !ended.is_err_and(|error| error.is_cancelled()) {
                    tracing::error!("the driver broke down");
                }
                return Err(ServeError::Broken);
            }
        }
        Ending {
            limit: self.shutdown_timeout,
            clients: self.tracker,
            finesse: self.work,
            part: self.part,
            watched,
            stopped,
            kill: self.kill,
        }
        .come()
        .await;
        tracing::info!("stopped");
        Ok(())
    }
}

fn site(settings: &Site) -> Result<SiteParts, ServeError> {
    Ok(SiteParts {
        name: settings.name.clone(),
        cluster: finesse::cluster(&settings.finesse)?,
        product: settings.finesse.product,
        health_interval: settings.finesse.health_interval,
        administrator: settings.administrator()?.map(Arc::new),
        config_api: settings.config_api()?,
    })
}

/// What an earlier process has kept, and who keeps it from now on.
fn kept(config: &Config) -> Result<(KeptParts, Option<Keeper>), StoreError> {
    let sites = config.sites();
    let nodes = sites.iter().flat_map(|site| &site.finesse.nodes);
    let parts = KeptParts {
        hosts: nodes.map(|node| node.host.clone()).collect(),
        ..KeptParts::default()
    };
    Ok(match store::open(&config.store)? {
        None => (parts, None),
        Some((store, keeper, records)) => {
            let store = Some(store);
            let parts = KeptParts {
                store,
                records,
                ..parts
            };
            (parts, Some(keeper))
        }
    })
}

fn bounds(config: &Config) -> Bounds {
    Bounds {
        events: config.replay.events,
        bytes: config.replay.bytes,
        age: config.replay.age,
    }
}

fn callbacks(config: &Config, handle: &Handle) -> Result<CallbackParts, ServeError> {
    let settings = &config.callbacks;
    let policy = Policy {
        // Entries that cannot be read were reported by the check.
        allow: settings
            .allow
            .iter()
            .filter_map(|entry| entry.parse().ok())
            .collect(),
        own: vec![handle.client_addr, handle.admin_addr],
        neighbours: neighbours(config),
    };
    Ok(CallbackParts {
        couriers: Couriers::new(settings, policy)?,
        patience: Patience {
            timeout: settings.timeout,
            tries: settings.tries,
            give_up_after: settings.give_up_after,
        },
        bare: settings.bare,
    })
}

/// Whom the gateway itself talks to; addresses of brokers that cannot be read were reported by the check.
fn neighbours(config: &Config) -> Vec<Neighbour> {
    let brokers = config.broker.brokers.iter().filter_map(|text| {
        let url: BrokerUrl = text.parse().ok()?;
        Some(neighbour(&url.host, Shut::Port(url.port)))
    });
    let sites = config.sites();
    sites.iter().flat_map(hosts_of).chain(brokers).collect()
}

/// The nodes of a cluster and its configuration API.
fn hosts_of(site: &Site) -> impl Iterator<Item = Neighbour> {
    let nodes = site.finesse.nodes.iter().flat_map(|node| {
        let ports = vec![node.https_port, node.legacy_websocket_port, node.xmpp_port];
        [node.host.as_str(), node.target()].map(|host| neighbour(host, Shut::Host(ports.clone())))
    });
    let api = &site.ucce_config;
    let api = [&api.host, &api.address].map(|host| neighbour(host, Shut::Host(vec![api.port])));
    nodes.chain(api)
}

fn neighbour(host: &str, shut: Shut) -> Neighbour {
    Neighbour {
        host: host.to_ascii_lowercase(),
        shut,
    }
}
