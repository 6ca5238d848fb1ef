//! Method, path, range and body of every request.

use finesse_protocol::{
    Action, CallVariable, Method, MobileMode, ReasonCategory, Request, Service, UserState,
};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

struct Wire {
    method: Method,
    path: &'static str,
    name: &'static str,
    body: Option<&'static str>,
}

fn assert_wire(request: &Request, wire: &Wire) {
    assert_eq!(request.method(), wire.method, "{request:?}");
    assert_eq!(request.path(), wire.path, "{request:?}");
    assert_eq!(request.name(), wire.name, "{request:?}");
    assert_eq!(request.body().as_deref(), wire.body, "{request:?}");
    assert_eq!(request.is_read(), wire.body.is_none(), "{request:?}");
}

fn user() -> String {
    "41027".into()
}

fn variables() -> Vec<CallVariable> {
    let variable = |name: &str, value: &str| CallVariable {
        name: name.into(),
        value: value.into(),
    };
    vec![
        variable("callVariable4", "ref 8812"),
        variable("user.acct.ref", "PK-7731 <&>"),
    ]
}

#[test]
fn reads_have_a_path_and_no_body() {
    let team = |include_logged_out| Request::Team {
        team: "5107".into(),
        include_logged_out,
    };
    let reasons = |category| Request::ReasonCodes {
        user: user(),
        category,
    };
    let books = Request::PhoneBooks {
        user: user(),
        range: Some((1, 1500)),
    };
    for (request, path, name) in [
        (Request::SystemInfo, "/SystemInfo", "SystemInfo"),
        (Request::User { user: user() }, "/User/41027", "User"),
        (
            Request::Dialogs { user: user() },
            "/User/41027/Dialogs",
            "Dialogs",
        ),
        (
            Request::Dialog {
                dialog: "33561207".into(),
            },
            "/Dialog/33561207",
            "Dialog",
        ),
        (
            reasons(ReasonCategory::NotReady),
            "/User/41027/ReasonCodes?category=NOT_READY",
            "ReasonCodes",
        ),
        (
            reasons(ReasonCategory::Logout),
            "/User/41027/ReasonCodes?category=LOGOUT",
            "ReasonCodes",
        ),
        (
            Request::WrapUpReasons { user: user() },
            "/User/41027/WrapUpReasons",
            "WrapUpReasons",
        ),
        (team(None), "/Team/5107", "Team"),
        (
            team(Some(true)),
            "/Team/5107?includeLoggedOutAgents=true",
            "Team",
        ),
        (
            team(Some(false)),
            "/Team/5107?includeLoggedOutAgents=false",
            "Team",
        ),
        (
            Request::Queues { user: user() },
            "/User/41027/Queues",
            "Queues",
        ),
        (
            Request::Queue {
                queue: "5240".into(),
            },
            "/Queue/5240",
            "Queue",
        ),
        (books, "/User/41027/PhoneBooks", "PhoneBooks"),
        (
            Request::TeamPhoneBooks {
                team: "5107".into(),
                range: None,
            },
            "/TeamResource/5107/PhoneBooks",
            "TeamPhoneBooks",
        ),
    ] {
        let wire = Wire {
            method: Method::Get,
            path,
            name,
            body: None,
        };
        assert_wire(&request, &wire);
        assert!(!request.is_call_control());
        assert_eq!(request.service(), Service::Finesse);
    }
}

#[test]
fn administrators_read_everything() {
    for (request, path, name) in [
        (Request::Users, "/Users", "Users"),
        (Request::AllPhoneBooks, "/PhoneBooks", "AllPhoneBooks"),
        (
            Request::TeamBooks {
                team: "5107".into(),
            },
            "/Team/5107/PhoneBooks",
            "TeamBooks",
        ),
        (contacts(None), "/PhoneBook/2/Contacts", "Contacts"),
    ] {
        let wire = Wire {
            method: Method::Get,
            path,
            name,
            body: None,
        };
        assert_wire(&request, &wire);
        assert_eq!(request.service(), Service::Finesse);
        assert_eq!(request.service().prefix(), "/finesse/api");
    }
}

fn contacts(range: Option<(u32, u32)>) -> Request {
    Request::PhoneBookContacts {
        phonebook: "2".into(),
        range,
    }
}

