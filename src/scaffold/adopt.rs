//! Manifests that people wrote → a phase that applies and adopts them, in a sound order.
//!
//! The files stay as they are. What can't be applied as it is becomes a task for a person.

mod order;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::manifests::{Aside, Found, Manifest, Why};
use super::page::{Page, codes};
use super::{Wishes, texts};
use crate::manifest::{Object, is_cluster_kind};
use order::Part;

/// How many objects a task names.
const NAMED: usize = 6;

/// A phase that adopts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The checklist.
    pub text: String,
    /// The namespace that most objects live in.
    pub namespace: Option<String>,
}

/// A file, or a folder of files that belong together.
struct Unit<'f> {
    path: String,
    objects: Vec<&'f Object>,
    part: Part,
    /// The namespace that a kustomization gives it.
    namespace: Option<&'f str>,
}

/// Returns the phase that applies these manifests.
pub fn adopt(found: &Found, wishes: &Wishes) -> Adoption {
    let language = wishes.language;
    let mut page = Page::new(language, wishes.number, &wishes.title);
    page.goal(&[
        texts::GOAL_ADOPTION.of(language).to_owned(),
        texts::DRAFT.of(language).to_owned(),
    ]);
    page.section(texts::ANALYSIS);
    for folder in roots(found) {
        let head = texts::STUDY.fill(language, &[("paths", &codes([&folder]))]);
        page.described(&head, texts::STUDY_MANIFESTS.of(language));
    }
    let bare = without_namespace(found);
    if !bare.is_empty() {
        let paths = codes(bare);
        page.manual(&texts::NO_NAMESPACE.fill(language, &[("paths", &paths)]));
    }
    page.notes(&[]);
    let units = units(found);
    for part in Part::ALL {
        let members: Vec<&Unit<'_>> = units.iter().filter(|it| it.part == part).collect();
        if members.is_empty() {
            continue;
        }
        page.section(part.title());
        for unit in &members {
            apply(&mut page, unit);
        }
        page.notes(&[]);
    }
    if !found.aside.is_empty() {
        page.section(texts::FOR_PEOPLE);
        for aside in &found.aside {
            page.manual(&told(aside, &page));
        }
        page.notes(&[]);
    }
    Adoption {
        text: page.close(&wishes.commit(), None),
        namespace: namespace(found),
    }
}

fn apply(page: &mut Page, unit: &Unit<'_>) {
    let path = &unit.path;
    let labels: Vec<String> = unit.objects.iter().map(|it| it.label()).collect();
    let mut what = codes(labels.iter().take(NAMED));
    if let Some(more) = labels.len().checked_sub(NAMED).filter(|more| *more > 0) {
        // Writing to a `String` can't fail.
        let _ = write!(what, " (+{more})");
    }
    let head = texts::APPLY.fill(page.language, &[("path", path)]);
    let line = page.joined(&head, &what);
    let plain = |it: char| it.is_alphanumeric() || "/._-".contains(it);
    let value = if path.chars().all(plain) {
        path.clone()
    } else {
        format!("\"{path}\"")
    };
    let namespace = unit.namespace.map(|it| format!(" namespace={it}"));
    let namespace = namespace.unwrap_or_default();
    page.task(&format!("{line} <!-- orch: apply={value}{namespace} -->"));
}

