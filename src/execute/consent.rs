//! What a person named for deletion: `--delete KIND/NAME`.

use crate::manifest::Object;

/// Objects that may be deleted although their kind is protected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consent(Vec<(String, String)>);

impl Consent {
    /// Reads `KIND/NAME`s; kinds in any case, the usual short names too.
    ///
    /// # Errors
    /// Returns the first that isn't one.
    pub fn parse(names: &[String]) -> Result<Self, String> {
        let pairs = names.iter().map(|text| {
            let (kind, name) = text.split_once('/').ok_or_else(|| text.clone())?;
            if kind.is_empty() || name.is_empty() {
                return Err(text.clone());
            }
            Ok((kind_of(kind), name.to_owned()))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// Returns whether an object was named.
    pub fn names(&self, object: &Object) -> bool {
        let kind = object.kind.to_ascii_lowercase();
        self.0
            .iter()
            .any(|(wanted, name)| *wanted == kind && *name == object.name)
    }

    /// Returns what was named and is none of these objects (`persistentvolumeclaim/data`).
    pub fn unknown<'a>(&self, objects: impl Iterator<Item = &'a Object>) -> Vec<String> {
        let there: Vec<(String, &str)> = objects
            .map(|object| (object.kind.to_ascii_lowercase(), object.name.as_str()))
            .collect();
        let missing = self.0.iter().filter(|(kind, name)| {
            !there
                .iter()
                .any(|(known, called)| known == kind && called == name)
        });
        missing
            .map(|(kind, name)| format!("{kind}/{name}"))
            .collect()
    }
}

fn kind_of(written: &str) -> String {
    let kind = written.to_ascii_lowercase();
    let short = match kind.as_str() {
        "pvc" | "persistentvolumeclaims" => "persistentvolumeclaim",
        "pv" | "persistentvolumes" => "persistentvolume",
        "ns" | "namespaces" => "namespace",
        "crd" | "customresourcedefinitions" => "customresourcedefinition",
        "cm" | "configmaps" => "configmap",
        "svc" | "services" => "service",
        "deploy" | "deployments" => "deployment",
        "sts" | "statefulsets" => "statefulset",
        "ds" | "daemonsets" => "daemonset",
        "sa" | "serviceaccounts" => "serviceaccount",
        "ing" | "ingresses" => "ingress",
        "secrets" => "secret",
        "jobs" => "job",
        _ => return kind,
    };
    short.to_owned()
}

#[cfg(test)]
mod tests {
    use super::Consent;
    use crate::manifest::Object;
    use serde_json::Value;

    fn object(kind: &str, name: &str) -> Object {
        Object {
            api_version: "v1".to_owned(),
            kind: kind.to_owned(),
            namespace: None,
            name: name.to_owned(),
            value: Value::Null,
        }
    }

    #[track_caller]
    fn check(written: &str, kind: &str, expected: bool) {
        let consent = Consent::parse(&[written.to_owned()]).expect("it is KIND/NAME");
        assert_eq!(consent.names(&object(kind, "data")), expected);
    }

    #[test]
    fn kinds_are_named_in_any_case_and_short() {
        check("PersistentVolumeClaim/data", "PersistentVolumeClaim", true);
        check("pvc/data", "PersistentVolumeClaim", true);
        check("pvc/data", "PersistentVolume", false);
        check("pvc/data-1", "PersistentVolumeClaim", false);
        check("widget/data", "Widget", true);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["data", "pvc/", "/data"] {
            assert_eq!(Consent::parse(&[text.to_owned()]), Err(text.to_owned()));
        }
    }

    #[test]
    fn what_is_not_there_is_told() {
        let names = ["pvc/data".to_owned(), "ns/shop".to_owned()];
        let consent = Consent::parse(&names).expect("names");
        let there = [object("Namespace", "shop")];
        assert_eq!(
            consent.unknown(there.iter()),
            ["persistentvolumeclaim/data"]
        );
    }
}