#[test]
fn unified_cce_is_asked_for_pages() {
    let (start, count) = (0, 25);
    for (request, path, name) in [
        (
            Request::SkillGroups { start, count },
            "/skillgroup?startIndex=0&resultsPerPage=25&summary=true",
            "SkillGroups",
        ),
        (
            Request::Supervisors {
                start: 25,
                count: 100,
            },
            "/agent?startIndex=25&resultsPerPage=100&summary=true&q=supervisor:true",
            "Supervisors",
        ),
    ] {
        let wire = Wire {
            method: Method::Get,
            path,
            name,
            body: None,
        };
        assert_wire(&request, &wire);
        assert_eq!(request.service(), Service::UnifiedConfig);
        assert_eq!(request.service().prefix(), "/unifiedconfig/config");
    }
}

#[test]
fn only_lists_of_contacts_have_a_range() {
    let range = Some((1, 1500));
    let books = |range| Request::PhoneBooks {
        user: user(),
        range,
    };
    let team = Request::TeamPhoneBooks {
        team: "5107".into(),
        range,
    };
    for request in [books(range), team, contacts(range)] {
        assert_eq!(request.range().as_deref(), Some("objects=1-1500"));
    }
    for request in [
        books(None),
        contacts(None),
        Request::SystemInfo,
        Request::AllPhoneBooks,
    ] {
        assert_eq!(request.range(), None);
    }
}

#[test]
fn users_sign_in_and_change_state() {
    let login = |mobile| Request::Login {
        user: user(),
        extension: "6127".into(),
        mobile,
    };
    let state = |state, reason: Option<&str>| Request::ChangeState {
        user: user(),
        state,
        reason_code_id: reason.map(Into::into),
    };
    for (request, name, body) in [
        (
            login(None),
            "LOGIN",
            "<User><state>LOGIN</state><extension>6127</extension></User>",
        ),
        (
            login(Some((MobileMode::CallByCall, "03215550100".into()))),
            "LOGIN",
            "<User><state>LOGIN</state><extension>6127</extension><mobileAgent>\
             <mode>CALL_BY_CALL</mode><dialNumber>03215550100</dialNumber></mobileAgent></User>",
        ),
        (
            login(Some((MobileMode::NailedConnection, "03215550100".into()))),
            "LOGIN",
            "<User><state>LOGIN</state><extension>6127</extension><mobileAgent>\
             <mode>NAILED_CONNECTION</mode><dialNumber>03215550100</dialNumber></mobileAgent></User>",
        ),
        (
            state(UserState::Ready, None),
            "CHANGE_STATE",
            "<User><state>READY</state></User>",
        ),
        (
            state(UserState::NotReady, Some("9")),
            "CHANGE_STATE",
            "<User><state>NOT_READY</state><reasonCodeId>9</reasonCodeId></User>",
        ),
        (
            state(UserState::Logout, Some("4")),
            "CHANGE_STATE",
            "<User><state>LOGOUT</state><reasonCodeId>4</reasonCodeId></User>",
        ),
        (
            state(UserState::WorkReady, None),
            "CHANGE_STATE",
            "<User><state>WORK_READY</state></User>",
        ),
    ] {
        let wire = Wire {
            method: Method::Put,
            path: "/User/41027",
            name,
            body: Some(body),
        };
        assert_wire(&request, &wire);
        assert!(!request.is_call_control());
    }
}

#[test]
fn calls_are_created_under_the_user() {
    let call = |variables| Request::MakeCall {
        user: user(),
        from: "6127".into(),
        to: "6133".into(),
        variables,
    };
    let monitor = Request::SilentMonitor {
        user: user(),
        from: "6190".into(),
        to: "6127".into(),
    };
    let barge = Request::Barge {
        user: user(),
        from: "6190".into(),
        to: "6127".into(),
        monitor_dialog: "33561230".into(),
    };
    for (request, name, body) in [
        (
            call(vec![]),
            "MAKE_CALL",
            "<Dialog><requestedAction>MAKE_CALL</requestedAction>\
             <fromAddress>6127</fromAddress><toAddress>6133</toAddress></Dialog>",
        ),
        (
            call(variables()),
            "MAKE_CALL",
            "<Dialog><requestedAction>MAKE_CALL</requestedAction>\
             <fromAddress>6127</fromAddress><toAddress>6133</toAddress>\
             <mediaProperties><callvariables>\
             <CallVariable><name>callVariable4</name><value>ref 8812</value></CallVariable>\
             <CallVariable><name>user.acct.ref</name><value>PK-7731 &lt;&amp;&gt;</value></CallVariable>\
             </callvariables></mediaProperties></Dialog>",
        ),
        (
            monitor,
            "SILENT_MONITOR",
            "<Dialog><requestedAction>SILENT_MONITOR</requestedAction>\
             <fromAddress>6190</fromAddress><toAddress>6127</toAddress></Dialog>",
        ),
        (
            barge,
            "BARGE_CALL",
            "<Dialog><requestedAction>BARGE_CALL</requestedAction>\
             <fromAddress>6190</fromAddress><toAddress>6127</toAddress>\
             <associatedDialogUri>/finesse/api/Dialog/33561230</associatedDialogUri></Dialog>",
        ),
    ] {
        let wire = Wire {
            method: Method::Post,
            path: "/User/41027/Dialogs",
            name,
            body: Some(body),
        };
        assert_wire(&request, &wire);
        assert!(request.is_call_control());
    }
}

