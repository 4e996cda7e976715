//! A checklist's file name.

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
    use super::file_name;

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
}
