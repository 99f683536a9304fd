//! One-to-one matching that is as good as any: never first come, first served.

/// The assignment of left to right items with the greatest total weight, each item used at most once.
///
/// `edges` are (left, right, weight) with weights over 0; what is not listed cannot be paired. With weights that share a
/// large constant the number of pairs is maximised first. The pairs come sorted. Connected parts are solved apart, so the
/// cost is the cube of the largest part, not of the article.
pub fn assign(left: usize, right: usize, edges: &[(usize, usize, i64)]) -> Vec<(usize, usize)> {
    let mut parent: Vec<usize> = (0..left + right).collect();
    fn root(parent: &mut [usize], mut x: usize) -> usize {
        while parent[x] != x {
            parent[x] = parent[parent[x]];
            x = parent[x];
        }
        x
    }
    for &(l, r, _) in edges {
        let (a, b) = (root(&mut parent, l), root(&mut parent, left + r));
        parent[a.max(b)] = a.min(b);
    }
    let mut sorted: Vec<(usize, (usize, usize, i64))> = edges.iter().map(|&e| (root(&mut parent, e.0), e)).collect();
    sorted.sort_unstable();
    let mut out = Vec::new();
    for part in sorted.chunk_by(|a, b| a.0 == b.0) {
        if let [(_, (l, r, _))] = part {
            out.push((*l, *r));
            continue;
        }
        let side = |pick: fn(&(usize, usize, i64)) -> usize| -> Vec<usize> {
            let mut ids: Vec<usize> = part.iter().map(|(_, e)| pick(e)).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let (ls, rs) = (side(|e| e.0), side(|e| e.1));
        let swap = ls.len() > rs.len();
        let (rows, columns) = if swap { (&rs, &ls) } else { (&ls, &rs) };
        let mut weight = vec![vec![0i64; columns.len()]; rows.len()];
        for (_, (l, r, w)) in part {
            let (row, column) = if swap { (r, l) } else { (l, r) };
            if let (Ok(i), Ok(j)) = (rows.binary_search(row), columns.binary_search(column)) {
                weight[i][j] = weight[i][j].max(*w);
            }
        }
        for (i, j) in hungarian(&weight) {
            if weight[i][j] > 0 {
                out.push(if swap { (columns[j], rows[i]) } else { (rows[i], columns[j]) });
            }
        }
    }
    out.sort_unstable();
    out
}

/// Kuhn's and Munkres' method: every row gets a column, the sum of weights is greatest. No more rows than columns.
fn hungarian(weight: &[Vec<i64>]) -> Vec<(usize, usize)> {
    let (n, m) = (weight.len(), weight.first().map_or(0, Vec::len));
    // Potentials of rows and columns; index 0 stands for "none yet".
    let (mut u, mut v) = (vec![0i64; n + 1], vec![0i64; m + 1]);
    let (mut row_of, mut way) = (vec![0usize; m + 1], vec![0usize; m + 1]);
    for i in 1..=n {
        row_of[0] = i;
        let mut at = 0;
        let mut slack = vec![i64::MAX; m + 1];
        let mut used = vec![false; m + 1];
        loop {
            used[at] = true;
            let row = row_of[at];
            let (mut delta, mut next) = (i64::MAX, 0);
            for j in 1..=m {
                if used[j] {
                    continue;
                }
                let cost = -weight[row - 1][j - 1] - u[row] - v[j];
                if cost < slack[j] {
                    slack[j] = cost;
                    way[j] = at;
                }
                if slack[j] < delta {
                    delta = slack[j];
                    next = j;
                }
            }
            for j in 0..=m {
                if used[j] {
                    u[row_of[j]] += delta;
                    v[j] -= delta;
                } else if j > 0 {
                    slack[j] -= delta;
                }
            }
            at = next;
            if row_of[at] == 0 {
                break;
            }
        }
        while at != 0 {
            row_of[at] = row_of[way[at]];
            at = way[at];
        }
    }
    (1..=m).filter(|&j| row_of[j] > 0).map(|j| (row_of[j] - 1, j - 1)).collect()
}

/// Matches items for which `like` gives a likeness (0 to 1): as many pairs as possible, then the likest.
pub fn match_all(left: usize, right: usize, like: impl Fn(usize, usize) -> Option<f64>) -> Vec<(usize, usize)> {
    let mut edges = Vec::new();
    for l in 0..left {
        for r in 0..right {
            if let Some(x) = like(l, r) {
                edges.push((l, r, PAIR + (x.clamp(0.0, 1.0) * 1000.0).round() as i64));
            }
        }
    }
    assign(left, right, &edges)
}

/// Worth of one pair: more than all the likeness that a thousand others could add.
const PAIR: i64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The greatest total by trying everything.
    fn exhaustive(rows: usize, used: &mut Vec<bool>, weight: &dyn Fn(usize, usize) -> i64, at: usize) -> i64 {
        if at == rows {
            return 0;
        }
        let mut best = exhaustive(rows, used, weight, at + 1);
        for j in 0..used.len() {
            if !used[j] && weight(at, j) > 0 {
                used[j] = true;
                best = best.max(weight(at, j) + exhaustive(rows, used, weight, at + 1));
                used[j] = false;
            }
        }
        best
    }

    #[test]
    fn a_greedy_choice_is_mended() {
        // First come, first served pairs 0 with 0 and leaves 1 alone.
        let pairs = match_all(2, 2, |l, r| (l == 0 || r == 0).then_some(0.5));
        assert_eq!(pairs, [(0, 1), (1, 0)]);
    }

    proptest! {
        #[test]
        fn as_good_as_trying_everything(rows in 0usize..6, columns in 0usize..6, seed in proptest::collection::vec(0i64..12, 36)) {
            let weight = |i: usize, j: usize| seed[i * 6 + j] - 4;
            let edges: Vec<_> = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|(i, j)| (i, j, weight(i, j))).filter(|e| e.2 > 0).collect();
            let pairs = assign(rows, columns, &edges);
            let total: i64 = pairs.iter().map(|&(i, j)| weight(i, j)).sum();
            prop_assert_eq!(total, exhaustive(rows, &mut vec![false; columns], &weight, 0));
            for side in [pairs.iter().map(|p| p.0).collect::<Vec<_>>(), pairs.iter().map(|p| p.1).collect()] {
                let mut unique = side.clone();
                unique.sort_unstable();
                unique.dedup();
                prop_assert_eq!(unique.len(), side.len());
            }
        }
    }
}
