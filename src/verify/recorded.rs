//! Recorded evidence beside what is there now.

use jiff::Timestamp;

use super::{Anew, Change, Claim, FileSeen, Found, Lost, Moved, Objects, View, Wrong};
use crate::checklist::TaskId;
use crate::journal::{Evidence, StepId, StepState, StepStatus};
use crate::plan::{Step, Work};
use crate::resolve::Finding;

/// How many facts, violations or fields are named.
const NAMED: usize = 3;

impl View<'_> {
    /// Checks the steps of a task of which something is recorded; `decided` where a person took
    /// what is missing on themselves.
    pub(super) fn recorded(&self, steps: &[&Step], decided: bool) -> Vec<Claim> {
        let mut claims = Vec::new();
        let mut rewritten: Vec<&str> = Vec::new();
        for step in steps {
            let Some(known) = self.known(&step.id) else {
                if !decided {
                    claims.push(self.undone(&step.id, "it was never done".to_owned()));
                }
                continue;
            };
            let found = match &known.status {
                StepStatus::Succeeded(evidence) => self.evidence(step, known, evidence),
                StepStatus::Unknown
                | StepStatus::Failed(_)
                | StepStatus::Compensating
                | StepStatus::RolledBack
                | StepStatus::Reopened => {
                    if !decided {
                        let found = unfinished(&known.status, known.at);
                        claims.push(self.undone(&step.id, found));
                    }
                    continue;
                }
            };
            match (&step.work, &found) {
                (Work::Write { path, .. }, Found::Lost(_)) => rewritten.push(path),
                // One cause, one line: the file's own says it.
                (Work::Apply { file, .. }, Found::Lost(_))
                    if known.key != step.key && rewritten.contains(&file.as_str()) =>
                {
                    continue;
                }
                _ => {}
            }
            claims.push(Claim {
                what: step.id.to_string(),
                found,
            });
        }
        claims
    }

    /// Checks what a task's record alone allows to: what the phase means can't be read now.
    pub(super) fn by_record_alone(&self, task: &TaskId) -> Vec<Claim> {
        let steps = self.recorded.get(task).into_iter().flatten();
        let of_step = |(id, known): &(&StepId, &StepState)| {
            let found = match known.evidence()? {
                Evidence::File { path, sha256, .. } => self.file(path, sha256, known.at),
                Evidence::Command { exit, .. } => momentary(*exit, known.at),
                Evidence::Object(object) => self.object(id, &object.ready),
                Evidence::Facts { .. }
                | Evidence::Answer { .. }
                | Evidence::Checked { .. }
                | Evidence::Traces { .. }
                | Evidence::Image { .. } => {
                    Found::Unchecked("what the phase means can't be read now".to_owned())
                }
            };
            Some(Claim {
                what: id.to_string(),
                found,
            })
        };
        steps.filter_map(of_step).collect()
    }

    fn undone(&self, step: &StepId, found: String) -> Claim {
        Claim {
            what: step.to_string(),
            found: Found::Lost(Lost {
                expected: format!("{step}, done"),
                found,
                way: format!("{} does it", self.again()),
            }),
        }
    }

    fn evidence(&self, step: &Step, known: &StepState, evidence: &Evidence) -> Found {
        let outdated = known.key != step.key && !self.is_kept(&step.work);
        match (evidence, &step.work) {
            (Evidence::File { path, sha256, .. }, _) => match self.file(path, sha256, known.at) {
                Found::Holds(_) if outdated => self.outdated(&format!("`{path}`"), known.at),
                found @ (Found::Holds(_)
                | Found::Lost(_)
                | Found::Momentary(_)
                | Found::Word { .. }
                | Found::Unchecked(_)) => found,
            },
            (Evidence::Object(object), _) => {
                if outdated {
                    let label = format!("{}/{}", object.kind, object.name);
                    return self.outdated(&label, known.at);
                }
                self.object(&step.id, &object.ready)
            }
            (Evidence::Facts { found }, Work::Wait { .. }) => {
                self.object(&step.id, found.first().map_or("ready", String::as_str))
            }
            (Evidence::Facts { found }, Work::Study { findings }) => {
                self.studied(found, findings, known.at)
            }
            (
                Evidence::Answer { matched, .. },
                Work::Conclude {
                    evidence: Evidence::Answer { matched: now, .. },
                },
            ) => self.facts("answer", matched, now),
            (
                Evidence::Checked { rule, .. },
                Work::Refuse {
                    violations: broken, ..
                }
                | Work::Expect {
                    missing: broken, ..
                },
            ) => self.broken(rule, broken),
            (
                Evidence::Checked { .. },
                Work::Conclude {
                    evidence: Evidence::Checked { rule, objects, .. },
                },
            ) => Found::Holds(format!("{rule}: {objects} objects keep it")),
            (Evidence::Command { exit, .. }, _) => momentary(*exit, known.at),
            (Evidence::Traces { found: then }, Work::Expect { found, missing }) => {
                self.traces(&texts(then), (&texts(found), missing), known.at)
            }
            (Evidence::Image { image, .. }, _) => Found::Momentary(format!(
                "{image} was pushed on {}; its registry isn't asked",
                day(known.at)
            )),
            (
                Evidence::Facts { .. }
                | Evidence::Answer { .. }
                | Evidence::Traces { .. }
                | Evidence::Checked { .. },
                _,
            ) => self.outdated("what was concluded", known.at),
        }
    }

    fn broken(&self, rule: &str, broken: &[String]) -> Found {
        self.lost(
            &format!("every manifest keeps the rule: {rule}"),
            some(broken),
            "mend the manifests, or what they are made from",
        )
    }

    /// What was studied, beside what is found today.
    fn studied(&self, found: &[String], findings: &[Finding], at: Timestamp) -> Found {
        let missing = findings.iter().find(|finding| finding.missing.is_some());
        if let Some(missing) = missing {
            let looked = missing.missing.as_deref().unwrap_or_default();
            return self.lost(
                &format!("`{}`, as it was on {}", missing.subject, day(at)),
                format!("it isn't there any more: {looked}"),
                "put it back, or correct the checklist",
            );
        }
        let now: Vec<String> = findings
            .iter()
            .flat_map(|finding| &finding.facts)
            .map(|(fact, origin)| format!("{fact} ({origin})"))
            .collect();
        self.facts("fact", found, &now)
    }

    /// The traces that were found then, beside those that are there and those that are gone.
    fn traces(
        &self,
        then: &[String],
        (found, missing): (&[String], &[String]),
        at: Timestamp,
    ) -> Found {
        if missing.is_empty() {
            return Found::Holds(found.join("; "));
        }
        self.lost(
            &format!("{}, as on {}", some(then), day(at)),
            some(missing),
            "put back what is gone, or open the box",
        )
    }

    fn lost(&self, expected: &str, found: String, way: &str) -> Found {
        Found::Lost(Lost {
            expected: expected.to_owned(),
            found,
            way: format!("{way}; then {}", self.again()),
        })
    }

    /// Returns whether a step is about a file that stays as a later phase wrote it, which asks for
    /// nothing else than it did.
    fn is_kept(&self, work: &Work) -> bool {
        let (Work::Write { path, .. } | Work::Apply { file: path, .. }) = work else {
            return false;
        };
        let today = self.seen.today.as_ref();
        today.is_some_and(|today| today.kept.contains(path))
    }

    /// What was done is as it was, and isn't what is asked for today.
    fn outdated(&self, what: &str, at: Timestamp) -> Found {
        Found::Lost(Lost {
            expected: format!("{what} as the checklist and its sources ask for it today"),
            found: format!("it is as it was made on {}: they changed since", day(at)),
            way: format!(
                "`orch phase {} plan{}` shows the difference; {} --accept-changes makes it anew",
                self.seen.phase,
                self.seen.set_flag,
                self.again()
            ),
        })
    }

    fn file(&self, path: &str, sha256: &str, at: Timestamp) -> Found {
        let expected = || format!("`{path}` as it was written on {}", day(at));
        let there = self.seen.files.get(path);
        let moved = self.seen.moved.get(path).and_then(|it| it.first());
        if let (Some(moved), Some(FileSeen::There { .. })) = (moved, there) {
            return unlisted(path, moved);
        }
        match there {
            None => Found::Unchecked(format!("`{path}` wasn't looked at")),
            Some(FileSeen::Missing) => Found::Lost(Lost {
                expected: expected(),
                found: "it isn't there".to_owned(),
                way: format!("{} writes it again", self.again()),
            }),
            Some(FileSeen::Unreadable(why)) => Found::Lost(Lost {
                expected: expected(),
                found: format!("it can't be read: {why}"),
                way: format!("make it readable; then {}", self.again()),
            }),
            Some(FileSeen::There {
                sha256: now, unix, ..
            }) if now == sha256 || unix.as_deref() == Some(sha256) => {
                Found::Holds(format!("`{path}` is as it was written"))
            }
            Some(FileSeen::There {
                anew: Some(anew), ..
            }) => self.anew(path, anew, at),
            Some(FileSeen::There { change, .. }) => Found::Lost(Lost {
                expected: expected(),
                found: "somebody changed it since".to_owned(),
                way: match change {
                    Change::Merges => format!(
                        "{} merges what was changed (--accept-changes where it reaches objects)",
                        self.again()
                    ),
                    Change::Conflicts => format!(
                        "it conflicts with what would be written: `orch phase {} plan{}` shows \
                         where; edit it, or {} --keep-mine or --overwrite",
                        self.seen.phase,
                        self.seen.set_flag,
                        self.again()
                    ),
                },
            }),
        }
    }

    /// Checks a file that another phase wrote since: what it was written for here may be in it still.
    fn anew(&self, path: &str, anew: &Anew, at: Timestamp) -> Found {
        let (phase, since) = (anew.phase, day(anew.at));
        let lacks = anew.lacks.as_deref();
        if lacks.is_some_and(<[String]>::is_empty) {
            return Found::Holds(format!(
                "phase {phase} wrote `{path}` anew on {since}, and what was written here is in it"
            ));
        }
        let other = lacks.map_or_else(String::new, |lacks| format!("; other now: {}", some(lacks)));
        let cause = match &anew.task {
            Some(task) => format!("for task {task}, phase {phase} wrote it anew on {since}"),
            None if anew.moved => {
                format!("phase {phase} moved what was in it to files of its own on {since}")
            }
            None => format!("phase {phase} wrote it anew on {since}, without a task of its own"),
        };
        // What a later phase is asked for stays; an earlier one mustn't undo what is asked here.
        let asked = anew.task.is_some() || anew.moved;
        if asked && phase > self.seen.phase {
            let then = day(at);
            return Found::Momentary(format!("`{path}` was written on {then}; {cause}{other}"));
        }
        Found::Lost(Lost {
            expected: format!("`{path}` as it was written on {}", day(at)),
            found: format!("{cause}{other}"),
            way: format!("{} writes it again as it is asked for here", self.again()),
        })
    }

    /// Checks an object that was ready for that reason.
    pub(super) fn object(&self, step: &StepId, ready: &str) -> Found {
        let name = step.as_str();
        let name = name
            .trim_start_matches("apply ")
            .trim_start_matches("wait for ");
        let wrong = match self.seen.objects {
            Objects::Rehearsed => {
                let why = format!("{name} was rehearsed: nothing of it is left to look at");
                return Found::Unchecked(why);
            }
            Objects::NotAsked(why) => return Found::Unchecked(format!("{name}: {why}")),
            Objects::Asked { wrong, .. } => wrong.get(step),
        };
        let Some(wrong) = wrong else {
            return Found::Holds(format!("{name} is as it was applied: {ready}"));
        };
        if let [Wrong::Unknown(why)] = wrong.as_slice() {
            return Found::Unchecked(format!("{name}: {why}"));
        }
        let said: Vec<String> = wrong.iter().map(said).collect();
        let gone = wrong.iter().any(|it| matches!(it, Wrong::Gone(_)));
        let changed = wrong.iter().any(|it| matches!(it, Wrong::Changed(_)));
        Found::Lost(Lost {
            expected: format!("{name} as it was applied: {ready}"),
            found: said.join("; "),
            way: match (gone, changed) {
                (true, _) => format!("{} makes it again", self.again()),
                (false, true) => format!("{} --repair puts it back", self.again()),
                (false, false) => format!("see why; --untick and {} wait for it", self.again()),
            },
        })
    }

    /// Compares lines that end with their place; what only moved holds.
    fn facts(&self, what: &str, then: &[String], now: &[String]) -> Found {
        let gone: Vec<String> = then
            .iter()
            .filter(|line| !now.iter().any(|it| bare(it) == bare(line)))
            .cloned()
            .collect();
        if gone.is_empty() {
            let moved = then.iter().filter(|line| !now.contains(line)).count();
            let places = match moved {
                0 => "at the same places".to_owned(),
                moved => format!("{moved} at other places"),
            };
            return Found::Holds(format!("{} {what}s found again, {places}", then.len()));
        }
        Found::Lost(Lost {
            expected: some(&gone),
            found: match now.iter().find(|it| replaces(it, then, &gone)) {
                Some(other) => format!("now {other}"),
                None => "nothing says so any more".to_owned(),
            },
            way: format!(
                "look whether what was concluded still holds; then {} --accept-changes",
                self.again()
            ),
        })
    }
}

