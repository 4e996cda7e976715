//! Images whose tags move, and what is mounted that belongs in one.

use super::{parse, resolve};
use crate::facts::{Tree, gather};
use crate::resolve::{Context, Resolved, VolumeKind};
use crate::settings::{PhaseSettings, Settings};

/// Resolves a Compose file's services, with images that settings name.
fn resolved(compose: &str, images: &[(&str, &str)]) -> Resolved {
    let tree: Tree = [
        ("compose.yml", compose),
        ("src/index.js", "listen(3000)\n"),
        ("nginx/site.conf", "server { listen 80; }\n"),
        ("site/index.html", "<h1>\n"),
    ]
    .into_iter()
    .collect();
    let checklist = parse(
        "# Phase 4: x\n\n### 4.1 Writing\n- [ ] `k8s/web/deployment.yml`: web\n- [ ] \
         `k8s/namespace.yml`: namespace\n",
    );
    let phase = PhaseSettings {
        images: images
            .iter()
            .map(|(name, image)| ((*name).to_owned(), (*image).to_owned()))
            .collect(),
        ..PhaseSettings::default()
    };
    let inputs = crate::resolve::inputs(&checklist, &tree, &phase, None);
    let facts = gather(&tree, &inputs);
    let settings = Settings::default();
    let context = Context {
        set: "demo".to_owned(),
        settings: &settings,
        phase: &phase,
        service_monitors: false,
        seen: None,
        before: None,
    };
    resolve(&checklist, &facts.expect("facts").facts, &tree, &context).expect("resolved")
}

/// Checks the image of `web`, and whether the plan warns of its tag.
#[track_caller]
fn check_tag(image: &str, set: &[(&str, &str)], expected: &str, warned: bool) {
    let resolved = resolved(&format!("services:\n  web: {{image: \"{image}\"}}\n"), set);
    let web = resolved.application.workload("web").expect("web");
    assert_eq!(web.image, expected);
    let told = resolved.warnings.0.iter();
    let told = told
        .filter(|it| it.message.contains("no fixed tag"))
        .count();
    assert_eq!(told, usize::from(warned), "{}", resolved.warnings);
}

#[test]
fn a_tag_that_moves_is_fixed_where_the_product_is_known() {
    check_tag("redis:alpine", &[], "redis:7-alpine", true);
    check_tag("postgres", &[], "postgres:16", true);
    check_tag("mariadb:lts", &[], "mariadb:11.4", true);
    check_tag(
        "mirror.local/library/redis:latest",
        &[],
        "mirror.local/library/redis:7",
        true,
    );
    check_tag("node:latest", &[], "node:latest", true);
    check_tag("bitnami/redis:latest", &[], "bitnami/redis:latest", true);
}

#[test]
fn a_fixed_tag_stays_without_a_word() {
    for image in ["redis:7-alpine", "postgres:16.4", "app@sha256:00ff"] {
        check_tag(image, &[], image, false);
    }
}

#[test]
fn what_settings_name_stays_and_is_warned_of() {
    check_tag(
        "redis:7",
        &[("web", "r.example.com/x:latest")],
        "r.example.com/x:latest",
        true,
    );
    check_tag("redis:latest", &[("web", "redis:8.2")], "redis:8.2", false);
}

/// Checks what mounts become: the maps, the words of warnings, and of notes.
#[track_caller]
fn check_mounts(mount: &str, images: &[(&str, &str)], expected: (usize, &str, &str)) {
    let compose = format!("services:\n  web:\n    image: node:22\n    volumes: [\"{mount}\"]\n");
    let resolved = resolved(&compose, images);
    let web = resolved.application.workload("web").expect("web");
    let maps = web
        .volumes
        .iter()
        .filter(|it| matches!(it.kind, VolumeKind::ConfigMap(_)));
    let warnings: Vec<&str> = resolved
        .warnings
        .0
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    let notes: Vec<&str> = resolved
        .tasks
        .iter()
        .flat_map(|it| &it.notes)
        .map(String::as_str)
        .collect();
    let (count, warning, note) = expected;
    assert_eq!(maps.count(), count);
    assert_eq!(warnings.join("; "), warning);
    assert_eq!(notes.join("; "), note);
}

#[test]
fn source_code_is_carried_with_a_word_until_an_image_holds_it() {
    check_mounts(
        "./src:/app",
        &[],
        (
            1,
            "`web` gets source code from `src/` at `/app` (compose.yml:4): 1 file in a ConfigMap, \
             which it can only read",
            "",
        ),
    );
    check_mounts(
        "./src:/app",
        &[("web", "r.example.com/web:1")],
        (
            0,
            "",
            "web: `src/` at `/app` is left out: `r.example.com/web:1` is to hold it (compose.yml:4)",
        ),
    );
    // A mirror has the same image.
    let mirror = [("web", "mirror.local/library/node:22")];
    let told = "`web` gets source code from `src/` at `/app` (compose.yml:4): 1 file in a ConfigMap, \
                which it can only read";
    check_mounts("./src:/app", &mirror, (1, told, ""));
}

#[test]
fn configuration_is_carried_without_a_word_and_content_with_one() {
    check_mounts("./nginx:/etc/nginx/conf.d:ro", &[], (1, "", ""));
    check_mounts(
        "./site:/srv/site:ro",
        &[],
        (
            1,
            "`web` gets content from `site/` at `/srv/site` (compose.yml:4): 1 file in a ConfigMap, \
             which it can only read",
            "",
        ),
    );
}
