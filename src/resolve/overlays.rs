//! Overlays: environments that differ from the base by Compose files, a host, images or a
//! namespace. Which there are, and which files they are written to; what they change is found by
//! rendering both.

use super::Context;
use super::application::{Content, FileOrigin, FileSpec};
use super::roster::Member;
use super::rules::Read;
use super::target::FileKind;
use crate::checklist::Checklist;
use crate::diagnostic::Diagnostic;
use crate::facts::{self, Tree, default_compose_files, is_below};
use crate::settings::{Overlay, PhaseSettings};

/// The folder that overlays lie in.
const FOLDER: &str = "overlays";

/// Names of Compose files by overlays that are called otherwise.
const CALLED: &[(&str, &[&str])] = &[
    ("dev", &["dev", "development", "override"]),
    ("development", &["development", "dev", "override"]),
    ("prod", &["prod", "production"]),
    ("production", &["production", "prod"]),
    ("stage", &["stage", "staging"]),
    ("staging", &["staging", "stage"]),
];

/// Returns the overlays of a phase: those of its settings, and those whose files its checklist
/// asks for.
pub fn overlays(checklist: &Checklist, tree: &Tree, phase: &PhaseSettings) -> Vec<Overlay> {
    let mut found = phase.overlays.clone();
    let mut folders: Vec<String> = Vec::new();
    let reads = super::read_naming(checklist, |code| {
        code.contains("compose") || code.contains(FOLDER)
    });
    let studied = reads.iter().flat_map(Read::studied);
    let studied = studied.filter(|path| path.contains("compose"));
    for path in phase.compose.iter().chain(studied) {
        let path = path.trim_start_matches("./");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if !folders.iter().any(|known| known == folder) {
            folders.push(folder.to_owned());
        }
    }
    if folders.is_empty() {
        folders.push(String::new());
    }
    for read in &reads {
        let target = read.target();
        let named = target
            .filter(|target| target.kind == FileKind::Kustomization)
            .and_then(|target| name_of(&target.path));
        if let Some(name) = named
            && !found.iter().any(|overlay| overlay.name == name)
        {
            found.push(Overlay {
                name: name.to_owned(),
                ..Overlay::default()
            });
        }
    }
    for overlay in &mut found {
        if overlay.compose.is_empty() {
            let mut files = folders
                .iter()
                .filter_map(|it| compose_of(&overlay.name, (tree, it)));
            overlay.compose = files.next().into_iter().collect();
        }
    }
    found
}

/// Returns the settings of a phase in an overlay's environment.
pub fn overlaid(phase: &PhaseSettings, overlay: &Overlay) -> PhaseSettings {
    let mut settings = phase.clone();
    if !overlay.hosts.is_empty() {
        settings.ingress.hosts.clone_from(&overlay.hosts);
    }
    let own = std::mem::take(&mut settings.images);
    settings.images = overlay.images.iter().cloned().chain(own).collect();
    settings.overlay = Some(overlay.name.clone());
    settings
}

/// Returns the Compose files of the base, or of the overlay that the settings are for.
pub(super) fn compose(
    (checklist, tree): (&Checklist, &Tree),
    phase: &PhaseSettings,
    named: Vec<String>,
) -> Vec<String> {
    let overlays = overlays(checklist, tree, phase);
    if overlays.is_empty() {
        return named;
    }
    let mut files = if named.is_empty() {
        default_compose_files(tree, "")
    } else {
        named
    };
    let own = |file: &String| {
        overlays
            .iter()
            .any(|overlay| overlay.compose.contains(file))
    };
    files.retain(|file| !own(file));
    let chosen = overlays
        .into_iter()
        .find(|overlay| Some(&overlay.name) == phase.overlay.as_ref());
    files.extend(chosen.into_iter().flat_map(|overlay| overlay.compose));
    files
}

/// Returns a folder's Compose file that is called as an overlay is.
fn compose_of(name: &str, (tree, folder): (&Tree, &str)) -> Option<String> {
    let called = CALLED.iter().find(|(known, _)| *known == name);
    let names = called.map_or(vec![name], |(_, names)| names.to_vec());
    let stems = ["docker-compose", "compose"];
    let candidates = names.iter().flat_map(|name| {
        stems.iter().flat_map(move |stem| {
            ["yml", "yaml"].map(|extension| format!("{stem}.{name}.{extension}"))
        })
    });
    let mut paths = candidates.map(|file| joined(folder, &file));
    paths.find(|path| tree.get(path).is_some())
}

/// Returns the overlay that a path lies in (`staging` of `k8s/overlays/staging/x.yml`).
pub(super) fn name_of(path: &str) -> Option<&str> {
    let mut parts = path.split('/');
    parts.find(|part| *part == FOLDER)?;
    let name = parts.next()?;
    // The last part is the file.
    parts.next().map(|_| name)
}

/// Returns what a kustomization's path asks for: the base, or an overlay.
pub(super) fn content(path: &str) -> Content {
    name_of(path).map_or(Content::Kustomization, |name| {
        Content::Overlay(name.to_owned())
    })
}

