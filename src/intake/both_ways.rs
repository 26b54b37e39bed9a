//! Facts about two people where people are grouped from one list: nobody is more coach than the other, so what is said
//! of one direction holds in both. Plans become whole groups.

use crate::model::index::{CoachIx, CoacheeIx, Ix};
use crate::model::quantity::Points;
use crate::model::roster::{PairTable, PastPair, PlannedPair, Waiver};

/// The same two people the other way round; participants have one number in both roles.
pub const fn turned(coach: CoachIx, coachee: CoacheeIx) -> (CoachIx, CoacheeIx) {
    (CoachIx::new(coachee.get()), CoacheeIx::new(coach.get()))
}

/// Two people in the order in which single rows keep them: the lower first.
pub const fn ordered(coach: CoachIx, coachee: CoacheeIx) -> (CoachIx, CoacheeIx) {
    if coach.get() > coachee.get() { turned(coach, coachee) } else { (coach, coachee) }
}

/// Who was together was each other's coach.
pub fn history(rows: &mut Vec<PastPair>) {
    let turned: Vec<PastPair> =
        rows.iter().map(|row| PastPair { coach: row.coachee, coachee: row.coach, ..row.clone() }).collect();
    rows.extend(turned);
    rows.sort_by(|a, b| {
        let key =
            |p: &PastPair| (p.coach, p.coachee, p.programme.clone(), p.window.from, p.window.to, p.outcome);
        key(a).cmp(&key(b))
    });
    rows.dedup();
}

/// A waiver for two people lifts the rule either way round.
pub fn waivers(rows: &mut Vec<Waiver>) {
    let other = |row: &Waiver| {
        let (coach, coachee) = turned(row.coach, row.coachee);
        Waiver { coach, coachee, ..row.clone() }
    };
    let others: Vec<Waiver> = rows.iter().map(other).collect();
    rows.extend(others);
    rows.sort_by_key(|row| (row.rule, row.coach, row.coachee));
}

/// A pair that is listed one way round exists; its score counts once, its minutes both ways.
pub fn pairs(table: &mut PairTable) {
    if table.starts.is_empty() {
        return;
    }
    let people = table.starts.len() - 1;
    let mut rows = Vec::with_capacity(2 * table.coach.len());
    for coachee in (0..people).map(CoacheeIx::from_usize) {
        for at in table.rows(coachee) {
            let (coach, minutes) = (table.coach[at], table.minutes.get(at).copied().flatten());
            rows.push((coachee, coach, table.score[at], minutes));
            let (back, forth) = turned(coach, coachee);
            if table.row(forth, back).is_none() {
                rows.push((forth, back, Points::ZERO, minutes));
            }
        }
    }
    rows.sort_unstable_by_key(|row| (row.0, row.1));
    let timed = !table.minutes.is_empty();
    let ends = |coachee: usize| rows.partition_point(|row| row.0.to_usize() < coachee);
    *table = PairTable {
        starts: (0..=people).map(ends).collect(),
        coach: rows.iter().map(|row| row.1).collect(),
        score: rows.iter().map(|row| row.2).collect(),
        minutes: if timed { rows.iter().map(|row| row.3).collect() } else { Vec::new() },
    };
}

/// Two rows that share a person mean a group of three, so the third pair is added. The error is a group that is larger.
pub fn plan(rows: &mut Vec<PlannedPair>) -> Result<(), Vec<CoacheeIx>> {
    let mut implied = Vec::new();
    for (at, one) in rows.iter().enumerate() {
        for other in &rows[at + 1..] {
            let people = members(one).into_iter().chain(members(other));
            let mut people: Vec<CoacheeIx> = people.collect();
            people.sort_unstable();
            people.dedup();
            let [a, b, c] = people[..] else { continue };
            let state = one.state.min(other.state);
            for (first, second) in [(a, b), (a, c), (b, c)] {
                let (coach, coachee) = (CoachIx::new(first.get()), second);
                implied.push(PlannedPair { coach, coachee, state });
            }
        }
    }
    let there = |rows: &[PlannedPair], p: &PlannedPair| {
        rows.iter().any(|r| (r.coach, r.coachee) == (p.coach, p.coachee))
    };
    for pair in implied {
        if !there(rows, &pair) {
            rows.push(pair);
        }
    }
    rows.sort_by_key(|p| (p.coach, p.coachee));
    for person in rows.iter().flat_map(members) {
        let mut together: Vec<CoacheeIx> =
            rows.iter().map(members).filter(|m| m.contains(&person)).flatten().collect();
        together.sort_unstable();
        together.dedup();
        if together.len() > 3 {
            return Err(together);
        }
    }
    Ok(())
}

fn members(pair: &PlannedPair) -> [CoacheeIx; 2] {
    [CoacheeIx::new(pair.coach.get()), pair.coachee]
}

#[cfg(test)]
mod tests {
    use super::plan;
    use crate::model::catalogue::PairState;
    use crate::model::index::{CoachIx, CoacheeIx};
    use crate::model::roster::PlannedPair;

    fn rows(pairs: &[(u32, u32)]) -> Vec<PlannedPair> {
        let pair = |(a, b): &(u32, u32)| PlannedPair {
            coach: CoachIx::new(*a),
            coachee: CoacheeIx::new(*b),
            state: PairState::Draft,
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn two_rows_about_three_people_mean_a_triad() {
        let mut chain = rows(&[(0, 1), (1, 2), (3, 4)]);
        assert_eq!(plan(&mut chain), Ok(()));
        assert_eq!(chain, rows(&[(0, 1), (0, 2), (1, 2), (3, 4)]));
        let mut star = rows(&[(0, 1), (0, 2), (0, 3)]);
        assert_eq!(plan(&mut star).map_err(|people| people.len()), Err(4));
    }
}
