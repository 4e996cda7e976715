//! Files that are only begun: what a generator or an editor puts there before anybody fills it.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::paths;
use super::super::code::{Code, Language, closing};
use super::super::symbols::is_of_migrations;
use super::super::variables::{pattern, patterns};
use super::comments::is_directive;
use super::frame;
use crate::vocabulary::is_placeholder;

patterns! {
    NO_OPERATIONS = r"(?m)^[ \t]+operations\s*(?::[^=\n]+)?=\s*\[\s*\]";
    OPERATIONS = r"\boperations\b";
    UPGRADE = r"\bdef\s+upgrade\s*\([^)]*\)[^:\n]*:\s*(?:pass|\.\.\.)[ \t]*(?:\n\s*\n|\n\S|\s*\z)";
    JOINED = r"(?m)^down_revision\b[^=\n]*=\s*\(|\bdependencies\s*=\s*\[\s*\([^)]*\)\s*,\s*\(";
    CHANGES_NOTHING = r"(?i)^(?:begin|commit|end|start\s+transaction|set\s[\w\s.=',]+|select\b(?:[^(]|\b(?:count|now|version)\([^()]*\))*)$";
    INTO = r"(?i)\binto\b";
    UP = r"(?i)\bup\b[^;{}]*\{";
    RUBY_UP = r"(?m)^[ \t]*def\s+(?:change|up)\s*$\s*^[ \t]*end\b";
    NO_COLUMNS = r"\bSchema::(?:table|create)\([^{}]*\{(?:\s*\$table->(?:id|timestamps)\(\s*\);)*\s*\}\s*\)\s*;";
    ONLY_NAMED = r"(?m)^[ \t]*(?:using|import|use|package)\s[^;\n({]*;?[ \t]*$|\bnamespace\s+[\w.\\]+\s*(?:;|\{\s*\})|\bdeclare\s*\([^)]*\);|^\s*<\?php";
    SCRIPT_IMPORTS = r#"(?m)\bimport\s+[^'";()]+?\bfrom\s*(?:'[^']*'|"[^"]*")\s*;?|\b(?:const|let|var)\s+[^=;]+=\s*require\(\s*['"][^'"]*['"]\s*\)(?:\.\w+)*\s*;?|^[ \t]*(?:'[^'\n]*'|"[^"\n]*");?[ \t]*$"#;
    GO_IMPORTS = r#"(?m)^package\s+\w+|^import\s*(?:\([^()]*\)|(?:\w+\s+)?"[^"]*")|^var\s+_(?:\s+[\w.*]+)?\s*=\s*\S[^\n{]*$"#;
    FOR_EFFECT = r#"\b_\s+""#;
    PYTHON_IMPORTS = r"(?m)^(?:import[ \t]+[^\n;]+|from[ \t]+[\w.]+[ \t]+import[ \t]+(?:\([^()]*\)|[^\n()]+))$";
    KEPT = r"(?i)\bnoqa\b|\bre-?exports?\b";
    RUST_IMPORTS = r"(?m)^use\s[^;]*;";
    EMPTY_PARTS = r"(?s)<(?:template|style|script)\b[^>]*>\s*(?:<div\s*/>|<div>\s*</div>)?\s*</(?:template|style|script)>|<script\b[^>]*>\s*export\s+default\s*\{\s*\}\s*;?\s*</script>";
    HIDDEN = r"(?s)<(?:style|head)\b[^>]*>.*?</(?:style|head)>|<script\b[^>]*>\s*(?:export\s+default\s*\{\s*\}\s*;?)?\s*</script>";
    TAGS = r"<[^>]*>";
    LATER = r"^(?:[-*+>]\s+|\d+[.)]\s+|\[ \]\s+)*[*_`<(\[]*(?:TODO|TBD|TBA|WIP|FIXME)\b";
    SETS = r#"^(?:set\s+[-+][\w\s-]*|shopt\s[\w\s-]*|exit(?:\s+\d+)?|:|true|(?:(?:export|readonly|local)\s+)?\w+=(?:'[^']*'|"(?:[^"`$\\]|\$[^(]|\\.|\$\((?:date|pwd|dirname|basename|hostname)\b[^()]*\))*"|(?:[^\s|&;<>`$'"(]|\$[^(]|\$\((?:date|pwd|dirname|basename|hostname)\b[^()]*\))*)|mkdir\s+[^|&;<>`(]*|cd\s+(?:"(?:[^"`$]|\$[^(]|\$\(dirname[^()]*\))*"|[^|&;<>`(]*)|(?:echo|printf)(?:\s+(?:'[^']*'|"(?:[^"`$\\]|\$[^(]|\\.)*"|[12]?>&2|(?:[^\s|&;<>`$'"(]|\$[^(])+))*);?$"#;
}

