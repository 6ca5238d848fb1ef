//! Recorded traffic, when the environment names a folder of it: nothing that Finesse said may get lost.
//!
//! The document is taken apart by a walk of its own, which shares nothing with the reader, and compared with what the decoded
//! objects hold.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use finesse_protocol::{
    ApiError, Data, Dialog, Document, Participant, ReasonCode, Update, User, read_document,
};
use pretty_assertions::assert_eq;

/// How often each (path, text) occurs.
type Leaves = BTreeMap<(String, String), usize>;

#[test]
fn no_known_field_of_a_recorded_document_is_lost() {
    let Some(folder) = std::env::var_os("GC_RECORDED") else {
        println!("GC_RECORDED names no folder: nothing to read");
        return;
    };
    let files = xml_files(Path::new(&folder));
    assert!(!files.is_empty(), "no recorded files");
    for file in &files {
        let xml = std::fs::read_to_string(file).unwrap();
        let document = read_document(&xml).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for (source, decoded) in decoded_leaves(&xml, document) {
            assert_eq!(walk(&source), decoded, "{}", file.display());
        }
    }
    println!("{} recorded files read", files.len());
}

#[test]
fn the_walk_and_the_listing_agree_on_our_own_documents() {
    for xml in crate::fixtures::UPDATES {
        // The listing speaks of known fields only.
        let xml = xml.replace("<service>AgentAnswers</service>", "");
        for (source, decoded) in decoded_leaves(&xml, read_document(&xml).unwrap()) {
            assert_eq!(walk(&source), decoded);
            assert!(decoded.len() > 5);
        }
    }
}

fn xml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(xml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Pairs of a document's text and what was decoded of it; a stanza holds one per notification.
fn decoded_leaves(xml: &str, document: Document) -> Vec<(String, Leaves)> {
    match document {
        Document::Update(update) => vec![(xml.to_owned(), of_update(&update))],
        Document::Dialog(dialog) => {
            let mut list = Listing::default();
            list.dialog("dialog", &dialog);
            vec![(xml.to_owned(), list.0)]
        }
        Document::User(user) => {
            let mut list = Listing::default();
            list.user("user", &user);
            vec![(xml.to_owned(), list.0)]
        }
        Document::Stanza(stanza) => {
            let start = xml.find("<notification").unwrap();
            let texts = xml[start..].split("<notification").skip(1).map(|part| {
                let (_, text) = part.split_once('>').unwrap();
                unescape(text.split_once("</notification>").unwrap().0)
            });
            let updates = stanza.updates.iter();
            texts
                .zip(updates.map(|update| of_update(update.as_ref().unwrap())))
                .collect()
        }
        other => panic!("a kind of document this test does not know: {other:?}"),
    }
}

/// Takes a document apart: the text of every element without children, by the names on the way to it, in lower case.
fn walk(xml: &str) -> Leaves {
    let mut leaves = Leaves::new();
    let mut path: Vec<String> = Vec::new();
    let mut opened_last = false;
    for tag in xml.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap();
        if tag.starts_with('/') {
            path.pop();
            opened_last = false;
            continue;
        }
        path.push(tag.to_ascii_lowercase());
        opened_last = true;
        if !text.trim().is_empty() {
            let variable = path.ends_with(&["callvariable".to_owned(), "value".to_owned()]);
            let text = if variable { text } else { text.trim() };
            *leaves.entry((path.join("/"), unescape(text))).or_default() += 1;
        }
    }
    assert!(path.is_empty() && !opened_last);
    leaves
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#x20AC;", "€")
        .replace("&amp;", "&")
}

fn of_update(update: &Update) -> Leaves {
    let mut list = Listing::default();
    list.add("update/event", written_event(update));
    list.add("update/requestid", &update.request_id);
    list.add("update/source", &update.source.to_uri());
    match &update.data {
        Data::User(user) => list.user("update/data/user", user),
        Data::Dialog(dialog) => list.dialog("update/data/dialog", dialog),
        Data::Dialogs(dialogs) => {
            for dialog in dialogs {
                list.dialog("update/data/dialogs/dialog", dialog);
            }
        }
        Data::Errors(errors) => {
            for error in errors {
                list.error("update/data/apierrors/apierror", error);
            }
        }
        other => panic!("data this test does not know: {other:?}"),
    }
    list.0
}

/// Errors spell it in lower case, and the reader takes either.
fn written_event(update: &Update) -> &str {
    match (&update.data, update.event.as_str()) {
        (Data::Errors(_), "PUT") => "put",
        (_, word) => word,
    }
}

#[derive(Default)]
struct Listing(Leaves);

impl Listing {
    fn add(&mut self, path: &str, text: &str) {
        if !text.trim().is_empty() {
            *self
                .0
                .entry((path.to_owned(), text.to_owned()))
                .or_default() += 1;
        }
    }

