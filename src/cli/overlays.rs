//! Overlays and the chart of a phase: their files, and what of an overlay runs on a target.

use std::collections::BTreeMap;

use super::exit::Result;
use super::load::{Loaded, Meaning, Phase};
use super::{Stop, mine};
use crate::manifest::{
    ADDED, Object, Overlaid, Rendered, added_text, chart, generated, header, is_kustomization,
    overlay,
};
use crate::resolve::{Content, FileOrigin, FileSpec, overlaid, overlays};
use crate::settings::{Overlay, PhaseSettings};

/// What an environment holds, in its namespace.
struct Environment {
    meaning: Meaning,
}

impl Environment {
    fn objects(&self) -> Vec<Object> {
        let files = self.meaning.rendered.iter();
        files.flat_map(|file| file.objects.clone()).collect()
    }

    fn generated(&self) -> Vec<String> {
        let maps = self.meaning.resolved.application.config_maps.iter();
        let generated = maps.filter(|map| map.generated);
        generated.map(|map| map.name.clone()).collect()
    }

    fn namespace(&self) -> &str {
        &self.meaning.resolved.application.namespace
    }
}

impl Loaded {
    /// Writes the overlays' files: what makes each environment's objects of the base's.
    pub(super) fn render_overlays(
        &self,
        phase: &Phase,
        (settings, service_monitors): (&PhaseSettings, bool),
        meaning: &mut Meaning,
    ) -> Result<()> {
        let specs: Vec<(String, FileSpec)> = meaning
            .resolved
            .files
            .iter()
            .filter_map(|file| match &file.content {
                Content::Overlay(name) => Some((name.clone(), file.clone())),
                Content::Manifests(_)
                | Content::Kustomization
                | Content::Readme
                | Content::ConfigFile { .. } => None,
            })
            .collect();
        if specs.is_empty() || settings.overlay.is_some() {
            return Ok(());
        }
        let mut files = meaning.resolved.files.iter();
        let base = files.find(|file| file.content == Content::Kustomization);
        let base_path = base.map(|file| file.path.clone());
        let objects: Vec<Object> = meaning
            .rendered
            .iter()
            .flat_map(|file| file.objects.clone())
            .collect();
        for (name, spec) in specs {
            let chosen = self.overlay(phase, &name)?;
            let there = self.environment(phase, settings, (&chosen, service_monitors))?;
            let base_path = base_path
                .clone()
                .unwrap_or_else(|| format!("{}/kustomization.yml", folder(&spec.path, 2)));
            let made = overlay(&Overlaid {
                path: &spec.path,
                base_path: &base_path,
                header: &header(&meaning.resolved.application, &spec.origin),
                base: &objects,
                objects: &there.objects(),
                generated: &there.generated(),
                namespaces: (&meaning.resolved.application.namespace, there.namespace()),
            })
            .map_err(|error| Stop::input(format!("can't write `{}`: {error}", spec.path)))?;
            if let Some(file) = meaning.rendered.iter_mut().find(|it| it.path == spec.path) {
                file.text = made.text;
            }
            if !made.added.is_empty() {
                add(meaning, &spec, (&name, &made.added))?;
            }
        }
        Ok(())
    }

    /// Writes the chart, where the settings want one.
    pub(super) fn render_chart(
        &self,
        settings: &PhaseSettings,
        meaning: &mut Meaning,
    ) -> Result<()> {
        let Some(folder) = settings
            .chart
            .as_ref()
            .filter(|_| settings.overlay.is_none())
        else {
            return Ok(());
        };
        self.workspace.path(&format!("{folder}/Chart.yaml"))?;
        let application = &meaning.resolved.application;
        let origin = FileOrigin::Unassigned {
            reason: "a Helm chart of the same objects".to_owned(),
            section: "settings".to_owned(),
        };
        let head = header(application, &origin);
        let files = chart(application, &meaning.rendered, (folder, &head))
            .map_err(|error| Stop::input(format!("can't write the chart: {error}")))?;
        for (path, text) in files {
            push(meaning, (path, text), origin.clone());
        }
        Ok(())
    }

