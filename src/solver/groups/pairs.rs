//! Pairs: one matching where everybody has a partner or stays alone. Of an odd number one stays alone, or three make a
//! triad.

use super::blossom::{Matched, perfect};
use super::duals::{Duals, weight};
use super::worth::Worth;
use super::{Clock, Found, one_triad};
use crate::model::grouping::{GroupEnd, GroupProof};
use crate::model::outcome::Stop;

pub fn solve(worth: &Worth<'_>, clock: &mut Clock<'_>) -> Found {
    let everybody: Vec<usize> = (0..worth.len()).collect();
    clock.progress(0, worth.len());
    let Some(matched) = matching(worth, &everybody, None, clock) else {
        return stopped(greedy(worth), clock);
    };
    let groups = groups(worth, &everybody, &matched);
    let duals = Duals::of(worth, &everybody, &matched);
    if worth.len().is_multiple_of(2) || worth.grouping.parts().exactly {
        return proved(worth, groups, &[duals]);
    }
    one_triad::solve(worth, groups, duals, clock)
}

/// The best matching of some people; of an odd number one is matched with nobody, who is the vertex after them.
pub fn matching(
    worth: &Worth<'_>,
    among: &[usize],
    start: Option<&[i128]>,
    clock: &mut Clock<'_>,
) -> Option<Matched> {
    let n = among.len().next_multiple_of(2);
    let mut weights = vec![0; n * n];
    for (i, a) in among.iter().enumerate() {
        for (j, b) in among.iter().enumerate().filter(|(j, _)| *j != i) {
            weights[i * n + j] = weight(worth, *a, *b);
        }
    }
    let start = start.filter(|labels| labels.len() == n);
    perfect(n, &weights, start, &mut || clock.stops())
}

/// The pairs of a matching that are groups.
pub fn groups(worth: &Worth<'_>, among: &[usize], matched: &Matched) -> Vec<Vec<usize>> {
    let mut groups = Vec::new();
    for (i, j) in matched.partner.iter().enumerate().filter(|(i, j)| i < *j && **j < among.len()) {
        let (a, b) = (among[i], among[*j]);
        if worth.pair(a, b).is_some_and(|w| w > 0) {
            groups.push(vec![a, b]);
        }
    }
    groups
}

pub fn proved(worth: &Worth<'_>, groups: Vec<Vec<usize>>, lists: &[Duals]) -> Found {
    let lists = lists.iter().map(|duals| duals.prices(worth)).collect();
    let proof = GroupProof::Pairs { multipliers: worth.multipliers, lists };
    Found { groups, end: GroupEnd::Proved(proof), bound: None }
}

/// A search that was stopped, with what there is.
pub fn stopped(groups: Vec<Vec<usize>>, clock: &Clock<'_>) -> Found {
    Found { groups, end: GroupEnd::Open(clock.stop.unwrap_or(Stop::Finished)), bound: None }
}

/// Pairs in order of worth, without any search: what there is when time is up at once.
fn greedy(worth: &Worth<'_>) -> Vec<Vec<usize>> {
    let n = worth.len();
    let mut pairs: Vec<(i128, usize, usize)> = Vec::new();
    for a in 0..n {
        pairs.extend((a + 1..n).filter_map(|b| Some((worth.pair(a, b)?, a, b))));
    }
    pairs.sort_unstable_by_key(|(w, a, b)| (std::cmp::Reverse(*w), *a, *b));
    let mut taken = vec![false; n];
    let mut groups = Vec::new();
    for (w, a, b) in pairs {
        if w > 0 && !taken[a] && !taken[b] {
            (taken[a], taken[b]) = (true, true);
            groups.push(vec![a, b]);
        }
    }
    groups
}
