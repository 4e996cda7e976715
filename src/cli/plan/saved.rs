//! A plan in a file: what a person looked at, so that a run does exactly that or refuses.
//!
//! It holds no value of a Secret and no hash of one: of what may not be told, the object's
//! `resourceVersion` is kept instead.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::preview::effect;
use crate::checklist::naming;
use crate::cli::Stop;
use crate::cli::exit::Result;
use crate::cli::load::{Loaded, Phase};
use crate::cli::run::ahead::{Ahead, Foreseen, Would};
use crate::cluster::{ClusterInfo, FieldChange};
use crate::execute::Fate;
use crate::files::{read_named, write_private};
use crate::journal::{StepId, StepKey, sha256};
use crate::plan::Plan;

/// The version of the file's form.
const FORM: u32 = 1;

/// How many differences are named.
const NAMED: usize = 12;

/// A saved plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Saved {
    /// The form of this file.
    orch_plan: u32,
    /// The version of orch that wrote it.
    orch: String,
    set: String,
    phase: u32,
    target: String,
    /// The cluster's uid.
    cluster: String,
    /// The hash of the checklist and of the settings, by path.
    files: BTreeMap<String, String>,
    fingerprint: String,
    steps: BTreeMap<StepId, StepKey>,
    objects: Vec<SavedObject>,
    /// What would be pruned, with its uid.
    prune: BTreeMap<String, String>,
}

/// An object in a saved plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SavedObject {
    object: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    effect: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    /// Where values may not be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_version: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<SavedField>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SavedField {
    path: String,
    before: Option<String>,
    after: Option<String>,
    /// Who wrote what is there, for the message; not part of what is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

/// What a plan is of.
pub(in crate::cli) struct Of<'a> {
    pub(in crate::cli) loaded: &'a Loaded,
    pub(in crate::cli) phase: &'a Phase,
    pub(in crate::cli) plan: &'a Plan,
    pub(in crate::cli) info: &'a ClusterInfo,
}

impl Saved {
    /// Returns a plan as it is to be saved.
    pub(in crate::cli) fn new(of: &Of<'_>, ahead: &Ahead) -> Self {
        let Of {
            loaded,
            phase,
            plan,
            info,
        } = of;
        let settings = phase.settings_path.as_deref().into_iter();
        let settings = settings.chain(["orch.toml"]).filter_map(|path| {
            let text = loaded.snapshot.tree.get(path)?;
            Some((path.to_owned(), sha256(text.as_bytes())))
        });
        let checklist = &phase.checklist;
        let mut files: BTreeMap<String, String> = settings.collect();
        files.insert(checklist.path.clone(), sha256(checklist.text.as_bytes()));
        let steps = plan.steps.iter();
        let going = ahead.prune.iter();
        let going = going.filter(|it| matches!(it.fate, Fate::Goes(_)));
        Self {
            orch_plan: FORM,
            orch: env!("CARGO_PKG_VERSION").to_owned(),
            set: phase.set.clone(),
            phase: checklist.number,
            target: plan.target.clone(),
            cluster: info.uid.clone(),
            files,
            fingerprint: plan.fingerprint.clone(),
            steps: steps
                .map(|step| (step.id.clone(), step.key.clone()))
                .collect(),
            objects: ahead.objects.iter().map(SavedObject::new).collect(),
            prune: going
                .map(|it| (it.object.label(), it.uid.clone()))
                .collect(),
        }
    }

