//! The gateway describes itself: to everybody, in the settings that it has.

use gc_protocol::style::{Dialect, Profile};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Answer, Gateway, client, soon};

const DOCUMENTS: [(&str, &str); 3] = [
    (
        "/openapi.json",
        "application/vnd.oai.openapi+json;version=3.1",
    ),
    (
        "/asyncapi.json",
        "application/vnd.aai.asyncapi+json;version=3.0.0",
    ),
    (
        "/schemas/events-documented-text-list.json",
        "application/schema+json",
    ),
];

async fn get(gateway: &Gateway, path: &str) -> Answer {
    gateway.send("GET", path, &[], "").await
}

async fn openapi(gateway: &Gateway) -> Value {
    get(gateway, "/openapi.json").await.json()
}

async fn asyncapi(gateway: &Gateway) -> Value {
    get(gateway, "/asyncapi.json").await.json()
}

#[tokio::test]
async fn everybody_may_read_the_descriptions_even_without_a_key() {
    let gateway = Gateway::keyed().await;
    for (path, media_type) in DOCUMENTS {
        let answer = get(&gateway, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(media_type));
        assert!(answer.json().is_object());
    }
    assert_eq!(openapi(&gateway).await["openapi"], "3.1.0");
    assert_eq!(asyncapi(&gateway).await["asyncapi"], "3.0.0");
}

#[tokio::test]
async fn who_knows_a_document_is_not_sent_it_again() {
    let gateway = Gateway::open().await;
    for (path, _) in DOCUMENTS {
        let first = get(&gateway, path).await;
        let tag = first.header("etag").unwrap().to_owned();
        for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let again = [("if-none-match", known)];
            let answer = gateway.send("GET", path, &again, "").await;
            assert_eq!((answer.status, answer.text.as_str()), (304, ""));
            assert_eq!(answer.header("etag"), Some(tag.as_str()));
        }
        let other = [("if-none-match", "\"x\"".to_owned())];
        let answer = gateway.send("GET", path, &other, "").await;
        assert_eq!((answer.status, answer.text), (200, first.text));
    }
}

#[tokio::test]
async fn a_head_has_the_headers_alone_and_no_other_method_is_taken() {
    let gateway = Gateway::open().await;
    for (path, media_type) in DOCUMENTS {
        let length = get(&gateway, path).await.text.len().to_string();
        let head = gateway.send("HEAD", path, &[], "").await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(head.header("content-type"), Some(media_type));
        assert_eq!(head.header("content-length"), Some(length.as_str()));
        let post = gateway.send("POST", path, &[], "").await;
        post.assert_problem(405, "PLEASE_RETRY");
        assert_eq!(post.header("allow"), Some("GET,HEAD"));
    }
}

