//! `gc commands`: the table of commands, as the parser reads it.

use gc_protocol::command::table::{COMMANDS, Product};

/// One line a command: how it is written, and what it does.
pub(crate) fn print() {
    for command in COMMANDS {
        let product = match command.product {
            Product::Both => "",
            Product::Ucce => " (UCCE)",
            Product::Uccx => " (UCCX)",
        };
        let (usage, summary) = (command.usage(), command.summary);
        println!("{usage}\n    {summary}{product}");
        println!("    category: {}", command.category);
        if !command.aliases.is_empty() {
            println!("    also: {}", command.aliases.join(", "));
        }
    }
}
