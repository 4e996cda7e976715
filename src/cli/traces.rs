//! A look at the paths that a phase's tasks expect a person's work at: on disk, and in git's history
//! since the phase began.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::exit::Result;
use super::load::{Loaded, Phase};
use crate::checklist::TaskId;
use crate::facts::{Origin, altered, marks, says_the_same};
use crate::files::read_journal;
use crate::git::{Repo, short};
use crate::journal::{Beginning, State, sha256};
use crate::resolve::{Seen, Sight, Since, There, expected_paths};

/// Returns what was seen of a phase's paths; nothing is looked at where no task expects any.
pub(super) fn seen(loaded: &Loaded, phase: &Phase) -> Result<Seen> {
    let wanted = expected_paths(&phase.checklist, &loaded.snapshot.tree);
    if wanted.is_empty() {
        return Ok(Seen::default());
    }
    let repo = Repo::open(loaded.workspace.root())?;
    let number = phase.checklist.number;
    let state = read_journal(&loaded.workspace, &phase.set, number)?.state;
    let changing = changing(&wanted);
    let put_off = RefCell::new(BTreeMap::new());
    let altering = RefCell::new(BTreeMap::new());
    let told = |path: &str, before: &str, now: &str| {
        if let Some(line) = newly_marked(path, before, now) {
            let path = path.to_owned();
            let at = Origin {
                path: path.clone(),
                line,
            };
            put_off.borrow_mut().insert(path, at);
        }
        let same = says_the_same(path, before, now);
        if !same {
            let names = altered(path, before, now);
            altering.borrow_mut().insert(path.to_owned(), names);
        }
        same
    };
    let (since, changed) = match began(&repo, &state)? {
        Begun::Not => (Since::NotBegun, None),
        Begun::Somewhere => {
            let why = "the phase began before git's history does".to_owned();
            (Since::Unknown(why), None)
        }
        Begun::At(began) => match repo.changed_since(&began, &changing, told) {
            Ok(changed) => (Since::Commit(short(&began.head)), Some(changed)),
            Err(error) => {
                let said = error.to_string();
                let why = format!(
                    "the commit {} can't be compared ({said})",
                    short(&began.head)
                );
                (Since::Unknown(why), None)
            }
        },
    };
    Ok(Seen {
        since,
        paths: sights(loaded, &repo, wanted, changed.as_ref())?,
        put_off: put_off.into_inner(),
        altered: altering.into_inner(),
        rejected: rejected(loaded, &state)?,
    })
}

/// Returns the tasks that somebody opened again and whose files are what they were then, each with
/// who it was and a file that is to change.
fn rejected(loaded: &Loaded, state: &State) -> Result<BTreeMap<TaskId, (String, String)>> {
    let mut all = BTreeMap::new();
    for (task, reopening) in &state.current().reopened {
        let mut same = true;
        for file in &reopening.rejected {
            let there = loaded.workspace.read_bytes(&file.path)?;
            same &= there.is_some_and(|it| sha256(&it) == file.sha256);
        }
        if let Some(first) = reopening.rejected.first().filter(|_| same) {
            all.insert(task.clone(), (reopening.who.clone(), first.path.clone()));
        }
    }
    Ok(all)
}

/// Returns what lies at the paths, and whether it changed.
fn sights(
    loaded: &Loaded,
    repo: &Repo,
    wanted: Vec<(String, bool)>,
    changed: Option<&BTreeMap<String, Option<String>>>,
) -> Result<BTreeMap<String, Sight>> {
    let mut sights = BTreeMap::new();
    let mut absent = Vec::new();
    for (path, _) in wanted {
        let there = loaded.workspace.there(&path);
        let refused = matches!(there, There::Refused(_));
        if there == There::Nothing {
            absent.push(path.clone());
        }
        let changed = changed.and_then(|changed| changed.get(&path));
        let sight = Sight {
            changed: changed.cloned(),
            known: false,
            ignored: !refused && repo.is_ignored(path.trim_end_matches('/'))?,
            there,
        };
        sights.insert(path, sight);
    }
    for path in repo.ever_had(&absent)? {
        if let Some(sight) = sights.get_mut(&path) {
            sight.known = true;
        }
    }
    Ok(sights)
}

/// Returns the first line of a text that says, more often than it did, that something is to be done.
fn newly_marked(path: &str, before: &str, now: &str) -> Option<usize> {
    let of = |text: &str| marks(path, &Arc::from(text));
    let (before, now) = (of(before), of(now));
    now.first().copied().filter(|_| now.len() > before.len())
}

/// Returns where a phase begins whose first run is to be recorded; nothing where it has begun.
pub(super) fn beginning(
    loaded: &Loaded,
    phase: &Phase,
    state: &State,
) -> Result<Option<Beginning>> {
    if state.began().is_some() {
        return Ok(None);
    }
    let repo = Repo::open(loaded.workspace.root())?;
    let wanted = expected_paths(&phase.checklist, &loaded.snapshot.tree);
    Ok(Some(repo.beginning(&changing(&wanted))?))
}

fn changing(wanted: &[(String, bool)]) -> Vec<String> {
    let changing = wanted.iter().filter(|(_, changes)| *changes);
    changing.map(|(path, _)| path.clone()).collect()
}

/// Where a phase began in git's history.
enum Begun {
    Not,
    At(Beginning),
    /// Before the first commit that there is.
    Somewhere,
}

fn began(repo: &Repo, state: &State) -> Result<Begun> {
    let Some(began) = state.began() else {
        return Ok(Begun::Not);
    };
    if let Some(there) = &began.there {
        return Ok(Begun::At(there.clone()));
    }
    // Older journals tell when, and git what HEAD was then.
    Ok(match repo.commit_at(began.at)? {
        Some(head) => Begun::At(Beginning {
            head,
            ..Beginning::default()
        }),
        None => Begun::Somewhere,
    })
}
