//! Development only: gateway and simulator in one process, log guard, expectations.
