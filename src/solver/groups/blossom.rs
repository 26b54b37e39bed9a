//! Maximum-weight perfect matching in a complete graph.
//!
//! Method: the primal-dual blossom algorithm (Edmonds, "Maximum matching and a polyhedron with 0,1-vertices", 1965) with all
//! free vertices as roots and one stored best edge per blossom and vertex, which gives O(n³) (Galil, "Efficient algorithms
//! for finding maximum matching in graphs", 1986). It begins with labels that touch each vertex's best edge, and a greedy
//! matching along tight edges.
//!
//! Sign: weights are maximised. The labels keep `y(u) + y(v) + Σ z(blossoms that hold both) ≥ 2 × weight`, tight along the
//! matching; z ≥ 0, and a blossom with z > 0 is matched within but for one vertex. Labels begin even, and all free vertices
//! have moved by the same amount, so every slack between two trees is even and halves stay whole.

use std::collections::VecDeque;

/// No vertex.
const NONE: usize = usize::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Label {
    Free,
    Outer,
    Inner,
}

/// The answer: partners, and the labels that prove it.
pub struct Matched {
    /// Of every vertex.
    pub partner: Vec<usize>,
    pub labels: Vec<i128>,
    /// Blossoms with their z > 0; the vertices ascending.
    pub sets: Vec<(Vec<usize>, i128)>,
}

/// Vertices are 0..n; numbers from n on are blossoms, used again when they dissolve.
struct Search<'w> {
    n: usize,
    /// Blossoms and vertices in use so far.
    used: usize,
    weight: &'w [i128],
    label: Vec<i128>,
    /// The vertex at the other end of the matched edge.
    partner: Vec<usize>,
    /// Of an outer vertex the best edge to here starts there.
    slack: Vec<usize>,
    /// The outermost blossom; `NONE` for a number that is not in use.
    top: Vec<usize>,
    /// The vertex through which an inner blossom hangs on its tree.
    parent: Vec<usize>,
    kind: Vec<Label>,
    seen: Vec<u64>,
    clock: u64,
    /// The cycle, from the base; empty for vertices.
    cycle: Vec<Vec<usize>>,
    /// By blossom, then number: the ends of its best edge to there.
    edge: Vec<Vec<(usize, usize)>>,
    /// By blossom, then vertex: the part of its cycle that holds the vertex.
    through: Vec<Vec<usize>>,
    queue: VecDeque<usize>,
}

/// A matching of all `n` vertices (an even number) of the greatest weight; `weight` by vertex, then vertex, symmetric.
/// `start` are labels to begin with, if there are good ones; they need not be feasible. `None` once `stop` says so.
pub fn perfect(
    n: usize,
    weight: &[i128],
    start: Option<&[i128]>,
    stop: &mut dyn FnMut() -> bool,
) -> Option<Matched> {
    debug_assert!(n.is_multiple_of(2) && weight.len() == n * n);
    let mut search = Search::new(n, weight, first_labels(n, weight, start));
    search.greedy();
    while (0..n).any(|v| search.partner[v] == NONE) {
        search.grow(stop)?;
    }
    Some(search.answer())
}

/// Feasible even labels: what is given, raised where it must be, then lowered vertex by vertex to the best edge.
fn first_labels(n: usize, weight: &[i128], start: Option<&[i128]>) -> Vec<i128> {
    let even = |x: i128| x + x.rem_euclid(2);
    let row = |u: usize| &weight[u * n..(u + 1) * n];
    let best = |u: usize| {
        let others = row(u).iter().enumerate().filter(|(v, _)| *v != u);
        others.map(|(_, w)| *w).max().unwrap_or(0)
    };
    let mut label: Vec<i128> = match start {
        Some(labels) => labels.iter().map(|y| even(*y)).collect(),
        None => (0..n).map(|u| even(best(u))).collect(),
    };
    for _ in 0..2 {
        for u in 0..n {
            let others = row(u).iter().zip(&label).enumerate().filter(|(v, _)| *v != u);
            label[u] = even(others.map(|(_, (w, y))| 2 * w - y).max().unwrap_or(0));
        }
    }
    label
}

