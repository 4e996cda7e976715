//! Where the programs of the control plane come from: `tests/cluster/build`, which builds them once
//! with Go.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Whether this machine can run the tests that need a real control plane.
pub(crate) enum Availability {
    /// Go is here: the programs are built, or found, when the first test asks.
    Available,
    /// The tests are ignored, for this reason.
    Ignored(String),
    /// The machine promises to run them (`CI=true`) and cannot.
    Refused(String),
}

/// Returns whether this machine can build and run a control plane, without building anything.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests have no other settings"
)]
pub(crate) fn availability() -> Availability {
    let set = |name: &str, value: &str| env::var_os(name).is_some_and(|found| found == value);
    if set("ORCH_CLUSTER", "off") {
        return Availability::Ignored("ORCH_CLUSTER=off".to_owned());
    }
    let missing = match go_version() {
        Ok(_) => return Availability::Available,
        Err(problem) => format!("Go is needed to build a real control plane, and {problem}"),
    };
    if set("CI", "true") {
        Availability::Refused(missing)
    } else {
        Availability::Ignored(missing)
    }
}

/// Returns the folder of the programs, after building them if it is the first time.
///
/// The script's own account of it (what it builds, how long it takes) goes to this process's stderr.
pub(crate) fn build() -> io::Result<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/build");
    let output = Command::new(script)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!(
            "tests/cluster/build ended with {}",
            output.status
        )));
    }
    Ok(PathBuf::from(
        String::from_utf8_lossy(&output.stdout).trim_end(),
    ))
}

fn go_version() -> Result<String, String> {
    match Command::new("go")
        .arg("version")
        .stdin(Stdio::null())
        .output()
    {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(output) => Err(format!("`go version` ended with {}", output.status)),
        Err(error) => Err(format!("`go` cannot be run: {error}")),
    }
}
