//! A checklist's file name.

/// Returns the phase's number and name of a path like `checklists/demo/phase-04-kubernetes.md`.
///
/// `None` where the file is no checklist: another prefix, no number, no name or another
/// extension.
pub fn file_name(path: &str) -> Option<(u32, String)> {
    let file = path.rsplit(['/', '\\']).next()?;
    let (number, name) = file
        .strip_suffix(".md")?
        .strip_prefix("phase-")?
        .split_once('-')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || name.is_empty() {
        return None;
    }
    Some((number.parse().ok()?, name.to_owned()))
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
    }

    #[test]
    fn other_files_are_no_checklists() {
        check("PROGRESS.md", None);
        check("phase-04.md", None);
        check("phase-04-.md", None);
        check("phase-+4-a.md", None);
        check("phase-four-a.md", None);
        check("phase-99999999999-a.md", None);
        check("phase-04-kubernetes.toml", None);
    }
}
