//! Whose an object is: what other tools write on the objects that they keep, and whom a run may
//! take things over from.
//!
//! Pure. Who owns a single field is `conflict`'s business.

use serde_json::Value;

use super::{FIELD_MANAGER, Fields};

/// The label by which an object belongs to an ApplySet.
const PART_OF: &str = "applyset.kubernetes.io/part-of";

/// Whom fields and objects may be taken over from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TakeOver {
    /// From nobody.
    #[default]
    None,
    /// From every other manager and tool.
    All,
    /// From those that are named.
    Only(Vec<String>),
}

impl TakeOver {
    /// Returns the consent that flags give: each with a manager's name, or empty for all.
    pub fn of(flags: &[String]) -> Self {
        match flags {
            [] => Self::None,
            names if names.iter().any(String::is_empty) => Self::All,
            names => Self::Only(names.to_vec()),
        }
    }

    /// Returns whether it may be taken over from a manager or tool of that name. `kubectl` is all
    /// that kubectl calls itself.
    pub fn allows(&self, manager: &str) -> bool {
        let kubectl = manager.starts_with("kubectl-") || manager == "before-first-apply";
        match self {
            Self::None => false,
            Self::All => true,
            Self::Only(names) => {
                self.names(manager) || kubectl && names.iter().any(|name| name == "kubectl")
            }
        }
    }

    /// Returns whether exactly that manager was named.
    pub(super) fn names(&self, manager: &str) -> bool {
        match self {
            Self::None | Self::All => false,
            Self::Only(names) => names.iter().any(|name| name.eq_ignore_ascii_case(manager)),
        }
    }
}

/// Another tool, or another object, that an object belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Who it is, in words (`the Helm release shop/web`).
    pub what: String,
    /// What `--take-over` may call it; the first is what is shown.
    pub names: Vec<String>,
    /// What it may do to the object although it was taken over.
    pub warning: Option<String>,
}

impl Owner {
    /// Returns who keeps a live object that is not this run's to change, if anybody does.
    ///
    /// What orch applied before is its own, unless another ApplySet has it.
    pub(super) fn of(live: &Value, wanted: &Value) -> Option<Self> {
        let set = another_set(live, wanted);
        if set.is_some() || Fields::applied_by(live, FIELD_MANAGER).is_some() {
            return set;
        }
        controller(live).or_else(|| tool(live))
    }
}

fn another_set(live: &Value, wanted: &Value) -> Option<Owner> {
    let theirs = label(live, PART_OF)?;
    if label(wanted, PART_OF) == Some(theirs) {
        return None;
    }
    Some(Owner {
        what: format!("the ApplySet {theirs}"),
        names: vec!["applyset".to_owned(), theirs.to_owned()],
        warning: None,
    })
}

/// The object that a controller made it for.
fn controller(live: &Value) -> Option<Owner> {
    let owners = live.pointer("/metadata/ownerReferences")?.as_array()?;
    let owner = owners.iter().find(|owner| owner["controller"] == true)?;
    let text = |field: &str| owner[field].as_str().unwrap_or_default();
    let name = format!("{}/{}", text("kind"), text("name"));
    Some(Owner {
        what: format!("{name}, which controls it"),
        warning: Some(format!(
            "{name} still controls it, and may change it back or delete it"
        )),
        names: vec![name],
    })
}

/// The tool whose marks it carries.
fn tool(live: &Value) -> Option<Owner> {
    let owner = |what: String, names: &[&str], warning: Option<String>| Owner {
        what,
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        warning,
    };
    if let Some(release) = annotation(live, "meta.helm.sh/release-name") {
        let namespace = annotation(live, "meta.helm.sh/release-namespace").unwrap_or("default");
        let warning = format!(
            "helm still believes that it owns it: `helm upgrade` or `helm uninstall` of \
             {namespace}/{release} would change or delete it"
        );
        let what = format!("the Helm release {namespace}/{release}");
        return Some(owner(what, &["helm"], Some(warning)));
    }
    let again = |tool: &str, what: &str| {
        Some(format!(
            "{tool} applies {what} again until the object is taken out of it"
        ))
    };
    let argo = label(live, "argocd.argoproj.io/instance").or_else(|| {
        annotation(live, "argocd.argoproj.io/tracking-id")?
            .split(':')
            .next()
    });
    if let Some(application) = argo {
        let what = format!("the Argo CD application {application}");
        let names = ["argocd", "argocd-controller"];
        return Some(owner(what, &names, again("Argo CD", application)));
    }
    for (group, kind, manager) in [
        ("kustomize", "Kustomization", "kustomize-controller"),
        ("helm", "HelmRelease", "helm-controller"),
    ] {
        if let Some(name) = label(live, &format!("{group}.toolkit.fluxcd.io/name")) {
            let space = label(live, &format!("{group}.toolkit.fluxcd.io/namespace"));
            let name = format!("{}/{name}", space.unwrap_or_default());
            let what = format!("Flux's {kind} {name}");
            return Some(owner(what, &[manager, "flux"], again("Flux", &name)));
        }
    }
    if let Some(app) = label(live, "kapp.k14s.io/app") {
        return Some(owner(format!("the kapp app {app}"), &["kapp"], None));
    }
    if let Some(name) = label(live, "kluctl.io/discriminator") {
        return Some(owner(format!("Kluctl's {name}"), &["kluctl"], None));
    }
    let inventory = annotation(live, "config.k8s.io/owning-inventory")?;
    Some(owner(
        format!("the inventory {inventory}"),
        &["kpt", inventory],
        None,
    ))
}

