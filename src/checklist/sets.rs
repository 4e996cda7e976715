//! Paths → sets of checklists: which folders hold phases, what they are called, and what clashes.
//!
//! Only names are looked at; what the documents say is read elsewhere.

use std::collections::BTreeMap;

use super::{TaskId, file_name};

/// A folder of checklists that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetFiles {
    /// The folder's name; its path, joined by `.`, where another set has that name.
    pub name: String,
    /// The folder, relative to the workspace; empty for the root.
    pub folder: String,
    /// The checklists by number.
    pub phases: Vec<PhaseFile>,
}

/// A checklist's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseFile {
    /// The number in the file's name.
    pub number: u32,
    /// The name behind the number (`kubernetes`); empty where there is none.
    pub name: String,
    /// The path, relative to the workspace.
    pub path: String,
}

/// Two things that would share one journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    /// Two checklists of a set have one number.
    Number {
        /// The set's name.
        set: String,
        /// The number.
        number: u32,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// Two folders would have one name as sets.
    Name {
        /// The name.
        set: String,
        /// One folder.
        first: String,
        /// The other.
        second: String,
    },
}

impl Clash {
    /// Returns the name of the set that it is about.
    pub fn set(&self) -> &str {
        match self {
            Self::Number { set, .. } | Self::Name { set, .. } => set,
        }
    }
}

/// The sets of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sets {
    /// By name.
    pub sets: Vec<SetFiles>,
    /// What keeps some of them from being used.
    pub clashes: Vec<Clash>,
}

impl SetFiles {
    /// Returns the checklist of that number.
    pub fn phase(&self, number: u32) -> Option<&PhaseFile> {
        self.phases.iter().find(|phase| phase.number == number)
    }

    /// Returns what names the set in commands about a phase, where it has to be named
    /// (` --set shop`): it isn't the usual one, or another has that number, too.
    pub fn flag(&self, number: u32, usual: Option<&str>, all: &[Self]) -> String {
        let mut others = all.iter().filter(|other| other.name != self.name);
        let is_meant = match usual {
            Some(usual) => *usual == self.name,
            None => !others.any(|other| other.phase(number).is_some()),
        };
        if is_meant {
            String::new()
        } else {
            naming(&self.name)
        }
    }
}

/// Returns what names a set in commands: ` --set shop`.
pub fn naming(set: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    if set.chars().all(plain) {
        format!(" --set {set}")
    } else {
        format!(" --set '{}'", set.replace('\'', "'\\''"))
    }
}

/// Returns what names a task in `orch task`: its id, with the phase where the id doesn't tell it,
/// and with what names the set.
pub fn task_args(id: &TaskId, number: u32, set_flag: &str) -> String {
    let told = id.as_str().split('.').next().and_then(|it| it.parse().ok());
    if told == Some(number) {
        format!("{id}{set_flag}")
    } else {
        format!("{id} --phase {number}{set_flag}")
    }
}

impl PhaseFile {
    /// Returns the paths that its settings may have: those of its set, which win, then those that
    /// are enough where no other set has a phase of that name; the number with a zero first.
    pub fn settings_paths(&self, set: &str) -> [String; 4] {
        let name = match self.name.as_str() {
            "" => String::new(),
            name => format!("-{name}"),
        };
        let number = self.number;
        [
            format!("phases/{set}/{number:02}{name}.toml"),
            format!("phases/{set}/{number}{name}.toml"),
            format!("phases/{number:02}{name}.toml"),
            format!("phases/{number}{name}.toml"),
        ]
    }
}

/// Returns the sets that these paths make.
pub fn sets<'p>(paths: impl Iterator<Item = &'p str>) -> Sets {
    let mut folders: BTreeMap<String, Vec<PhaseFile>> = BTreeMap::new();
    for path in paths {
        if let Some((number, name)) = file_name(path) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = path.to_owned();
            let phase = PhaseFile { number, name, path };
            folders.entry(folder.to_owned()).or_default().push(phase);
        }
    }
    let names: Vec<String> = folders.keys().cloned().collect();
    let mut found = Sets::default();
    for (folder, mut phases) in folders {
        let name = set_name(&folder, &names);
        phases.sort_by(|a, b| (a.number, &a.path).cmp(&(b.number, &b.path)));
        found.clashes.extend(same_numbers(&name, &phases));
        found.sets.push(SetFiles {
            name,
            folder,
            phases,
        });
    }
    found
        .sets
        .sort_by(|a, b| (&a.name, &a.folder).cmp(&(&b.name, &b.folder)));
    found.clashes.extend(same_names(&found.sets));
    found
}