    /// Writes it where the person says; nobody else may read it.
    ///
    /// # Errors
    /// Where it can't be written.
    pub(in crate::cli) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::from)?;
        write_private(path, format!("{text}\n").as_bytes()).map_err(|error| {
            Stop::input(format!(
                "the plan can't be written to `{}`: {error}",
                path.display()
            ))
        })
    }

    /// Reads one.
    ///
    /// # Errors
    /// Where it isn't there, is no plan, or is a newer orch's.
    pub(in crate::cli) fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = read_named(path)
            .map_err(|error| Stop::input(format!("the plan `{shown}` can't be read: {error}")))?;
        let value: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| Stop::input(format!("`{shown}` is no saved plan: {error}")))?;
        match value["orchPlan"].as_u64() {
            Some(form) if form > u64::from(FORM) => Err(Stop::input(format!(
                "`{shown}` was saved by a newer orch ({})",
                value["orch"].as_str().unwrap_or("unknown version")
            ))
            .help("run it with that version, or save the plan again with this one")),
            Some(_) => serde_json::from_value(value)
                .map_err(|error| Stop::input(format!("`{shown}` is no saved plan: {error}"))),
            None => Err(Stop::input(format!("`{shown}` is no saved plan"))),
        }
    }

    /// Returns the target that it was saved for.
    pub(in crate::cli) fn target(&self) -> &str {
        &self.target
    }

    /// Refuses to go on where anything isn't as it was when the plan was saved.
    ///
    /// # Errors
    /// Names all that moved.
    pub(in crate::cli) fn refuse_unless(
        &self,
        now: &Self,
        (path, phase): (&Path, &Phase),
    ) -> Result<()> {
        let moved = self.moved(now);
        if moved.is_empty() {
            return Ok(());
        }
        let mut stop = Stop::input(format!(
            "the plan in `{}` doesn't hold any more",
            path.display()
        ));
        for line in moved.iter().take(NAMED) {
            stop = stop.help(line);
        }
        if let Some(more @ 1..) = moved.len().checked_sub(NAMED) {
            stop = stop.help(format!("and {more} more"));
        }
        let of_set = if self.set == phase.set {
            phase.set_flag.clone()
        } else {
            naming(&self.set)
        };
        Err(stop.help(format!(
            "look at it again and save it: orch phase {} plan{of_set} --out {}",
            self.phase,
            path.display()
        )))
    }

    /// Returns what isn't as it was, in words.
    fn moved(&self, now: &Self) -> Vec<String> {
        let mut moved = Vec::new();
        let phase = |it: &Self| format!("phase {} of {}", it.phase, it.set);
        for (what, then, now) in [
            ("it is of", phase(self), phase(now)),
            ("its target is", self.target.clone(), now.target.clone()),
            (
                "its cluster has the uid",
                self.cluster.clone(),
                now.cluster.clone(),
            ),
        ] {
            if then != now {
                moved.push(format!("{what} {then}, this is {now}"));
            }
        }
        if !moved.is_empty() {
            return moved;
        }
        moved.extend(
            differing(&self.files, &now.files).map(|(path, how)| format!("`{path}` {how}")),
        );
        moved.extend(
            differing(&self.steps, &now.steps)
                .map(|(step, how)| format!("the step `{step}` {how}")),
        );
        if moved.is_empty() && self.fingerprint != now.fingerprint {
            moved.push("the steps wait for each other in another way".to_owned());
        }
        for then in &self.objects {
            let same =
                |it: &&SavedObject| it.object == then.object && it.namespace == then.namespace;
            if let Some(now) = now.objects.iter().find(same) {
                moved.extend(then.moved(now));
            }
        }
        moved.extend(
            differing(&self.prune, &now.prune)
                .map(|(label, how)| format!("what is to go: {label} {how}")),
        );
        moved
    }
}

impl SavedObject {
    fn new(object: &Foreseen) -> Self {
        let (fields, drifted): (&[FieldChange], bool) = match &object.would {
            Would::Apply(preview) => (&preview.fields, false),
            Would::Drift(fields) => (fields, true),
            Would::After(_) | Would::Leave(_) => (&[], false),
        };
        let saved = |it: &FieldChange| {
            // What is there is what counts, whichever way it is told.
            let (there, wanted) = if drifted {
                (&it.after, &it.before)
            } else {
                (&it.before, &it.after)
            };
            SavedField {
                path: it.path.clone(),
                before: there.clone(),
                after: wanted.clone(),
                by: it.by.clone(),
            }
        };
        Self {
            object: object.label.clone(),
            namespace: object.namespace.clone(),
            effect: effect(&object.would).to_owned(),
            uid: object.uid.clone(),
            resource_version: object.version.clone(),
            fields: fields.iter().map(saved).collect(),
        }
    }

