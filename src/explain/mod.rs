//! Reasons: the gap check before solving, why a coachee is unmatched and a coach idle, clashes in a planner's words,
//! what a soft cap charges.

mod blocking;
mod caps;
mod clash;
mod gap;
mod placed;
mod plan;
mod shortage;
mod unmatched;
mod unused;

pub use blocking::blocking;
pub use caps::charges;
pub use clash::clashes;
pub use gap::gap_check;
pub use plan::plan_findings;
pub use unmatched::unmatched;
pub use unused::unused;
