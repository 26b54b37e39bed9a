//! The linear relaxation of packing people into groups: each person in at most one, each cut counted at most so often,
//! groups of the greatest worth.
//!
//! Method: the revised primal simplex with an explicit inverse, every column priced at every step (the steepest reduced worth
//! enters), and a right-hand side a little above its limit, different for every row, against stalling. The basis is of small
//! whole numbers, so its inverse is exact enough in floating point; the prices are computed again from it at every step and
//! are only a proposal: what is proved with them is computed in integers afterwards. O(rows² + columns) per step.
//!
//! Sign: worths are maximised; a price says what one more place in the row would be worth.

/// A person, or a cut.
pub struct Row {
    pub most: f64,
    /// What each place that stays empty is worth; not positive.
    pub idle: f64,
}

/// A group of people as a column: the rows it takes a place in (twice the same row: two places), and its worth less what its members add to any group.
pub struct Column {
    pub rows: Vec<usize>,
    pub worth: f64,
}

/// Prices, and how much of each column is taken.
pub struct Relaxed {
    pub prices: Vec<f64>,
    /// Position of the column and its share, for shares above 0.
    pub shares: Vec<(usize, f64)>,
    /// By row of the inverse: the column in the basis, or the row with empty places.
    pub basis: Vec<(usize, Option<usize>)>,
    pub inverse: Vec<f64>,
}

/// Smaller numbers of a direction are noise.
const EPSILON: f64 = 1e-9;
/// Steps per row after which the prices are good enough as they are.
const MOST_STEPS: usize = 200;
/// Steps between two inverses from scratch.
const REFRESH: usize = 100;

/// What stands in the basis at one row.
#[derive(Clone, Copy, PartialEq)]
enum Basic {
    /// This row has empty places.
    Idle(usize),
    Column(usize),
}

struct Tableau<'c> {
    n: usize,
    rows: &'c [Row],
    columns: &'c [Column],
    basis: Vec<Basic>,
    inverse: Vec<f64>,
    level: Vec<f64>,
}

/// The relaxation's prices, or those of the last step where `stop` says so.
pub fn relax(rows: &[Row], columns: &[Column], stop: &mut dyn FnMut() -> bool) -> Relaxed {
    let n = rows.len();
    let mut tableau = Tableau {
        n,
        rows,
        columns,
        basis: (0..n).map(Basic::Idle).collect(),
        inverse: vec![0.0; n * n],
        level: Vec::new(),
    };
    tableau.refresh();
    let tolerance = columns.iter().map(|c| c.worth.abs()).fold(1.0, f64::max) * 1e-13;
    for step in 0..MOST_STEPS * n.max(1) {
        if step % 16 == 0 && stop() {
            break;
        }
        if step > 0 && step % REFRESH == 0 {
            tableau.refresh();
        }
        let prices = tableau.prices();
        let Some(entering) = tableau.best(&prices, tolerance) else { break };
        if !tableau.pivot(entering) {
            break;
        }
    }
    let shares = tableau.basis.iter().zip(&tableau.level).filter_map(|(basic, share)| match basic {
        Basic::Column(at) if *share > EPSILON => Some((*at, *share)),
        _ => None,
    });
    let basis = tableau.basis.iter().map(|basic| match basic {
        Basic::Idle(row) => (*row, None),
        Basic::Column(at) => (0, Some(*at)),
    });
    Relaxed {
        shares: shares.collect(),
        prices: tableau.prices(),
        basis: basis.collect(),
        inverse: tableau.inverse,
    }
}