/// Returns whether what a file says beside its comments does nothing yet.
pub(super) fn is_begun(path: &str, said: &str, code: Option<&Code>) -> bool {
    match code {
        Some(code) => is_migration_of_nothing(code) || only_names(code) || frame::only_prints(code),
        None => match paths::file_name(path).rsplit_once('.') {
            Some((_, "md" | "markdown")) => is_left_for_later(said),
            Some((_, "vue" | "svelte")) => is_blank(said, &EMPTY_PARTS) || is_page_to_come(said),
            Some((_, "html" | "htm")) => is_page_to_come(said),
            Some((_, "sh" | "bash" | "zsh")) => only_sets(said),
            Some((_, "yml" | "yaml")) => {
                frame::is_description(said) || frame::is_workflow(path, said)
            }
            _ if frame::is_dockerfile(path) => frame::only_begins(said),
            _ => is_shells(said) && only_sets(said),
        },
    }
}

type Pattern = &'static LazyLock<Option<Regex>>;

fn has(text: &str, pattern: Pattern) -> bool {
    pattern.as_ref().is_some_and(|it| it.is_match(text))
}

/// Whether nothing is left of a text without what fits a pattern.
fn is_blank(text: &str, pattern: Pattern) -> bool {
    let rest = pattern.as_ref().map(|it| it.replace_all(text, ""));
    rest.is_some_and(|it| it.trim().is_empty())
}

/// Whether a migration changes nothing. One that only joins others hasn't to.
fn is_migration_of_nothing(code: &Code) -> bool {
    let folder = paths::folder(&code.path).to_ascii_lowercase();
    let bare = &code.bare;
    if !is_of_migrations(&folder) || has(bare, &JOINED) {
        return false;
    }
    match code.language {
        Language::Python => {
            let operations = OPERATIONS.as_ref().map(|it| it.find_iter(bare).count());
            has(bare, &NO_OPERATIONS) && operations == Some(1) || has(bare, &UPGRADE)
        }
        Language::Php | Language::CSharp | Language::Script => has_empty_up(bare),
        Language::Ruby => has(bare, &RUBY_UP),
        Language::Sql => only_selects(bare),
        Language::Java | Language::Rust | Language::Go => false,
    }
}

/// Whether a script of SQL only asks. What is called in a question may change something.
fn only_selects(bare: &str) -> bool {
    let mut all = bare.split(';').map(str::trim).filter(|it| !it.is_empty());
    all.all(|it| has(it, &CHANGES_NOTHING) && !has(it, &INTO))
}

fn has_empty_up(bare: &str) -> bool {
    let opens = UP.as_ref().and_then(|it| it.find(bare));
    let body = opens.and_then(|it| bare.get(it.end()..closing(bare, it.end())?));
    body.is_some_and(|it| it.trim().is_empty() || is_blank(it, &NO_COLUMNS))
}

