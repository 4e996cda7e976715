//! The program from outside: each case runs `orch` in a workspace of its own.

mod cases;
#[allow(dead_code, reason = "each test binary uses its part of the harness")]
mod harness;
