//! How events are printed: the profile and the compatibility settings (contract, section 2).

use serde::Deserialize;

/// Choices of one client or of the whole gateway; the default is the contract's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Style {
    /// JSON or `#` text.
    pub dialect: Dialect,
    /// Which keys are printed.
    pub profile: Profile,
    /// How booleans and counts are printed.
    pub scalars: Scalars,
    /// Shape of call variables.
    pub call_variables: CallVariables,
    /// IANA time zone of printed times.
    pub time_zone: String,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            dialect: Dialect::Json,
            profile: Profile::Union,
            scalars: Scalars::Native,
            call_variables: CallVariables::Object,
            time_zone: "UTC".to_owned(),
        }
    }
}

/// The form of an event.
///
#[doc = include_str!("../STRING-DIALECT.md")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// One JSON object.
    Json,
    /// `#` text, for the oldest clients.
    String,
}

/// Which keys an event has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The keys of the table in the document, in its order.
    Documented,
    /// Those, then every key any table of the type prints, and the contract's additions.
    Union,
}

impl Profile {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Documented, Self::Union];

    /// The word in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Union => "union",
        }
    }
}

/// How booleans and counts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scalars {
    /// As JSON booleans and numbers.
    Native,
    /// As text.
    Text,
}

impl Scalars {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Native, Self::Text];

    /// The word in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Text => "text",
        }
    }
}

/// Shape of call variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CallVariables {
    /// `{"name": "value"}`
    Object,
    /// `[{"name": "value"}]`
    Pairs,
    /// `[{"name": "name", "value": "value"}]`
    List,
}

impl CallVariables {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Object, Self::Pairs, Self::List];

    /// The word in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Pairs => "pairs",
            Self::List => "list",
        }
    }
}