/// Whether a file only says what it would use, and where it belongs. What is imported for what that
/// does, or for others to import it from there, is more.
fn only_names(code: &Code) -> bool {
    let imports = match code.language {
        Language::CSharp | Language::Java | Language::Php => &ONLY_NAMED,
        Language::Script => &SCRIPT_IMPORTS,
        Language::Go if !has(&code.bare, &FOR_EFFECT) => &GO_IMPORTS,
        Language::Python if !is_for_others(code) => &PYTHON_IMPORTS,
        Language::Rust => &RUST_IMPORTS,
        Language::Go | Language::Python | Language::Ruby | Language::Sql => return false,
    };
    is_blank(&code.bare, imports)
}

/// Whether a module of Python's is there for others to import from it.
fn is_for_others(code: &Code) -> bool {
    let kept = |it: &Regex| !code.commented(0..code.text.len(), it).is_empty();
    ["__init__.py", "conftest.py"].contains(&paths::file_name(&code.path))
        || KEPT.as_ref().is_some_and(kept)
}

/// Whether a document has headings, and says no more than that the rest is to come.
fn is_left_for_later(said: &str) -> bool {
    let mut lines = said.lines().map(str::trim).filter(|it| !it.is_empty());
    let later = |line: &str| has(line, &LATER) || is_placeholder(line);
    lines.all(|it| it.starts_with('#') || later(it))
}

/// Whether all that a page or a component shows is that it is to come.
fn is_page_to_come(said: &str) -> bool {
    let bare = HIDDEN.as_ref().map(|it| it.replace_all(said, ""));
    let shown = bare.and_then(|it| Some(TAGS.as_ref()?.replace_all(&it, "\n").into_owned()));
    let shown = shown.unwrap_or_default();
    let mut lines = shown.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.clone().next().is_some() && lines.all(is_placeholder)
}

/// Returns whether a file says in its first line that a shell is to run it.
pub(super) fn is_shells(text: &str) -> bool {
    let first = text.lines().next().and_then(|it| it.strip_prefix("#!"));
    first.is_some_and(|it| it.trim_end().ends_with("sh"))
}

/// Whether a script only says how it is run, and something to who runs it.
fn only_sets(said: &str) -> bool {
    let mut lines = said.lines().map(str::trim);
    lines.all(|it| it.is_empty() || is_directive(it) || has(it, &SETS))
}

#[cfg(test)]
mod tests {
    use super::super::{Unfilled, unfilled};
    use std::sync::Arc;

    #[track_caller]
    fn check(path: &str, text: &str, begun: bool) {
        let expected = begun.then_some(Unfilled::Begun);
        assert_eq!(unfilled(path, &Arc::from(text)), expected, "{path}: {text}");
    }

    #[test]
    fn what_only_sets_variables_and_makes_folders_saves_nothing() {
        let begun = "#!/bin/sh\nset -eu\nDIR=${BACKUP_DIR:-/var/backups}\nmkdir -p \"$DIR\"\necho \"backing up to $DIR\"\n";
        check("scripts/backup.sh", begun, true);
        check(
            "scripts/a.sh",
            "#!/bin/bash\ncd \"$(dirname \"$0\")\"\nexport A=1\n",
            true,
        );
        check(
            "scripts/backup.sh",
            &format!("{begun}pg_dump app > \"$DIR/a.sql\"\n"),
            false,
        );
        check("scripts/a.sh", "#!/bin/sh\nA=$(pg_dump app)\n", false);
        check("scripts/a.sh", "#!/bin/sh\nA=1 ./run\n", false);
        check("scripts/a.sh", "#!/bin/sh\nmkdir -p a && tar xf b\n", false);
        check(
            "scripts/a.sh",
            "#!/bin/sh\nS=\"$(date +%F)\"\nD=$(date)\necho \"$S $D\"\n",
            true,
        );
        check("scripts/a.sh", "#!/bin/sh\nS=\"$(pg_dump a)\"\n", false);
    }

