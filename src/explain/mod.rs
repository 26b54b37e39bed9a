//! Reasons: why a coachee is unmatched, the gap check, the clash in a planner's words.
