//! What may follow what, and what it amounts to.

mod decisions;

use super::*;
use crate::checklist::TaskId;
use crate::journal::{
    Cursor, Evidence, Failure, Previous, Revision, StepKey, StepStatus, next_record,
};

fn run(name: &str, target: &str) -> Event {
    begun(name, target, false)
}

fn undoing(name: &str, target: &str) -> Event {
    begun(name, target, true)
}

fn begun(name: &str, target: &str, undo: bool) -> Event {
    Event::RunStarted(Header {
        run: RunId::new(name),
        checklist: String::new(),
        plan: String::new(),
        orch: String::new(),
        target: target.to_owned(),
        cluster: String::new(),
        namespace: String::new(),
        undo,
        began: None,
        early: Vec::new(),
        gone: Vec::new(),
        tasks: BTreeMap::new(),
    })
}

fn ended(outcome: Outcome) -> Event {
    Event::RunEnded { outcome }
}

fn id(name: &str) -> StepId {
    StepId::new(name)
}

fn started(name: &str) -> Event {
    Event::Started {
        step: id(name),
        key: StepKey::new("k"),
        task: Some(TaskId::new("1.1.1")),
        before: None,
    }
}

fn succeeded(name: &str) -> Event {
    let evidence = Evidence::Command {
        exit: 0,
        output: None,
    };
    Event::Succeeded {
        step: id(name),
        key: StepKey::new("k"),
        evidence,
    }
}

fn failed(name: &str) -> Event {
    let failure = Failure {
        cause: "no".into(),
        details: Vec::new(),
        help: None,
    };
    Event::Failed {
        step: id(name),
        key: StepKey::new("k"),
        failure,
    }
}

fn reopened() -> Event {
    Event::Reopened {
        task: TaskId::new("1.1.1"),
        who: "ann".into(),
        why: None,
        target: None,
        about: None,
        rejected: Vec::new(),
    }
}

fn waived() -> Event {
    Event::Waived {
        task: TaskId::new("1.1.1"),
        who: "ann".into(),
        why: "by hand".into(),
        target: None,
        about: None,
    }
}

fn fold(events: impl IntoIterator<Item = Event>) -> Result<State, IllegalMove> {
    let mut state = State::default();
    let mut cursor = Cursor::default();
    for (second, event) in (0_i64..).zip(events) {
        let at = Timestamp::from_second(second).expect("in range");
        state.apply(&next_record(&mut cursor, at, event).0)?;
    }
    Ok(state)
}

#[track_caller]
fn check_status(events: impl IntoIterator<Item = Event>, expected: &StepStatus) {
    let state = fold(events).expect("legal");
    assert_eq!(
        &state.current().step(&id("s")).expect("known").status,
        expected
    );
}

#[track_caller]
fn check_illegal(events: impl IntoIterator<Item = Event>, expected: &str) {
    assert_eq!(fold(events).expect_err("illegal").to_string(), expected);
}

#[test]
fn a_start_without_an_outcome_is_unknown() {
    check_status([run("a", "r"), started("s")], &StepStatus::Unknown);
}

#[test]
fn a_later_run_may_record_the_outcome_of_an_unknown_step() {
    check_status(
        [run("a", "r"), started("s"), run("b", "r"), succeeded("s")],
        &StepStatus::Succeeded(Evidence::Command {
            exit: 0,
            output: None,
        }),
    );
}

#[test]
fn a_later_run_may_start_an_unknown_step_again() {
    check_status(
        [run("a", "r"), started("s"), run("b", "r"), started("s")],
        &StepStatus::Unknown,
    );
}

#[test]
fn a_failed_step_may_start_again_in_the_same_run() {
    check_status(
        [run("a", "r"), started("s"), failed("s"), started("s")],
        &StepStatus::Unknown,
    );
}

#[test]
fn a_compensation_is_resumed_by_a_later_run() {
    let compensating = Event::Compensating { step: id("s") };
    check_status(
        [
            run("a", "r"),
            started("s"),
            compensating.clone(),
            run("b", "r"),
            compensating,
            Event::RolledBack { step: id("s") },
        ],
        &StepStatus::RolledBack,
    );
}

#[test]
fn a_reopened_task_invalidates_the_success_of_its_steps() {
    check_status(
        [run("a", "r"), started("s"), succeeded("s"), reopened()],
        &StepStatus::Reopened,
    );
}

#[test]
fn a_reopened_task_is_settled_once_its_steps_are_done_again() {
    let begin = [
        run("a", "r"),
        started("s"),
        succeeded("s"),
        ended(Outcome::Completed),
        reopened(),
    ];
    let state = fold(begin.clone()).expect("legal");
    assert_eq!(state.current().completed, None);
    assert_eq!(state.current().reopened.len(), 1);
    let again = [
        run("b", "r"),
        started("s"),
        succeeded("s"),
        ended(Outcome::Completed),
    ];
    let state = fold(begin.into_iter().chain(again)).expect("legal");
    assert!(state.current().reopened.is_empty());
    assert_eq!(state.current().completed, Timestamp::from_second(8).ok());
    assert_eq!(state.current().started, Timestamp::from_second(0).ok());
}

