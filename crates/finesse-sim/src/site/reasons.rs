//! Reason codes that people choose, those that each product sets by itself, and wrap-up reasons.

use ReasonCategory::{Logout, NotReady};

use crate::profile::Product;

/// Category of a reason code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonCategory {
    /// For NOT_READY.
    NotReady,
    /// For LOGOUT.
    Logout,
}

impl ReasonCategory {
    /// As Finesse spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotReady => "NOT_READY",
            Self::Logout => "LOGOUT",
        }
    }
}

/// A reason code.
#[derive(Debug, Clone)]
pub struct ReasonCode {
    /// Database id: what requests carry.
    pub id: u32,
    /// Category.
    pub category: ReasonCategory,
    /// CTI code: what people see.
    pub code: i32,
    /// Label.
    pub label: String,
    /// Set by the system, hidden by clients.
    pub system: bool,
}

/// A wrap-up reason.
#[derive(Debug, Clone)]
pub struct WrapUpReason {
    /// Id.
    pub id: u32,
    /// Label.
    pub label: String,
}

/// Why the system changes a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SystemReason {
    /// A routed call rang out.
    NotAnswered,
    SupervisorNotReady,
    SupervisorLogout,
    /// The desktop is gone, and the agent stays signed in.
    ConnectionFailure,
    /// The agent calls while READY.
    CallingFromReady,
    /// The desktop is gone, and the agent with it.
    ForcedLogout,
    SignedIn,
    /// Somebody else signed in at the phone.
    ExtensionConflict,
}

impl SystemReason {
    const ALL: [Self; 8] = [
        Self::NotAnswered,
        Self::SupervisorNotReady,
        Self::SupervisorLogout,
        Self::ConnectionFailure,
        Self::CallingFromReady,
        Self::ForcedLogout,
        Self::SignedIn,
        Self::ExtensionConflict,
    ];

    pub(crate) const fn category(self) -> ReasonCategory {
        match self {
            Self::NotAnswered
            | Self::SupervisorNotReady
            | Self::ConnectionFailure
            | Self::CallingFromReady
            | Self::SignedIn => NotReady,
            Self::SupervisorLogout | Self::ForcedLogout | Self::ExtensionConflict => Logout,
        }
    }

    const fn id(self) -> u32 {
        match self {
            Self::NotAnswered => 901,
            Self::SupervisorNotReady => 902,
            Self::ConnectionFailure => 903,
            Self::CallingFromReady => 904,
            Self::ForcedLogout => 905,
            Self::SupervisorLogout => 906,
            Self::SignedIn => 907,
            Self::ExtensionConflict => 908,
        }
    }

    /// Code and label, where the product has such a reason.
    pub(crate) const fn known_to(self, product: Product) -> Option<(i32, &'static str)> {
        match product {
            Product::Ucce => self.of_ucce(),
            Product::Uccx => self.of_uccx(),
        }
    }

    const fn of_ucce(self) -> Option<(i32, &'static str)> {
        match self {
            Self::NotAnswered => Some((32767, "Call Not Answered")),
            Self::SupervisorNotReady | Self::SupervisorLogout => {
                Some((999, "Supervisor Initiated"))
            }
            Self::ConnectionFailure => Some((50002, "Connection Failure")),
            Self::CallingFromReady => Some((50006, "Call from Ready")),
            Self::ForcedLogout => Some((255, "System Failure")),
            Self::SignedIn | Self::ExtensionConflict => None,
        }
    }

    const fn of_uccx(self) -> Option<(i32, &'static str)> {
        match self {
            // 32763 is assumed: the lists that were read name its neighbours only.
            Self::NotAnswered => Some((32763, "Call Not Answered")),
            Self::SupervisorNotReady => Some((33, "Supervisor Initiated")),
            Self::SupervisorLogout => Some((22, "Supervisor Initiated")),
            Self::ForcedLogout => Some((255, "Logged Out - Connection Failure")),
            Self::SignedIn => Some((32760, "Agent Logon")),
            Self::ExtensionConflict => Some((32741, "Extension Conflict")),
            Self::ConnectionFailure | Self::CallingFromReady => None,
        }
    }
}

/// The codes that a product sets by itself.
pub(super) fn system_codes(product: Product) -> Vec<ReasonCode> {
    let known = SystemReason::ALL.into_iter().filter_map(|reason| {
        let (code, label) = reason.known_to(product)?;
        Some(ReasonCode {
            id: reason.id(),
            category: reason.category(),
            code,
            label: label.to_owned(),
            system: true,
        })
    });
    known.collect()
}

pub(super) fn chosen_codes() -> Vec<ReasonCode> {
    [
        (9, NotReady, 14, "Lunch"),
        (10, NotReady, 15, "Meeting"),
        (11, NotReady, 16, "Training"),
        (4, Logout, 28, "End of shift"),
        (5, Logout, 29, "Break room"),
    ]
    .into_iter()
    .map(|(id, category, code, label)| ReasonCode {
        id,
        category,
        code,
        label: label.to_owned(),
        system: false,
    })
    .collect()
}

pub(super) fn wrap_up_reasons() -> Vec<WrapUpReason> {
    [
        (3, "Order placed"),
        (6, "Complaint"),
        (7, "Call back later"),
    ]
    .into_iter()
    .map(|(id, label)| WrapUpReason {
        id,
        label: label.to_owned(),
    })
    .collect()
}
