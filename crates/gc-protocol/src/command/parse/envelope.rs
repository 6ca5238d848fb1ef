//! The REST envelope (GC document, section 1.4): the string form and the session in a `data` object.

use super::json::{Json, Members, take, take_text};
use super::{Callback, CommandError, Submission, fault::Fault, text};

pub(super) fn read(mut members: Members) -> Result<Submission, CommandError> {
    let mut data = match take(&mut members, "data") {
        Some(Json::Object(data)) => data,
        Some(
            other @ (Json::Null
            | Json::Flag(_)
            | Json::Number(_)
            | Json::Fraction
            | Json::Text(_)
            | Json::List),
        ) => {
            return Err(Fault::malformed(format!(
                "`data` must be an object, not {}",
                other.kind()
            ))
            .into());
        }
        None => return Err(neither_form()),
    };
    let Some(message_type) = take_text(&mut data, "type")? else {
        return Err(Fault::malformed(
            "`data.type` is missing: put the message type there, as in `MakeReady#<agentId>`",
        )
        .into());
    };
    let body = take_text(&mut data, "body")?;
    let session_url = given(&mut data, "sessionUrl")?;
    let callback = callback(&mut data)?;
    let read = text::read(&message_type, body.as_ref().map(|body| body.as_str()));
    let command = read.map_err(|error| CommandError {
        session_url: session_url.as_deref().map(Into::into),
        ..error
    })?;
    Ok(Submission {
        command,
        session_url,
        callback,
    })
}

fn neither_form() -> CommandError {
    Fault::malformed("the JSON has neither `data` (REST envelope) nor `command` (typed form)")
        .into()
}

fn callback(data: &mut Members) -> Result<Option<Callback>, Fault> {
    match (
        given(data, "callbackFqdn")?,
        given(data, "callbackEndpoint")?,
    ) {
        (Some(fqdn), Some(endpoint)) => Ok(Some(Callback { fqdn, endpoint })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Fault::invalid(
            "`callbackFqdn` needs `callbackEndpoint` with it",
        )),
        (None, Some(_)) => Err(Fault::invalid(
            "`callbackEndpoint` needs `callbackFqdn` with it",
        )),
    }
}

/// A text that says something; the document writes `"null"` where there is nothing.
fn given(data: &mut Members, key: &str) -> Result<Option<String>, Fault> {
    let text = take_text(data, key)?;
    Ok(text
        .filter(|text| !matches!(text.trim(), "" | "null"))
        .map(|mut text| std::mem::take(&mut *text)))
}
