//! Teams, queues, reasons, phone books, system information.

use finesse_protocol::{
    Contact, PhoneBook, Queue, QueueStatistics, ReasonCode, Team, User, UserState, WrapUpReason,
};
use pretty_assertions::assert_eq;

use crate::fixtures::{PHONE_BOOKS, QUEUES, REASON_CODES, TEAM, WRAP_UP_REASONS};
use crate::with;

#[test]
fn a_team_lists_summaries_of_its_members() {
    let layla: User = with(|user: &mut User| {
        user.uri = "/finesse/api/User/41027/".into();
        user.login_id = "41027".into();
        user.first_name = "Layla".into();
        user.last_name = "Haddad".into();
        user.dialogs = "/finesse/api/User/41027/Dialogs".into();
        user.extension = Some("6127".into());
        user.state = UserState::Talking;
        user.state_change_time = "2024-05-02T09:14:03.217Z".into();
    });
    let omar: User = with(|user: &mut User| {
        user.uri = "/finesse/api/User/41033/".into();
        user.login_id = "41033".into();
        user.first_name = "Omar".into();
        user.last_name = "Riaz".into();
        user.dialogs = "/finesse/api/User/41033/Dialogs".into();
        user.extension = Some(String::new());
        user.state = UserState::Logout;
        user.reason_code = Some(with(|reason: &mut ReasonCode| {
            reason.category = "LOGOUT".into();
            reason.code = "4".into();
            reason.label = "End of shift".into();
            reason.uri = "/finesse/api/ReasonCode/12".into();
        }));
    });
    let expected: Team = with(|team: &mut Team| {
        team.uri = "/finesse/api/Team/5107".into();
        team.id = "5107".into();
        team.name = "Retail_Blue".into();
        team.users = vec![layla, omar];
    });
    assert_eq!(Team::parse(TEAM).unwrap(), expected);
}

#[test]
fn every_figure_of_a_queue_is_read() {
    let expected: Queue = with(|queue: &mut Queue| {
        queue.uri = "/finesse/api/Queue/5240".into();
        queue.name = "Retail_Voice".into();
        queue.statistics = with(|figures: &mut QueueStatistics| {
            figures.calls_in_queue = "4".into();
            figures.start_time_of_longest_call_in_queue = "2024-05-02T09:18:40Z".into();
            figures.agents_ready = "2".into();
            figures.agents_not_ready = "5".into();
            figures.agents_busy_other = "0".into();
            figures.agents_logged_on = "11".into();
            figures.agents_talking_inbound = "3".into();
            figures.agents_talking_outbound = "6".into();
            figures.agents_talking_internal = "1".into();
            figures.agents_wrap_up_not_ready = "7".into();
            figures.agents_wrap_up_ready = "-1".into();
        });
    });
    assert_eq!(
        Queue::parse_list(QUEUES).unwrap(),
        std::slice::from_ref(&expected)
    );
    assert_eq!(expected.id(), "5240");
    let one = QUEUES.replace("<Queues>", "").replace("</Queues>", "");
    assert_eq!(Queue::parse(&one).unwrap(), expected);
}

#[test]
fn reason_codes_are_read_with_the_id_to_send_back() {
    let reasons = ReasonCode::parse_list(REASON_CODES).unwrap();
    let expected: ReasonCode = with(|reason: &mut ReasonCode| {
        reason.uri = "/finesse/api/ReasonCode/9".into();
        reason.category = "NOT_READY".into();
        reason.code = "14".into();
        reason.label = "Lunch".into();
        reason.for_all = "true".into();
        reason.system_code = "false".into();
    });
    assert_eq!(reasons[0], expected);
    assert_eq!(reasons[0].database_id(), "9");
    assert_eq!(reasons[1].system_code, "true");
    assert_eq!(reasons.len(), 2);
}

#[test]
fn wrap_up_reasons_are_read() {
    let expected: WrapUpReason = with(|reason: &mut WrapUpReason| {
        reason.uri = "/finesse/api/User/41027/WrapUpReason/3".into();
        reason.label = "Order placed".into();
        reason.for_all = "true".into();
    });
    let reasons = WrapUpReason::parse_list(WRAP_UP_REASONS).unwrap();
    assert_eq!(reasons, [expected]);
    assert_eq!(reasons[0].key(), "3");
}

#[test]
fn contacts_come_by_address_or_embedded() {
    let branches: PhoneBook = with(|book: &mut PhoneBook| {
        book.uri = "/finesse/api/PhoneBook/2".into();
        book.name = "Branches".into();
        book.kind = "GLOBAL".into();
        book.contacts_uri = "/finesse/api/PhoneBook/2/Contacts".into();
    });
    let desk: PhoneBook = with(|book: &mut PhoneBook| {
        book.uri = "/finesse/api/PhoneBook/4".into();
        book.name = "Team desk".into();
        book.kind = "TEAM".into();
        book.contacts = vec![sana()];
    });
    assert_eq!(
        PhoneBook::parse_list(PHONE_BOOKS).unwrap(),
        [branches, desk]
    );
}

fn sana() -> Contact {
    with(|contact: &mut Contact| {
        contact.uri = "/finesse/api/PhoneBook/4/Contact/17".into();
        contact.first_name = "Sana".into();
        contact.last_name = "Branch desk".into();
        contact.phone_number = "6400".into();
        contact.description = "Lahore".into();
    })
}

#[test]
fn contacts_are_read_by_themselves() {
    let (_, rest) = PHONE_BOOKS.split_once("<Contacts>").unwrap();
    let (contacts, _) = rest.split_once("</Contacts>").unwrap();
    let xml = format!("<Contacts>{contacts}</Contacts>");
    assert_eq!(Contact::parse_list(&xml).unwrap(), [sana()]);
}
