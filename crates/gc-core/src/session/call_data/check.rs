//! What can be told to be wrong with call data before Finesse is asked (Finesse API, sections 2.2 and 3.6).

use gc_protocol::ErrorType;

use crate::config::Config;

type Refused = (ErrorType, String);

/// Variables by the names that Finesse knows, checked against its limits.
pub(super) fn variables(
    wanted: &[(String, String)],
    known: &[(String, String)],
    config: &Config,
) -> Result<Vec<(String, String)>, Refused> {
    let mut checked = Vec::with_capacity(wanted.len());
    for (name, value) in wanted {
        checked.push((variable(name, value, config)?, value.clone()));
    }
    check_ecc(&checked, known, config)?;
    Ok(checked)
}

fn variable(name: &str, value: &str, config: &Config) -> Result<String, Refused> {
    if let Some(name) = numbered(name) {
        return match value.len() <= config.variable_bytes {
            true => Ok(name),
            false => Err(refused(format!(
                "{name} takes {} bytes at most, {} were given",
                config.variable_bytes,
                value.len()
            ))),
        };
    }
    if is_ecc(name) {
        return Ok(name.to_owned());
    }
    Err(refused(format!(
        "{name} cannot be set: callVariable1 to callVariable10 and names that begin with user. can"
    )))
}

/// `callVariable1` to `callVariable10`, in any case.
fn numbered(name: &str) -> Option<String> {
    const PREFIX: &str = "callVariable";
    let (prefix, number) = name.split_at_checked(PREFIX.len())?;
    let number: u8 = number.parse().ok()?;
    (prefix.eq_ignore_ascii_case(PREFIX) && (1..=10).contains(&number))
        .then(|| format!("{PREFIX}{number}"))
}

fn is_ecc(name: &str) -> bool {
    name.starts_with("user.")
}

/// All expanded variables of a call together have a limit, those that are there already included.
fn check_ecc(
    wanted: &[(String, String)],
    known: &[(String, String)],
    config: &Config,
) -> Result<(), Refused> {
    if !wanted.iter().any(|(name, _)| is_ecc(name)) {
        return Ok(());
    }
    let replaced = |name: &str| wanted.iter().any(|(other, _)| other == name);
    let stays = known.iter().filter(|(name, _)| !replaced(name));
    let bytes: usize = stays
        .chain(wanted)
        .filter(|(name, _)| is_ecc(name))
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if bytes <= config.ecc_bytes {
        return Ok(());
    }
    Err(refused(format!(
        "the call's user. variables would take {bytes} bytes, {} are allowed",
        config.ecc_bytes
    )))
}

/// A customer's local time as Finesse takes it: `2026-05-03T10:30`.
pub(super) fn callback_time(time: &str) -> Result<String, Refused> {
    // What events print has a blank, and seconds.
    let time = time.replacen(' ', "T", 1);
    let minutes = time.get(..16).unwrap_or_default();
    let rest = time.get(16..).unwrap_or_default();
    let digits = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 => byte == b':',
        _ => byte.is_ascii_digit(),
    };
    let good = minutes.len() == 16 && minutes.bytes().enumerate().all(digits);
    if good && matches!(rest, "" | ":00") {
        return Ok(minutes.to_owned());
    }
    Err(refused(
        "callbackTime must be the customer's local time, such as 2026-05-03T10:30".to_owned(),
    ))
}

/// Call data is changed for the agent's own phone only.
pub(super) fn is_own_extension(target: &str, extension: &str) -> Result<(), Refused> {
    if target == extension {
        return Ok(());
    }
    let message = format!("targetMediaAddress must be the agent's extension, which is {extension}");
    Err((ErrorType::WrongExtension, message))
}

fn refused(message: String) -> Refused {
    (ErrorType::PleaseRetry, message)
}
