//! Secrets that several phases need, in the file that one of them names.

use super::{BASE, COMPOSE, ONE, TWO, has, phase, workspace};
use crate::harness::workspace::Workspace;

const THREE: &str = "checklists/shop/phase-03-watch.md";
const SECRETS: &str = "k8s/secrets.yml";

/// Returns the Compose file with one secret for the web application, or two.
fn compose(more: &str) -> String {
    let web =
        format!("API_URL: http://api:8080\n      CARRIER_API_KEY: ${{CARRIER_API_KEY}}{more}\n");
    COMPOSE.replace("API_URL: http://api:8080\n", &web)
}

/// Returns a workspace of which all three phases ran, with a person's box left open in each.
fn ran(first: &str) -> Workspace {
    let open = |tasks: &str| format!("{tasks}- [ ] Ask Ben\n");
    let workspace = workspace(&open(first), &open("- [ ] `k8s/web/deployment.yml`\n"))
        .file("docker-compose.yml", compose(""))
        .file(
            THREE,
            phase(3, &open("- [ ] `k8s/monitoring/grafana-deployment.yml`\n")),
        )
        .commit_all();
    for number in ["1", "2", "3"] {
        workspace
            .orch(&["phase", number, "run", "--force"])
            .expect(3);
    }
    workspace
}

fn add_a_secret(workspace: Workspace) -> Workspace {
    let more = "\n      SMTP_PASSWORD: ${SMTP_PASSWORD}";
    workspace
        .file("docker-compose.yml", compose(more))
        .commit_all()
}

const ALL: &[&str] = &[
    "name: db-credentials",
    "name: api-keys",
    "name: grafana-credentials",
    "CARRIER_API_KEY:",
    "SMTP_PASSWORD:",
];

#[test]
fn a_new_key_goes_into_the_file_that_holds_the_others() {
    let workspace = add_a_secret(ran(BASE));
    // The first phase refuses what changed, and the others go on.
    workspace.orch(&["phase", "1", "run"]).expect(2);
    for number in ["2", "3", "1", "2", "3"] {
        workspace
            .orch(&["phase", number, "run", "--force", "--accept-changes"])
            .expect(3);
        has(&workspace.read(SECRETS), ALL);
        assert!(
            !workspace.has("k8s/secrets-phase-2.yml"),
            "after phase {number}"
        );
    }
    has(&workspace.read(ONE), &["[x] `k8s/secrets.yml`"]);
}

#[test]
fn verify_agrees_once_its_way_out_was_gone() {
    let workspace = add_a_secret(ran(BASE));
    for number in ["1", "2", "3", "1"] {
        workspace
            .orch(&["phase", number, "run", "--force", "--accept-changes"])
            .expect(3);
    }
    // What the later phases hold in that file isn't the first one's to apply.
    workspace.orch(&["phase", "1", "run"]).expect(3);
    for number in ["1", "2", "3"] {
        let verify = workspace.orch(&["phase", number, "verify"]);
        assert!(!verify.stdout.contains("doesn't hold"), "{}", verify.stdout);
    }
    let checklist = workspace.read(TWO);
    has(&checklist, &["[x] `k8s/web/deployment.yml`"]);
}
