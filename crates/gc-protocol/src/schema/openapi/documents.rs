//! Paths of the descriptions themselves, which need no key.

use serde_json::{Value, json};

use super::Answers;
use crate::schema;

/// The media type of an OpenAPI document.
pub const OPENAPI_MEDIA_TYPE: &str = "application/vnd.oai.openapi+json;version=3.1";
/// The media type of an AsyncAPI document.
pub const ASYNCAPI_MEDIA_TYPE: &str = "application/vnd.aai.asyncapi+json;version=3.0.0";
/// The media type of a JSON Schema.
pub const SCHEMA_MEDIA_TYPE: &str = "application/schema+json";

/// The paths.
pub(super) fn paths() -> [(String, Value); 3] {
    let named = json!([{
        "name": "name",
        "in": "path",
        "required": true,
        "schema": {"enum": names()},
    }]);
    let mut schemas = document("Schema", "A JSON Schema.", SCHEMA_MEDIA_TYPE);
    for method in ["get", "head"] {
        let missing = Answers::any()
            .problem(404, "There is no such schema.")
            .done();
        let answers = &mut schemas[method]["responses"];
        answers["404"] = missing["404"].clone();
    }
    schemas["parameters"] = named;
    [
        (
            "/openapi.json".to_owned(),
            document("OpenApi", "This document.", OPENAPI_MEDIA_TYPE),
        ),
        (
            "/asyncapi.json".to_owned(),
            document(
                "AsyncApi",
                "Channels and messages of the API.",
                ASYNCAPI_MEDIA_TYPE,
            ),
        ),
        ("/schemas/{name}".to_owned(), schemas),
    ]
}

fn names() -> Vec<String> {
    let names = schema::names();
    names.iter().map(|name| format!("{name}.json")).collect()
}

fn document(name: &str, summary: &str, media_type: &str) -> Value {
    json!({
        "get": operation("get", name, summary, media_type),
        "head": operation("head", name, summary, media_type),
    })
}

fn operation(method: &str, name: &str, summary: &str, media_type: &str) -> Value {
    let tag = json!({"ETag": {"required": true, "schema": {"type": "string"}}});
    let found = json!({
        "description": summary,
        "headers": tag,
        "content": {media_type: {"schema": {"type": "object"}}},
    });
    let unchanged = json!({"description": "It is the one that the client knows.", "headers": tag});
    json!({
        "operationId": format!("{method}{name}"),
        "summary": summary,
        "security": [],
        "parameters": [{
            "name": "If-None-Match",
            "in": "header",
            "description": "ETags of what the client knows.",
            "schema": {"type": "string"},
        }],
        "responses": Answers::any().with(200, found).with(304, unchanged).done(),
    })
}
