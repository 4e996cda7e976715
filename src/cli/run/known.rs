//! The values of secrets that a command may come to say: those of env files and of the environment.
//!
//! What a run gives to Secrets is known besides, and masked where commands run.

use crate::cli::Session;
use crate::cli::load::{Loaded, Phase};
use crate::cluster::Mask;
use crate::facts::{dotenv, secret};

/// Returns them, to be masked in what commands say.
pub(super) fn secrets(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    env_file: Option<&str>,
) -> Mask {
    let told = &phase.settings.secrets;
    let is_secret = |name: &str, value: &str| {
        let named = |names: &[String]| names.iter().any(|it| it == name);
        let looks = secret::by_name(name).is_some() || secret::by_value(value).is_some();
        !named(&told.settings) && (looks || named(&told.names))
    };
    let mut mask = Mask::default();
    let mut add = |name: &str, value: &str| {
        if !is_secret(name, value) {
            return;
        }
        mask.add(value);
        if let Some(url) = secret::split_url(value) {
            mask.add(&url.password);
        }
    };
    for (name, value) in &session.environment.variables {
        add(name, value);
    }
    for path in env_files(loaded, env_file) {
        // What can't be read now, no command is given from there.
        if let Ok(Some(text)) = loaded.workspace.read(&path) {
            for (name, value) in dotenv::given(&path, &text) {
                add(&name, &value);
            }
        }
    }
    mask
}

/// Returns the paths of env files: those that git knows, those beside them and at the root that it
/// ignores, and the one that was named.
fn env_files(loaded: &Loaded, named: Option<&str>) -> Vec<String> {
    let tracked = loaded.snapshot.tree.iter().map(|(path, _)| path.to_owned());
    let root = fs_err::read_dir(loaded.workspace.root())
        .into_iter()
        .flatten();
    let root = root.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut paths: Vec<String> = tracked
        .chain(root)
        .filter(|it| dotenv::is_one(it))
        .collect();
    paths.extend(named.map(str::to_owned));
    paths.sort();
    paths.dedup();
    paths
}
