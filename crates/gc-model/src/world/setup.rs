//! How a run begins: settings by chance, a site and a gateway in which nobody is signed in.

use std::time::Duration;

use finesse_sim::{OnDisconnect, Settings, WrapUpMode};
use gc_core::{Cluster, ClusterId, Config, Input, Product};

use super::{AGENTS, DESKS, PASSWORDS, World};
use crate::dice::Dice;

impl World {
    pub(super) fn begin(&mut self) {
        for agent in AGENTS {
            self.site
                .engine(|engine, _| engine.set_password(agent, PASSWORDS[0]));
        }
        self.feed(Input::Site {
            cluster: ClusterId(0),
            product: Product::Ucce,
        });
        for node in 0..2 {
            self.node_polled(node, true);
        }
        for desk in DESKS {
            self.client_up(desk);
        }
    }
}

pub(super) fn config(dice: &mut Dice) -> Config {
    let cluster = Cluster {
        administrator: Some("administrator".into()),
        ..Cluster::of_nodes(2)
    };
    Config {
        clusters: vec![cluster],
        max_sessions: dice.one(&[None, None, Some(2)]).flatten(),
        queue_limit: 4,
        failover_after: Duration::from_secs(dice.one(&[15, 15, 5, 60]).unwrap_or(15)),
        restore_ready: dice.permille(500),
        ..Config::default()
    }
}

pub(super) fn settings(dice: &mut Dice) -> Settings {
    let wrap_up = [
        WrapUpMode::NotAllowed,
        WrapUpMode::NotAllowed,
        WrapUpMode::Optional,
        WrapUpMode::Required,
    ];
    let disconnect = [OnDisconnect::NotReady, OnDisconnect::Logout];
    Settings {
        wrap_up_incoming: dice.one(&wrap_up).unwrap_or_default(),
        wrap_up_outgoing: dice.one(&wrap_up).unwrap_or_default(),
        wrap_up_timer: Duration::from_secs(20),
        on_disconnect: dice.one(&disconnect).unwrap_or_default(),
        ..Settings::default()
    }
}
