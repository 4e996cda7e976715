//! The tests that need a real control plane.
//!
//! Where Go is missing they are counted as ignored, which the standard harness cannot do at run
//! time, and never as passed.

mod conformance;
#[allow(dead_code, reason = "each test binary uses its part of the harness")]
mod harness;

use std::process::ExitCode;

use harness::programs::{Availability, availability};
use libtest_mimic::{Arguments, Trial};

#[expect(
    clippy::print_stderr,
    reason = "it says why tests are ignored or refused"
)]
fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let ignored = match availability() {
        Availability::Available => false,
        Availability::Ignored(reason) => {
            eprintln!("the tests that need a real control plane are ignored: {reason}");
            true
        }
        Availability::Refused(reason) => {
            eprintln!("the tests that need a real control plane cannot run: {reason}");
            return ExitCode::FAILURE;
        }
    };
    let trials = conformance::all().into_iter().map(|(name, case)| {
        let run = move || {
            case();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(ignored)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    harness::cluster::stop();
    conclusion.exit_code()
}
