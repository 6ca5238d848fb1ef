//! A site on simulated time whose feeds read like a protocol of what happened.

use std::collections::BTreeMap;
use std::time::Duration;

use finesse_sim::engine::{
    AgentState, DialogRequest, DialogView, Engine, MobileRequest, NewDialog, ParticipantView,
    Payload, Publication, ReasonView, Refusal, SimTime, Topic, UserRequest, UserView, WrapUpView,
};
use finesse_sim::site::Site as Configuration;
use finesse_sim::{CallId, CampaignMode, Node, Profile, Settings};

pub(crate) const LAYLA: &str = "41027";
pub(crate) const OMAR: &str = "41033";
pub(crate) const NADIA: &str = "41900";
/// A second supervisor, where a test adds her.
pub(crate) const HUDA: &str = "41901";
pub(crate) const CUSTOMER: &str = "03005550142";

pub(crate) struct Site {
    pub(crate) engine: Engine,
    now: SimTime,
    feeds: BTreeMap<(String, &'static str), Vec<String>>,
    pub(crate) published: Vec<Publication>,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::seeded(settings, 7)
    }

    pub(crate) fn seeded(settings: Settings, seed: u64) -> Self {
        Self::of(Configuration::demo(), settings, seed)
    }

    /// The demo site of another product or release.
    pub(crate) fn at(profile: Profile) -> Self {
        Self::at_with(profile, Settings::default())
    }

    pub(crate) fn at_with(profile: Profile, settings: Settings) -> Self {
        Self::of(Configuration::demo().of(profile), settings, 7)
    }

    /// A site of one's own.
    pub(crate) fn of(site: Configuration, settings: Settings, seed: u64) -> Self {
        Self {
            engine: Engine::new(site, settings, seed),
            now: SimTime::from_unix_millis(1_714_640_043_217),
            feeds: BTreeMap::new(),
            published: Vec::new(),
        }
    }

    /// Everybody signed in and READY, feeds empty.
    pub(crate) fn ready(agents: &[&str]) -> Self {
        Self::with(Settings::default()).with_ready(agents)
    }

    pub(crate) fn with_ready(mut self, agents: &[&str]) -> Self {
        for agent in agents {
            self.login(agent);
            self.state(agent, "READY");
            self.settle();
        }
        self.forget();
        self
    }

    /// Everybody signed in and NOT_READY, feeds empty.
    pub(crate) fn signed_in(agents: &[&str]) -> Self {
        let mut site = Self::new();
        for agent in agents {
            site.login(agent);
        }
        site.settle();
        site.forget();
        site
    }

    pub(crate) fn login(&mut self, agent: &str) {
        let extension = extension_of(agent).to_owned();
        self.put_user(agent, agent, "LOGIN", Some(&extension), None)
            .unwrap();
    }

    /// At the agent's own phone and node B.
    pub(crate) fn mobile_login(
        &mut self,
        agent: &str,
        mode: &str,
        number: &str,
    ) -> Result<(), Refusal> {
        let given = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        let request = UserRequest {
            state: Some("LOGIN".to_owned()),
            extension: Some(extension_of(agent).to_owned()),
            reason_code_id: None,
            mobile: Some(MobileRequest {
                mode: given(mode),
                dial_number: given(number),
                node: Node::B,
            }),
        };
        self.engine
            .put_user(self.now, agent, agent, &request, "r-1")
    }

    pub(crate) fn state(&mut self, agent: &str, state: &str) {
        self.put_user(agent, agent, state, None, None).unwrap();
    }

    pub(crate) fn put_user(
        &mut self,
        by: &str,
        agent: &str,
        state: &str,
        extension: Option<&str>,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let request = UserRequest {
            state: Some(state.to_owned()),
            extension: extension.map(str::to_owned),
            reason_code_id: reason.map(str::to_owned),
            mobile: None,
        };
        self.engine.put_user(self.now, by, agent, &request, "r-1")
    }

    pub(crate) fn dial(&mut self, agent: &str, to: &str) {
        self.make_call(agent, extension_of(agent), to).unwrap();
    }

    pub(crate) fn make_call(&mut self, agent: &str, from: &str, to: &str) -> Result<(), Refusal> {
        let call = NewDialog {
            action: "MAKE_CALL".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            ..NewDialog::default()
        };
        self.engine.new_dialog(self.now, agent, agent, call, "r-1")
    }

    pub(crate) fn monitor(&mut self, supervisor: &str, agent: &str) -> Result<(), Refusal> {
        self.supervise(supervisor, "SILENT_MONITOR", extension_of(agent), None)
    }

