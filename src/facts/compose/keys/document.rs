//! docs/compose.md, made of the table.

use std::fmt::Write as _;

use super::{Fate, Section};

const HEAD: &str = "\
# What becomes of every Compose key

This page is made of the table that `orch` reads Compose files by (`src/facts/compose/keys/`); a
test fails where the two differ, or where the table lacks a key of the Compose Specification.

- **carried**: it is in the manifests, as said.
- **in part**: these values are; others are named by `orch phase N plan` and `orch analyze`, with
  file and line.
- **no effect**: nothing is lost by it in a cluster. `orch analyze` names it.
- **not carried**: `orch phase N plan` and `orch analyze` name it with file and line.

Keys that begin with `x-` are the writer's own. A key that isn't in the specification is a warning
that says what may have been meant. How files are loaded stands at the end.
";

const LOADING: &str = "
## How files are loaded

As Compose does it: each file is parsed, its variables are filled in, `include` and `extends` are
followed, and the files are merged in their order.

- **Which files**: those that the phase's settings or its checklist name; else `COMPOSE_FILE` of
  `.env` (parted by `COMPOSE_PATH_SEPARATOR`), else those with the usual names. `COMPOSE_PROFILES`
  and `COMPOSE_PROJECT_NAME` of `.env` count as well.
- **Variables** come from `.env` beside the first file (the environment of whoever runs `orch` has
  no part in it: the same files must give the same manifests everywhere). A secret without a value
  becomes a placeholder; any other variable that is required and has none is an error.
- **Merging**: mappings merge, lists are joined, other values are replaced. `command`, `entrypoint`
  and `healthcheck.test` are replaced whole, `logging` where the driver differs. `environment`,
  `labels`, `sysctls`, `build.args` and their like merge by name, `volumes`, `configs`, `secrets`
  and `devices` by their target in the container, `ports` by address, port and protocol, `env_file`
  by path. `!reset` drops, `!override` replaces, `!merge` merges lists item by item.
- **`include`**: each included file has its own folder and `.env`. What both an included file and
  the including one define differently is an error.
- **`extends`**: everything is shared, paths start at the other file. A circle is an error that
  names its members.
- **`profiles`**: services of profiles that aren't active are left out and named; depending on one
  is an error, unless the dependency has `required: false`.
- Anchors, aliases and merge keys (`<<`), and several documents in one file, are resolved before.
";

/// Returns the page.
pub(super) fn page(sections: &[&Section]) -> String {
    let mut page = HEAD.to_owned();
    for section in sections {
        let title = match section.at {
            [""] => "The file".to_owned(),
            places => places
                .iter()
                .map(|place| format!("`{place}`"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let _ = write!(
            page,
            "\n## {title}\n\n| key | what becomes of it |\n| --- | --- |\n"
        );
        for key in section.keys {
            let _ = writeln!(page, "| `{}` | {} |", key.name, said(key.fate));
        }
    }
    page + LOADING
}

fn said(fate: Fate) -> String {
    match fate {
        Fate::Carried(to) => format!("**carried**: {to}"),
        Fate::Partly(to, loss) => {
            format!(
                "**in part**: {to}. Else: {}. Way out: {}",
                loss.why, loss.way
            )
        }
        Fate::Below => "see below".to_owned(),
        Fate::Idle(why) => format!("**no effect**: {why}"),
        Fate::Lost(loss) => format!("**not carried**: {}. Way out: {}", loss.why, loss.way),
    }
}
