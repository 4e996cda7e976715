//! What is struck through in a line: whoever wrote it took it back.

use super::Part;

/// Returns whether a part of a text is struck through: `~~…~~`, `<s>`, `<del>`, `<strike>`, and
/// `~` right around code.
pub(super) fn is_struck(parts: &[Part]) -> bool {
    let prose = || {
        parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.value.as_str()),
            Part::Code(_) => None,
        })
    };
    let marks: usize = prose().map(|text| text.matches("~~").count()).sum();
    marks > 1 || prose().any(has_tag) || parts.windows(3).any(is_between)
}

/// Returns whether a tag in a text strikes something through.
fn has_tag(text: &str) -> bool {
    text.split('<').skip(1).any(|tag| {
        let end = tag.find(|it: char| !it.is_ascii_alphabetic());
        let (name, behind) = end
            .and_then(|end| tag.split_at_checked(end))
            .unwrap_or_default();
        let is_tag = behind.starts_with(['>', ' ']);
        is_tag && ["s", "del", "strike"].contains(&name.to_ascii_lowercase().as_str())
    })
}

/// Returns whether code stands between two tildes.
fn is_between(parts: &[Part]) -> bool {
    let [Part::Text(before), Part::Code(_), Part::Text(behind)] = parts else {
        return false;
    };
    before.value.ends_with('~') && behind.value.starts_with('~')
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::vocabulary::Vocabulary;

    #[track_caller]
    fn check(line: &str, expected: bool) {
        let text = format!("# Phase 1: A\n\n- [ ] {line}\n");
        let parsed = parse("phase-01-a.md", &text, &Vocabulary::default()).expect("a checklist");
        let task = parsed.checklist.tasks().next().expect("a task");
        assert_eq!(task.text.is_struck(), expected, "{line}");
    }

    #[test]
    fn what_is_struck_through_is_seen_wherever_it_stands() {
        for line in [
            "~~Create `src/a.py`~~",
            "Create ~~`src/a.py`~~",
            "Create `src/a.py` ~~and `src/b.py`~~",
            "Create `src/a.py`, ~~`src/b.py`~~",
            "Create <s>`src/a.py`</s>",
            "Create <DEL class=\"x\">`src/a.py`</DEL>",
            "<strike>Create `src/a.py`</strike>",
            "Create ~`src/a.py`~",
        ] {
            check(line, true);
        }
    }

    #[test]
    fn tildes_that_strike_nothing_are_left_alone() {
        for line in [
            "Create `src/a.py` in ~/work",
            "Create `~~a~~`",
            "Create `<del>`",
            "Create `a` for ~5 of ~10",
            "Create `a` ~~ later",
            "Create `Vec<s>`",
        ] {
            check(line, false);
        }
    }
}
