//! What must be proven: each command with each product, each call that no command asks for, each error code.

use gc_protocol::ErrorType;
use gc_protocol::command::table::{self, COMMANDS, CommandSpec, Verb};

/// The contact center behind a Finesse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    Ucce,
    Uccx,
}

/// One cell of the table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Row {
    /// A command that the product has.
    Works(Product, &'static CommandSpec),
    /// A command that the product does not have.
    NotSupported(Product, &'static CommandSpec),
    /// A campaign's call, which no command asks for.
    Call(Product, CallMode),
    /// An error code.
    Code(&'static ErrorType),
}

/// How a campaign calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallMode {
    Progressive,
    Predictive,
    PersonalCallback,
}

impl Product {
    const ALL: [Self; 2] = [Self::Ucce, Self::Uccx];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ucce => "UCCE",
            Self::Uccx => "UCCX",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|product| product.as_str() == word)
    }

    fn has(self, command: &CommandSpec) -> bool {
        match command.product {
            table::Product::Both => true,
            table::Product::Ucce => self == Self::Ucce,
            table::Product::Uccx => self == Self::Uccx,
        }
    }
}

/// The types of events that answer a command of a product.
pub(super) fn answers(product: Product, command: &CommandSpec) -> Vec<&'static str> {
    // On UCCX a call that is no queue's leaves the agent's state alone (Finesse API, sections 3.4 and 4.1).
    let unchanged = product == Product::Uccx && command.verb == Verb::MakeCall;
    let answers = command.answers.iter().copied();
    answers
        .filter(|answer| !(unchanged && *answer == "State"))
        .collect()
}

impl CallMode {
    /// As the evidence and the simulator's control API spell it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Progressive => "progressive",
            Self::Predictive => "predictive",
            Self::PersonalCallback => "personal_callback",
        }
    }

    /// A personal callback is a call type of Unified CCE.
    fn products(self) -> &'static [Product] {
        match self {
            Self::Progressive | Self::Predictive => &Product::ALL,
            Self::PersonalCallback => &[Product::Ucce],
        }
    }
}

impl Row {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Works(_, command) | Self::NotSupported(_, command) => command.name.to_owned(),
            Self::Call(_, mode) => format!("({} call)", mode.word()),
            Self::Code(code) => code.as_str().to_owned(),
        }
    }

    pub(super) fn product(&self) -> Option<Product> {
        match self {
            Self::Works(product, _) | Self::NotSupported(product, _) | Self::Call(product, _) => {
                Some(*product)
            }
            Self::Code(_) => None,
        }
    }
}

/// All rows, in the order of the documents.
pub(super) fn all() -> Vec<Row> {
    let commands = COMMANDS.iter().flat_map(|command| {
        Product::ALL.into_iter().map(move |product| {
            if product.has(command) {
                Row::Works(product, command)
            } else {
                Row::NotSupported(product, command)
            }
        })
    });
    let modes = [
        CallMode::Progressive,
        CallMode::Predictive,
        CallMode::PersonalCallback,
    ];
    let calls = modes.into_iter().flat_map(|mode| {
        let products = mode.products().iter();
        products.map(move |product| Row::Call(*product, mode))
    });
    let codes = ErrorType::DOCUMENTED.iter().map(Row::Code);
    commands.chain(calls).chain(codes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_no_queues_changes_no_state_on_uccx() {
        let make_call = table::find("MakeCall").unwrap();
        assert_eq!(answers(Product::Ucce, make_call), ["State", "InboundCall"]);
        assert_eq!(answers(Product::Uccx, make_call), ["InboundCall"]);
        let ready = table::find("MakeReady").unwrap();
        assert_eq!(answers(Product::Uccx, ready), ["State"]);
    }

    #[test]
    fn every_command_has_a_cell_for_each_product_and_every_code_one() {
        let rows = all();
        let of = |name: &str| {
            rows.iter()
                .filter(|row| row.name() == name)
                .collect::<Vec<_>>()
        };
        assert!(matches!(
            of("MakeReady")[..],
            [Row::Works(Product::Ucce, _), Row::Works(Product::Uccx, _)]
        ));
        assert!(matches!(
            of("getqueuelist").first(),
            Some(Row::Works(Product::Ucce, _))
        ));
        assert!(matches!(
            of("GETSKILLGROUP")[..],
            [
                Row::Works(Product::Ucce, _),
                Row::NotSupported(Product::Uccx, _)
            ]
        ));
        assert_eq!(of("(progressive call)").len(), 2);
        assert_eq!(of("(personal_callback call)").len(), 1);
        assert_eq!(of("INVALID_SUPERVISOR").len(), 1);
        assert_eq!(
            rows.len(),
            2 * COMMANDS.len() + 5 + ErrorType::DOCUMENTED.len()
        );
    }
}
