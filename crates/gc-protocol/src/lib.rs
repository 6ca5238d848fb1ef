//! Commands, events, error codes and dialects of the Generic Connector contract.