    pub(crate) fn barge(
        &mut self,
        supervisor: &str,
        agent: &str,
        monitor: CallId,
    ) -> Result<(), Refusal> {
        self.supervise(supervisor, "BARGE_CALL", extension_of(agent), Some(monitor))
    }

    pub(crate) fn supervise(
        &mut self,
        supervisor: &str,
        action: &str,
        to: &str,
        monitor: Option<CallId>,
    ) -> Result<(), Refusal> {
        let request = NewDialog {
            action: action.to_owned(),
            from: extension_of(supervisor).to_owned(),
            to: to.to_owned(),
            associated: monitor.map(|id| format!("/finesse/api/Dialog/{}", id.0)),
            ..NewDialog::default()
        };
        self.engine
            .new_dialog(self.now, supervisor, supervisor, request, "r-1")
    }

    pub(crate) fn drop_party(
        &mut self,
        by: &str,
        call: CallId,
        extension: &str,
    ) -> Result<(), Refusal> {
        let request = DialogRequest {
            action: "PARTICIPANT_DROP".to_owned(),
            target: Some(extension.to_owned()),
            ..DialogRequest::default()
        };
        self.engine
            .put_dialog(self.now, by, &call.0.to_string(), request, "r-1")
    }

    pub(crate) fn act(&mut self, agent: &str, call: CallId, action: &str) {
        self.try_act(agent, call, action, None).unwrap();
    }

    pub(crate) fn act_to(&mut self, agent: &str, call: CallId, action: &str, to: &str) {
        self.try_act(agent, call, action, Some(to)).unwrap();
    }

    pub(crate) fn try_act(
        &mut self,
        agent: &str,
        call: CallId,
        action: &str,
        to: Option<&str>,
    ) -> Result<(), Refusal> {
        let request = DialogRequest {
            action: action.to_owned(),
            target: Some(extension_of(agent).to_owned()),
            to: to.map(str::to_owned),
            ..DialogRequest::default()
        };
        self.engine
            .put_dialog(self.now, agent, &call.0.to_string(), request, "r-1")
    }

    pub(crate) fn update(&mut self, agent: &str, call: CallId, request: DialogRequest) {
        self.engine
            .put_dialog(self.now, agent, &call.0.to_string(), request, "r-1")
            .unwrap();
    }

    pub(crate) fn set_variables(
        &mut self,
        agent: &str,
        call: CallId,
        variables: &[(&str, &str)],
    ) -> Result<(), Refusal> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = DialogRequest {
            action: "UPDATE_CALL_DATA".to_owned(),
            variables: variables.iter().map(pair).collect(),
            ..DialogRequest::default()
        };
        self.engine
            .put_dialog(self.now, agent, &call.0.to_string(), request, "r-1")
    }

    pub(crate) fn wrap_up(&mut self, agent: &str, call: CallId, reason: &str) {
        let request = DialogRequest {
            action: "UPDATE_CALL_DATA".to_owned(),
            wrap_up: Some(vec![reason.to_owned()]),
            ..DialogRequest::default()
        };
        self.update(agent, call, request);
    }

    /// The one reason that was chosen as wrap-up.
    pub(crate) fn wrap_up_of(&self, agent: &str) -> String {
        wrap_up(&self.dialog(agent))
    }

    /// The agent answers a routed customer; feeds empty.
    pub(crate) fn routed_call(&mut self, agent: &str) -> CallId {
        let call = self.customer_calls("7800");
        self.settle();
        self.act(agent, call, "ANSWER");
        self.settle();
        self.forget();
        call
    }

    pub(crate) fn customer_calls(&mut self, to: &str) -> CallId {
        self.engine.inbound(self.now, CUSTOMER, to, &[]).unwrap()
    }

    pub(crate) fn campaign(&mut self, mode: CampaignMode, agent: &str, customer: &str) -> CallId {
        self.engine
            .campaign(self.now, mode, agent, customer)
            .unwrap()
    }

    pub(crate) fn act_with(
        &mut self,
        agent: &str,
        call: CallId,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<(), Refusal> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = DialogRequest {
            action: action.to_owned(),
            target: Some(extension_of(agent).to_owned()),
            params: params.iter().map(pair).collect(),
            ..DialogRequest::default()
        };
        self.engine
            .put_dialog(self.now, agent, &call.0.to_string(), request, "r-1")
    }

    pub(crate) fn customer_hangs_up(&mut self, call: CallId) {
        self.engine.hang_up(self.now, call).unwrap();
    }

    pub(crate) fn now(&self) -> SimTime {
        self.now
    }

    /// Lets three seconds pass: more than any step of a call takes.
    pub(crate) fn settle(&mut self) {
        self.pass(Duration::from_secs(3));
    }

    pub(crate) fn pass(&mut self, span: Duration) {
        self.now = self.now + span;
        self.engine.handle_timeout(self.now);
        while let Some(publication) = self.engine.poll_output() {
            if let Some((feed, line)) = line(&publication) {
                self.feeds.entry(feed).or_default().push(line);
            }
            self.published.push(publication);
        }
    }

    pub(crate) fn forget(&mut self) {
        self.feeds.clear();
        self.published.clear();
    }

    pub(crate) fn arrive(&mut self, agent: &str, node: Node) {
        self.engine.desktop_arrived(self.now, agent, node);
    }

    pub(crate) fn leave(&mut self, agent: &str, node: Node) {
        self.engine.desktop_left(self.now, agent, node);
    }

    /// What the agent's User feed said since the last look.
    pub(crate) fn user_feed(&mut self, agent: &str) -> Vec<String> {
        self.feeds
            .remove(&(agent.to_owned(), "user"))
            .unwrap_or_default()
    }

    /// What the agent's Dialogs feed said since the last look.
    pub(crate) fn dialogs_feed(&mut self, agent: &str) -> Vec<String> {
        self.feeds
            .remove(&(agent.to_owned(), "dialogs"))
            .unwrap_or_default()
    }

    pub(crate) fn user(&self, agent: &str) -> UserView {
        self.engine.user(agent, agent).unwrap()
    }

    pub(crate) fn is(&self, agent: &str) -> AgentState {
        self.user(agent).state
    }

    /// The agent's only dialog.
    pub(crate) fn dialog(&self, agent: &str) -> DialogView {
        let mut dialogs = self.engine.dialogs(agent, agent).unwrap();
        assert_eq!(dialogs.len(), 1, "{dialogs:#?}");
        dialogs.remove(0)
    }

    pub(crate) fn dialog_count(&self, agent: &str) -> usize {
        self.engine.dialogs(agent, agent).unwrap().len()
    }
}

