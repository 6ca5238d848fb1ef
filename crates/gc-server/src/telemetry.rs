//! Metrics: their names in one place, and the recorder that `/metrics` reads.

use std::sync::OnceLock;
use std::time::Duration;

use finesse_client::Transport;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::logs;

/// The recorder of this process; several gateways in one process share it, and a host's own recorder wins.
pub(crate) fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new())
            .build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::info!("the host process records metrics itself; /metrics stays empty");
        }
        handle
    })
}

const BUCKETS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0,
];

pub(crate) fn command(name: &'static str, outcome: &'static str, took: Duration) {
    counter!("gc_commands_total", "command" => name, "outcome" => outcome).increment(1);
    histogram!("gc_command_seconds", "command" => name).record(took.as_secs_f64());
}

pub(crate) fn command_refused(reason: &'static str) {
    counter!("gc_commands_refused_total", "reason" => reason).increment(1);
}

/// Somebody who wanted in was not let in.
pub(crate) fn turned_away(reason: &'static str) {
    counter!("gc_turned_away_total", "reason" => reason).increment(1);
}

/// Settings were read again: whether they were taken over.
pub(crate) fn reloaded(outcome: &'static str) {
    counter!("gc_reloads_total", "outcome" => outcome).increment(1);
}

pub(crate) fn event(kind: &'static str) {
    counter!("gc_events_total", "type" => kind).increment(1);
}

pub(crate) fn event_dropped() {
    events_lost(1);
}

pub(crate) fn events_lost(count: usize) {
    counter!("gc_events_dropped_total").increment(count as u64);
}

pub(crate) fn callback_events_lost(count: usize) {
    counter!("gc_callback_events_lost_total").increment(count as u64);
}

pub(crate) fn slow_consumer() {
    counter!("gc_slow_consumers_total").increment(1);
}

/// Kept events that were forgotten because all together were too many.
pub(crate) fn kept_events_shed(count: usize) {
    counter!("gc_replay_events_shed_total").increment(count as u64);
}

/// Clients that lost what waited for them because all together was too much.
pub(crate) fn queues_shed(count: usize) {
    counter!("gc_queues_shed_total").increment(count as u64);
}

/// A connection came back: with so many events to be told again, or to a gap.
pub(crate) fn resumed(replayed: Option<usize>) {
    let outcome = if replayed.is_some() { "replay" } else { "gap" };
    counter!("gc_resumes_total", "outcome" => outcome).increment(1);
    counter!("gc_events_replayed_total").increment(replayed.unwrap_or_default() as u64);
}

/// Records in the store, as of now.
pub(crate) fn store_records(count: usize) {
    gauge!("gc_store_records").set(count as f64);
}

pub(crate) fn store_damaged() {
    counter!("gc_store_damaged_total").increment(1);
}

pub(crate) fn store_failed() {
    counter!("gc_store_failures_total").increment(1);
}

/// A session of an earlier process: whether it goes on.
pub(crate) fn taken_up(outcome: &'static str) {
    counter!("gc_store_sessions_total", "outcome" => outcome).increment(1);
}

pub(crate) fn notification() {
    counter!("gc_notifications_total").increment(1);
}

pub(crate) fn undecodable() {
    counter!("gc_decode_failures_total").increment(1);
}

/// Which transport a node's links use: 1 for it, 0 for the others.
pub(crate) fn transport(cluster: &str, node: &str, used: Option<Transport>) {
    for transport in Transport::ALL {
        let level = if used == Some(transport) { 1.0 } else { 0.0 };
        let labels = [
            ("cluster", cluster.to_owned()),
            ("node", node.to_owned()),
            ("transport", transport.as_str().to_owned()),
        ];
        gauge!("gc_node_transport", &labels).set(level);
    }
}

/// A request has had its outcome, at a cluster or at the recorder.
pub(crate) fn request(of: &str, outcome: &'static str, took: Duration) {
    let of = || of.to_owned();
    counter!("gc_finesse_requests_total", "cluster" => of(), "outcome" => outcome).increment(1);
    histogram!("gc_finesse_request_seconds", "cluster" => of()).record(took.as_secs_f64());
}

