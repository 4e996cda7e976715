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

const SHOP: &str = "checklists/shop/phase-01-kubernetes.md";
const SECRETS: &str = "k8s/secrets.yml";
const DEPLOYMENT: &str = "k8s/api/deployment.yml";

/// A phase that writes a few manifests.
fn shop() -> Workspace {
    let tasks = "# Phase 1: Kubernetes\n\n## 1.1 Base\n\n- [ ] Create `k8s/namespace.yml`: the \
                 namespace `shop`\n- [ ] Create `k8s/secrets.yml`: a template for the secrets\n\
                 - [ ] `k8s/api/deployment.yml`: the service `api`\n";
    let compose = "name: shop\nservices:\n  api:\n    image: nginx:1.27\n    environment:\n      \
                   DB_PASSWORD: ${DB_PASSWORD}\n      MODE: live\n";
    Workspace::new()
        .file(SHOP, tasks)
        .file("compose.yaml", compose)
        .file(".gitignore", ".env\n")
        .file(".env", "DB_PASSWORD=PlainFake31\n")
        .commit_all()
}

#[test]
fn a_secret_that_a_person_puts_into_a_manifest_is_told() {
    let workspace = shop();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let text = workspace.read(DEPLOYMENT);
    let name = "            - name: ADMIN_PASSWORD\n              value: PlainFake31\n";
    let changed = text.replacen("          env:\n", &format!("          env:\n{name}"), 1);
    assert_ne!(changed, text);
    workspace.write(DEPLOYMENT, &changed);
    let at = changed
        .lines()
        .position(|line| line.contains("PlainFake31"));
    let line = at.expect("it is there") + 1;
    let told = format!("`ADMIN_PASSWORD` ({DEPLOYMENT}:{line}; its name has `password`)");
    for (command, code) in [
        (&["phase", "1", "run"][..], 2),
        (&["check"], 0),
        (&["phase", "1", "run", "--accept-changes"], 0),
    ] {
        let run = workspace.orch(command).expect(code);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(&told), "{command:?}: {said}");
        assert!(said.contains("secretKeyRef"), "{command:?}: {said}");
        check_hidden("what is said", &said);
    }
}

#[test]
fn a_value_in_a_secrets_template_has_a_way_out_that_works() {
    let workspace = shop();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let text = workspace.read(SECRETS);
    workspace.write(SECRETS, text.replace("CHANGE_ME", "PlainFake31"));
    for command in [
        &["phase", "1", "run"][..],
        &["phase", "1", "run", "--keep-mine"],
    ] {
        let said = workspace.orch(command).expect(3).stderr;
        assert!(said.contains("take the Secret's value out"), "{said}");
        assert!(!said.contains("--keep-mine"), "{said}");
        check_hidden("the terminal", &said);
    }
    workspace
        .orch(&["phase", "1", "run", "--overwrite"])
        .expect(0);
    assert_eq!(workspace.read(SECRETS), text);
}

#[test]
fn a_manifest_that_is_a_link_to_an_env_file_is_refused() {
    let workspace = shop();
    let link = workspace.root().join(SECRETS);
    fs_err::create_dir_all(link.parent().expect("a folder")).expect("made");
    std::os::unix::fs::symlink("../.env", link).expect("links");
    for command in [
        &["phase", "1", "plan"][..],
        &["phase", "1", "run"],
        &["phase", "1", "run", "--overwrite"],
        &["check"],
    ] {
        let run = workspace.orch(command);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert_ne!(run.code, Some(0), "{said}");
        assert!(
            said.contains("`k8s/secrets.yml` is a symlink to `.env`"),
            "{said}"
        );
        assert!(said.contains("rm k8s/secrets.yml"), "{said}");
        check_hidden("what is said", &said);
    }
    assert_eq!(workspace.read(".env"), "DB_PASSWORD=PlainFake31\n");
}

#[test]
fn no_title_or_file_name_drives_the_terminal_of_who_reads_the_account() {
    let title = "# Phase 1: A\u{1b}]0;PWN\u{7} \u{1b}[31mred\n";
    let workspace = Workspace::new()
        .file(
            SHOP,
            format!("{title}\n## 1.1 Base\n\n- [ ] Study `api/na\u{1b}[31mme.py`\n"),
        )
        .file(
            "api/na\u{1b}[31mme.py",
            "import os\nA = os.environ['MODE']\n",
        )
        .commit_all();
    let analysis = workspace.orch(&["analyze"]).expect(0).stdout;
    assert!(analysis.contains("MODE"), "{analysis}");
    assert!(!analysis.contains('\u{1b}'), "{analysis:?}");
    workspace.orch(&["phase", "1", "run"]);
    let account = workspace.read("PROGRESS.md");
    assert!(account.contains("A]0;PWN [31mred"), "{account}");
    assert!(!account.contains(['\u{1b}', '\u{7}']), "{account:?}");
}
