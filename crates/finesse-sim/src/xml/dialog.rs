//! Dialog and Dialogs.

use super::Writer;
use crate::engine::{DialogView, ParticipantView, WrapUpView};

/// A dialog; REST and lists call it `Dialog`, a lone notification `dialog`.
pub(crate) fn dialog(w: &mut Writer, root: &str, dialog: &DialogView) {
    w.element(root, |w| {
        let associated = dialog.associated.map(uri).unwrap_or_default();
        w.leaf("associatedDialogUri", &associated);
        let outbound = dialog.outbound.as_ref();
        if let Some(number) = outbound.and_then(|outbound| outbound.callback_number.as_ref()) {
            w.leaf("callbackNumber", number);
        }
        w.leaf("fromAddress", &dialog.from);
        w.number("id", dialog.id);
        media(w, dialog);
        w.leaf("mediaType", "Voice");
        w.element("participants", |w| {
            for each in &dialog.participants {
                participant(w, each);
            }
        });
        if let Some((time, number)) = outbound.and_then(|outbound| outbound.scheduled.as_ref()) {
            w.element("scheduledCallbackInfo", |w| {
                w.leaf("callbackNumber", number);
                w.leaf("callbackTime", time);
            });
        }
        if let Some(id) = dialog.secondary {
            w.number("secondaryId", id);
        }
        w.leaf("state", dialog.state.as_str());
        w.leaf("toAddress", &dialog.to);
        w.leaf("uri", &uri(dialog.id));
    });
}

pub(crate) fn dialogs(list: &[DialogView]) -> String {
    Writer::document(|w| {
        if list.is_empty() {
            return w.empty("Dialogs");
        }
        w.element("Dialogs", |w| {
            for each in list {
                dialog(w, "Dialog", each);
            }
        });
    })
}

fn uri(id: u64) -> String {
    format!("/finesse/api/Dialog/{id}")
}

/// Alphabetical, but for the variables, which come last.
fn media(w: &mut Writer, dialog: &DialogView) {
    w.element("mediaProperties", |w| {
        w.leaf("DNIS", &dialog.dnis);
        if let Some(key) = dialog.call_key {
            w.number("callKeyCallId", key);
            w.leaf("callKeyPrefix", "152770");
            w.leaf("callKeySequenceNum", "1");
        }
        w.leaf("callType", dialog.call_type.as_str());
        w.leaf("dialedNumber", &dialog.dialed);
        w.leaf("mediaId", "1");
        let outbound = dialog.outbound.as_ref();
        let classification = outbound.map_or("", |outbound| &outbound.classification);
        w.leaf("outboundClassification", classification);
        if let Some((number, name)) = &dialog.queue {
            w.leaf("queueName", name);
            w.leaf("queueNumber", number);
        }
        wrap_up(w, &dialog.wrap_up);
        w.element("callvariables", |w| {
            for (name, value) in &dialog.variables {
                w.element("CallVariable", |w| {
                    w.leaf("name", name);
                    w.leaf("value", value);
                });
            }
        });
    });
}

fn wrap_up(w: &mut Writer, chosen: &WrapUpView) {
    match chosen {
        WrapUpView::Reason(None) => {}
        WrapUpView::Reason(Some(reason)) => w.leaf("wrapUpReason", reason),
        WrapUpView::Items(items) => w.element("wrapUpItems", |w| {
            for item in items {
                w.leaf("wrapUpItem", item);
            }
        }),
    }
}

fn participant(w: &mut Writer, party: &ParticipantView) {
    w.element("Participant", |w| {
        w.element("actions", |w| {
            for action in &party.actions {
                w.leaf("action", action.as_str());
            }
        });
        w.leaf("mediaAddress", &party.address);
        let kind = if party.agent_device {
            "AGENT_DEVICE"
        } else {
            ""
        };
        w.leaf("mediaAddressType", kind);
        w.leaf("startTime", &party.started.iso());
        w.leaf("state", party.state.as_str());
        w.leaf("stateCause", party.cause.as_str());
        w.leaf("stateChangeTime", &party.changed.iso());
    });
}
