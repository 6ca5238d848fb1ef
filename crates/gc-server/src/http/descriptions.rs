//! `GET /openapi.json`, `/asyncapi.json` and `/schemas/…`: what this gateway's API is like. They hold no secret and need no
//! key: the tools that read them have no place for one.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gc_protocol::StyleError;
use gc_protocol::schema::{self, Service};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::problem::Problem;

const OPENAPI: &str = "openapi.json";
const ASYNCAPI: &str = "asyncapi.json";

/// The routes of the documents of a gateway.
pub(super) fn router<S: Clone + Send + Sync + 'static>(service: Service) -> Router<S> {
    let shelf = Arc::new(Shelf {
        service,
        made: OnceLock::new(),
    });
    Router::new()
        .route("/openapi.json", get(openapi))
        .route("/asyncapi.json", get(asyncapi))
        .route("/schemas/{name}", get(named))
        .with_state(shelf)
}

async fn openapi(State(shelf): State<Arc<Shelf>>, headers: HeaderMap) -> Response {
    shelf.answer(OPENAPI, &headers)
}

async fn asyncapi(State(shelf): State<Arc<Shelf>>, headers: HeaderMap) -> Response {
    shelf.answer(ASYNCAPI, &headers)
}

async fn named(
    State(shelf): State<Arc<Shelf>>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    match name {
        Ok(Path(name)) if name != OPENAPI && name != ASYNCAPI => shelf.answer(&name, &headers),
        Ok(_) | Err(_) => missing(),
    }
}

fn missing() -> Response {
    Problem::not_found("there is no such document").into_response()
}

/// Every document by the name of its file, made when somebody asks for one: most gateways are never asked.
struct Shelf {
    service: Service,
    made: OnceLock<BTreeMap<String, Document>>,
}

struct Document {
    media_type: &'static str,
    tag: String,
    text: Bytes,
}

impl Shelf {
    fn answer(&self, name: &str, headers: &HeaderMap) -> Response {
        // A style that cannot be printed in has kept the gateway from starting.
        let made = self
            .made
            .get_or_init(|| make(&self.service).unwrap_or_default());
        let Some(document) = made.get(name) else {
            return missing();
        };
        let tag = [(header::ETAG, document.tag.clone())];
        if document.is_known(headers) {
            return (StatusCode::NOT_MODIFIED, tag).into_response();
        }
        let kind = [(header::CONTENT_TYPE, document.media_type)];
        (tag, kind, document.text.clone()).into_response()
    }
}

fn make(service: &Service) -> Result<BTreeMap<String, Document>, StyleError> {
    let schemas = schema::documents()?.into_iter().map(|(name, document)| {
        let document = Document::new(schema::SCHEMA_MEDIA_TYPE, &document);
        (format!("{name}.json"), document)
    });
    let mut made: BTreeMap<_, _> = schemas.collect();
    let openapi = Document::new(schema::OPENAPI_MEDIA_TYPE, &schema::openapi(service)?);
    let asyncapi = Document::new(schema::ASYNCAPI_MEDIA_TYPE, &schema::asyncapi(service)?);
    made.insert(OPENAPI.to_owned(), openapi);
    made.insert(ASYNCAPI.to_owned(), asyncapi);
    Ok(made)
}

impl Document {
    fn new(media_type: &'static str, document: &Value) -> Self {
        let text = document.to_string();
        let digest = Sha256::digest(text.as_bytes());
        let tag: String = digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            media_type,
            tag: format!("\"{tag}\""),
            text: text.into(),
        }
    }

    /// Whether the client has it already.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let known = headers.get_all(header::IF_NONE_MATCH).iter();
        known
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.tag)
    }
}