/// Adds the files that overlays of the settings need and no task asks for.
pub(super) fn add_files(files: &mut Vec<FileSpec>, overlays: &[Overlay], reads: &[Read<'_>]) {
    let Some(first) = files
        .iter()
        .find(|file| matches!(file.content, Content::Manifests(_)))
    else {
        return;
    };
    let root = first.path.split_once('/').map_or("", |(root, _)| root);
    let section = reads
        .first()
        .map(|read| read.section.number.clone())
        .unwrap_or_default();
    let extra = |path: String, content: Content| FileSpec {
        path,
        origin: FileOrigin::Unassigned {
            reason: match &content {
                Content::Overlay(name) => format!("overlay {name}"),
                Content::Manifests(_)
                | Content::Kustomization
                | Content::Readme
                | Content::ConfigFile { .. } => "the base of the overlays".to_owned(),
            },
            section: section.clone(),
        },
        content,
    };
    let mut more = Vec::new();
    let base = files
        .iter()
        .find(|file| file.content == Content::Kustomization);
    let base = base.map(|file| file.path.clone());
    if base.is_none() && !overlays.is_empty() {
        let path = joined(root, "kustomization.yml");
        more.push(extra(path, Content::Kustomization));
    }
    let folder = base
        .as_deref()
        .and_then(|path| path.rsplit_once('/'))
        .map_or(root, |(folder, _)| folder);
    // Beside the base: kustomize refuses an overlay that lies in its own base.
    let folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
    for overlay in overlays {
        let content = Content::Overlay(overlay.name.clone());
        if !files.iter().any(|file| file.content == content) {
            let path = format!("{FOLDER}/{}/kustomization.yml", overlay.name);
            more.push(extra(joined(folder, &path), content));
        }
    }
    files.extend(more);
}

/// Returns what kustomize would refuse: overlays that lie in their own base.
pub(super) fn misplaced(files: &[FileSpec]) -> Vec<Diagnostic> {
    let base = files
        .iter()
        .find(|file| file.content == Content::Kustomization);
    let Some(base) = base else {
        return Vec::new();
    };
    let folder = base.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let inside = files
        .iter()
        .filter(|file| matches!(file.content, Content::Overlay(_)) && is_below(&file.path, folder));
    inside
        .map(|file| {
            let message = format!(
                "kustomize refuses `{}`: it lies in the folder of its own base, `{}`",
                file.path, base.path
            );
            Diagnostic::warning(message).help(
                "ask for the base in a folder beside the overlays, such as `k8s/base/` and \
                 `k8s/overlays/`",
            )
        })
        .collect()
}

/// Lets an environment's Compose files win over the checklist where they differ from the base's: a
/// task's numbers are written once, for all environments.
pub(super) fn prevail(
    members: &mut [Member<'_>],
    (checklist, tree): (&Checklist, &Tree),
    context: &Context<'_>,
) {
    let phase = context.phase;
    if phase.overlay.is_none() {
        return;
    }
    let mut base = phase.clone();
    base.overlay = None;
    let inputs = super::inputs(checklist, tree, &base, context.before);
    // What is wrong with the base is said where the base is read.
    let gathered = facts::gather(tree, &inputs).ok();
    let Some(base) = gathered.and_then(|it| it.facts.project) else {
        return;
    };
    for member in members {
        let service = member.service;
        let before = service.and_then(|service| base.service(&service.name));
        let (Some(now), Some(before)) = (service, before) else {
            continue;
        };
        let spec = &mut member.spec;
        if now.replicas != before.replicas {
            spec.replicas = None;
            if let Some(hpa) = &mut spec.hpa {
                hpa.min = now.replicas.or(hpa.min);
            }
        }
        if now.image != before.image {
            (spec.image, spec.version) = (None, None);
        }
        let (new, old) = (now.limits, before.limits);
        for (changed, asked) in [
            (new.cpu_limit != old.cpu_limit, &mut spec.limits.cpu),
            (
                new.memory_limit != old.memory_limit,
                &mut spec.limits.memory,
            ),
            (new.cpu_request != old.cpu_request, &mut spec.requests.cpu),
            (
                new.memory_request != old.memory_request,
                &mut spec.requests.memory,
            ),
        ] {
            if changed {
                *asked = None;
            }
        }
    }
}

fn joined(folder: &str, path: &str) -> String {
    if folder.is_empty() {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::{compose_of, name_of};
    use crate::facts::Tree;

    #[track_caller]
    fn check_name(path: &str, expected: Option<&str>) {
        assert_eq!(name_of(path), expected);
    }

    #[test]
    fn an_overlay_is_named_by_its_folder() {
        check_name("k8s/overlays/staging/kustomization.yml", Some("staging"));
        check_name("k8s/overlays/kustomization.yml", None);
        check_name("k8s/base/kustomization.yml", None);
    }

    #[test]
    fn its_compose_file_has_its_name_or_an_usual_one() {
        let files = ["docker-compose.override.yml", "app/compose.production.yaml"];
        let tree: Tree = files.into_iter().map(|path| (path, "")).collect();
        let of = |name: &str, folder: &str| compose_of(name, (&tree, folder));
        let dev = of("dev", "");
        assert_eq!(dev.as_deref(), Some("docker-compose.override.yml"));
        let prod = of("prod", "app");
        assert_eq!(prod.as_deref(), Some("app/compose.production.yaml"));
        assert_eq!(of("staging", ""), None);
    }
}
