//! What is wrong between files: sets and phases that clash, settings of nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::checklist::{Checklist, Clash, PhaseFile, SetFiles, parse};
use crate::diagnostic::{Diagnostic, nearest};
use crate::facts::Tree;
use crate::journal::journal_path;

use super::Check;
use super::rules::{DOCUMENT, NUMBER, SET, SETTINGS_OF_NOTHING};

impl Check<'_> {
    /// Checks what no single phase is about.
    pub(super) fn workspace(&mut self) {
        let clashes: Vec<Diagnostic> = self
            .sets
            .clashes
            .iter()
            .map(|clash| clashing(clash, self.tree))
            .collect();
        self.found.extend(clashes);
        self.found.extend(self.default_set());
        self.found.extend(self.shared_numbers());
        self.found.extend(self.settings_of_nothing());
        let phases = |set: &SetFiles| -> Vec<String> {
            // A phase's number is its title's, where that differs from the file's.
            let numbers = set.phases.iter().flat_map(|file| {
                let text = self.tree.get(&file.path);
                let parsed =
                    text.and_then(|text| parse(&file.path, text, &self.settings.vocabulary).ok());
                [Some(file.number), parsed.map(|it| it.checklist.number)]
            });
            let paths = numbers
                .flatten()
                .map(|number| journal_path(&set.name, number));
            paths.collect()
        };
        // Without journals nothing has to be read for them.
        if !self.journals.is_empty() {
            let known: BTreeSet<String> = self.sets.sets.iter().flat_map(phases).collect();
            self.lost_journals(&known);
        }
    }

    /// The set that orch.toml names is there.
    fn default_set(&self) -> Option<Diagnostic> {
        let wanted = self.settings.set.as_deref()?;
        let names: Vec<&str> = self.sets.sets.iter().map(|set| set.name.as_str()).collect();
        if names.contains(&wanted) {
            return None;
        }
        let text = self.tree.get("orch.toml")?;
        let mut error = Diagnostic::error(format!("no set is called `{wanted}`")).rule(SET);
        let start = text.find(&format!("\"{wanted}\"")).map(|at| at + 1);
        let span = start.map_or(0..0, |start| start..start + wanted.len());
        error = error.at("orch.toml", text, span.clone(), "named here");
        Some(match nearest(wanted, &names) {
            Some(near) => error
                .help(format!("did you mean `{near}`?"))
                .suggest(span, near),
            None if names.is_empty() => error.help("there is no set at all: no folder has phases"),
            None => error.help(format!("sets found: {}", names.join(", "))),
        })
    }

    /// Numbers that several sets have, where nothing says which is meant.
    fn shared_numbers(&self) -> Vec<Diagnostic> {
        if self.settings.set.is_some() {
            return Vec::new();
        }
        let mut sets: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for set in &self.sets.sets {
            for phase in &set.phases {
                sets.entry(phase.number).or_default().insert(&set.name);
            }
        }
        // Sets that share one number mostly share many.
        let mut shared: BTreeMap<Vec<&str>, Vec<String>> = BTreeMap::new();
        for (number, names) in sets.into_iter().filter(|(_, names)| names.len() > 1) {
            let names: Vec<&str> = names.into_iter().collect();
            shared.entry(names).or_default().push(number.to_string());
        }
        let warning = |(names, numbers): (Vec<&str>, Vec<String>)| {
            let (phase, is) = match numbers.len() {
                1 => ("phase", "is"),
                _ => ("phases", "are"),
            };
            let message = format!(
                "{phase} {} {is} in several sets: {}",
                numbers.join(", "),
                names.join(", ")
            );
            let help = "name the usual one in orch.toml: set = \"…\"; or each time: --set NAME";
            Diagnostic::warning(message).rule(SET).help(help)
        };
        shared.into_iter().map(warning).collect()
    }

    /// Settings whose phase isn't there are read by nobody.
    fn settings_of_nothing(&self) -> Vec<Diagnostic> {
        let phases = || {
            let sets = self.sets.sets.iter();
            sets.flat_map(|set| set.phases.iter().map(move |file| (set, file)))
        };
        let known: BTreeSet<String> = phases()
            .flat_map(|(set, file)| file.settings_paths(&set.name))
            .collect();
        let usual: Vec<String> = phases()
            .map(|(set, file)| {
                let [_, _, usual, _] = file.settings_paths(&set.name);
                usual
            })
            .collect();
        let usual: Vec<&str> = usual.iter().map(String::as_str).collect();
        let files = self.tree.below("phases");
        let lost = files.filter(|(path, _)| is_toml(path) && !known.contains(*path));
        lost.map(|(path, text)| {
            let message = format!("`{path}` belongs to no phase, so nothing in it is read");
            let warning = Diagnostic::warning(message).rule(SETTINGS_OF_NOTHING);
            let warning = warning.at(path, text, 0..0, "");
            let same = usual
                .iter()
                .find(|usual| number_of(usual) == number_of(path));
            // What was renamed keeps its number more often than its name.
            match same.copied().or(nearest(path, &usual)) {
                Some(near) => warning.help(format!("did you mean `{near}`? rename it")),
                None => warning.help("name it like its checklist: `phases/04-kubernetes.toml`"),
            }
        })
        .collect()
    }

    /// Returns the path of a phase's settings, where it has any.
    pub(super) fn settings_path(&self, set: &SetFiles, file: &PhaseFile) -> Option<String> {
        let mut paths = file.settings_paths(&set.name).into_iter();
        paths.find(|path| self.tree.get(path).is_some())
    }
}

