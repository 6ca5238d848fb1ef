//! Writing of events as JSON, in the order and with the keys that a style asks for.
