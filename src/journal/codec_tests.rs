//! Lines, the hash chain, and damage.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::checklist::TaskId;
use crate::journal::{
    Evidence, Failure, FieldChange, Header, ObjectEvidence, Outcome, Previous, Rejected, Revision,
    RunId, StepId, StepKey, Subject, Twin, Was,
};

fn header() -> Header {
    Header {
        run: RunId::new("00112233aabbccdd"),
        checklist: "c".into(),
        plan: "p".into(),
        orch: "0.1.0".into(),
        target: "rehearsal".into(),
        cluster: "uid".into(),
        namespace: "shop".into(),
        undo: false,
        began: None,
        early: Vec::new(),
        gone: Vec::new(),
        tasks: BTreeMap::new(),
    }
}

fn there(text: &str, kind: u8) -> Previous {
    Previous::There(Revision {
        uid: text.to_owned(),
        changes: vec![
            FieldChange {
                path: vec!["f:spec".to_owned(), text.to_owned()],
                before: Was::Value(serde_json::json!({ "a": [text, kind, 0.5] })),
            },
            FieldChange {
                path: Vec::new(),
                before: Was::Withheld,
            },
        ],
        owned: Some(serde_json::json!({ "f:spec": {} })),
    })
}

/// Returns evidence of one form or another, with whatever text.
fn evidence(text: &str, kind: u8) -> Evidence {
    match kind % 5 {
        0 => Evidence::Facts {
            found: vec![text.to_owned()],
        },
        1 => Evidence::Command {
            exit: i32::from(kind),
            output: (kind > 127).then(|| text.to_owned()),
        },
        2 => Evidence::File {
            path: text.to_owned(),
            sha256: sha256(text.as_bytes()),
            ours: (kind > 127).then(|| text.to_owned()),
        },
        3 => Evidence::Image {
            image: text.to_owned(),
            digest: sha256(text.as_bytes()),
        },
        _ => Evidence::Object(ObjectEvidence {
            api_version: "v1".into(),
            kind: "Service".into(),
            namespace: Some(text.to_owned()),
            name: text.to_owned(),
            uid: "u".into(),
            generation: Some(i64::from(kind)),
            ready: text.to_owned(),
        }),
    }
}

fn subject(text: &str, kind: u8) -> Subject {
    Subject {
        text: text.to_owned(),
        section: text.to_owned(),
        twin: kind.is_multiple_of(4).then_some(Twin { nth: 1, of: 2 }),
        does: kind.is_multiple_of(6).then(|| sha256(text.as_bytes())),
        below: kind.is_multiple_of(10).then(|| text.to_owned()),
    }
}

/// Returns the events of one step, each with whatever text.
fn step_events(name: &str, text: &str, kind: u8) -> Vec<Event> {
    let step = StepId::new(name);
    let key = StepKey::new(text);
    let evidence = evidence(text, kind);
    let started = Event::Started {
        step: step.clone(),
        key: key.clone(),
        task: kind.is_multiple_of(2).then(|| TaskId::new(text)),
        before: kind.is_multiple_of(3).then_some(Previous::Absent),
    };
    let failure = Failure {
        cause: text.to_owned(),
        details: vec![],
        help: Some(text.into()),
    };
    vec![
        started.clone(),
        Event::Failed {
            step: step.clone(),
            key: key.clone(),
            failure,
        },
        started,
        Event::Observed {
            step: step.clone(),
            note: text.to_owned(),
            before: kind.is_multiple_of(2).then(|| there(text, kind)),
        },
        Event::Succeeded {
            step,
            key,
            evidence,
        },
        Event::Waived {
            task: TaskId::new(name),
            who: text.to_owned(),
            why: text.to_owned(),
            target: kind.is_multiple_of(2).then(|| text.to_owned()),
            about: kind.is_multiple_of(2).then(|| subject(text, kind)),
        },
        Event::Skipped {
            task: TaskId::new(name),
            who: text.to_owned(),
            why: kind.is_multiple_of(2).then(|| text.to_owned()),
            about: kind.is_multiple_of(2).then(|| subject(text, kind)),
        },
    ]
}

fn journal(events: Vec<Event>) -> (Vec<Record>, String) {
    let mut cursor = Cursor::default();
    let records: Vec<Record> = events
        .into_iter()
        .map(|event| next_record(&mut cursor, Timestamp::UNIX_EPOCH, event).0)
        .collect();
    let text = records.iter().map(|record| encode(record) + "\n").collect();
    (records, text)
}

