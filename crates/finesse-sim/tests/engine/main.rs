//! The sequences of a Unified CCE site, on simulated time.

mod calls;
mod refusals;
mod site;
mod states;
mod timers;
