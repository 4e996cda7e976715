//! What describes an application: Compose files, Dockerfiles, env files, and a whole phase.

use std::collections::BTreeMap;

use orch::checklist::Checklist;
use orch::diagnostic::{Diagnostics, Screen, render};
use orch::facts::{self, Inputs, Tree, default_compose_files};
use orch::manifest::{self, Rendered};
use orch::plan;
use orch::resolve::{self, Before, Context, Earlier};
use orch::settings::{PhaseSettings, Settings};

use super::{documents, files, text};

/// Compose files with what they name: no text makes the loader panic, and its problems can be
/// shown.
pub fn compose(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let tree = files::read("compose.yaml", text);
    for profiles in [Vec::new(), vec!["*".to_owned()]] {
        let compose = default_compose_files(&tree, "");
        let inputs = Inputs {
            compose,
            profiles,
            ..Inputs::default()
        };
        gather(&tree, &inputs);
    }
}

/// A Dockerfile, whose facts have lines that it has.
pub fn dockerfile(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let tree: Tree = [("Dockerfile", text)].into_iter().collect();
    let gathered = facts::gather(&tree, &Inputs::default()).expect("no Compose file");
    assert_eq!(gathered.facts.dockerfiles.len(), 1);
}

/// An env file, and values of a Compose file with variables of it.
pub fn interpolation(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let parts = files::parts(text);
    let env = parts.first().map_or("", String::as_str);
    for (name, value) in facts::dotenv::values(".env", &env.into()) {
        assert!(env.contains(&name), "{name:?} is made up");
        assert!(!value.contains('\0') || env.contains('\0'));
    }
    let words = parts.get(1).map_or("", String::as_str);
    let word = serde_json::to_string(words).expect("a string");
    let compose = format!(
        "services:\n  a:\n    image: {word}\n    command: {word}\n    env_file: .env\n    \
         environment:\n      A: {word}\n"
    );
    let tree: Tree = [(".env", env), ("compose.yaml", &compose)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect();
    gather(&tree, &Inputs::default());
}

/// A checklist with its application and settings: what can be resolved can be rendered and
/// planned, and the files that are written can be read again as the objects that they hold.
pub fn resolver(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let tree = files::read(documents::PATH, text);
    let settings = tree
        .get("orch.toml")
        .map(|text| Settings::parse("orch.toml", text));
    let phase = tree
        .get("phase.toml")
        .map(|text| PhaseSettings::parse("phase.toml", text));
    let (Ok(settings), Ok(phase)) = (
        settings.unwrap_or_else(|| Ok(Settings::default())),
        phase.unwrap_or_else(|| Ok(PhaseSettings::default())),
    ) else {
        return;
    };
    let Some(Ok(parsed)) = tree.get(documents::PATH).map(|text| documents::read(text)) else {
        return;
    };
    let checklist = parsed.checklist;
    let Some(gathered) = gather(&tree, &resolve::inputs(&checklist, &tree, &phase, None)) else {
        return;
    };
    let context = Context {
        seen: None,
        before: None,
        set: "demo".to_owned(),
        settings: &settings,
        phase: &phase,
        service_monitors: data.len().is_multiple_of(2),
    };
    let resolved = match resolve::resolve(&checklist, &gathered.facts, &tree, &context) {
        Ok(resolved) => resolved,
        Err(problems) => return shown(&problems),
    };
    shown(&resolved.warnings);
    let ids = |tasks: Vec<&orch::checklist::TaskId>| -> Vec<String> {
        tasks.into_iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        ids(resolved.tasks.iter().map(|task| &task.id).collect()),
        ids(checklist.tasks().map(|task| &task.id).collect()),
        "every task is resolved, in order"
    );
    let Ok(rendered) = manifest::render(&resolved.application, &resolved.files) else {
        return;
    };
    rendered.iter().for_each(reads_back);
    later((&checklist, &rendered), &tree, &context);
    if let Ok(plan) = plan::build(&resolved, &rendered, &BTreeMap::new(), "rehearsal") {
        assert_eq!(plan::waves(&plan).len(), plan.steps.len());
    }
}

/// A later phase that asks for the same is resolved over what the first one wrote, and what it
/// writes can be read again.
fn later((checklist, rendered): (&Checklist, &[Rendered]), tree: &Tree, context: &Context<'_>) {
    let written = || rendered.iter().map(|file| file.path.as_str());
    let held = tree.iter().map(|(path, text)| (path, &**text));
    let there = held.filter(|(path, _)| written().all(|it| it != *path));
    let texts = rendered
        .iter()
        .map(|it| (it.path.as_str(), it.text.as_str()));
    let tree: Tree = there.chain(texts).collect();
    let before = Before {
        phases: vec![Earlier {
            checklist: checklist.clone(),
            settings: context.phase.clone(),
            written: written().map(str::to_owned).collect(),
        }],
        ..Before::default()
    };
    let context = Context {
        before: Some(&before),
        ..context.clone()
    };
    let inputs = resolve::inputs(checklist, &tree, context.phase, Some(&before));
    let Some(gathered) = gather(&tree, &inputs) else {
        return;
    };
    match resolve::resolve(checklist, &gathered.facts, &tree, &context) {
        Ok(resolved) => {
            shown(&resolved.warnings);
            let rendered = manifest::render(&resolved.application, &resolved.files);
            rendered.iter().flatten().for_each(reads_back);
        }
        Err(problems) => shown(&problems),
    }
}

/// A manifest's text says what its objects say.
fn reads_back(file: &Rendered) {
    // A kustomization's are what it generates: its text holds none.
    if file.objects.is_empty() || manifest::is_kustomization(&file.path) {
        return;
    }
    let read = manifest::parse_documents(&file.path, &file.text);
    let read = read.unwrap_or_else(|problems| {
        panic!("{}\n{}", render(&problems, Screen::default()), file.text);
    });
    let wanted: Vec<_> = file.objects.iter().map(|object| &object.value).collect();
    let found: Vec<_> = read.iter().map(|object| &object.value).collect();
    assert_eq!(found, wanted, "{}", file.text);
}

fn gather(tree: &Tree, inputs: &Inputs) -> Option<facts::Gathered> {
    match facts::gather(tree, inputs) {
        Ok(gathered) => {
            shown(&gathered.warnings);
            Some(gathered)
        }
        Err(problems) => {
            shown(&problems);
            None
        }
    }
}

/// Problems can be shown, and drive no terminal.
pub fn shown(problems: &Diagnostics) {
    let shown = render(problems, Screen::default());
    let bad = shown
        .chars()
        .find(|letter| letter.is_control() && !"\n\t".contains(*letter));
    assert_eq!(bad, None, "{shown:?}");
    for place in problems.0.iter().filter_map(|one| one.place.as_ref()) {
        assert!(
            place.text.get(place.span.clone()).is_some(),
            "{:?} is no place of {:?}",
            place.span,
            place.path
        );
    }
}
