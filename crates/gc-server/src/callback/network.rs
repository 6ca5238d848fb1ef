//! The one way out for callbacks: names are looked up and connections made here and nowhere else.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use futures_util::future::BoxFuture;
use tokio::net::TcpStream;

/// What couriers reach receivers by; tests put a false world in its place and count what is asked of it.
pub(crate) trait Network: fmt::Debug + Send + Sync {
    /// The addresses of a host.
    fn lookup<'a>(&'a self, host: &'a str, port: u16)
    -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;

    /// A connection to the first of these addresses that takes one.
    fn connect<'a>(&'a self, checked: &'a [SocketAddr]) -> BoxFuture<'a, io::Result<TcpStream>>;
}

/// The real one.
#[derive(Debug)]
pub(crate) struct Internet;

impl Network for Internet {
    fn lookup<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
    }

    fn connect<'a>(&'a self, checked: &'a [SocketAddr]) -> BoxFuture<'a, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(checked))
    }
}
