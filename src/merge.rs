//! A file that orch wrote and a person changed: what orch last wrote (base), what the person has
//! (theirs) and what orch wants now (ours) → one text.
//!
//! YAML is merged field by field and edited where it stands, so that comments and formatting stay
//! the person's; anything else is merged line by line. What both changed in different ways is a
//! [`Conflict`], which a person decides. Pure: where the three texts come from, and whether the
//! result is written, is for the caller to say.

mod change;
mod edit;
mod fields;
mod keys;
mod lines;
mod secrets;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

use std::fmt;

use crate::facts::is_yaml;

/// The three versions of a file.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a> {
    /// What orch wrote last, where that is known.
    pub base: Option<&'a str>,
    /// What is on disk.
    pub theirs: &'a str,
    /// What orch wants to write.
    pub ours: &'a str,
}

/// Who wins where both sides changed the same in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    /// Nobody: it is a conflict, and theirs stays until a person decides.
    Neither,
    /// What is on disk.
    Theirs,
    /// What orch wants.
    Ours,
}

/// What became of the versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text; where there are conflicts, with theirs in their places.
    pub text: String,
    /// What a person has to decide.
    pub conflicts: Vec<Conflict>,
}

/// A place that a person has to decide on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where: the object and the path in it
    /// (`Deployment/api: spec.template.spec.containers[api].image`), or the lines.
    pub place: String,
    /// Why it can't be merged.
    pub why: Why,
    /// What orch wrote last.
    pub written: Side,
    /// What is on disk.
    pub found: Side,
    /// What orch wants.
    pub wanted: Side,
}

/// Why a place can't be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Both sides changed it in different ways.
    Both,
    /// What orch last wrote isn't known, so who changed it isn't either.
    NoBase,
    /// The place is written in a way that can't be edited without touching anything else.
    Form,
    /// The value of a secret stands in a file that is committed.
    Secret,
    /// The file on disk can't be read.
    Unreadable(String),
}

/// One side's value of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// Not known.
    Unknown,
    /// It isn't there.
    Absent,
    /// That, as YAML or as lines.
    Is(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Both => f.write_str("a person and orch both changed it"),
            Self::NoBase => f.write_str("orch didn't write it, or what it wrote isn't known"),
            Self::Form => f.write_str("it can't be edited without touching what is beside it"),
            Self::Secret => f.write_str(
                "a Secret's value stands in a file that is committed; put it in the environment \
                 or in an ignored env file",
            ),
            Self::Unreadable(problem) => write!(f, "the file can't be read: {problem}"),
        }
    }
}

/// Merges the versions of the file at `path`, whose name says how it is read.
pub fn merge(path: &str, versions: &Versions<'_>, prefer: Prefer) -> Merged {
    let windows = versions.theirs.contains("\r\n") && !without_returns(versions.theirs);
    if !windows {
        return merge_lf(path, versions, prefer);
    }
    // Line ends are the person's; a change in them alone is no change of the text.
    let (base, theirs) = (versions.base.map(lf), lf(versions.theirs));
    let ours = lf(versions.ours);
    let plain = Versions {
        base: base.as_deref(),
        theirs: &theirs,
        ours: &ours,
    };
    let mut merged = merge_lf(path, &plain, prefer);
    merged.text = merged.text.replace('\n', "\r\n");
    merged
}

fn merge_lf(path: &str, versions: &Versions<'_>, prefer: Prefer) -> Merged {
    if is_yaml(path) {
        fields::merge(versions, prefer)
    } else {
        lines::merge(versions, prefer)
    }
}

/// Returns whether a line ends without a carriage return.
fn without_returns(text: &str) -> bool {
    text.replace("\r\n", "").contains('\n')
}

fn lf(text: &str) -> String {
    text.replace("\r\n", "\n")
}