impl<'w> Search<'w> {
    fn new(n: usize, weight: &'w [i128], label: Vec<i128>) -> Self {
        Self {
            n,
            used: n,
            weight,
            label,
            partner: vec![NONE; n],
            slack: vec![NONE; n],
            top: (0..n).collect(),
            parent: vec![NONE; n],
            kind: vec![Label::Free; n],
            seen: vec![0; n],
            clock: 0,
            cycle: vec![Vec::new(); n],
            edge: Vec::new(),
            through: Vec::new(),
            queue: VecDeque::new(),
        }
    }

    fn greedy(&mut self) {
        for u in 0..self.n {
            let free = |v: &usize| *v != u && self.partner[*v] == NONE && self.gap(u, *v) == 0;
            if self.partner[u] == NONE
                && let Some(v) = (0..self.n).find(free)
            {
                (self.partner[u], self.partner[v]) = (v, u);
            }
        }
    }

    /// The slack of the edge between two vertices.
    #[inline]
    fn gap(&self, u: usize, v: usize) -> i128 {
        self.label[u] + self.label[v] - 2 * self.weight[u * self.n + v]
    }

    /// The vertices at the ends of the best edge between two numbers.
    fn ends(&self, from: usize, to: usize) -> (usize, usize) {
        if from >= self.n {
            self.edge[from - self.n][to]
        } else if to >= self.n {
            let (v, u) = self.edge[to - self.n][from];
            (u, v)
        } else {
            (from, to)
        }
    }

    fn gap_between(&self, from: usize, to: usize) -> i128 {
        let (u, v) = self.ends(from, to);
        self.gap(u, v)
    }

    fn top_of_partner(&self, x: usize) -> usize {
        let partner = self.partner[x];
        if partner == NONE { NONE } else { self.top[partner] }
    }

    fn offer_slack(&mut self, u: usize, x: usize) {
        let known = self.slack[x];
        if known == NONE || self.gap_between(u, x) < self.gap_between(known, x) {
            self.slack[x] = u;
        }
    }

    fn find_slack(&mut self, x: usize) {
        self.slack[x] = NONE;
        for u in 0..self.n {
            if self.top[u] != x && self.kind[self.top[u]] == Label::Outer {
                self.offer_slack(u, x);
            }
        }
    }

    fn enqueue(&mut self, x: usize) {
        if x < self.n {
            self.queue.push_back(x);
        } else {
            for at in 0..self.cycle[x].len() {
                self.enqueue(self.cycle[x][at]);
            }
        }
    }

    fn set_top(&mut self, x: usize, top: usize) {
        self.top[x] = top;
        for at in 0..self.cycle[x].len() {
            self.set_top(self.cycle[x][at], top);
        }
    }

    /// The position in a blossom's cycle of one of its parts, the cycle turned so that the way from the base is even.
    fn even_way(&mut self, blossom: usize, part: usize) -> usize {
        let cycle = &mut self.cycle[blossom];
        let at = cycle.iter().position(|x| *x == part).expect("a part of the blossom");
        if at % 2 == 1 {
            cycle[1..].reverse();
            return cycle.len() - at;
        }
        at
    }

    /// Matches `u` along its best edge to `v`, and the inside of `u` accordingly.
    fn set_partner(&mut self, u: usize, v: usize) {
        let (from, to) = self.ends(u, v);
        self.partner[u] = to;
        if u < self.n {
            return;
        }
        let part = self.through[u - self.n][from];
        let way = self.even_way(u, part);
        for at in 0..way {
            let (x, y) = (self.cycle[u][at], self.cycle[u][at ^ 1]);
            self.set_partner(x, y);
        }
        self.set_partner(part, v);
        self.cycle[u].rotate_left(way);
    }

    fn augment(&mut self, mut u: usize, mut v: usize) {
        loop {
            let next = self.top_of_partner(u);
            self.set_partner(u, v);
            if next == NONE {
                return;
            }
            let up = self.top[self.parent[next]];
            self.set_partner(next, up);
            (u, v) = (up, next);
        }
    }

