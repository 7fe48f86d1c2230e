//! Finds resources that wait for each other in a circle.

/// Circles in a graph: one, the shortest, through the first `wanted` node of each group of nodes that reach each other.
/// `edges` holds, for each node, the nodes that it needs. Takes time proportional to the edges where there is no circle.
pub(super) fn cycles(edges: &[Vec<usize>], wanted: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let mut left = entangled(edges);
    let mut cycles = Vec::new();
    for start in 0..edges.len() {
        if !is(&left, start) || !wanted(start) {
            continue;
        }
        let Some(cycle) = shortest(edges, &left, start) else { continue };
        cycles.push(cycle);
        // One circle of a group is enough to start with: drop the others of it.
        let forward = reached(edges, &left, start);
        let backward = reached(&reversed(edges), &left, start);
        for (node, left) in left.iter_mut().enumerate() {
            *left &= !(is(&forward, node) && is(&backward, node));
        }
    }
    cycles
}

/// The nodes that need themselves in the end, or something that does: what is left when nodes that need nothing are
/// taken away again and again.
fn entangled(edges: &[Vec<usize>]) -> Vec<bool> {
    let mut needs: Vec<usize> = edges.iter().map(Vec::len).collect();
    let needed_by = reversed(edges);
    let mut free: Vec<usize> = (0..edges.len()).filter(|node| of(edges, *node).is_empty()).collect();
    let mut left = vec![true; edges.len()];
    while let Some(node) = free.pop() {
        if let Some(left) = left.get_mut(node) {
            *left = false;
        }
        for other in of(&needed_by, node) {
            if let Some(count) = needs.get_mut(*other) {
                *count -= 1;
                if *count == 0 {
                    free.push(*other);
                }
            }
        }
    }
    left
}

fn shortest(edges: &[Vec<usize>], within: &[bool], start: usize) -> Option<Vec<usize>> {
    let mut before: Vec<Option<usize>> = vec![None; edges.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for next in of(edges, node) {
            if *next == start {
                let mut cycle = vec![node];
                let mut at = node;
                while at != start {
                    at = before.get(at).copied().flatten()?;
                    cycle.push(at);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if let Some(step @ None) = before.get_mut(*next)
                && is(within, *next)
            {
                *step = Some(node);
                queue.push_back(*next);
            }
        }
    }
    None
}

fn reached(edges: &[Vec<usize>], within: &[bool], start: usize) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        if let Some(seen @ false) = reached.get_mut(node)
            && is(within, node)
        {
            *seen = true;
            open.extend(of(edges, node));
        }
    }
    reached
}

fn reversed(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut reversed = vec![Vec::new(); edges.len()];
    for (node, needed) in edges.iter().enumerate() {
        for other in needed {
            if let Some(list) = reversed.get_mut(*other) {
                list.push(node);
            }
        }
    }
    reversed
}

fn of(edges: &[Vec<usize>], node: usize) -> &[usize] {
    edges.get(node).map(Vec::as_slice).unwrap_or_default()
}

fn is(flags: &[bool], node: usize) -> bool {
    flags.get(node).copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn circles_are_found_once() {
        for (edges, expected) in [
            (vec![], vec![]),
            (vec![vec![1], vec![2], vec![]], vec![]),
            (vec![vec![0]], vec![vec![0]]),
            (vec![vec![1], vec![0]], vec![vec![0, 1]]),
            (vec![vec![1, 2], vec![2], vec![0]], vec![vec![0, 2]]),
            (vec![vec![1], vec![2], vec![1]], vec![vec![1, 2]]),
            (vec![vec![1], vec![0], vec![3], vec![2]], vec![vec![0, 1], vec![2, 3]]),
        ] {
            assert_eq!(cycles(&edges, |_| true), expected, "{edges:?}");
        }
        assert!(cycles(&[vec![1], vec![0]], |_| false).is_empty());
        assert_eq!(cycles(&[vec![1], vec![0]], |node| node == 1), [[1, 0]]);
    }
}
