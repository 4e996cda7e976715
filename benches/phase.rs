//! The program's figures, measured as a user has them: whole processes, side by side with an
//! empty one, medians of several runs. `cargo bench` prints a table; nothing is asserted.

#![allow(clippy::print_stdout, reason = "a benchmark's table is its result")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// Runs of each command; the median is shown.
const RUNS: usize = 9;

/// What one process took.
struct Taken {
    wall: Duration,
    peak_kib: u64,
}

fn main() {
    let orch = PathBuf::from(env!("CARGO_BIN_EXE_orch"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let template = folder.path().join("template");
    run(orch_in(
        &orch,
        folder.path(),
        &["demo", "--no-run", "template"],
    ));
    println!("| what | wall (median of {RUNS}) | peak memory |");
    println!("| --- | --- | --- |");
    show("an empty process (`true`)", |_| Command::new("true"));
    show("`orch --version`", |_| {
        orch_in(&orch, folder.path(), &["--version"])
    });
    show("`orch phase 4 plan`", |_| {
        orch_in(&orch, &template, &["phase", "4", "plan"])
    });
    show("`orch phase 4 run`, the whole phase rehearsed", |round| {
        let fresh = folder.path().join(format!("run-{round}"));
        copy(&template, &fresh);
        orch_in(&orch, &fresh, &["phase", "4", "run"])
    });
    let done = folder.path().join("run-0");
    show("`orch phase 4 run`, nothing to do", |_| {
        orch_in(&orch, &done, &["phase", "4", "run"])
    });
}

fn orch_in(orch: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(orch);
    command
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    command
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp")
        .arg("-a")
        .args([from, to])
        .status()
        .expect("cp runs");
    assert!(copied.success(), "the workspace can be copied");
}

fn show(what: &str, command: impl Fn(usize) -> Command) {
    let mut taken: Vec<Taken> = (0..RUNS).map(|round| run(command(round))).collect();
    let peak = taken.iter().map(|taken| taken.peak_kib).max().unwrap_or(0);
    taken.sort_by_key(|taken| taken.wall);
    let median = taken
        .get(RUNS / 2)
        .map_or(Duration::ZERO, |taken| taken.wall);
    println!(
        "| {what} | {:.1} ms | {:.1} MB |",
        median.as_secs_f64() * 1e3,
        f64::from(u32::try_from(peak).unwrap_or(u32::MAX)) / 1e3
    );
}

fn run(mut command: Command) -> Taken {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let ended = child.wait4().expect("the program ends");
    let wall = begun.elapsed();
    assert!(ended.status.success(), "{command:?} succeeds");
    Taken {
        wall,
        peak_kib: ended.rusage.maxrss / 1024,
    }
}
