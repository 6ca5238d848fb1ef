//! Phone books, reasons and users: who gets which list, and how much of it.

use finesse_sim::site::{Contact, PhoneBook, Team};
use finesse_sim::{Product, Profile, Release, SimConfig, Simulator};
use hyper::StatusCode;
use pretty_assertions::assert_eq;

use crate::desk::{Desk, LAYLA, NADIA, OMAR, text_of};

/// Two global books of three and four contacts, one of the team with two, one of another team.
async fn simulator(release: Release) -> Simulator {
    let mut config = SimConfig::test().profile(Profile::new(Product::Ucce, release));
    config.site = config.site.with_contacts(4);
    config.site.teams.push(Team {
        id: "5108".to_owned(),
        name: "Retail_Green".to_owned(),
    });
    for (id, team) in [(4, "5107"), (5, "5108")] {
        config.site.phone_books.push(book(id, team));
    }
    Simulator::start(config).await.unwrap()
}

fn book(id: u32, team: &str) -> PhoneBook {
    let contact = |n: u32| Contact {
        id: 100 * id + n,
        first_name: format!("Team{id}"),
        last_name: n.to_string(),
        number: format!("64{id}{n}"),
        description: String::new(),
    };
    PhoneBook {
        id,
        name: format!("Book{id}"),
        team: Some(team.to_owned()),
        contacts: vec![contact(1), contact(2)],
    }
}

/// Book names and phone numbers in order of appearance.
fn outline(xml: &str) -> Vec<&str> {
    let lines = xml.lines().map(str::trim);
    let named = lines.filter_map(|line| {
        let text = line
            .strip_prefix("<name>")
            .or_else(|| line.strip_prefix("<phoneNumber>"))?;
        text.split('<').next()
    });
    named.collect()
}

const NEW: Release = Release::V12_6;
const USER: &str = "/User/41027/PhoneBooks";
const TEAM: &str = "/TeamResource/5107/PhoneBooks";

#[tokio::test]
async fn global_books_come_before_the_teams_and_all_contacts_fit_without_a_range() {
    let simulator = simulator(NEW).await;
    let layla = Desk::new(&simulator, LAYLA);
    for path in [USER, TEAM] {
        let answer = layla.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            outline(&answer.body),
            [
                "Branches",
                "6400",
                "6410",
                "03005550199",
                "Whole company",
                "03000000001",
                "03000000002",
                "03000000003",
                "03000000004",
                "Book4",
                "6441",
                "6442",
            ]
        );
    }
}

