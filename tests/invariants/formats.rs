//! Files of other kinds: settings, manifests, three versions to merge, journals.

use jiff::Timestamp;
use orch::journal::{Cursor, Event, next_record, replay};
use orch::manifest;
use orch::merge::{self, Prefer, Versions};
use orch::settings::{PhaseSettings, Settings};

use super::application::shown;
use super::{files, text};

/// `orch.toml`, or a phase's settings: their problems have places in them.
pub fn settings(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Err(problems) = Settings::parse("orch.toml", text) {
        shown(&problems);
    }
    if let Err(problems) = PhaseSettings::parse("phases/04-kubernetes.toml", text) {
        shown(&problems);
    }
}

/// Manifests that people wrote: each object can be looked through.
pub fn manifests(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let objects = match manifest::parse_documents("k8s/all.yml", text) {
        Ok(objects) => objects,
        Err(problems) => return shown(&problems),
    };
    for object in &objects {
        manifest::references(object);
        manifest::made_secret(object);
        manifest::images(object);
        manifest::secret_keys(object);
        let mut moved = object.clone();
        manifest::relocate(&mut moved, "default", "elsewhere");
        assert_eq!(moved.kind, object.kind);
        assert_eq!(
            manifest::Object::from_value(object.value.clone()).as_ref(),
            Some(object)
        );
    }
}

/// Three versions of a file: where one side changed nothing, the other's text is the result.
pub fn merge(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let parts = files::parts(text);
    let part = |index: usize| parts.get(index).map_or("", String::as_str);
    let (base, theirs, ours) = (part(0), part(1), part(2));
    for path in ["k8s/a.yml", "k8s/README.md"] {
        for prefer in [Prefer::Neither, Prefer::Theirs, Prefer::Ours] {
            let versions = |base, theirs, ours| Versions { base, theirs, ours };
            let merged = merge::merge(path, &versions(Some(base), theirs, ours), prefer);
            if !merged.conflicts.is_empty() && prefer == Prefer::Neither {
                let again = merge::merge(path, &versions(Some(base), theirs, ours), prefer);
                assert_eq!(again, merged, "merging is a function");
            }
            merge::merge(path, &versions(None, theirs, ours), prefer);
            let unchanged = merge::merge(path, &versions(Some(ours), theirs, ours), prefer);
            if unchanged.conflicts.is_empty() {
                assert_eq!(unchanged.text, theirs, "only they changed it");
            }
        }
    }
}

/// Events, chained into a journal: what is recorded replays, also where its end was torn off.
pub fn journal(data: &[u8]) {
    let Some(text) = text(data) else { return };
    // As it is: most likely damaged, never a panic.
    drop(replay(text, "phase-04.jsonl"));
    let mut cursor = Cursor::default();
    let (mut journal, mut lines) = (String::new(), 0);
    for line in text.lines() {
        let Some(event) = event(line) else { continue };
        let (_, line) = next_record(&mut cursor.clone(), Timestamp::UNIX_EPOCH, event.clone());
        let longer = format!("{journal}{line}\n");
        // What can't follow is refused before it is written.
        let Ok(read) = replay(&longer, "phase-04.jsonl") else {
            continue;
        };
        next_record(&mut cursor, Timestamp::UNIX_EPOCH, event);
        lines += 1;
        assert_eq!(
            (read.records.len(), read.torn, &read.cursor),
            (lines, None, &cursor)
        );
        let begun = journal.len();
        journal = longer;
        let torn = journal.floor_char_boundary(begun + (journal.len() - begun) / 2);
        let torn = journal.get(..torn).unwrap_or(&journal);
        let read = replay(torn, "phase-04.jsonl").expect("a torn line is left out");
        assert_eq!(read.records.len(), lines - 1);
    }
}

/// Returns the event of a line: a whole record, or an event alone.
fn event(line: &str) -> Option<Event> {
    let record = serde_json::from_str(line)
        .ok()
        .map(|record: orch::journal::Record| record.event);
    record.or_else(|| serde_json::from_str(line).ok())
}