#[tokio::test]
async fn there_is_no_other_document() {
    let gateway = Gateway::open().await;
    for path in [
        "/schemas/",
        "/schemas/commands",
        "/schemas/openapi.json",
        "/schemas/asyncapi.json",
        "/schemas/%FF",
        "/schemas/..%2Fopenapi.json",
    ] {
        get(&gateway, path).await.assert_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn every_documented_path_is_there() {
    let gateway =
        Gateway::with(|config| config.server.command_paths = vec!["/api/gc".into(); 2]).await;
    let document = openapi(&gateway).await;
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/api/gc"), "{:?}", paths.keys());
    for path in paths.keys() {
        let path = path
            .replace("{id}", "41027")
            .replace("{name}", "commands.json");
        gateway
            .send("DELETE", &path, &[], "")
            .await
            .assert_problem(405, "PLEASE_RETRY");
    }
    for (name, _) in gc_protocol::schema::documents().unwrap() {
        let answer = get(&gateway, &format!("/schemas/{name}.json")).await;
        assert_eq!(answer.status, 200, "{name}");
    }
}

#[tokio::test]
async fn a_gateway_without_keys_does_not_ask_for_one() {
    let open = openapi(&Gateway::open().await).await;
    assert_eq!(open.get("security"), None);
    assert_eq!(open["components"].get("securitySchemes"), None);
    let answers = &open["paths"]["/gc/v1/commands"]["post"]["responses"];
    assert_eq!(answers.get("401"), None);
    let keyed = openapi(&Gateway::keyed().await).await;
    assert_eq!(keyed["security"], json!([{"bearer": []}]));
    let answers = &keyed["paths"]["/gc/v1/commands"]["post"]["responses"];
    assert_eq!(
        answers["401"]["headers"]["WWW-Authenticate"]["required"],
        true
    );
    assert_eq!(
        keyed["paths"]["/openapi.json"]["get"]["security"],
        json!([])
    );
}

#[tokio::test]
async fn events_are_described_in_the_style_of_the_settings() {
    let documented = Gateway::with(|config| config.compat.profile = Profile::Documented).await;
    let error = |document: Value| {
        let properties = document["components"]["schemas"]["ErrorEvent"]["properties"].clone();
        let keys = properties.as_object().unwrap().keys().cloned();
        keys.collect::<Vec<_>>()
    };
    let keys = ["errorMessage", "errorType", "type"];
    assert_eq!(error(openapi(&documented).await), keys);
    assert_eq!(error(asyncapi(&documented).await), keys);
    let text = Gateway::with(|config| config.compat.dialect = Dialect::String).await;
    let document = asyncapi(&text).await;
    let bare = &document["components"]["messages"]["bareEvent"];
    assert_eq!(bare["contentType"], "text/plain; charset=utf-8");
    assert_eq!(bare["payload"]["type"], "string");
    let body = &document["components"]["schemas"]["CallbackBody"];
    assert_eq!(body["properties"]["data"]["type"], "string");
}

#[tokio::test]
async fn callbacks_are_described_as_they_are_posted() {
    let posted = |document: Value| {
        let post = &document["components"]["pathItems"]["event"]["post"];
        post["requestBody"]["content"]["application/json"]["schema"].clone()
    };
    let wrapped = Gateway::open().await;
    assert_eq!(
        posted(openapi(&wrapped).await),
        json!({"$ref": "#/components/schemas/CallbackBody"})
    );
    let bare = Gateway::with(|config| config.callbacks.bare = true).await;
    let schema = posted(openapi(&bare).await);
    assert_eq!(
        schema["anyOf"][0],
        json!({"$ref": "#/components/schemas/Event"})
    );
}

#[tokio::test]
async fn the_broker_is_described_where_there_is_one() {
    let without = asyncapi(&Gateway::open().await).await;
    assert_eq!(without["servers"].get("broker"), None);
    assert_eq!(without["channels"].get("commandQueue"), None);
    let with = Gateway::with(|config| {
        config.broker.brokers = vec!["stomp://127.0.0.1:1".into()];
        config.broker.queues = [("Desks".to_owned(), Default::default())].into();
        config.clients.insert("crm".into(), client("key-crm"));
    })
    .await;
    let with = asyncapi(&with).await;
    assert_eq!(with["servers"]["broker"]["protocol"], "stomp");
    let queue = &with["channels"]["commandQueue"]["parameters"]["queue"];
    assert_eq!(queue["enum"], json!(["Desks"]));
}

#[tokio::test]
async fn a_head_of_a_request_that_cannot_be_read_is_answered_without_a_body_as_documented() {
    let gateway = Gateway::open().await;
    let mut connection = TcpStream::connect(gateway.handle.client_addr())
        .await
        .unwrap();
    let request = b"GET /openapi.json HTTP/1.1\r\nno header\r\n\r\n";
    connection.write_all(request).await.unwrap();
    let mut answer = String::new();
    soon(connection.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    let answers = &openapi(&gateway).await["paths"]["/openapi.json"]["get"]["responses"];
    assert_eq!(
        answers["400"],
        json!({"description": "The head of the request cannot be read."})
    );
}

#[tokio::test]
async fn a_head_of_a_request_that_is_too_long_is_answered_as_documented() {
    let gateway = Gateway::open().await;
    let long = [("x-padding", "x".repeat(20 * 1024))];
    for path in ["/openapi.json", "/gc/v1/agents/41027"] {
        let answer = gateway.send("GET", path, &long, "").await;
        assert_eq!((answer.status, answer.text.as_str()), (431, ""));
    }
}
