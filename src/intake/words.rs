//! The free words of a programme (tags, slots, languages, regions, projects): one index per word, case aside.

use std::collections::HashMap;

use crate::model::index::{Ix, IxVec, WordIx};

/// Collects words in any order; [`Words::finish`] puts them in theirs.
#[derive(Default)]
pub struct Words {
    by_fold: HashMap<Box<str>, u32>,
    /// Lower case, and the spelling that comes first in byte order, so that the order of rows does not show.
    spelled: Vec<(Box<str>, Box<str>)>,
}

impl Words {
    /// A provisional index; [`Words::finish`] says what it becomes.
    pub fn add(&mut self, word: &str) -> WordIx {
        let fold = word.to_lowercase();
        if let Some(&at) = self.by_fold.get(fold.as_str()) {
            let spelling = &mut self.spelled[at as usize].1;
            if word < &**spelling {
                *spelling = word.into();
            }
            return WordIx::new(at);
        }
        let ix = WordIx::from_usize(self.spelled.len());
        self.by_fold.insert(fold.as_str().into(), ix.get());
        self.spelled.push((fold.into(), word.into()));
        ix
    }

    /// The words in byte order of their lower case, and for every provisional index the final one.
    pub fn finish(self) -> (IxVec<WordIx, Box<str>>, Vec<WordIx>) {
        let mut order: Vec<usize> = (0..self.spelled.len()).collect();
        order.sort_by(|&a, &b| self.spelled[a].0.cmp(&self.spelled[b].0));
        let mut moved = vec![WordIx::new(0); order.len()];
        for (new, &old) in order.iter().enumerate() {
            moved[old] = WordIx::from_usize(new);
        }
        (order.iter().map(|&old| self.spelled[old].1.clone()).collect(), moved)
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn order_of_arrival_does_not_show() {
        let (mut a, mut b) = (Words::default(), Words::default());
        let first = a.add("maths");
        a.add("Gaelic");
        assert_eq!(a.add("Maths"), first);
        b.add("Maths");
        b.add("maths");
        b.add("Gaelic");
        let (words, moved) = a.finish();
        assert_eq!(words.as_slice(), b.finish().0.as_slice());
        assert_eq!(&*words[moved[0]], "Maths");
    }
}
