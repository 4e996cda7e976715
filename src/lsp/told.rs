//! What an editor was told of a workspace's problems, so that it is told nothing twice and nothing
//! late.
//!
//! Editors that ask for problems (pull) are sent none of what they ask for: those of open documents,
//! and of all files once they have asked for the workspace. Where what they were answered isn't so
//! any more, they are told to ask again.

use std::collections::BTreeMap;

use gen_lsp_types::Diagnostic as Shown;
use serde_json::json;

use crate::journal::sha256;

/// What an editor asks for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nothing: all is sent.
    Nothing,
    /// The problems of open documents.
    Documents,
    /// Those of all files.
    Workspace,
}

/// A file as an editor has it: its version, where it is open, and what is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// The version, where it is open.
    pub(super) version: Option<i32>,
    /// What is wrong.
    pub(super) shown: Vec<Shown>,
}

/// What is to be told.
#[derive(Debug, Default, PartialEq)]
pub(super) struct News {
    /// What is sent, by path.
    pub(super) sent: Vec<(String, State)>,
    /// Whether an answer isn't so any more.
    pub(super) ask_again: bool,
}

#[derive(Debug, Default)]
struct Entry {
    sent: Option<State>,
    answered: Option<State>,
}

/// What an editor was told, by path.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeMap<String, Entry>);

impl Told {
    /// Returns the files of which it was sent something, or would have to ask again.
    pub(super) fn paths(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// Takes an answer in.
    pub(super) fn answered(&mut self, path: &str, state: State) {
        self.0.entry(path.to_owned()).or_default().answered = Some(state);
    }

    /// Adds what has to be told of a file.
    pub(super) fn add(&mut self, path: String, now: State, asks: Asks, news: &mut News) {
        let asked = match asks {
            Asks::Nothing => false,
            Asks::Documents => now.version.is_some(),
            Asks::Workspace => true,
        };
        let entry = self.0.entry(path.clone()).or_default();
        let sent = if asked {
            news.ask_again |= is_stale(entry.answered.as_ref(), &now);
            // What was sent before is shown beside the answers, unless it is taken back.
            let shown = Vec::new();
            let version = now.version;
            let before = entry.sent.take();
            let before = before.filter(|it| !it.shown.is_empty());
            before.map(|_| State { version, shown })
        } else {
            // With a document that is closed, its answers go.
            entry.answered = None;
            let nothing = now.shown.is_empty() && now.version.is_none();
            let fresh = match &entry.sent {
                Some(before) => *before != now,
                None => !nothing,
            };
            entry.sent = Some(now.clone()).filter(|_| !nothing);
            Some(now).filter(|_| fresh)
        };
        if entry.sent.is_none() && entry.answered.is_none() {
            self.0.remove(&path);
        }
        news.sent.extend(sent.map(|state| (path, state)));
    }
}

/// Returns whether an editor has to ask again: an answer isn't so any more, and nothing that it has
/// done itself makes it ask.
fn is_stale(answered: Option<&State>, now: &State) -> bool {
    match answered {
        Some(before) => {
            let own = now.version.is_some() && before.version != now.version;
            before.shown != now.shown && !own
        }
        None => now.version.is_none() && !now.shown.is_empty(),
    }
}

/// Returns the id of an answer: the same for the same problems.
pub(super) fn id(shown: &[Shown]) -> String {
    let digest = sha256(json!(shown).to_string().as_bytes());
    digest.chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use gen_lsp_types::Message;

    use super::*;

    fn state(version: Option<i32>, problems: &[&str]) -> State {
        let shown = problems.iter().map(|problem| Shown {
            message: Message::String((*problem).to_owned()),
            ..Shown::default()
        });
        State {
            version,
            shown: shown.collect(),
        }
    }

    /// Checks what is told of one file, whose state is another at each step.
    #[track_caller]
    fn check(told: &mut Told, asks: Asks, now: State, sent: Option<&[&str]>, ask_again: bool) {
        let mut news = News::default();
        let version = now.version;
        told.add("a.md".to_owned(), now, asks, &mut news);
        let sent = sent.map(|it| ("a.md".to_owned(), state(version, it)));
        let sent = sent.into_iter().collect();
        assert_eq!(news, News { sent, ask_again });
    }

    #[test]
    fn what_is_known_already_isnt_sent_again() {
        let mut told = Told::default();
        let asks = Asks::Nothing;
        check(&mut told, asks, state(None, &[]), None, false);
        check(&mut told, asks, state(None, &["x"]), Some(&["x"]), false);
        check(&mut told, asks, state(None, &["x"]), None, false);
        check(&mut told, asks, state(Some(1), &["x"]), Some(&["x"]), false);
        check(&mut told, asks, state(Some(2), &[]), Some(&[]), false);
        check(&mut told, asks, state(None, &[]), Some(&[]), false);
        assert_eq!(told.paths().count(), 0);
    }

    #[test]
    fn what_an_editor_asks_for_isnt_sent() {
        let mut told = Told::default();
        let asks = Asks::Documents;
        check(&mut told, asks, state(None, &["x"]), Some(&["x"]), false);
        // It is opened: what was sent is taken back.
        check(&mut told, asks, state(Some(1), &["x"]), Some(&[]), false);
        told.answered("a.md", state(Some(1), &["x"]));
        check(&mut told, asks, state(Some(1), &["x"]), None, false);
        // Another file has changed what is wrong with it.
        check(&mut told, asks, state(Some(1), &["y"]), None, true);
        // It is edited: the editor asks by itself.
        check(&mut told, asks, state(Some(2), &[]), None, false);
        check(&mut told, asks, state(None, &["y"]), Some(&["y"]), false);
    }

    #[test]
    fn once_the_workspace_is_asked_for_nothing_is_sent() {
        let mut told = Told::default();
        let now = || state(None, &["x"]);
        check(&mut told, Asks::Documents, now(), Some(&["x"]), false);
        told.answered("a.md", now());
        check(&mut told, Asks::Workspace, now(), Some(&[]), false);
        check(&mut told, Asks::Workspace, now(), None, false);
        check(&mut told, Asks::Workspace, state(None, &[]), None, true);
    }
}