    #[test]
    fn a_migration_changes_something() {
        let django = |dependencies: &str, operations: &str| {
            format!(
                "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    \
                 dependencies = [{dependencies}]\n    operations = [{operations}]\n"
            )
        };
        let path = "shop/migrations/0002_booking.py";
        check(
            path,
            &django("('shop', '0001')", "\n        # later\n    "),
            true,
        );
        check(
            path,
            &django("('shop', '0001')", "migrations.RunSQL('x')"),
            false,
        );
        check(path, &django("('shop', '1'), ('shop', '2')", ""), false);
        check("shop/views.py", &django("", ""), false);
        for (path, empty, filled) in [
            (
                "alembic/versions/1_a.py",
                "down_revision = '0'\n\n\ndef upgrade() -> None:\n    pass\n\n\ndef downgrade() -> None:\n    pass\n",
                "down_revision = '0'\n\n\ndef upgrade() -> None:\n    op.drop_table('a')\n\n\ndef downgrade():\n    pass\n",
            ),
            (
                "alembic/versions/1_a.py",
                "def upgrade():\n    pass\ndef downgrade():\n    pass\n",
                "down_revision = ('0', '1')\n\ndef upgrade():\n    pass\n",
            ),
            (
                "database/migrations/1_a.php",
                "<?php\nreturn new class extends Migration {\n  public function up(): void\n  {\n    Schema::table('a', function (Blueprint $table) {\n      //\n    });\n  }\n};\n",
                "<?php\nreturn new class extends Migration {\n  public function up(): void\n  {\n    Schema::table('a', function (Blueprint $table) {\n      $table->string('b');\n    });\n  }\n};\n",
            ),
            (
                "Migrations/1_A.cs",
                "public partial class A : Migration {\n  protected override void Up(MigrationBuilder migrationBuilder)\n  {\n  }\n  protected override void Down(MigrationBuilder b)\n  {\n  }\n}\n",
                "public partial class A : Migration {\n  protected override void Up(MigrationBuilder b)\n  {\n    b.DropTable(\"a\");\n  }\n}\n",
            ),
            (
                "db/migrate/1_a.rb",
                "class A < ActiveRecord::Migration[7.1]\n  def change\n  end\nend\n",
                "class A < ActiveRecord::Migration[7.1]\n  def change\n    drop_table :a\n  end\nend\n",
            ),
            (
                "src/migrations/1-a.ts",
                "export class A implements MigrationInterface {\n  async up(runner: QueryRunner): Promise<void> {}\n  async down(runner: QueryRunner): Promise<void> {}\n}\n",
                "exports.up = (knex) => { return knex.schema.dropTable('a'); };\nexports.down = () => {};\n",
            ),
        ] {
            check(path, empty, true);
            check(path, filled, false);
        }
    }

    #[test]
    fn a_migration_of_questions_alone_changes_nothing() {
        let path = "db/migration/V2__refunds.sql";
        for text in [
            "select 1;\n",
            "-- +goose Up\nSELECT 'up';\n-- +goose Down\nSELECT 'down';\n",
            "BEGIN;\nselect count(*), now() from refunds;\nCOMMIT;\n",
        ] {
            check(path, text, true);
            check("queries/refunds.sql", text, false);
        }
        for text in [
            "select create_hypertable('refunds', 'at');\n",
            "select * into refunds from holds;\n",
            "select 1;\nalter table refunds add column a int;\n",
        ] {
            check(path, text, false);
        }
    }

    #[test]
    fn what_only_imports_does_nothing() {
        for (path, begun, filled) in [
            (
                "a.ts",
                "'use strict';\n\nimport a, {\n  b,\n} from './b';\nconst { c } = require('c');\n",
                "import './polyfill';\n",
            ),
            (
                "a.js",
                "import { a } from './a'\n",
                "export { a } from './a'\n",
            ),
            (
                "a.py",
                "from __future__ import annotations\n\nimport os, re\nfrom a import (\n    b,\n    c,\n)\n",
                "from a import b  # noqa: F401\n",
            ),
            (
                "a.go",
                "package a\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n\nvar _ = time.Second\nvar _ = fmt.Println\n",
                "package a\n\nimport _ \"embed\"\n",
            ),
            (
                "a.rs",
                "use std::{\n    fmt,\n    io,\n};\n",
                "pub use a::b;\n",
            ),
        ] {
            check(path, begun, true);
            check(path, filled, false);
        }
        check("a/__init__.py", "from a.b import c\n", false);
    }

