//! The words by which a task is known again, wherever its line has moved since.
//!
//! A number (`4.2.1`) is a place, and lines above it come and go; what a person decided is about
//! what they read there. An `id=` of the document needs no words: it stays with its line. Where
//! words were edited, a task is known by the command that it runs; which words still mean the same
//! isn't guessed: other words are another task.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::sha256;
use crate::checklist::{Bullet, Checklist, Task, TaskId};
use crate::facts::secret::masked;
use crate::vocabulary;

/// What a task said when a person decided on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its line, without box, emphasis and directive; secrets masked.
    pub text: String,
    /// The title of its section.
    pub section: String,
    /// Which one it is of the tasks that say the same; absent where it was the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Twin>,
    /// The SHA-256 of what its directive runs or applies, where no other task does the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// The beginning of the SHA-256 of what stands below its line, empty where nothing does; absent
    /// in older records. It tells when more was written there, not which task is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<String>,
}

/// One of several tasks of the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Twin {
    /// Which one of its section's, from 1.
    pub nth: usize,
    /// How many its section has.
    pub of: usize,
}

/// What binds a decision to its task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Bond {
    /// What the task does.
    Does(String),
    /// What counts of its words.
    Says(String),
    /// The same of a task that isn't told apart from others.
    SaysAlone(String),
    /// The same of one of several, with what counts of its section's title.
    SaysAmong(String, String, Twin),
}

/// A document's tasks by what they say and do, for those who look many up.
#[derive(Debug)]
pub struct Subjects<'c> {
    tasks: Vec<Said<'c>>,
    by_id: HashMap<&'c TaskId, usize>,
    by_words: HashMap<String, Vec<usize>>,
    by_doing: HashMap<String, Vec<usize>>,
}

/// A task with what it says.
#[derive(Debug)]
struct Said<'c> {
    section: &'c str,
    task: &'c Task,
    text: String,
    does: Option<String>,
}

impl<'c> Subjects<'c> {
    /// Returns the tasks of a document.
    pub fn new(checklist: &'c Checklist) -> Self {
        let mut all = Self {
            tasks: Vec::new(),
            by_id: HashMap::new(),
            by_words: HashMap::new(),
            by_doing: HashMap::new(),
        };
        for section in &checklist.sections {
            for task in &section.tasks {
                let at = all.tasks.len();
                let said = Said {
                    section: &section.title,
                    task,
                    text: masked(task.text.plain().trim()),
                    does: does(task),
                };
                all.by_id.entry(&task.id).or_insert(at);
                all.by_words.entry(words(&said.text)).or_default().push(at);
                if let Some(does) = &said.does {
                    all.by_doing.entry(does.clone()).or_default().push(at);
                }
                all.tasks.push(said);
            }
        }
        all
    }

    /// Returns what a task is known by; `None` where there is none, or its own `id=` says it.
    pub fn of(&self, id: &TaskId) -> Option<Subject> {
        let at = *self.by_id.get(id)?;
        let said = self.tasks.get(at).filter(|it| !has_own_id(it.task))?;
        let everywhere = self.saying(&said.text);
        let inside = self.inside(everywhere, said.section);
        let nth = inside.iter().position(|one| *one == at)? + 1;
        let of = inside.len();
        Some(Subject {
            text: said.text.clone(),
            section: said.section.to_owned(),
            twin: (everywhere.len() > 1).then_some(Twin { nth, of }),
            does: said.does.clone().filter(|it| self.doing(it).is_some()),
            below: Some(below(said.task)),
        })
    }

    /// Returns the one task that a decision is about; `None` where no task says so any more, or it
    /// can't be told which one of several is meant.
    pub fn find(&self, subject: &Subject) -> Option<&'c Task> {
        let by_words = self.find_by_words(subject);
        let at = by_words.or_else(|| self.doing(subject.does.as_ref()?));
        Some(self.tasks.get(at?)?.task)
    }

    /// Returns the task that says most nearly what a finished one did: `own`, which has its number,
    /// where that is like it, or one of its section that is ticked and that isn't `taken`.
    pub(super) fn alike(
        &self,
        subject: &Subject,
        own: Option<&TaskId>,
        taken: &BTreeSet<TaskId>,
    ) -> Option<&'c TaskId> {
        let likeness = |said: &&Said<'_>| likeness(&subject.text, &said.text);
        let own = own.and_then(|id| self.tasks.get(*self.by_id.get(id)?));
        if let Some(own) = own.filter(|it| likeness(it).is_some()) {
            return Some(&own.task.id);
        }
        let wanted = words(&subject.section);
        let inside = self
            .tasks
            .iter()
            .filter(|said| words(said.section) == wanted);
        let ticked = inside.filter(|said| said.task.marker.checked);
        let free = ticked.filter(|said| !taken.contains(&said.task.id));
        let alike = free.filter_map(|said| Some((likeness(&said)?, &said.task.id)));
        alike
            .max_by_key(|(likeness, _)| *likeness)
            .map(|(_, id)| id)
    }

    /// Returns the task of that id.
    pub fn task(&self, id: &TaskId) -> Option<&'c Task> {
        Some(self.tasks.get(*self.by_id.get(id)?)?.task)
    }

    fn find_by_words(&self, subject: &Subject) -> Option<usize> {
        let everywhere = self.saying(&subject.text);
        if let (None, [only]) = (subject.twin, everywhere) {
            return Some(*only);
        }
        let inside = self.inside(everywhere, &subject.section);
        let Twin { nth, of } = subject.twin.unwrap_or(Twin { nth: 1, of: 1 });
        let meant = inside.get(nth.checked_sub(1)?).copied();
        meant.filter(|_| inside.len() == of)
    }

    fn saying(&self, text: &str) -> &[usize] {
        self.by_words.get(&words(text)).map_or(&[], Vec::as_slice)
    }

    /// Returns those of these tasks that are in sections of that title.
    fn inside(&self, tasks: &[usize], section: &str) -> Vec<usize> {
        let wanted = words(section);
        let is_inside = |at: &&usize| {
            let said = self.tasks.get(**at);
            said.is_some_and(|said| words(said.section) == wanted)
        };
        tasks.iter().filter(is_inside).copied().collect()
    }

    /// Returns the only task that does that.
    fn doing(&self, what: &str) -> Option<usize> {
        match self.by_doing.get(what).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            Some(_) | None => None,
        }
    }
}

