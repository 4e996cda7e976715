//! Fields that other managers own: who, since when, and what each side wants there.
//!
//! Pure. What the server calls a conflict is decided by the server alone; here it is explained from
//! the object as the cluster has it.

mod places;

use serde_json::Value;

use super::fields::{Element, Path};
use super::owner::TakeOver;
use super::settled::amount;
use places::path;
pub(super) use places::{at, at_mut, entries_of, text};

/// How much of a value is shown.
const SHOWN: usize = 80;

/// A manager that owns a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its name.
    pub manager: String,
    /// `Apply` or `Update`; empty where the object doesn't say.
    pub operation: String,
    /// The subresource that it wrote through (`scale`).
    pub subresource: Option<String>,
    /// When it last wrote, as RFC 3339.
    pub time: Option<String>,
}

/// A field that other managers own and have another value for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The field (`spec.replicas`).
    pub field: String,
    /// Who owns it.
    pub holders: Vec<Holder>,
    /// The manifest's value, as it may be shown.
    pub ours: String,
    /// The cluster's value, as it may be shown.
    pub live: String,
    /// What is behind it, where that is known.
    pub hint: Option<&'static str>,
    /// Where both sides mean the same amount, written in another way.
    same: Option<Path>,
}

/// All conflicts of an apply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// The conflicts, by field.
    pub list: Vec<Conflict>,
    /// The managers that `--take-over` names none of, where it names some.
    pub others: Vec<String>,
    /// Whether the object is kept by kubectl's client-side apply.
    pub client_side: bool,
}

/// Returns what stands at a place as it may be shown: nothing secret in it.
pub(super) type Show<'a> = &'a (dyn Fn(&[Element], &Value) -> String + Sync);

/// What a conflict is explained from.
pub(super) struct Sides<'a> {
    /// What is applied.
    pub(super) wanted: &'a Value,
    /// The object as the cluster has it.
    pub(super) live: &'a Value,
    /// Returns a value at a place as it may be shown.
    pub(super) show: Show<'a>,
}

