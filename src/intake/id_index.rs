//! Ids to indexes, fast: `pairs.csv` asks ten million times.

/// An open-addressing table over a sorted list of ids. The hash is ours and fixed, so nothing depends on chance.
pub struct IdIndex<'d> {
    ids: &'d [&'d str],
    /// Position plus one; 0 is free. At most half full.
    slots: Vec<u32>,
}

impl<'d> IdIndex<'d> {
    /// `ids` are fewer than 2^31 and differ from each other.
    pub fn new(ids: &'d [&'d str]) -> Self {
        let size = (ids.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![0; size];
        for (at, id) in ids.iter().enumerate() {
            let mut slot = hash(id.as_bytes()) & (size - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = u32::try_from(at + 1).unwrap_or(0);
        }
        Self { ids, slots }
    }

    #[inline]
    pub fn find(&self, id: &[u8]) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(id) & mask;
        loop {
            let at = self.slots[slot].checked_sub(1)?;
            if self.ids[at as usize].as_bytes() == id {
                return Some(at);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Multiply-and-rotate over words of eight bytes, in the manner of the hash of rustc.
#[inline]
fn hash(bytes: &[u8]) -> usize {
    const K: u64 = 0xf135_7aea_2e62_a9c5;
    let mut h = bytes.len() as u64;
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        h = (h.rotate_left(5) ^ u64::from_le_bytes(eight)).wrapping_mul(K);
    }
    let tail = words.remainder().iter().fold(0, |tail, &b| tail << 8 | u64::from(b));
    h = (h.rotate_left(5) ^ tail).wrapping_mul(K);
    // The high bits are the well mixed ones.
    usize::try_from(h >> 33).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::IdIndex;

    #[test]
    fn finds_every_id_and_no_other() {
        let ids: Vec<String> = (0..10_000).map(|i| format!("E{i:05}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let index = IdIndex::new(&ids);
        for (at, id) in ids.iter().enumerate() {
            assert_eq!(index.find(id.as_bytes()), u32::try_from(at).ok());
        }
        assert_eq!(index.find(b"E10000"), None);
        assert_eq!(index.find(b""), None);
        assert_eq!(IdIndex::new(&[]).find(b"x"), None);
    }
}
