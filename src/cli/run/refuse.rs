//! What a real target would only show when it is too late: images that can't be pulled anywhere,
//! and passwords that break the URLs they are put into. Known before the first step.

use std::collections::BTreeMap;

use super::{Prepared, Result, Stop};
use crate::execute::unencoded;
use crate::manifest;

/// How many paths that no commit has are named.
const NAMED: usize = 5;

/// Refuses images that nobody named or built: they run nowhere but in a rehearsal.
///
/// # Errors
/// Names all of them, and the way out.
pub(super) fn placeholders(prepared: &Prepared<'_>) -> Result<()> {
    let application = &prepared.meaning.resolved.application;
    let stand_ins = application.workloads.iter().filter(|it| it.placeholder);
    let images: Vec<&str> = stand_ins.map(|it| it.image.as_str()).collect();
    let runs = |object: &&manifest::Object| {
        let found = manifest::images(object);
        found.iter().any(|image| images.contains(image))
    };
    let missing: Vec<&str> = prepared
        .plan
        .objects()
        .filter(runs)
        .map(|object| object.name.as_str())
        .collect();
    if !missing.is_empty() {
        let path = prepared.phase.settings_file();
        let first = missing.first().copied().unwrap_or("app");
        return Err(Stop::input(format!(
            "no image is named for what is built here: {}",
            missing.join(", ")
        ))
        .help(format!(
            "push the image and name it in {path}: [images] {first} = \"registry/name:tag\", or all \
             at once: \"*\" = \"registry/team/{{service}}:{{revision}}\"",
        ))
        .help("[build] command = \"…\" there lets a run build and push them"));
    }
    changes(prepared)
}

/// Refuses passwords that break the URLs which are composed from them.
///
/// # Errors
/// Names the keys, never the values.
pub(super) fn unencoded_passwords(
    prepared: &Prepared<'_>,
    objects: &BTreeMap<String, manifest::Object>,
) -> Result<()> {
    let application = &prepared.meaning.resolved.application;
    let found = unencoded(application, objects);
    if found.is_empty() {
        return Ok(());
    }
    let list = found.iter().map(|(key, variables)| {
        let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
        format!("{key} (in {})", variables.join(", "))
    });
    let list: Vec<String> = list.collect();
    Err(Stop::input(format!(
        "these values break the URLs that they are put into: {}",
        list.join("; ")
    ))
    .help(
        "a password of letters, digits and `-._~` needs no encoding; one that only URLs use may be \
         percent-encoded",
    ))
}

/// Refuses to name an image by a revision that doesn't tell what is in it.
fn changes(prepared: &Prepared<'_>) -> Result<()> {
    let Some(revision) = &prepared.meaning.revision else {
        return Ok(());
    };
    if revision.changed.is_empty() {
        return Ok(());
    }
    let mut names: Vec<&str> = revision.changed.iter().map(String::as_str).collect();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Err(Stop::input(format!(
        "images are named by the revision {}, and no commit has: {}{more}",
        revision.commit,
        names.join(", ")
    ))
    .help("commit or stash these changes, or name the images without `{revision}`"))
}
