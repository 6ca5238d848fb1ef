//! Phone books and contacts, in ranges and in whatever release's way.

use gc_core::{Cluster, Config};

use crate::harness::{Bench, Sent};

const NOTHING: [&str; 0] = [];

fn contacts(numbers: std::ops::Range<u32>) -> String {
    numbers
        .map(|n| {
            format!(
                "<Contact><firstName>Größe</firstName><lastName>{n}</lastName><phoneNumber>{n}</phoneNumber>\
                 <description>شعبہ</description><uri>/finesse/api/PhoneBook/2/Contact/{n}</uri></Contact>"
            )
        })
        .collect()
}

fn book(id: u32, kind: &str, contacts: &str) -> String {
    format!(
        "<PhoneBook><name>Book {id}</name><type>{kind}</type><uri>/finesse/api/PhoneBook/{id}</uri>\
         <Contacts>{contacts}</Contacts></PhoneBook>"
    )
}

fn books(books: &[String]) -> String {
    format!("<PhoneBooks>{}</PhoneBooks>", books.concat())
}

fn range(sent: &Sent) -> String {
    sent.request.range().unwrap()
}

fn small_pages() -> Bench {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster {
            contacts_per_read: 100,
            ..Cluster::of_nodes(1)
        }],
        ..Config::default()
    });
    bench.login("desk-1", "41027");
    bench
}

#[test]
fn books_for_everybody_and_for_the_team_are_listed() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetPhonebooks#41027", "");
    let read = bench.request("GET /User/41027/PhoneBooks");
    assert_eq!(range(&read), "objects=1-6000");
    bench.answer_xml(&read, &books(&[book(2, "GLOBAL", ""), book(7, "TEAM", "")]));
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(
        bench.told_json("desk-1")[0]["phoneBooks"],
        serde_json::json!([
            {"name": "Book 2", "type": "GLOBAL", "id": "2"},
            {"name": "Book 7", "type": "TEAM", "id": "7"}
        ])
    );
}

#[test]
fn a_book_that_is_cut_goes_on_with_the_next_range() {
    let mut bench = small_pages();
    let ticket = bench.send("desk-1", "GetPhonebookContacts#41027", "2");
    let first = bench.request("GET /User/41027/PhoneBooks");
    assert_eq!(range(&first), "objects=1-100");
    let xml = books(&[book(2, "GLOBAL", &contacts(1..101))]);
    bench.answer_status(&first, 206, &xml);
    let second = bench.request("GET /User/41027/PhoneBooks");
    assert_eq!(range(&second), "objects=101-200");
    bench.answer_xml(&second, &books(&[book(2, "GLOBAL", &contacts(101..151))]));
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    let all = told[0]["contacts"].as_array().unwrap();
    assert_eq!(all.len(), 150);
    assert_eq!(all[149]["id"], "150");
    assert_eq!(all[0]["firstName"], "Größe");
    assert_eq!(all[0]["description"], "شعبہ");
}

#[test]
fn six_thousand_contacts_come_in_one_event() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    bench.send("desk-1", "GetPhonebookContacts#41027", "2");
    let read = bench.request("GET /User/41027/PhoneBooks");
    bench.answer_xml(&read, &books(&[book(2, "GLOBAL", &contacts(1..6001))]));
    assert_eq!(
        bench.told_json("desk-1")[0]["contacts"]
            .as_array()
            .unwrap()
            .len(),
        6000
    );
}

#[test]
fn an_older_release_is_asked_again_in_its_own_range() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetPhonebooks#41027", "");
    let read = bench.request("GET /User/41027/PhoneBooks");
    bench.fault(&read, 416);
    let again = bench.request("GET /User/41027/PhoneBooks");
    assert_eq!(range(&again), "objects=1-1500");
    bench.answer_xml(&again, &books(&[book(2, "GLOBAL", "")]));
    assert_eq!(bench.result(ticket), "done");
}

