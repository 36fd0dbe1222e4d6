//! Allocations stay near the committed figures, in every build and on every system.
//!
//! Instructions are watched by `cargo bench-bvnk watch`, which needs valgrind.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use bench::allocations::{IN_FLIGHT, count};
use bench::process::Server;
use bench::watch::{MARGIN, allocations};

#[test]
fn the_client_allocates_no_more_than_is_committed() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_bench"));
    let server = Server::fixed_by(&mut program, 1).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_bench"));
    let holding = Server::fixed_by(&mut program, IN_FLIGHT).unwrap();
    let counter = Path::new(env!("CARGO_BIN_EXE_allocations"));
    let counted = count(counter, &server, &holding).unwrap();
    for (name, committed, now) in allocations(&counted).unwrap() {
        assert!(now > 0.0, "{name}: nothing was counted");
        let most = committed * (1.0 + MARGIN);
        assert!(
            now <= most,
            "{name}: {now} allocations, and {committed} are committed: find the new ones, or commit the new figure in crates/bench/src/watch.rs"
        );
    }
}