    /// Returns how the object isn't as it was, in words.
    fn moved(&self, now: &Self) -> Vec<String> {
        let label = &self.object;
        match (&self.uid, &now.uid) {
            (None, Some(_)) => return vec![format!("{label} is there now")],
            (Some(_), None) => return vec![format!("{label} is gone")],
            (Some(then), Some(now)) if then != now => {
                return vec![format!("{label} is another object of the same name")];
            }
            _ => {}
        }
        let known: BTreeMap<&str, &SavedField> = self
            .fields
            .iter()
            .map(|it| (it.path.as_str(), it))
            .collect();
        let mut moved = Vec::new();
        for field in &now.fields {
            let then = known.get(field.path.as_str());
            let same = |it: &&SavedField| it.before == field.before && it.after == field.after;
            if !then.is_some_and(same) {
                let by = field.by.as_ref().map(|by| format!(" ({by})"));
                let is = field.before.as_deref().unwrap_or("not there");
                moved.push(format!(
                    "{label}: {} is {is} now{}",
                    field.path,
                    by.unwrap_or_default()
                ));
            }
        }
        let still: Vec<&str> = now.fields.iter().map(|it| it.path.as_str()).collect();
        for field in self
            .fields
            .iter()
            .filter(|it| !still.contains(&it.path.as_str()))
        {
            moved.push(format!("{label}: {} is as it is to be by now", field.path));
        }
        if moved.is_empty() && self.effect != now.effect {
            moved.push(format!("{label}: {} then, {} now", self.effect, now.effect));
        }
        if moved.is_empty() && self.resource_version != now.resource_version {
            moved.push(format!("{label} was changed"));
        }
        moved
    }
}

/// Returns the keys whose values differ, each with how.
fn differing<'a, K: Ord, V: PartialEq>(
    then: &'a BTreeMap<K, V>,
    now: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (&'a K, &'static str)> {
    let gone = then.iter().filter_map(|(key, value)| match now.get(key) {
        None => Some((key, "is gone")),
        Some(now) if now != value => Some((key, "changed")),
        Some(_) => None,
    });
    let new = now.keys().filter(|key| !then.contains_key(key));
    gone.chain(new.map(|key| (key, "is new")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{FORM, Saved, SavedField, SavedObject};
    use crate::journal::{StepId, StepKey};

    fn saved() -> Saved {
        Saved {
            orch_plan: FORM,
            orch: "0.1.0".to_owned(),
            set: "s".to_owned(),
            phase: 4,
            target: "prod".to_owned(),
            cluster: "u".to_owned(),
            files: BTreeMap::from([("orch.toml".to_owned(), "h".to_owned())]),
            fingerprint: "f".to_owned(),
            steps: BTreeMap::from([(StepId::new("apply A"), StepKey::new("k"))]),
            objects: vec![SavedObject {
                object: "Deployment/api".to_owned(),
                namespace: Some("n".to_owned()),
                effect: "change".to_owned(),
                uid: Some("1".to_owned()),
                resource_version: None,
                fields: vec![field("spec.replicas", "2", "3")],
            }],
            prune: BTreeMap::new(),
        }
    }

    fn field(path: &str, before: &str, after: &str) -> SavedField {
        SavedField {
            path: path.to_owned(),
            before: Some(before.to_owned()),
            after: Some(after.to_owned()),
            by: Some("kubectl, now".to_owned()),
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Saved), expected: &[&str]) {
        let mut now = saved();
        change(&mut now);
        assert_eq!(saved().moved(&now), expected);
    }

    #[test]
    fn what_is_the_same_has_not_moved() {
        check(|now| now.objects[0].fields[0].by = None, &[]);
    }

    #[test]
    fn another_target_is_all_that_is_told() {
        check(
            |now| {
                now.target = "staging".to_owned();
                now.files.clear();
            },
            &["its target is prod, this is staging"],
        );
    }

    #[test]
    fn files_and_steps_are_named() {
        check(
            |now| {
                now.files.insert("orch.toml".to_owned(), "other".to_owned());
                now.steps.clear();
                now.steps.insert(StepId::new("apply B"), StepKey::new("k"));
            },
            &[
                "`orch.toml` changed",
                "the step `apply A` is gone",
                "the step `apply B` is new",
            ],
        );
    }

    #[test]
    fn an_object_that_moved_is_named_with_its_field_and_who_wrote_it() {
        check(
            |now| now.objects[0].fields[0] = field("spec.replicas", "5", "3"),
            &["Deployment/api: spec.replicas is 5 now (kubectl, now)"],
        );
        check(
            |now| {
                now.objects[0].effect = "unchanged".to_owned();
                now.objects[0].fields.clear();
            },
            &["Deployment/api: spec.replicas is as it is to be by now"],
        );
        check(|now| now.objects[0].uid = None, &["Deployment/api is gone"]);
        check(
            |now| now.objects[0].uid = Some("2".to_owned()),
            &["Deployment/api is another object of the same name"],
        );
        check(
            |now| now.objects[0].resource_version = Some("9".to_owned()),
            &["Deployment/api was changed"],
        );
    }
}