impl Tableau<'_> {
    fn worth(&self, basic: Basic) -> f64 {
        match basic {
            Basic::Idle(row) => self.rows[row].idle,
            Basic::Column(at) => self.columns[at].worth,
        }
    }

    fn prices(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.n];
        for (row, basic) in self.basis.iter().enumerate() {
            let worth = self.worth(*basic);
            if worth != 0.0 {
                let line = &self.inverse[row * self.n..(row + 1) * self.n];
                prices.iter_mut().zip(line).for_each(|(price, x)| *price += worth * x);
            }
        }
        prices
    }

    /// What is worth most above its members' prices.
    fn best(&self, prices: &[f64], tolerance: f64) -> Option<Basic> {
        let mut best = (tolerance, None);
        for (at, column) in self.columns.iter().enumerate() {
            let gain = column.worth - column.rows.iter().map(|row| prices[*row]).sum::<f64>();
            if gain > best.0 {
                best = (gain, Some(Basic::Column(at)));
            }
        }
        for (row, price) in prices.iter().enumerate() {
            let gain = self.rows[row].idle - price;
            if gain > best.0 {
                best = (gain, Some(Basic::Idle(row)));
            }
        }
        best.1
    }

    fn rows_of(&self, basic: Basic) -> Vec<usize> {
        match basic {
            Basic::Idle(row) => vec![row],
            Basic::Column(at) => self.columns[at].rows.clone(),
        }
    }

    /// Brings something into the basis; false where numbers have become too small to go on.
    fn pivot(&mut self, entering: Basic) -> bool {
        let n = self.n;
        let rows = self.rows_of(entering);
        let change: Vec<f64> =
            (0..n).map(|row| rows.iter().map(|r| self.inverse[row * n + r]).sum()).collect();
        let ratio = |row: &usize| self.level[*row] / change[*row];
        let candidates = (0..n).filter(|row| change[*row] > EPSILON);
        let Some(leaving) = candidates.min_by(|a, b| ratio(a).total_cmp(&ratio(b))) else { return false };
        let step = ratio(&leaving);
        let pivot_row: Vec<f64> =
            self.inverse[leaving * n..(leaving + 1) * n].iter().map(|x| x / change[leaving]).collect();
        for (row, by) in change.iter().enumerate().filter(|(row, by)| *row != leaving && by.abs() > 1e-12) {
            let line = &mut self.inverse[row * n..(row + 1) * n];
            line.iter_mut().zip(&pivot_row).for_each(|(x, p)| *x -= by * p);
            self.level[row] -= by * step;
        }
        self.inverse[leaving * n..(leaving + 1) * n].copy_from_slice(&pivot_row);
        self.level[leaving] = step;
        self.basis[leaving] = entering;
        true
    }

    /// Inverse and levels from scratch (Gauss–Jordan), so that rounding does not add up.
    fn refresh(&mut self) {
        let n = self.n;
        let mut matrix = vec![0.0; n * n];
        for (column, basic) in self.basis.iter().enumerate() {
            self.rows_of(*basic).iter().for_each(|row| matrix[row * n + column] += 1.0);
        }
        let mut inverse = vec![0.0; n * n];
        (0..n).for_each(|i| inverse[i * n + i] = 1.0);
        for at in 0..n {
            let size = |row: &usize| f64::abs(matrix[*row * n + at]);
            let Some(from) = (at..n).max_by(|a, b| size(a).total_cmp(&size(b))) else { continue };
            if size(&from) <= EPSILON {
                return;
            }
            for k in 0..n {
                matrix.swap(from * n + k, at * n + k);
                inverse.swap(from * n + k, at * n + k);
            }
            let head = matrix[at * n + at];
            for k in 0..n {
                matrix[at * n + k] /= head;
                inverse[at * n + k] /= head;
            }
            for row in (0..n).filter(|row| *row != at) {
                let factor = matrix[row * n + at];
                if factor != 0.0 {
                    for k in 0..n {
                        matrix[row * n + k] -= factor * matrix[at * n + k];
                        inverse[row * n + k] -= factor * inverse[at * n + k];
                    }
                }
            }
        }
        self.level = (0..n)
            .map(|row| (0..n).map(|k| inverse[row * n + k] * self.right_hand_side(k)).sum::<f64>().max(0.0))
            .collect();
        self.inverse = inverse;
    }

    /// A little more than the limit, in no simple ratio to any other row's.
    fn right_hand_side(&self, row: usize) -> f64 {
        let spread = u32::try_from((row * 2_654_435_761) % 1_000_003).unwrap_or(0);
        self.rows[row].most + 1e-6 * (1.0 + f64::from(spread) / 1_000_003.0)
    }
}
