//! An integer programme in integers: what a solver of such programmes is asked, and what it says.
//!
//! Solvers compute in doubles. Every number here is at most [`EXACT`] in size, so that it means the same to them.

/// Doubles hold every integer up to 2^53; sums of a few stay below with 2^50.
pub const EXACT: i128 = 1 << 50;

/// A variable from 0 to `most`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    pub most: i64,
    pub whole: bool,
    /// To be minimised.
    pub cost: i64,
    /// Its value in the plan to start from.
    pub start: i64,
}

/// `least ≤ Σ weight × column ≤ most`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Limit {
    pub least: Option<i64>,
    pub most: Option<i64>,
    pub terms: Vec<(u32, i64)>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Program {
    pub columns: Vec<Column>,
    pub limits: Vec<Limit>,
}

/// How to solve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ask {
    pub presolve: bool,
    /// From the moment the solver has the programme.
    pub milliseconds: Option<u64>,
    /// A value that no plan beats: whoever reaches it may stop.
    pub target: Option<i64>,
}

/// How a solver ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    /// Nothing better is possible.
    Best,
    /// Time is over.
    Stopped,
    /// Nothing is possible.
    Nothing,
    /// It broke down, or does not know.
    Failed,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub said: Said,
    /// Of every column whether it is at least a half, if there is a solution.
    pub taken: Option<Vec<bool>>,
    /// No solution costs less, says the solver.
    pub bound: Option<i64>,
}

impl Answer {
    pub const FAILED: Self = Self { said: Said::Failed, taken: None, bound: None };
}

/// A double of the same value, for sizes below 2^53.
pub fn double(n: i64) -> f64 {
    let high = i32::try_from(n >> 32).expect("the high half of an i64");
    let low = u32::try_from(n & 0xffff_ffff).expect("the low half of an i64");
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// The least integer not below a bound, forgiving what doubles lose on the way. Only `HiGHS` tells bounds.
#[cfg(any(feature = "highs", test))]
pub fn rounded_up(bound: f64) -> Option<i64> {
    let forgiven = bound - 1e-6 - bound.abs() * 1e-12;
    if !forgiven.is_finite() || forgiven.abs() > double(1 << 52) {
        return None;
    }
    format!("{:.0}", forgiven.ceil()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{double, rounded_up};

    #[test]
    fn integers_go_to_doubles_and_back() {
        for n in [0, 1, -1, 7, -7, 1 << 31, -(1 << 31), 4_294_967_295] {
            assert_eq!(rounded_up(double(n)), Some(n), "{n}");
        }
        // Where doubles lose more than a whole, the bound gives as much away, never too little.
        for n in [(1_i64 << 50) - 1, -(1 << 50) + 1] {
            let told = rounded_up(double(n)).expect("within the range");
            assert!(told <= n && n - told < 2_000, "{n}: {told}");
        }
        assert_eq!(
            (rounded_up(2.000_000_1), rounded_up(2.5), rounded_up(-2.5)),
            (Some(2), Some(3), Some(-2))
        );
        assert_eq!((rounded_up(f64::NAN), rounded_up(f64::INFINITY), rounded_up(1e300)), (None, None, None));
    }
}
