//! `orch` beside a bare concurrent client, `kubectl` and `helm` on a real control plane: objects
//! applied until they are ready, applied again, and ten of them changed.
//!
//! Each contestant has a control plane of its own, started and warmed for it, so that none pays
//! for what another left. What is measured is a whole process as a user starts it, except for the
//! bare client, which is this process: it has its objects in memory and gives them no order, so
//! that nothing can be much faster. Every run is checked to have left everything ready; no time is
//! asserted. `--help` tells the options.

#![allow(clippy::print_stdout, reason = "a benchmark's table is its result")]
#![allow(clippy::print_stderr, reason = "it tells how far it is")]

mod bare;
mod contestant;
mod course;
mod latency;
mod measure;
mod objects;
mod options;
mod stage;
mod table;

#[allow(dead_code, reason = "each binary uses its part of the harness")]
#[path = "../../tests/harness"]
mod harness {
    pub(crate) mod cluster;
    pub(crate) mod programs;
    pub(crate) mod wait;
    pub(crate) mod workspace;
}

use std::process::ExitCode;

use contestant::Contestant;
use options::Options;

fn main() -> ExitCode {
    let options = match Options::from_arguments(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(text) => {
            eprintln!("{text}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", table::heading());
    for count in &options.objects {
        let results: Vec<_> = options
            .contestants
            .iter()
            .map(|contestant| (*contestant, course::run(*contestant, *count, &options)))
            .collect();
        println!("{}", table::sizes(*count, &results));
    }
    if let Some(count) = options.many {
        let result = course::fresh(Contestant::Orch, count, &options);
        println!("{}", table::many(count, &result));
    }
    if let Some(count) = options.latency {
        println!("{}", table::latency(count, &latency::measure(count)));
    }
    ExitCode::SUCCESS
}
