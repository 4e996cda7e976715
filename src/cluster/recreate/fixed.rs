//! What the server refuses to change of an object: the fields, and what each side has there.
//!
//! Pure.

use serde_json::{Value, json};

use super::Remake;
use crate::cluster::conflict::{Sides, text};
use crate::cluster::{Element, Path};

/// How many differences are shown.
const SHOWN: usize = 8;

/// What is to be known of a Job that is made again.
const REBUILT: &str = "it has ended, and its image has another digest: it runs again";

/// What a StatefulSet's `spec` lets be changed.
const STATEFUL: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// How the server says that a field can't be changed.
const SIGNS: [&str; 12] = [
    "immutable",
    "may not change",
    "may not be changed",
    "cannot be changed",
    "can't be changed",
    "cannot change",
    "can not be changed",
    "cannot be modified",
    "are forbidden",
    "is not allowed to be changed",
    "may not be set or changed",
    "can not be less than",
];

/// A field that can't be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedField {
    /// The field (`spec.selector.matchLabels.app`).
    pub field: String,
    /// The manifest's value, as it may be shown; empty where it isn't known.
    pub ours: String,
    /// The cluster's value, as it may be shown.
    pub live: String,
}

/// All that can't be changed of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The fields as the server names them, each with its reason.
    pub reasons: Vec<String>,
    /// What differs there.
    pub fields: Vec<FixedField>,
    /// What can be done about it.
    pub remake: Remake,
    /// Whether orch never applied the object: it isn't its own to delete.
    pub foreign: bool,
    named: Vec<String>,
}

impl Fixed {
    /// Takes the causes of a refusal (field and message); `None` where it isn't about fixed fields
    /// alone, because making the object again wouldn't help then.
    pub(in crate::cluster) fn of<'a>(
        causes: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Option<Self> {
        let mut reasons: Vec<String> = Vec::new();
        let mut named: Vec<String> = Vec::new();
        for (field, message) in causes {
            if !SIGNS.iter().any(|sign| message.contains(sign)) {
                return None;
            }
            // Messages quote whole values; the reason behind them is what helps.
            let reason = message.rsplit_once(": ");
            let reason = reason.map_or(message, |(_, reason)| reason);
            // A pod's goes on with a dump of the difference.
            let reason = reason.lines().next().unwrap_or_default();
            let reason = format!("`{field}`: {reason}");
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
            named.push(field.to_owned());
        }
        (!named.is_empty()).then(|| Self {
            reasons,
            named,
            foreign: false,
            fields: Vec::new(),
            remake: Remake::Never("write these fields as they were"),
        })
    }

    /// Adds what differs, and what can be done about it.
    pub(in crate::cluster) fn explain(&mut self, sides: &Sides<'_>, remake: Remake) {
        let mut found = Vec::new();
        for field in &self.named {
            let field = field.split('[').next().unwrap_or_default();
            let field = match field {
                "spec.clusterIPs" => "spec.clusterIP",
                other => other,
            };
            let pointer = format!("/{}", field.replace('.', "/"));
            let (ours, live) = (sides.wanted.pointer(&pointer), sides.live.pointer(&pointer));
            let names = field.split('.').map(|name| Element::Field(name.to_owned()));
            let mut search = Search {
                at: names.collect(),
                both_ways: !matches!(field, "spec" | "spec.template"),
                stateful: field == "spec" && sides.live["kind"] == "StatefulSet",
                found: &mut found,
            };
            search.differing(ours, live);
        }
        found.dedup();
        let again = !self.foreign && has_ended(sides.live) && is_rebuilt(&found);
        self.remake = if again {
            Remake::Again(REBUILT)
        } else {
            remake
        };
        self.fields = found
            .into_iter()
            .take(SHOWN)
            .map(|(path, ours, live)| FixedField {
                field: text(&path),
                ours: sides.shown(&path, ours),
                live: sides.shown(&path, live),
            })
            .collect();
    }

    /// Returns one line a field.
    pub fn lines(&self) -> Vec<String> {
        let lines = self.fields.iter().map(|field| {
            format!(
                "{}: {} in the cluster, {} in the manifest",
                field.field, field.live, field.ours
            )
        });
        lines.collect()
    }

