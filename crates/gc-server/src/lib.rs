//! I/O towards clients: REST, callbacks, WebSocket; configuration and the driver of gc-core.
