//! Promises of the call recorder's caller.

use std::io::Write;
use std::time::Duration;

use gc_protocol::Secret;
use gc_server::config::{self, RecorderMethod};
use gc_server::recorder::{Recorder, RecorderError, Recording, Wish};
use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::{Receiver, soon};

const LAYLA: Recording<'static> = Recording {
    agent_id: "41027",
    extension: "6127",
    dialog_id: "33561207",
};

fn settings(origin: &str) -> config::Recorder {
    canaries::watch();
    let mut settings = config::Recorder::default();
    settings.pause.url = format!("{origin}/calls/{{dialogId}}/pause?agent={{agentId}}");
    settings.resume.url = format!("{origin}/calls/{{dialogId}}/resume?ext={{extension}}");
    settings.resume.method = RecorderMethod::Put;
    settings
}

fn recorder(settings: &config::Recorder) -> Recorder {
    Recorder::new(settings).unwrap().unwrap()
}

async fn pause(settings: &config::Recorder) -> Result<(), RecorderError> {
    soon(recorder(settings).tell(Wish::Pause, &LAYLA)).await
}

/// A recorder that reads one request and says one thing; what it read, once it has said it.
async fn scripted(answer: &'static str) -> (String, JoinHandle<(String, TcpStream)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut text = String::new();
        while !text.contains("\r\n\r\n") {
            let mut bytes = [0; 4096];
            let length = connection.read(&mut bytes).await.unwrap();
            text.push_str(str::from_utf8(&bytes[..length]).unwrap());
        }
        connection.write_all(answer.as_bytes()).await.unwrap();
        (text, connection)
    });
    (origin, heard)
}

#[tokio::test]
async fn it_is_told_exactly_this() {
    let agent = concat!("gc-server/", env!("CARGO_PKG_VERSION"));
    for (wish, line) in [
        (Wish::Pause, "POST /calls/33561207/pause?agent=41027"),
        (Wish::Resume, "PUT /calls/33561207/resume?ext=6127"),
    ] {
        let (origin, heard) = scripted("HTTP/1.1 204 No Content\r\n\r\n").await;
        let recorder = recorder(&settings(&origin));
        assert_eq!(soon(recorder.tell(wish, &LAYLA)).await, Ok(()));
        let host = origin.trim_start_matches("http://");
        assert_eq!(
            soon(heard).await.unwrap().0,
            format!(
                "{line} HTTP/1.1\r\nhost: {host}\r\nuser-agent: {agent}\r\n\
                 connection: close\r\ncontent-length: 0\r\n\r\n"
            )
        );
    }
}

#[tokio::test]
async fn its_secret_is_a_password_with_a_user_and_a_token_without_one() {
    for (user, header) in [("gc", "Basic Z2M6YzRuYXJ5"), ("", "Bearer c4nary")] {
        let mut receiver = Receiver::answering(&[]).await;
        let mut settings = settings(&receiver.origin());
        settings.user = user.into();
        settings.secret = Secret::new("c4nary");
        assert_eq!(pause(&settings).await, Ok(()));
        assert_eq!(receiver.next().await.header("authorization"), header);
    }
}

#[tokio::test]
async fn its_secret_may_lie_in_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"c4nary\n").unwrap();
    let mut receiver = Receiver::answering(&[]).await;
    let mut settings = settings(&receiver.origin());
    settings.secret_file = file.path().to_str().unwrap().into();
    assert_eq!(pause(&settings).await, Ok(()));
    assert_eq!(
        receiver.next().await.header("authorization"),
        "Bearer c4nary"
    );
}

#[tokio::test]
async fn any_2xx_means_that_it_obeyed_and_nothing_else_does() {
    for status in [200, 201, 202, 204, 299] {
        let receiver = Receiver::answering(&[status]).await;
        assert_eq!(pause(&settings(&receiver.origin())).await, Ok(()));
    }
    for status in [302, 307, 401, 404, 409, 500, 503] {
        let mut receiver = Receiver::answering(&[status]).await;
        let told = pause(&settings(&receiver.origin())).await;
        assert_eq!(told, Err(RecorderError::Refused { status }));
        receiver.next().await;
        assert!(receiver.got.try_recv().is_err(), "told twice");
    }
}

