//! A checklist's file name: read, and made for one more of a set.

/// What a checklist's name begins with, in small letters.
const FIRST: &[&str] = &["phase", "фаза"];

/// Where a number and a name are enough: nothing else is kept there.
const HOME: &str = "checklists/";

/// Returns the phase's number and name of a path like `checklists/demo/phase-04-kubernetes.md`.
///
/// The name is empty where there is none (`phase-04.md`). Below `checklists/`, the first word may
/// be missing (`checklists/demo/04-kubernetes.md`). `None` where the file is no checklist: another
/// first word, no number or another extension.
pub fn file_name(path: &str) -> Option<(u32, String)> {
    let path = path.replace('\\', "/");
    let file = path.rsplit('/').next()?;
    let stem = file.strip_suffix(".md")?;
    let numbered = FIRST.iter().find_map(|word| behind(word, stem));
    let (rest, bare) = match numbered {
        Some(rest) => (rest, false),
        None => (stem, true),
    };
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = rest.split_at_checked(digits)?;
    let name = rest.trim_start_matches(JOINERS);
    let apart = rest.is_empty() || rest.starts_with(JOINERS);
    let at_home = path.starts_with(HOME) && !name.is_empty();
    if !apart || (bare && !at_home) {
        return None;
    }
    Some((number.parse().ok()?, name.to_owned()))
}

/// How the checklists of a set are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// What stands before the number (`phase-`, `Фаза `); nothing where the number comes first.
    first: String,
    /// How many digits the number has at least.
    digits: usize,
    /// What joins the words.
    joiner: char,
}

impl Default for Naming {
    /// Returns the way in which orch names them itself: `phase-04-kubernetes.md`.
    fn default() -> Self {
        Self {
            first: "phase-".to_owned(),
            digits: 2,
            joiner: '-',
        }
    }
}

impl Naming {
    /// Returns the way in which these checklists are named, of which the last one counts most.
    pub fn of(paths: &[&str]) -> Self {
        let parts = || paths.iter().rev().filter_map(|path| parts(path));
        let Some((first, _, behind)) = parts().next() else {
            return Self::default();
        };
        let padded = parts().map(|(_, digits, _)| digits);
        let padded = padded.filter(|it| it.len() > 1 && it.starts_with('0'));
        let bare = parts().any(|(_, digits, _)| digits.len() == 1);
        let named = parts().find_map(|(_, _, behind)| behind.chars().next());
        let joiner = named.or_else(|| behind.chars().next());
        Self {
            digits: padded
                .map(str::len)
                .max()
                .unwrap_or(if bare { 1 } else { 2 }),
            joiner: joiner
                .or_else(|| first.chars().last())
                .filter(|it| JOINERS.contains(it))
                .unwrap_or('-'),
            first: first.to_owned(),
        }
    }

    /// Returns a name whose words `-` joins as this set joins them.
    pub fn name(&self, words: &str) -> String {
        words.replace('-', &self.joiner.to_string())
    }

    /// Returns the name of the file.
    pub fn file(&self, number: u32, name: &str) -> String {
        let Self {
            first,
            digits,
            joiner,
        } = self;
        format!("{first}{number:0digits$}{joiner}{name}.md")
    }
}

/// Returns what stands before a checklist's number, its digits, and what stands behind them.
fn parts(path: &str) -> Option<(&str, &str, &str)> {
    file_name(path)?;
    let file = path.rsplit(['/', '\\']).next()?;
    let stem = file.strip_suffix(".md")?;
    let (first, rest) = stem.split_at_checked(stem.find(|it: char| it.is_ascii_digit())?)?;
    let end = rest.find(|it: char| !it.is_ascii_digit());
    let (digits, behind) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    Some((first, digits, behind))
}

/// What joins the words of a file's name.
const JOINERS: &[char] = &['-', '_', ' '];

/// Returns what stands behind a word and its joiner.
fn behind<'s>(word: &str, stem: &'s str) -> Option<&'s str> {
    let end = stem.char_indices().nth(word.chars().count())?.0;
    let (head, rest) = stem.split_at_checked(end)?;
    (head.to_lowercase() == word).then(|| rest.trim_start_matches(JOINERS))
}

