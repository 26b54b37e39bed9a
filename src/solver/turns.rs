//! Which of the two searches places the next unit: the one over sorted arcs, or the one over the table of costs.
//!
//! Every network begins with sorted arcs, where a good pair is found after a few looks. Where nearly every pair is eligible
//! and costs leave many bins worth a look, the table is faster; so the looks are counted, not the seconds, and the answer
//! is the same on every machine.

use super::cost::ArcCost;
use super::dense::Dense;
use super::search::Flow;

/// Columns of the table that are passed in the time of one look at a sorted arc. Measured on dense 1:1, 500 to 2,000: the
/// last searches, which take most of the time, look at 7 arcs per settled bin where costs are drawn evenly, and at
/// 100 and more where they are distances.
const COLUMNS_PER_LOOK: u64 = 32;

/// Cells of the table for each look that it would have spared so far. Building takes the time of a look for every four
/// cells, but by far the longest searches are the last ones, so that their first signs are enough.
const CELLS_PER_LOOK: u64 = 128;

/// The searches of one stage.
pub struct Turns {
    table: Option<Dense>,
    /// Looks to be spared before the table is built; `None` where there is nothing to build, or no longer.
    worth: Option<u64>,
}

impl Turns {
    pub fn new<A: ArcCost>(flow: &Flow<A>) -> Self {
        let cells = Dense::cells(&flow.net);
        Self { table: None, worth: cells.map(|cells| cells as u64 / CELLS_PER_LOOK) }
    }

    /// Places an open unit, or skips the unit that is cheapest to skip.
    pub fn place<A: ArcCost>(&mut self, flow: &mut Flow<A>, unit: u32) {
        if let Some(table) = &mut self.table {
            if table.place(flow, unit) {
                return;
            }
            // What 32 bits do not hold once, they will not hold later: prices only rise.
            self.table = None;
        }
        let (looks, settled) = (flow.looks, flow.settled);
        flow.place(unit);
        let Some(worth) = &mut self.worth else { return };
        let (looks, settled) = (flow.looks - looks, flow.settled - settled);
        let spared = looks.saturating_sub((settled + 1) * flow.net.bins.len() as u64 / COLUMNS_PER_LOOK);
        if let Some(left) = worth.checked_sub(spared) {
            *worth = left;
        } else {
            self.worth = None;
            self.table = Dense::of(flow);
        }
    }
}
