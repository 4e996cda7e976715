//! Jobs: pods until enough have succeeded, or too many have failed.

use serde_json::{Value, json};

use super::conditions::{self, Condition};
use super::{events, number, owned, set_status, text};
use crate::rehearsal::store::Key;
use crate::rehearsal::world::{World, suffix_of};

const COMPONENT: &str = "job-controller";

/// Takes the next step and writes the status.
pub(super) fn reconcile(world: &mut World, key: &Key, job: &Value) {
    let done = conditions::holds(job, "Complete") || conditions::holds(job, "Failed");
    if done || job["spec"]["suspend"] == true {
        return;
    }
    let pods = owned::of(world, "/pods", job);
    let count = |phase: &str| {
        pods.iter()
            .filter(|(_, pod)| text(pod, "/status/phase") == phase)
            .count()
    };
    let (succeeded, failed) = (count("Succeeded"), count("Failed"));
    let number = |pointer: &str| usize::try_from(number(job, pointer)).unwrap_or_default();
    let restarts: i64 = pods.iter().map(|(_, pod)| super::pods::restarts(pod)).sum();
    let tries = failed + usize::try_from(restarts).unwrap_or_default();
    let hopeless = tries > number("/spec/backoffLimit") || tries >= 4 && restarts > 0;
    let active = pods.iter().filter(|(_, pod)| owned::active(pod)).count();
    let wanted = number("/spec/completions").saturating_sub(succeeded);
    let room = wanted
        .min(number("/spec/parallelism"))
        .saturating_sub(active);
    if !hopeless {
        for index in 0..room {
            let seed = format!("{}{}", key.name, pods.len() + index);
            let name = format!("{}-{}", key.name, suffix_of(&seed, 5));
            let template = &job["spec"]["template"];
            let made = owned::create(world, (job, COMPONENT), template, (&name, &Value::Null));
            if made.is_err() {
                break;
            }
        }
    }
    let pods = owned::of(world, "/pods", job);
    let active = pods.iter().filter(|(_, pod)| owned::active(pod)).count();
    let mut status = json!({"ready": pods.iter().filter(|(_, pod)| owned::ready(pod)).count()});
    for (field, count) in [
        ("active", active),
        ("succeeded", succeeded),
        ("failed", failed),
    ] {
        if count > 0 {
            status[field] = Value::from(count);
        }
    }
    let now = world.timestamp();
    let known = &job["status"]["startTime"];
    status["startTime"] = if known.is_null() {
        Value::from(now.as_str())
    } else {
        known.clone()
    };
    if wanted == 0 {
        complete(world, job, &mut status, &now);
    } else if hopeless {
        fail(world, job, &mut status, &now);
    }
    set_status(world, key, status);
}

fn complete(world: &mut World, job: &Value, status: &mut Value, now: &str) {
    let message = "Reached expected number of succeeded pods";
    for kind in ["SuccessCriteriaMet", "Complete"] {
        let condition = Condition {
            kind,
            holds: true,
            reason: "CompletionsReached",
            message,
        };
        conditions::set(status, now, &condition);
    }
    status["completionTime"] = Value::from(now);
    events::record(
        world,
        job,
        COMPONENT,
        ("Normal", "Completed", "Job completed"),
    );
}

fn fail(world: &mut World, job: &Value, status: &mut Value, now: &str) {
    let message = "Job has reached the specified backoff limit";
    for kind in ["FailureTarget", "Failed"] {
        let condition = Condition {
            kind,
            holds: true,
            reason: "BackoffLimitExceeded",
            message,
        };
        conditions::set(status, now, &condition);
    }
    events::record(
        world,
        job,
        COMPONENT,
        ("Warning", "BackoffLimitExceeded", message),
    );
}
