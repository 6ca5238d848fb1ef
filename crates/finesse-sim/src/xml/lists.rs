//! Queues, reason codes, wrap-up reasons.

use super::Writer;
use crate::engine::QueueView;
use crate::site::{ReasonCode, WrapUpReason};

/// A queue; `Queue` in answers, `queue` in notifications.
pub(crate) fn queue_element(w: &mut Writer, root: &str, queue: &QueueView) {
    let figure = |w: &mut Writer, name: &str, figure: usize| match queue.is_counted {
        true => w.number(name, figure),
        false => w.leaf(name, "-1"),
    };
    w.element(root, |w| {
        w.leaf("name", &queue.name);
        w.element("statistics", |w| {
            figure(w, "agentsBusyOther", queue.busy_other);
            figure(w, "agentsLoggedOn", queue.logged_on);
            figure(w, "agentsNotReady", queue.not_ready);
            figure(w, "agentsReady", queue.ready);
            figure(w, "agentsTalkingInbound", queue.talking_inbound);
            figure(w, "agentsTalkingInternal", queue.talking_internal);
            figure(w, "agentsTalkingOutbound", queue.talking_outbound);
            figure(w, "agentsWrapUpNotReady", queue.wrap_up_not_ready);
            figure(w, "agentsWrapUpReady", queue.wrap_up_ready);
            figure(w, "callsInQueue", queue.calls);
            let longest = queue.longest_since.filter(|_| queue.is_counted);
            let longest = longest.map(|since| since.iso());
            w.leaf(
                "startTimeOfLongestCallInQueue",
                &longest.unwrap_or_default(),
            );
        });
        w.leaf("uri", &format!("/finesse/api/Queue/{}", queue.id));
    });
}

pub(crate) fn queue(queue: &QueueView) -> String {
    Writer::document(|w| queue_element(w, "Queue", queue))
}

pub(crate) fn queues(queues: &[QueueView]) -> String {
    Writer::document(|w| {
        w.element("Queues", |w| {
            for queue in queues {
                queue_element(w, "Queue", queue);
            }
        });
    })
}

pub(crate) fn reason_code(reason: &ReasonCode) -> String {
    Writer::document(|w| reason_element(w, reason))
}

pub(crate) fn reason_codes(category: &str, reasons: &[&ReasonCode]) -> String {
    Writer::document(|w| {
        w.element_with("ReasonCodes", &[("category", category)], |w| {
            for reason in reasons {
                reason_element(w, reason);
            }
        });
    })
}

fn reason_element(w: &mut Writer, reason: &ReasonCode) {
    w.element("ReasonCode", |w| {
        w.leaf("uri", &format!("/finesse/api/ReasonCode/{}", reason.id));
        w.leaf("category", reason.category.as_str());
        w.number("code", reason.code);
        w.leaf("label", &reason.label);
        w.leaf("forAll", "true");
        w.number("systemCode", reason.system);
    });
}

/// `prefix` is the collection's parent: user-scoped lists name the user in each URI.
pub(crate) fn wrap_up_reasons(prefix: &str, reasons: &[WrapUpReason]) -> String {
    Writer::document(|w| {
        w.element("WrapUpReasons", |w| {
            for reason in reasons {
                wrap_up_element(w, prefix, reason);
            }
        });
    })
}

pub(crate) fn wrap_up_reason(prefix: &str, reason: &WrapUpReason) -> String {
    Writer::document(|w| wrap_up_element(w, prefix, reason))
}

fn wrap_up_element(w: &mut Writer, prefix: &str, reason: &WrapUpReason) {
    w.element("WrapUpReason", |w| {
        w.leaf("uri", &format!("{prefix}/WrapUpReason/{}", reason.id));
        w.leaf("label", &reason.label);
        w.leaf("forAll", "true");
    });
}
