//! What a phase's ticks are checked against: its meaning today, the journal, the files on the
//! disk, and the target, where one is named.

use std::collections::{BTreeMap, BTreeSet};

use super::moved;
use crate::checklist::TaskId;
use crate::cli::earlier::lacking;
use crate::cli::exit::{Code, Result};
use crate::cli::load::{Loaded, Meaning, Phase};
use crate::cli::mine::Mine;
use crate::cli::plan::preview::field_line;
use crate::cli::run::drift::{Drift, Drifted, Looked};
use crate::cli::target::{self, REHEARSAL, Target, TargetArgs, called};
use crate::cli::{Session, Stop};
use crate::cluster::{Verdict, verdict};
use crate::files::{read_state, unix};
use crate::journal::{Evidence, State, StepId, TargetState, Waiver, sha256};
use crate::manifest::parse_documents;
use crate::plan::{Plan, Work};
use crate::verify::{Anew, Change, FileSeen, Moved, Objects, Seen, Today, Wrong};

/// All that was looked at for a phase.
pub(super) struct Look {
    /// What is recorded.
    pub(super) state: State,
    /// The name that the journal has the target under.
    pub(super) name: String,
    /// What people call it.
    pub(super) called: String,
    /// Whether the boxes show this target's evidence.
    pub(super) home: bool,
    /// Why the target couldn't be asked, where it should have been.
    pub(super) unreachable: Option<String>,
    today: std::result::Result<(Meaning, Plan), Stop>,
    files: BTreeMap<String, FileSeen>,
    moved: BTreeMap<String, Vec<Moved>>,
    objects: Objects,
    waived: BTreeMap<TaskId, Waiver>,
    strict: bool,
}

/// Whose evidence is checked.
enum Chosen {
    Rehearsal,
    Named(Target),
    /// A context that only the journal names.
    Unnamed(String),
}

impl Look {
    /// Looks at a phase's evidence on the target that is named, else on the one whose evidence the
    /// boxes show.
    pub(super) fn at(
        session: &Session,
        loaded: &Loaded,
        phase: &Phase,
        on: &TargetArgs,
    ) -> Result<Self> {
        let state = read_state(&loaded.workspace, &phase.set, &phase.checklist)?;
        let chosen = choose(loaded, phase, on, &state)?;
        let (name, people) = match &chosen {
            Chosen::Rehearsal => (REHEARSAL.to_owned(), REHEARSAL.to_owned()),
            Chosen::Named(target) => (target.name().to_owned(), target.called().to_owned()),
            Chosen::Unnamed(name) => (name.clone(), name.clone()),
        };
        let own = match Target::of_phase(loaded, phase)? {
            Target::Rehearsal => state.first().map(str::to_owned),
            own @ Target::Context { .. } => Some(own.name().to_owned()),
        };
        let decided = state.target(&name).unwrap_or(state.current());
        let waived = (*decided.waived).clone();
        let strict = phase.settings.strict.unwrap_or(loaded.settings.strict);
        let (today, objects, unreachable) = ask(session, loaded, phase, (chosen, &state))?;
        let plan = today.as_ref().ok().map(|(meaning, plan)| (meaning, plan));
        let files = files(loaded, phase, &state, plan);
        let moved = files.keys().map(|path| {
            let text = loaded.snapshot.tree.get(path);
            let text = text.map(AsRef::as_ref).unwrap_or_default();
            (path.clone(), moved::out_of(loaded, phase, path, text))
        });
        Ok(Self {
            moved: moved.collect(),
            home: own.is_none_or(|own| own == name),
            state,
            name,
            called: people,
            unreachable,
            today,
            files,
            objects,
            waived,
            strict,
        })
    }

    /// Returns why the phase can't be read today, where it can't.
    pub(super) fn problem(&self) -> Option<&Stop> {
        self.today.as_ref().err()
    }

    /// Returns whether the target's objects ended with the rehearsal.
    pub(super) fn is_rehearsed(&self) -> bool {
        self.objects == Objects::Rehearsed
    }