impl Subject {
    /// Returns what a task is known by; `None` where there is none, or its own `id=` says it.
    pub fn of(checklist: &Checklist, id: &TaskId) -> Option<Self> {
        Subjects::new(checklist).of(id)
    }

    /// Returns whether both are about one task; those of different times may tell twins apart
    /// differently.
    pub fn is_same(&self, other: &Self) -> bool {
        let known_by = other.known_by();
        self.bonds().iter().any(|bond| known_by.contains(bond))
    }

    /// Returns what binds a decision to this task.
    pub(super) fn bonds(&self) -> Vec<Bond> {
        self.bonds_with(|said| vec![Bond::Says(said.clone()), self.twin_bond(said)])
    }

    /// Returns the bonds of which each decision on the same task has one.
    pub(super) fn known_by(&self) -> Vec<Bond> {
        self.bonds_with(|said| match self.twin {
            None => vec![Bond::Says(said)],
            Some(_) => vec![Bond::SaysAlone(said.clone()), self.twin_bond(said)],
        })
    }

    fn bonds_with(&self, says: impl FnOnce(String) -> Vec<Bond>) -> Vec<Bond> {
        let mut bonds = says(words(&self.text));
        bonds.extend(self.does.clone().map(Bond::Does));
        bonds
    }

    fn twin_bond(&self, said: String) -> Bond {
        match self.twin {
            None => Bond::SaysAlone(said),
            Some(twin) => Bond::SaysAmong(said, words(&self.section), twin),
        }
    }

    /// Returns those of a document's tasks in another version of it, under the ids they have there.
    pub fn carried(ids: &BTreeSet<TaskId>, from: &Checklist, to: &Checklist) -> BTreeSet<TaskId> {
        if ids.is_empty() {
            return BTreeSet::new();
        }
        let (from, to) = (Subjects::new(from), Subjects::new(to));
        let there = |id: &TaskId| match from.of(id) {
            Some(subject) => to.find(&subject).map(|task| task.id.clone()),
            None => Some(id.clone()),
        };
        ids.iter().filter_map(there).collect()
    }
}

/// Returns how much of two lines is the same, if half of their words are.
pub fn likeness(one: &str, other: &str) -> Option<usize> {
    let of = |text: &str| -> BTreeSet<String> {
        vocabulary::words(text).map(str::to_lowercase).collect()
    };
    let (one, other) = (of(one), of(other));
    let common = one.intersection(&other).count();
    (common * 2 >= one.len().max(1)).then_some(common)
}

fn has_own_id(task: &Task) -> bool {
    let directive = task.directive.as_ref();
    directive.is_some_and(|directive| directive.id.is_some())
}

/// The hash of what a task's directive runs or applies.
fn does(task: &Task) -> Option<String> {
    let directive = task.directive.as_ref()?;
    let given = directive.run.as_ref().or(directive.apply.as_ref())?;
    let blocks = task.fences.iter().map(|fence| fence.body.as_str());
    let all: Vec<&str> = std::iter::once(given.value.as_str())
        .chain(blocks)
        .collect();
    Some(sha256(all.join("\0").as_bytes()))
}

/// The beginning of the hash of a task's bullets, in which no indentation and no sign of a list
/// counts; empty where it has none.
fn below(task: &Task) -> String {
    const DIGITS: usize = 16;
    let mut said = Vec::new();
    collect(&task.bullets, 0, &mut said);
    if said.is_empty() {
        return String::new();
    }
    let mut hash = sha256(said.join("\n").as_bytes());
    hash.truncate(DIGITS);
    hash
}

/// Collects what bullets say, each behind how deep it stands.
fn collect(bullets: &[Bullet], depth: usize, said: &mut Vec<String>) {
    for bullet in bullets {
        said.push(format!("{depth} {}", words(&masked(&bullet.text.plain()))));
        collect(&bullet.children, depth + 1, said);
    }
}