/// Returns the error of a title that gives a phase another one's number, and so its journal.
pub fn taken_number(
    (set, file): (&SetFiles, &PhaseFile),
    checklist: &Checklist,
) -> Option<Diagnostic> {
    let number = checklist.number;
    let other = set.phase(number).filter(|other| other.path != file.path)?;
    let message = format!("the title says phase {number}, which is `{}`", other.path);
    let error = Diagnostic::error(message).rule(NUMBER);
    let span = checklist.title_span.clone();
    let error = error.at(&checklist.path, &checklist.text, span, "");
    let help = format!(
        "correct the title or the file's name: by its name it is phase {}",
        file.number
    );
    (number != file.number).then(|| error.help(help))
}

fn is_toml(path: &str) -> bool {
    let extension = std::path::Path::new(path).extension();
    extension.is_some_and(|it| it == "toml")
}

/// Returns the number that a file's name begins with.
fn number_of(path: &str) -> Option<u32> {
    let file = path.rsplit('/').next()?;
    let (digits, _) = file.split_at_checked(file.find(|c: char| !c.is_ascii_digit())?)?;
    digits.parse().ok()
}

/// Returns the error of a checklist that can't be read, where that is so.
pub fn unreadable(path: &str, tree: &Tree) -> Option<Diagnostic> {
    let unread = tree.unread(path)?;
    let end = unread.before.len();
    let error = Diagnostic::error(unread.why.clone()).rule(DOCUMENT);
    let error = error.at(path, &unread.before, end..end, "");
    Some(error.help(unread.help.clone()))
}

/// Returns the error of two checklists or sets that would share a journal.
pub fn clashing(clash: &Clash, tree: &Tree) -> Diagnostic {
    match clash {
        Clash::Number {
            set,
            number,
            first,
            second,
        } => {
            let message = format!("phase {number} of `{set}` has two checklists");
            let error = Diagnostic::error(message).rule(NUMBER);
            let heading = |text: &str| 0..text.find(['\r', '\n']).unwrap_or(text.len());
            let error = match tree.get(second) {
                Some(text) => error.at(second, text, heading(text), ""),
                None => error,
            };
            let error = match tree.get(first) {
                Some(text) => error.related(first, text, heading(text), "the other checklist"),
                None => error,
            };
            error.help(format!("the other is `{first}`; renumber one of the two"))
        }
        Clash::Name { set, first, second } => {
            let message = format!("two sets are called `{set}`: `{first}` and `{second}`");
            let error = Diagnostic::error(message).rule(SET);
            error.help("rename one of the folders: journals and commits go by that name")
        }
    }
}