/// Whether any node of a cluster serves.
pub(crate) fn cluster_in_service(cluster: &str, serves: bool) {
    let level = if serves { 1.0 } else { 0.0 };
    gauge!("gc_cluster_in_service", "cluster" => cluster.to_owned()).set(level);
}

/// Sessions of a cluster, and how many of their links are up.
pub(crate) fn cluster_sessions(cluster: &str, sessions: usize, links_up: usize) {
    #[allow(clippy::cast_precision_loss)] // as below
    let set = |name: &'static str, value: usize| {
        gauge!(name, "cluster" => cluster.to_owned()).set(value as f64);
    };
    set("gc_cluster_sessions", sessions);
    set("gc_cluster_links_up", links_up);
}

pub(crate) fn callback(outcome: &'static str) {
    counter!("gc_callbacks_total", "outcome" => outcome).increment(1);
}

/// What became of a message of a command queue.
pub(crate) fn broker_command(outcome: &'static str) {
    counter!("gc_broker_commands_total", "outcome" => outcome).increment(1);
}

pub(crate) fn broker_event() {
    counter!("gc_broker_events_total").increment(1);
}

pub(crate) fn broker_events_lost(count: usize) {
    events_lost(count);
    counter!("gc_broker_events_lost_total").increment(count as u64);
}

/// Whether there is a connection to a broker.
pub(crate) fn broker_connected(up: bool) {
    gauge!("gc_broker_connected").set(if up { 1.0 } else { 0.0 });
}

/// Files and sockets that are open.
pub(crate) fn open_files(count: usize) {
    #[allow(clippy::cast_precision_loss)] // as below
    gauge!("gc_open_files").set(count as f64);
}

/// What stands at the moment rather than what happened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Levels {
    pub(crate) sessions: usize,
    pub(crate) links_up: usize,
    pub(crate) requests_pending: usize,
    pub(crate) destinations: usize,
    pub(crate) subscribers: usize,
    pub(crate) frames_waiting: usize,
    pub(crate) events_kept: usize,
    pub(crate) bytes_kept: usize,
    pub(crate) waiting_room: usize,
    pub(crate) kept_room: usize,
    pub(crate) commands_waiting: usize,
    pub(crate) link_reports_waiting: usize,
    pub(crate) secrets: usize,
    pub(crate) snapshots: u64,
    pub(crate) moves: u64,
    pub(crate) returns: u64,
    pub(crate) notifications_dropped: u64,
    pub(crate) impossible: u64,
    pub(crate) mishaps: u64,
}

pub(crate) fn levels(levels: &Levels) {
    #[allow(clippy::cast_precision_loss)] // metrics are floating point; none of these reaches 2^53
    let set = |name: &'static str, value: usize| gauge!(name).set(value as f64);
    set("gc_sessions", levels.sessions);
    set("gc_links_up", levels.links_up);
    set("gc_finesse_requests_pending", levels.requests_pending);
    set("gc_destinations", levels.destinations);
    set("gc_subscribers", levels.subscribers);
    set("gc_frames_waiting", levels.frames_waiting);
    set("gc_replay_events", levels.events_kept);
    set("gc_replay_bytes", levels.bytes_kept);
    set("gc_event_memory_waiting_bytes", levels.waiting_room);
    set("gc_event_memory_kept_bytes", levels.kept_room);
    set("gc_commands_waiting", levels.commands_waiting);
    set("gc_link_reports_waiting", levels.link_reports_waiting);
    set("gc_secrets_kept", levels.secrets);
    counter!("gc_snapshots_total").absolute(levels.snapshots);
    counter!("gc_node_changes_total").absolute(levels.moves);
    counter!("gc_sign_ins_repeated_total").absolute(levels.returns);
    counter!("gc_notifications_dropped_total").absolute(levels.notifications_dropped);
    counter!("gc_impossible_states_total").absolute(levels.impossible);
    counter!("gc_session_mishaps_total").absolute(levels.mishaps);
    counter!("gc_log_lines_lost_total").absolute(logs::lost_lines());
}