fn texts(all: &[impl ToString]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// A tick whose record belongs to steps that the plan has in no form any more.
pub(super) fn replaced() -> Claim {
    Claim {
        what: "its steps".to_owned(),
        found: Found::Unchecked(
            "what was done for it isn't part of the plan any more: the task changed since"
                .to_owned(),
        ),
    }
}

fn momentary(exit: i32, at: Timestamp) -> Found {
    Found::Momentary(format!(
        "it ended with exit code {exit} on {}; momentary, not run again",
        day(at)
    ))
}

fn unfinished(status: &StepStatus, at: Timestamp) -> String {
    let on = day(at);
    match status {
        StepStatus::Failed(failure) => format!("it failed on {on}: {}", failure.cause),
        StepStatus::Unknown => format!("it was begun on {on}, and has no outcome"),
        StepStatus::Reopened => format!("it was opened again on {on}, and not done since"),
        StepStatus::Compensating | StepStatus::RolledBack => format!("it was undone on {on}"),
        StepStatus::Succeeded(_) => format!("it was done on {on}"),
    }
}

fn said(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Gone(why) | Wrong::Unknown(why) => why.clone(),
        Wrong::Unready(why) => format!("not ready: {why}"),
        Wrong::Changed(fields) => format!("changed: {}", some(fields)),
    }
}

