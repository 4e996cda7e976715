//! What persons decided, on which target, and of which task wherever its line moved.

use super::{begun, ended, fold, id, reopened, run, succeeded, waived};
use crate::checklist::TaskId;
use crate::journal::{Event, Outcome, StepKey, StepStatus, Subject};

#[test]
fn a_task_that_is_left_out_is_so_until_it_is_done_or_reopened() {
    let skipped = || Event::Skipped {
        task: TaskId::new("1.1.1"),
        who: "ann".into(),
        why: None,
        about: None,
    };
    let left_out = |events: Vec<Event>| {
        let state = fold(events).expect("legal");
        let waived = state.current().waived.len() + state.current().reopened.len();
        (state.skipped().len(), waived)
    };
    assert_eq!(left_out(vec![skipped()]), (1, 0));
    assert_eq!(left_out(vec![skipped(), run("r1", "prod")]), (1, 0));
    assert_eq!(left_out(vec![waived(), skipped()]), (1, 0));
    assert_eq!(left_out(vec![reopened(), skipped()]), (1, 0));
    assert_eq!(left_out(vec![skipped(), waived()]), (0, 1));
    assert_eq!(left_out(vec![skipped(), reopened()]), (0, 1));
}

#[test]
fn a_decision_may_be_about_another_target_than_the_last_runs() {
    let named = Event::Waived {
        task: TaskId::new("1.1.1"),
        who: "ann".into(),
        why: "by hand".into(),
        target: Some("staging".into()),
        about: None,
    };
    let events = [run("r1", "prod"), ended(Outcome::Waiting), named];
    let state = fold(events).expect("legal");
    let waived = |name: &str| state.target(name).map(|target| target.waived.len());
    assert_eq!((waived("prod"), waived("staging")), (Some(0), Some(1)));
    assert_eq!(state.first(), Some("prod"));
}

/// What a person decided of a task that says so; the only one of its section.
fn about(text: &str) -> Subject {
    Subject {
        text: text.to_owned(),
        section: "Ask".to_owned(),
        twin: None,
        does: None,
        below: None,
    }
}

fn left_out(id: &str, text: &str) -> Event {
    Event::Skipped {
        task: TaskId::new(id),
        who: "ann".into(),
        why: None,
        about: Some(about(text)),
    }
}

fn done(id: &str, text: &str) -> Event {
    Event::Waived {
        task: TaskId::new(id),
        who: "ann".into(),
        why: "by hand".into(),
        target: None,
        about: Some(about(text)),
    }
}

/// Which tasks of a document are left out, which are decided to be done, and which decisions are
/// about none of them.
#[track_caller]
fn check_followed(events: Vec<Event>, tasks: &[&str], expected: (&[&str], &[&str], &[&str])) {
    let text = format!(
        "# Phase 1: Base\n\n## 1.1 Ask\n\n- [ ] {}\n",
        tasks.join("\n- [ ] ")
    );
    let parsed = crate::checklist::parse("c.md", &text, &crate::vocabulary::Vocabulary::default());
    let checklist = parsed.expect("parses").checklist;
    let state = fold(events).expect("legal").followed(&checklist);
    let name = |id: &TaskId| {
        let task = checklist.task(id).expect("is there");
        task.text.plain()
    };
    let skipped: Vec<String> = state.skipped().keys().map(name).collect();
    let waived: Vec<String> = state.current().waived.keys().map(name).collect();
    let adrift = state.adrift().iter().filter_map(|it| it.about.as_ref());
    let adrift: Vec<&str> = adrift.map(|about| about.text.as_str()).collect();
    let (is_skipped, is_waived, is_adrift) = expected;
    assert_eq!(skipped, is_skipped, "left out");
    assert_eq!(waived, is_waived, "done");
    assert_eq!(adrift, is_adrift, "adrift");
}