/// What counts of a text: neither white space, nor capitals, nor what ends it.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ").to_lowercase();
    line.trim_end_matches(['.', ';', ',', ':', '…']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    fn read(tasks: &str) -> Checklist {
        let text = format!("# Phase 1: Base\n\n{tasks}");
        let parsed = parse("c.md", &text, &Vocabulary::default());
        parsed.expect("parses").checklist
    }

    /// Where a task of one document is found in another.
    #[track_caller]
    fn check(before: &str, id: &str, after: &str, expected: Option<&str>) {
        let subject = Subject::of(&read(before), &TaskId::new(id)).expect("has words");
        let after = read(after);
        let found = Subjects::new(&after).find(&subject);
        let found = found.map(|task| task.id.as_str());
        assert_eq!(found, expected, "{subject:?}");
    }

    const THREE: &str = "## 1.1 Ask\n\n- [ ] Security\n- [ ] Book a room\n- [ ] Legal\n";

    #[test]
    fn a_task_is_found_where_its_line_moved() {
        check(
            THREE,
            "1.1.3",
            "## 1.1 Ask\n\n- [ ] Security\n- [ ] Legal\n",
            Some("1.1.2"),
        );
        check(
            THREE,
            "1.1.1",
            "## 1.1 A\n\n- [x] New\n## 1.2 B\n- [x] Security\n",
            Some("1.2.1"),
        );
    }

    #[test]
    fn a_task_that_took_its_place_isnt_it() {
        check(
            THREE,
            "1.1.2",
            "## 1.1 Ask\n\n- [ ] Security\n- [ ] Legal\n",
            None,
        );
        check(
            THREE,
            "1.1.2",
            "## 1.1 Ask\n\n- [ ] Security\n- [ ] Book 2 rooms\n",
            None,
        );
    }

    #[test]
    fn spaces_capitals_emphasis_and_directives_are_no_other_words() {
        let other = "## 1.1 Ask\n\n- [x] book  **a room**. <!-- orch: manual -->\n";
        check(THREE, "1.1.2", other, Some("1.1.1"));
    }

    #[test]
    fn other_words_for_the_same_command_are_the_same_task() {
        let command = |words: &str, run: &str| {
            format!("## 1.1 A\n\n- [ ] {words} <!-- orch: run=\"{run}\" -->\n")
        };
        let before = command("Migrat", "./move.sh");
        let (same, other) = (
            command("Migrate", "./move.sh"),
            command("Migrate", "./move.sh 2"),
        );
        check(&before, "1.1.1", &same, Some("1.1.1"));
        check(
            &before,
            "1.1.1",
            &command("Migrat", "./move.sh 2"),
            Some("1.1.1"),
        );
        check(&before, "1.1.1", &other, None);
        let twice = format!("{before}- [ ] Again <!-- orch: run=\"./move.sh\" -->\n");
        check(&twice, "1.1.2", &before, None);
    }

    #[test]
    fn an_id_of_the_document_stays_with_the_line_that_words_lead_to() {
        let other = "## 1.1 Ask\n\n- [ ] Legal <!-- orch: id=law -->\n";
        check(THREE, "1.1.3", other, Some("law"));
        let own = read(other);
        assert_eq!(Subject::of(&own, &TaskId::new("law")), None);
    }

    #[test]
    fn of_twins_each_is_known_by_its_place_as_long_as_there_are_as_many() {
        let two = "## 1.1 A\n\n- [ ] Sign off\n- [ ] Sign off\n";
        let moved = "## 1.1 A\n\n- [ ] New\n- [ ] Sign off\n- [ ] Sign off\n";
        check(two, "1.1.2", moved, Some("1.1.3"));
        check(two, "1.1.2", "## 1.1 A\n\n- [ ] Sign off\n", None);
        let both = "## 1.1 A\n\n- [ ] Sign off\n\n## 1.2 B\n\n- [ ] Sign off\n";
        check(both, "1.2.1", "## 1.1 A\n\n- [ ] Sign off\n", None);
        check(both, "1.2.1", "## 1.1 B\n\n- [ ] Sign off\n", Some("1.1.1"));
        check(
            THREE,
            "1.1.3",
            "## 1.1 Ask\n\n- [ ] Legal\n\n## 1.2 B\n\n- [ ] Legal\n",
            Some("1.1.1"),
        );
        check(
            THREE,
            "1.1.3",
            "## 1.1 Ask\n\n- [ ] Legal\n- [ ] Legal\n",
            None,
        );
    }

    #[test]
    fn a_secret_in_a_line_isnt_recorded() {
        let text = "## 1.1 A\n\n- [ ] Run `DB_PASSWORD=hunter2 ./warm.sh`\n";
        let subject = Subject::of(&read(text), &TaskId::new("1.1.1")).expect("has words");
        assert!(!subject.text.contains("hunter2"), "{subject:?}");
        check(text, "1.1.1", text, Some("1.1.1"));
    }
}
