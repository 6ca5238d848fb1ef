//! Update documents: the envelope of every notification.

use finesse_protocol::{Data, Source, Update, UpdateEvent};
use pretty_assertions::assert_eq;

fn update_with(data: &str) -> Update {
    let xml = format!(
        "<Update><data>{data}</data><event>PUT</event><requestId/>\
         <source>/finesse/api/Team/5107/Users</source></Update>"
    );
    Update::parse(&xml).unwrap()
}

#[test]
fn the_event_is_read_in_any_casing() {
    for (word, event) in [
        ("PUT", UpdateEvent::Put),
        ("put", UpdateEvent::Put),
        ("Post", UpdateEvent::Post),
        ("delete", UpdateEvent::Delete),
        ("PATCH", UpdateEvent::Other("PATCH".into())),
    ] {
        let xml = format!("<Update><event> {word}\n</event></Update>");
        assert_eq!(Update::parse(&xml).unwrap().event, event);
    }
}

#[test]
fn an_update_may_say_nothing() {
    assert_eq!(
        Update::parse("<Update/>").unwrap(),
        Update {
            event: UpdateEvent::Other("".into()),
            request_id: String::new(),
            source: Source::Other(String::new()),
            data: Data::Empty,
        }
    );
}

#[test]
fn each_object_is_known_in_both_casings() {
    for (name, kind) in [
        ("user", "User"),
        ("User", "User"),
        ("dialog", "Dialog"),
        ("Dialog", "Dialog"),
        ("dialogs", "Dialogs"),
        ("Dialogs", "Dialogs"),
        ("team", "Team"),
        ("Team", "Team"),
        ("queue", "Queue"),
        ("Queue", "Queue"),
        ("queues", "Queues"),
        ("Queues", "Queues"),
        ("systemInfo", "SystemInfo"),
        ("SystemInfo", "SystemInfo"),
        ("apiErrors", "Errors"),
        ("ApiErrors", "Errors"),
    ] {
        assert_eq!(
            kind_of(&update_with(&format!("<{name}></{name}>")).data),
            kind
        );
        assert_eq!(kind_of(&update_with(&format!("<{name}/>")).data), kind);
    }
}

fn kind_of(data: &Data) -> String {
    let text = format!("{data:?}");
    text.split('(').next().unwrap().to_owned()
}

#[test]
fn a_removed_object_leaves_empty_data() {
    assert_eq!(update_with("").data, Data::Empty);
    assert_eq!(update_with("\n  ").data, Data::Empty);
}

#[test]
fn an_object_nobody_knows_is_named() {
    let update = update_with("<media><id>5001</id></media>");
    assert_eq!(update.data, Data::Unknown("media".into()));
}

#[test]
fn a_team_member_comes_as_a_user() {
    let update = update_with("<user><loginId>41033</loginId><state>READY</state></user>");
    assert_eq!(update.source, Source::Team("5107".into()));
    let Data::User(user) = update.data else {
        panic!("not a user");
    };
    assert_eq!(user.login_id, "41033");
    assert_eq!(user.state.as_str(), "READY");
}

#[test]
fn queues_come_in_a_list() {
    let update = update_with("<Queues><Queue><name>Retail_Voice</name></Queue></Queues>");
    let Data::Queues(queues) = update.data else {
        panic!("not queues");
    };
    assert_eq!(queues.len(), 1);
    assert_eq!(queues[0].name, "Retail_Voice");
}

#[test]
fn addresses_are_read_and_printed() {
    for (uri, source) in [
        ("/finesse/api/User/41027", Source::User("41027".into())),
        (
            "/finesse/api/User/41027/Dialogs",
            Source::UserDialogs("41027".into()),
        ),
        (
            "/finesse/api/User/41027/Queues",
            Source::UserQueues("41027".into()),
        ),
        (
            "/finesse/api/Dialog/33561207",
            Source::Dialog("33561207".into()),
        ),
        ("/finesse/api/Team/5107", Source::Team("5107".into())),
        ("/finesse/api/Queue/5240", Source::Queue("5240".into())),
        ("/finesse/api/SystemInfo", Source::SystemInfo),
    ] {
        assert_eq!(source.to_uri(), uri);
        assert_eq!(Source::from_uri(uri), source);
        assert_eq!(Source::from_uri(&format!("{uri}/")), source);
        assert_eq!(Source::from_uri(&uri[1..]), source);
        let whole = format!("https://fin-a.acme.test:8445{uri}");
        assert_eq!(Source::from_uri(&whole), source);
    }
}

#[test]
fn a_node_of_team_members_means_the_team() {
    let source = Source::from_uri("/finesse/api/Team/5107/Users");
    assert_eq!(source, Source::Team("5107".into()));
}

#[test]
fn other_addresses_are_kept() {
    for uri in [
        "",
        "/",
        "/finesse/api/",
        "/finesse/api/User",
        "/finesse/api/User//Dialogs",
        "/finesse/api/User/41027/Media",
        "/finesse/api/User/41027/Dialogs/Media",
        "/finesse/api/Dialog/1/2",
        "/finesse/api/SystemInfo/1",
    ] {
        assert_eq!(Source::from_uri(uri), Source::Other(uri.into()));
        assert_eq!(Source::from_uri(uri).to_uri(), uri);
    }
}
