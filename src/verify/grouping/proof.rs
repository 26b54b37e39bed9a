//! The proof of pairs: prices that are feasible for every two people, and from them a bound for everything that can be done
//! with an odd number.

use super::plan::Chosen;
use super::problem::Problem;
use super::triads;
use super::worth::{LARGEST, Worth};
use crate::model::document::PlanDocument;
use crate::model::grouping::{GroupProof, GroupSize, Prices};
use crate::model::index::Ix;
use crate::model::people::Id;
use crate::verify::Report;
use crate::verify::chosen::coachee_by_id;

/// A worth is proved in quarters.
const UNITS: i128 = 4;

pub(super) fn check(problem: &Problem<'_>, plan: &PlanDocument, chosen: &Chosen, report: &mut Report) {
    let wrong = match (&plan.group_proof, problem.size) {
        (None, _) => return,
        (Some(GroupProof::Pairs { multipliers, lists }), GroupSize::Two) => {
            Worth::new(problem, *multipliers).and_then(|worth| pairs(&worth, lists, chosen))
        }
        (Some(GroupProof::Triads { multipliers, scale, nodes }), GroupSize::Three) => {
            Worth::new(problem, *multipliers).and_then(|worth| triads::check(&worth, *scale, nodes, chosen))
        }
        _ => Err("the proof is not about groups of this size"),
    };
    if let Err(says) = wrong {
        report.add("not-proved", &[], says);
    }
}

/// The number of a participant by id.
pub(super) fn number(problem: &Problem<'_>, id: &str) -> Option<usize> {
    coachee_by_id(problem.roster, id).map(Ix::to_usize)
}

/// A list of prices, by position among those present.
struct List {
    people: Vec<i128>,
    sets: Vec<(Vec<usize>, i128)>,
    all: i128,
    /// With the sets, nobody left out.
    room: i128,
    /// By position, then position: Σ z of odd sets that hold both.
    odd: Vec<i128>,
    /// By position: Σ z of even sets that hold them.
    even: Vec<i128>,
}

fn pairs(worth: &Worth<'_, '_>, lists: &[Prices<Id>], chosen: &Chosen) -> Result<(), &'static str> {
    let problem = worth.problem;
    let present = problem.present();
    let lists: Vec<List> =
        lists.iter().map(|list| read(problem, &present, list)).collect::<Result<_, _>>()?;
    for list in &lists {
        feasible(worth, &present, list)?;
    }
    let ours = worth.plan(&chosen.groups).ok_or("the plan has a group that cannot be")?;
    let beaten = |bound: Option<i128>| bound.is_none_or(|b| b > UNITS * ours);
    if present.len().is_multiple_of(2) {
        return if beaten(lists.iter().map(|l| l.without(&[])).min()) { Err(UNPROVED) } else { Ok(()) };
    }
    for v in 0..present.len() {
        if beaten(lists.iter().map(|l| l.without(&[v])).min()) {
            return Err(UNPROVED);
        }
    }
    if problem.exactly { Ok(()) } else { no_better_triad(worth, &present, &lists, UNITS * ours) }
}

const UNPROVED: &str = "the prices leave room for a better plan";

fn no_better_triad(
    worth: &Worth<'_, '_>,
    present: &[usize],
    lists: &[List],
    ours: i128,
) -> Result<(), &'static str> {
    let n = present.len();
    let problem = worth.problem;
    for a in 0..n {
        for b in (a + 1..n).filter(|b| problem.score(present[a], present[*b]).is_some()) {
            for c in b + 1..n {
                let Some(own) = worth.of(&[present[a], present[b], present[c]]) else { continue };
                let settled = lists.iter().any(|list| UNITS * own + list.without_triad([a, b, c]) <= ours);
                if !settled {
                    return Err(UNPROVED);
                }
            }
        }
    }
    Ok(())
}

fn read(problem: &Problem<'_>, present: &[usize], list: &Prices<Id>) -> Result<List, &'static str> {
    let n = present.len();
    let named: Option<Vec<usize>> = list.people.iter().map(|(id, _)| number(problem, id)).collect();
    if named.as_deref() != Some(present) {
        return Err("there is not one price for everybody who can be in a group");
    }
    let people: Vec<i128> = list.people.iter().map(|(_, y)| *y).collect();
    let position = |id: &Id| number(problem, id).and_then(|who| present.binary_search(&who).ok());
    let (mut sets, mut odd, mut even) = (Vec::new(), vec![0_i128; n * n], vec![0_i128; n]);
    let mut size = people.iter().try_fold(0_i128, |sum, y| sum.checked_add(y.checked_abs()?));
    for (members, z) in &list.sets {
        let members: Option<Vec<usize>> = members.iter().map(position).collect();
        let members = members.ok_or("a set holds somebody who cannot be in a group")?;
        if *z <= 0 || members.windows(2).any(|w| w[0] >= w[1]) {
            return Err("a set has no price, or a member twice");
        }
        let weight = i128::try_from(members.len()).ok().and_then(|len| len.checked_mul(*z));
        size = size.zip(weight).and_then(|(a, b)| a.checked_add(b));
        if size.is_none_or(|sum| sum > LARGEST) {
            break;
        }
        for a in &members {
            if members.len().is_multiple_of(2) {
                even[*a] += z;
            } else {
                for b in &members {
                    odd[a * n + b] += z;
                }
            }
        }
        sets.push((members, *z));
    }
    if size.is_none_or(|sum| sum > LARGEST) {
        return Err("the prices are too large to add up");
    }
    let all = people.iter().sum::<i128>();
    let room = all + sets.iter().map(|(members, z)| z * half(members.len())).sum::<i128>();
    Ok(List { people, sets, all, room, odd, even })
}

/// Two people's prices and those of the sets that hold both are not less than what they are worth together, or alone.
fn feasible(worth: &Worth<'_, '_>, present: &[usize], list: &List) -> Result<(), &'static str> {
    let n = present.len();
    let mut both = list.odd.clone();
    for (members, z) in list.sets.iter().filter(|(members, _)| members.len().is_multiple_of(2)) {
        for a in members {
            for b in members {
                both[a * n + b] += z;
            }
        }
    }
    for a in 0..n {
        for b in a + 1..n {
            let together = worth.of(&[present[a], present[b]]).unwrap_or(0).max(0);
            if list.people[a] + list.people[b] + both[a * n + b] < UNITS * together {
                return Err("the prices of two people are less than what they are worth together");
            }
        }
    }
    Ok(())
}

fn half(n: usize) -> i128 {
    i128::try_from(n / 2).unwrap_or(0)
}

impl List {
    /// The most that pairs of everybody but some can be worth: a set has room for half as many pairs as it has members left.
    fn without(&self, out: &[usize]) -> i128 {
        let people = self.all - out.iter().map(|v| self.people[*v]).sum::<i128>();
        let inside = |(members, z): &(Vec<usize>, i128)| {
            z * half(members.len() - out.iter().filter(|v| members.binary_search(v).is_ok()).count())
        };
        people + self.sets.iter().map(inside).sum::<i128>()
    }

    /// The same, or a little more, for three: an odd set that loses two of them loses a pair, and an even one that loses any.
    fn without_triad(&self, [a, b, c]: [usize; 3]) -> i128 {
        let n = self.people.len();
        let odd = self.odd[a * n + b].max(self.odd[b * n + c]).max(self.odd[a * n + c]);
        let even = self.even[a].max(self.even[b]).max(self.even[c]);
        self.room - self.people[a] - self.people[b] - self.people[c] - odd - even
    }
}
