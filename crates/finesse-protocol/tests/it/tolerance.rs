//! The golden rules: what differs between releases makes no difference here.

use finesse_protocol::{Dialog, SystemInfo, Team, Update, User, parse_api_errors};
use pretty_assertions::assert_eq;

use crate::fixtures::{SYSTEM_INFO, UPDATE_DIALOG, UPDATE_USER};

#[test]
fn the_order_of_children_makes_no_difference() {
    let fields = [
        "<loginId>41027</loginId>",
        "<state>READY</state>",
        "<roles><role>Agent</role></roles>",
        "<uri>/finesse/api/User/41027</uri>",
    ];
    let forward = User::parse(&format!("<User>{}</User>", fields.concat())).unwrap();
    let reversed: Vec<_> = fields.into_iter().rev().collect();
    let backward = User::parse(&format!("<User>{}</User>", reversed.concat())).unwrap();
    assert_eq!(forward, backward);
    assert_eq!(forward.login_id, "41027");
}

#[test]
fn the_casing_of_the_root_makes_no_difference() {
    assert!(User::parse("<user/>").is_ok());
    assert!(Dialog::parse("<dialog/>").is_ok());
    assert!(Dialog::parse_list("<dialogs/>").is_ok());
    assert!(Team::parse("<team/>").is_ok());
    assert!(SystemInfo::parse("<systemInfo/>").is_ok());
    assert!(parse_api_errors("<apiErrors/>").is_ok());
    assert!(Update::parse("<update/>").is_ok());
}

#[test]
fn items_of_a_list_are_known_in_both_casings() {
    let dialogs = Dialog::parse_list("<Dialogs><dialog><id>1</id></dialog></Dialogs>").unwrap();
    assert_eq!(dialogs[0].id, "1");
}

#[test]
fn namespaces_make_no_difference() {
    let xml = r#"<f:User xmlns:f="urn:x"><f:loginId>41027</f:loginId></f:User>"#;
    assert_eq!(User::parse(xml).unwrap().login_id, "41027");
    let xml = r#"<User xmlns="urn:x"><loginId a="b">41027</loginId></User>"#;
    assert_eq!(User::parse(xml).unwrap().login_id, "41027");
}

#[test]
fn white_space_between_elements_makes_no_difference() {
    for (xml, name) in [(UPDATE_USER, "user"), (UPDATE_DIALOG, "dialog")] {
        let lines: Vec<_> = xml.lines().map(str::trim_start).collect();
        let flat = Update::parse(&lines.concat()).unwrap();
        assert_eq!(flat, Update::parse(xml).unwrap(), "{name}");
        let windows = Update::parse(&lines.join("\r\n\t")).unwrap();
        assert_eq!(windows, Update::parse(xml).unwrap(), "{name}");
    }
}

#[test]
fn white_space_around_a_value_is_not_part_of_it() {
    let user = User::parse("<User><loginId>\n  41027\t</loginId><teamName>\n</teamName></User>");
    let user = user.unwrap();
    assert_eq!(user.login_id, "41027");
    assert_eq!(user.team_name, "");
}

#[test]
fn elements_nobody_knows_are_skipped_with_all_they_hold() {
    let noise = "<later><state>X</state><deep><loginId>0</loginId></deep><empty/></later>";
    let with_noise = SYSTEM_INFO.replace("<license>", &format!("{noise}<license>"));
    assert_ne!(with_noise, SYSTEM_INFO);
    assert_eq!(
        SystemInfo::parse(&with_noise).unwrap(),
        SystemInfo::parse(SYSTEM_INFO).unwrap()
    );
}

#[test]
fn an_element_inside_a_value_is_skipped() {
    let user = User::parse("<User><loginId>410<b>x</b>27</loginId><state>READY</state></User>");
    let user = user.unwrap();
    assert_eq!(user.login_id, "41027");
    assert_eq!(user.state.as_str(), "READY");
}

#[test]
fn declaration_comments_and_byte_order_mark_are_no_matter() {
    let xml = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a -->\n\
        <User><!-- b --><loginId>41027</loginId><?c d?></User>\n<!-- e -->\n";
    assert_eq!(User::parse(xml).unwrap().login_id, "41027");
}

#[test]
fn entities_inside_a_value_are_joined_to_it() {
    let user = User::parse("<User><lastName>A&amp;B &lt;C&#62; &#233;</lastName></User>");
    assert_eq!(user.unwrap().last_name, "A&B <C> é");
}
