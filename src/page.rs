//! Pages below `docs/` that tests make of the code's own tables, so that they can't go stale.
#![allow(
    clippy::disallowed_methods,
    reason = "tests that write a page anew where they are asked to"
)]

use std::path::Path;

/// Returns a page as it is.
pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_default()
}

/// Checks that a page is what its source says; with `ORCH_UPDATE_DOCS` set, writes it so.
#[track_caller]
pub(crate) fn check(name: &str, page: &str) {
    if std::env::var_os("ORCH_UPDATE_DOCS").is_some() {
        std::fs::write(path(name), page).unwrap();
    }
    assert!(
        read(name) == page,
        "docs/{name} isn't what its source says: run the test with ORCH_UPDATE_DOCS=1"
    );
}

fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(name)
}
