//! The integers of the search: arcs may be stored narrow, distances and prices are wide enough never to overflow.
//!
//! [`super::composite`] proves for every instance that arc costs, skip costs and load costs stay within
//! [`Cost::SAFE`]. Prices and distances are sums and differences of at most six such values (a price never exceeds what
//! skipping a coachee costs, less an arc), so they stay below `FAR` = 8 × SAFE, which is below the type's end.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Neg, Sub};

/// A wide integer for prices and distances.
pub trait Cost:
    Copy
    + Ord
    + Debug
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + 'static
{
    const ZERO: Self;
    /// The largest size of one cost.
    const SAFE: i128;
    /// Farther than every distance.
    const FAR: Self;
    /// The caller has proved that the value fits.
    fn narrow(value: i128) -> Self;
    fn widen(self) -> i128;
}

impl Cost for i64 {
    const ZERO: Self = 0;
    const SAFE: i128 = 1 << 58;
    const FAR: Self = 1 << 61;
    fn narrow(value: i128) -> Self {
        Self::try_from(value).expect("costs are checked against SAFE before they are narrowed")
    }
    fn widen(self) -> i128 {
        i128::from(self)
    }
}

impl Cost for i128 {
    const ZERO: Self = 0;
    const SAFE: i128 = 1 << 122;
    const FAR: Self = 1 << 125;
    fn narrow(value: i128) -> Self {
        value
    }
    fn widen(self) -> i128 {
        self
    }
}

/// How an arc's cost, counted from the cheapest arc of its unit, is stored.
pub trait ArcCost: Copy + Ord + Debug + Send + Sync + 'static {
    type Wide: Cost;
    /// The largest cost that can be stored.
    const LARGEST: i128;
    fn narrow(value: i128) -> Self;
    fn wide(self) -> Self::Wide;
    /// What arcs are sorted by: cost, then bin, in one integer where that is quick to compare.
    type Key: Ord;
    fn key(self, bin: u32) -> Self::Key;
}

impl ArcCost for u32 {
    type Wide = i64;
    const LARGEST: i128 = Self::MAX as i128;
    fn narrow(value: i128) -> Self {
        Self::try_from(value).expect("checked against LARGEST")
    }
    #[inline]
    fn wide(self) -> i64 {
        i64::from(self)
    }
    type Key = u64;
    #[inline]
    fn key(self, bin: u32) -> u64 {
        u64::from(self) << 32 | u64::from(bin)
    }
}

impl ArcCost for i64 {
    type Wide = i64;
    const LARGEST: i128 = <i64 as Cost>::SAFE;
    fn narrow(value: i128) -> Self {
        Self::try_from(value).expect("checked against LARGEST")
    }
    #[inline]
    fn wide(self) -> i64 {
        self
    }
    type Key = (i64, u32);
    #[inline]
    fn key(self, bin: u32) -> (i64, u32) {
        (self, bin)
    }
}

impl ArcCost for i128 {
    type Wide = i128;
    const LARGEST: i128 = <i128 as Cost>::SAFE;
    fn narrow(value: i128) -> Self {
        value
    }
    #[inline]
    fn wide(self) -> i128 {
        self
    }
    type Key = (i128, u32);
    #[inline]
    fn key(self, bin: u32) -> (i128, u32) {
        (self, bin)
    }
}
