//! User documents.

use finesse_protocol::user::{MobileAgent, Settings};
use finesse_protocol::{Data, ReasonCode, Source, TeamRef, Update, UpdateEvent, User, UserState};
use pretty_assertions::assert_eq;

use crate::fixtures::{UPDATE_USER, UPDATE_USER_RESERVED};
use crate::with;

#[test]
fn every_field_of_a_user_is_read() {
    let expected: User = with(|user: &mut User| {
        user.uri = "/finesse/api/User/41027".into();
        user.dialogs = "/finesse/api/User/41027/Dialogs".into();
        user.login_id = "41027".into();
        user.login_name = "lhaddad".into();
        user.first_name = "Layla".into();
        user.last_name = "Haddad".into();
        user.extension = Some("6127".into());
        user.media_type = "1".into();
        user.media_state = "BUSY".into();
        user.state = UserState::NotReady;
        user.state_change_time = "2024-05-02T09:14:03.217Z".into();
        user.pending_state = Some(UserState::Logout);
        user.reason_code = Some(lunch());
        user.reason_code_id = "9".into();
        user.roles = vec!["Agent".into(), "Supervisor".into()];
        user.settings = Some(with(|settings: &mut Settings| {
            settings.wrap_up_on_incoming = "OPTIONAL".into();
            settings.wrap_up_on_outgoing = "NOT_ALLOWED".into();
            settings.device_selection = "enabled".into();
        }));
        user.team_id = "5107".into();
        user.team_name = "Retail_Blue".into();
        user.teams = vec![team("5107", "Retail_Blue"), team("5108", "Retail_Green")];
        user.wrap_up_timer = "120".into();
        user.skill_target_id = "5012".into();
        user.mobile_agent = Some(with(|agent: &mut MobileAgent| {
            agent.mode = "CALL_BY_CALL".into();
            agent.dial_number = "03215550100".into();
        }));
        user.active_device_id = "SEP0A1B2C3D4E5F".into();
        user.services = vec!["AgentAnswers".into()];
    });
    assert_eq!(
        Update::parse(UPDATE_USER).unwrap(),
        Update {
            event: UpdateEvent::Put,
            request_id: "req-17".into(),
            source: Source::User("41027".into()),
            data: Data::User(Box::new(expected)),
        }
    );
}

fn lunch() -> ReasonCode {
    with(|reason: &mut ReasonCode| {
        reason.uri = "/finesse/api/ReasonCode/9".into();
        reason.id = "9".into();
        reason.category = "NOT_READY".into();
        reason.code = "14".into();
        reason.label = "Lunch & prayer".into();
        reason.for_all = "true".into();
        reason.system_code = "false".into();
    })
}

fn team(id: &str, name: &str) -> TeamRef {
    TeamRef {
        uri: format!("/finesse/api/Team/{id}"),
        id: id.into(),
        name: name.into(),
    }
}

#[test]
fn a_part_of_a_user_leaves_the_rest_unsaid() {
    let expected: User = with(|user: &mut User| {
        user.uri = "/finesse/api/User/41027".into();
        user.dialogs = "/finesse/api/User/41027/Dialogs".into();
        user.login_id = "41027".into();
        user.first_name = "Layla".into();
        user.last_name = "Haddad".into();
        user.extension = Some("6127".into());
        user.state = UserState::Reserved;
        user.state_change_time = "2024-05-02T09:20:11.038Z".into();
    });
    let update = Update::parse(UPDATE_USER_RESERVED).unwrap();
    assert_eq!(update.data, Data::User(Box::new(expected)));
    assert_eq!(update.request_id, "");
}

#[test]
fn an_empty_extension_differs_from_none() {
    let said = User::parse("<User><extension></extension></User>").unwrap();
    let unsaid = User::parse("<User/>").unwrap();
    assert_eq!(said.extension.as_deref(), Some(""));
    assert_eq!(unsaid.extension, None);
}

#[test]
fn both_spellings_of_the_reason_are_read() {
    for name in ["reasonCode", "ReasonCode"] {
        let xml = format!("<User><{name}><code>14</code></{name}></User>");
        let reason = User::parse(&xml).unwrap().reason_code.unwrap();
        assert_eq!(reason.code, "14");
    }
}

#[test]
fn empty_groups_say_nothing() {
    let user = User::parse("<User><reasonCode/><settings/><mobileAgent/><pendingState/></User>");
    assert_eq!(user.unwrap(), User::default());
}

#[test]
fn a_state_nobody_knows_is_kept() {
    let user = User::parse("<User><state>PAUSED</state></User>").unwrap();
    assert_eq!(user.state, UserState::Other("PAUSED".into()));
    assert_eq!(user.state.as_str(), "PAUSED");
}

#[test]
fn a_list_of_users_is_read() {
    let users = User::parse_list(
        "<Users><User><loginId>41027</loginId></User><User><loginId>41033</loginId></User></Users>",
    );
    let ids: Vec<_> = users.unwrap().into_iter().map(|u| u.login_id).collect();
    assert_eq!(ids, ["41027", "41033"]);
}
