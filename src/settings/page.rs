//! `docs/settings.md` shows every setting, in files that are read without a complaint.

use super::{PhaseSettings, Settings, edge, overlay, phase, target, volumes, workspace};

/// Returns the page's blocks of TOML.
fn files() -> Vec<String> {
    let page = crate::page::read("settings.md");
    let mut blocks = page.split("```toml\n").skip(1);
    let mut files = Vec::new();
    while let Some((file, _)) = blocks.next().and_then(|it| it.split_once("```")) {
        files.push(file.to_owned());
    }
    files
}

/// Checks that a file shows all keys, as a key of its own or a table's.
#[track_caller]
fn shows(file: &str, keys: &[&[&str]]) {
    let said = |key: &&str| {
        let mut words = file.split(|it: char| !(it.is_alphanumeric() || it == '_'));
        words.any(|word| word == *key)
    };
    let missing: Vec<&&str> = keys
        .iter()
        .copied()
        .flatten()
        .filter(|it| !said(it))
        .collect();
    assert!(missing.is_empty(), "docs/settings.md lacks {missing:?}");
}

#[test]
fn the_page_shows_every_setting_of_a_workspace() {
    let files = files();
    let settings = Settings::parse("orch.toml", &files[0]).expect("settings");
    assert!(settings.warnings.0.is_empty(), "{:?}", settings.warnings);
    shows(&files[0], &[workspace::KEYS, target::KEYS]);
}

#[test]
fn the_page_shows_every_setting_of_a_phase() {
    let files = files();
    PhaseSettings::parse("phases/04-x.toml", &files[1]).expect("settings");
    let keys = [
        phase::KEYS,
        phase::SECRETS_KEYS,
        phase::BUILD_KEYS,
        phase::TIMEOUT_KEYS,
        phase::REHEARSE_KEYS,
        phase::FAILURE_KEYS,
        volumes::KEYS,
        edge::INGRESS_KEYS,
        edge::MONITORING_KEYS,
        overlay::KEYS,
        overlay::OVERLAY_KEYS,
        overlay::CHART_KEYS,
    ];
    shows(&files[1], &keys);
}
