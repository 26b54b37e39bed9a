//! A programme to a solver of integer programmes and back, through `good_lp`: `HiGHS`, or `microlp` where that is not built in.
//!
//! Nothing that it says is believed: see `drive`. One thread and a fixed seed: the same programme, the same answer.

use super::program::{Answer, Ask, Program, Said, double};
use good_lp::{Expression, ProblemVariables, Variable, constraint, variable};

/// Variables and objective; rows are added by [`limits`].
fn variables(program: &Program) -> (ProblemVariables, Vec<Variable>, Expression) {
    let mut all = ProblemVariables::new();
    let mut columns = Vec::with_capacity(program.columns.len());
    let mut objective = Expression::with_capacity(program.columns.len());
    for column in &program.columns {
        let mut made = variable().min(0.0).max(double(column.most)).initial(double(column.start));
        if column.whole {
            made = made.integer();
        }
        let made = all.add(made);
        if column.cost != 0 {
            objective.add_mul(double(column.cost), made);
        }
        columns.push(made);
    }
    (all, columns, objective)
}

fn limits(program: &Program, columns: &[Variable], mut add: impl FnMut(good_lp::Constraint)) {
    for limit in &program.limits {
        let mut sum = Expression::with_capacity(limit.terms.len());
        for (column, weight) in &limit.terms {
            sum.add_mul(double(*weight), columns[*column as usize]);
        }
        match (limit.least, limit.most) {
            (Some(least), Some(most)) if least == most => add(constraint::eq(sum, double(most))),
            (least, most) => {
                if let Some(least) = least {
                    add(constraint::geq(sum.clone(), double(least)));
                }
                if let Some(most) = most {
                    add(constraint::leq(sum, double(most)));
                }
            }
        }
    }
}

#[cfg(feature = "highs")]
mod built {
    use super::{Answer, Ask, Program, Said, double, limits, variables};
    use crate::solver::rows::program::rounded_up;
    use good_lp::SolverModel;
    use highs::{HighsModelStatus, HighsSolutionStatus, Model};

    /// Solves in this process.
    pub fn solve(program: &Program, ask: Ask) -> Answer {
        let (all, columns, objective) = variables(program);
        let mut problem = all.minimise(objective).using(good_lp::highs);
        limits(program, &columns, |row| {
            problem.add_constraint(row);
        });
        let Ok(mut model) = problem.try_into_inner() else { return Answer::FAILED };
        if set(&mut model, program, ask).is_none() {
            return Answer::FAILED;
        }
        let Ok(solved) = model.try_solve() else { return Answer::FAILED };
        let said = match solved.status() {
            HighsModelStatus::Optimal
            | HighsModelStatus::ObjectiveTarget
            | HighsModelStatus::ObjectiveBound
            | HighsModelStatus::ModelEmpty => Said::Best,
            HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => Said::Nothing,
            HighsModelStatus::ReachedTimeLimit | HighsModelStatus::ReachedInterrupt => Said::Stopped,
            _ => Said::Failed,
        };
        let feasible = solved.primal_solution_status() == HighsSolutionStatus::Feasible;
        let taken = feasible.then(|| solved.get_solution().columns().iter().map(|v| *v > 0.5).collect());
        let whole = program.columns.iter().any(|c| c.whole);
        let bound = solved.double_info_value(c"mip_dual_bound").ok().filter(|_| whole).and_then(rounded_up);
        Answer { said, taken, bound }
    }

    /// What `good_lp` drops on the way to the model: options and the starting point.
    fn set(model: &mut Model, program: &Program, ask: Ask) -> Option<()> {
        model.make_quiet();
        model.try_set_option("threads", 1).ok()?;
        model.try_set_option("random_seed", 0).ok()?;
        model.try_set_option("presolve", if ask.presolve { "choose" } else { "off" }).ok()?;
        model.try_set_option("mip_rel_gap", 0.0).ok()?;
        // Costs are whole: a gap below 1 is none.
        model.try_set_option("mip_abs_gap", 0.9).ok()?;
        model.try_set_option("mip_feasibility_tolerance", 1e-7).ok()?;
        if let Some(milliseconds) = ask.milliseconds {
            let seconds = std::time::Duration::from_millis(milliseconds).as_secs_f64();
            model.try_set_option("time_limit", seconds).ok()?;
        }
        if let Some(target) = ask.target {
            model.try_set_option("objective_target", double(target) + 0.5).ok()?;
        }
        let start: Vec<f64> = program.columns.iter().map(|c| double(c.start)).collect();
        model.try_set_solution(Some(&start), None, None, None).ok()
    }
}

#[cfg(not(feature = "highs"))]
mod built {
    use super::{Answer, Ask, Program, Said, limits, variables};
    use good_lp::solvers::{ResolutionError, SolutionStatus, WithTimeLimit};
    use good_lp::{Solution, SolverModel};

    /// Solves in this process.
    pub fn solve(program: &Program, ask: Ask) -> Answer {
        let (all, columns, objective) = variables(program);
        let mut problem = all.minimise(objective).using(good_lp::microlp);
        limits(program, &columns, |row| {
            problem.add_constraint(row);
        });
        if let Some(milliseconds) = ask.milliseconds {
            problem = problem.with_time_limit(std::time::Duration::from_millis(milliseconds).as_secs_f64());
        }
        match problem.solve() {
            Ok(solution) => {
                let best = matches!(solution.status(), SolutionStatus::Optimal);
                let taken = columns.iter().map(|c| solution.value(*c) > 0.5).collect();
                Answer {
                    said: if best { Said::Best } else { Said::Stopped },
                    taken: Some(taken),
                    bound: None,
                }
            }
            Err(ResolutionError::Infeasible) => Answer { said: Said::Nothing, taken: None, bound: None },
            Err(_) => Answer::FAILED,
        }
    }
}

pub use built::solve;