#[tokio::test]
async fn a_range_cuts_contacts_over_all_books_and_says_so() {
    let simulator = simulator(NEW).await;
    let layla = Desk::new(&simulator, LAYLA);
    let whole = layla.get_range(TEAM, "objects=1-9").await;
    assert_eq!(whole.status, StatusCode::OK);
    let first = layla.get_range(TEAM, "objects=1-2").await;
    assert_eq!(first.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        outline(&first.body),
        ["Branches", "6400", "6410", "Whole company", "Book4"]
    );
    let middle = layla.get_range(TEAM, "objects=3-8").await;
    assert_eq!(middle.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        outline(&middle.body),
        [
            "Branches",
            "03005550199",
            "Whole company",
            "03000000001",
            "03000000002",
            "03000000003",
            "03000000004",
            "Book4",
            "6441",
        ]
    );
    let past = layla.get_range(TEAM, "objects=10-20").await;
    assert_eq!(past.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(outline(&past.body), ["Branches", "Whole company", "Book4"]);
}

#[tokio::test]
async fn ranges_out_of_bounds_are_416() {
    let simulator = simulator(NEW).await;
    let layla = Desk::new(&simulator, LAYLA);
    for range in [
        "objects=0-5",
        "objects=5-4",
        "objects=1-6001",
        "objects=1",
        "bytes=1-5",
        "objects=a-b",
    ] {
        let answer = layla.get_range(USER, range).await;
        assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(
            text_of(&answer.body, "ErrorMessage"),
            "Invalid Range Specified. Range must be 1-6000 objects"
        );
        assert_eq!(text_of(&answer.body, "ErrorData"), range);
    }
}

#[tokio::test]
async fn old_releases_want_a_range_and_the_oldest_a_smaller_one() {
    let old = simulator(Release::V11_6).await;
    let layla = Desk::new(&old, LAYLA);
    assert_eq!(layla.get(USER).await.status, 416);
    assert_eq!(layla.get_range(USER, "objects=1-1501").await.status, 416);
    assert_eq!(layla.get_range(USER, "objects=1-1500").await.status, 200);
    // TeamResource came with 12.5.
    let team = layla.get_range(TEAM, "objects=1-1500").await;
    assert_eq!(team.status, StatusCode::NOT_FOUND);

    let newer = simulator(Release::V12_5).await;
    let layla = Desk::new(&newer, LAYLA);
    assert_eq!(layla.get(TEAM).await.status, 416);
    assert_eq!(layla.get_range(TEAM, "objects=1-6000").await.status, 200);
}

#[tokio::test]
async fn six_thousand_contacts_in_several_scripts_arrive_whole() {
    let mut config = SimConfig::test();
    config.site = config.site.with_contacts(6000);
    let simulator = Simulator::start(config).await.unwrap();
    let layla = Desk::new(&simulator, LAYLA);
    let answer = layla.get_range(TEAM, "objects=1-6000").await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    // Three of them are in the book before.
    assert_eq!(answer.body.matches("<Contact>").count(), 6000);
    for name in [
        "Sana &amp; Sons",
        "Žofie",
        "ثناء",
        "山田",
        "Ünal 📞",
        "&lt;büro&gt;",
    ] {
        assert!(answer.body.contains(name), "{name}");
    }
    let whole = Desk::new(&simulator, "administrator");
    let contacts = whole.get("/PhoneBook/3/Contacts").await;
    assert_eq!(contacts.status, StatusCode::OK);
    assert_eq!(contacts.body.matches("<Contact>").count(), 6000);
}

#[tokio::test]
async fn the_administrator_sees_books_as_they_are_configured() {
    let simulator = simulator(NEW).await;
    let administrator = Desk::new(&simulator, "administrator");
    let books = administrator.get("/PhoneBooks").await;
    assert_eq!(
        outline(&books.body),
        ["Branches", "Whole company", "Book4", "Book5"]
    );
    assert!(!books.body.contains("<Contact>"), "{}", books.body);
    let book = administrator.get("/PhoneBook/4").await;
    assert_eq!(
        book.body,
        "<PhoneBook>\n  <name>Book4</name>\n  <type>TEAM</type>\n  \
         <uri>/finesse/api/PhoneBook/4</uri>\n  \
         <contacts>/finesse/api/PhoneBook/4/Contacts</contacts>\n</PhoneBook>"
    );
    let team = administrator.get("/Team/5107/PhoneBooks").await;
    assert_eq!(outline(&team.body), ["Book4"]);
    let contacts = administrator
        .get_range("/PhoneBook/4/Contacts", "objects=2-2")
        .await;
    assert_eq!(contacts.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(outline(&contacts.body), ["6442"]);
    let contact = administrator.get("/PhoneBook/4/Contact/401").await;
    assert_eq!(text_of(&contact.body, "phoneNumber"), "6441");
    for unknown in [
        "/PhoneBook/9",
        "/PhoneBook/9/Contacts",
        "/PhoneBook/4/Contact/9",
        "/Team/9/PhoneBooks",
    ] {
        let answer = administrator.get(unknown).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

const CONFIGURATION: [&str; 9] = [
    "/PhoneBooks",
    "/PhoneBook/2",
    "/PhoneBook/2/Contacts",
    "/PhoneBook/2/Contact/17",
    "/Team/5107/PhoneBooks",
    "/Team/5107/ReasonCodes?category=ALL",
    "/Team/5107/WrapUpReasons",
    "/WrapUpReasons",
    "/WrapUpReason/3",
];

#[tokio::test]
async fn configuration_is_for_the_administrator_at_the_primary_node() {
    let simulator = simulator(NEW).await;
    let here = Desk::new(&simulator, "administrator");
    let there = Desk::at(&simulator, "administrator", "demo", 1);
    let layla = Desk::new(&simulator, LAYLA);
    for path in CONFIGURATION {
        assert_eq!(here.get(path).await.status, StatusCode::OK, "{path}");
        let forbidden = there.get(path).await;
        assert_eq!(forbidden.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(text_of(&forbidden.body, "ErrorType"), "Forbidden");
        let refused = layla.get(path).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn reason_codes_are_for_everybody_at_the_primary_node() {
    let simulator = simulator(NEW).await;
    let path = "/ReasonCodes?category=ALL";
    for user in [LAYLA, "administrator"] {
        let answer = Desk::new(&simulator, user).get(path).await;
        assert!(
            answer.body.contains("<label>Lunch</label>"),
            "{}",
            answer.body
        );
        let there = Desk::at(&simulator, user, "demo", 1).get(path).await;
        assert_eq!(there.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn resources_of_a_team_are_for_those_who_belong_to_it() {
    let simulator = simulator(NEW).await;
    for resource in ["PhoneBooks", "ReasonCodes?category=LOGOUT", "WrapUpReasons"] {
        for (user, team, status) in [
            (OMAR, "5107", 200),
            (NADIA, "5107", 200),
            ("administrator", "5108", 200),
            (OMAR, "5108", 401),
            (OMAR, "5109", 404),
        ] {
            let path = format!("/TeamResource/{team}/{resource}");
            let answer = Desk::new(&simulator, user).get(&path).await;
            assert_eq!(answer.status, status, "{user} {path}");
        }
    }
}

#[tokio::test]
async fn all_users_are_for_the_administrator_at_either_node() {
    let simulator = simulator(NEW).await;
    for node in [0, 1] {
        let desk = Desk::at(&simulator, "administrator", "demo", node);
        let users = desk.get("/Users").await;
        assert_eq!(users.status, StatusCode::OK);
        assert_eq!(users.body.matches("<loginId>").count(), 3);
    }
    let refused = Desk::new(&simulator, NADIA).get("/Users").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
