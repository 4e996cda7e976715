//! Variables that only their use makes secrets.

use super::{manifest, parse, resolved};
use crate::facts::Tree;

/// Returns the texts of the manifests that a service's environment gives.
fn written(environment: &str, env: &str) -> String {
    let compose = format!("services:\n  web:\n    image: a:1\n    environment: {environment}\n");
    let tree: Tree = [("compose.yml", compose.as_str()), (".env", env)]
        .into_iter()
        .collect();
    let checklist = parse("# Phase 4: x\n\n### 4.1 Writing\n- [ ] `k8s/web/deployment.yml`: web\n");
    let resolved = resolved(&checklist, &tree);
    let files = manifest::render(&resolved.application, &resolved.files).expect("rendered");
    files.into_iter().map(|file| file.text).collect()
}

#[test]
fn a_variable_that_gives_a_password_is_secret_everywhere() {
    let environment = "{MYSQL_PASSWORD: \"${DB}\", LOGIN: \"app/${DB}\", COPY: \"${DB}\"}";
    let text = written(environment, "DB=hunter2hunter2\n");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("value: app/$(DB)"), "{text}");
}

#[test]
fn a_variable_that_is_made_from_a_secret_is_one() {
    let env = "DB_PASSWORD=hunter2hunter2\nALIAS=${DB_PASSWORD}-x\nMODE=live\n";
    let text = written("{LOGIN: \"${ALIAS}\", MODE: \"${MODE}\"}", env);
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("value: live"), "{text}");
}