impl Conflicts {
    /// Takes the causes of a refusal: a field and the message about its manager each.
    pub(super) fn of<'a>(causes: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut list: Vec<Conflict> = Vec::new();
        for (field, message) in causes {
            let field = field.trim_start_matches('.').to_owned();
            let holder = holder(message);
            match list.iter_mut().find(|known| known.field == field) {
                Some(known) => known.holders.push(holder),
                None => list.push(Conflict {
                    field,
                    holders: vec![holder],
                    ours: String::new(),
                    live: String::new(),
                    hint: None,
                    same: None,
                }),
            }
        }
        // The server's order is that of its managers, by chance.
        list.sort_by(|one, other| one.field.cmp(&other.field));
        Self {
            list,
            ..Self::default()
        }
    }

    /// Adds what the two sides have there, and since when.
    pub(super) fn explain(&mut self, sides: &Sides<'_>) {
        self.client_side = sides.live["metadata"]["annotations"]
            .get(super::migrate::LAST_APPLIED)
            .is_some();
        for conflict in &mut self.list {
            let entries = entries_of(sides.live);
            for holder in &mut conflict.holders {
                let entry = entries.iter().find(|entry| {
                    entry["manager"] == *holder.manager
                        && entry["subresource"].as_str() == holder.subresource.as_deref()
                        && path(&entry["fieldsV1"], &conflict.field).is_some()
                });
                if let Some(entry) = entry {
                    let text = |field: &str| entry[field].as_str().map(str::to_owned);
                    holder.operation = text("operation").unwrap_or_default();
                    holder.time = text("time").or(holder.time.take());
                }
            }
            let mut found = entries.iter();
            if let Some(path) = found.find_map(|entry| path(&entry["fieldsV1"], &conflict.field)) {
                let (ours, live) = (at(sides.wanted, &path), at(sides.live, &path));
                conflict.hint = hint(conflict);
                if is_amount(&path)
                    && ours
                        .zip(live)
                        .is_some_and(|(a, b)| amount::same_amount(a, b))
                {
                    conflict.same = Some(path.clone());
                }
                conflict.ours = sides.shown(&path, ours);
                conflict.live = sides.shown(&path, live);
                conflict.field = text(&path);
            }
        }
    }

    /// Writes what means the same amount as the cluster has it: the server compares the letters.
    /// Returns whether there was any.
    pub(super) fn adapt(&self, body: &mut Value, live: &Value) -> bool {
        let mut adapted = false;
        for path in self
            .list
            .iter()
            .filter_map(|conflict| conflict.same.as_ref())
        {
            if let (Some(ours), Some(theirs)) = (at_mut(body, path), at(live, path)) {
                *ours = theirs.clone();
                adapted = true;
            }
        }
        adapted
    }

    /// Notes whom the consent leaves out; returns whether it covers every conflict.
    pub(super) fn covered(&mut self, consent: &TakeOver) -> bool {
        let mut others: Vec<String> = self
            .managers()
            .into_iter()
            .filter(|manager| !consent.allows(manager))
            .collect();
        let covered = others.is_empty();
        if *consent == TakeOver::None {
            others.clear();
        }
        self.others = others;
        covered
    }

    /// Returns the managers, each once.
    pub fn managers(&self) -> Vec<String> {
        let mut managers: Vec<String> = Vec::new();
        for holder in self.list.iter().flat_map(|conflict| &conflict.holders) {
            if !managers.contains(&holder.manager) {
                managers.push(holder.manager.clone());
            }
        }
        managers
    }

    /// Returns one line a conflict.
    pub fn lines(&self) -> Vec<String> {
        let line = |conflict: &Conflict| {
            let holders: Vec<String> = conflict.holders.iter().map(ToString::to_string).collect();
            let hint = conflict.hint.map(|hint| format!("; {hint}"));
            let values = if conflict.live.is_empty() {
                String::new()
            } else {
                format!(
                    "{} in the cluster, {} in the manifest; ",
                    conflict.live, conflict.ours
                )
            };
            format!(
                "{}: {values}owned by {}{}",
                conflict.field,
                holders.join(" and "),
                hint.unwrap_or_default()
            )
        };
        self.list.iter().map(line).collect()
    }

    /// Returns what a person may do.
    pub(super) fn help(&self) -> String {
        if !self.others.is_empty() {
            let others = self.others.join(", ");
            return format!(
                "--take-over doesn't name {others}: name them too, or take their fields out of \
                 the manifest"
            );
        }
        let managers: Vec<String> = self
            .managers()
            .iter()
            .map(|manager| format!("--take-over {}", word(manager)))
            .collect();
        let migrates = if self.client_side {
            "; it also moves what kubectl's client-side apply owns, so that what is taken out of \
             the manifest goes"
        } else {
            ""
        };
        format!(
            "run with {} to set these fields and own them{migrates}; or give them up: take them \
             out of the manifest, and they stay as the cluster has them",
            managers.join(" ")
        )
    }
}

impl std::fmt::Display for Conflicts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields: Vec<String> = self
            .list
            .iter()
            .map(|conflict| {
                let managers: Vec<&str> = conflict
                    .holders
                    .iter()
                    .map(|holder| holder.manager.as_str())
                    .collect();
                format!("{} ({})", conflict.field, managers.join(", "))
            })
            .collect();
        f.write_str(&fields.join(", "))
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut more: Vec<String> = Vec::new();
        if !self.operation.is_empty() {
            more.push(self.operation.clone());
        }
        more.extend(self.subresource.iter().map(|part| format!("of its {part}")));
        more.extend(self.time.iter().map(|time| format!("last at {time}")));
        if more.is_empty() {
            f.write_str(&self.manager)
        } else {
            write!(f, "{} ({})", self.manager, more.join(", "))
        }
    }
}

/// A manager's name as a word of a shell.
fn word(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{name}'")
    }
}

/// `conflict with "kubectl" with subresource "scale" using apps/v1 at 2026-…`.
fn holder(message: &str) -> Holder {
    let quoted = |after: &str| {
        let (_, rest) = message.split_once(after)?;
        let rest = rest.strip_prefix('"')?;
        rest.split('"').next().map(str::to_owned)
    };
    Holder {
        manager: quoted("conflict with ").unwrap_or_else(|| message.to_owned()),
        operation: String::new(),
        subresource: quoted(" with subresource "),
        time: message.rsplit_once(" at ").map(|(_, at)| at.to_owned()),
    }
}

impl Sides<'_> {
    /// Returns a value as it may be shown: nothing secret, and not too long.
    pub(super) fn shown(&self, path: &[Element], value: Option<&Value>) -> String {
        let Some(value) = value else {
            return "nothing".to_owned();
        };
        let text = (self.show)(path, value);
        let mut short: String = text.chars().take(SHOWN).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    }
}

