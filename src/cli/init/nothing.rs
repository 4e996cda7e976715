//! `orch init` where there is no checklist yet: a set with one phase, written from Compose files or
//! from the manifests that are there.

use std::fmt::Write as _;
use std::path::Path;

use super::super::confirm::{answer, can_ask};
use super::super::exit::{Code, Result};
use super::super::load::Loaded;
use super::super::{Session, Stop};
use super::{From, InitArgs, settings};
use crate::checklist::{Language, Naming, parse};
use crate::facts::Tree;
use crate::scaffold::{self, Found, Hints, Why, Wishes};
use crate::terminal::{count, err, out, printable};
use crate::vocabulary::Vocabulary;

/// The name and the title of the phase.
const PHASE: (&str, &str) = ("kubernetes", "Kubernetes");
/// The folder of manifests that are written, and others where people's own lie there.
const FOLDERS: [&str; 4] = ["k8s", "kubernetes", "manifests", "deploy"];

/// What is written.
struct Written {
    text: String,
    hints: Hints,
    namespace: Option<String>,
}

pub(super) fn run(session: &Session, loaded: &Loaded, args: &InitArgs) -> Result {
    let tree = &loaded.snapshot.tree;
    let found = scaffold::find(tree);
    let compose = compose(args, tree)?;
    let from = match args.compose.as_slice() {
        [] => source(args.from, &found, &compose, tree)?,
        [_, ..] => From::Compose,
    };
    let mut said = sources(&found, &compose, from, &session.environment.program);
    if let Some(folder) = below(session, loaded) {
        let _ = writeln!(
            said,
            "the workspace is the whole repository; to make {} one of its own: `touch orch.toml` \
             there, and run init again",
            printable(&folder)
        );
    }
    let wishes = wishes(session, loaded, args, (from, &compose))?;
    let written = match from {
        From::Compose => rollout(tree, &wishes)?,
        From::Manifests => {
            let adoption = scaffold::adopt(&found, &wishes);
            Written {
                text: adoption.text,
                hints: Hints::default(),
                namespace: adoption.namespace,
            }
        }
    };
    let told = settings::Told {
        set: &wishes.set,
        number: wishes.number,
        compose: &compose,
        hints: written.hints,
        namespace: written.namespace.as_deref(),
    };
    let path = wishes.path();
    let files = vec![
        (
            "orch.toml".to_owned(),
            settings::workspace(Some(&wishes.set)),
        ),
        (wishes.settings.clone(), settings::phase(&told)),
        (path.clone(), written.text.clone()),
    ];
    super::write((session, loaded), files, args.dry_run, &mut said)?;
    if args.dry_run && !session.global.json {
        out(&written.text)?;
    }
    said += &next(session, &wishes, &written.text, from)?;
    err(&said)?;
    Ok(Code::Done)
}

/// Returns the folder below the workspace's root that a person stands in; nothing at the root.
fn below(session: &Session, loaded: &Loaded) -> Option<String> {
    let start = session.global.directory.as_deref();
    let start = fs_err::canonicalize(start.unwrap_or_else(|| Path::new("."))).ok()?;
    let folder = start.strip_prefix(loaded.workspace.root()).ok()?;
    let folder = folder.to_str()?;
    (!folder.is_empty()).then(|| folder.to_owned())
}

/// Returns the Compose files: those that are asked for, or else the repository's, where it has one
/// project.
fn compose(args: &InitArgs, tree: &Tree) -> Result<Vec<String>> {
    if let Some(gone) = args
        .compose
        .iter()
        .find(|path| tree.get(path.trim_start_matches("./")).is_none())
    {
        let gone = printable(gone);
        return Err(Stop::input(format!("there is no Compose file `{gone}`"))
            .help("give its path as seen from the workspace's root"));
    }
    if !args.compose.is_empty() {
        let plain = |path: &String| path.trim_start_matches("./").to_owned();
        return Ok(args.compose.iter().map(plain).collect());
    }
    let mut projects = scaffold::projects(tree);
    Ok(match (projects.pop(), projects.is_empty()) {
        (Some(only), true) => only,
        (Some(_) | None, _) => Vec::new(),
    })
}

/// Returns what the checklist is written from: manifests that people wrote win.
fn source(asked: Option<From>, found: &Found, compose: &[String], tree: &Tree) -> Result<From> {
    let (manifests, compose) = (!found.files.is_empty(), !compose.is_empty());
    match asked {
        Some(From::Compose) if !compose => Err(named(
            Stop::input("there is no Compose file at the root"),
            tree,
        )),
        Some(From::Manifests) if !manifests => Err(Stop::input(
            "there are no manifests that could be applied as they are",
        )
        .help(
            "a manifest is a YAML file with `apiVersion` and `kind`; templates are rendered first",
        )),
        Some(asked) => Ok(asked),
        None if manifests => Ok(From::Manifests),
        None if compose => Ok(From::Compose),
        None => Err(nothing(tree, found)),
    }
}

