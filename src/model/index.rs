//! Dense indexes: a text id exists at the doors, inside everybody is a `u32` of their own kind.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense index of one kind. Order is the order of the table it points into.
pub trait Ix: Copy + Eq + Ord {
    fn from_usize(i: usize) -> Self;
    fn to_usize(self) -> usize;
}

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(u32);
        impl $name {
            #[inline]
            pub const fn new(i: u32) -> Self { Self(i) }
            #[inline]
            pub const fn get(self) -> u32 { self.0 }
        }
        impl Ix for $name {
            #[inline]
            fn from_usize(i: usize) -> Self { Self(u32::try_from(i).expect("tables hold fewer than 2^32 rows")) }
            #[inline]
            fn to_usize(self) -> usize { self.0 as usize }
        }
    )*};
}

index!(
    /// A row of `Roster::people`.
    PersonIx,
    /// A row of `Roster::coaches`, in byte order of the id.
    CoachIx,
    /// A row of `Roster::coachees`, in byte order of the id.
    CoacheeIx,
    /// A row of `Roster::schools`.
    SchoolIx,
    /// A row of `Roster::words`.
    WordIx,
    /// A group of coachees within one nest family.
    GroupIx,
    /// A row of the pair table of an `Instance`, in order of coachee, then coach.
    PairIx,
);

/// A vector that only its own kind of index reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IxVec<I, T> {
    rows: Vec<T>,
    kind: PhantomData<fn(I)>,
}

impl<I: Ix, T> IxVec<I, T> {
    pub const fn new() -> Self {
        Self { rows: Vec::new(), kind: PhantomData }
    }
    pub fn from_vec(rows: Vec<T>) -> Self {
        Self { rows, kind: PhantomData }
    }
    pub fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::from_usize(self.rows.len() - 1)
    }
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }
    pub fn as_slice(&self) -> &[T] {
        &self.rows
    }
    pub fn get(&self, i: I) -> Option<&T> {
        self.rows.get(i.to_usize())
    }
    pub fn indexes(&self) -> impl ExactSizeIterator<Item = I> + DoubleEndedIterator + use<I, T> {
        (0..self.rows.len()).map(I::from_usize)
    }
    pub fn enumerate(&self) -> impl ExactSizeIterator<Item = (I, &T)> + DoubleEndedIterator {
        self.rows.iter().enumerate().map(|(i, row)| (I::from_usize(i), row))
    }
}

impl<I: Ix, T> Default for IxVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Ix, T> FromIterator<T> for IxVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(rows: It) -> Self {
        Self::from_vec(rows.into_iter().collect())
    }
}

impl<I: Ix, T> Index<I> for IxVec<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, i: I) -> &T {
        &self.rows[i.to_usize()]
    }
}

impl<I: Ix, T> IndexMut<I> for IxVec<I, T> {
    #[inline]
    fn index_mut(&mut self, i: I) -> &mut T {
        &mut self.rows[i.to_usize()]
    }
}

impl<'a, I: Ix, T> IntoIterator for &'a mut IxVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter_mut()
    }
}

impl<'a, I: Ix, T> IntoIterator for &'a IxVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}
