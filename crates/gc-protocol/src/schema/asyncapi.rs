//! The AsyncAPI 3 document: what goes over WebSockets, server-sent events, callbacks and the message broker.

mod channels;
mod messages;

use serde_json::{Map, Value, json};

use super::components;
use super::openapi::title;
use super::service::{Access, Service, Transport};
use crate::event::StyleError;

/// Describes every channel of events and commands, as the gateway uses it: it receives commands and sends events.
pub fn asyncapi(service: &Service) -> Result<Value, StyleError> {
    let mut document = json!({
        "asyncapi": "3.0.0",
        "info": info(service),
        "defaultContentType": "application/json",
        "servers": servers(service),
        "channels": channels::channels(service),
        "operations": channels::operations(service),
        "components": {
            "schemas": components::schemas(service)?,
            "messages": messages::messages(service),
        },
    });
    if service.access != Access::Open {
        let key = "A key of the gateway's making, as `Authorization: Bearer <key>`.";
        document["components"]["securitySchemes"] = json!({
            "bearer": {"type": "http", "scheme": "bearer", "description": key},
        });
    }
    Ok(document)
}

fn info(service: &Service) -> Value {
    let mut info = title();
    info["description"] = json!(format!(
        "Events are described as this gateway prints them for clients without settings of their own, as in \
         `/schemas/{}.json`; the other documents in `/schemas/` describe the other settings. `/openapi.json` describes \
         what goes over HTTP.",
        service.events_document()
    ));
    info
}

fn servers(service: &Service) -> Map<String, Value> {
    let (websocket, http) = match service.transport {
        Transport::Plain => ("ws", "http"),
        Transport::Tls => ("wss", "https"),
    };
    let mut servers = Map::new();
    for (name, protocol) in [("websocket", websocket), ("http", http)] {
        let mut server = server(protocol, "localhost:8112", "The gateway.");
        if service.access != Access::Open {
            server["security"] = json!([{"$ref": "#/components/securitySchemes/bearer"}]);
        }
        servers.insert(name.to_owned(), server);
    }
    let receiver = server(
        "http",
        "localhost:9000",
        "The receiver that a command named.",
    );
    servers.insert("receiver".to_owned(), receiver);
    if !service.queues.is_empty() {
        let mut broker = server("stomp", "localhost:61613", "The message broker.");
        broker["protocolVersion"] = json!("1.2");
        servers.insert("broker".to_owned(), broker);
    }
    servers
}

fn server(protocol: &str, usual: &str, description: &str) -> Value {
    json!({
        "host": "{host}",
        "protocol": protocol,
        "description": description,
        "variables": {"host": {"default": usual, "description": "Name and port."}},
    })
}