#[test]
fn a_list_that_finesse_gives_only_in_part_is_said_to_be_cut() {
    let mut bench = small_pages();
    let ticket = bench.send("desk-1", "GetPhonebookContacts#41027", "2");
    let first = bench.request("GET /User/41027/PhoneBooks");
    let xml = books(&[book(2, "GLOBAL", &contacts(1..101))]);
    bench.answer_status(&first, 206, &xml);
    let second = bench.request("GET /User/41027/PhoneBooks");
    bench.fault(&second, 416);
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["contacts"].as_array().unwrap().len(), 100);
    assert_eq!(
        told[1]["message"],
        "Finesse gives no more than 100 contacts: the list was cut"
    );
}

#[test]
fn an_administrator_reads_the_book_that_an_agent_is_given_only_in_part() {
    let mut bench = Bench::with(Config {
        clusters: vec![Cluster {
            contacts_per_read: 100,
            administrator: Some("administrator".into()),
            ..Cluster::of_nodes(1)
        }],
        ..Config::default()
    });
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetPhonebookContacts#41027", "2");
    let first = bench.request("GET /User/41027/PhoneBooks");
    let xml = books(&[book(2, "GLOBAL", &contacts(1..101))]);
    bench.answer_status(&first, 206, &xml);
    let second = bench.request("GET /User/41027/PhoneBooks");
    bench.fault(&second, 416);
    let whole = bench.request("GET /PhoneBook/2/Contacts");
    assert_eq!(range(&whole), "objects=1-100");
    bench.answer_xml(
        &whole,
        &format!("<Contacts>{}</Contacts>", contacts(1..103)),
    );
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["contacts"].as_array().unwrap().len(), 102);
}

#[test]
fn a_teams_books_are_those_that_are_not_for_everybody() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetTeamPhonebooks#41027", "5107");
    let read = bench.request("GET /TeamResource/5107/PhoneBooks");
    bench.answer_xml(&read, &books(&[book(2, "GLOBAL", ""), book(7, "TEAM", "")]));
    assert_eq!(bench.result(ticket), "done");
    let told = bench.told_json("desk-1");
    assert_eq!(told[0]["type"], "Team PhoneBook");
    assert_eq!(told[0]["phoneBooks"].as_array().unwrap().len(), 1);
}

#[test]
fn a_release_without_team_resources_lists_the_own_teams_books_among_the_users() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetTeamPhonebooks#41027", "5107");
    let read = bench.request("GET /TeamResource/5107/PhoneBooks");
    bench.fault(&read, 404);
    let again = bench.request("GET /User/41027/PhoneBooks");
    bench.answer_xml(
        &again,
        &books(&[book(2, "GLOBAL", ""), book(7, "TEAM", "")]),
    );
    assert_eq!(bench.result(ticket), "done");
    assert_eq!(bench.told("desk-1"), ["Team PhoneBook"]);
    let foreign = bench.send("desk-1", "GetTeamPhonebooks#41027", "5999");
    let read = bench.request("GET /TeamResource/5999/PhoneBooks");
    bench.fault(&read, 404);
    assert_eq!(bench.result(foreign), "failed NOT_FOUND");
}

#[test]
fn no_data_has_a_message_of_its_own() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    for (command, body, path) in [
        (
            "GetTeamPhonebooks",
            "5107",
            "GET /TeamResource/5107/PhoneBooks",
        ),
        ("GetPhonebookContacts", "2", "GET /User/41027/PhoneBooks"),
    ] {
        let ticket = bench.send("desk-1", &format!("{command}#41027"), body);
        let read = bench.request(path);
        bench.answer_xml(&read, &books(&[book(2, "GLOBAL", "")]));
        assert_eq!(bench.result(ticket), "done");
        assert_eq!(
            bench.told("desk-1"),
            ["callback callback scheduled (No data found)"]
        );
    }
}

#[test]
fn a_book_that_the_agent_does_not_have_is_not_found() {
    let mut bench = Bench::new();
    bench.login("desk-1", "41027");
    let ticket = bench.send("desk-1", "GetPhonebookContacts#41027", "99");
    let read = bench.request("GET /User/41027/PhoneBooks");
    bench.answer_xml(&read, &books(&[book(2, "GLOBAL", "")]));
    assert_eq!(bench.result(ticket), "failed NOT_FOUND");
    assert_eq!(bench.requests(), NOTHING);
}
