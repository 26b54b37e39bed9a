//! Dyad pairs coaches with coachees, proves that the pairing is the best the rules allow, and explains it.
//!
//! Rooms, from the ground up: [`model`] (values), [`intake`] (files), [`rules`] (roster to instance), [`solver`]
//! (instance to outcome), [`verify`] (an independent check), [`explain`] (reasons), [`store`] (databases), [`service`] (use cases),
//! [`cli`] (the command line).

pub mod cli;
pub mod explain;
pub mod grpc;
pub mod intake;
pub mod model;
pub mod rules;
pub mod service;
pub mod solver;
pub mod store;
pub mod verify;
