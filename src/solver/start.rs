//! How a search begins.

use super::Options;
use super::cost::ArcCost;
use super::network::Network;
use super::search::Flow;

/// A flow with prices to continue from.
pub fn begin<A: ArcCost>(net: Network<A>, options: &Options<'_>) -> Flow<A> {
    let _ = options;
    Flow::new(net)
}
