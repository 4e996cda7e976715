//! A phase's plan for people: what each box means, why, and what it waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::checklist::{Section, Task, TaskId};
use crate::cli::after::Lacks;
use crate::cli::before::Before;
use crate::cli::load::{Meaning, Phase};
use crate::cli::order;
use crate::cli::run::ahead::Ahead;
use crate::cli::section::{self, Part};
use crate::cli::target::Target;
use crate::cluster::ClusterInfo;
use crate::facts::secret;
use crate::journal::StepId;
use crate::manifest::{Object, is_kustomization};
use crate::plan::{Plan, Want, Work};
use crate::resolve::{Action, BulletReading, Content, Expected, FileOrigin, ResolvedTask};
use crate::terminal::{Paint, count, printable};

/// What is known of the target itself.
pub(super) struct There {
    /// `None` for the rehearsal.
    pub(super) info: Option<ClusterInfo>,
    /// Whether it serves `ServiceMonitor`s.
    pub(super) service_monitors: bool,
    /// What objects need that nothing brings.
    pub(super) missing: Vec<Want>,
    /// What a run would do there; `None` for the rehearsal.
    pub(super) ahead: Option<Ahead>,
}

impl There {
    /// Leaves out what isn't part of a section.
    pub(super) fn narrow(&mut self, plan: &Plan, part: &Part) {
        let steps = plan.steps.iter().enumerate();
        let steps = steps.filter(|(at, _)| part.scope.has(*at));
        let ids: BTreeSet<&StepId> = steps.map(|(_, step)| &step.id).collect();
        if let Some(ahead) = &mut self.ahead {
            ahead.objects.retain(|object| ids.contains(&object.step));
            ahead.prune.clear();
        }
    }
}

/// A phase's plan as it is shown.
pub(super) struct Shown<'a> {
    pub(super) phase: &'a Phase,
    pub(super) meaning: &'a Meaning,
    pub(super) plan: &'a Plan,
    /// The only section that is shown, where one is asked for.
    pub(super) part: Option<&'a Part>,
    /// What targets lack that this one comes after.
    pub(super) lacking: &'a [Lacks],
    /// The earlier phases that aren't complete.
    pub(super) before: &'a [Before],
    pub(super) paint: Paint,
}

/// How many tasks a phase has at least of which it is told that hardly any was read.
const MANY: usize = 5;

