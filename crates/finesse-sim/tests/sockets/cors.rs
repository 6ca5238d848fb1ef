//! Pages of other origins.

use hyper::{HeaderMap, Method, Request};
use pretty_assertions::assert_eq;

use crate::desk::{Desk, LAYLA, simulator};

const ORIGIN: &str = "https://crm.example.org";

async fn send(
    desk: &Desk,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, HeaderMap) {
    let port = if path.starts_with("/finesse") {
        desk.node.https.port()
    } else {
        desk.node.legacy.port()
    };
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://127.0.0.1:{port}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = desk
        .https
        .request(request.body(String::new().into()).unwrap())
        .await;
    let (parts, _) = answer.unwrap().into_parts();
    (parts.status.as_u16(), parts.headers)
}

#[tokio::test]
async fn a_browser_may_ask_first_and_is_told_what_is_allowed() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    for path in ["/finesse/api/User/41027", "/http-bind/"] {
        let asks = [
            ("origin", ORIGIN),
            ("access-control-request-method", "PUT"),
            (
                "access-control-request-headers",
                "authorization,content-type,requestid,range",
            ),
        ];
        let (status, headers) = send(&desk, Method::OPTIONS, path, &asks).await;
        assert_eq!(status, 200, "{path}");
        for (name, value) in [
            ("access-control-allow-origin", ORIGIN),
            ("access-control-allow-credentials", "true"),
            (
                "access-control-allow-methods",
                "GET, POST, PUT, DELETE, OPTIONS",
            ),
            (
                "access-control-allow-headers",
                "Authorization, Content-Type, requestId, Range",
            ),
            ("vary", "Origin"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
    }
}

#[tokio::test]
async fn answers_may_be_read_by_the_page_that_asked_even_when_they_refuse() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    for (path, expected) in [
        ("/finesse/api/SystemInfo", 200),
        ("/finesse/api/User/41027", 401),
    ] {
        let (status, headers) = send(&desk, Method::GET, path, &[("origin", ORIGIN)]).await;
        assert_eq!(status, expected);
        assert_eq!(headers["access-control-allow-origin"], ORIGIN);
        assert_eq!(headers["access-control-allow-credentials"], "true");
    }
}

#[tokio::test]
async fn a_program_gets_no_such_headers() {
    let simulator = simulator().await;
    let desk = Desk::new(&simulator, LAYLA);
    let (status, headers) = send(&desk, Method::GET, "/finesse/api/SystemInfo", &[]).await;
    assert_eq!(status, 200);
    assert!(!headers.contains_key("access-control-allow-origin"));
    let (status, _) = send(&desk, Method::OPTIONS, "/finesse/api/SystemInfo", &[]).await;
    assert_ne!(status, 200);
}