#[test]
fn plain_actions_name_the_device() {
    for (action, word) in [
        (Action::Answer, "ANSWER"),
        (Action::Hold, "HOLD"),
        (Action::Retrieve, "RETRIEVE"),
        (Action::Drop, "DROP"),
        (Action::Transfer, "TRANSFER"),
        (Action::Conference, "CONFERENCE"),
        (Action::DropParticipant, "PARTICIPANT_DROP"),
        (Action::Accept, "ACCEPT"),
        (Action::Reject, "REJECT"),
        (Action::Close, "CLOSE"),
        (Action::CancelScheduledCallback, "CANCEL_SCHEDULED_CALLBACK"),
        (Action::StartRecording, "START_RECORDING"),
    ] {
        let request = act(action);
        let body = format!(
            "<Dialog><requestedAction>{word}</requestedAction>\
             <targetMediaAddress>6127</targetMediaAddress></Dialog>"
        );
        assert_eq!(request.method(), Method::Put);
        assert_eq!(request.path(), "/Dialog/33561207");
        assert_eq!(request.name(), word);
        assert_eq!(request.body(), Some(body));
        assert!(request.is_call_control());
    }
}

fn act(action: Action) -> Request {
    Request::Act {
        dialog: "33561207".into(),
        extension: "6127".into(),
        action,
    }
}

#[test]
fn actions_carry_their_numbers_and_parameters() {
    let callback = |time: Option<&str>, number: Option<&str>| Action::UpdateScheduledCallback {
        time: time.map(Into::into),
        number: number.map(Into::into),
    };
    for (action, word, rest) in [
        (
            Action::Consult { to: "6133".into() },
            "CONSULT_CALL",
            "<toAddress>6133</toAddress><targetMediaAddress>6127</targetMediaAddress>",
        ),
        (
            Action::SingleStepTransfer { to: "7810".into() },
            "TRANSFER_SST",
            "<toAddress>7810</toAddress><targetMediaAddress>6127</targetMediaAddress>",
        ),
        (
            Action::SendDtmf {
                digits: "42#".into(),
            },
            "SEND_DTMF",
            "<targetMediaAddress>6127</targetMediaAddress><actionParams><ActionParam>\
             <name>dtmfString</name><value>42#</value></ActionParam></actionParams>",
        ),
        (
            Action::Reclassify {
                classification: "FAX".into(),
            },
            "RECLASSIFY",
            "<targetMediaAddress>6127</targetMediaAddress><actionParams><ActionParam>\
             <name>outboundClassification</name><value>FAX</value></ActionParam></actionParams>",
        ),
        (
            callback(Some("2024-05-03T10:30"), Some("03005550142")),
            "UPDATE_SCHEDULED_CALLBACK",
            "<targetMediaAddress>6127</targetMediaAddress><actionParams><ActionParam>\
             <name>callbackTime</name><value>2024-05-03T10:30</value></ActionParam><ActionParam>\
             <name>callbackNumber</name><value>03005550142</value></ActionParam></actionParams>",
        ),
        (
            callback(None, Some("03005550142")),
            "UPDATE_SCHEDULED_CALLBACK",
            "<targetMediaAddress>6127</targetMediaAddress><actionParams><ActionParam>\
             <name>callbackNumber</name><value>03005550142</value></ActionParam></actionParams>",
        ),
        (
            callback(None, None),
            "UPDATE_SCHEDULED_CALLBACK",
            "<targetMediaAddress>6127</targetMediaAddress>",
        ),
    ] {
        let request = act(action);
        let body = format!("<Dialog><requestedAction>{word}</requestedAction>{rest}</Dialog>");
        assert_eq!(request.name(), word);
        assert_eq!(request.body(), Some(body));
    }
}