    /// Returns what a person may do.
    pub(in crate::cluster) fn help(&self) -> String {
        match self.remake {
            Remake::Consent(cost) if self.foreign => format!(
                "orch didn't make it: run with --recreate and --take-over to delete it and make \
                 it again ({cost}), or write these fields as they are"
            ),
            Remake::Consent(cost) => format!(
                "run with --recreate to delete it and make it again ({cost}), or write these \
                 fields as they were"
            ),
            Remake::Again(why) => format!("a run deletes it and makes it again: {why}"),
            Remake::Never(by_hand) => by_hand.to_owned(),
        }
    }
}

/// Returns whether an object is a Job whose pods have ended, one way or the other.
fn has_ended(live: &Value) -> bool {
    let conditions = live["status"]["conditions"].as_array();
    let ended = |condition: &Value| {
        condition["status"] == "True"
            && (condition["type"] == "Complete" || condition["type"] == "Failed")
    };
    live["kind"] == "Job" && conditions.is_some_and(|all| all.iter().any(ended))
}

/// Returns whether all that differs is which build of the same image is run.
fn is_rebuilt(found: &[Difference<'_>]) -> bool {
    let tagged = |image: Option<&Value>| {
        let image = image.and_then(Value::as_str)?;
        let name = image.split_once('@').map_or(image, |(name, _)| name);
        Some(name.to_owned())
    };
    let rebuilt = |(path, ours, live): &Difference<'_>| {
        let is_image = matches!(path.last(), Some(Element::Field(name)) if name == "image");
        let (ours, live) = (tagged(*ours), tagged(*live));
        is_image && ours.is_some() && ours == live
    };
    !found.is_empty() && found.iter().all(rebuilt)
}

type Difference<'a> = (Path, Option<&'a Value>, Option<&'a Value>);

/// A walk through both sides.
struct Search<'a, 'b> {
    at: Path,
    /// Whether what only the cluster has counts: not where the server fills defaults in.
    both_ways: bool,
    /// Whether it is the `spec` of a StatefulSet.
    stateful: bool,
    found: &'b mut Vec<Difference<'a>>,
}

