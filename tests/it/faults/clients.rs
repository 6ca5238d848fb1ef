//! Clients that come in crowds.

use anyhow::Result;
use gc_testkit::{Actor, Names, Transport, World};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_of_connections_from_one_address_is_turned_away_and_who_is_in_works_on()
-> Result<()> {
    let world = World::with(
        |_| {},
        |gateway| gateway.server.max_connections_per_source = 20,
    )
    .await?;
    let mut layla = Actor::logged_in(&world, Transport::WebSocketV1, Actor::LAYLA).await?;
    let mut crowd = Vec::new();
    for _ in 0..500 {
        crowd.push(TcpStream::connect(world.gateway()).await?);
    }
    // One is Layla's; those beyond the limit are closed without a word.
    let mut closed = 0;
    for connection in &mut crowd[19..] {
        closed += usize::from(connection.read(&mut [0]).await.unwrap_or(0) == 0);
    }
    assert_eq!(closed, 481);
    layla.send("MakeReady", "null").await?;
    layla
        .expect(&mut Names::default(), &["State READY"], &[])
        .await?;
    drop(crowd);
    // Who comes before the gateway has seen them go is turned away too.
    until("others are let in again", || async {
        Ok(Actor::open(&world, Transport::WebSocketV1, Actor::OMAR)
            .await
            .is_ok())
    })
    .await?;
    Ok(())
}
