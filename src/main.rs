//! Arguments, runtime, exit code.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Documents and plans are many small texts: see `docs/choices.md`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    orch::cli::main()
}