#[test]
fn a_decision_follows_its_task_where_the_line_moved() {
    let events = || vec![left_out("1.1.2", "Book a room"), done("1.1.1", "Security")];
    check_followed(
        events(),
        &["New", "Security", "Other", "Book a room"],
        (&["Book a room"], &["Security"], &[]),
    );
    check_followed(
        events(),
        &["Security", "Legal"],
        (&[], &["Security"], &["Book a room"]),
    );
}

#[test]
fn decisions_of_one_id_at_different_times_are_of_different_tasks() {
    // Between both, the first line of three was deleted.
    let events = vec![left_out("1.1.2", "Room"), left_out("1.1.2", "Legal")];
    check_followed(events, &["Room", "Legal"], (&["Room", "Legal"], &[], &[]));
    // Whatever comes second under an id settles what was lost there.
    let events = vec![left_out("1.1.1", "Rom"), left_out("1.1.1", "Room")];
    check_followed(events, &["Room"], (&["Room"], &[], &[]));
}

#[test]
fn a_later_decision_on_a_task_that_moved_takes_the_place_of_the_earlier_one() {
    let events = vec![left_out("1.1.2", "Room"), done("1.1.1", "Room")];
    check_followed(events, &["Room"], (&[], &["Room"], &[]));
    let events = vec![done("1.1.2", "Room"), left_out("1.1.1", "Room")];
    check_followed(events, &["Room"], (&["Room"], &[], &[]));
    let again = Event::Reopened {
        task: TaskId::new("1.1.1"),
        who: "ann".into(),
        why: None,
        target: None,
        about: Some(about("Room")),
        rejected: Vec::new(),
    };
    check_followed(
        vec![left_out("1.1.2", "Room"), again],
        &["Room"],
        (&[], &[], &[]),
    );
}

#[test]
fn a_decision_of_before_words_were_kept_stays_with_its_id() {
    let old = Event::Skipped {
        task: TaskId::new("1.1.2"),
        who: "ann".into(),
        why: None,
        about: None,
    };
    check_followed(
        vec![old.clone()],
        &["Room", "Legal"],
        (&["Legal"], &[], &[]),
    );
    let known = fold([old]).expect("legal");
    assert_eq!(known.skipped().len(), 1);
}

#[test]
fn steps_follow_their_task_and_are_reopened_with_it() {
    let run = |name: &str, tasks: &[(&str, &str)]| {
        let Event::RunStarted(mut header) = begun(name, "prod", false) else {
            return begun(name, "prod", false);
        };
        let said = |(id, text): &(&str, &str)| (TaskId::new(*id), about(text));
        header.tasks = tasks.iter().map(said).collect();
        Event::RunStarted(header)
    };
    let step = |name: &str, task: &str| Event::Started {
        step: id(name),
        key: StepKey::new("k"),
        task: Some(TaskId::new(task)),
        before: None,
    };
    let events = [
        run("a", &[("1.1.1", "Warm"), ("1.1.2", "Move")]),
        step("w", "1.1.1"),
        succeeded("w"),
        step("m", "1.1.2"),
        succeeded("m"),
        ended(Outcome::Completed),
        // A line above both came, and the first of them is to be done again.
        Event::Reopened {
            task: TaskId::new("1.1.2"),
            who: "ann".into(),
            why: None,
            target: None,
            about: Some(about("Warm")),
            rejected: Vec::new(),
        },
    ];
    let text = "# Phase 1: Base\n\n## 1.1 Ask\n\n- [x] New\n- [ ] Warm\n- [x] Move\n";
    let parsed = crate::checklist::parse("c.md", text, &crate::vocabulary::Vocabulary::default());
    let state = fold(events).expect("legal");
    let state = state.followed(&parsed.expect("parses").checklist);
    let known = |name: &str| state.current().step(&id(name)).expect("known").clone();
    assert_eq!(known("w").status, StepStatus::Reopened);
    assert_eq!(known("w").task, Some(TaskId::new("1.1.2")));
    assert!(known("m").evidence().is_some());
    assert_eq!(known("m").task, Some(TaskId::new("1.1.3")));
}