#[test]
fn call_data_names_no_device() {
    let wrap_up = Request::UpdateWrapUp {
        dialog: "33561207".into(),
        label: "Order placed".into(),
    };
    let items = Request::UpdateWrapUpItems {
        dialog: "33561207".into(),
        labels: vec!["Order placed".into(), "Refund, <late>".into()],
    };
    let update = Request::UpdateVariables {
        dialog: "33561207".into(),
        variables: variables(),
    };
    for (request, name, body) in [
        (
            wrap_up,
            "UPDATE_WRAP_UP",
            "<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction>\
             <mediaProperties><wrapUpReason>Order placed</wrapUpReason></mediaProperties></Dialog>",
        ),
        (
            items,
            "UPDATE_WRAP_UP_ITEMS",
            "<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction>\
             <mediaProperties><wrapUpItems><wrapUpItem>Order placed</wrapUpItem>\
             <wrapUpItem>Refund, &lt;late&gt;</wrapUpItem></wrapUpItems></mediaProperties></Dialog>",
        ),
        (
            update,
            "UPDATE_CALL_DATA",
            "<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction>\
             <mediaProperties><callvariables>\
             <CallVariable><name>callVariable4</name><value>ref 8812</value></CallVariable>\
             <CallVariable><name>user.acct.ref</name><value>PK-7731 &lt;&amp;&gt;</value></CallVariable>\
             </callvariables></mediaProperties></Dialog>",
        ),
    ] {
        let wire = Wire {
            method: Method::Put,
            path: "/Dialog/33561207",
            name,
            body: Some(body),
        };
        assert_wire(&request, &wire);
        assert!(!request.is_call_control());
    }
}

#[test]
fn an_id_stays_one_segment_of_the_path() {
    for (id, path) in [
        ("../Dialog/1", "/User/..%2FDialog%2F1/Dialogs"),
        ("..", "/User/%252E%252E/Dialogs"),
        (".", "/User/%252E/Dialogs"),
        ("a?b#c", "/User/a%3Fb%23c/Dialogs"),
        ("a%2Fb", "/User/a%252Fb/Dialogs"),
        ("a;b=c", "/User/a%3Bb%3Dc/Dialogs"),
        ("a\r\nb", "/User/a%0D%0Ab/Dialogs"),
        ("zoë.k_1-2~", "/User/zo%C3%AB.k_1-2~/Dialogs"),
    ] {
        let request = Request::Dialogs { user: id.into() };
        assert_eq!(request.path(), path);
    }
}

#[test]
fn a_value_cannot_leave_its_element() {
    let login = Request::Login {
        user: user(),
        extension: "6127</extension><state>LOGOUT".into(),
        mobile: None,
    };
    assert_eq!(
        login.body().unwrap(),
        "<User><state>LOGIN</state>\
         <extension>6127&lt;/extension&gt;&lt;state&gt;LOGOUT</extension></User>"
    );
    let barge = Request::Barge {
        user: user(),
        from: "6190".into(),
        to: "6127".into(),
        monitor_dialog: "../User/1<".into(),
    };
    let body = barge.body().unwrap();
    assert!(body.contains("<associatedDialogUri>/finesse/api/Dialog/..%2FUser%2F1%3C</assoc"));
}

#[test]
fn characters_that_xml_cannot_carry_are_left_out() {
    let wrap_up = Request::UpdateWrapUp {
        dialog: "1".into(),
        label: "a\0b\u{1}c\td\ne\rf\u{ffff}\"'".into(),
    };
    let body = wrap_up.body().unwrap();
    assert!(body.contains("<wrapUpReason>abc\td\ne&#13;f&quot;&apos;</wrapUpReason>"));
}

proptest! {
    #[test]
    fn any_variable_survives_being_written_and_read(value in "[^\\x00-\\x1f\\u{fffe}\\u{ffff}]*") {
        let request = Request::UpdateVariables {
            dialog: "1".into(),
            variables: vec![CallVariable { name: "callVariable1".into(), value: value.clone() }],
        };
        let dialog = finesse_protocol::Dialog::parse(&request.body().unwrap()).unwrap();
        prop_assert_eq!(&dialog.media_properties.call_variables[0].value, &value);
    }

    #[test]
    fn any_body_is_a_document_of_the_same_shape(text in any::<String>()) {
        let login = Request::Login {
            user: text.clone(),
            extension: text.clone(),
            mobile: Some((MobileMode::CallByCall, text.clone())),
        };
        let user = finesse_protocol::User::parse(&login.body().unwrap()).unwrap();
        prop_assert_eq!(user.state, UserState::Login);
        let monitor = Request::SilentMonitor { user: text.clone(), from: text.clone(), to: text };
        prop_assert!(finesse_protocol::Dialog::parse(&monitor.body().unwrap()).is_ok());
    }

    #[test]
    fn any_id_is_one_segment(id in ".+") {
        let path = Request::User { user: id }.path();
        let segment = path.strip_prefix("/User/").unwrap();
        prop_assert!(segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
        prop_assert!(!segment.bytes().all(|b| b == b'.') || segment.len() > 2);
    }
}
