//! A good grouping in triads without proof: from several orders of the people, members are moved and exchanged between
//! groups as long as that helps.
//!
//! Every start cuts an order into threes (and what is left over). A pass looks at every two people: exchanging them, or
//! moving one to the other's group. O(people²) per pass; passes end at a local optimum. Orders are a fixed sequence.

use super::Clock;
use super::worth::Worth;

/// Starts; for more people fewer, so that a few hundred take a fraction of a second.
const fn starts(people: usize) -> usize {
    match people {
        0..=60 => 24,
        61..=150 => 6,
        _ => 1,
    }
}
/// Passes after which a start is left as it is.
const PASSES: usize = 60;

pub fn search(worth: &Worth<'_>, clock: &mut Clock<'_>) -> Vec<Vec<usize>> {
    let n = worth.len();
    let mut best: (i128, Vec<Vec<usize>>) = (0, Vec::new());
    let mut order: Vec<usize> = (0..n).collect();
    let mut dice = 1_u64;
    for start in 0..starts(n) {
        let mut blocks: Vec<Vec<usize>> = order.chunks(3).map(<[usize]>::to_vec).collect();
        spread_rest(&mut blocks);
        improve(worth, &mut blocks, clock);
        let value = blocks.iter().map(|block| value(worth, block)).sum();
        if start == 0 || value > best.0 {
            best = (value, blocks);
        }
        if clock.stops() {
            break;
        }
        for last in (1..n).rev() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let other = usize::try_from(dice >> 33).unwrap_or(0) % (last + 1);
            order.swap(last, other);
        }
    }
    groups(worth, best.1)
}

/// The groups among the blocks.
fn groups(worth: &Worth<'_>, blocks: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = blocks.into_iter().filter(|block| value(worth, block) > 0).collect();
    for group in &mut groups {
        group.sort_unstable();
    }
    groups
}

/// From groups that share nobody: whoever is in none of them is put into threes, and all of it improved.
pub fn complete(worth: &Worth<'_>, begun: &[Vec<usize>], clock: &mut Clock<'_>) -> Vec<Vec<usize>> {
    let rest: Vec<usize> = (0..worth.len()).filter(|v| !begun.iter().any(|g| g.contains(v))).collect();
    let mut blocks = begun.to_vec();
    blocks.extend(rest.chunks(3).map(<[usize]>::to_vec));
    improve(worth, &mut blocks, clock);
    groups(worth, blocks)
}

/// A last block of one takes a member of the block before, so that both are pairs.
fn spread_rest(blocks: &mut [Vec<usize>]) {
    if let [.., before, last] = blocks
        && last.len() == 1
    {
        last.extend(before.pop());
    }
}

/// A block that cannot be a group is worth nothing: its members stay alone.
fn value(worth: &Worth<'_>, block: &[usize]) -> i128 {
    if worth.grouping.parts().exactly && block.len() != 3 {
        return 0;
    }
    worth.group(block).map_or(0, |w| w.max(0))
}

fn improve(worth: &Worth<'_>, blocks: &mut Vec<Vec<usize>>, clock: &mut Clock<'_>) {
    // An empty block, so that somebody can step out of a group.
    blocks.push(Vec::new());
    for _ in 0..PASSES {
        let mut better = false;
        for a in 0..blocks.len() {
            for b in a + 1..blocks.len() {
                better |=
                    exchange(worth, blocks, a, b) || shift(worth, blocks, a, b) || shift(worth, blocks, b, a);
            }
            if clock.stops() {
                return;
            }
        }
        if !better {
            return;
        }
        if blocks.last().is_some_and(|block| !block.is_empty()) {
            blocks.push(Vec::new());
        }
    }
}

/// Exchanges two members if both blocks together gain.
fn exchange(worth: &Worth<'_>, blocks: &mut [Vec<usize>], a: usize, b: usize) -> bool {
    let before = value(worth, &blocks[a]) + value(worth, &blocks[b]);
    for i in 0..blocks[a].len() {
        for j in 0..blocks[b].len() {
            let (x, y) = (blocks[a][i], blocks[b][j]);
            (blocks[a][i], blocks[b][j]) = (y, x);
            if value(worth, &blocks[a]) + value(worth, &blocks[b]) > before {
                return true;
            }
            (blocks[a][i], blocks[b][j]) = (x, y);
        }
    }
    false
}

/// Moves a member to a block that is not full if both together gain.
fn shift(worth: &Worth<'_>, blocks: &mut [Vec<usize>], from: usize, to: usize) -> bool {
    if blocks[to].len() >= 3 {
        return false;
    }
    let before = value(worth, &blocks[from]) + value(worth, &blocks[to]);
    for i in 0..blocks[from].len() {
        let who = blocks[from].remove(i);
        blocks[to].push(who);
        if value(worth, &blocks[from]) + value(worth, &blocks[to]) > before {
            return true;
        }
        blocks[to].pop();
        blocks[from].insert(i, who);
    }
    false
}
