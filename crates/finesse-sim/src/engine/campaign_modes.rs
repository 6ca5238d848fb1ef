//! What sets the modes of campaigns apart.

use super::words::{CallType, CampaignMode};

impl CampaignMode {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Preview,
        Self::DirectPreview,
        Self::Progressive,
        Self::Predictive,
        Self::PersonalCallback,
    ];

    /// Kind of the reservation and its `BAStatus`, where agents see the customer first.
    pub(crate) const fn reservation(self) -> Option<(CallType, &'static str)> {
        match self {
            Self::Preview => Some((CallType::OutboundPreview, "PREVIEW_OUTBOUND_RESERVATION")),
            Self::DirectPreview => Some((
                CallType::OutboundDirectPreview,
                "DIRECT_PREVIEW_OUTBOUND_RESERVATION",
            )),
            // As documented for regular callbacks in preview mode.
            Self::PersonalCallback => Some((
                CallType::OutboundPersonalCallbackPreview,
                "PREVIEW_OUTBOUND_RESERVATION",
            )),
            Self::Progressive | Self::Predictive => None,
        }
    }

    /// Kind of the customer's call and its `BAStatus`.
    pub(crate) const fn call(self) -> (CallType, &'static str) {
        match self {
            Self::Preview => (CallType::Outbound, "PREVIEW_OUTBOUND"),
            Self::DirectPreview => (CallType::Outbound, "DIRECT_PREVIEW_OUTBOUND"),
            Self::PersonalCallback => (CallType::OutboundPersonalCallback, "PREVIEW_OUTBOUND"),
            Self::Progressive => (CallType::Outbound, "PROGRESSIVE_OUTBOUND"),
            Self::Predictive => (CallType::Outbound, "PREDICTIVE_OUTBOUND"),
        }
    }
}