fn label<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object["metadata"]["labels"][name].as_str()
}

fn annotation<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][name].as_str()
}

/// Returns how an object came to be there, for one that is adopted.
pub(super) fn origin(live: &Value) -> String {
    let made = live["metadata"]["creationTimestamp"].as_str();
    let day = made.and_then(|time| time.split('T').next());
    let entries = live.pointer("/metadata/managedFields");
    let entries = entries.and_then(Value::as_array).into_iter().flatten();
    let first = entries
        .filter(|entry| entry["subresource"].is_null())
        .min_by_key(|entry| entry["time"].as_str().unwrap_or_default());
    let by = first.and_then(|entry| entry["manager"].as_str());
    let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
    let on = day.map(|day| format!(" on {day}")).unwrap_or_default();
    format!("it was there before, made{by}{on}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Owner, TakeOver, origin};

    #[track_caller]
    fn check(metadata: &Value, expected: &str) {
        let owner = Owner::of(&json!({ "metadata": metadata }), &json!({}));
        let found = owner.map(|owner| format!("{} ({})", owner.what, owner.names.join(", ")));
        assert_eq!(found.unwrap_or_default(), expected);
    }

    #[test]
    fn a_tools_marks_name_it() {
        check(
            &json!({ "annotations": { "meta.helm.sh/release-name": "web",
                "meta.helm.sh/release-namespace": "shop" } }),
            "the Helm release shop/web (helm)",
        );
        check(
            &json!({ "labels": { "argocd.argoproj.io/instance": "web" } }),
            "the Argo CD application web (argocd, argocd-controller)",
        );
        check(
            &json!({ "labels": { "kustomize.toolkit.fluxcd.io/name": "web",
                "kustomize.toolkit.fluxcd.io/namespace": "flux-system" } }),
            "Flux's Kustomization flux-system/web (kustomize-controller, flux)",
        );
        check(
            &json!({ "ownerReferences": [{ "kind": "ReplicaSet", "name": "web-1",
                "controller": true }] }),
            "ReplicaSet/web-1, which controls it (ReplicaSet/web-1)",
        );
        check(
            &json!({ "labels": { "applyset.kubernetes.io/part-of": "applyset-x" } }),
            "the ApplySet applyset-x (applyset, applyset-x)",
        );
    }

    #[test]
    fn what_describes_an_object_is_no_owner() {
        check(
            &json!({ "labels": { "app.kubernetes.io/managed-by": "somebody" },
                "ownerReferences": [{ "kind": "Node", "name": "n" }] }),
            "",
        );
    }

    #[test]
    fn what_orch_applied_is_its_own_unless_another_set_has_it() {
        let mut live = json!({ "annotations": { "meta.helm.sh/release-name": "web" },
            "managedFields": [{ "manager": "orch", "operation": "Apply", "fieldsV1": {} }] });
        check(&live, "");
        live["labels"] = json!({ "applyset.kubernetes.io/part-of": "x" });
        check(&live, "the ApplySet x (applyset, x)");
    }

    #[test]
    fn consent_is_for_all_or_for_those_that_are_named() {
        let of = |flags: &[&str]| {
            TakeOver::of(
                &flags
                    .iter()
                    .map(|flag| (*flag).to_owned())
                    .collect::<Vec<_>>(),
            )
        };
        assert!(!of(&[]).allows("helm"));
        assert!(of(&[""]).allows("helm"));
        assert!(of(&["helm"]).allows("Helm"));
        assert!(!of(&["helm"]).allows("helm-controller"));
        assert!(of(&["kubectl"]).allows("kubectl-client-side-apply"));
    }

    #[test]
    fn what_is_adopted_tells_where_it_came_from() {
        let live = json!({ "metadata": { "creationTimestamp": "2026-11-20T10:00:00Z",
            "managedFields": [
                { "manager": "k3s", "subresource": "status", "time": "2026-11-20T09:00:00Z" },
                { "manager": "kubectl-edit", "time": "2026-11-21T10:00:00Z" },
                { "manager": "kubectl-create", "time": "2026-11-20T10:00:00Z" }] } });
        assert_eq!(
            origin(&live),
            "it was there before, made by kubectl-create on 2026-11-20"
        );
    }
}
