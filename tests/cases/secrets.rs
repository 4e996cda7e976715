//! Values of secrets: in nothing that is shown, recorded or committed.

use crate::harness::workspace::Workspace;

const CHECKLIST: &str = "checklists/ops/phase-01-ops.md";

const ENV: &str = "DB_PASSWORD=PlainFake31\nSPACED_PASSWORD=\"Spaced fake pw32\"\n\
                   SINGLE_PASSWORD='Single$fake pw33'\nDATABASE_URL=postgres://u:UrlFake36@h/db\n\
                   PRIV_KEY_PEM=\"-----BEGIN PRIVATE KEY-----\nPemFake35abc\n-----END PRIVATE \
                   KEY-----\"\n";

const SCRIPT: &str = ". ./.env\necho \"plain $DB_PASSWORD\"\necho \"spaced $SPACED_PASSWORD\"\n\
                      echo \"single $SINGLE_PASSWORD\"\necho \"url $DATABASE_URL\"\n\
                      echo \"pem $PRIV_KEY_PEM\"\n\
                      echo \"b64 $(printf %s \"$DB_PASSWORD\" | base64)\"\n\
                      echo \"token $CI_TOKEN\"\necho \"other $DEPLOY_LICENSE\"\nexit 3\n";

/// Parts of values, as they stand or in base64.
const VALUES: &[&str] = &[
    "PlainFake31",
    "fake pw3",
    "UrlFake36",
    "PemFake35",
    "UGxhaW5GYWtl",
    "CiFake37",
    "LicenseFake38",
];

#[track_caller]
fn check_hidden(place: &str, text: &str) {
    for value in VALUES {
        assert!(!text.contains(value), "{place} has {value}:\n{text}");
    }
}

#[test]
fn what_a_command_says_is_masked_by_the_values_that_are_known() {
    let tasks =
        "# Phase 1: Ops\n\n## 1.1 Work\n\n- [ ] Show it <!-- orch: run=\"sh ./show.sh\" -->\n";
    let workspace = Workspace::new()
        .file(CHECKLIST, tasks)
        .file("show.sh", SCRIPT)
        .file(".env", ENV)
        .file(".gitignore", ".env\n")
        .file(
            "orch.toml",
            "[commands]\nenv = [\"CI_TOKEN\", \"DEPLOY_LICENSE\"]\n",
        )
        .file(
            "phases/01-ops.toml",
            "[secrets]\nnames = [\"DEPLOY_LICENSE\"]\n",
        )
        .commit_all()
        .with_env("CI_TOKEN", "CiFake37")
        .with_env("DEPLOY_LICENSE", "LicenseFake38");
    let run = workspace.orch(&["phase", "1", "run", "--yes"]).expect(1);
    assert!(run.stderr.contains("plain ***"), "{}", run.stderr);
    assert!(run.stderr.contains("spaced ***"), "{}", run.stderr);
    check_hidden("the terminal", &format!("{}{}", run.stdout, run.stderr));
    let json = workspace
        .orch(&["phase", "1", "run", "--yes", "--json"])
        .expect(1);
    check_hidden("--json", &format!("{}{}", json.stdout, json.stderr));
    let kept = workspace.read(".git/orch/output/ops-phase-01/1.1.1.txt");
    assert!(
        kept.contains("url postgres://u:***@h/db") || kept.contains("url ***"),
        "{kept}"
    );
    check_hidden("what is kept", &kept);
    check_hidden("the journal", &workspace.read(".orch/ops/phase-01.jsonl"));
}

#[test]
fn a_secret_that_is_written_into_a_command_is_masked_in_what_it_says() {
    let tasks = "# Phase 1: Ops\n\n## 1.1 Work\n\n- [ ] One <!-- orch: run=\"echo it is \
                 ghp_CiFake370123456789012345678901; X_TOKEN=PlainFake31; echo $X_TOKEN; exit 1\" -->\n";
    let workspace = Workspace::new().file(CHECKLIST, tasks).commit_all();
    let run = workspace.orch(&["phase", "1", "run", "--yes"]).expect(1);
    assert!(run.stderr.contains("it is ***"), "{}", run.stderr);
    check_hidden("the terminal", &format!("{}{}", run.stdout, run.stderr));
    check_hidden("the journal", &workspace.read(".orch/ops/phase-01.jsonl"));
}
