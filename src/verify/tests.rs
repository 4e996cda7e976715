//! Evidence of every kind, as it holds and as it doesn't.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::{Anew, Change, FileSeen, Found, Objects, Seen, Standing, Tick, Today, Wrong, verify};
use crate::checklist::{Checklist, Shell, TaskId, parse};
use crate::facts::Origin;
use crate::journal::{
    Cursor, Event, Evidence, Failure, Header, ObjectEvidence, RunId, State, StepId, StepKey,
    TargetState, next_record,
};
use crate::manifest::Object;
use crate::plan::{Plan, Step, Work};
use crate::resolve::{
    Action, Answer, Application, Finding, InventoryKind, Reading, Requirement, Resolved,
    ResolvedTask,
};

const TASK: &str = "1.1.1";

/// A phase with one ticked task, its steps, and what is recorded and seen.
struct Scene {
    action: Action,
    steps: Vec<(&'static str, Work)>,
    events: Vec<Event>,
    files: BTreeMap<String, FileSeen>,
    objects: Objects,
    /// Whether the phase can be read today.
    readable: bool,
    strict: bool,
}

impl Scene {
    fn new(action: Action, steps: Vec<(&'static str, Work)>) -> Self {
        Self {
            action,
            steps,
            events: Vec::new(),
            files: BTreeMap::new(),
            objects: Objects::Rehearsed,
            readable: true,
            strict: false,
        }
    }

    /// Records that a step was done, with that key.
    fn done(mut self, step: &str, key: &str, evidence: Evidence) -> Self {
        let (step, key) = (StepId::new(step), StepKey::new(key));
        self.events.push(started(&step, &key));
        self.events.push(Event::Succeeded {
            step,
            key,
            evidence,
        });
        self
    }

    fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    fn file(mut self, path: &str, seen: FileSeen) -> Self {
        self.files.insert(path.to_owned(), seen);
        self
    }

    fn objects(mut self, objects: Objects) -> Self {
        self.objects = objects;
        self
    }

    fn state(&self) -> State {
        let (mut state, mut cursor) = (State::default(), Cursor::default());
        let header = Event::RunStarted(Header {
            run: RunId::new("1"),
            checklist: String::new(),
            plan: String::new(),
            orch: String::new(),
            target: "here".to_owned(),
            cluster: String::new(),
            namespace: String::new(),
            undo: false,
            began: None,
            early: Vec::new(),
            gone: Vec::new(),
            tasks: BTreeMap::new(),
        });
        let events: Vec<Event> = self.events.clone();
        let recorded = !events.is_empty();
        for event in std::iter::once(header).filter(|_| recorded).chain(events) {
            let (record, _) = next_record(&mut cursor, Timestamp::UNIX_EPOCH, event);
            state.apply(&record).expect("a legal move");
        }
        state
    }

    fn verify(&self) -> Vec<Tick> {
        let checklist = checklist();
        let plan = Plan {
            target: "here".to_owned(),
            steps: self.steps.iter().map(|(id, work)| step(id, work)).collect(),
            fingerprint: String::new(),
        };
        let resolved = Resolved {
            hand_written: Vec::new(),
            tasks: vec![resolved(self.action.clone())],
            application: Application::default(),
            files: Vec::new(),
            unassigned: Vec::new(),
            warnings: crate::diagnostic::Diagnostics::default(),
        };
        let state = self.state();
        let none = TargetState::default();
        let target = state.target("here").unwrap_or(&none);
        let (kept, moved) = (BTreeSet::new(), BTreeMap::new());
        let seen = Seen {
            phase: 1,
            set_flag: "",
            today: self.readable.then_some(Today {
                resolved: &resolved,
                plan: &plan,
                kept: &kept,
                strict: self.strict,
            }),
            state: state.target("here"),
            waived: &target.waived,
            files: &self.files,
            moved: &moved,
            objects: &self.objects,
        };
        verify(&checklist, &seen)
    }

    /// Checks what the tick comes to, and a piece of what is said of what decides that.
    #[track_caller]
    fn check(&self, standing: Standing, piece: &str) {
        let ticks = self.verify();
        let tick = ticks.first().expect("a tick");
        assert_eq!(tick.standing(), standing, "{tick:?}");
        let mut deciding = tick
            .claims
            .iter()
            .filter(|claim| claim.found.standing() == standing);
        let said = |found: &Found| match found {
            Found::Lost(lost) => format!("{}; {}; {}", lost.expected, lost.found, lost.way),
            Found::Holds(why) | Found::Momentary(why) | Found::Unchecked(why) => why.clone(),
            Found::Word { who, why, .. } => format!("{}: {why}", who.as_deref().unwrap_or("-")),
        };
        assert!(
            deciding.any(|claim| said(&claim.found).contains(piece)),
            "no {piece:?} in {tick:#?}"
        );
    }
}

fn checklist() -> Checklist {
    let text = "# Phase 1: Things\n\n## 1.1 Work\n\n- [x] It\n- [ ] Later\n";
    let words = crate::vocabulary::Vocabulary::default();
    let parsed = parse("phase-01-things.md", text, &words).expect("a checklist");
    parsed.checklist
}

fn resolved(action: Action) -> ResolvedTask {
    ResolvedTask {
        id: TaskId::new(TASK),
        action,
        reading: Reading {
            rule: String::new(),
            matched: Vec::new(),
        },
        bullets: Vec::new(),
        after: Vec::new(),
        wait: Vec::new(),
        timeout: None,
        retries: 0,
        notes: Vec::new(),
    }
}

fn step(id: &str, work: &Work) -> Step {
    Step {
        id: StepId::new(id),
        key: StepKey::new("k"),
        task: Some(TaskId::new(TASK)),
        work: work.clone(),
        needs: Vec::new(),
        timeout: None,
        retries: 0,
        note: None,
    }
}

fn started(step: &StepId, key: &StepKey) -> Event {
    Event::Started {
        step: step.clone(),
        key: key.clone(),
        task: Some(TaskId::new(TASK)),
        before: None,
    }
}

fn waived() -> Event {
    Event::Waived {
        task: TaskId::new(TASK),
        who: "Ann <ann@example.test>".to_owned(),
        why: "on Tuesday".to_owned(),
        target: None,
        about: None,
    }
}

fn writes() -> (Action, Vec<(&'static str, Work)>) {
    let path = "k8s/a.yml".to_owned();
    let work = Work::Write {
        path: path.clone(),
        text: "a\n".to_owned(),
        theirs: None,
    };
    (Action::Write { path }, vec![("write k8s/a.yml", work)])
}

fn written() -> Evidence {
    Evidence::File {
        path: "k8s/a.yml".to_owned(),
        sha256: "aa".to_owned(),
        ours: None,
    }
}

fn there(sha256: &str, change: Change) -> FileSeen {
    FileSeen::There {
        sha256: sha256.to_owned(),
        unix: None,
        empty: sha256.is_empty(),
        change,
        anew: None,
    }
}

fn file(seen: FileSeen) -> Scene {
    let (action, steps) = writes();
    let scene = Scene::new(action, steps).done("write k8s/a.yml", "k", written());
    scene.file("k8s/a.yml", seen)
}

#[test]
fn a_file_holds_as_it_was_written() {
    file(there("aa", Change::Merges)).check(Standing::Holds, "as it was written");
}

#[test]
fn a_file_holds_with_the_line_ends_that_git_gives_it() {
    let seen = |unix: &str| FileSeen::There {
        sha256: "cc".to_owned(),
        unix: Some(unix.to_owned()),
        empty: false,
        change: Change::Merges,
        anew: None,
    };
    file(seen("aa")).check(Standing::Holds, "as it was written");
    file(seen("bb")).check(Standing::Lost, "changed it since");
}

#[test]
fn a_file_that_another_phase_wrote_anew_is_told_by_what_is_in_it() {
    let by = |phase: u32, task: Option<&str>, lacks: Option<Vec<String>>| FileSeen::There {
        sha256: "bb".to_owned(),
        unix: None,
        empty: false,
        change: Change::Merges,
        anew: Some(Anew {
            phase,
            task: task.map(TaskId::new),
            at: Timestamp::UNIX_EPOCH,
            moved: false,
            lacks,
        }),
    };
    let written = |task: Option<&str>, lacks: Option<Vec<String>>| by(3, task, lacks);
    let other = || Some(vec!["Deployment/api spec.replicas".to_owned()]);
    let same = file(written(None, Some(Vec::new())));
    same.check(Standing::Holds, "what was written here is in it");
    file(written(Some("3.1.1"), other()))
        .check(Standing::Momentary, "for task 3.1.1, phase 3 wrote it anew");
    file(written(None, other())).check(
        Standing::Lost,
        "without a task of its own; other now: Deployment/api spec.replicas",
    );
    // What is asked here must not be undone by a phase before it.
    file(by(0, Some("0.1.1"), other())).check(Standing::Lost, "phase 0 wrote it anew");
}

#[test]
fn a_file_that_is_gone_or_changed_is_lost_with_the_way_out() {
    file(FileSeen::Missing).check(Standing::Lost, "isn't there; `orch phase 1 run` writes it");
    file(there("bb", Change::Merges)).check(Standing::Lost, "changed it since");
    file(there("bb", Change::Conflicts)).check(Standing::Lost, "--keep-mine");
    file(FileSeen::Unreadable("no".to_owned())).check(Standing::Lost, "can't be read: no");
}

#[test]
fn a_file_that_would_be_made_otherwise_today_is_lost() {
    let (action, steps) = writes();
    let scene = Scene::new(action, steps).done("write k8s/a.yml", "old", written());
    let scene = scene.file("k8s/a.yml", there("aa", Change::Merges));
    scene.check(Standing::Lost, "--accept-changes makes it anew");
}

fn applied() -> (Scene, Evidence) {
    let (action, mut steps) = writes();
    let value = json!({ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "a" } });
    let object = Arc::new(Object::from_value(value).expect("an object"));
    let file = "k8s/a.yml".to_owned();
    steps.push(("apply Service/a", Work::Apply { object, file }));
    let evidence = Evidence::Object(ObjectEvidence {
        api_version: "v1".to_owned(),
        kind: "Service".to_owned(),
        namespace: None,
        name: "a".to_owned(),
        uid: "u".to_owned(),
        generation: None,
        ready: "has its address".to_owned(),
    });
    let scene = Scene::new(action, steps).done("write k8s/a.yml", "k", written());
    let scene = scene.file("k8s/a.yml", there("aa", Change::Merges));
    (scene, evidence)
}

fn asked(wrong: &[(&str, Wrong)]) -> Objects {
    let mut all: BTreeMap<StepId, Vec<Wrong>> = BTreeMap::new();
    for (step, wrong) in wrong {
        all.entry(StepId::new(*step))
            .or_default()
            .push(wrong.clone());
    }
    Objects::Asked {
        wrong: all,
        absent: BTreeSet::new(),
    }
}

#[test]
fn objects_are_looked_at_where_a_cluster_is_named() {
    let scene = |objects| {
        let (scene, evidence) = applied();
        scene
            .done("apply Service/a", "k", evidence)
            .objects(objects)
    };
    let object = "apply Service/a";
    scene(asked(&[])).check(Standing::Holds, "Service/a is as it was applied");
    let gone = Wrong::Gone("Service/a is gone".to_owned());
    scene(asked(&[(object, gone)])).check(Standing::Lost, "makes it again");
    let changed = Wrong::Changed(vec!["spec.type ClusterIP → NodePort (by ada)".to_owned()]);
    scene(asked(&[(object, changed)])).check(
        Standing::Lost,
        "NodePort (by ada); `orch phase 1 run` --repair",
    );
    let unready = Wrong::Unready("0 of 2".to_owned());
    scene(asked(&[(object, unready)])).check(Standing::Lost, "not ready: 0 of 2");
    let not_asked = Objects::NotAsked("not asked".to_owned());
    for objects in [Objects::Rehearsed, not_asked] {
        let ticks = scene(objects).verify();
        let standings: Vec<Standing> = ticks[0]
            .claims
            .iter()
            .map(|it| it.found.standing())
            .collect();
        assert_eq!(standings, [Standing::Holds, Standing::Unchecked]);
    }
}

#[test]
fn a_step_that_was_never_done_or_failed_is_lost() {
    let (scene, _) = applied();
    scene.check(Standing::Lost, "never done");
    let (scene, _) = applied();
    let (step, key) = (StepId::new("apply Service/a"), StepKey::new("k"));
    let scene = scene.event(started(&step, &key)).event(Event::Failed {
        step,
        key,
        failure: Failure {
            cause: "no room".to_owned(),
            details: Vec::new(),
            help: None,
        },
    });
    scene.check(Standing::Lost, "failed on 1970-01-01: no room");
}

#[test]
fn one_cause_is_told_once() {
    let (scene, evidence) = applied();
    let scene = scene
        .done("apply Service/a", "old", evidence)
        .file("k8s/a.yml", there("bb", Change::Merges));
    let lost = scene.verify()[0].lost().count();
    assert_eq!(lost, 1, "{:#?}", scene.verify());
}

#[test]
fn a_persons_word_is_respected_and_what_stands_beside_it_checked() {
    let manual = Scene::new(Action::Manual, Vec::new()).event(waived());
    manual.check(Standing::Word, "Ann <ann@example.test>: on Tuesday");
    let (scene, _) = applied();
    scene
        .event(waived())
        .check(Standing::Holds, "as it was written");
    let (scene, _) = applied();
    let scene = scene.event(waived()).file("k8s/a.yml", FileSeen::Missing);
    scene.check(Standing::Lost, "it isn't there");
}

#[test]
fn a_command_is_momentary() {
    let run = "./warm.sh".to_owned();
    let work = Work::Command {
        run: run.clone(),
        shell: Shell::Line,
    };
    let scene = Scene::new(
        Action::Command {
            run,
            shell: Shell::Line,
        },
        vec![("run ./warm.sh", work)],
    );
    let done = scene.done(
        "run ./warm.sh",
        "k",
        Evidence::Command {
            exit: 0,
            output: None,
        },
    );
    done.check(Standing::Momentary, "exit code 0");
}

fn fact(text: &str, line: usize) -> (String, Origin) {
    let path = "compose.yml".to_owned();
    (text.to_owned(), Origin { path, line })
}

/// Checks what was studied, by what the same file says now.
#[track_caller]
fn check_studied(now: &[(&str, usize)], missing: Option<&str>, standing: Standing, piece: &str) {
    let findings = vec![Finding {
        subject: "compose.yml".to_owned(),
        facts: now.iter().map(|(text, line)| fact(text, *line)).collect(),
        missing: missing.map(str::to_owned),
    }];
    let work = Work::Study {
        findings: findings.clone(),
    };
    let scene = Scene::new(
        Action::Study { findings },
        vec![("study compose.yml", work)],
    );
    let found = vec![
        "service api: ports 80 (compose.yml:3)".to_owned(),
        "service db: image a (b) (compose.yml:9)".to_owned(),
    ];
    let done = scene.done("study compose.yml", "old", Evidence::Facts { found });
    done.check(standing, piece);
}

#[test]
fn facts_are_found_again_or_lost() {
    let (api, db) = ("service api: ports 80", "service db: image a (b)");
    check_studied(
        &[(api, 3), (db, 9)],
        None,
        Standing::Holds,
        "at the same places",
    );
    check_studied(
        &[(api, 4), (db, 9)],
        None,
        Standing::Holds,
        "1 at other places",
    );
    check_studied(&[(db, 9)], None, Standing::Lost, "nothing says so any more");
    let other = "service api: ports 81";
    check_studied(
        &[(other, 3), (db, 9)],
        None,
        Standing::Lost,
        "now service api: ports 81",
    );
    check_studied(&[], Some("looked here"), Standing::Lost, "looked here");
}

#[test]
fn a_rule_is_checked_again() {
    let requirement = Action::Require {
        rule: Requirement::Resources,
        missing: Vec::new(),
    };
    let checked = |objects| Evidence::Checked {
        rule: "requests and limits".to_owned(),
        objects,
        exempt: Vec::new(),
    };
    let kept = Work::Conclude {
        evidence: checked(4),
    };
    let name = "require requests and limits";
    let scene = Scene::new(requirement.clone(), vec![(name, kept.clone())]);
    scene
        .done(name, "old", checked(3))
        .check(Standing::Holds, "4 objects keep it");
    let broken = Work::Refuse {
        rule: "requests and limits".to_owned(),
        violations: vec!["Deployment/a: no limits".to_owned()],
    };
    let scene = Scene::new(requirement.clone(), vec![(name, broken.clone())]);
    scene
        .done(name, "old", checked(3))
        .check(Standing::Lost, "Deployment/a: no limits");
    Scene::new(requirement.clone(), vec![(name, broken)]).check(Standing::Lost, "no limits");
    Scene::new(requirement, vec![(name, kept)]).check(Standing::Holds, "keep it");
}

#[test]
fn a_tick_by_hand_is_checked_by_its_own_reading() {
    let by_hand = |seen: FileSeen| {
        let (action, steps) = writes();
        Scene::new(action, steps).file("k8s/a.yml", seen)
    };
    by_hand(there("cc", Change::Merges)).check(Standing::Holds, "done elsewhere");
    by_hand(there("", Change::Merges)).check(Standing::Lost, "it is empty");
    by_hand(FileSeen::Missing).check(Standing::Lost, "box is ticked by hand");
    Scene::new(Action::Manual, Vec::new()).check(Standing::Word, "ticked by hand");
    let run = "true".to_owned();
    let command = Scene::new(
        Action::Command {
            run: run.clone(),
            shell: Shell::Line,
        },
        vec![(
            "run true",
            Work::Command {
                run,
                shell: Shell::Line,
            },
        )],
    );
    command.check(Standing::Word, "can't be seen afterwards");
}

#[test]
fn a_list_that_nothing_supports_is_lost_where_settings_are_strict() {
    let answer = Answer {
        missing: vec!["Kafka".to_owned()],
        ..Answer::default()
    };
    let kind = InventoryKind::Services;
    let mut scene = Scene::new(Action::Inventory { kind, answer }, Vec::new());
    scene.check(Standing::Holds, "all listed names but Kafka");
    scene.strict = true;
    scene.check(Standing::Lost, "nothing supports Kafka");
}

#[test]
fn what_the_record_alone_tells_is_checked_where_the_phase_cant_be_read() {
    let mut scene = file(FileSeen::Missing);
    scene.readable = false;
    scene.check(Standing::Lost, "isn't there");
    let mut scene = Scene::new(Action::Manual, Vec::new());
    scene.readable = false;
    scene.check(Standing::Unchecked, "can't be read now");
}

#[test]
fn a_record_of_steps_that_are_no_more_proves_nothing() {
    let scene = Scene::new(Action::Manual, Vec::new());
    let scene = scene.done("write k8s/old.yml", "k", written());
    scene.check(Standing::Unchecked, "the task changed since");
}
