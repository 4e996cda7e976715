#![no_main]

use libfuzzer_sys::fuzz_target;
use orch_fuzz::{contained, invariants::formats};

fuzz_target!(init: contained(), |data: &[u8]| formats::merge(data));