/// Names the first of several.
fn some(all: &[String]) -> String {
    let named: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    match all.len().saturating_sub(NAMED) {
        0 => named.join("; "),
        more => format!("{}; and {more} more", named.join("; ")),
    }
}

/// Returns a line without its place (`service api: ports 8080 (compose.yml:3)`).
fn bare(line: &str) -> &str {
    let place = line.rsplit_once(" (").filter(|(_, place)| {
        let place = place.strip_suffix(')').and_then(|it| it.rsplit_once(':'));
        place.is_some_and(|(_, line)| line.parse::<usize>().is_ok())
    });
    place.map_or(line, |(text, _)| text)
}

/// Returns whether a line stands for one that is gone: it is about the same, or at its place.
fn replaces(line: &str, then: &[String], gone: &[String]) -> bool {
    let place = |line: &str| line.get(bare(line).len()..).map(str::to_owned);
    let is_new = !then.iter().any(|before| bare(before) == bare(line));
    let same = |gone: &String| name(gone) == name(line) || place(gone) == place(line);
    is_new && gone.iter().any(same)
}

/// Returns what a line is about (`service api`).
fn name(line: &str) -> &str {
    line.split_once(':').map_or(line, |(name, _)| name)
}

/// Returns the day of a moment.
fn day(at: Timestamp) -> String {
    at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Says that a `kustomization.yml` has lost an object.
fn unlisted(path: &str, moved: &Moved) -> Found {
    let Moved {
        object,
        phase,
        resource,
    } = moved;
    Found::Lost(Lost {
        expected: format!("`{path}` over all that was written up to here"),
        found: format!("phase {phase} moved {object} to `{resource}`, which it doesn't list"),
        way: format!("add `{resource}` to its `resources`: what you add stays"),
    })
}
