//! The `rehearse` settings of a phase: which failures a rehearsal shows.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

/// What a rehearsal is told to show.
///
/// ```toml
/// [rehearse]
/// service_monitors = true
/// [[rehearse.failures]]
/// selector = "Deployment/call-processor"
/// after = "2s"
/// outcome = "CrashLoopBackOff"
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// The failures; the first whose selector fits a pod counts.
    pub failures: Vec<ScriptedFailure>,
    /// Whether the server has the `ServiceMonitor` and `PodMonitor` kinds.
    pub service_monitors: bool,
    /// Whether the server has the kinds of the Gateway API.
    pub gateway_api: bool,
    /// Whether the server has Traefik's `Middleware` kind.
    pub traefik: bool,
}

/// A failure of one workload's pods.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedFailure {
    /// Whose pods fail.
    pub selector: Selector,
    /// How long a pod does well: runs before it crashes, pulls before the pull fails, waits before
    /// the scheduler says that it fits nowhere.
    #[serde(default)]
    pub after: Delay,
    /// What happens.
    pub outcome: Outcome,
    /// What the log or the event says; has a default.
    #[serde(default)]
    pub message: Option<String>,
}

/// How a pod fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub enum Outcome {
    /// The container starts and exits, again and again.
    CrashLoopBackOff,
    /// The image can't be pulled.
    ImagePullBackOff,
    /// No node takes the pod.
    Pending,
}

/// `Kind/name`: a workload or a pod.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Selector {
    kind: String,
    name: String,
}

/// The kinds that have pods, and the pod itself.
const KINDS: [&str; 6] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Job",
    "Pod",
];

/// Why a script's value can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScriptError {
    /// Not of the form `Kind/name`.
    #[error("`{0}` is not of the form `Kind/name`, such as `Deployment/api`")]
    NotKindAndName(String),
    /// A kind that has no pods.
    #[error(
        "`{0}` has no pods; `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `Job` and `Pod` do"
    )]
    KindWithoutPods(String),
    /// Not a length of time.
    #[error("`{0}` is not a length of time such as `500ms`, `2s`, `5m` or `1h`")]
    NotADelay(String),
}

impl Selector {
    /// Returns the kind.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether objects of that kind have pods, or are pods.
    pub fn has_pods(kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    /// Returns whether an object, or a pod or replica set that comes from it, may be meant.
    pub fn fits(&self, kind: &str, name: &str) -> bool {
        let itself = self.kind == kind && self.name == name;
        let below = match self.kind.as_str() {
            "Pod" => Self::has_pods(kind) && kind != "Pod",
            "ReplicaSet" => kind == "Deployment",
            _ => false,
        };
        let of_it = self.name.strip_prefix(name);
        itself || (below && of_it.is_some_and(|rest| rest.starts_with('-') && rest.len() > 1))
    }
}

impl FromStr for Selector {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let wrong = || ScriptError::NotKindAndName(text.to_owned());
        let (kind, name) = text.split_once('/').ok_or_else(wrong)?;
        if name.is_empty() || name.contains(|c: char| c == '/' || c.is_whitespace()) {
            return Err(wrong());
        }
        if !KINDS.contains(&kind) {
            return Err(ScriptError::KindWithoutPods(kind.to_owned()));
        }
        Ok(Self {
            kind: kind.to_owned(),
            name: name.to_owned(),
        })
    }
}

impl TryFrom<String> for Selector {
    type Error = ScriptError;

    fn try_from(text: String) -> Result<Self, ScriptError> {
        text.parse()
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// A length of virtual time, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Delay(u64);

impl Delay {
    /// Returns the milliseconds.
    pub fn millis(self) -> u64 {
        self.0
    }
}

impl FromStr for Delay {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let wrong = || ScriptError::NotADelay(text.to_owned());
        let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
        let factor = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        let number: u64 = number.parse().map_err(|_| wrong())?;
        number.checked_mul(factor).map(Self).ok_or_else(wrong)
    }
}

impl TryFrom<String> for Delay {
    type Error = ScriptError;

    fn try_from(text: String) -> Result<Self, ScriptError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_reads_from_toml() {
        let script: Script = toml::from_str(
            "[[failures]]\nselector = \"Deployment/api\"\nafter = \"2s\"\noutcome = \"Pending\"\n",
        )
        .expect("a script");
        let failure = &script.failures[0];
        assert_eq!(failure.selector.to_string(), "Deployment/api");
        assert_eq!(failure.after.millis(), 2_000);
        assert_eq!(failure.outcome, Outcome::Pending);
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let error = text.parse::<Selector>().expect_err("refused");
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn a_selector_names_a_kind_with_pods() {
        refused("api", "`Kind/name`");
        refused("Deployment/", "`Kind/name`");
        refused("Service/api", "has no pods");
    }

    #[test]
    fn a_selector_fits_an_object_and_what_comes_from_it() {
        let fits = |selector: &str, kind: &str, name: &str| {
            let selector: Selector = selector.parse().expect("a selector");
            selector.fits(kind, name)
        };
        assert!(fits("Deployment/api", "Deployment", "api"));
        assert!(fits("Pod/db-0", "StatefulSet", "db"));
        assert!(fits("ReplicaSet/api-1a2b", "Deployment", "api"));
        assert!(!fits("Deployment/ap", "Deployment", "api"));
        assert!(!fits("Deployment/api", "Service", "api"));
        assert!(!fits("Pod/db", "StatefulSet", "db"));
        assert!(!fits("ReplicaSet/api-1a2b", "StatefulSet", "api"));
    }

    #[test]
    fn unknown_settings_are_refused() {
        assert!(toml::from_str::<Script>("failure = []\n").is_err());
    }

    #[test]
    fn delays_have_a_unit() {
        assert_eq!("5m".parse::<Delay>().map(Delay::millis), Ok(300_000));
        assert!("5".parse::<Delay>().is_err());
        assert!("s".parse::<Delay>().is_err());
    }
}