fn hint(conflict: &Conflict) -> Option<&'static str> {
    let scaled = conflict.field == "spec.replicas";
    let by = |known: &str| {
        let mut holders = conflict.holders.iter();
        holders.any(|holder| {
            holder.manager.contains(known) && holder.subresource.as_deref() == Some("scale")
        })
    };
    if scaled && by("kube-controller-manager") {
        return Some("an autoscaler sets it: leave `replicas` out of the manifest");
    }
    (scaled && by("kubectl")).then_some("somebody scaled it by hand")
}

/// Whether a field holds an amount of a resource, as the server knows it.
fn is_amount(path: &[Element]) -> bool {
    match path {
        [.., Element::Field(holder), Element::Field(field)] => amount::is_amount(holder, field),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Conflicts, Sides, TakeOver};

    fn live() -> Value {
        json!({ "kind": "Deployment", "metadata": { "managedFields": [
            { "manager": "kube-controller-manager", "operation": "Update", "subresource": "scale",
              "time": "2026-11-21T10:00:00Z", "fieldsV1": { "f:spec": { "f:replicas": {} } } },
            { "manager": "helm", "operation": "Apply", "time": "2026-11-20T10:00:00Z",
              "fieldsV1": { "f:metadata": { "f:labels": { "f:app.kubernetes.io/name": {} } },
                "f:spec": { "f:template": { "f:spec": { "f:containers": {
                "k:{\"name\":\"main\"}": { "f:env": { "k:{\"name\":\"DB_PASSWORD\"}":
                    { "f:value": {} } } } } } } } } }],
            "labels": { "app.kubernetes.io/name": "web" } },
            "spec": { "replicas": 5, "template": { "spec": { "containers": [{ "name": "main",
                "env": [{ "name": "DB_PASSWORD", "value": "hunter" }] }] } } } })
    }

    fn wanted() -> Value {
        json!({ "kind": "Deployment", "metadata": { "labels": { "app.kubernetes.io/name": "shop" } },
            "spec": { "replicas": 2, "template": { "spec": { "containers": [{ "name": "main",
                "env": [{ "name": "DB_PASSWORD", "value": "swordfish" }] }] } } } })
    }

    fn explained(causes: &[(&str, &str)]) -> Conflicts {
        let mut conflicts = Conflicts::of(causes.iter().copied());
        conflicts.explain(&Sides {
            wanted: &wanted(),
            live: &live(),
            show: &|_, value| value.to_string(),
        });
        conflicts
    }

    #[track_caller]
    fn check(field: &str, message: &str, expected: &str) {
        assert_eq!(explained(&[(field, message)]).lines(), [expected]);
    }

    #[test]
    fn an_autoscalers_field_says_what_to_do() {
        check(
            ".spec.replicas",
            "conflict with \"kube-controller-manager\" with subresource \"scale\" using apps/v1 \
             at 2026-11-21T10:00:00Z",
            "spec.replicas: 5 in the cluster, 2 in the manifest; owned by kube-controller-manager \
             (Update, of its scale, last at 2026-11-21T10:00:00Z); an autoscaler sets it: leave \
             `replicas` out of the manifest",
        );
    }

    #[test]
    fn a_label_with_dots_is_found() {
        check(
            ".metadata.labels.app.kubernetes.io/name",
            "conflict with \"helm\"",
            "metadata.labels[app.kubernetes.io/name]: \"web\" in the cluster, \"shop\" in the \
             manifest; owned by helm (Apply, last at 2026-11-20T10:00:00Z)",
        );
    }

    #[test]
    fn consent_must_cover_every_manager() {
        let causes = [
            (".spec.replicas", "conflict with \"helm\""),
            (
                ".spec.replicas",
                "conflict with \"kubectl-edit\" using apps/v1",
            ),
        ];
        let mut conflicts = explained(&causes);
        assert_eq!(conflicts.to_string(), "spec.replicas (helm, kubectl-edit)");
        assert!(!conflicts.covered(&TakeOver::Only(vec!["helm".to_owned()])));
        assert_eq!(conflicts.others, ["kubectl-edit"]);
        assert!(conflicts.covered(&TakeOver::All));
    }
}