    fn all(&mut self, path: &str, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            self.add(&format!("{path}/{name}"), text);
        }
    }

    fn user(&mut self, path: &str, user: &User) {
        self.all(
            path,
            &[
                ("uri", &user.uri),
                ("dialogs", &user.dialogs),
                ("loginid", &user.login_id),
                ("loginname", &user.login_name),
                ("firstname", &user.first_name),
                ("lastname", &user.last_name),
                ("extension", user.extension.as_deref().unwrap_or_default()),
                ("mediatype", &user.media_type),
                ("mediastate", &user.media_state),
                ("state", user.state.as_str()),
                ("statechangetime", &user.state_change_time),
                (
                    "pendingstate",
                    user.pending_state.as_ref().map_or("", |s| s.as_str()),
                ),
                ("reasoncodeid", &user.reason_code_id),
                ("teamid", &user.team_id),
                ("teamname", &user.team_name),
                ("wrapuptimer", &user.wrap_up_timer),
                ("skilltargetid", &user.skill_target_id),
                ("activedeviceid", &user.active_device_id),
            ],
        );
        self.user_groups(path, user);
    }

    fn user_groups(&mut self, path: &str, user: &User) {
        for role in &user.roles {
            self.add(&format!("{path}/roles/role"), role);
        }
        if let Some(settings) = &user.settings {
            self.all(
                &format!("{path}/settings"),
                &[
                    ("wrapuponincoming", &settings.wrap_up_on_incoming),
                    ("wrapuponoutgoing", &settings.wrap_up_on_outgoing),
                    ("deviceselection", &settings.device_selection),
                ],
            );
        }
        if let Some(agent) = &user.mobile_agent {
            let fields: [(&str, &str); 2] =
                [("mode", &agent.mode), ("dialnumber", &agent.dial_number)];
            self.all(&format!("{path}/mobileagent"), &fields);
        }
        if let Some(reason) = &user.reason_code {
            self.reason(&format!("{path}/reasoncode"), reason);
        }
        for team in &user.teams {
            let fields: [(&str, &str); 3] =
                [("uri", &team.uri), ("id", &team.id), ("name", &team.name)];
            self.all(&format!("{path}/teams/team"), &fields);
        }
    }

    fn reason(&mut self, path: &str, reason: &ReasonCode) {
        self.all(
            path,
            &[
                ("uri", &reason.uri),
                ("id", &reason.id),
                ("category", &reason.category),
                ("code", &reason.code),
                ("label", &reason.label),
                ("forall", &reason.for_all),
                ("systemcode", &reason.system_code),
            ],
        );
    }

    fn dialog(&mut self, path: &str, dialog: &Dialog) {
        self.all(
            path,
            &[
                ("id", &dialog.id),
                ("uri", &dialog.uri),
                ("associateddialoguri", &dialog.associated_dialog_uri),
                ("secondaryid", &dialog.secondary_id),
                ("fromaddress", &dialog.from_address),
                ("toaddress", &dialog.to_address),
                ("mediatype", &dialog.media_type),
                ("state", dialog.state.as_str()),
                ("callbacknumber", &dialog.callback_number),
            ],
        );
        self.media_properties(&format!("{path}/mediaproperties"), dialog);
        for party in &dialog.participants {
            self.participant(&format!("{path}/participants/participant"), party);
        }
        if let Some(callback) = &dialog.scheduled_callback {
            self.all(
                &format!("{path}/scheduledcallbackinfo"),
                &[
                    ("callbacktime", &callback.time),
                    ("callbacknumber", &callback.number),
                ],
            );
        }
    }

    fn media_properties(&mut self, path: &str, dialog: &Dialog) {
        let media = &dialog.media_properties;
        self.all(
            path,
            &[
                ("mediaid", &media.media_id),
                ("dnis", &media.dnis),
                ("calltype", media.call_type.as_str()),
                ("dialednumber", &media.dialed_number),
                ("outboundclassification", &media.outbound_classification),
                ("wrapupreason", &media.wrap_up_reason),
                ("queuenumber", &media.queue_number),
                ("queuename", &media.queue_name),
                ("callkeycallid", &media.call_key_call_id),
                ("callkeysequencenum", &media.call_key_sequence_num),
                ("callkeyprefix", &media.call_key_prefix),
            ],
        );
        for item in &media.wrap_up_items {
            self.add(&format!("{path}/wrapupitems/wrapupitem"), item);
        }
        for variable in &media.call_variables {
            let fields: [(&str, &str); 2] = [("name", &variable.name), ("value", &variable.value)];
            self.all(&format!("{path}/callvariables/callvariable"), &fields);
        }
    }

    fn participant(&mut self, path: &str, party: &Participant) {
        self.all(
            path,
            &[
                ("mediaaddress", &party.media_address),
                ("mediaaddresstype", &party.media_address_type),
                ("starttime", &party.start_time),
                ("state", party.state.as_str()),
                ("statecause", &party.state_cause),
                ("statechangetime", &party.state_change_time),
            ],
        );
        for action in &party.actions {
            self.add(&format!("{path}/actions/action"), action);
        }
    }

    fn error(&mut self, path: &str, error: &ApiError) {
        self.all(
            path,
            &[
                ("errortype", &error.error_type),
                ("errormessage", &error.error_message),
                ("errordata", &error.error_data),
                ("peripheralerrorcode", &error.peripheral_error_code),
                ("peripheralerrormsg", &error.peripheral_error_msg),
                ("peripheralerrortext", &error.peripheral_error_text),
            ],
        );
    }
}