    /// The first common outer blossom on the ways to the roots; `NONE` in different trees.
    fn meeting(&mut self, mut u: usize, mut v: usize) -> usize {
        self.clock += 1;
        while u != NONE || v != NONE {
            if u != NONE {
                if self.seen[u] == self.clock {
                    return u;
                }
                self.seen[u] = self.clock;
                u = self.top_of_partner(u);
                if u != NONE {
                    u = self.top[self.parent[u]];
                }
            }
            std::mem::swap(&mut u, &mut v);
        }
        NONE
    }

    fn unused(&mut self) -> usize {
        if let Some(b) = (self.n..self.used).find(|b| self.top[*b] == NONE) {
            return b;
        }
        self.used += 1;
        self.label.push(0);
        self.partner.push(NONE);
        self.slack.push(NONE);
        self.top.push(NONE);
        self.parent.push(NONE);
        self.kind.push(Label::Free);
        self.seen.push(0);
        self.cycle.push(Vec::new());
        self.edge.push(Vec::new());
        self.through.push(Vec::new());
        self.used - 1
    }

    fn add_blossom(&mut self, u: usize, base: usize, v: usize) {
        let b = self.unused();
        (self.label[b], self.kind[b], self.partner[b]) = (0, Label::Outer, self.partner[base]);
        let mut cycle = vec![base];
        for (side, start) in [u, v].into_iter().enumerate() {
            let mut x = start;
            while x != base {
                let inner = self.top_of_partner(x);
                cycle.extend([x, inner]);
                self.enqueue(inner);
                x = self.top[self.parent[inner]];
            }
            if side == 0 {
                cycle[1..].reverse();
            }
        }
        self.cycle[b] = cycle;
        self.set_top(b, b);
        self.best_edges(b);
        self.find_slack(b);
    }

    /// Of every vertex and blossom the best edge from a new blossom, and through which of its parts.
    fn best_edges(&mut self, b: usize) {
        let mut edge = vec![(NONE, NONE); self.used];
        let mut through = vec![NONE; self.n];
        let cycle = std::mem::take(&mut self.cycle[b]);
        for part in &cycle {
            for (x, best) in edge.iter_mut().enumerate() {
                if x == *part || x == b || x >= self.n && self.top[x] == NONE {
                    continue;
                }
                let (from, to) = self.ends(*part, x);
                if from != NONE && (best.0 == NONE || self.gap(from, to) < self.gap(best.0, best.1)) {
                    *best = (from, to);
                }
            }
            if *part < self.n {
                through[*part] = *part;
            } else {
                for v in (0..self.n).filter(|v| self.through[part - self.n][*v] != NONE) {
                    through[v] = *part;
                }
            }
        }
        self.cycle[b] = cycle;
        for (known, back) in self.edge.iter_mut().zip(&edge[self.n..]) {
            known.resize(self.used, (NONE, NONE));
            known[b] = (back.1, back.0);
        }
        self.edge[b - self.n] = edge;
        self.through[b - self.n] = through;
    }

    /// Dissolves an inner blossom whose z is 0.
    fn expand(&mut self, b: usize) {
        for at in 0..self.cycle[b].len() {
            let part = self.cycle[b][at];
            self.set_top(part, part);
        }
        let (from, _) = self.ends(b, self.parent[b]);
        let entered = self.through[b - self.n][from];
        let way = self.even_way(b, entered);
        let cycle = self.cycle[b].clone();
        for pair in cycle[..way].chunks(2) {
            let (inner, outer) = (pair[0], pair[1]);
            self.parent[inner] = self.ends(outer, inner).0;
            (self.kind[inner], self.kind[outer]) = (Label::Inner, Label::Outer);
            self.slack[inner] = NONE;
            self.find_slack(outer);
            self.enqueue(outer);
        }
        (self.kind[entered], self.parent[entered]) = (Label::Inner, self.parent[b]);
        for part in &cycle[way + 1..] {
            self.kind[*part] = Label::Free;
            self.find_slack(*part);
        }
        self.top[b] = NONE;
        self.cycle[b].clear();
    }

