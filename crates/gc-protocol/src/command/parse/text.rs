//! The string form: message type and body, and its split into parameters.

use zeroize::Zeroizing;

use super::CommandError;
use super::arguments::{Arguments, Raw};
use super::build;
use super::check::unbracketed;
use super::fault::{Fault, quoted};
use crate::command::Command;
use crate::command::table::{self, CommandSpec, ParamKind, ParamSpec};

pub(super) fn read(message_type: &str, body: Option<&str>) -> Result<Command, CommandError> {
    let Some((word, id)) = message_type.split_once('#') else {
        return Err(without_id(message_type.trim()));
    };
    let spec = find(word.trim())?;
    // Whoever puts the parameters here may put a password here: it must not become an agent's id.
    if id
        .trim()
        .contains(|letter: char| letter == ',' || letter.is_whitespace())
    {
        let message = "blanks and commas after the id: the parameters belong into the body";
        return Err(Fault::invalid(message).in_command(spec));
    }
    let arguments = match split(spec, body.unwrap_or_default()) {
        Ok(raws) => Arguments::new(spec, raws),
        Err(fault) => return Err(build::blame(spec, id, None, fault)),
    };
    build::command(spec, id, arguments, None)
}

/// Parts a frame into message type and body.
pub(super) fn split_frame(frame: &str) -> (&str, &str) {
    let Some((word, rest)) = frame.split_once('#') else {
        return (frame, "");
    };
    let id = rest.trim_start_matches([' ', '\t']);
    let id_length = id.find(char::is_whitespace).unwrap_or(id.len());
    let message_type = &frame[..word.len() + 1 + (rest.len() - id.len()) + id_length];
    (message_type, frame_body(&id[id_length..]))
}

/// The body after the id: what follows the line break as it is, or what follows the blanks.
fn frame_body(after_id: &str) -> &str {
    let text = after_id.trim_start_matches([' ', '\t']);
    text.strip_prefix("\r\n")
        .or_else(|| text.strip_prefix('\n'))
        .unwrap_or(text)
}

/// The row of a command word, or an error that says what may have been meant.
pub(super) fn find(word: &str) -> Result<&'static CommandSpec, CommandError> {
    table::find(word).ok_or_else(|| Fault::invalid(unknown(word)).into())
}

fn unknown(word: &str) -> String {
    let Some(shown) = quoted(word) else {
        return "the word before `#` is no command: send for example `MakeReady#<agentId>`"
            .to_owned();
    };
    match table::nearest(word) {
        Some(name) => format!(
            "unknown command {shown}: did you mean `{name}`? The table of commands lists them all"
        ),
        None => format!("unknown command {shown}: see the table of commands"),
    }
}

fn without_id(word: &str) -> CommandError {
    match table::find(word) {
        Some(spec) => Fault::malformed("no `#` and id after the command word").in_command(spec),
        None => Fault::malformed(
            "no `#` in the message type: send the command word, `#` and the agent's id, as in `MakeReady#<agentId>`",
        )
        .into(),
    }
}

fn split(spec: &'static CommandSpec, body: &str) -> Result<Vec<Raw>, Fault> {
    let body = body.trim_end_matches(['\r', '\n']);
    if matches!(body.trim(), "" | "null") {
        return Ok(Vec::new());
    }
    let pieces = match spec
        .params
        .iter()
        .position(|param| param.kind.may_hold_commas())
    {
        Some(at) => split_around(&spec.params[..at], &spec.params[at + 1..], body),
        None => body.split(',').collect(),
    };
    if pieces.len() > spec.params.len() {
        return Err(surplus(spec, pieces.len()));
    }
    Ok(pieces.into_iter().map(raw).collect())
}

fn raw(piece: &str) -> Raw {
    Raw::Text(Zeroizing::new(piece.to_owned()))
}

fn surplus(spec: &CommandSpec, given: usize) -> Fault {
    match spec.params.len() {
        0 => Fault::invalid("it takes no parameters"),
        takes => Fault::invalid(format!("{given} parameters are too many, it takes {takes}")),
    }
}

/// Splits a body of which one parameter may hold commas: those before it end at the first commas, those after it
/// begin at the last ones.
fn split_around<'b>(before: &[ParamSpec], after: &[ParamSpec], body: &'b str) -> Vec<&'b str> {
    let mut pieces: Vec<&str> = body.splitn(before.len() + 1, ',').collect();
    let Some(rest) = pieces.get(before.len()).copied() else {
        return pieces;
    };
    pieces.pop();
    let needed = after.iter().filter(|param| param.required).count();
    if rest.matches(',').count() < needed {
        pieces.extend(rest.split(','));
        return pieces;
    }
    pieces.extend(split_from_the_right(after, rest));
    pieces
}

fn split_from_the_right<'b>(after: &[ParamSpec], mut rest: &'b str) -> Vec<&'b str> {
    let mut pieces = Vec::new();
    for param in after.iter().rev() {
        match rest.rsplit_once(',') {
            Some((head, tail)) if takes(param, tail) => {
                pieces.push(tail);
                rest = head;
            }
            _ => pieces.push(""),
        }
    }
    pieces.push(rest);
    pieces.reverse();
    pieces
}

/// An optional literal is there only when it is that very word: a password may end in a comma and something else.
fn takes(param: &ParamSpec, piece: &str) -> bool {
    match param.kind {
        ParamKind::Literal(word) => unbracketed(piece.trim()).eq_ignore_ascii_case(word),
        ParamKind::Secret
        | ParamKind::Extension
        | ParamKind::Number
        | ParamKind::Id
        | ParamKind::ReasonCode
        | ParamKind::Flag
        | ParamKind::Choice(_)
        | ParamKind::Count
        | ParamKind::FreeText
        | ParamKind::Variables => true,
    }
}
