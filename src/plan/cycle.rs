//! Why steps wait for each other in a circle, said so that a person can break it.

use std::fmt;

use crate::checklist::TaskId;

/// A circle of steps: each waits for the next one's need, the last for the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// The edges in order.
    pub edges: Vec<Edge>,
}

/// One step that waits for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The one that waits.
    pub user: End,
    /// What it waits for.
    pub need: End,
    /// Why.
    pub why: Why,
}

/// A step, as it is named in a circle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The object's label, or the step's name.
    pub name: String,
    /// The file that it stands in.
    pub file: Option<String>,
    /// The task that it belongs to.
    pub task: Option<TaskId>,
}

/// Why a step waits for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Its object refers to the other's, by that field or rule.
    Reference(&'static str),
    /// Its task's directive says so.
    After(TaskId),
    /// Its object stands in that file, which is written first.
    File(String),
    /// It runs that image, which is built first.
    Image(String),
    /// Every phase goes so: study, write, check the rules, apply.
    Stage,
}

impl Cycle {
    /// Returns the names in the circle, the first one again at its end.
    pub fn names(&self) -> Vec<&str> {
        let names = self.edges.iter().map(|edge| edge.user.name.as_str());
        let last = self.edges.last().map(|edge| edge.need.name.as_str());
        names.chain(last).collect()
    }

    /// Returns the directives that are part of it: the task with the directive, and the task that
    /// it names.
    pub fn directives(&self) -> impl Iterator<Item = (&TaskId, &TaskId)> {
        self.edges
            .iter()
            .filter_map(|edge| match (&edge.why, &edge.user.task) {
                (Why::After(after), Some(task)) => Some((task, after)),
                (_, _) => None,
            })
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {} ({})", self.user.name, self.need.name, self.why)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference(by) => f.write_str(by),
            Self::After(task) => write!(f, "after={task}"),
            Self::File(path) => write!(f, "it stands in `{path}`"),
            Self::Image(image) => write!(f, "it runs `{image}`"),
            Self::Stage => f.write_str("files are written and checked before anything is applied"),
        }
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" → "))
    }
}