    /// Does something with what was seen.
    pub(super) fn with<T>(&self, phase: &Phase, act: impl FnOnce(&Seen<'_>) -> T) -> T {
        let today = self.today.as_ref().ok();
        act(&Seen {
            phase: phase.checklist.number,
            set_flag: &phase.set_flag,
            today: today.map(|(meaning, plan)| Today {
                resolved: &meaning.resolved,
                plan,
                kept: &meaning.later.kept,
                strict: self.strict,
            }),
            state: self.state.target(&self.name),
            waived: &self.waived,
            files: &self.files,
            moved: &self.moved,
            objects: &self.objects,
        })
    }
}

/// Returns whose evidence is meant: the target of the flags, else that of the settings, else the
/// one that the phase was first run on.
fn choose(loaded: &Loaded, phase: &Phase, on: &TargetArgs, state: &State) -> Result<Chosen> {
    let chosen = match Target::choose(on, loaded, phase)? {
        Target::Rehearsal => None,
        named @ Target::Context { .. } => Some(named),
    };
    if let Some(named) = chosen {
        return Ok(Chosen::Named(named));
    }
    if on.target.is_some() || on.context.is_some() {
        return Ok(Chosen::Rehearsal);
    }
    let first = state.first().filter(|first| *first != REHEARSAL);
    let Some(first) = first else {
        return Ok(Chosen::Rehearsal);
    };
    let people = called(first, &loaded.settings, state);
    if loaded.settings.target(people).is_some() {
        return Ok(Chosen::Named(Target::named(people, loaded, phase)?));
    }
    Ok(Chosen::Unnamed(first.to_owned()))
}

type Asked = (
    std::result::Result<(Meaning, Plan), Stop>,
    Objects,
    Option<String>,
);

/// Reads what the phase means there, and asks the target what became of what was applied.
fn ask(
    session: &Session,
    loaded: &Loaded,
    phase: &Phase,
    (chosen, state): (Chosen, &State),
) -> Result<Asked> {
    match chosen {
        Chosen::Rehearsal => {
            let monitors = phase.settings.rehearse.service_monitors;
            let today = loaded
                .meaning(phase, monitors, Mine::Merge)
                .and_then(|meaning| planned(meaning, REHEARSAL));
            Ok((today, Objects::Rehearsed, None))
        }
        Chosen::Unnamed(name) => {
            let target = Target::Context {
                name: name.clone(),
                context: name.clone(),
                kubeconfig: None,
                settings: None,
            };
            let why = format!("not asked; name the cluster: --context {name}");
            let today = offline(loaded, phase, &target, state);
            Ok((today, Objects::NotAsked(why), None))
        }
        Chosen::Named(target) => {
            let ticked = phase.checklist.tasks().any(|task| task.marker.checked);
            if !ticked && state.target(target.name()).is_none() {
                let why = "nothing is ticked".to_owned();
                let today = offline(loaded, phase, &target, state);
                return Ok((today, Objects::NotAsked(why), None));
            }
            let found = Drift::look(session, loaded, phase, target.clone(), state);
            match target::runtime()?.block_on(found) {
                Ok(looked) => {
                    let objects = objects(&looked);
                    Ok((Ok((looked.meaning, looked.plan)), objects, None))
                }
                Err(stop) => {
                    let today = offline(loaded, phase, &target, state);
                    let why = if matches!(stop.code(), Code::Target | Code::Failed) {
                        Some(stop.line())
                    } else if today.is_ok() {
                        return Err(stop);
                    } else {
                        None
                    };
                    let said = "not asked: the cluster can't be reached, or refuses".to_owned();
                    Ok((today, Objects::NotAsked(said), why))
                }
            }
        }
    }
}

/// Reads what a phase means for a target without asking it.
fn offline(
    loaded: &Loaded,
    phase: &Phase,
    target: &Target,
    state: &State,
) -> std::result::Result<(Meaning, Plan), Stop> {
    // Whether it serves them isn't recorded; what was applied tells.
    let mut steps = state
        .target(target.name())
        .into_iter()
        .flat_map(TargetState::steps);
    let monitors = steps.any(|(id, _)| id.as_str().starts_with("apply ServiceMonitor/"));
    let meaning = loaded.meaning_on(phase, monitors, (target, Mine::Merge))?;
    planned(meaning, target.name())
}

fn planned(meaning: Meaning, target: &str) -> std::result::Result<(Meaning, Plan), Stop> {
    let plan = meaning.plan(target)?;
    Ok((meaning, plan))
}

fn objects(looked: &Looked) -> Objects {
    let mut wrong: BTreeMap<StepId, Vec<Wrong>> = looked
        .drift
        .found
        .iter()
        .map(|drifted| (drifted.step.clone(), wrong(drifted)))
        .collect();
    for (step, object) in looked.plan.awaited() {
        let trouble = match looked.live.get(object) {
            None => Some(Wrong::Gone("it isn't there".to_owned())),
            Some(live) => match verdict(&object.kind, &live, true) {
                Verdict::Ready(_) => None,
                Verdict::Progressing(why) | Verdict::Lacking(why) | Verdict::Failed(why) => {
                    Some(Wrong::Unready(why))
                }
            },
        };
        wrong.extend(trouble.map(|trouble| (step.clone(), vec![trouble])));
    }
    let absent: BTreeSet<StepId> = looked
        .plan
        .steps
        .iter()
        .filter(|step| {
            matches!(&step.work, Work::Apply { object, .. } if !looked.live.has(object.as_ref()))
        })
        .map(|step| step.id.clone())
        .collect();
    Objects::Asked { wrong, absent }
}

fn wrong(drifted: &Drifted) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    wrong.extend(drifted.gone.clone().map(Wrong::Gone));
    if !drifted.fields.is_empty() {
        wrong.push(Wrong::Changed(
            drifted.fields.iter().map(field_line).collect(),
        ));
    }
    wrong.extend(drifted.unready.clone().map(Wrong::Unready));
    wrong.extend(drifted.note.clone().map(Wrong::Unknown));
    wrong
}