impl<'a> Search<'a, '_> {
    fn differing(&mut self, ours: Option<&'a Value>, live: Option<&'a Value>) {
        match (ours, live) {
            (None, None) => {}
            (Some(Value::Object(ours)), Some(Value::Object(live))) => {
                let top = self.stateful && self.at.len() == 1;
                for (name, value) in ours {
                    if !(top && STATEFUL.contains(&name.as_str())) {
                        let part = Element::Field(name.clone());
                        self.inside(part, Some(value), live.get(name));
                    }
                }
                let both_ways = self.both_ways;
                let more = live.iter().filter(|(name, _)| !ours.contains_key(*name));
                for (name, value) in more.filter(|_| both_ways) {
                    self.inside(Element::Field(name.clone()), None, Some(value));
                }
            }
            (Some(Value::Array(ours)), Some(Value::Array(live))) if ours.len() == live.len() => {
                for (number, (ours, live)) in ours.iter().zip(live).enumerate() {
                    // The name tells more than the place, and whether the value is a secret's.
                    let name = ours["name"].as_str().filter(|name| live["name"] == **name);
                    let part = match name {
                        Some(name) => Element::Key(json!({ "name": name }).to_string()),
                        None => Element::Index(number),
                    };
                    self.inside(part, Some(ours), Some(live));
                }
            }
            (ours, live) => {
                if ours != live {
                    self.found.push((self.at.clone(), ours, live));
                }
            }
        }
    }

    fn inside(&mut self, part: Element, ours: Option<&'a Value>, live: Option<&'a Value>) {
        self.at.push(part);
        self.differing(ours, live);
        self.at.pop();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Fixed, Remake, Sides};

    #[track_caller]
    fn check(cause: (&str, &str), wanted: &Value, live: &Value, expected: &[&str]) {
        let mut fixed = Fixed::of([cause].into_iter()).expect("it is fixed");
        let sides = Sides {
            wanted,
            live,
            show: &|_, value| value.to_string(),
        };
        fixed.explain(&sides, Remake::Consent("nothing"));
        assert_eq!(fixed.lines(), expected);
    }

    #[test]
    fn a_selector_shows_what_differs() {
        check(
            (
                "spec.selector",
                "Invalid value: {\"matchLabels\":{}}: field is immutable",
            ),
            &json!({ "kind": "Deployment", "spec": { "selector": { "matchLabels": { "a": "x" } } } }),
            &json!({ "spec": { "selector": { "matchLabels": { "a": "y", "b": "z" } } } }),
            &[
                "spec.selector.matchLabels.a: \"y\" in the cluster, \"x\" in the manifest",
                "spec.selector.matchLabels.b: \"z\" in the cluster, nothing in the manifest",
            ],
        );
    }

    #[test]
    fn a_stateful_set_shows_only_what_is_fixed() {
        check(
            (
                "spec",
                "Forbidden: updates to statefulset spec for fields other than 'replicas' are \
                 forbidden",
            ),
            &json!({ "kind": "StatefulSet", "spec": { "replicas": 3, "serviceName": "b" } }),
            &json!({ "kind": "StatefulSet",
                "spec": { "replicas": 1, "serviceName": "a", "podManagementPolicy": "x" } }),
            &["spec.serviceName: \"a\" in the cluster, \"b\" in the manifest"],
        );
    }

    #[test]
    fn a_template_leaves_defaults_out() {
        check(
            ("spec.template", "Invalid value: …: field is immutable"),
            &json!({ "kind": "Job", "spec": { "template": { "spec": {
                "containers": [{ "name": "a", "image": "x:2" }] } } } }),
            &json!({ "kind": "Job", "spec": { "template": { "spec": { "dnsPolicy": "x",
                "containers": [{ "name": "a", "image": "x:1", "args": [] }] } } } }),
            &[
                "spec.template.spec.containers[name=a].image: \"x:1\" in the cluster, \"x:2\" in the \
               manifest",
            ],
        );
    }

    /// Whether a Job that runs this is made again, without being asked, to run that.
    #[track_caller]
    fn check_again((live, ended): (&str, &str), ours: &str, expected: bool) {
        let pods = |image: &str| json!({ "template": { "spec": { "containers": [{ "name": "a", "image": image }] } } });
        let wanted = json!({ "kind": "Job", "spec": pods(ours) });
        let live = json!({ "kind": "Job", "spec": pods(live),
            "status": { "conditions": [{ "type": ended, "status": "True" }] } });
        let sides = Sides {
            wanted: &wanted,
            live: &live,
            show: &|_, value| value.to_string(),
        };
        let cause = ("spec.template", "field is immutable");
        let mut fixed = Fixed::of([cause].into_iter()).expect("it is fixed");
        fixed.explain(&sides, Remake::Consent("nothing"));
        assert_eq!(matches!(fixed.remake, Remake::Again(_)), expected);
        fixed.foreign = true;
        fixed.explain(&sides, Remake::Consent("nothing"));
        assert!(
            matches!(fixed.remake, Remake::Consent(_)),
            "not what others made"
        );
    }

    #[test]
    fn a_job_that_has_ended_runs_again_on_another_build_of_its_image_only() {
        check_again(("r/a:1@sha256:1", "Complete"), "r/a:1@sha256:2", true);
        check_again(("r/a:1@sha256:1", "Failed"), "r/a:1@sha256:2", true);
        check_again(("r/a:1", "Complete"), "r/a:1@sha256:2", true);
        check_again(("r/a:1@sha256:1", "Suspended"), "r/a:1@sha256:2", false);
        check_again(("r/a:1@sha256:1", "Complete"), "r/a:2@sha256:2", false);
        check_again(("r/b:1", "Complete"), "r/a:1", false);
    }

    #[test]
    fn what_is_wrong_besides_is_no_matter_of_making_it_again() {
        let causes = [
            ("spec.selector", "field is immutable"),
            ("spec.replicas", "must be greater than or equal to 0"),
        ];
        assert_eq!(Fixed::of(causes.into_iter()), None);
    }
}