#[tokio::test]
async fn what_it_answers_is_neither_waited_for_nor_shown() {
    let (origin, heard) =
        scripted("HTTP/1.1 500 Oops\r\ncontent-length: 104857600\r\n\r\ncanary").await;
    let told = pause(&settings(&origin)).await.unwrap_err();
    assert_eq!(told, RecorderError::Refused { status: 500 });
    assert!(!format!("{told} {told:?}").contains("c4nary"));
    drop(soon(heard).await.unwrap());
}

#[tokio::test]
async fn a_recorder_that_is_not_there_was_not_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let told = pause(&settings(&origin)).await;
    assert!(
        matches!(told, Err(RecorderError::NotSent { .. })),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_silent_recorder_may_have_been_told() {
    let (origin, _heard) = scripted("").await;
    let mut hasty = settings(&origin);
    hasty.timeout = Duration::from_millis(500);
    let told = pause(&hasty).await;
    assert!(matches!(told, Err(RecorderError::OutcomeUnknown { .. })));
}

#[tokio::test]
async fn a_recorder_that_breaks_off_may_have_been_told() {
    let (origin, heard) = scripted("HTTP/1.1 2").await;
    tokio::spawn(async move { drop(heard.await) });
    let told = pause(&settings(&origin)).await;
    assert!(matches!(told, Err(RecorderError::OutcomeUnknown { .. })));
}

#[tokio::test]
async fn a_call_without_the_id_it_needs_is_not_made() {
    let mut receiver = Receiver::answering(&[]).await;
    let idle = Recording {
        dialog_id: "",
        ..LAYLA
    };
    let recorder = recorder(&settings(&receiver.origin()));
    let told = soon(recorder.tell(Wish::Pause, &idle)).await;
    assert_eq!(told, Err(RecorderError::NoId { place: "dialogId" }));
    assert!(receiver.got.try_recv().is_err());
}

#[tokio::test]
async fn it_is_told_over_tls_if_its_certificate_is_trusted_and_else_not_at_all() {
    let (mut receiver, certificate) = Receiver::secured().await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(certificate.as_bytes()).unwrap();
    let origin = format!("https://localhost:{}", receiver.address.port());
    let mut trusting = settings(&origin);
    trusting.system_roots = false;
    trusting.secret = Secret::new("c4nary");
    let strangers = pause(&trusting).await;
    assert!(matches!(strangers, Err(RecorderError::NotSent { .. })));
    assert!(receiver.got.try_recv().is_err());
    trusting.ca_files = vec![file.path().to_str().unwrap().into()];
    assert_eq!(pause(&trusting).await, Ok(()));
    assert_eq!(
        receiver.next().await.header("authorization"),
        "Bearer c4nary"
    );
}

#[test]
fn without_addresses_there_is_no_recorder() {
    assert!(
        Recorder::new(&config::Recorder::default())
            .unwrap()
            .is_none()
    );
}

#[test]
fn what_cannot_be_used_is_refused_without_its_secret() {
    let mut header = settings("http://127.0.0.1:9");
    header.secret = Secret::new("c4nary\r\nx: y");
    let mut file = settings("http://127.0.0.1:9");
    file.secret_file = "/nonexistent".into();
    let mut address = settings("http://127.0.0.1:9");
    address.resume.url = "ftp://127.0.0.1/".into();
    for (settings, named) in [
        (header, "recorder.secret"),
        (file, "/nonexistent"),
        (address, "no http or https address"),
    ] {
        let error = Recorder::new(&settings).err().unwrap();
        assert!(error.to_string().contains(named), "{error}");
        assert!(!format!("{error} {error:?}").contains("c4nary"));
    }
}
