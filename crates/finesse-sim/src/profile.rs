//! Product and release, and everything that follows from them.
//!
//! The rest of the simulator asks a [`Profile`] and compares no release on its own.

mod follows;

use std::fmt;
use std::str::FromStr;

/// The contact center behind Finesse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Product {
    /// Unified Contact Center Enterprise.
    #[default]
    Ucce,
    /// Unified Contact Center Express.
    Uccx,
}

/// Release of Finesse, each at its last maintenance level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Release {
    /// 11.6(1).
    V11_6,
    /// 12.5(1).
    V12_5,
    /// 12.6(2).
    #[default]
    V12_6,
    /// 15.0(1).
    V15_0,
}

/// Whose spelling the documents follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    /// As real servers were seen to write.
    #[default]
    Captured,
    /// As Cisco's guide prints it: `ReasonCode` in a User, capital roots and lower-case events in
    /// notifications.
    Documented,
}

/// How messages of the notification service are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageId {
    /// `<node>__<bare address>__<five characters>`.
    Addressed,
    /// Eight characters.
    Random,
}

/// How a dialog carries wrap-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrapUpData {
    /// One `wrapUpReason`.
    Reason,
    /// Several `wrapUpItem` inside `wrapUpItems`.
    Items,
}

/// What the simulator imitates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Profile {
    /// The contact center behind Finesse.
    pub product: Product,
    /// Release of Finesse.
    pub release: Release,
    /// Whose spelling the documents follow.
    pub spelling: Spelling,
}

impl Product {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ucce, Self::Uccx];

    /// As `deploymentType` spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ucce => "UCCE",
            Self::Uccx => "UCCX",
        }
    }
}

impl Release {
    /// All, oldest first.
    pub const ALL: [Self; 4] = [Self::V11_6, Self::V12_5, Self::V12_6, Self::V15_0];

    /// As people write it, such as `12.6`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V11_6 => "11.6",
            Self::V12_5 => "12.5",
            Self::V12_6 => "12.6",
            Self::V15_0 => "15.0",
        }
    }
}

impl Spelling {
    /// Name of a User's reason.
    pub const fn reason_code(self) -> &'static str {
        match self {
            Self::Captured => "reasonCode",
            Self::Documented => "ReasonCode",
        }
    }

    /// Name of an object inside a notification, given as captured.
    pub fn root(self, captured: &'static str) -> String {
        let mut letters = captured.chars();
        match (self, letters.next()) {
            (Self::Documented, Some(first)) => {
                first.to_ascii_uppercase().to_string() + letters.as_str()
            }
            (Self::Documented, None) | (Self::Captured, _) => captured.to_owned(),
        }
    }

    /// What happened, given as captured.
    pub fn event(self, captured: &'static str) -> String {
        match self {
            Self::Captured => captured.to_owned(),
            Self::Documented => captured.to_ascii_lowercase(),
        }
    }
}

/// A word that names no product or release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, not {found}")]
pub struct UnknownProfile {
    expected: &'static str,
    found: String,
}

impl FromStr for Product {
    type Err = UnknownProfile;

    fn from_str(word: &str) -> Result<Self, UnknownProfile> {
        let known = Self::ALL.into_iter();
        let mut named = known.filter(|product| product.as_str().eq_ignore_ascii_case(word));
        named.next().ok_or_else(|| UnknownProfile {
            expected: "UCCE or UCCX",
            found: word.to_owned(),
        })
    }
}

impl FromStr for Release {
    type Err = UnknownProfile;

    fn from_str(word: &str) -> Result<Self, UnknownProfile> {
        let mut named = Self::ALL
            .into_iter()
            .filter(|release| release.as_str() == word);
        named.next().ok_or_else(|| UnknownProfile {
            expected: "11.6, 12.5, 12.6 or 15.0",
            found: word.to_owned(),
        })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.product.as_str(), self.release.as_str())
    }
}

impl Profile {
    /// A product at a release, spelling as captured.
    pub const fn new(product: Product, release: Release) -> Self {
        Self {
            product,
            release,
            spelling: Spelling::Captured,
        }
    }

    /// Whether Unified CCE is behind Finesse.
    pub const fn is_ucce(self) -> bool {
        match self.product {
            Product::Ucce => true,
            Product::Uccx => false,
        }
    }
}
