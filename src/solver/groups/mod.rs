//! Grouping to outcome: pairs by a matching in a general graph, one triad of an odd number, triads by a search with
//! prices; the deadline.

mod blossom;
mod cuts;
mod duals;
mod local;
mod one_triad;
mod pairs;
mod simplex;
mod triads;
mod worth;

use super::Options;
use super::stage::stopped;
use crate::model::catalogue::Tier;
use crate::model::grouping::{GroupEnd, GroupOutcome, GroupSize, Grouping};
use crate::model::index::{CoacheeIx, Ix};
use crate::model::outcome::{Stop, TierValue};
use worth::Worth;

/// What a search found: groups of numbers, and how it ended.
struct Found {
    groups: Vec<Vec<usize>>,
    end: GroupEnd,
    /// No plan is worth more; `None` where nothing better than counting is known.
    bound: Option<i128>,
}

/// The best grouping, tier by tier, with its proof. The same problem gives the same outcome on any number of threads.
pub fn solve(grouping: &Grouping, options: &Options<'_>) -> GroupOutcome {
    let worth = Worth::new(grouping);
    let mut clock = Clock { options, stop: None };
    let found = match grouping.parts().size {
        GroupSize::Two => pairs::solve(&worth, &mut clock),
        GroupSize::Three => triads::solve(&worth, &mut clock),
    };
    outcome(&worth, found)
}

/// The deadline and the wish to cancel, and what ended the search.
struct Clock<'o> {
    options: &'o Options<'o>,
    stop: Option<Stop>,
}

impl Clock<'_> {
    /// Whether to stop now.
    fn stops(&mut self) -> bool {
        self.stop = self.stop.or_else(|| stopped(self.options));
        self.stop.is_some()
    }

    fn progress(&self, done: usize, all: usize) {
        if let Some(progress) = self.options.progress {
            progress(done as u64, all as u64);
        }
    }
}

fn outcome(worth: &Worth<'_>, found: Found) -> GroupOutcome {
    let Found { groups, end, bound } = found;
    let groups = outside(worth, &groups);
    let proved = matches!(end, GroupEnd::Proved(_) | GroupEnd::Claimed);
    let tiers = worth.grouping.parts().tiers.iter();
    let tiers = tiers.map(|tier| {
        let value = value(worth.grouping, &groups, *tier);
        let bound = if proved { value } else { loose(worth, *tier, value, bound) };
        TierValue { tier: *tier, value: Some(value), bound: Some(bound) }
    });
    GroupOutcome { tiers: tiers.collect(), groups, end }
}

/// Groups of numbers as groups of people, in order.
fn outside(worth: &Worth<'_>, groups: &[Vec<usize>]) -> Vec<Vec<CoacheeIx>> {
    let of = |group: &Vec<usize>| {
        let mut members: Vec<CoacheeIx> = group.iter().map(|v| worth.people[*v]).collect();
        members.sort_unstable();
        members
    };
    let mut groups: Vec<Vec<CoacheeIx>> = groups.iter().map(of).collect();
    groups.sort_unstable();
    groups
}

/// What a bound on the whole worth says about the score, where the plan has everything in the tiers before it: everybody
/// grouped, as few pairs beside the triads as there can be, and no given plan to keep.
fn score_bound(worth: &Worth<'_>, groups: &[Vec<usize>], reach: i128) -> Option<i128> {
    let everybody = groups.iter().map(Vec::len).sum::<usize>() == worth.len();
    let pairs = groups.iter().filter(|group| group.len() == 2).count();
    let fewest = match (worth.grouping.parts().size, worth.len() % 3) {
        (GroupSize::Two, _) => pairs,
        (GroupSize::Three, rest) => [0, 2, 1][rest],
    };
    let plain = worth.multipliers.stability == 0 && worth.multipliers.score == 1;
    let ours: i128 = groups.iter().filter_map(|group| worth.group(group)).sum();
    let score = value(worth.grouping, &outside(worth, groups), Tier::Score);
    (everybody && plain && pairs == fewest).then_some(score + (reach - ours).max(0))
}

/// The value of a tier, summed again from the groups.
fn value(grouping: &Grouping, groups: &[Vec<CoacheeIx>], tier: Tier) -> i128 {
    let inside = |group: &Vec<CoacheeIx>| -> Vec<(CoacheeIx, CoacheeIx)> {
        let pairs = group.iter().enumerate().flat_map(|(at, a)| group[at + 1..].iter().map(|b| (*a, *b)));
        pairs.collect()
    };
    let count = |n: usize| i128::try_from(n).expect("a count");
    match tier {
        Tier::Coverage => count(groups.iter().map(Vec::len).sum()),
        Tier::Stability => {
            let kept = &grouping.parts().kept;
            let holds = groups.iter().flat_map(inside).filter(|pair| kept.binary_search(pair).is_ok());
            count(kept.len()) - count(holds.count())
        }
        _ => groups
            .iter()
            .map(|group| {
                let scores = inside(group).into_iter().filter_map(|(a, b)| grouping.score(a, b));
                let sum: i128 = scores.map(|s| i128::from(s.0)).sum();
                if group.len() == 3 { sum.div_euclid(2) } else { sum }
            })
            .sum(),
    }
}

/// What no plan can pass, whatever the other tiers do: everybody grouped, everything kept, everybody's best pair. Where
/// the plan has everything in the tiers before the score, what the search knows about the whole is about the score.
fn loose(worth: &Worth<'_>, tier: Tier, value: i128, bound: Option<i128>) -> i128 {
    let parts = worth.grouping.parts();
    match tier {
        Tier::Coverage => i128::try_from(worth.len()).expect("a count"),
        Tier::Stability => 0,
        _ => {
            let best = |a: &CoacheeIx| {
                let row = &parts.score[a.to_usize() * worth.grouping.people()..][..worth.grouping.people()];
                row.iter().flatten().map(|s| i128::from(s.0)).max().unwrap_or(0).max(0)
            };
            let sum: i128 = worth.people.iter().map(best).sum();
            bound.map_or(sum, |bound| bound.min(sum)).max(value)
        }
    }
}
