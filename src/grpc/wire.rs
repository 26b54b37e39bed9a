//! What `build.rs` makes of `proto/`: messages, clients and servers.
#![allow(clippy::all, clippy::pedantic, reason = "generated")]

tonic::include_proto!("dyad.v1");

/// Everything above as a descriptor set, comments included.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor.bin"));
