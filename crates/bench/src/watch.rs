//! `watch`: compares what is stable (instructions, allocations) with committed figures, so
//! that a change that makes the client heavier is seen. Never seconds.

use crate::allocations::Counted;
use crate::process::Server;
use crate::table::{Table, whole};
use crate::{Outcome, allocations, call, callgrind};

/// By how much a figure may exceed the committed one: compilers and allocators differ
/// a little.
pub const MARGIN: f64 = 0.10;

/// The committed figures. Instructions and allocations of a call are those that the
/// client adds to its floor.
const INSTRUCTIONS: [(&str, f64); 2] = [("sign", 12_430.0), ("call beyond reqwest", 38_200.0)];
const ALLOCATIONS: [(&str, f64); 2] = [("sign", 7.0), ("call beyond reqwest", 36.0)];

/// The allocations that are committed and those that were counted, by name.
///
/// # Errors
///
/// When one was not counted.
pub fn allocations(counted: &Counted) -> Outcome<[(&'static str, f64, f64); 2]> {
    let [(sign, of_sign), (call, of_call)] = ALLOCATIONS;
    let beyond = counted.get("call")? - counted.get("raw")?;
    Ok([
        (sign, of_sign, counted.get("sign")?),
        (call, of_call, beyond),
    ])
}

/// The comparison, and whether all figures are within the margin.
///
/// # Errors
///
/// When a figure cannot be taken.
pub fn run() -> Outcome<(String, bool)> {
    let mut table = Table::new(["watch", "now", "committed", "change"]);
    let mut within = true;
    let mut row = |kind: &str, (name, committed): (&str, f64), now: f64| {
        let change = now / committed - 1.0;
        within &= change <= MARGIN;
        table.row([
            format!("{kind}, {name}"),
            whole(now),
            whole(committed),
            format!("{:+.1} %", change * 100.0),
        ]);
    };
    for (name, committed, now) in allocations(&allocations::optimised()?)? {
        row("allocations", (name, committed), now);
    }
    let mut note = format!("at most {:.0} % more is allowed", MARGIN * 100.0);
    if callgrind::available() {
        let server = Server::fixed(1)?;
        let sign = callgrind::instructions(&["sign"], 1000)?;
        let [call, raw] = call::instructions(server.url())?;
        row("instructions", INSTRUCTIONS[0], sign);
        row("instructions", INSTRUCTIONS[1], call - raw);
    } else {
        note.push_str("; instructions are not watched: valgrind is not installed");
    }
    Ok((format!("{table}{note}\n"), within))
}