impl Shown<'_> {
    /// Returns the whole text.
    pub(super) fn text(&self, target: &Target, there: &There) -> String {
        let checklist = &self.phase.checklist;
        let application = &self.meaning.resolved.application;
        let mut text = format!(
            "{}\n",
            self.paint.bold(format!(
                "phase {} {}",
                checklist.number,
                printable(&checklist.title)
            ))
        );
        let _ = writeln!(text, "  checklist  {}", checklist.path);
        let _ = match &there.info {
            None => writeln!(
                text,
                "  target     {} (embedded, no cluster is touched)",
                target.name()
            ),
            Some(info) => writeln!(
                text,
                "  target     {}context {} · {} · Kubernetes {}",
                target
                    .settings()
                    .map(|named| format!("{} · ", printable(&named.name)))
                    .unwrap_or_default(),
                printable(&info.target),
                printable(&info.server),
                printable(&info.version)
            ),
        };
        let _ = writeln!(text, "  namespace  {}", application.namespace);
        text += &self.conditions(target);
        if !there.service_monitors && !application.workloads.is_empty() {
            text += "  no ServiceMonitor CRD there: Prometheus scrapes by static configuration\n";
        }
        text += &self.sections();
        if let Some(part) = self.part {
            let needs = part.scope.needs.iter();
            let needed = section::needed_text(self.plan, needs, &part.number);
            return format!("{text}\n{needed}");
        }
        text += &self.unassigned();
        text += &self.builds();
        text += &self.outside();
        text += &order::waves_text(self.plan, self.paint);
        text + &self.totals()
    }

    /// The tasks, section by section.
    fn sections(&self) -> String {
        let checklist = &self.phase.checklist;
        let mut text = String::new();
        let width = checklist.id_width();
        let shown = |section: &&Section| {
            let part = self.part;
            part.is_none_or(|part| section::is_in(section, &part.number))
        };
        for section in checklist.sections.iter().filter(shown) {
            let _ = writeln!(
                text,
                "\n{}",
                self.paint
                    .bold(format!("{} {}", section.number, printable(&section.title)))
            );
            for task in &section.tasks {
                let resolved = self.meaning.resolved.tasks.iter().find(|r| r.id == task.id);
                if let Some(resolved) = resolved {
                    text += &self.task((task, width), resolved);
                }
            }
        }
        text
    }

    /// What must hold before a run on the target begins.
    fn conditions(&self, target: &Target) -> String {
        let mut text = String::new();
        for before in self.before {
            let said = self.paint.warn(before.summary());
            let _ = writeln!(text, "  order      {said}: a run begins it by --force only");
        }
        let Some(named) = target.settings() else {
            return text;
        };
        for before in &named.after {
            let lacks = self.lacking.iter().find(|lacks| lacks.target == *before);
            let said = match lacks {
                None => "has it".to_owned(),
                Some(lacks) => self.paint.warn(format!("lacks it: {}", lacks.summary())),
            };
            let _ = writeln!(text, "  after      {}: {said}", printable(before));
        }
        if named.protected {
            text += "  protected  a run asks for the target's name\n";
        }
        text
    }

    fn task(&self, (written, width): (&Task, usize), task: &ResolvedTask) -> String {
        let mark = if written.marker.checked { "x" } else { " " };
        let mut text = format!(
            "  [{mark}] {:<width$} {} {}\n",
            task.id.as_str(),
            self.paint.name(format!("{:<9}", task.action.word())),
            printable(&written.text.plain())
        );
        let matched: Vec<String> = task
            .reading
            .matched
            .iter()
            .map(|word| format!("`{}`", printable(word)))
            .collect();
        let reading = match matched.as_slice() {
            // What is looked for is a person's all the same.
            [] => format!("by {}: a person does it", task.reading.rule),
            matched => format!("by rule {}: {}", task.reading.rule, matched.join(", ")),
        };
        let _ = writeln!(text, "      {}", self.paint.dim(reading));
        if let Action::Write { path } = &task.action
            && !written.text.plain().contains(path.as_str())
        {
            let _ = writeln!(text, "      writes {}", printable(path));
        }
        for line in self.details(task) {
            let _ = writeln!(text, "      {}", printable(&line));
        }
        let waits = self.waits_for(task);
        if !waits.is_empty() {
            let _ = writeln!(text, "      waits for {}", waits.join(", "));
        }
        for bullet in &task.bullets {
            let line = match bullet {
                BulletReading::Read { text, meaning } => {
                    format!("· {} → {}", printable(text), printable(meaning))
                }
                BulletReading::Vacuous { text, reason } => {
                    format!("· {} → nothing to do: {reason}", printable(text))
                }
                BulletReading::Unread { text, .. } => {
                    let why = bullet.unmet().unwrap_or_else(|| "unread".to_owned());
                    self.paint.warn(format!(
                        "· {} → {}; the box stays open for a person",
                        printable(text),
                        printable(&why)
                    ))
                }
            };
            let _ = writeln!(text, "        {line}");
        }
        for note in &task.notes {
            let _ = writeln!(
                text,
                "      {} {}",
                self.paint.warn("note:"),
                printable(note)
            );
        }
        text
    }

    /// Returns what of a file is applied: generated `ConfigMap`s by the names that they get.
    fn applied(&self, path: &str, task: &TaskId) -> Vec<String> {
        if is_kustomization(path) {
            let steps = self.plan.steps_of(task);
            let objects = steps.filter_map(|(_, step)| {
                if let Work::Apply { object, .. } = &step.work {
                    Some(object.label())
                } else {
                    None
                }
            });
            return objects.collect();
        }
        let file = self.meaning.rendered.iter().find(|file| file.path == path);
        let objects = file.into_iter().flat_map(|file| &file.objects);
        objects.map(Object::label).collect()
    }

    /// Returns what becomes of a task's file, and of those of earlier phases that it changes.
    fn written(&self, path: &str, task: &TaskId) -> Vec<String> {
        let labels = self.applied(path, task);
        let theirs = self.theirs(path);
        let mut lines: Vec<String> = theirs.into_iter().map(str::to_owned).collect();
        lines.push(if labels.is_empty() {
            "written, nothing to apply".to_owned()
        } else {
            format!("applies {}", labels.join(", "))
        });
        lines.extend(self.changed(path, task));
        lines
    }

    /// Returns the files of earlier phases that a task writes again, with what is applied of them.
    fn changed(&self, path: &str, task: &TaskId) -> Vec<String> {
        let steps = self.plan.steps_of(task);
        let paths = steps.filter_map(|(_, step)| {
            let Work::Write { path, .. } = &step.work else {
                return None;
            };
            Some(path)
        });
        let line = |path: &String| {
            let labels = self.applied(path, task).join(", ");
            format!("changes {path}, applies {labels}")
        };
        paths.filter(|it| *it != path).map(line).collect()
    }

    fn details(&self, task: &ResolvedTask) -> Vec<String> {
        match &task.action {
            Action::Study { findings } => findings
                .iter()
                .map(|finding| match &finding.missing {
                    Some(where_) => format!("{}: not found ({where_})", finding.subject),
                    None => format!(
                        "{}: {}",
                        finding.subject,
                        count(finding.facts.len(), "fact")
                    ),
                })
                .collect(),
            Action::Inventory { answer, .. } => {
                let mut lines: Vec<String> = answer
                    .matched
                    .iter()
                    .map(|(name, what, origin)| match origin {
                        Some(origin) => format!("{name} = {what} ({origin})"),
                        None => format!("{name} = {what}"),
                    })
                    .collect();
                lines.extend(
                    answer
                        .missing
                        .iter()
                        .map(|name| format!("{name}: not found")),
                );
                let extra: Vec<&str> = answer.extra.iter().map(|(what, _)| what.as_str()).collect();
                if !extra.is_empty() {
                    lines.push(format!("not listed: {}", extra.join(", ")));
                }
                lines
            }
            Action::Write { path } => self.written(path, &task.id),
            Action::Apply { .. } => {
                let objects = self.meaning.written.get(&task.id).into_iter().flatten();
                let labels: Vec<String> = objects.map(|object| object.label()).collect();
                vec![format!("applies {}", labels.join(", "))]
            }
            Action::Command { run, .. } => {
                let run = secret::masked(run);
                run.lines().map(|line| format!("runs {line}")).collect()
            }
            Action::Expect { traces } => trace_lines(traces),
            Action::Require { missing, .. } => {
                let missing = missing.iter();
                missing.map(|it| format!("waits: {it}")).collect()
            }
            Action::Wait | Action::Manual | Action::Skip => Vec::new(),
        }
    }

    /// What becomes of a file that a person changed.
    fn theirs(&self, path: &str) -> Option<&'static str> {
        let mut files = self.meaning.rendered.iter();
        let theirs = files.find(|file| file.path == path)?.theirs.as_ref()?;
        Some(if theirs.as_written && theirs.conflicts.is_empty() {
            "written by an earlier phase: what that asks stays asked"
        } else if theirs.conflicts.is_empty() {
            "merged with what a person changed in it"
        } else {
            "conflicts with what a person changed in it: waits for a decision"
        })
    }

    /// The tasks and unassigned files whose steps this task's steps need.
    fn waits_for(&self, task: &ResolvedTask) -> Vec<String> {
        let mut tasks: BTreeMap<usize, String> = BTreeMap::new();
        let mut others: BTreeSet<String> = BTreeSet::new();
        let needs = self
            .plan
            .steps_of(&task.id)
            .flat_map(|(_, step)| &step.needs);
        for step in needs.filter_map(|at| self.plan.steps.get(*at)) {
            match (&step.task, &step.work) {
                (Some(other), _) if *other == task.id => {}
                (Some(other), _) => {
                    let at = self
                        .meaning
                        .resolved
                        .tasks
                        .iter()
                        .position(|t| t.id == *other);
                    tasks.insert(at.unwrap_or(usize::MAX), other.to_string());
                }
                (None, Work::Apply { object, .. }) => {
                    others.insert(object.label());
                }
                (None, _) => {}
            }
        }
        ranges(&tasks).into_iter().chain(others).collect()
    }

    fn unassigned(&self) -> String {
        if self.meaning.resolved.unassigned.is_empty() {
            return String::new();
        }
        let mut text = format!(
            "\n{}\n",
            self.paint
                .bold("unassigned: in Compose, written by no task")
        );
        for note in &self.meaning.resolved.unassigned {
            let place = note
                .origin
                .as_ref()
                .map(|o| format!(" ({o})"))
                .unwrap_or_default();
            let _ = writeln!(text, "  {}{place}", printable(&note.text));
        }
        text
    }

    /// The commands that build and push images: nothing runs that wasn't shown.
    fn builds(&self) -> String {
        let builds = &self.meaning.resolved.application.builds;
        if builds.is_empty() {
            return String::new();
        }
        let heading = "images that a run builds and pushes, with consent (--yes)";
        let mut text = format!("\n{}\n", self.paint.bold(heading));
        for build in builds {
            let _ = writeln!(text, "  {}", printable(&build.image));
            for run in std::iter::once(&build.run).chain(&build.digest) {
                let _ = writeln!(text, "    $ {}", printable(run));
            }
        }
        text
    }

    /// Where the network's policies let out to.
    fn outside(&self) -> String {
        let workloads = &self.meaning.resolved.application.workloads;
        let mut lines = workloads.iter().flat_map(|workload| {
            workload.outside.iter().map(move |host| {
                let (name, port, by) = (&workload.name, host.port, &host.by);
                format!("  {name} → {}:{port} ({by})\n", printable(&host.host))
            })
        });
        let Some(first) = lines.next() else {
            return String::new();
        };
        let heading = "connections out of the cluster that NetworkPolicies allow";
        let lines: String = std::iter::once(first).chain(lines).collect();
        format!("\n{}\n{lines}", self.paint.bold(heading))
    }

    fn totals(&self) -> String {
        let resolved = &self.meaning.resolved;
        let tasks = || resolved.tasks.iter();
        let manual = tasks().filter(|it| it.action == Action::Manual).count();
        let traced = tasks()
            .filter(|it| matches!(it.action, Action::Expect { .. }))
            .count();
        let unread = tasks().filter(|it| it.has_unread()).count();
        let extra = resolved
            .files
            .iter()
            .filter(|file| matches!(file.origin, FileOrigin::Unassigned { .. }))
            .filter(|file| !matches!(file.content, Content::ConfigFile { .. }))
            .count();
        // Several tasks may be about one file.
        let files: BTreeSet<&str> = resolved.files.iter().map(|it| it.path.as_str()).collect();
        let objects = self.plan.objects().map(|it| (&it.namespace, it.label()));
        let objects: BTreeSet<_> = objects.collect();
        let all = resolved.tasks.len();
        let hint = if all >= MANY && (all - manual) * 10 <= all {
            self.hint()
        } else {
            String::new()
        };
        format!(
            "\n{}: {manual} for a person, {traced} told by traces of a person's work, {unread} with \
             something unread · {} ({extra} unassigned) · {} · {}\n{hint}",
            count(all, "task"),
            count(files.len(), "file"),
            count(objects.len(), "object"),
            count(self.plan.steps.len(), "step")
        )
    }

    /// Returns what makes a task readable, for a phase of which next to nothing was read.
    fn hint(&self) -> String {
        let help = self.paint.bold("help");
        let number = self.phase.checklist.number;
        format!(
            "{help}: nearly all of it is left to people, since a task is read by the paths and names that \
             it has in code marks,\n      or by a kind and a service: `k8s/api/deployment.yml`: 2 \
             replicas · HPA for api: 2–6, CPU 70% · Add `retry()` to `src/api.py` ·\n      Add `GET \
             /healthz` to the api service. `orch phase {number} explain ID` tells why one isn't read\n"
        )
    }
}

/// What was found of each trace, or what is missing. What keeps a file's tests open may keep its
/// change open as well: it is said once.
fn trace_lines(traces: &[Expected]) -> Vec<String> {
    let mut lines: Vec<String> = traces.iter().map(trace_line).collect();
    lines.dedup();
    lines
}

/// What was found of a trace, or what is missing.
fn trace_line(trace: &Expected) -> String {
    match &trace.found {
        Ok(found) => format!("there: {found}"),
        Err(missing) => format!("waits: {missing}"),
    }
}

/// Writes neighbouring tasks as a range (`4.0.1–4.0.5`).
fn ranges(tasks: &BTreeMap<usize, String>) -> Vec<String> {
    let mut runs: Vec<(usize, &str, usize, &str)> = Vec::new();
    for (at, id) in tasks {
        match runs.last_mut() {
            Some((_, _, last, end)) if *last + 1 == *at => {
                *last = *at;
                *end = id;
            }
            _ => runs.push((*at, id, *at, id)),
        }
    }
    runs.into_iter()
        .map(|(_, start, _, end)| {
            if start == end {
                start.to_owned()
            } else {
                format!("{start}–{end}")
            }
        })
        .collect()
}