pub(crate) fn wrap_up(dialog: &DialogView) -> String {
    match &dialog.wrap_up {
        WrapUpView::Reason(reason) => reason.clone().unwrap_or_default(),
        WrapUpView::Items(items) => panic!("{items:?} instead of a reason"),
    }
}

pub(crate) fn extension_of(agent: &str) -> &'static str {
    match agent {
        LAYLA => "6127",
        OMAR => "6133",
        HUDA => "6191",
        _ => "6190",
    }
}

/// `U=STATE`, `P/U/D id STATE [own|others] CALLTYPE`, `E type data message`; a request's echo as
/// ` #id` at the end.
fn line(publication: &Publication) -> Option<((String, &'static str), String)> {
    let (owner, feed) = match &publication.topic {
        Topic::User(id) => (id, "user"),
        Topic::Dialogs(id) => (id, "dialogs"),
        Topic::SystemInfo | Topic::TeamUsers(_) | Topic::Queue(_) | Topic::UserQueues(_) => {
            return None;
        }
    };
    let mut line = match &publication.payload {
        Payload::User(user) => user_line(user),
        Payload::Dialog(change, dialog) => {
            let letter = match change.as_str() {
                "POST" => "P",
                "PUT" => "U",
                _ => "D",
            };
            format!("{letter} {}", dialog_line(dialog, extension_of(owner)))
        }
        Payload::Error(error) => {
            format!("E {} {} {}", error.error_type, error.data, error.message)
        }
        Payload::TeamMember(_)
        | Payload::System(_)
        | Payload::Queue(_)
        | Payload::ListedQueue(..) => return None,
    };
    if !publication.request_id.is_empty() {
        line.push_str(" #");
        line.push_str(&publication.request_id);
    }
    Some(((owner.clone(), feed), line))
}

fn user_line(user: &UserView) -> String {
    let mut line = format!("U={}", user.state.as_str());
    if let ReasonView::Code { code, .. } = &user.reason {
        line.push_str(&format!("({code})"));
    }
    if let Some(pending) = user.pending {
        line.push_str(&format!(" pending {}", pending.as_str()));
    }
    line
}

fn dialog_line(dialog: &DialogView, own: &str) -> String {
    let mut parties: Vec<&ParticipantView> = dialog.participants.iter().collect();
    parties.sort_by_key(|party| (party.address != own, party.address.clone()));
    let parties: Vec<String> = parties
        .iter()
        .map(|party| match party.cause.as_str() {
            "" => party.state.as_str().to_owned(),
            cause => format!("{} {cause}", party.state.as_str()),
        })
        .collect();
    format!(
        "{} {} [{}] {}",
        dialog.id,
        dialog.state.as_str(),
        parties.join("|"),
        dialog.call_type.as_str()
    )
}