/// Says how Compose files are named, or which of those that are there may be meant.
fn named(mut stop: Stop, tree: &Tree) -> Stop {
    let projects = scaffold::projects(tree);
    for files in &projects {
        let flags: Vec<String> = files.iter().map(|it| format!("--compose {it}")).collect();
        let flags = printable(&flags.join(" "));
        stop = stop.help(format!("this one may be meant: `orch init {flags}`"));
    }
    if !projects.is_empty() {
        return stop;
    }
    stop.help(
        "the usual names: compose.yaml, docker-compose.yml; by another name: `orch init --compose \
         deploy/stack.yml`",
    )
}

/// Says what to do where there is nothing to write from.
fn nothing(tree: &Tree, found: &Found) -> Stop {
    let none = if found.aside.is_empty() {
        "nothing to write a checklist from: no Compose file at the root, no Kubernetes manifests"
    } else {
        "nothing to write a checklist from: no Compose file at the root, and no manifest that \
         could be applied as it is"
    };
    let mut stop = Stop::input(none);
    for aside in &found.aside {
        let path = printable(&aside.path);
        stop = stop.help(format!("{path}: {}", printable(&reason(&aside.why))));
    }
    if !found.aside.is_empty() {
        stop = stop.help(
            "render them into a folder of their own (`kubectl kustomize`, `helm template`) and run \
             init again",
        );
    }
    if scaffold::projects(tree).len() > 1 {
        return named(stop, tree);
    }
    if tree.get("Dockerfile").is_some() {
        let compose = "there is a Dockerfile: say in `compose.yaml` how it runs, then run init \
             again, for example:\n\n  services:\n    app:\n      build: .\n      ports: \
             [\"8080:8080\"]\n      environment:\n        DATABASE_URL: \
             ${DATABASE_URL:?}\n";
        return stop.help(compose);
    }
    stop.help("describe the application in `compose.yaml` and run init again")
        .help("or begin with an empty phase and write its tasks yourself: `orch new phase NAME`")
}

fn reason(why: &Why) -> String {
    match why {
        Why::Chart => "a Helm chart".to_owned(),
        Why::Template => "YAML only once it is filled in".to_owned(),
        Why::Broken => "it can't be read".to_owned(),
        Why::Nameless => "its object has a new name each time (`generateName`)".to_owned(),
        Why::Overlay => "a kustomize overlay".to_owned(),
        Why::Transforms(fields) => {
            format!(
                "a kustomization that changes what it lists: {}",
                fields.join(", ")
            )
        }
        Why::Moved(namespace, names) => format!(
            "a kustomization puts {} into `{namespace}`, which isn't what the file says",
            names.join(", ")
        ),
        Why::Unlisted => "its folder's kustomization doesn't list it".to_owned(),
        Why::Secrets(names) => format!("Secrets with values: {}", names.join(", ")),
        Why::Twice(other, names) => format!("{other} describes it too: {}", names.join(", ")),
        Why::Name => "no directive can hold its path".to_owned(),
        Why::NoManifest => "no manifest, among manifests".to_owned(),
    }
}

fn sources(found: &Found, compose: &[String], from: From, program: &str) -> String {
    let mut said = String::new();
    if !compose.is_empty() {
        let _ = writeln!(said, "found {}", printable(&compose.join(", ")));
    }
    if !found.files.is_empty() {
        let objects = found.files.iter().map(|file| file.objects.len()).sum();
        let _ = writeln!(
            said,
            "found {} in {} of Kubernetes",
            count(objects, "object"),
            count(found.files.len(), "manifest"),
        );
    }
    if from == From::Manifests {
        for aside in &found.aside {
            let _ = writeln!(said, "left to you: {}", printable(&aside.path));
        }
        if !compose.is_empty() {
            let _ = writeln!(
                said,
                "the manifests are adopted; to write new ones from Compose instead: {program} init --from compose"
            );
        }
    }
    said
}

fn rollout(tree: &Tree, wishes: &Wishes) -> Result<Written> {
    let rollout = scaffold::rollout(tree, wishes)?.ok_or_else(|| {
        Stop::input("the Compose file has no services").help(
            "name them below `services:`; those that need a profile run only where it is active",
        )
    })?;
    Ok(Written {
        text: rollout.text,
        hints: rollout.hints,
        namespace: None,
    })
}

