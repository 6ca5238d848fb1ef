//! Documents in the shapes that Finesse sends.

pub(crate) const UPDATE_USER: &str = include_str!("../fixtures/update-user.xml");
pub(crate) const UPDATE_USER_RESERVED: &str = include_str!("../fixtures/update-user-reserved.xml");
pub(crate) const UPDATE_DIALOG: &str = include_str!("../fixtures/update-dialog.xml");
pub(crate) const UPDATE_DIALOGS: &str = include_str!("../fixtures/update-dialogs.xml");
pub(crate) const UPDATE_ERRORS: &str = include_str!("../fixtures/update-errors.xml");
pub(crate) const STANZA: &str = include_str!("../fixtures/stanza.xml");
pub(crate) const TEAM: &str = include_str!("../fixtures/team.xml");
pub(crate) const QUEUES: &str = include_str!("../fixtures/queues.xml");
pub(crate) const REASON_CODES: &str = include_str!("../fixtures/reason-codes.xml");
pub(crate) const WRAP_UP_REASONS: &str = include_str!("../fixtures/wrap-up-reasons.xml");
pub(crate) const PHONE_BOOKS: &str = include_str!("../fixtures/phone-books.xml");
pub(crate) const CONTACTS: &str = include_str!("../fixtures/contacts.xml");
pub(crate) const SYSTEM_INFO: &str = include_str!("../fixtures/system-info.xml");
pub(crate) const SYSTEM_INFO_15: &str = include_str!("../fixtures/system-info-15.xml");
pub(crate) const SKILL_GROUPS: &str = include_str!("../fixtures/skill-groups.xml");
pub(crate) const CONFIG_AGENTS: &str = include_str!("../fixtures/config-agents.xml");

pub(crate) const UPDATES: [&str; 5] = [
    UPDATE_USER,
    UPDATE_USER_RESERVED,
    UPDATE_DIALOG,
    UPDATE_DIALOGS,
    UPDATE_ERRORS,
];
