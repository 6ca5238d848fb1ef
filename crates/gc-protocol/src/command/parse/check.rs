//! What each kind of parameter may hold.

use super::fault::{Fault, quoted};
use crate::command::table::{ParamKind, ParamSpec};
use crate::error::ErrorType;

const LONGEST_ID: usize = 128;
const LONGEST_NUMBER: usize = 64;
const LONGEST_COMMAND_ID: usize = 64;
const LONGEST_FREE_TEXT: usize = 1024;
/// Tokens of single sign-on run to some thousand characters.
const LONGEST_SECRET: usize = 16 * 1024;

/// Drops the blanks around a parameter, and the angle brackets that the document prints around words and numbers.
pub(super) fn normalised(kind: ParamKind, text: &str) -> &str {
    match kind {
        ParamKind::Secret => text,
        ParamKind::Extension
        | ParamKind::Number
        | ParamKind::Id
        | ParamKind::FreeText
        | ParamKind::Variables => text.trim(),
        ParamKind::ReasonCode
        | ParamKind::Flag
        | ParamKind::Literal(_)
        | ParamKind::Choice(_)
        | ParamKind::Count => unbracketed(text.trim()),
    }
}

pub(super) fn unbracketed(text: &str) -> &str {
    text.strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'))
        .unwrap_or(text)
}

/// Checks a parameter that stays text.
pub(super) fn text(param: &ParamSpec, text: &str) -> Result<String, Fault> {
    match param.kind {
        ParamKind::Extension => extension(param, text),
        ParamKind::Number => number(param, text),
        ParamKind::Id => identifier(param.name, text),
        ParamKind::ReasonCode => reason_code(param, text),
        ParamKind::Literal(word) => one_of(param, &[word], text),
        ParamKind::Choice(words) => one_of(param, words, text),
        ParamKind::Secret
        | ParamKind::Flag
        | ParamKind::Count
        | ParamKind::FreeText
        | ParamKind::Variables => free_text(param, text),
    }
}

/// An id: printable, not empty, not too long. Blanks around it are dropped.
pub(super) fn identifier(name: &str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::invalid(format!("`{name}` is empty")));
    }
    if text.chars().count() > LONGEST_ID {
        return Err(Fault::invalid(format!(
            "`{name}` is longer than {LONGEST_ID} characters"
        )));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::invalid(format!(
            "`{name}` holds a control character"
        )));
    }
    Ok(text.to_owned())
}

pub(super) fn command_id(text: &str) -> Result<(), Fault> {
    let length = text.chars().count();
    if length == 0 || length > LONGEST_COMMAND_ID || text.chars().any(char::is_control) {
        return Err(Fault::invalid(format!(
            "`commandId` must have 1 to {LONGEST_COMMAND_ID} printable characters"
        )));
    }
    Ok(())
}

pub(super) fn secret(param: &ParamSpec, text: &str) -> Result<(), Fault> {
    if text.len() > LONGEST_SECRET {
        return Err(Fault::wrong(
            param,
            &format!("at most {LONGEST_SECRET} bytes long"),
        ));
    }
    // A zero byte parts the fields of a SASL PLAIN answer, a line break those of an HTTP head.
    if text.chars().any(char::is_control) {
        return Err(Fault::wrong(param, "free of control characters"));
    }
    Ok(())
}

pub(super) fn flag(param: &ParamSpec, text: &str) -> Result<bool, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Fault::wrong(param, "`true` or `false`")),
    }
}

pub(super) fn count(param: &ParamSpec, text: &str) -> Result<u32, Fault> {
    text.parse()
        .map_err(|_| Fault::wrong(param, "a number from 0 up"))
}

/// Reads `name=value` pairs joined by `|`; a value may hold `=`.
pub(super) fn pairs(param: &ParamSpec, text: &str) -> Result<Vec<(String, String)>, Fault> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    text.split('|')
        .map(|piece| {
            pair(piece).ok_or_else(|| Fault::wrong(param, "`name=value` pairs joined by `|`"))
        })
        .collect()
}

/// Checks variables, each named once.
pub(super) fn variables(
    param: &ParamSpec,
    pairs: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, Fault> {
    let mut checked: Vec<(String, String)> = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        let name = identifier("name of a variable", &name)?;
        if checked.iter().any(|(known, _)| *known == name) {
            let shown = quoted(&name).unwrap_or_else(|| "one".to_owned());
            return Err(Fault::wrong(
                param,
                &format!("different variables, but {shown} is there twice"),
            ));
        }
        checked.push((name, free_text(param, &value)?));
    }
    Ok(checked)
}

fn extension(param: &ParamSpec, text: &str) -> Result<String, Fault> {
    let good = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#');
    if text.len() > LONGEST_NUMBER || !text.chars().all(good) {
        let message = format!(
            "`{}` may hold digits, `+`, `*` and `#` only, at most {LONGEST_NUMBER}",
            param.name
        );
        return Err(Fault::coded(ErrorType::WrongExtension, message));
    }
    Ok(text.to_owned())
}

fn number(param: &ParamSpec, text: &str) -> Result<String, Fault> {
    let printable = |c: char| c == ' ' || c.is_ascii_graphic();
    if text.len() > LONGEST_NUMBER || !text.chars().all(printable) {
        return Err(Fault::wrong(
            param,
            &format!("at most {LONGEST_NUMBER} printable ASCII characters"),
        ));
    }
    Ok(text.to_owned())
}

fn reason_code(param: &ParamSpec, text: &str) -> Result<String, Fault> {
    if text.len() > 10 || !text.chars().all(|c| c.is_ascii_digit()) {
        return Err(Fault::wrong(
            param,
            "the number of a reason, as ReasonCodes lists it",
        ));
    }
    Ok(text.to_owned())
}

fn one_of(param: &ParamSpec, words: &[&str], text: &str) -> Result<String, Fault> {
    let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
    match word {
        Some(word) => Ok((*word).to_owned()),
        None => Err(Fault::wrong(param, &format!("`{}`", words.join("` or `")))),
    }
}

fn free_text(param: &ParamSpec, text: &str) -> Result<String, Fault> {
    if text.chars().count() > LONGEST_FREE_TEXT || text.chars().any(char::is_control) {
        let must = format!("at most {LONGEST_FREE_TEXT} characters without control characters");
        return Err(Fault::wrong(param, &must));
    }
    Ok(text.to_owned())
}
