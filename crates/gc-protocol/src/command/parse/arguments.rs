//! The parameters of one command, handed out one by one in the order of its row.

use zeroize::Zeroizing;

use super::check;
use super::fault::Fault;
use crate::command::table::{CommandSpec, ParamSpec};
use crate::ids::{Destination, DialogId};
use crate::secret::Secret;

/// A parameter as it came, unchecked.
#[derive(Debug)]
pub(super) enum Raw {
    Absent,
    Text(Zeroizing<String>),
    Number(String),
    Flag(bool),
    Pairs(Vec<(String, String)>),
}

pub(super) struct Arguments {
    params: std::slice::Iter<'static, ParamSpec>,
    raws: std::vec::IntoIter<Raw>,
}

impl Arguments {
    pub(super) fn new(spec: &'static CommandSpec, raws: Vec<Raw>) -> Self {
        Self {
            params: spec.params.iter(),
            raws: raws.into_iter(),
        }
    }

    pub(super) fn dialog(&mut self) -> Result<DialogId, Fault> {
        self.text().map(DialogId::from)
    }

    pub(super) fn destination(&mut self) -> Result<Destination, Fault> {
        self.text().map(Destination::from)
    }

    pub(super) fn text(&mut self) -> Result<String, Fault> {
        let (param, raw) = self.take()?;
        let text = scalar(param, raw)?;
        let text = check::normalised(param.kind, &text);
        if text.is_empty() {
            return absent(param).map(|()| String::new());
        }
        check::text(param, text)
    }

    pub(super) fn secret(&mut self) -> Result<Secret, Fault> {
        let (param, raw) = self.take()?;
        let mut text = scalar(param, raw)?;
        if text.is_empty() {
            absent(param)?;
        }
        check::secret(param, &text)?;
        Ok(Secret::new(std::mem::take(&mut *text)))
    }

    pub(super) fn flag(&mut self) -> Result<bool, Fault> {
        let (param, raw) = self.take()?;
        if let Raw::Flag(flag) = raw {
            return Ok(flag);
        }
        let text = scalar(param, raw)?;
        match check::normalised(param.kind, &text) {
            "" => absent(param).map(|()| false),
            text => check::flag(param, text),
        }
    }

    /// Whether the row's own word is there.
    pub(super) fn literal(&mut self) -> Result<bool, Fault> {
        let (param, raw) = self.take()?;
        if let Raw::Flag(flag) = raw {
            return Ok(flag);
        }
        let text = scalar(param, raw)?;
        match check::normalised(param.kind, &text) {
            "" => absent(param).map(|()| false),
            text => check::text(param, text).map(|_| true),
        }
    }

    pub(super) fn count(&mut self) -> Result<u32, Fault> {
        let (param, raw) = self.take()?;
        let text = scalar(param, raw)?;
        match check::normalised(param.kind, &text) {
            "" => absent(param).map(|()| 0),
            text => check::count(param, text),
        }
    }

    pub(super) fn variables(&mut self) -> Result<Vec<(String, String)>, Fault> {
        let (param, raw) = self.take()?;
        let pairs = match raw {
            Raw::Pairs(pairs) => pairs,
            raw @ (Raw::Absent | Raw::Text(_) | Raw::Number(_) | Raw::Flag(_)) => {
                check::pairs(param, &scalar(param, raw)?)?
            }
        };
        if pairs.is_empty() {
            absent(param)?;
        }
        check::variables(param, pairs)
    }

    fn take(&mut self) -> Result<(&'static ParamSpec, Raw), Fault> {
        let param = self.params.next();
        let raw = self.raws.next().unwrap_or(Raw::Absent);
        // Rows and builders are both ours; a test walks through every row.
        param
            .map(|param| (param, raw))
            .ok_or_else(|| Fault::invalid("its row in the table lacks a parameter"))
    }
}

fn absent(param: &ParamSpec) -> Result<(), Fault> {
    if param.required {
        Err(Fault::missing(param))
    } else {
        Ok(())
    }
}

fn scalar(param: &ParamSpec, raw: Raw) -> Result<Zeroizing<String>, Fault> {
    match raw {
        Raw::Absent => Ok(Zeroizing::default()),
        Raw::Text(text) => Ok(text),
        Raw::Number(number) => Ok(Zeroizing::new(number)),
        Raw::Flag(_) => Err(Fault::wrong(param, "a string, not true or false")),
        Raw::Pairs(_) => Err(Fault::wrong(param, "a string, not an object")),
    }
}
