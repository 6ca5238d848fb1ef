//! Where the gateway is.

use std::str::FromStr;

use hyper::Uri;
use tokio::net::TcpStream;

/// Address of the client API, such as `http://127.0.0.1:8112`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    host: String,
    port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri = text.parse::<Uri>().map_err(|error| error.to_string())?;
        if uri.scheme_str() != Some("http") {
            return Err("only http:// is spoken: run gc beside the gateway".to_owned());
        }
        if !matches!(uri.path(), "" | "/") {
            return Err("give the host and port only; the paths are known".to_owned());
        }
        let host = uri.host().ok_or("no host in it")?;
        Ok(Self {
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(80),
        })
    }
}

impl Address {
    /// Host and port, for the `Host` header.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Opens a connection.
    pub(crate) async fn connect(&self) -> anyhow::Result<TcpStream> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        TcpStream::connect((host, self.port))
            .await
            .map_err(|error| {
                anyhow::anyhow!(
                    "cannot reach the gateway at {}: {error}; is it running, and is --url right?",
                    self.authority()
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_taken_from_the_address() {
        let address: Address = "http://127.0.0.1:8112".parse().unwrap();
        assert_eq!(address.authority(), "127.0.0.1:8112");
        let address: Address = "http://gateway".parse().unwrap();
        assert_eq!(address.authority(), "gateway:80");
    }

    #[test]
    fn an_address_that_would_not_be_used_as_written_is_refused() {
        for text in [
            "https://gateway",
            "gateway:8112",
            "http://gateway/gc/v1",
            "",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
