//! The OpenAPI 3.1 document of the client API over HTTP.

mod answers;
mod callbacks;
mod commands;
mod documents;
mod listening;

use serde_json::{Map, Value, json};

use super::components;
use super::service::{Access, Service};
use crate::event::StyleError;
use answers::Answers;

pub(super) use callbacks::headers as callback_headers;
pub use documents::{ASYNCAPI_MEDIA_TYPE, OPENAPI_MEDIA_TYPE, SCHEMA_MEDIA_TYPE};

/// Describes every path of the client API, every answer there, and what is posted to receivers of callbacks.
pub fn openapi(service: &Service) -> Result<Value, StyleError> {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": info(service),
        "servers": [{"url": "/", "description": "The gateway that serves this document."}],
        "paths": paths(service),
        "webhooks": {"event": callbacks::reference()},
        "components": {
            "schemas": schemas(service)?,
            "pathItems": {"event": callbacks::event(service)},
            "responses": {"MethodNotAllowed": answers::method_not_allowed()},
        },
    });
    if service.access != Access::Open {
        document["security"] = security(service);
        document["components"]["securitySchemes"] = security_schemes(service);
    }
    Ok(document)
}

/// What is the same in every description.
pub(super) fn title() -> Value {
    json!({
        "title": "A gateway for Cisco Finesse",
        "version": env!("CARGO_PKG_VERSION"),
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    })
}

fn info(service: &Service) -> Value {
    let mut info = title();
    info["description"] = json!(format!(
        "Commands go over REST, events come back by callbacks, server-sent events or a WebSocket; `/asyncapi.json` \
         describes what goes over those and over a message broker.\n\n\
         Events are described as this gateway prints them for clients without settings of their own, as in \
         `/schemas/{}.json`; the other documents in `/schemas/` describe the other settings.\n\n\
         A method that a path does not take is answered 405 (`#/components/responses/MethodNotAllowed`), a path that is \
         not there 404, both with a problem document. Every GET may be a HEAD.",
        service.events_document()
    ));
    info
}

fn paths(service: &Service) -> Map<String, Value> {
    let mut paths = Map::new();
    let documented = std::iter::once("/gc/v1/commands");
    let further = service.command_paths.iter().map(String::as_str);
    for path in documented.chain(further) {
        let number = paths.len();
        if !paths.contains_key(path) {
            paths.insert(
                path.to_owned(),
                json!({"post": commands::post(service, number)}),
            );
        }
    }
    for (path, operation) in [
        ("/gc/v1/agents/{id}", listening::agent(service)),
        ("/gc/v1/events", listening::events(service)),
        ("/gc/v1/ws", listening::websocket(service)),
    ] {
        paths.insert(path.to_owned(), json!({"get": operation}));
    }
    paths.extend(documents::paths());
    paths
}

fn schemas(service: &Service) -> Result<Map<String, Value>, StyleError> {
    let mut schemas = components::schemas(service)?;
    let events = schemas.get("Event").cloned().unwrap_or_default();
    schemas.insert("Problem".to_owned(), answers::problem_schema());
    schemas.insert("Accepted".to_owned(), commands::accepted());
    schemas.insert("AgentView".to_owned(), listening::agent_view());
    schemas.insert("Event".to_owned(), told_apart(events, "type", &schemas));
    let commands = schemas.get("Command").cloned().unwrap_or_default();
    schemas.insert(
        "Command".to_owned(),
        told_apart(commands, "command", &schemas),
    );
    Ok(schemas)
}

/// Says which member tells the cases apart, and which of its words means which.
fn told_apart(mut any: Value, key: &str, schemas: &Map<String, Value>) -> Value {
    let mut mapping = Map::new();
    for case in any["anyOf"].as_array().into_iter().flatten() {
        let target = case["$ref"].as_str().unwrap_or_default();
        let name = target.rsplit('/').next().unwrap_or_default();
        for word in words(schemas.get(name), key) {
            mapping.insert(word, json!(target));
        }
    }
    any["discriminator"] = json!({"propertyName": key, "mapping": mapping});
    any
}

/// The words that a member may be, in the first case of those that have several.
fn words(schema: Option<&Value>, key: &str) -> Vec<String> {
    let Some(schema) = schema else {
        return Vec::new();
    };
    let case = schema["anyOf"].get(0).unwrap_or(schema);
    let words = case["properties"][key]["enum"].as_array();
    let words = words.into_iter().flatten().filter_map(Value::as_str);
    words.map(str::to_owned).collect()
}

fn security(service: &Service) -> Value {
    match service.access {
        Access::Open => json!([]),
        Access::Keys => json!([{"bearer": []}]),
        Access::KeysOrCertificates => json!([{"bearer": []}, {"certificate": []}]),
    }
}

fn security_schemes(service: &Service) -> Value {
    let mut schemes = json!({"bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of the gateway's making. A web page sends it as second subprotocol of its WebSocket.",
    }});
    if service.access == Access::KeysOrCertificates {
        schemes["certificate"] = json!({
            "type": "mutualTLS",
            "description": "A certificate with a DNS name that stands for a key.",
        });
    }
    schemes
}
