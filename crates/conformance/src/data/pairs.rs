//! Rows of optional members present and absent, so that every pair of them is seen in every
//! way that is possible: few rows say as much as all combinations of two.

use std::collections::BTreeSet;

/// One way in which two members may stand to each other.
type Wanted = (usize, bool, usize, bool);

/// For members, each with the members that it lies in: rows that tell of each whether it is
/// present. What lies in an absent member is absent too.
pub(super) fn pairs(inside: &[Vec<usize>]) -> Vec<Vec<bool>> {
    let mut uncovered: BTreeSet<Wanted> = BTreeSet::new();
    for one in 0..inside.len() {
        for other in one + 1..inside.len() {
            for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
                let alone = |inner: usize, is: bool, outer: usize, there: bool| {
                    is && !there && inside[inner].contains(&outer)
                };
                if !alone(one, first, other, second) && !alone(other, second, one, first) {
                    uncovered.insert((one, first, other, second));
                }
            }
        }
    }
    let mut rows = Vec::new();
    while let Some((one, first, other, second)) = uncovered.first().copied() {
        let mut row = vec![None; inside.len()];
        // What must be there draws in what it lies in: presence before absence.
        let mut set = [(one, first), (other, second)];
        set.sort_by_key(|(_, is)| !is);
        for (member, is) in set {
            put(&mut row, inside, member, is);
        }
        for member in 0..inside.len() {
            if row[member].is_none() {
                let gain = |is| gained(&uncovered, &row, member, is);
                let is = gain(true) >= gain(false);
                put(&mut row, inside, member, is);
            }
        }
        let row: Vec<bool> = row.into_iter().map(|is| is == Some(true)).collect();
        uncovered
            .retain(|(one, first, other, second)| (row[*one], row[*other]) != (*first, *second));
        rows.push(row);
    }
    rows
}

fn put(row: &mut [Option<bool>], inside: &[Vec<usize>], member: usize, is: bool) {
    row[member] = Some(is);
    if is {
        for outer in &inside[member] {
            row[*outer] = Some(true);
        }
    } else {
        for (inner, outers) in inside.iter().enumerate() {
            if outers.contains(&member) {
                row[inner] = Some(false);
            }
        }
    }
}

/// How many ways are covered with the members that are settled, if this one is settled so.
fn gained(uncovered: &BTreeSet<Wanted>, row: &[Option<bool>], member: usize, is: bool) -> usize {
    let settled = row.iter().enumerate();
    settled
        .filter_map(|(other, there)| Some((other, (*there)?)))
        .filter(|(other, there)| {
            let wanted = if *other < member {
                (*other, *there, member, is)
            } else {
                (member, is, *other, *there)
            };
            uncovered.contains(&wanted)
        })
        .count()
}
