//! Cold start of the demonstration.

use std::net::TcpListener;
use std::time::Instant;

use anyhow::Result;

use crate::client::Client;
use crate::table::{Table, Target};
use crate::world::Gateway;

const PORTS: [u16; 7] = [8112, 8162, 18445, 15223, 28445, 25223, 18080];

/// Measures and adds the row.
pub(crate) async fn measure(table: &mut Table) -> Result<()> {
    let what = "start of `gc-server demo` to its first event";
    let taken = PORTS
        .iter()
        .find(|port| TcpListener::bind(("127.0.0.1", **port)).is_err());
    if let Some(port) = taken {
        table.missing(what, &format!("port {port} of the demo is in use"));
        return Ok(());
    }
    let started = Instant::now();
    let gateway = Gateway::start(&["demo".into()], (PORTS[0], PORTS[1])).await?;
    let mut client = Client::open(gateway.port, "desk-1").await?;
    client.send("Hello#desk-1").await?;
    client.until("\"IN_SERVICE\"").await?;
    table.add(
        what,
        started.elapsed().as_secs_f64(),
        "s",
        Target::AtMost(3.0),
    );
    Ok(())
}
