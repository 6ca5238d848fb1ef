//! The typed form (contract, section 1): names instead of places, so that any password fits.

use super::arguments::{Arguments, Raw};
use super::fault::{Fault, quoted};
use super::json::{Json, Members, take, take_text};
use super::{CommandError, Submission, build, check, text};
use crate::command::table::{CommandSpec, ParamKind, ParamSpec, Subject};
use crate::ids::CommandId;

pub(super) fn is_typed(members: &Members) -> bool {
    members.iter().any(|(key, _)| key == "command")
}

pub(super) fn read(mut members: Members) -> Result<Submission, CommandError> {
    let command_id = command_id(&mut members)?;
    read_command(members, command_id.clone()).map_err(|error| CommandError {
        command_id,
        ..error
    })
}

fn read_command(
    mut members: Members,
    command_id: Option<CommandId>,
) -> Result<Submission, CommandError> {
    let word = take_text(&mut members, "command")?.unwrap_or_default();
    let spec = text::find(word.trim())?;
    let agent_id = take_text(&mut members, "agentId").map_err(|fault| fault.in_command(spec))?;
    let mut params = params(&mut members).map_err(|fault| fault.in_command(spec))?;
    let id = match spec.subject {
        Subject::Agent => agent_id
            .map(|mut id| std::mem::take(&mut *id))
            .unwrap_or_default(),
        Subject::Destination => {
            destination(agent_id.is_some(), &mut params).map_err(|fault| fault.in_command(spec))?
        }
    };
    let raws = nothing_else(&members)
        .and_then(|()| raws(spec, params))
        .map_err(|fault| build::blame(spec, &id, command_id.clone(), fault))?;
    let command = build::command(spec, &id, Arguments::new(spec, raws), command_id)?;
    Ok(Submission {
        command,
        session_url: None,
        callback: None,
    })
}

fn command_id(members: &mut Members) -> Result<Option<CommandId>, Fault> {
    let Some(text) = take_text(members, "commandId")? else {
        return Ok(None);
    };
    check::command_id(&text)?;
    Ok(Some(CommandId::from(text.as_str())))
}

fn params(members: &mut Members) -> Result<Members, Fault> {
    match take(members, "params") {
        None | Some(Json::Null) => Ok(Members::new()),
        Some(Json::Object(params)) => Ok(params),
        Some(
            other @ (Json::Flag(_) | Json::Number(_) | Json::Fraction | Json::Text(_) | Json::List),
        ) => Err(Fault::malformed(format!(
            "`params` must be an object, not {}",
            other.kind()
        ))),
    }
}

fn destination(names_an_agent: bool, params: &mut Members) -> Result<String, Fault> {
    if names_an_agent {
        return Err(Fault::invalid(
            "it is about a client: name it in `params.destination`, without `agentId`",
        ));
    }
    let text = take_text(params, "destination")?;
    Ok(text
        .map(|mut text| std::mem::take(&mut *text))
        .unwrap_or_default())
}

fn nothing_else(members: &Members) -> Result<(), Fault> {
    match members.first() {
        None => Ok(()),
        Some((key, _)) => {
            let shown = quoted(key).unwrap_or_else(|| "a key".to_owned());
            Err(Fault::malformed(format!(
                "{shown} is not known here: the typed form has `command`, `agentId`, `params`, `commandId`"
            )))
        }
    }
}

fn raws(spec: &CommandSpec, mut params: Members) -> Result<Vec<Raw>, Fault> {
    let raws = spec
        .params
        .iter()
        .map(|param| {
            take(&mut params, param.name).map_or(Ok(Raw::Absent), |value| raw(param, value))
        })
        .collect::<Result<_, _>>()?;
    match params.first() {
        None => Ok(raws),
        Some((key, _)) => {
            let shown = quoted(key).unwrap_or_else(|| "a key of `params`".to_owned());
            let known: Vec<_> = spec
                .params
                .iter()
                .map(|param| format!("`{}`", param.name))
                .collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            Err(Fault::invalid(format!(
                "{shown} is no parameter of it; its parameters: {known}"
            )))
        }
    }
}

fn raw(param: &ParamSpec, value: Json) -> Result<Raw, Fault> {
    match value {
        Json::Null => Ok(Raw::Absent),
        Json::Flag(flag) => Ok(Raw::Flag(flag)),
        Json::Number(number) => Ok(Raw::Number(number)),
        Json::Text(text) => Ok(Raw::Text(text)),
        Json::Object(members) if param.kind == ParamKind::Variables => {
            pairs(param, members).map(Raw::Pairs)
        }
        other @ (Json::Object(_) | Json::Fraction | Json::List) => Err(Fault::wrong(
            param,
            &format!("a string, not {}", other.kind()),
        )),
    }
}

fn pairs(param: &ParamSpec, members: Members) -> Result<Vec<(String, String)>, Fault> {
    let text = |value| match value {
        Json::Text(mut text) => Ok(std::mem::take(&mut *text)),
        Json::Number(number) => Ok(number),
        Json::Flag(flag) => Ok(flag.to_string()),
        Json::Null => Ok(String::new()),
        other @ (Json::Fraction | Json::List | Json::Object(_)) => Err(Fault::wrong(
            param,
            &format!("an object of strings, not of {}", other.kind()),
        )),
    };
    members
        .into_iter()
        .map(|(name, value)| Ok((name, text(value)?)))
        .collect()
}
