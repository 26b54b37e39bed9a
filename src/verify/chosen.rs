//! The pairs of a plan, found in the roster.

use super::Report;
use super::judge::World;
use super::problem::Problem;
use crate::model::document::PlanDocument;
use crate::model::index::{CoachIx, CoacheeIx, Ix, PairIx};
use crate::model::roster::Roster;

/// A pair of the plan whose people are in the roster.
pub(super) struct Picked {
    /// Its position in `PlanDocument::pairs`.
    pub line: usize,
    pub coachee: CoacheeIx,
    pub coach: CoachIx,
    /// `None` where the pair cannot be made.
    pub pair: Option<PairIx>,
    /// The own score, from the rules.
    pub own: i128,
}

/// The plan's pairs by coachee, then coach, each once.
pub(super) struct Chosen {
    pub picked: Vec<Picked>,
    /// Coachees of each coach.
    pub load: Vec<u32>,
    /// Coaches of each coachee.
    pub got: Vec<u32>,
}

pub(super) fn coach_by_id(roster: &Roster, id: &str) -> Option<CoachIx> {
    let ids = roster.coaches.as_slice();
    ids.binary_search_by(|c| (*roster.people[c.person].id).cmp(id)).ok().map(CoachIx::from_usize)
}

pub(super) fn coachee_by_id(roster: &Roster, id: &str) -> Option<CoacheeIx> {
    let ids = roster.coachees.as_slice();
    ids.binary_search_by(|c| (*roster.people[c.person].id).cmp(id)).ok().map(CoacheeIx::from_usize)
}

/// The sum of what the rules give a pair, whether or not it can be made.
fn own_score(world: &World<'_>, coach: CoachIx, coachee: CoacheeIx) -> i128 {
    let mut sum = 0;
    world.rulings((coach, coachee), world.row(coach, coachee), |_, ruling| {
        sum += ruling.points;
        true
    });
    sum
}

impl Chosen {
    pub fn read(problem: &Problem<'_>, plan: &PlanDocument, report: &mut Report) -> Self {
        let roster = problem.roster;
        let mut picked = Vec::with_capacity(plan.pairs.len());
        for (line, row) in plan.pairs.iter().enumerate() {
            let people = [&*row.coach, &*row.coachee];
            let (coach, coachee) = (coach_by_id(roster, &row.coach), coachee_by_id(roster, &row.coachee));
            let (Some(coach), Some(coachee)) = (coach, coachee) else {
                report.add("unknown-id", &people, "the roster lists no such coach or no such coachee");
                continue;
            };
            let pair = problem.pair(coachee, coach);
            let own = match pair {
                Some(pair) => i128::from(problem.parts.score[pair.to_usize()].0),
                None => own_score(problem.world, coach, coachee),
            };
            picked.push(Picked { line, coachee, coach, pair, own });
        }
        let key = |p: &Picked| (p.coachee, p.coach);
        for two in picked.windows(2) {
            let people = [roster.coachee_id(two[1].coachee), roster.coach_id(two[1].coach)];
            if key(&two[0]) > key(&two[1]) {
                report.add("order", &people, "pairs are ordered by coachee id, then coach id");
            }
        }
        picked.sort_by_key(key);
        for two in picked.windows(2).filter(|two| key(&two[0]) == key(&two[1])) {
            let people = [roster.coachee_id(two[1].coachee), roster.coach_id(two[1].coach)];
            report.add("twice", &people, "the pair stands in the plan twice");
        }
        picked.dedup_by_key(|p| (p.coachee, p.coach));
        let (mut load, mut got) = (vec![0; roster.coaches.len()], vec![0; roster.coachees.len()]);
        for pair in &picked {
            load[pair.coach.to_usize()] += 1;
            got[pair.coachee.to_usize()] += 1;
        }
        Self { picked, load, got }
    }

    pub fn has(&self, coachee: CoacheeIx, coach: CoachIx) -> bool {
        self.picked.binary_search_by_key(&(coachee, coach), |p| (p.coachee, p.coach)).is_ok()
    }

    /// The pairs that can be made, ascending.
    pub fn possible(&self) -> Vec<PairIx> {
        self.picked.iter().filter_map(|p| p.pair).collect()
    }
}