    #[test]
    fn what_only_says_where_it_belongs_does_nothing() {
        for (path, begun, filled) in [
            (
                "A.cs",
                "using System;\n\nnamespace A.B\n{\n}\n",
                "using System;\n\nnamespace A;\n\npublic enum B { C }\n",
            ),
            (
                "A.cs",
                "using System;\nnamespace A;\n",
                "global using System;\n",
            ),
            (
                "A.kt",
                "package a\n\nimport b.C\n",
                "package a\n\ntypealias D = String\n",
            ),
            (
                "A.php",
                "<?php\n\nnamespace A;\n\nuse B\\C;\n",
                "<?php\n\nuse B\\C;\n\nreturn [];\n",
            ),
            (
                "A.vue",
                "<template></template>\n",
                "<template><p>a</p></template>\n",
            ),
            (
                "A.vue",
                "<script setup lang=\"ts\">\n// later\n</script>\n<template>\n  <div></div>\n</template>\n",
                "<script setup>\nrun()\n</script>\n<template>\n</template>\n",
            ),
        ] {
            check(path, begun, true);
            check(path, filled, false);
        }
    }

    #[test]
    fn what_only_says_that_it_is_to_come_does_nothing() {
        for (path, begun, filled) in [
            ("a.md", "# Runbook\n\nTBD\n", "# Runbook\n\nCall 112.\n"),
            (
                "a.md",
                "# Runbook\n\n## A\n\n- TODO: write\n## B\n*TBD*\n",
                "# A\n\nTODO: b\n\nCall 112.\n",
            ),
            ("a.md", "# A\n<!-- x -->\nWIP\n", "# A\n\n1. b\n"),
            ("a.md", "# A\n\n## B\n", "b\n"),
            (
                "a.md",
                "# A\n\n## B\n\nComing soon.\n",
                "# A\n\nComing soon: B\n",
            ),
            (
                "a.md",
                "# А\n\n_Скоро будет_\n",
                "# Скоро\n\nЗвонить 112.\n",
            ),
            (
                "a.md",
                "# А\n\n- У розробці\n- Незабаром!\n",
                "# А\n\nСкоро буде: б\n",
            ),
            (
                "A.vue",
                "<script setup lang=\"ts\">\n</script>\n<template>\n  <p>Coming soon</p>\n</template>\n",
                "<template>\n  <p>Coming soon: {{ a }}</p>\n</template>\n",
            ),
        ] {
            check(path, begun, true);
            check(path, filled, false);
        }
    }

    #[test]
    fn a_script_that_only_speaks_does_nothing() {
        for (path, begun, filled) in [
            (
                "a.sh",
                "#!/bin/sh\nset -euo pipefail\n",
                "#!/bin/sh\nset -eu\npg_dump a\n",
            ),
            (
                "a.sh",
                "set -eu\n# later\nexit 0\n",
                "set -- a\nrun \"$@\"\n",
            ),
            (
                "a.sh",
                "#!/bin/sh\nset -eu\necho \"restoring $1 -> db; wait\"\nprintf 'a|b' >&2\nexit 1\n",
                "#!/bin/sh\necho a > b\n",
            ),
            (
                "ops/restore",
                "#!/usr/bin/env bash\necho later\n",
                "#!/bin/sh\necho $(restore)\n",
            ),
            ("a.bash", "echo a\n:\n", "echo a | psql\n"),
            ("a.sh", "echo a\ntrue\n", "echo a && restore\n"),
        ] {
            check(path, begun, true);
            check(path, filled, false);
        }
    }
}