fn told(aside: &Aside, page: &Page) -> String {
    let language = page.language;
    let path = ("path", aside.path.as_str());
    match &aside.why {
        Why::Chart => texts::HELM_CHART.fill(language, &[path]),
        Why::Template => texts::TEMPLATE.fill(language, &[path]),
        Why::Broken => texts::BROKEN.fill(language, &[path]),
        Why::Nameless => texts::NAMELESS.fill(language, &[path]),
        Why::Overlay => texts::OVERLAY.fill(language, &[path]),
        Why::Unlisted => texts::UNLISTED.fill(language, &[path]),
        Why::Name => texts::RENAME.fill(language, &[path]),
        Why::NoManifest => texts::NO_MANIFEST.fill(language, &[path]),
        Why::Transforms(fields) => {
            let folder = aside
                .path
                .rsplit_once('/')
                .map_or(".", |(folder, _)| folder);
            let what = codes(fields);
            texts::TRANSFORMED.fill(language, &[path, ("what", &what), ("folder", folder)])
        }
        Why::Moved(namespace, labels) => {
            let objects = codes(labels.iter().take(NAMED));
            let namespace = ("namespace", namespace.as_str());
            texts::MOVED.fill(language, &[path, ("objects", &objects), namespace])
        }
        Why::Secrets(names) => {
            texts::REAL_SECRET.fill(language, &[path, ("secrets", &codes(names))])
        }
        Why::Twice(other, labels) => {
            let objects = codes(labels.iter().take(NAMED));
            texts::TWICE.fill(language, &[path, ("other", other), ("objects", &objects)])
        }
    }
}

/// Returns the topmost folders of the manifests; a file at the workspace's root by itself.
fn roots(found: &Found) -> Vec<String> {
    let mut roots: Vec<String> = Vec::new();
    for file in &found.files {
        let root = match file.path.split_once('/') {
            Some((folder, _)) => format!("{folder}/"),
            None => file.path.clone(),
        };
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    roots
}

/// Returns what is applied at once: folders whose files all belong to one part, else files.
fn units(found: &Found) -> Vec<Unit<'_>> {
    let parts = order::parts(&found.files);
    let folder = |path: &str| {
        path.rsplit_once('/')
            .map(|(folder, _)| format!("{folder}/"))
    };
    let mut folders: BTreeMap<String, Vec<(&Manifest, Part)>> = BTreeMap::new();
    for (file, part) in found.files.iter().zip(&parts) {
        if let Some(folder) = folder(&file.path) {
            folders.entry(folder).or_default().push((file, *part));
        }
    }
    folders.retain(|folder, members| {
        let of = |(file, part): &(&Manifest, Part)| (*part, file.namespace.clone());
        let first = members.first().map(of);
        let same = members.iter().all(|it| Some(of(it)) == first);
        let all = found.files.iter().filter(|it| it.path.starts_with(folder));
        let strange = found.aside.iter().any(|it| it.path.starts_with(folder));
        // The topmost folder is everything: its files are told apart.
        let deep = folder.matches('/').count() > 1;
        deep && same && members.len() > 1 && all.count() == members.len() && !strange
    });
    let mut units: Vec<Unit<'_>> = Vec::new();
    for (file, part) in found.files.iter().zip(&parts) {
        let path = folder(&file.path).filter(|it| folders.contains_key(it));
        let path = path.unwrap_or_else(|| file.path.clone());
        match units.iter_mut().find(|it| it.path == path) {
            Some(unit) => unit.objects.extend(&file.objects),
            None => units.push(Unit {
                path,
                objects: file.objects.iter().collect(),
                part: *part,
                namespace: file.namespace.as_deref(),
            }),
        }
    }
    units
}

/// Returns the namespace that most objects name.
fn namespace(found: &Found) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for object in found.files.iter().flat_map(|file| &file.objects) {
        if let Some(namespace) = &object.namespace {
            *counts.entry(namespace).or_default() += 1;
        }
    }
    let most = counts.values().max().copied()?;
    let mut all = counts.into_iter();
    all.find(|(_, count)| *count == most)
        .map(|(name, _)| name.to_owned())
}

/// Returns the files with objects that should name a namespace and don't.
fn without_namespace(found: &Found) -> Vec<&str> {
    let bare = |file: &&Manifest| {
        let mut objects = file.objects.iter();
        objects.any(|it| it.namespace.is_none() && !is_cluster_kind(&it.kind))
    };
    found
        .files
        .iter()
        .filter(bare)
        .map(|it| it.path.as_str())
        .collect()
}
