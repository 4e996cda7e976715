//! The program from outside: each case runs `orch` in a workspace of its own.

mod cases;
#[allow(dead_code, reason = "each test binary uses its part of the harness")]
mod harness;
#[allow(
    unreachable_pub,
    reason = "the fuzz targets, another package, use it as well"
)]
mod invariants;
