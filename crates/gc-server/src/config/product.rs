//! What Finesse stands in front of and of which release it is, where its own word does not count.

use serde::Deserialize;

/// What Finesse stands in front of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Product {
    /// What SystemInfo says.
    #[default]
    Auto,
    /// Unified CCE.
    Ucce,
    /// Unified CCX.
    Uccx,
}

/// Release of Finesse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Release {
    /// At least what SystemInfo shows.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// 11.6 and 12.0.
    #[serde(rename = "11.6")]
    V11_6,
    /// 12.5.
    #[serde(rename = "12.5")]
    V12_5,
    /// 12.6.
    #[serde(rename = "12.6")]
    V12_6,
    /// 15.0.
    #[serde(rename = "15.0")]
    V15_0,
}

impl Product {
    /// The product, unless SystemInfo tells.
    pub fn chosen(self) -> Option<finesse_protocol::Product> {
        match self {
            Self::Auto => None,
            Self::Ucce => Some(finesse_protocol::Product::Ucce),
            Self::Uccx => Some(finesse_protocol::Product::Uccx),
        }
    }
}

impl Release {
    /// The release, unless SystemInfo tells.
    pub fn chosen(self) -> Option<finesse_protocol::Release> {
        match self {
            Self::Auto => None,
            Self::V11_6 => Some(finesse_protocol::Release::V11_6),
            Self::V12_5 => Some(finesse_protocol::Release::V12_5),
            Self::V12_6 => Some(finesse_protocol::Release::V12_6),
            Self::V15_0 => Some(finesse_protocol::Release::V15_0),
        }
    }
}
