//! Documents that a person edits while a run ticks their boxes on the disk: what the run changed is
//! put into what they have, so that saving it loses nothing of either.

use std::io;
use std::path::Path;

use gen_lsp_types::{MessageType, TextEdit};
use lsp_server::{RequestId, Response};
use serde_json::{Value, json};

use super::desk::Overtaken;
use super::seen::Versions;
use super::server::Server;
use super::text::Lines;
use crate::checklist::{Span, TaskId};
use crate::terminal::printable;

/// An edit that the editor was asked to make.
pub(super) struct Asked {
    id: RequestId,
    path: String,
    /// The tasks whose boxes the run changed and the person's text can take.
    taken: Vec<TaskId>,
    /// Those that it can't.
    left: Vec<TaskId>,
}

impl Server<'_> {
    /// Puts what a run has changed into what is edited and not saved.
    pub(super) fn carry_over(&mut self, root: &Path) -> io::Result<()> {
        for document in self.desk.overtaken(root) {
            self.carry(root, &document)?;
        }
        Ok(())
    }

    fn carry(&mut self, root: &Path, document: &Overtaken) -> io::Result<()> {
        let versions = Versions {
            path: &document.path,
            saved: &document.saved,
            on_disk: &document.on_disk,
            unsaved: &document.unsaved,
        };
        let seen = self.desk.seen(root).ok();
        let carried = seen.and_then(|seen| (self.program.carry)(&seen, &versions));
        let path = printable(&document.path);
        let Some(carried) = carried else {
            return self.show(
                MessageType::Warning,
                &format!(
                    "The run has changed {path} on the disk while you edit it: compare the two \
                     before you save."
                ),
            );
        };
        let mut asked = Asked {
            id: RequestId::from(0),
            path,
            taken: carried.taken,
            left: carried.left,
        };
        let lines = Lines::of(&document.unsaved, self.desk.encoding);
        let edits = edits(&lines, (&document.unsaved, &carried.text));
        if edits.is_empty() {
            return self.tell_left(&asked);
        }
        if !self.client.edits {
            asked.left.append(&mut asked.taken);
            return self.tell_left(&asked);
        }
        let edit = if self.client.versioned {
            json!({ "documentChanges": [{
                "textDocument": { "uri": document.uri, "version": document.version },
                "edits": edits,
            }] })
        } else {
            let mut changes = json!({});
            changes[document.uri.0.as_str()] = json!(edits);
            json!({ "changes": changes })
        };
        let params = json!({ "label": "orch: what the run has ticked", "edit": edit });
        asked.id = self.request("workspace/applyEdit", params)?;
        self.jobs.asked.push(asked);
        Ok(())
    }

    /// Takes in whether the editor has made an edit; returns whether it was asked for one.
    pub(super) fn carried(&mut self, response: &Response) -> io::Result<bool> {
        let asked = self.jobs.asked.iter();
        let Some(at) = asked.into_iter().position(|it| it.id == response.id) else {
            return Ok(false);
        };
        let mut asked = self.jobs.asked.remove(at);
        let result = response.response_result.as_ref().ok();
        let applied = result
            .and_then(|it| it.get("applied"))
            .and_then(Value::as_bool);
        if applied == Some(true) {
            let path = &asked.path;
            let said = format!(
                "{path} was changed by the run while you edit it: your text has its ticks now. \
                 Save it, over what is on the disk."
            );
            self.show(MessageType::Info, &said)?;
        } else {
            asked.left.append(&mut asked.taken);
        }
        self.tell_left(&asked)?;
        Ok(true)
    }

    /// Names the boxes that the person's text doesn't have as the run wants them.
    fn tell_left(&mut self, asked: &Asked) -> io::Result<()> {
        if asked.left.is_empty() {
            return Ok(());
        }
        let left: Vec<&str> = asked.left.iter().map(TaskId::as_str).collect();
        let said = format!(
            "The run has changed {} on the disk while you edit it, and your text is without that: \
             {}. What was done is recorded: save, run again, and the boxes are ticked.",
            asked.path,
            left.join(", ")
        );
        self.show(MessageType::Warning, &said)
    }
}

/// Returns the edits that make one text of another: what differs, line by line where both have the
/// same lines.
fn edits(lines: &Lines<'_>, (old, new): (&str, &str)) -> Vec<TextEdit> {
    let edit = |start: usize, old: &str, new: &str| {
        let (span, put) = differing(old, new);
        TextEdit {
            range: lines.range(&(start + span.start..start + span.end)),
            new_text: put.to_owned(),
        }
    };
    let (olds, news) = (old.split_inclusive('\n'), new.split_inclusive('\n'));
    if olds.clone().count() != news.clone().count() {
        return vec![edit(0, old, new)];
    }
    let mut start = 0;
    let mut edits = Vec::new();
    for (old, new) in olds.zip(news) {
        if old != new {
            edits.push(edit(start, old, new));
        }
        start += old.len();
    }
    edits
}

/// Returns the part of a text that another one has differently, and what it has there.
fn differing<'n>(old: &str, new: &'n str) -> (Span, &'n str) {
    let same = |(one, other): &(char, char)| one == other;
    let bytes = |(one, _): (char, char)| one.len_utf8();
    let head = old.chars().zip(new.chars()).take_while(same);
    let head: usize = head.map(bytes).sum();
    let (rest, put) = (old.split_at(head).1, new.split_at(head).1);
    let tail = rest.chars().rev().zip(put.chars().rev());
    let tail: usize = tail.take_while(same).map(bytes).sum();
    (head..old.len() - tail, put.split_at(put.len() - tail).0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lsp::text::Encoding;

    proptest! {
        #[test]
        fn edits_make_the_other_text(old in "[ax🚀\n]{0,12}", new in "[ax🚀\n]{0,12}") {
            let lines = Lines::of(&old, Encoding::Utf16);
            let mut text = old.clone();
            for edit in edits(&lines, (&old, &new)).iter().rev() {
                text.replace_range(lines.span(edit.range), &edit.new_text);
            }
            prop_assert_eq!(text, new);
        }
    }
}
