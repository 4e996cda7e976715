//! Jobs and `CronJob`s.
//!
//! A Job's pods can't be changed once it is there, so its name carries a hash of them: a changed
//! image is another Job, which runs, and nothing has to be deleted for it. A finished one goes by
//! itself after a week.

use std::fmt::Write;

use k8s_openapi::api::batch::v1::{
    CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec, PodFailurePolicy,
    PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
};
use sha2::{Digest, Sha256};

use super::{labels, pod};
use crate::resolve::{self, Application, Overlap, Schedule, Workload};

/// How long a finished Job stays to be looked at: a week.
const KEPT_SECONDS: i32 = 7 * 24 * 60 * 60;
/// How late a run may start. Without it, a hundred missed runs stop the schedule for good.
const LATEST_START_SECONDS: i64 = 300;
/// The longest name that leaves room for what pods' names add.
const LONGEST_NAME: usize = 52;
/// How many bytes of the hash the name has.
const HASHED: usize = 4;

/// Returns the Job of a workload, named after what it runs.
///
/// # Errors
/// Where the pods can't be serialised, and so not hashed.
pub(super) fn build(
    application: &Application,
    workload: &Workload,
) -> Result<Job, serde_json::Error> {
    let spec = JobSpec {
        ttl_seconds_after_finished: Some(KEPT_SECONDS),
        ..spec(application, workload)
    };
    let name = name(workload, &serde_json::to_vec(&spec)?);
    Ok(Job {
        metadata: labels::owned(application, workload, &name),
        spec: Some(spec),
        status: None,
    })
}

/// What stands in a suspended `CronJob`, as the field must be there.
const UNKNOWN: &str = "@daily";

/// Returns the `CronJob` of a workload that runs by that schedule.
pub(super) fn scheduled(
    application: &Application,
    workload: &Workload,
    schedule: &Schedule,
) -> CronJob {
    let metadata = labels::owned(application, workload, &workload.name);
    let spec = CronJobSpec {
        schedule: schedule.cron.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        time_zone: schedule.time_zone.clone(),
        concurrency_policy: Some(overlap(schedule.overlap).to_owned()),
        starting_deadline_seconds: Some(LATEST_START_SECONDS),
        successful_jobs_history_limit: Some(3),
        failed_jobs_history_limit: Some(1),
        job_template: JobTemplateSpec {
            metadata: Some(labels::template(&metadata)),
            spec: Some(spec(application, workload)),
        },
        suspend: schedule.cron.is_none().then_some(true),
    };
    CronJob {
        metadata,
        spec,
        status: None,
    }
}

fn overlap(overlap: Overlap) -> &'static str {
    match overlap {
        Overlap::Forbid => "Forbid",
        Overlap::Allow => "Allow",
        Overlap::Replace => "Replace",
    }
}

fn spec(application: &Application, workload: &Workload) -> JobSpec {
    let once = resolve::JobSpec::default();
    let job = workload.job.as_ref().unwrap_or(&once);
    let several = |count: u32| i32::try_from(count).ok().filter(|count| *count > 1);
    JobSpec {
        completions: several(job.completions),
        parallelism: several(job.parallelism),
        backoff_limit: i32::try_from(job.retries).ok(),
        active_deadline_seconds: job.deadline,
        pod_failure_policy: Some(disruptions_do_not_count()),
        template: pod::template(application, workload),
        ..JobSpec::default()
    }
}

/// A drained node says nothing of the program: such an end uses up no retry.
fn disruptions_do_not_count() -> PodFailurePolicy {
    PodFailurePolicy {
        rules: vec![PodFailurePolicyRule {
            action: "Ignore".to_owned(),
            on_pod_conditions: Some(vec![PodFailurePolicyOnPodConditionsPattern {
                type_: "DisruptionTarget".to_owned(),
                status: Some("True".to_owned()),
            }]),
            on_exit_codes: None,
        }],
    }
}

fn name(workload: &Workload, hashed: &[u8]) -> String {
    let mut hash = String::new();
    for byte in Sha256::digest(hashed).iter().take(HASHED) {
        // Writing to a `String` can't fail.
        let _ = write!(hash, "{byte:02x}");
    }
    let room = LONGEST_NAME - 1 - hash.len();
    let stem: String = workload.name.chars().take(room).collect();
    format!("{}-{hash}", stem.trim_end_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::{build, scheduled};
    use crate::manifest::sample;
    use crate::resolve::{JobSpec, Overlap, Schedule, Workload, WorkloadKind};

    fn migrate() -> Workload {
        Workload {
            kind: WorkloadKind::Job,
            ports: Vec::new(),
            liveness: None,
            readiness: None,
            hpa: None,
            pdb: None,
            job: Some(JobSpec {
                completions: 1,
                parallelism: 1,
                retries: 3,
                ..JobSpec::default()
            }),
            ..sample::workload("migrate")
        }
    }

    #[track_caller]
    fn named(workload: &Workload) -> String {
        let job = build(&sample::application(), workload).expect("a Job");
        job.metadata.name.expect("a name")
    }

    #[test]
    fn a_changed_image_is_another_job() {
        let mut workload = migrate();
        let before = named(&workload);
        assert_eq!(before, named(&workload));
        assert!(before.starts_with("migrate-"), "{before}");
        workload.image = "registry.example.com/migrate:2".to_owned();
        assert_ne!(before, named(&workload));
    }

    #[test]
    fn a_long_name_leaves_room_for_its_pods() {
        let mut workload = migrate();
        workload.name = "a".repeat(63);
        assert_eq!(named(&workload).len(), 52);
    }

    #[test]
    fn pods_end_and_are_tried_again() {
        let job = build(&sample::application(), &migrate()).expect("a Job");
        let spec = job.spec.expect("a spec");
        assert_eq!(spec.backoff_limit, Some(3));
        assert_eq!(spec.ttl_seconds_after_finished, Some(604_800));
        let pod = spec.template.spec.expect("a pod");
        assert_eq!(pod.restart_policy.as_deref(), Some("Never"));
        assert!(pod.topology_spread_constraints.is_none());
    }

    #[test]
    fn a_schedule_makes_jobs_that_its_history_clears() {
        let schedule = Schedule {
            cron: Some("0 3 * * *".to_owned()),
            time_zone: Some("Europe/Kyiv".to_owned()),
            overlap: Overlap::Forbid,
        };
        let cron = scheduled(&sample::application(), &migrate(), &schedule);
        assert_eq!(cron.metadata.name.as_deref(), Some("migrate"));
        let spec = cron.spec;
        assert_eq!(spec.schedule, "0 3 * * *");
        assert_eq!(spec.suspend, None);
        let job = spec.job_template.spec.expect("a Job");
        assert_eq!(job.ttl_seconds_after_finished, None);
    }

    #[test]
    fn what_nobody_says_the_time_of_runs_at_none() {
        let schedule = Schedule {
            cron: None,
            time_zone: None,
            overlap: Overlap::Forbid,
        };
        let cron = scheduled(&sample::application(), &migrate(), &schedule);
        assert_eq!(cron.spec.suspend, Some(true));
    }
}
