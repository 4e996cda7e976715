//! `wait=Deployment/api`: the objects that must be ready before a box is ticked.

use std::fmt;

use super::super::Spanned;

/// An object that is waited for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Awaited {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// The namespace; `None` for the phase's own.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// The kinds that need no group and version, with their short names.
const KINDS: &[(&str, &str, &str)] = &[
    ("Deployment", "apps/v1", "deploy"),
    ("StatefulSet", "apps/v1", "sts"),
    ("DaemonSet", "apps/v1", "ds"),
    ("ReplicaSet", "apps/v1", "rs"),
    ("Job", "batch/v1", "job"),
    ("Pod", "v1", "po"),
    ("Service", "v1", "svc"),
    ("PersistentVolumeClaim", "v1", "pvc"),
    ("Namespace", "v1", "ns"),
    ("ConfigMap", "v1", "cm"),
    ("Secret", "v1", "secret"),
    ("ServiceAccount", "v1", "sa"),
    ("Ingress", "networking.k8s.io/v1", "ing"),
    ("HorizontalPodAutoscaler", "autoscaling/v2", "hpa"),
    ("PodDisruptionBudget", "policy/v1", "pdb"),
    ("StorageClass", "storage.k8s.io/v1", "sc"),
    ("CustomResourceDefinition", "apiextensions.k8s.io/v1", "crd"),
];

/// Returns the objects that a value names, or why it names none, and what to write instead.
pub(super) fn read(value: &str) -> Result<Vec<Spanned<Awaited>>, (String, String)> {
    let mut start = 0;
    let mut all = Vec::new();
    for piece in value.split(',') {
        let text = piece.trim();
        let at = start + piece.len() - piece.trim_start().len();
        start += piece.len() + 1;
        if !text.is_empty() {
            all.push(Spanned {
                value: one(text)?,
                span: at..at + text.len(),
            });
        }
    }
    Ok(all)
}

fn one(text: &str) -> Result<Awaited, (String, String)> {
    let form = "write KIND/NAME, as in `wait=Deployment/api`".to_owned();
    if super::duration(text).is_some() || text.parse::<f64>().is_ok() {
        return Err((
            format!("`{text}` is a length of time, and time that passed proves nothing"),
            format!("{form}; `timeout={text}` says how long that may take"),
        ));
    }
    let parts: Vec<&str> = text.split('/').collect();
    let (namespace, kind, name) = match parts.as_slice() {
        [kind, name] => (None, *kind, *name),
        [namespace, kind, name] => (Some(*namespace), *kind, *name),
        _ => return Err((format!("`{text}` names no object"), form)),
    };
    if [kind, name].contains(&"") || namespace == Some("") {
        return Err((format!("`{text}` names no object"), form));
    }
    let (kind, api_version) = kind_of(kind).ok_or_else(|| {
        (
            format!("`{kind}` is no kind that is known without its group"),
            format!(
                "known are {}; another one with version and group, as kubectl has it: \
                 `wait=Certificate.v1.cert-manager.io/site`",
                known()
            ),
        )
    })?;
    Ok(Awaited {
        api_version,
        kind,
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    })
}

fn known() -> String {
    let names: Vec<&str> = KINDS.iter().map(|(kind, _, _)| *kind).collect();
    names.join(", ")
}

/// Returns a kind as it is spelt and its `apiVersion`.
fn kind_of(written: &str) -> Option<(String, String)> {
    if let Some((kind, rest)) = written.split_once('.') {
        let (version, group) = rest.split_once('.')?;
        let whole = [kind, version, group].iter().all(|part| !part.is_empty());
        return whole.then(|| (kind.to_owned(), format!("{group}/{version}")));
    }
    let lower = written.to_ascii_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    let (kind, api_version, _) = KINDS.iter().find(|(kind, _, short)| {
        let name = kind.to_ascii_lowercase();
        name == lower || name == singular || *short == lower
    })?;
    Some(((*kind).to_owned(), (*api_version).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(value: &str, expected: &[&str]) {
        let found = read(value).expect("objects");
        let shown: Vec<String> = found
            .iter()
            .map(|it| format!("{} {}", it.value.api_version, it.value))
            .collect();
        assert_eq!(shown, expected);
    }

    #[track_caller]
    fn check_refused(value: &str, message: &str) {
        let (said, help) = read(value).expect_err("refused");
        assert!(said.contains(message), "{said}");
        assert!(help.contains("wait="), "{help}");
    }

    #[test]
    fn objects_are_named_as_kubectl_names_them() {
        check("Deployment/api", &["apps/v1 Deployment/api"]);
        check(
            "deploy/api, jobs/move",
            &["apps/v1 Deployment/api", "batch/v1 Job/move"],
        );
        check("shop/sts/db", &["apps/v1 shop/StatefulSet/db"]);
        check(
            "Certificate.v1.cert-manager.io/site",
            &["cert-manager.io/v1 Certificate/site"],
        );
        let crd = "crd/certificates.cert-manager.io";
        check(
            crd,
            &["apiextensions.k8s.io/v1 CustomResourceDefinition/certificates.cert-manager.io"],
        );
    }

    #[test]
    fn time_proves_nothing() {
        check_refused("30s", "a length of time");
        check_refused("1h30m", "a length of time");
        check_refused("5", "a length of time");
    }

    #[test]
    fn what_names_no_object_is_refused() {
        check_refused("ready", "names no object");
        check_refused("Deployment/", "names no object");
        check_refused("a/b/c/d", "names no object");
        check_refused("Widget/x", "no kind that is known");
        check_refused("Widget.v1/x", "no kind that is known");
    }
}
