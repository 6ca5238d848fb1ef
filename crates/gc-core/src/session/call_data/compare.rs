//! What a call shows of the data that was asked for.

use finesse_protocol::Dialog;

use super::DataWork;

/// How much of a change a call shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// All of it.
    Whole,
    /// All of it is there, but some values lost their end; a line for each.
    CutShort(Vec<String>),
    /// Some of it is not there; what, for people.
    Missing(String),
}

impl DataWork {
    /// How much of the change a call shows.
    pub(super) fn shown_by(&self, dialog: &Dialog) -> Shown {
        let media = &dialog.media_properties;
        let callback = dialog.scheduled_callback.as_ref();
        match self {
            DataWork::WrapUp(label) => text("the wrap-up reason", &media.wrap_up_reason, label),
            DataWork::WrapUpItems(labels) => {
                let has = |label: &String| {
                    media.wrap_up_items.contains(label) || media.wrap_up_reason == *label
                };
                whole_if(labels.iter().all(has), "the wrap-up reasons")
            }
            DataWork::Variables(wanted) => variables(dialog, wanted),
            DataWork::CallbackTime { time, .. } => whole_if(
                callback.is_some_and(|callback| callback.time == *time),
                "the callback's time",
            ),
            DataWork::CallbackNumber { number, .. } => whole_if(
                callback.is_some_and(|callback| callback.number == *number),
                "the callback's number",
            ),
            DataWork::NoCallback => whole_if(callback.is_none(), "the callback aside"),
            DataWork::Classification(value) => {
                let answer = media.call_variables.iter().find(|v| v.name == "BAResponse");
                let answered =
                    answer.is_some_and(|answer| answer.value.eq_ignore_ascii_case(value));
                let classified = media.outbound_classification.eq_ignore_ascii_case(value);
                whole_if(classified || answered, "the classification")
            }
        }
    }
}

fn whole_if(whole: bool, what: &str) -> Shown {
    if whole {
        Shown::Whole
    } else {
        Shown::Missing(what.to_owned())
    }
}

fn text(name: &str, found: &str, wanted: &str) -> Shown {
    if found == wanted {
        Shown::Whole
    } else if is_cut_short(found, wanted) {
        Shown::CutShort(vec![cut_short(name, found, wanted)])
    } else {
        Shown::Missing(name.to_owned())
    }
}

fn variables(dialog: &Dialog, wanted: &[(String, String)]) -> Shown {
    let (mut lines, mut missing) = (Vec::new(), Vec::new());
    for (name, value) in wanted {
        let variables = &dialog.media_properties.call_variables;
        let found = variables.iter().find(|variable| variable.name == *name);
        match found.map_or("", |found| found.value.as_str()) {
            found if found == value => {}
            found if is_cut_short(found, value) => lines.push(cut_short(name, found, value)),
            _ => missing.push(name.as_str()),
        }
    }
    if !missing.is_empty() {
        Shown::Missing(missing.join(", "))
    } else if lines.is_empty() {
        Shown::Whole
    } else {
        Shown::CutShort(lines)
    }
}

fn is_cut_short(found: &str, wanted: &str) -> bool {
    !found.is_empty() && found.len() < wanted.len() && wanted.starts_with(found)
}

/// Values are the customer's business and stay out of it.
fn cut_short(name: &str, found: &str, wanted: &str) -> String {
    format!(
        "{name} was cut short: Finesse kept {} of {} characters",
        found.chars().count(),
        wanted.chars().count()
    )
}