fn wishes(
    session: &Session,
    loaded: &Loaded,
    args: &InitArgs,
    (from, compose): (From, &[String]),
) -> Result<Wishes> {
    let tree = &loaded.snapshot.tree;
    let number = args.phase.unwrap_or(1);
    let (name, title) = PHASE;
    let set = set_name(session, loaded, compose)?;
    let used = |folder: &&&str| !tree.has_folder(folder);
    let folder = FOLDERS.iter().find(used).copied().unwrap_or("k8s-orch");
    let folder = match from {
        From::Compose => folder,
        From::Manifests => "k8s",
    };
    Ok(Wishes {
        language: match args.language {
            Some(asked) => asked,
            None => told_language(session, loaded)?,
        },
        set_folder: format!("checklists/{set}"),
        set,
        number,
        name: name.to_owned(),
        title: title.to_owned(),
        naming: Naming::default(),
        compose: compose.to_vec(),
        folder: folder.to_owned(),
        settings: format!("phases/{number:02}-{name}.toml"),
        monitoring: from == From::Compose && args.monitoring,
        hosts: args.host.clone(),
        commit: loaded.settings.commit_message.clone(),
    })
}

/// Returns the set's name: the one that is asked for, the Compose project's, the folder's.
pub(in crate::cli) fn set_name(
    session: &Session,
    loaded: &Loaded,
    compose: &[String],
) -> Result<String> {
    if let Some(asked) = &session.global.set {
        return if scaffold::file_stem(asked).as_deref() == Some(asked) {
            Ok(asked.clone())
        } else {
            Err(
                Stop::input(format!("`{}` can't be the name of a set", printable(asked)))
                    .help("use letters and digits, joined by `-`: `--set call-center`"),
            )
        };
    }
    let tree = &loaded.snapshot.tree;
    let project = scaffold::project_name(tree, compose);
    let folder = loaded.workspace.root().file_name();
    let folder = folder.map(|name| name.to_string_lossy().into_owned());
    let stems = [project, folder].into_iter().flatten();
    let mut stems = stems.filter_map(|name| scaffold::file_stem(&name));
    Ok(stems.next().unwrap_or_else(|| "rollout".to_owned()))
}

/// Returns a person's answer, or else what the repository's texts or the locale tell.
pub(in crate::cli) fn told_language(session: &Session, loaded: &Loaded) -> Result<Language> {
    let tree = &loaded.snapshot.tree;
    let variables = &session.environment.variables;
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| {
        let value = variables.get(*name).filter(|value| !value.is_empty())?;
        Some(value.as_str())
    });
    let told = of_texts(tree).or_else(|| locale.and_then(scaffold::of_locale));
    let told = told.unwrap_or(Language::English);
    if !can_ask() {
        return Ok(told);
    }
    let code = scaffold::code(told);
    let question = format!("language of the checklist: en, ru or uk [{code}]: ");
    loop {
        let Some(answer) = answer(&question)? else {
            return Err(Stop::input("no language was chosen: nothing is written")
                .help("answer with a code, or give it: `--language uk`"));
        };
        if answer.is_empty() {
            return Ok(told);
        }
        if let Some(language) = scaffold::named(&answer.to_lowercase()) {
            return Ok(language);
        }
        err(&format!("`{}` is none of en, ru, uk\n", printable(&answer)))?;
    }
}

/// Returns the language of the README, or else of the documentation.
fn of_texts(tree: &Tree) -> Option<Language> {
    let is_text = |path: &str| {
        let lower = path.to_lowercase();
        [".md", ".txt", ".rst", "readme"]
            .iter()
            .any(|end| lower.ends_with(end))
    };
    let readme = |path: &str| !path.contains('/') && path.to_lowercase().starts_with("readme");
    let of = |wanted: &dyn Fn(&str) -> bool| {
        let texts = tree
            .iter()
            .filter(|(path, _)| is_text(path) && wanted(path));
        let prose: Vec<String> = texts.map(|(_, text)| prose(text)).collect();
        scaffold::of_text(&prose.join("\n"))
    };
    of(&readme).or_else(|| of(&|path: &str| path.starts_with("docs/")))
}

/// Returns a document without its blocks of code.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Says what was written, and what comes next.
fn next(session: &Session, wishes: &Wishes, text: &str, from: From) -> Result<String> {
    let checklist = parse(&wishes.path(), text, &Vocabulary::default())?.checklist;
    let all = checklist.tasks().count();
    let manual = |it: &&crate::checklist::Task| it.directive.as_ref().is_some_and(|it| it.manual);
    let yours = checklist.tasks().filter(manual).count();
    let program = &session.environment.program;
    let number = wishes.number;
    let run = match from {
        From::Compose => "",
        From::Manifests => {
            " --context NAME --take-over kubectl   # adopt what `kubectl apply` made there"
        }
    };
    Ok(format!(
        "\nphase {number} has {}, {yours} of them for you. Read it, correct it, commit it; then:\n  \
         {program} phase {number} plan       # what each box means\n  \
         {program} phase {number} rehearse   # all of it, without a cluster\n  \
         {program} phase {number} run{run}\n",
        count(all, "task"),
    ))
}