/// Returns whether a file of objects holds none.
fn holds_nothing(path: &str, bytes: &[u8]) -> bool {
    let objects = parse_documents(path, &String::from_utf8_lossy(bytes));
    objects.is_ok_and(|objects| objects.is_empty())
}

/// Looks at every file that evidence or the plan names.
fn files(
    loaded: &Loaded,
    phase: &Phase,
    state: &State,
    today: Option<(&Meaning, &Plan)>,
) -> BTreeMap<String, FileSeen> {
    let mut paths: BTreeSet<&str> = BTreeSet::new();
    for (_, target) in state.targets() {
        for (_, step) in target.steps() {
            if let Some(Evidence::File { path, .. }) = &step.last {
                paths.insert(path);
            }
        }
    }
    for step in today.into_iter().flat_map(|(_, plan)| &plan.steps) {
        if let Work::Write { path, .. } = &step.work {
            paths.insert(path);
        }
    }
    let conflicts: BTreeSet<&str> = today
        .into_iter()
        .flat_map(|(meaning, _)| &meaning.rendered)
        .filter(|file| {
            file.theirs
                .as_ref()
                .is_some_and(|it| !it.conflicts.is_empty())
        })
        .map(|file| file.path.as_str())
        .collect();
    let others = loaded.written_anew(phase);
    let anew = |path: &str, bytes: &[u8]| {
        let other = others.get(path).filter(|other| other.left(bytes))?;
        let meaning = today.map(|(meaning, _)| meaning);
        let file = meaning.and_then(|it| it.rendered.iter().find(|file| file.path == path));
        Some(Anew {
            phase: other.phase,
            task: other.written.task.clone(),
            at: other.written.at,
            moved: holds_nothing(path, bytes),
            lacks: file.map(|file| lacking(file, bytes, &loaded.snapshot.tree)),
        })
    };
    let look = |path: &str| match loaded.workspace.read_bytes(path) {
        Ok(None) => FileSeen::Missing,
        Ok(Some(bytes)) => FileSeen::There {
            sha256: sha256(&bytes),
            unix: unix(&bytes).map(|text| sha256(text.as_bytes())),
            empty: bytes.iter().all(u8::is_ascii_whitespace),
            change: if conflicts.contains(path) {
                Change::Conflicts
            } else {
                Change::Merges
            },
            anew: anew(path, &bytes),
        },
        Err(error) => FileSeen::Unreadable(error.to_string()),
    };
    paths
        .into_iter()
        .map(|path| (path.to_owned(), look(path)))
        .collect()
}
