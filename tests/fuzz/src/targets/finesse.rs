//! What Finesse sends: documents, notifications, streams, answers.

use std::sync::LazyLock;

use finesse_protocol::{
    ConfigAgent, ConfigSkillGroup, Contact, Dialog, PhoneBook, Queue, ReasonCategory, ReasonCode,
    Request, SystemInfo, Team, Update, User, WrapUpReason, notification_texts, parse_api_errors,
    read_document,
};
use gc_core::Config;
use gc_core::replay::Replay;
use gc_protocol::{Printer, Style};

/// Any document, read as every kind of document.
pub fn xml(bytes: &[u8]) {
    let Ok(xml) = str::from_utf8(bytes) else {
        return;
    };
    let _ = Update::parse(xml);
    let _ = User::parse(xml);
    let _ = User::parse_list(xml);
    let _ = Dialog::parse(xml);
    let _ = Dialog::parse_list(xml);
    let _ = Team::parse(xml);
    let _ = Queue::parse(xml);
    let _ = Queue::parse_list(xml);
    let _ = ReasonCode::parse_list(xml);
    let _ = WrapUpReason::parse_list(xml);
    let _ = PhoneBook::parse_list(xml);
    let _ = Contact::parse_list(xml);
    let _ = SystemInfo::parse(xml);
    let _ = ConfigSkillGroup::parse_page(xml);
    let _ = ConfigAgent::parse_page(xml);
    let _ = parse_api_errors(xml);
    let _ = notification_texts(xml);
    let _ = read_document(xml);
}

static PRINTER: LazyLock<Printer> = LazyLock::new(|| Printer::new(&Style::default()).unwrap());

/// A notification, on through the core to the events that it gives: each must be JSON.
pub fn update(bytes: &[u8]) {
    let Ok(Ok(update)) = str::from_utf8(bytes).map(Update::parse) else {
        return;
    };
    let mut replay = Replay::new("41027".into(), Some("6127".into()), Config::default());
    let again = update.clone();
    for event in [update, again]
        .into_iter()
        .flat_map(|update| replay.apply(update))
    {
        let printed = PRINTER.print(&event);
        let read: Result<serde_json::Value, _> = serde_json::from_str(&printed);
        assert!(read.is_ok(), "an event that is no JSON: {printed}");
    }
}

/// A stream of stanzas; cut anywhere, what comes before the cut is read as before.
pub fn xmpp_stream(bytes: &[u8]) {
    let (whole, _) = finesse_client::fuzzing::stream(bytes);
    let (part, _) = finesse_client::fuzzing::stream(&bytes[..bytes.len() / 2]);
    assert_eq!(
        whole[..part.len()],
        part,
        "a cut changed what was before it"
    );
}

/// A server's WebSocket frames, and the stream inside.
pub fn xmpp_websocket(bytes: &[u8]) {
    if let Some(stream) = finesse_client::fuzzing::websocket(bytes) {
        assert!(
            stream.len() <= bytes.len() * 2 + 4_096,
            "a stream that grows"
        );
        xmpp_stream(&stream);
    }
}

/// An answer to every kind of request; its first byte chooses the status.
pub fn rest_answer(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    let statuses = [200, 202, 204, 400, 401, 403, 404, 500, 503, 999];
    let status = statuses[usize::from(*choice) % statuses.len()];
    for request in requests() {
        let _ = request.decode(status, body);
    }
}

fn requests() -> Vec<Request> {
    let user = || "41027".to_owned();
    vec![
        Request::SystemInfo,
        Request::User { user: user() },
        Request::Users,
        Request::Dialogs { user: user() },
        Request::Dialog {
            dialog: "207".into(),
        },
        Request::ReasonCodes {
            user: user(),
            category: ReasonCategory::NotReady,
        },
        Request::WrapUpReasons { user: user() },
        Request::Team {
            team: "5107".into(),
            include_logged_out: None,
        },
        Request::Queues { user: user() },
        Request::Queue {
            queue: "301".into(),
        },
        Request::PhoneBooks {
            user: user(),
            range: None,
        },
        Request::AllPhoneBooks,
        Request::PhoneBookContacts {
            phonebook: "1".into(),
            range: None,
        },
        Request::SkillGroups {
            start: 0,
            count: 25,
        },
        Request::Supervisors {
            start: 0,
            count: 25,
        },
        Request::MakeCall {
            user: user(),
            from: "6127".into(),
            to: "6133".into(),
            variables: Vec::new(),
        },
    ]
}
