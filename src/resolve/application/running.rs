//! How workloads run: how many pods, how they are replaced, how they end, what they wait for.

/// How pods are replaced; what isn't given has a default that never drops below what serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rollout {
    /// Whether all pods go before new ones come.
    pub recreate: bool,
    /// How many pods may be missing, a number or a percentage.
    pub max_unavailable: Option<String>,
    /// How many pods there may be beside the wanted ones, a number or a percentage.
    pub max_surge: Option<String>,
    /// How long a new pod must have been ready to count as available, in seconds.
    pub min_ready_seconds: Option<i32>,
    /// After how many seconds without progress a rollout has failed.
    pub progress_deadline: Option<i32>,
    /// How many old revisions are kept.
    pub history: Option<i32>,
}

impl Rollout {
    /// Takes over what is asked elsewhere; what is there stays.
    pub(in crate::resolve) fn merge(&mut self, other: Self) {
        let Self {
            recreate,
            max_unavailable,
            max_surge,
            min_ready_seconds,
            progress_deadline,
            history,
        } = other;
        self.recreate |= recreate;
        self.max_unavailable = self.max_unavailable.take().or(max_unavailable);
        self.max_surge = self.max_surge.take().or(max_surge);
        self.min_ready_seconds = self.min_ready_seconds.or(min_ready_seconds);
        self.progress_deadline = self.progress_deadline.or(progress_deadline);
        self.history = self.history.or(history);
    }
}

/// How pods run to their end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobSpec {
    /// When it runs; `None` for a Job, which runs at once.
    pub schedule: Option<Schedule>,
    /// How many pods must succeed.
    pub completions: u32,
    /// How many of them run at once.
    pub parallelism: u32,
    /// How often a failed pod is tried again.
    pub retries: u32,
    /// After how many seconds it is ended, whatever it does.
    pub deadline: Option<i64>,
}

/// When a `CronJob` runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Five fields, or a macro such as `@daily`; nothing where none is known: it is suspended.
    pub cron: Option<String>,
    /// The time zone (`Europe/Kyiv`); the cluster's where none is given.
    pub time_zone: Option<String>,
    /// What happens when the run before hasn't ended.
    pub overlap: Overlap,
}

/// What a run does that meets the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Overlap {
    /// It is left out.
    #[default]
    Forbid,
    /// Both run.
    Allow,
    /// The one before is ended.
    Replace,
}

/// What pods wait for before they start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The program of the workload's own image that waits.
    pub program: WaitProgram,
    /// Service and port: a Service takes connections once a ready pod is behind it.
    pub services: Vec<(String, u16)>,
}

/// A program that can open a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitProgram {
    /// `nc` of `BusyBox`, in any shell.
    Busybox,
    /// `bash`, which has `/dev/tcp`.
    Bash,
    /// Python.
    Python,
    /// Node.js.
    Node,
    /// Ruby.
    Ruby,
    /// PHP.
    Php,
}

/// `HorizontalPodAutoscaler`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hpa {
    /// `minReplicas`.
    pub min: u32,
    /// `maxReplicas`.
    pub max: u32,
    /// Average CPU utilisation in percent.
    pub cpu: Option<u32>,
    /// Average memory utilisation in percent.
    pub memory: Option<u32>,
    /// How fast it adds pods.
    pub up: Scaling,
    /// How fast it removes pods.
    pub down: Scaling,
}

/// How fast an HPA may change the number of pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaling {
    /// By how many percent.
    pub percent: Option<u32>,
    /// By how many pods; of both, what changes more counts.
    pub pods: Option<u32>,
    /// In how many seconds.
    pub period: u32,
    /// For how many seconds the wish must have held.
    pub window: u32,
}

impl Scaling {
    /// As fast as the load grows.
    pub const UP: Self = Self {
        percent: Some(100),
        pods: None,
        period: 15,
        window: 0,
    };
    /// Halved at most, and only after five quiet minutes: load comes back.
    pub const DOWN: Self = Self {
        percent: Some(50),
        pods: None,
        period: 15,
        window: 300,
    };
}

/// `PodDisruptionBudget`: exactly one is set, a number or a percentage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pdb {
    /// `minAvailable`.
    pub min_available: Option<String>,
    /// `maxUnavailable`.
    pub max_unavailable: Option<String>,
}
