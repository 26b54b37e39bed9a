//! Ids to indexes, fast: `pairs.csv` asks ten million times.

/// An open-addressing table over a sorted list of ids. The hash is ours and fixed, so nothing depends on chance.
///
/// A slot holds the first eight bytes' worth of an id: short ids (most are) are compared without leaving the table.
pub struct IdIndex<'d> {
    ids: &'d [&'d str],
    /// At most three quarters full.
    slots: Vec<Slot>,
    /// The high bits of a hash are the well mixed ones.
    shift: u32,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    /// The id itself if it has at most eight bytes, else its hash.
    key: u64,
    /// Position plus one; 0 is free.
    at: u32,
    long: bool,
}

impl<'d> IdIndex<'d> {
    /// `ids` are fewer than 2^31 and differ from each other.
    pub fn new(ids: &'d [&'d str]) -> Self {
        let size = (ids.len() * 4 / 3 + 1).next_power_of_two().max(2);
        let mut index = Self { ids, slots: vec![Slot::default(); size], shift: 64 - size.trailing_zeros() };
        for (at, id) in ids.iter().enumerate() {
            let key = key(id.as_bytes());
            let mut slot = index.home(key);
            while index.slots[slot].at != 0 {
                slot = (slot + 1) & (size - 1);
            }
            index.slots[slot] = Slot { key, at: u32::try_from(at + 1).unwrap_or(0), long: id.len() > 8 };
        }
        index
    }

    /// The id, whose [`key`] is known.
    #[inline]
    pub fn find(&self, key: u64, id: &[u8]) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = self.home(key);
        loop {
            let Slot { key: theirs, at, long } = self.slots[slot & mask];
            let at = at.checked_sub(1)?;
            // No id holds a NUL, so short ids with one key are one id.
            if theirs == key && long == (id.len() > 8) && (!long || self.ids[at as usize].as_bytes() == id) {
                return Some(at);
            }
            slot += 1;
        }
    }

    #[inline]
    fn home(&self, key: u64) -> usize {
        usize::try_from(key.wrapping_mul(K) >> self.shift).unwrap_or(0)
    }
}

/// The multiplier of the hash of rustc.
const K: u64 = 0xf135_7aea_2e62_a9c5;

/// Up to eight bytes as they are, padded with zeros; longer ids hashed, word by word.
#[inline]
pub fn key(id: &[u8]) -> u64 {
    let word =
        |at: usize| id.get(at..at + 4).map_or(0, |w| u64::from(u32::from_le_bytes([w[0], w[1], w[2], w[3]])));
    match id.len() {
        0..4 => id.iter().rev().fold(0, |key, &b| key << 8 | u64::from(b)),
        // The two words overlap in equal bytes.
        len @ 4..=8 => word(0) | word(len - 4) << (8 * (len - 4)),
        len => {
            let words = id.chunks(4).fold(len as u64, |h, chunk| {
                let word = chunk.iter().fold(0, |word, &b| word << 8 | u64::from(b));
                (h.rotate_left(5) ^ word).wrapping_mul(K)
            });
            words ^ words >> 32
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{IdIndex, key};

    #[test]
    fn finds_every_id_and_no_other() {
        let ids: Vec<String> = (0..10_000).map(|i| format!("E{i:05}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let index = IdIndex::new(&ids);
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(index.find(key(id.as_bytes()), id.as_bytes()), u32::try_from(at).ok());
        }
        assert_eq!(index.find(key(b"E10000"), b"E10000"), None);
        assert_eq!(index.find(key(b""), b""), None);
        assert_eq!(IdIndex::new(&[]).find(key(b"x"), b"x"), None);
        let ids = [
            "",
            "a",
            "ab",
            "abc",
            "abcd",
            "abcde",
            "abcdefgh",
            "abcdefghi",
            "abcdefghij",
            "Èabcdefghijklmnopq",
        ];
        let index = IdIndex::new(&ids);
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(index.find(key(id.as_bytes()), id.as_bytes()), u32::try_from(at).ok(), "{id}");
        }
    }
}
