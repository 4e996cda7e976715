#![no_main]

use libfuzzer_sys::fuzz_target;
use orch_fuzz::{contained, invariants::documents};

fuzz_target!(init: contained(), |data: &[u8]| documents::directive(data));
