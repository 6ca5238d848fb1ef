//! What agents do about a campaign's customer: callbacks and classification.

use super::Engine;
use super::commands::DialogRequest;
use super::model::{CallId, Callback};
use super::refusal::Refusal;

/// Values of a reclassification.
const CLASSIFICATIONS: [&str; 6] = [
    "VOICE",
    "FAX",
    "ANS_MACHINE",
    "INVALID",
    "DO_NOT_CALL",
    "BUSY",
];

/// Time and number may come in one request or in two.
pub(super) fn check_callback(request: &DialogRequest) -> Result<(), Refusal> {
    let (time, number) = (
        request.param("callbackTime"),
        request.param("callbackNumber"),
    );
    if time.is_none() && number.is_none() {
        return Err(Refusal::missing("callbackTime"));
    }
    if time.is_some_and(|time| !is_local_time(time)) {
        return Err(Refusal::invalid("Invalid callbackTime", "callbackTime"));
    }
    if number.is_some_and(|number| !is_number(number)) {
        return Err(Refusal::invalid("Invalid callbackNumber", "callbackNumber"));
    }
    Ok(())
}

pub(super) fn check_reclassify(request: &DialogRequest) -> Result<(), Refusal> {
    let value = request.param("outboundClassification").unwrap_or_default();
    if value.is_empty() {
        Err(Refusal::missing("outboundClassification"))
    } else if CLASSIFICATIONS.contains(&value) {
        Ok(())
    } else {
        Err(Refusal::invalid("Invalid outboundClassification", value))
    }
}

impl Engine {
    pub(super) fn schedule_callback(&mut self, id: CallId, request: &DialogRequest) {
        let known = self.calls[&id].outbound.as_ref();
        let mut callback = known
            .and_then(|outbound| outbound.callback.clone())
            .unwrap_or_default();
        if let Some(time) = request.param("callbackTime") {
            time.clone_into(&mut callback.time);
        }
        if let Some(number) = request.param("callbackNumber") {
            number.clone_into(&mut callback.number);
        }
        self.set_callback(id, Some(callback));
    }

    pub(super) fn cancel_callback(&mut self, id: CallId) {
        self.set_callback(id, None);
    }

    fn set_callback(&mut self, id: CallId, callback: Option<Callback>) {
        let Some(outbound) = self.call_mut(id).outbound.as_mut() else {
            return;
        };
        if outbound.callback != callback {
            outbound.callback = callback;
            self.put(id);
        }
    }

    pub(super) fn reclassify(&mut self, id: CallId, request: &DialogRequest) {
        let value = request.param("outboundClassification").unwrap_or_default();
        let call = self.call_mut(id);
        let Some(outbound) = call.outbound.as_mut() else {
            return;
        };
        if outbound.classification != value {
            value.clone_into(&mut outbound.classification);
            call.set_variable("BAResponse", value);
            self.put(id);
        }
    }
}

/// `YYYY-MM-DDThh:mm`, the customer's clock.
fn is_local_time(text: &str) -> bool {
    text.len() == 16 && text.parse::<jiff::civil::DateTime>().is_ok()
}

fn is_number(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+*#".contains(&b))
}
