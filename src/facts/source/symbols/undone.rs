//! Tables that a script of SQL makes and takes away again: by dropping or renaming them behind that, or
//! by rolling back.

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::stub::is;
use super::{Found, Sort};

patterns! {
    GONE = r"(?i)\bdrop\s+table\s+(?:if\s+exists\s+)?([^;]+)";
    RENAMED = r"(?i)\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?([\w.\x22`\[\]]+)\s+rename\s+to\s+([\w.\x22`\[\]]+)";
    ENDS = r"(?i)(?:^|;)\s*(?:rollback|commit)(?:\s+(?:work|transaction|tran))?\s*(?:;|$)";
    ROLLS_BACK = r"(?i)\brollback\b";
    DOWN = r"(?im)^[ \t]*--[ \t]*(?:\+\w+[ \t]+|\w+:|@)?[ \t]*(?:down|undo|rollback)\b";
}

/// Returns whether a table isn't there any more behind the script that makes it. What stands behind a
/// mark for taking a migration back (`-- +goose Down`) isn't run with it.
pub(super) fn is_undone(code: &Code, table: &Found) -> bool {
    if code.language != Language::Sql || table.sort != Sort::Table {
        return false;
    }
    if takes_back(&code.path) {
        return true;
    }
    let whole = table.at..code.text.len();
    let down = DOWN.iter().flat_map(|it| code.commented(whole.clone(), it));
    let end = down.min().unwrap_or(whole.end);
    let Some(rest) = code.bare.get(table.at..end) else {
        return false;
    };
    let mut ends = ENDS.iter().flat_map(|it| it.find_iter(rest));
    ends.next().is_some_and(|it| is(&ROLLS_BACK, it.as_str())) || is_gone(rest, &table.name)
}

/// Whether a script is called like one that takes a migration back: `001_init.down.sql`, `down/001.sql`,
/// Flyway's `U1__init.sql`.
fn takes_back(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let back = |it: &str| ["down", "rollback", "rollbacks", "undo"].contains(&it);
    let stem = file.strip_suffix(".sql").unwrap_or(file);
    let flyway = stem
        .split_once("__")
        .and_then(|(number, _)| number.strip_prefix('U'));
    let numbered = flyway.is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
    numbered || parts.any(back) || stem.rsplit(['.', '_']).next().is_some_and(back)
}

/// Whether what stands behind a table takes it away, and brings nothing else to its name.
fn is_gone(rest: &str, table: &str) -> bool {
    let named = |text: &str| {
        let name = text.rsplit('.').next().unwrap_or_default();
        let name = name.trim_matches(|it: char| !(it.is_alphanumeric() || it == '_'));
        name.eq_ignore_ascii_case(table)
    };
    let dropped = |text: &str| {
        let mut tables = text.split(',');
        tables.any(|it| it.split_whitespace().next().is_some_and(named))
    };
    let drops = GONE.iter().flat_map(|it| it.captures_iter(rest));
    let renames = || RENAMED.iter().flat_map(|it| it.captures_iter(rest));
    let mut gone = drops.map(|it| dropped(&it[1]));
    let away = gone.any(|it| it) || renames().any(|it| named(&it[1]));
    away && !renames().any(|it| named(&it[2]))
}

#[cfg(test)]
mod tests {
    use super::super::Definitions;
    use crate::facts::Tree;

    fn makes(source: &str) -> bool {
        let tree = Tree::from_iter([("db/V2__a.sql", source)]);
        !Definitions::of(&tree).named("reading").is_empty()
    }

    #[test]
    fn what_takes_a_migration_back_makes_no_table() {
        let makes = |path: &str| {
            let tree = Tree::from_iter([(path, "CREATE TABLE reading (id int);\n")]);
            !Definitions::of(&tree).named("reading").is_empty()
        };
        for path in [
            "db/1_a.down.sql",
            "db/1_a_down.sql",
            "db/down/1.sql",
            "db/U1__a.sql",
        ] {
            assert!(!makes(path), "{path}");
        }
        for path in [
            "db/1_a.up.sql",
            "db/V1__a.sql",
            "db/Users.sql",
            "db/1_countdown.sql",
        ] {
            assert!(makes(path), "{path}");
        }
    }

    #[test]
    fn a_table_that_is_dropped_renamed_or_rolled_back_isnt_made() {
        for source in [
            "CREATE TABLE reading (id int);\nALTER TABLE reading RENAME TO readings;\n",
            "CREATE TABLE reading (id int);\nDROP TABLE reading;\n",
            "CREATE TABLE reading (id int);\nDROP TABLE IF EXISTS public.\"reading\" CASCADE;\n",
            "CREATE TABLE reading (id int);\nDROP TABLE old, reading;\n",
            "BEGIN;\nCREATE TABLE reading (id int);\nROLLBACK;\n",
        ] {
            assert!(!makes(source), "{source}");
        }
    }

    #[test]
    fn a_table_that_stays_is_made() {
        for source in [
            "DROP TABLE IF EXISTS reading;\nCREATE TABLE reading (id int);\n",
            "CREATE TABLE reading (id int);\nDROP TABLE readings;\n",
            "CREATE TABLE reading (id int);\nALTER TABLE reading RENAME COLUMN id TO key;\n",
            "BEGIN;\nCREATE TABLE reading (id int);\nCOMMIT;\nBEGIN;\nROLLBACK;\n",
            "-- +goose Up\nCREATE TABLE reading (id int);\n-- +goose Down\nDROP TABLE reading;\n",
            "-- migrate:up\nCREATE TABLE reading (id int);\n-- migrate:down\nDROP TABLE reading;\n",
            "CREATE TABLE reading (id int);\n--rollback DROP TABLE reading;\n",
            "CREATE TABLE reading (id int);\nCREATE TABLE new_reading (id int);\nDROP TABLE reading;\nALTER TABLE new_reading RENAME TO reading;\n",
        ] {
            assert!(makes(source), "{source}");
        }
    }
}