#[test]
fn targets_have_their_own_evidence() {
    let state = fold([
        run("a", "rehearsal"),
        started("s"),
        succeeded("s"),
        run("b", "prod"),
    ]);
    let state = state.expect("legal");
    assert!(
        state
            .target("prod")
            .expect("known")
            .step(&id("s"))
            .is_none()
    );
    assert!(
        state
            .target("rehearsal")
            .expect("known")
            .step(&id("s"))
            .is_some()
    );
    assert_eq!(state.running().expect("open").target, "prod");
}

#[test]
fn a_decision_before_the_first_run_belongs_to_that_runs_target() {
    let state = fold([waived(), run("a", "prod")]).expect("legal");
    assert_eq!(state.target("prod").expect("known").waived.len(), 1);
}

#[test]
fn a_reopened_task_is_waived_no_more() {
    assert!(
        fold([waived(), reopened()])
            .expect("legal")
            .current()
            .waived
            .is_empty()
    );
}

#[test]
fn an_ended_run_is_not_running() {
    let state = fold([run("a", "r"), ended(Outcome::Waiting)]).expect("legal");
    assert_eq!(state.running(), None);
    assert_eq!(state.current().outcome, Some(Outcome::Waiting));
}

#[test]
fn illegal_moves_are_named() {
    check_illegal([started("s")], "`s` is recorded outside of a run");
    check_illegal(
        [run("a", "r"), succeeded("s")],
        "`s` succeeded, and it never started",
    );
    check_illegal(
        [run("a", "r"), started("s"), failed("s"), succeeded("s")],
        "`s` succeeded, and it isn't under way",
    );
    check_illegal(
        [run("a", "r"), Event::RolledBack { step: id("s") }],
        "`s` was rolled back, and it never started",
    );
    check_illegal(
        [
            run("a", "r"),
            started("s"),
            Event::RolledBack { step: id("s") },
        ],
        "`s` was rolled back, and its compensation never started",
    );
    check_illegal(
        [run("a", "r"), started("s"), started("s")],
        "`s` started, and it is under way in the same run",
    );
    check_illegal(
        [
            run("a", "r"),
            ended(Outcome::Failed),
            ended(Outcome::Failed),
        ],
        "a run ended, and none is open",
    );
    check_illegal([run("a", "r"), run("a", "r")], "run `a` started twice");
}

#[test]
fn an_outcome_with_another_key_is_illegal() {
    let other = Event::Succeeded {
        step: id("s"),
        key: StepKey::new("other"),
        evidence: Evidence::Command {
            exit: 0,
            output: None,
        },
    };
    check_illegal(
        [run("a", "r"), started("s"), other],
        "`s` succeeded with another key than it started with",
    );
}

fn first_touch(before: Previous) -> Event {
    Event::Started {
        step: id("s"),
        key: StepKey::new("k"),
        task: None,
        before: Some(before),
    }
}

fn there() -> Previous {
    Previous::There(Revision {
        uid: "u".to_owned(),
        changes: Vec::new(),
        owned: None,
    })
}

#[track_caller]
fn check_before(events: impl IntoIterator<Item = Event>, expected: Option<&Previous>) {
    let state = fold(events).expect("legal");
    let step = state.current().step(&id("s")).expect("known");
    assert_eq!(step.before.as_ref(), expected);
}

#[test]
fn what_was_before_the_first_touch_stays_so_until_it_is_undone() {
    let begin = [run("a", "r"), first_touch(Previous::Absent)];
    check_before(begin.clone(), Some(&Previous::Absent));
    let later = [succeeded("s"), run("b", "r"), first_touch(there())];
    check_before(
        begin.clone().into_iter().chain(later),
        Some(&Previous::Absent),
    );
    let undone = [
        Event::Compensating { step: id("s") },
        Event::RolledBack { step: id("s") },
    ];
    check_before(begin.clone().into_iter().chain(undone.clone()), None);
    let again = [run("b", "r"), first_touch(there())];
    check_before(begin.into_iter().chain(undone).chain(again), Some(&there()));
}

#[test]
fn an_observed_revision_is_that_of_its_step() {
    let observed = Event::Observed {
        step: id("s"),
        note: "it was there before".to_owned(),
        before: Some(there()),
    };
    check_before([run("a", "r"), started("s"), observed], Some(&there()));
}

#[test]
fn a_phase_is_undone_until_it_runs_again() {
    let undo = undoing("b", "r");
    let events = [
        run("a", "r"),
        started("s"),
        succeeded("s"),
        ended(Outcome::Completed),
        undo,
        Event::Compensating { step: id("s") },
        Event::RolledBack { step: id("s") },
        ended(Outcome::Waiting),
    ];
    let state = fold(events.clone()).expect("legal");
    assert_eq!(state.current().completed, None);
    assert_eq!(state.current().undone, Timestamp::from_second(7).ok());
    let last = state
        .current()
        .step(&id("s"))
        .and_then(|it| it.last.clone());
    assert_eq!(
        last,
        Some(Evidence::Command {
            exit: 0,
            output: None,
        })
    );
    let state = fold(events.into_iter().chain([run("c", "r")])).expect("legal");
    assert_eq!(state.current().undone, None);
}