fn sample() -> (Vec<Record>, String) {
    let mut events = vec![Event::RunStarted(header())];
    events.extend(step_events("écrire", "две строки\n\"и\"", 3));
    events.push(Event::RunEnded {
        outcome: Outcome::Completed,
    });
    journal(events)
}

#[track_caller]
fn check_damage(text: &str, expected: &str) {
    let message = replay(text, ".orch/demo/phase-01.jsonl")
        .expect_err("damage")
        .to_string();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn sha256_is_the_standard_one() {
    assert_eq!(
        sha256(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn a_last_line_that_is_no_json_is_torn() {
    let (records, text) = sample();
    let replay = replay(&format!("{text}\0\0\0\n"), "j").expect("replays");
    assert_eq!(replay.records, records);
    assert_eq!(replay.torn, Some(text.len() as u64));
}

#[test]
fn a_changed_line_breaks_the_chain_at_the_next_one() {
    let (_, text) = sample();
    check_damage(
        &text.replacen("shop", "mall", 1),
        "phase-01.jsonl:2: the journal is damaged",
    );
}

#[test]
fn a_missing_line_is_named_by_its_number() {
    let (_, text) = sample();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    check_damage(
        &[lines[0], lines[2]].concat(),
        ":2: the journal is damaged: expected record 2, found 3",
    );
}

#[test]
fn damage_before_the_last_line_is_no_torn_line() {
    let (_, text) = sample();
    check_damage(
        &text.replacen("{\"v\":1,\"seq\":2", "<<<<<<<", 1),
        ":2: the journal is damaged",
    );
}

#[test]
fn a_newer_version_is_refused_even_on_the_last_line() {
    check_damage("{\"v\":5,\"what\":\"else\"}\n", ":1: written in version 5");
}

#[test]
fn a_record_has_the_oldest_version_that_knows_it() {
    let (records, _) = journal(vec![
        Event::RunStarted(header()),
        Event::Skipped {
            task: TaskId::new("1.1"),
            who: "ann".to_owned(),
            why: None,
            about: None,
        },
        Event::Skipped {
            task: TaskId::new("1.1"),
            who: "ann".to_owned(),
            why: None,
            about: Some(subject("Book a room", 0)),
        },
        Event::Reopened {
            task: TaskId::new("1.1"),
            who: "ann".to_owned(),
            why: None,
            target: None,
            about: None,
            rejected: vec![Rejected {
                path: "src/a.py".to_owned(),
                sha256: "0".repeat(64),
            }],
        },
    ]);
    let versions: Vec<u32> = records.iter().map(|record| record.v).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
}

#[test]
fn line_endings_turned_by_a_checkout_are_accepted() {
    let (records, text) = sample();
    assert_eq!(
        replay(&text.replace('\n', "\r\n"), "j")
            .expect("replays")
            .records,
        records
    );
}

proptest! {
    #[test]
    fn replay_inverts_encoding(steps in proptest::collection::vec((".*", any::<u8>()), 0..6)) {
        let mut events = vec![Event::RunStarted(header())];
        for (index, (text, kind)) in steps.iter().enumerate() {
            events.extend(step_events(&format!("s{index}"), text, *kind));
        }
        let (records, text) = journal(events);
        let replayed = replay(&text, "j").expect("replays");
        prop_assert_eq!(&replayed.records, &records);
        prop_assert_eq!(replayed.torn, None);
        prop_assert_eq!(replayed.cursor.seq, records.len() as u64 + 1);
    }

    #[test]
    fn a_cut_text_gives_the_records_before_the_cut(cut in 0_usize..4000) {
        let (records, text) = sample();
        if let Some(prefix) = text.get(..cut.min(text.len())) {
            let replayed = replay(prefix, "j").expect("replays");
            let whole = prefix.matches('\n').count();
            prop_assert_eq!(&replayed.records[..], &records[..whole]);
            prop_assert_eq!(replayed.torn.is_none(), prefix.is_empty() || prefix.ends_with('\n'));
        }
    }
}

#[test]
fn records_of_before_there_were_revisions_are_read() {
    let started = r#"{"v":1,"seq":2,"prev":"x","at":"2026-01-02T03:04:05Z","event":"started","step":"apply ConfigMap/a","key":"k"}"#;
    let record: Record = serde_json::from_str(started).expect("a record");
    let expected = Event::Started {
        step: StepId::new("apply ConfigMap/a"),
        key: StepKey::new("k"),
        task: None,
        before: None,
    };
    assert_eq!(record.event, expected);
    assert_eq!(encode(&record), started, "and written the same way");
}
