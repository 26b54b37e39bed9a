//! What a grouping is worth, straight from `docs/rules.md`, and the best of all groupings, by trying every one.

use dyad::model::catalogue::Tier;
use dyad::model::grouping::{GroupSize, Grouping};
use dyad::model::index::{CoacheeIx, Ix};

fn pairs(group: &[usize]) -> Vec<(usize, usize)> {
    let all = group.iter().enumerate();
    all.flat_map(|(at, a)| group[at + 1..].iter().map(|b| ((*a).min(*b), (*a).max(*b)))).collect()
}

fn has(list: &[(CoacheeIx, CoacheeIx)], pair: (usize, usize)) -> bool {
    list.iter().any(|(a, b)| (a.to_usize(), b.to_usize()) == pair)
}

/// Larger is better, from left to right; `None` for what is no grouping of this problem.
pub fn worth(problem: &Grouping, groups: &[Vec<usize>]) -> Option<Vec<i128>> {
    let parts = problem.parts();
    let people = problem.present().count();
    let ix = CoacheeIx::from_usize;
    let int = |n: usize| i128::try_from(n).expect("small");
    let count = |size| groups.iter().filter(|g| g.len() == size).count();
    let allowed = match (parts.size, parts.exactly) {
        (GroupSize::Two, true) => count(3) == 0,
        (GroupSize::Two, false) => count(3) <= people % 2,
        (GroupSize::Three, true) => count(2) == 0,
        (GroupSize::Three, false) => true,
    };
    let inside: Vec<(usize, usize)> = groups.iter().flat_map(|g| pairs(g)).collect();
    if !allowed || inside.iter().any(|(a, b)| problem.score(ix(*a), ix(*b)).is_none()) {
        return None;
    }
    let placed = || groups.iter().flatten();
    let classes: i128 = placed().map(|v| 9 - i128::from(parts.class[*v].expect("somebody there"))).sum();
    let pins = inside.iter().filter(|pair| has(&parts.pins, **pair)).count();
    let fewest_pairs = if parts.size == GroupSize::Three { int(count(2)) } else { 0 };
    let mut worth = vec![int(pins), int(placed().count()), classes, -fewest_pairs];
    for tier in &parts.tiers[1..] {
        worth.push(match tier {
            Tier::Stability => int(inside.iter().filter(|pair| has(&parts.kept, **pair)).count()),
            _ => groups
                .iter()
                .map(|group| {
                    let scores = pairs(group).into_iter().filter_map(|(a, b)| problem.score(ix(a), ix(b)));
                    let sum: i128 = scores.map(|s| i128::from(s.0)).sum();
                    if group.len() == 3 { sum.div_euclid(2) } else { sum }
                })
                .sum(),
        });
    }
    Some(worth)
}

/// The worth of the best grouping.
pub fn best(problem: &Grouping) -> Vec<i128> {
    let people: Vec<usize> = problem.present().map(Ix::to_usize).collect();
    let mut best = worth(problem, &[]).expect("nobody in a group is a grouping");
    extend(problem, &people, &mut Vec::new(), &mut best);
    best
}

/// The first person left is alone, with one other, or with two.
fn extend(problem: &Grouping, left: &[usize], groups: &mut Vec<Vec<usize>>, best: &mut Vec<i128>) {
    let Some((first, rest)) = left.split_first() else {
        if let Some(found) = worth(problem, groups) {
            *best = best.clone().max(found);
        }
        return;
    };
    extend(problem, rest, groups, best);
    for (at, second) in rest.iter().enumerate() {
        let others: Vec<usize> = rest.iter().copied().filter(|v| v != second).collect();
        groups.push(vec![*first, *second]);
        extend(problem, &others, groups, best);
        groups.pop();
        for third in &rest[at + 1..] {
            let others: Vec<usize> = others.iter().copied().filter(|v| v != third).collect();
            groups.push(vec![*first, *second, *third]);
            extend(problem, &others, groups, best);
            groups.pop();
        }
    }
}
