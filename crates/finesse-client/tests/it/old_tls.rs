//! Nodes that would agree on a version of TLS that is given up.

use std::net::SocketAddr;

use finesse_client::{Cluster, LinkEvent, RequestError, TlsConfig, Transport};
use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::support::soon;
use crate::tls::{Authority, ask, cluster_at, first_event};

/// A server that answers every ClientHello in a version of TLS that is given up, and tells what it hears then.
struct OldTls {
    address: SocketAddr,
    heard: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl OldTls {
    /// The second byte of TLS 1.0 and of TLS 1.1.
    const ALL: [u8; 2] = [1, 2];
    /// The type of a record that ends a handshake.
    const ALERT: u8 = 21;

    async fn start(version: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut hello = [0; 4096];
                assert!(stream.read(&mut hello).await.unwrap() > 0);
                stream
                    .write_all(&Self::server_hello(version))
                    .await
                    .unwrap();
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest).await;
                let _ = tell.send(rest);
            }
        });
        Self { address, heard }
    }

    /// Takes the first suite that both sides have known since then, and nothing else.
    fn server_hello(version: u8) -> Vec<u8> {
        let mut body = vec![3, version];
        body.extend([7; 32]);
        // No session, ECDHE-ECDSA with AES-128, no compression.
        body.extend([0, 0xc0, 0x2b, 0]);
        let length = u8::try_from(body.len()).unwrap();
        let head = [22, 3, version, 0, length + 4, 2, 0, 0, length];
        [&head[..], &body].concat()
    }

    fn cluster(&self, transport: Option<Transport>, tls: TlsConfig) -> Cluster {
        cluster_at(self.address, transport, tls)
    }

    /// The next client said no and went.
    async fn hung_up_on(&mut self) {
        let heard = soon(self.heard.recv()).await.unwrap();
        assert_eq!(heard.first(), Some(&Self::ALERT), "{heard:?}");
        // One record of two bytes, level and reason.
        assert_eq!((heard.len(), &heard[3..5]), (7, &[0, 2][..]), "{heard:?}");
    }
}

#[tokio::test]
async fn a_node_that_speaks_an_old_version_of_tls_gets_no_credential_by_any_way() {
    let authority = Authority::new();
    for version in OldTls::ALL {
        let mut rest = OldTls::start(version).await;
        let answer = ask(&rest.cluster(None, authority.trusted())).await;
        assert!(
            matches!(answer, Err(RequestError::NoTls { .. })),
            "{answer:?}"
        );
        rest.hung_up_on().await;
        for transport in Transport::ALL {
            let mut xmpp = OldTls::start(version).await;
            let cluster = xmpp.cluster(Some(transport), authority.trusted());
            let event = first_event(&cluster).await;
            assert!(matches!(event, LinkEvent::Unreachable { .. }), "{event:?}");
            xmpp.hung_up_on().await;
        }
    }
}