#[cfg(test)]
mod tests {
    use super::{Naming, file_name};

    #[track_caller]
    fn check(path: &str, expected: Option<(u32, &str)>) {
        assert_eq!(
            file_name(path),
            expected.map(|(number, name)| (number, name.to_owned()))
        );
    }

    #[test]
    fn names_with_and_without_zeros_are_read() {
        check(
            "checklists/demo/phase-04-kubernetes.md",
            Some((4, "kubernetes")),
        );
        check("phase-4-blue-green.md", Some((4, "blue-green")));
        check("phase-12-a.md", Some((12, "a")));
        check("phase-04.md", Some((4, "")));
        check("Phase_7_Cut over.md", Some((7, "Cut over")));
        check("docs/фаза-03-сеть.md", Some((3, "сеть")));
    }

    #[test]
    fn a_number_is_enough_where_only_checklists_are_kept() {
        check("checklists/shop/04-kubernetes.md", Some((4, "kubernetes")));
        check("checklists/4-kubernetes.md", Some((4, "kubernetes")));
        check("docs/04-kubernetes.md", None);
        check("checklists/shop/2026.md", None);
        check("checklists/shop/README.md", None);
    }

    #[test]
    fn other_files_are_no_checklists() {
        check("PROGRESS.md", None);
        check("phase-+4-a.md", None);
        check("phase-four-a.md", None);
        check("phase-99999999999-a.md", None);
        check("phase-04-kubernetes.toml", None);
    }

    /// Checks how the checklist behind these is named; it is read as what it was named for.
    #[track_caller]
    fn check_next(files: &[&str], number: u32, expected: &str) {
        let paths: Vec<String> = files
            .iter()
            .map(|it| format!("checklists/a/{it}"))
            .collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let naming = Naming::of(&paths);
        let name = naming.name("load-testing");
        let file = naming.file(number, &name);
        assert_eq!(file, expected);
        assert_eq!(
            file_name(&format!("checklists/a/{file}")),
            Some((number, name))
        );
    }

    #[test]
    fn one_more_is_named_as_the_others_are() {
        check_next(&[], 1, "phase-01-load-testing.md");
        check_next(&["phase-03-net.md"], 4, "phase-04-load-testing.md");
        check_next(&["phase-3-net.md"], 4, "phase-4-load-testing.md");
        check_next(&["phase-003-net.md"], 4, "phase-004-load-testing.md");
        check_next(
            &["phase-9-net.md", "phase-10-disk.md"],
            11,
            "phase-11-load-testing.md",
        );
        check_next(
            &["phase-09-net.md", "phase-10-disk.md"],
            11,
            "phase-11-load-testing.md",
        );
        check_next(&["phase-10-net.md"], 4, "phase-04-load-testing.md");
        check_next(&["03-net.md"], 4, "04-load-testing.md");
        check_next(&["3_net.md"], 4, "4_load_testing.md");
        check_next(&["Phase_7_Cut over.md"], 8, "Phase_8_load_testing.md");
        check_next(&["Phase 7 Cut over.md"], 8, "Phase 8 load testing.md");
        check_next(&["фаза-03-сеть.md"], 4, "фаза-04-load-testing.md");
        check_next(&["Фаза 3 Мережа.md"], 4, "Фаза 4 load testing.md");
        check_next(&["phase-04.md"], 5, "phase-05-load-testing.md");
        check_next(&["phase4-a.md"], 5, "phase5-load-testing.md");
    }

    #[test]
    fn of_several_ways_the_last_one_counts() {
        check_next(&["phase-01-a.md", "02-b.md"], 3, "03-load-testing.md");
        check_next(&["01-a.md", "phase-02-b.md"], 3, "phase-03-load-testing.md");
        check_next(
            &["phase-01-a.md", "phase-02.md"],
            3,
            "phase-03-load-testing.md",
        );
    }
}