fn same_numbers<'s>(set: &'s str, phases: &'s [PhaseFile]) -> impl Iterator<Item = Clash> + 's {
    phases.windows(2).filter_map(move |pair| match pair {
        [first, second] if first.number == second.number => Some(Clash::Number {
            set: set.to_owned(),
            number: first.number,
            first: first.path.clone(),
            second: second.path.clone(),
        }),
        _ => None,
    })
}

fn same_names(sets: &[SetFiles]) -> Vec<Clash> {
    let clash = |pair: &[SetFiles]| match pair {
        [first, second] if first.name == second.name => Some(Clash::Name {
            set: first.name.clone(),
            first: first.folder.clone(),
            second: second.folder.clone(),
        }),
        _ => None,
    };
    sets.windows(2).filter_map(clash).collect()
}

/// Returns a set's name: journals are kept by it, and a folder in `checklists/` has its own name
/// whatever lies elsewhere.
fn set_name(folder: &str, folders: &[String]) -> String {
    let own = |folder: &str| match folder.rsplit_once('/') {
        Some((_, name)) => name.to_owned(),
        None if folder.is_empty() => "workspace".to_owned(),
        None => folder.to_owned(),
    };
    let is_home = |folder: &str| {
        folder == "checklists"
            || folder
                .strip_prefix("checklists/")
                .is_some_and(|rest| !rest.contains('/'))
    };
    let name = own(folder);
    let shared = folders.iter().filter(|other| own(other) == name).count() > 1;
    if shared && !is_home(folder) && folder.contains('/') {
        return folder.replace('/', ".");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{Clash, sets};

    /// Each set with its phases' numbers.
    #[track_caller]
    fn check(paths: &[&str], expected: &[(&str, &[u32])]) {
        let found = sets(paths.iter().copied());
        let shown: Vec<(&str, Vec<u32>)> = found
            .sets
            .iter()
            .map(|set| {
                let numbers = set.phases.iter().map(|phase| phase.number);
                (set.name.as_str(), numbers.collect())
            })
            .collect();
        let expected: Vec<(&str, Vec<u32>)> = expected
            .iter()
            .map(|(name, numbers)| (*name, numbers.to_vec()))
            .collect();
        assert_eq!(shown, expected);
        assert_eq!(found.clashes, []);
    }

    #[test]
    fn a_folder_with_phases_is_a_set() {
        check(
            &[
                "checklists/shop/phase-10-last.md",
                "checklists/shop/phase-2-next.md",
                "checklists/shop/01-first.md",
                "checklists/shop/README.md",
                "checklists/shop/PROGRESS.md",
                "docs/phase-one.md",
            ],
            &[("shop", &[1, 2, 10])],
        );
    }

    #[test]
    fn sets_may_lie_at_any_depth() {
        check(
            &[
                "checklists/phase-01-a.md",
                "checklists/move/cloud/phase-01-a.md",
                "phase-01-a.md",
                "docs/old/shop/phase-1.md",
                "checklists/shop/phase-1-a.md",
            ],
            &[
                ("checklists", &[1]),
                ("cloud", &[1]),
                ("docs.old.shop", &[1]),
                ("shop", &[1]),
                ("workspace", &[1]),
            ],
        );
    }

    #[test]
    fn two_checklists_with_one_number_clash() {
        let paths = [
            "checklists/shop/phase-1-a.md",
            "checklists/shop/phase-01-b.md",
        ];
        let expected = Clash::Number {
            set: "shop".to_owned(),
            number: 1,
            first: "checklists/shop/phase-01-b.md".to_owned(),
            second: "checklists/shop/phase-1-a.md".to_owned(),
        };
        assert_eq!(sets(paths.into_iter()).clashes, [expected]);
    }

    #[test]
    fn two_sets_of_one_name_clash() {
        let paths = ["checklists/shop/phase-1-a.md", "shop/phase-01-b.md"];
        let expected = Clash::Name {
            set: "shop".to_owned(),
            first: "checklists/shop".to_owned(),
            second: "shop".to_owned(),
        };
        assert_eq!(sets(paths.into_iter()).clashes, [expected]);
    }
}
