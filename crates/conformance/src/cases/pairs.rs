//! Pairwise combinations of optional members: few rows in which every two members appear
//! together, apart and not at all.

use std::collections::BTreeSet;

/// A combination to cover: two members, each present or absent.
type Combination = (usize, bool, usize, bool);

/// Returns rows that say of each member whether it is present. `inside` has, for each
/// member, the members that contain it: what is inside an absent member is absent too.
pub(super) fn pairs(inside: &[Vec<usize>]) -> Vec<Vec<bool>> {
    let mut uncovered: BTreeSet<Combination> = BTreeSet::new();
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
        // A present member needs what contains it: presence before absence.
        let mut set = [(one, first), (other, second)];
        set.sort_by_key(|(_, is)| !is);
        for (member, is) in set {
            decide(&mut row, inside, member, is);
        }
        for member in 0..inside.len() {
            if row[member].is_none() {
                let covered = |is| gain(&uncovered, &row, member, is);
                let is = covered(true) >= covered(false);
                decide(&mut row, inside, member, is);
            }
        }
        let row: Vec<bool> = row.into_iter().map(|is| is == Some(true)).collect();
        uncovered
            .retain(|(one, first, other, second)| (row[*one], row[*other]) != (*first, *second));
        rows.push(row);
    }
    rows
}

fn decide(row: &mut [Option<bool>], inside: &[Vec<usize>], member: usize, is: bool) {
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

/// How many combinations with the members that are decided are covered by this decision.
fn gain(uncovered: &BTreeSet<Combination>, row: &[Option<bool>], member: usize, is: bool) -> usize {
    let decided = row.iter().enumerate();
    decided
        .filter_map(|(other, there)| Some((other, (*there)?)))
        .filter(|(other, there)| {
            let combination = if *other < member {
                (*other, *there, member, is)
            } else {
                (member, is, *other, *there)
            };
            uncovered.contains(&combination)
        })
        .count()
}
