//! Call flows (Finesse API, sections 5.1 to 5.7), each over every transport, with the events of both agents.

mod consult;
mod direct_transfer;
mod hold;
mod inbound;
mod outbound;

/// One test a transport.
macro_rules! over_every_transport {
    ($($flow:ident),+ $(,)?) => {
        $(mod $flow {
            use gc_testkit::Transport;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn rest_and_callback() -> anyhow::Result<()> {
                super::$flow(Transport::Rest).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn websocket_v1() -> anyhow::Result<()> {
                super::$flow(Transport::WebSocketV1).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn websocket_v2() -> anyhow::Result<()> {
                super::$flow(Transport::WebSocketV2).await
            }
        })+
    };
}

pub(crate) use over_every_transport;
