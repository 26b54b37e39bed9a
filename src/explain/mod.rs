//! Reasons: the gap check before solving, why a coachee is unmatched and a coach idle, clashes in a planner's words,
//! what soft caps, rows and rings charge.

mod blocked;
mod blocking;
mod caps;
mod charges;
mod clash;
mod closed;
mod gap;
mod groups;
mod hall;
mod limits;
mod obstacles;
mod placed;
mod plan;
mod shortage;
mod unmatched;
mod unused;
mod words;

pub use blocking::blocking;
pub use charges::{Charges, charges};
pub use clash::clashes;
pub use gap::gap_check;
pub use groups::{group_clashes, group_gaps, group_unmatched};
pub use hall::{Deficient, deficient};
pub use obstacles::{Obstacle, group_obstacles, obstacles};
pub use plan::plan_findings;
pub use unmatched::unmatched;
pub use unused::unused;
