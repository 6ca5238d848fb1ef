//! Call variables and wrap-up reasons: what may be written, and how it fits.

use super::Engine;
use super::commands::DialogRequest;
use super::model::{AgentIx, Call, CallId};
use super::refusal::Refusal;
use super::settings::UnknownVariables;
use super::words::{DialogAction, PartyState};
use crate::site::EccVariable;

/// Bytes of a call variable, and of a wrap-up reason.
const MOST_BYTES: usize = 40;
/// Bytes of all ECC variables of a call, names and indexes included.
const MOST_ECC_BYTES: usize = 2000;

type Variables = [(String, String)];

/// What became of a value.
enum Fit {
    /// The value as it will be kept.
    Value(String),
    /// The site has no such ECC variable.
    Unknown,
    /// CTI complains.
    Refused,
}

/// What is wrong with names can be said at once.
pub(super) fn check_variables(variables: &Variables) -> Result<(), Refusal> {
    for (place, (name, _)) in variables.iter().enumerate() {
        let mut earlier = variables[..place].iter();
        let twice = earlier.any(|(earlier, _)| earlier == name);
        if twice || !(is_peripheral(name) || name.starts_with("user.")) {
            return Err(Refusal::invalid("Invalid call variable", name));
        }
    }
    Ok(())
}

/// `callVariable1` to `callVariable10`.
fn is_peripheral(name: &str) -> bool {
    let number = name.strip_prefix("callVariable");
    number.is_some_and(|number| (1..=10).any(|n: u8| n.to_string() == number))
}

impl Engine {
    /// Variables for a call that is about to be made.
    pub(super) fn check_new_variables(&self, variables: &Variables) -> Result<(), Refusal> {
        check_variables(variables)?;
        for (name, value) in variables {
            if matches!(self.fit(name, value), Fit::Refused) {
                return Err(Refusal::invalid("Invalid call variable", name));
            }
        }
        Ok(())
    }

    /// UPDATE_CALL_DATA. Only what is given changes; what changes nothing says nothing.
    pub(super) fn update_data(&mut self, agent: AgentIx, id: CallId, request: &DialogRequest) {
        let wrap_up = request.wrap_up.as_deref();
        if wrap_up.is_some() && !self.may_wrap_up(agent, id) {
            return self.refuse_action(agent, id, DialogAction::UpdateCallData);
        }
        if !request.variables.is_empty() && !self.calls[&id].routed {
            let message = "Variables of a call that was not routed cannot be changed";
            let name = &request.variables[0].0;
            return self.refuse_dialog(agent, id, "Call Variable is protected", message, name);
        }
        let mut labels = wrap_up.unwrap_or_default().iter();
        let too_long = labels.any(|label| label.len() > MOST_BYTES);
        match self.fitting(&self.calls[&id], &request.variables) {
            Fitting::These(variables) if !too_long => self.write_data(id, &variables, wrap_up),
            Fitting::Silence => {}
            Fitting::These(_) | Fitting::Refused => {
                self.refuse_dialog(agent, id, "Invalid Input", "CF_VALUE_OUT_OF_RANGE", "3");
            }
        }
    }

    fn may_wrap_up(&self, agent: AgentIx, id: CallId) -> bool {
        let party = self.calls[&id].party(agent);
        party.is_some_and(|party| party.has_talked() || party.state == PartyState::WrapUp)
    }

    fn write_data(&mut self, id: CallId, variables: &Variables, wrap_up: Option<&[String]>) {
        let call = self.call_mut(id);
        let before = (call.variables.clone(), call.wrap_up.clone());
        for (name, value) in variables {
            call.set_variable(name, value);
        }
        if let Some(wrap_up) = wrap_up {
            wrap_up.clone_into(&mut call.wrap_up);
        }
        if before != (call.variables.clone(), call.wrap_up.clone()) {
            self.put(id);
        }
    }

    /// Those that can be written, shortened where the site says so.
    fn fitting(&self, call: &Call, variables: &Variables) -> Fitting {
        let mut fitting = Vec::new();
        for (name, value) in variables {
            match (self.fit(name, value), self.settings.unknown_variables) {
                (Fit::Value(value), _) => fitting.push((name.clone(), value)),
                (Fit::Unknown, UnknownVariables::Skipped) => {}
                (Fit::Unknown, UnknownVariables::SilenceAll) => return Fitting::Silence,
                (Fit::Refused, _) => return Fitting::Refused,
            }
        }
        if ecc_bytes(call, &fitting) > MOST_ECC_BYTES {
            return Fitting::Refused;
        }
        Fitting::These(fitting)
    }

    fn fit(&self, name: &str, value: &str) -> Fit {
        if self.site.profile.has_ascii_data_only() && !value.is_ascii() {
            return Fit::Refused;
        }
        if is_peripheral(name) {
            return if value.len() <= MOST_BYTES {
                Fit::Value(value.to_owned())
            } else {
                Fit::Refused
            };
        }
        let (base, index) = split_index(name);
        let mut configured = self.site.ecc_variables.iter();
        match configured.find(|variable| variable.name == base) {
            None => Fit::Unknown,
            Some(variable) if variable.has(index) => {
                Fit::Value(value[..value.floor_char_boundary(variable.length)].to_owned())
            }
            Some(_) => Fit::Refused,
        }
    }

    /// The variables that a new call gets: unknown ones are left out without a word.
    pub(super) fn fitted(&self, variables: &Variables) -> Vec<(String, String)> {
        let fit = |(name, value): &(String, String)| match self.fit(name, value) {
            Fit::Value(value) => Some((name.clone(), value)),
            Fit::Unknown | Fit::Refused => None,
        };
        variables.iter().filter_map(fit).collect()
    }
}

enum Fitting {
    These(Vec<(String, String)>),
    Silence,
    Refused,
}

/// `user.hist[2]` is element 2 of `user.hist`.
fn split_index(name: &str) -> (&str, Option<&str>) {
    let inner = name.strip_suffix(']').and_then(|name| name.split_once('['));
    inner.map_or((name, None), |(base, index)| (base, Some(index)))
}

impl EccVariable {
    /// Whether it is a scalar as named, or has that element.
    fn has(&self, index: Option<&str>) -> bool {
        match (self.elements, index) {
            (None, None) => true,
            (Some(elements), Some(index)) => index.parse().is_ok_and(|n: usize| n < elements),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

/// What all ECC variables of the call come to with these written.
fn ecc_bytes(call: &Call, written: &Variables) -> usize {
    let kept = call.variables.iter();
    let kept = kept.filter(|(name, _)| !written.iter().any(|(known, _)| known == name));
    let all = kept.chain(written);
    all.filter(|(name, _)| name.starts_with("user."))
        .map(|(name, value)| name.len() + value.len())
        .sum()
}