    /// Returns the overlay of that name.
    pub(super) fn overlay(&self, phase: &Phase, name: &str) -> Result<Overlay> {
        let all = overlays(&phase.checklist, &self.snapshot.tree, &phase.settings);
        let names: Vec<String> = all.iter().map(|it| it.name.clone()).collect();
        all.into_iter().find(|it| it.name == name).ok_or_else(|| {
            Stop::input(format!("no overlay is called `{name}`")).help(if names.is_empty() {
                "name one in the phase's settings: [kustomize.overlays.NAME]".to_owned()
            } else {
                format!("overlays here: {}", names.join(", "))
            })
        })
    }

    /// Resolves and renders a phase in an overlay's environment.
    fn environment(
        &self,
        phase: &Phase,
        settings: &PhaseSettings,
        (chosen, service_monitors): (&Overlay, bool),
    ) -> Result<Environment> {
        let settings = overlaid(settings, chosen);
        let mut meaning = self.meaning_by(phase, &settings, service_monitors)?;
        if let Some(namespace) = &chosen.namespace {
            meaning.relocate(namespace);
        }
        Ok(Environment { meaning })
    }
}

/// Adds the file with what the base doesn't have; nothing in it is applied with the base.
fn add(meaning: &mut Meaning, beside: &FileSpec, (name, objects): (&str, &[Object])) -> Result<()> {
    let path = format!("{}/{ADDED}", folder(&beside.path, 1));
    let section = match &beside.origin {
        FileOrigin::Task { id, .. } => id.to_string(),
        FileOrigin::Unassigned { section, .. } => section.clone(),
    };
    let origin = FileOrigin::Unassigned {
        reason: format!("what only the overlay {name} has"),
        section,
    };
    let header = header(&meaning.resolved.application, &origin);
    let text = added_text(&header, objects)
        .map_err(|error| Stop::input(format!("can't write `{path}`: {error}")))?;
    push(meaning, (path, text), origin);
    Ok(())
}

/// Adds a file of which nothing is applied.
fn push(meaning: &mut Meaning, (path, text): (String, String), origin: FileOrigin) {
    meaning.rendered.push(Rendered {
        path: path.clone(),
        text,
        objects: Vec::new(),
        theirs: None,
    });
    meaning.resolved.files.push(FileSpec {
        path,
        origin,
        content: Content::Manifests(Vec::new()),
    });
}

/// Takes an environment's objects into the files of the base: what runs on a target that has
/// images or an overlay of its own. What only the environment has lies in the overlay's own file.
pub(super) fn take_objects<'t>(
    files: &mut [Rendered],
    there: Vec<Rendered>,
    read: impl Fn(&str) -> Option<&'t str>,
) {
    let mut there = there;
    let texts: BTreeMap<String, String> = there
        .iter()
        .map(|other| {
            let file = files.iter().find(|file| file.path == other.path);
            let text = file.map_or_else(
                || other.text.clone(),
                |file| mine::text_there(file, &other.text),
            );
            (other.path.clone(), text)
        })
        .collect();
    for file in files.iter_mut() {
        let Some(at) = there.iter().position(|other| other.path == file.path) else {
            file.objects.clear();
            continue;
        };
        let other = there.swap_remove(at);
        let wanted = other.objects.clone();
        file.objects = if is_kustomization(&file.path) && !wanted.is_empty() {
            let text = texts.get(&file.path).map_or("", String::as_str);
            let beside = |path: &str| texts.get(path).map(String::as_str).or_else(|| read(path));
            generated(&file.path, text, beside)
        } else {
            mine::objects_there(file, other)
        };
        if let Some(theirs) = &mut file.theirs {
            theirs.wanted = wanted;
        }
    }
    let rest = there.into_iter().flat_map(|file| file.objects);
    let rest: Vec<Object> = rest.collect();
    let added = files
        .iter_mut()
        .find(|file| file.path.ends_with(&format!("/{ADDED}")));
    if let Some(file) = added {
        file.objects.extend(rest);
    }
}

/// Returns a path without its last parts.
fn folder(path: &str, parts: usize) -> String {
    let mut folder = path;
    for _ in 0..parts {
        folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
    }
    folder.to_owned()
}
