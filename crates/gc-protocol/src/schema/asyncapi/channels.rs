//! The channels, and what the gateway does on each.

use serde_json::{Map, Value, json};

use super::super::service::Service;

/// One channel with the messages that come in and those that go out.
struct Channel {
    name: &'static str,
    server: &'static str,
    address: Value,
    description: &'static str,
    parameters: Value,
    bindings: Value,
    received: &'static [&'static str],
    sent: &'static [&'static str],
}

/// Every channel by its name.
pub(super) fn channels(service: &Service) -> Map<String, Value> {
    let all = all(service).into_iter();
    all.map(|channel| (channel.name.to_owned(), channel.document()))
        .collect()
}

/// Every operation by its name.
pub(super) fn operations(service: &Service) -> Map<String, Value> {
    let mut operations = Map::new();
    for channel in all(service) {
        for (action, messages) in [("receive", channel.received), ("send", channel.sent)] {
            if !messages.is_empty() {
                let name = format!("{action}.{}", channel.name);
                operations.insert(name, channel.operation(action, messages));
            }
        }
    }
    operations
}

impl Channel {
    fn document(&self) -> Value {
        let messages: Map<String, Value> = self
            .received
            .iter()
            .chain(self.sent)
            .map(|name| {
                let message = json!({"$ref": format!("#/components/messages/{name}")});
                ((*name).to_owned(), message)
            })
            .collect();
        let mut document = json!({
            "address": self.address,
            "description": self.description,
            "servers": [{"$ref": format!("#/servers/{}", self.server)}],
            "messages": messages,
        });
        for (key, value) in [
            ("parameters", &self.parameters),
            ("bindings", &self.bindings),
        ] {
            if !value.is_null() {
                document[key] = value.clone();
            }
        }
        document
    }

    fn operation(&self, action: &str, messages: &[&str]) -> Value {
        let of = |name: &str| json!({"$ref": format!("#/channels/{}/messages/{name}", self.name)});
        let channel = json!({"$ref": format!("#/channels/{}", self.name)});
        let messages: Vec<Value> = messages.iter().map(|name| of(name)).collect();
        let mut operation = json!({"action": action, "channel": channel, "messages": messages});
        if action == "receive" && self.sent.contains(&"result") {
            operation["reply"] = json!({"channel": channel, "messages": [of("result")]});
        }
        operation
    }
}

fn all(service: &Service) -> Vec<Channel> {
    let mut all = vec![numbered_websocket(), bare_websocket(), feed(), callbacks()];
    if !service.queues.is_empty() {
        all.push(queue(&service.queues));
        all.push(topic());
    }
    all
}

const COMMANDS: &[&str] = &["typedCommand", "textCommand"];

fn numbered_websocket() -> Channel {
    Channel {
        name: "gcV2",
        server: "websocket",
        address: json!("/gc/v1/ws"),
        description: "A WebSocket with the subprotocol `gc.v2`, which is taken when none is named: numbered events, and a \
                      result of each command. Results come to the connection that sent the command.",
        parameters: Value::Null,
        bindings: websocket_bindings(json!({"destination": destination(), "last": last()})),
        received: COMMANDS,
        sent: &["frame", "result"],
    }
}

fn bare_websocket() -> Channel {
    Channel {
        name: "gcV1",
        address: json!("/gc/v1/ws"),
        description: "A WebSocket with the subprotocol `gc.v1`: bare events.",
        bindings: websocket_bindings(json!({"destination": destination()})),
        sent: &["bareEvent"],
        ..numbered_websocket()
    }
}

fn websocket_bindings(query: Value) -> Value {
    json!({"ws": {"method": "GET", "query": {"type": "object", "properties": query}}})
}

fn feed() -> Channel {
    Channel {
        name: "serverSentEvents",
        server: "http",
        address: json!("/gc/v1/events"),
        description: "Server-sent events: `data` is the message, `id` its id. `?destination=` is needed; `?last=` or the \
                      header `Last-Event-ID` has the id of the last event that was seen. Results of commands do not come \
                      here.",
        parameters: Value::Null,
        bindings: Value::Null,
        received: &[],
        sent: &["frame"],
    }
}

fn callbacks() -> Channel {
    Channel {
        name: "callbacks",
        server: "receiver",
        address: json!("{callbackEndpoint}"),
        description: "The path that a command over REST named as `callbackEndpoint`, at the host that it named as \
                      `callbackFqdn`. Posted in order; what is not answered 2xx is posted again with the same `webhook-id`, \
                      410 ends it.",
        parameters: json!({"callbackEndpoint": {"description": "The path."}}),
        bindings: Value::Null,
        received: &[],
        sent: &["callback"],
    }
}

fn queue(names: &[String]) -> Channel {
    Channel {
        name: "commandQueue",
        server: "broker",
        address: json!("/queue/{queue}"),
        description: "Commands from a queue of the broker. Everybody who may write there is one client.",
        parameters: json!({"queue": {
            "description": "A queue of the settings.",
            "enum": names,
            "default": names.first(),
        }}),
        bindings: json!({"stomp": {}}),
        received: &["queuedCommand"],
        sent: &[],
    }
}

fn topic() -> Channel {
    Channel {
        name: "destinationTopic",
        server: "broker",
        address: json!("/topic/{destination}"),
        description: "Events of a destination that was named by a command from a queue.",
        parameters: json!({"destination": {"description": "The client's name."}}),
        bindings: json!({"stomp": {}}),
        received: &[],
        sent: &["publishedEvent"],
    }
}

fn destination() -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": 128,
        "description": "Whose events; without it the connection has its own.",
    })
}

fn last() -> Value {
    json!({
        "type": "string",
        "description": "The id of the last event that was seen: what came after it is sent first.",
    })
}
