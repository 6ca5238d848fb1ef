//! Dialog documents.

use finesse_protocol::dialog::{MediaProperties, ScheduledCallback};
use finesse_protocol::{
    CallType, CallVariable, Data, Dialog, DialogState, Participant, ParticipantState, Source,
    Update, UpdateEvent,
};
use pretty_assertions::assert_eq;

use crate::fixtures::{UPDATE_DIALOG, UPDATE_DIALOGS};
use crate::with;

#[test]
fn every_field_of_a_dialog_is_read() {
    let expected: Dialog = with(|dialog: &mut Dialog| {
        dialog.id = "33561207".into();
        dialog.uri = "/finesse/api/Dialog/33561207".into();
        dialog.associated_dialog_uri = "/finesse/api/Dialog/33561206".into();
        dialog.secondary_id = "33561208".into();
        dialog.from_address = "03005550142".into();
        dialog.to_address = "7800".into();
        dialog.media_type = "Voice".into();
        dialog.state = DialogState::Active;
        dialog.media_properties = media_properties();
        dialog.participants = vec![layla(), customer()];
        dialog.callback_number = "3005550142".into();
        dialog.scheduled_callback = Some(with(|callback: &mut ScheduledCallback| {
            callback.time = "2024-05-03T10:30".into();
            callback.number = "03005550142".into();
        }));
    });
    assert_eq!(
        Update::parse(UPDATE_DIALOG).unwrap(),
        Update {
            event: UpdateEvent::Put,
            request_id: String::new(),
            source: Source::Dialog("33561207".into()),
            data: Data::Dialog(Box::new(expected)),
        }
    );
}

fn media_properties() -> MediaProperties {
    with(|media: &mut MediaProperties| {
        media.media_id = "1".into();
        media.dnis = "6127".into();
        media.call_type = CallType::PrerouteAcdIn;
        media.dialed_number = "7800".into();
        media.outbound_classification = "VOICE".into();
        media.wrap_up_reason = "Order placed".into();
        media.wrap_up_items = vec!["Order placed".into(), "Refund".into()];
        media.call_variables = vec![
            variable("callVariable1", "gold"),
            variable("callVariable2", ""),
            variable("user.acct.ref", "a=<b>&amp;c€"),
            variable("user.hist[0]", "  ivr-menu-3      "),
        ];
        media.queue_number = "5240".into();
        media.queue_name = "Retail_Voice".into();
        media.call_key_call_id = "219".into();
        media.call_key_sequence_num = "1".into();
        media.call_key_prefix = "152770".into();
    })
}

fn variable(name: &str, value: &str) -> CallVariable {
    CallVariable {
        name: name.into(),
        value: value.into(),
    }
}

fn layla() -> Participant {
    with(|party: &mut Participant| {
        party.actions = vec!["UPDATE_CALL_DATA".into(), "DROP".into(), "RETRIEVE".into()];
        party.media_address = "6127".into();
        party.media_address_type = "AGENT_DEVICE".into();
        party.start_time = "2024-05-02T09:20:11.040Z".into();
        party.state = ParticipantState::Held;
        party.state_change_time = "2024-05-02T09:21:15.002Z".into();
    })
}

fn customer() -> Participant {
    with(|party: &mut Participant| {
        party.media_address = "03005550142".into();
        party.start_time = "2024-05-02T09:20:11.039Z".into();
        party.state = ParticipantState::Dropped;
        party.state_cause = "OTHER".into();
        party.state_change_time = "2024-05-02T09:21:30.500Z".into();
    })
}

#[test]
fn a_dialog_that_leaves_comes_in_a_list_of_one() {
    let update = Update::parse(UPDATE_DIALOGS).unwrap();
    assert_eq!(update.event, UpdateEvent::Delete);
    assert_eq!(update.source, Source::UserDialogs("41027".into()));
    let Data::Dialogs(dialogs) = update.data else {
        panic!("not a list of dialogs");
    };
    let [dialog] = dialogs.as_slice() else {
        panic!("not one dialog");
    };
    assert_eq!(dialog.id, "33561209");
    assert_eq!(dialog.state, DialogState::Initiating);
    assert_eq!(dialog.to_address, "");
    assert_eq!(dialog.media_properties.call_type, CallType::AgentInside);
    assert_eq!(dialog.media_properties.outbound_classification, "");
    assert_eq!(dialog.media_properties.call_variables, []);
    assert_eq!(dialog.participants.len(), 1);
    assert_eq!(dialog.participants[0].state, ParticipantState::Dropped);
    assert_eq!(dialog.participants[0].actions, Vec::<String>::new());
}

#[test]
fn a_bare_dialog_on_one_line_is_read() {
    let xml = "<Dialog><id>33561207</id><state>ALERTING</state><participants><Participant>\
        <mediaAddress>6127</mediaAddress><state>WRAP_UP</state></Participant></participants></Dialog>";
    let dialog = Dialog::parse(xml).unwrap();
    assert_eq!(dialog.id, "33561207");
    assert_eq!(dialog.state, DialogState::Alerting);
    assert_eq!(
        dialog.participant("6127").unwrap().state,
        ParticipantState::WrapUp
    );
    assert_eq!(dialog.scheduled_callback, None);
}

#[test]
fn an_empty_list_of_dialogs_is_empty_in_both_forms() {
    for xml in ["<Dialogs/>", "<Dialogs></Dialogs>", "<Dialogs>\n</Dialogs>"] {
        assert_eq!(Dialog::parse_list(xml).unwrap(), []);
    }
}

#[test]
fn a_variable_keeps_its_blanks_but_not_an_indented_nothing() {
    for (written, read) in [
        ("<value>  x </value>", "  x "),
        ("<value>\n x\n</value>", "\n x\n"),
        ("<value>   </value>", "   "),
        ("<value>\n    </value>", ""),
        ("<value></value>", ""),
        ("<value/>", ""),
        ("", ""),
        ("<value><![CDATA[a<b]]></value>", "a<b"),
        ("<value>a<!-- no -->b</value>", "ab"),
        ("<value>&#65;&#x42;&apos;&quot;</value>", "AB'\""),
    ] {
        let xml = format!(
            "<Dialog><mediaProperties><callvariables><CallVariable><name>callVariable1</name>\
             {written}</CallVariable></callvariables></mediaProperties></Dialog>"
        );
        let dialog = Dialog::parse(&xml).unwrap();
        let [variable] = dialog.media_properties.call_variables.as_slice() else {
            panic!("not one variable");
        };
        assert_eq!(variable.value, read, "{written}");
    }
}

#[test]
fn no_scheduled_callback_is_none() {
    let xml = "<Dialog><scheduledCallbackInfo></scheduledCallbackInfo></Dialog>";
    assert_eq!(Dialog::parse(xml).unwrap().scheduled_callback, None);
}

#[test]
fn the_sequence_number_of_the_call_key_has_two_spellings() {
    for name in ["callKeySequenceNum", "CallKeySequenceNum"] {
        let xml = format!("<Dialog><mediaProperties><{name}>7</{name}></mediaProperties></Dialog>");
        let media = Dialog::parse(&xml).unwrap().media_properties;
        assert_eq!(media.call_key_sequence_num, "7");
    }
}

#[test]
fn a_call_type_nobody_knows_is_kept() {
    let xml = "<Dialog><mediaProperties><callType>NULL</callType></mediaProperties></Dialog>";
    let media = Dialog::parse(xml).unwrap().media_properties;
    assert_eq!(media.call_type, CallType::Other("NULL".into()));
}