    /// A tight edge from an outer vertex: grows a tree, closes a blossom, or joins two trees (then true).
    fn take(&mut self, from: usize, to: usize) -> bool {
        let (u, v) = (self.top[from], self.top[to]);
        match self.kind[v] {
            Label::Free => {
                (self.parent[v], self.kind[v]) = (from, Label::Inner);
                let next = self.top_of_partner(v);
                (self.slack[v], self.slack[next]) = (NONE, NONE);
                self.kind[next] = Label::Outer;
                self.enqueue(next);
                false
            }
            Label::Outer => {
                let base = self.meeting(u, v);
                if base == NONE {
                    self.augment(u, v);
                    self.augment(v, u);
                    return true;
                }
                self.add_blossom(u, base, v);
                false
            }
            Label::Inner => false,
        }
    }

    fn tops(&self) -> impl Iterator<Item = usize> {
        (0..self.used).filter(|x| self.top[*x] == *x)
    }

    /// Grows trees from all free vertices until two of them join.
    fn grow(&mut self, stop: &mut dyn FnMut() -> bool) -> Option<()> {
        self.kind.fill(Label::Free);
        self.slack.fill(NONE);
        self.queue.clear();
        for root in self.tops().filter(|x| self.partner[*x] == NONE).collect::<Vec<_>>() {
            (self.parent[root], self.kind[root]) = (NONE, Label::Outer);
            self.enqueue(root);
        }
        loop {
            if stop() {
                return None;
            }
            while let Some(u) = self.queue.pop_front() {
                for v in 0..self.n {
                    if self.kind[self.top[u]] == Label::Inner || self.top[u] == self.top[v] {
                        continue;
                    }
                    if self.gap(u, v) == 0 {
                        if self.take(u, v) {
                            return Some(());
                        }
                    } else {
                        self.offer_slack(u, self.top[v]);
                    }
                }
            }
            self.move_labels();
            for x in self.tops().collect::<Vec<_>>() {
                let u = self.slack[x];
                if self.top[x] == x && u != NONE && self.top[u] != x && self.gap_between(u, x) == 0 {
                    let (from, to) = self.ends(u, x);
                    if self.take(from, to) {
                        return Some(());
                    }
                }
            }
            for b in self.n..self.used {
                if self.top[b] == b && self.kind[b] == Label::Inner && self.label[b] == 0 {
                    self.expand(b);
                }
            }
        }
    }

    /// Moves the labels by as much as keeps every edge feasible and every z not negative.
    fn move_labels(&mut self) {
        let mut step = i128::MAX;
        for x in self.tops() {
            if x >= self.n && self.kind[x] == Label::Inner {
                step = step.min(self.label[x] / 2);
            }
            if self.slack[x] != NONE {
                let gap = self.gap_between(self.slack[x], x);
                match self.kind[x] {
                    Label::Free => step = step.min(gap),
                    Label::Outer => step = step.min(gap / 2),
                    Label::Inner => {}
                }
            }
        }
        for u in 0..self.n {
            match self.kind[self.top[u]] {
                Label::Outer => self.label[u] -= step,
                Label::Inner => self.label[u] += step,
                Label::Free => {}
            }
        }
        for b in self.n..self.used {
            if self.top[b] == b {
                match self.kind[b] {
                    Label::Outer => self.label[b] += 2 * step,
                    Label::Inner => self.label[b] -= 2 * step,
                    Label::Free => {}
                }
            }
        }
    }

    fn vertices(&self, x: usize, out: &mut Vec<usize>) {
        if x < self.n {
            out.push(x);
        } else {
            self.cycle[x].iter().for_each(|part| self.vertices(*part, out));
        }
    }

    fn answer(self) -> Matched {
        let mut sets = Vec::new();
        for b in (self.n..self.used).filter(|b| self.top[*b] != NONE && self.label[*b] > 0) {
            let mut members = Vec::new();
            self.vertices(b, &mut members);
            members.sort_unstable();
            sets.push((members, self.label[b]));
        }
        sets.sort_unstable();
        let partner = self.partner[..self.n].to_vec();
        Matched { partner, labels: self.label[..self.n].to_vec(), sets }
    }
}
