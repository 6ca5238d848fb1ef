//! The one mapping of Finesse's faults to error codes (contract, section 2, "Errors").

use std::borrow::Cow;

use finesse_protocol::Fault;
use gc_protocol::ErrorType;

/// What a request was about; it decides what an unknown object means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    User,
    Dialog,
    /// A list that only some may have.
    List,
}

/// Code and sentence for a fault that Finesse reported.
pub(crate) fn error_of(fault: &Fault, about: About) -> (ErrorType, String) {
    let error_type = error_type(fault, class_of(fault), about);
    let message = match fault.best_message() {
        Some(message) => sentence(&error_type, message),
        None => format!("Finesse answered with status {}", fault.status),
    };
    (error_type, message)
}

/// Finesse often has no more to say than a constant; people get what it means.
fn sentence(error_type: &ErrorType, message: &str) -> String {
    let constant = !message.contains(' ') && message.contains('_');
    match error_type {
        ErrorType::Other(_) => message.to_owned(),
        known if constant => format!("{} ({message})", known.meaning().trim_end_matches('.')),
        _ => message.to_owned(),
    }
}

/// Whether Finesse refused the credential itself, and not what was asked for; a 403 knows whose it is.
pub(crate) fn refuses_credential(fault: &Fault) -> bool {
    let elsewhere = [
        "Invalid State",
        "Invalid Supervisor",
        "Invalid Authorization User Specified",
    ];
    fault.status == 401 && !elsewhere.contains(&class_of(fault))
}

fn class_of(fault: &Fault) -> &str {
    let first = fault.errors.first();
    first.map_or("", |error| error.error_type.as_str())
}

fn error_type(fault: &Fault, class: &str, about: About) -> ErrorType {
    if fault.is_unauthorized() && !matches!(class, "Invalid State" | "Invalid Supervisor") {
        return match about {
            About::User | About::Dialog => ErrorType::Unauthorized,
            About::List => ErrorType::AuthorizationFailure,
        };
    }
    match fault.status {
        404 => {
            return match about {
                About::Dialog => ErrorType::NoDialogId,
                About::User => ErrorType::UserNotFound,
                About::List => ErrorType::NotFound,
            };
        }
        501 => return ErrorType::NotSupported,
        503 => return ErrorType::PleaseRetry,
        _ => {}
    }
    if let Some(constant) = fault.constant() {
        return ErrorType::from_word(constant);
    }
    match class {
        "User Not Found" => ErrorType::UserNotFound,
        "Dialog Not Found" => ErrorType::NoDialogId,
        "Not Implemented" => ErrorType::NotSupported,
        "" | "Generic Error" => ErrorType::GeneralError,
        class if class.bytes().all(|byte| byte.is_ascii_digit()) => ErrorType::GeneralError,
        class => ErrorType::Other(Cow::Owned(upper_snake(class))),
    }
}

fn upper_snake(class: &str) -> String {
    class
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect::<Vec<_>>()
        .join("_")
}
