//! The supervisor of the test cluster: it leaves nothing behind, whatever ends the tests.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::harness::wait::eventually;

#[test]
fn kills_its_programs_and_removes_their_folder_when_its_input_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut supervisor = Command::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/cluster/supervise"
    ))
    .arg(folder.path())
    .current_dir(folder.path())
    .stdin(Stdio::piped())
    .spawn()
    .expect("a supervisor");
    let mut input = supervisor.stdin.take().expect("its input is a pipe");
    input
        .write_all(b"one.log sleep 1000\ntwo.log sleep 1000\n")
        .expect("two programs");
    let started = || folder.path().join("two.log").exists().then_some(());
    eventually("the second program", started);

    drop(input);

    // It ends after its programs: it waits for them.
    let ended = eventually("its end", || supervisor.try_wait().expect("it runs"));
    assert!(ended.success());
    assert!(!folder.path().exists());
}
