//! What the store keeps, as messages.

use super::wire;
use super::words::Twin;
use crate::service::stored::{Approval, Millis, PlanRecord, Programme, ResourceId, RosterInfo, RunRecord};

pub fn programme(programme: &Programme) -> wire::StoredProgramme {
    let Programme { id, title, revision, created, updated } = programme;
    wire::StoredProgramme {
        programme: id.to_string(),
        title: title.to_string(),
        revision: *revision,
        created: Some(time(*created)),
        updated: Some(time(*updated)),
    }
}

pub fn revision(info: &RosterInfo) -> wire::RosterRevision {
    let RosterInfo { programme, revision, etag, author, created } = info;
    wire::RosterRevision {
        programme: programme.to_string(),
        revision: *revision,
        etag: etag.to_string(),
        author: author.to_string(),
        created: Some(time(*created)),
    }
}

pub fn run(run: &RunRecord) -> wire::Run {
    let RunRecord {
        programme,
        id,
        revision,
        baseline,
        time_limit,
        state,
        cancel: _,
        sequence,
        matched,
        wanted,
        elapsed,
        author,
        created,
        ended,
        plan,
        failure,
    } = run;
    wire::Run {
        programme: programme.to_string(),
        run: id.to_string(),
        revision: *revision,
        baseline: maybe(baseline.as_ref()),
        time_limit: Some(span(*time_limit)),
        state: state.to_wire(),
        sequence: *sequence,
        matched: *matched,
        wanted: *wanted,
        elapsed: Some(span(*elapsed)),
        author: author.to_string(),
        created: Some(time(*created)),
        ended: ended.map(time),
        plan: maybe(plan.as_ref()),
        failure: failure.to_string(),
    }
}

pub fn plan(record: &PlanRecord) -> wire::PlanSummary {
    let PlanRecord { programme, id, run, revision, state, outcome, hash, created } = record;
    wire::PlanSummary {
        programme: programme.to_string(),
        plan: id.to_string(),
        run: run.to_string(),
        revision: *revision,
        state: state.to_wire(),
        outcome: outcome.to_string(),
        hash: hash.to_string(),
        created: Some(time(*created)),
    }
}

pub fn approval(approval: &Approval) -> wire::Approval {
    let Approval { state, author, note, created } = approval;
    wire::Approval {
        state: state.to_wire(),
        author: author.to_string(),
        note: note.to_string(),
        created: Some(time(*created)),
    }
}

/// Where the next part of a list begins.
pub fn token(next: Option<Box<str>>) -> String {
    next.map(String::from).unwrap_or_default()
}

fn maybe(id: Option<&ResourceId>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}

/// Whole seconds and the nanoseconds above them; the remainder of 1,000 milliseconds always fits.
fn parts(millis: Millis) -> (i64, i32) {
    let nanos = i32::try_from(millis.rem_euclid(1_000)).unwrap_or(0) * 1_000_000;
    (millis.div_euclid(1_000), nanos)
}

fn time(at: Millis) -> prost_types::Timestamp {
    let (seconds, nanos) = parts(at);
    prost_types::Timestamp { seconds, nanos }
}

fn span(time: Millis) -> prost_types::Duration {
    let (seconds, nanos) = parts(time);
    prost_types::Duration { seconds, nanos }
}
