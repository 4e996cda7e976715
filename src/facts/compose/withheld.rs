//! Values of secrets where no reference can stand for them: labels, annotations, paths, names.
//!
//! They are taken out before anything is read: whatever a service has ends in manifests, messages
//! or a drafted checklist, and those are in git. Environments, commands, checks and the texts of
//! configs keep theirs: references take their place where these are read.

use super::super::report::Report;
use super::super::secret;
use super::super::yaml::{Node, Value};
use super::hidden::Hidden;
use crate::diagnostic::Diagnostic;
use crate::facts::Text;

/// The beginning of labels that say something without their value, too: what a proxy did.
const PROXY: &str = "traefik.";

/// Takes the values with secrets in them out of a project, and reports each.
pub(super) fn take_out(root: &mut Node, hidden: &Hidden, report: &mut Report) {
    let mut walk = Walk {
        hidden,
        report,
        path: Vec::new(),
    };
    walk.node(root);
}

struct Walk<'w, 'r> {
    hidden: &'w Hidden,
    report: &'r mut Report,
    /// The keys that lead to the node.
    path: Vec<String>,
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &mut Node) {
        match &mut node.value {
            Value::Null | Value::Scalar(_) => {}
            Value::List(items) => items.retain_mut(|item| self.stays(item)),
            Value::Map(entries) => entries.retain_mut(|entry| {
                self.path.push(entry.key.clone());
                let mut stays = self.refers() || self.stays(&mut entry.node);
                if !stays && self.tells(&entry.key) {
                    entry.node.value = Value::Null;
                    stays = true;
                }
                self.path.pop();
                stays
            }),
        }
    }

    /// Returns whether a node has no secret itself; those within it are taken out.
    fn stays(&mut self, node: &mut Node) -> bool {
        let Some(text) = node.text() else {
            self.node(node);
            return true;
        };
        let Some(why) = self.secret_in(text) else {
            return true;
        };
        let (because, settings) = match why {
            Why::MadeFrom(name) => (
                format!("it is made from the secret `{name}`"),
                format!("; what is no secret, settings tell: [secrets] settings = [\"{name}\"]"),
            ),
            Why::Looks(why) => (why, String::new()),
        };
        // Without the line itself: the value may stand there.
        let message = format!(
            "`{}` ({}) isn't carried over: {because}, and manifests are in git",
            self.path.join("."),
            node.mark.origin()
        );
        let help = format!(
            "give the secret to the container by `environment`, and let the program read it from \
             there{settings}"
        );
        self.report.push(Diagnostic::warning(message).help(help));
        false
    }

    fn secret_in(&self, text: &Text) -> Option<Why> {
        let mut used = text.variables.iter();
        let mut also = used.clone();
        if let Some(used) = used.find(|used| self.hidden.has(used, &text.value)) {
            return Some(Why::MadeFrom(used.name.clone()));
        }
        let plain = also.any(|used| self.hidden.is_plain(&used.name));
        let why = secret::by_value(&text.value).filter(|_| !plain)?;
        Some(Why::Looks(why))
    }

    /// Returns whether references stand for secrets there, or nothing of it is written anywhere.
    fn refers(&self) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["services", _, "environment" | "command" | "entrypoint"]
            | ["services", _, "healthcheck", "test"]
            | ["services", _, "post_start" | "pre_stop", "command"]
            | ["configs", _, "content"] => true,
            ["services", _, "build", key] => !["context", "dockerfile", "target"].contains(key),
            [first, ..] => first.starts_with("x-"),
            [] => false,
        }
    }

    fn tells(&self, key: &str) -> bool {
        let parent = self.path.iter().rev().nth(1);
        parent.is_some_and(|it| it == "labels") && key.starts_with(PROXY)
    }
}

/// What tells a secret.
enum Why {
    /// The variable that gives it.
    MadeFrom(String),
    /// The value's own looks.
    Looks(String),
}
