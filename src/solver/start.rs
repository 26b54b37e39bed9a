//! How a search begins.

use super::Options;
use super::auction::auction;
use super::cost::ArcCost;
use super::network::Network;
use super::search::{Flow, Place};
use super::stage::stopped;

/// Pairs per coachee above which the auction does not pay (measured: dense 1:1 from 500 × 500 on).
const DENSE: usize = 256;

/// A flow with prices to continue from.
pub fn begin<A: ArcCost>(net: Network<A>, options: &Options<'_>) -> Flow<A> {
    let places: u64 = net.bins.cap.iter().map(|c| u64::from(*c)).sum();
    let tight = net.bins.plain() && places == net.units() as u64 && net.units() > 0;
    // With long lists most bids would scan far; there the search alone is faster.
    let sparse = net.arcs.len() <= DENSE * net.units();
    let mut flow = Flow::new(net);
    if !tight || !sparse {
        return flow;
    }
    let mut polled = || stopped(options).is_some();
    if auction(&mut flow, &mut polled) {
        flow.adopt_prices();
        for unit in 0..flow.net.units() {
            if flow.place[unit] == Place::Open {
                flow.place(u32::try_from(unit).expect("units are counted in u32"));
            }
        }
        if flow.settle_full() {
            return flow;
        }
    }
    Flow::new(flow.net)
}
