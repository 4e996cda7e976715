//! What a process takes: time, the processor's, memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// What a run took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// Of the processors, in it and in the kernel for it.
    pub(crate) cpu: Duration,
    /// Its largest resident set; 0 where it isn't known.
    pub(crate) peak_bytes: u64,
    /// The requests that the server counted.
    pub(crate) requests: u64,
}

impl Taken {
    /// Returns what two runs, one after the other, took.
    pub(crate) fn then(self, next: Self) -> Self {
        Self {
            wall: self.wall + next.wall,
            cpu: self.cpu + next.cpu,
            peak_bytes: self.peak_bytes.max(next.peak_bytes),
            requests: self.requests + next.requests,
        }
    }
}

/// Runs a program to its end.
///
/// # Panics
/// When it fails; what it said is shown.
pub(crate) fn run(mut command: Command) -> Taken {
    let said = tempfile::tempfile().expect("a temporary file");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said.try_clone().expect("the same file"));
    let begun = Instant::now();
    let mut child = command.spawn().expect("the program was built");
    let ended = child.wait4().expect("it ends");
    let wall = begun.elapsed();
    assert!(ended.status.success(), "{command:?}\n{}", text(said));
    Taken {
        wall,
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak_bytes: ended.rusage.maxrss,
        requests: 0,
    }
}

fn text(mut file: std::fs::File) -> String {
    use std::io::{Read as _, Seek as _};
    let mut text = String::new();
    file.rewind().expect("a file can be rewound");
    // What can't be shown of a failure must not hide it.
    drop(file.read_to_string(&mut text));
    text
}
