//! docs/kompose.md, made of the rows.

use std::fmt::Write as _;

use fs_err as fs;

use super::{CONTAINERS, application::APPLICATION};
use crate::harness::call_center::repository;

const HEAD: &str = "\
# Beside Kompose

What people say of [Kompose](https://kompose.io) in its issues, and of converters at large, and what
`orch` does instead. Kompose is named because it is the one that most people know; version 1.38 was
looked at, and what it has mended since an issue was written is said.

Each row has a test of that name in `tests/cases/kompose/`, and this page is made of the rows
(`ORCH_UPDATE_DOCS=1 cargo test --test orch kompose` writes it anew).

| complaint | what `orch` does | test |
| --- | --- | --- |
";

#[test]
fn the_page_is_made_of_the_rows() {
    let mut page = HEAD.to_owned();
    for row in [APPLICATION, CONTAINERS].concat() {
        let test = row.test.replace('_', " ");
        writeln!(page, "| {} | {} | {test} |", row.complaint, row.answer).expect("a text");
    }
    let path = repository().join("docs/kompose.md");
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests have no other settings"
    )]
    let update = std::env::var_os("ORCH_UPDATE_DOCS").is_some();
    if update {
        fs::write(&path, &page).expect("the page");
    }
    let found = fs::read_to_string(&path).expect("the page");
    assert!(
        found == page,
        "docs/kompose.md isn't what the rows say: run the test with ORCH_UPDATE_DOCS=1"
    );
}
