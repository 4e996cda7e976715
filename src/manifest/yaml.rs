//! Values in a readable order, and their YAML.
//!
//! Key order: a table of the keys that people look for first, then the alphabet. Reading YAML is
//! `parse`'s business.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

/// The keys that come first, in this order, wherever they stand.
const FIRST: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "labels",
    "annotations",
    "type",
    "clusterIP",
    "immutable",
    "data",
    "stringData",
    "spec",
    "scaleTargetRef",
    "minReplicas",
    "maxReplicas",
    "metrics",
    "behavior",
    "scaleUp",
    "scaleDown",
    "stabilizationWindowSeconds",
    "replicas",
    "serviceName",
    "schedule",
    "timeZone",
    "concurrencyPolicy",
    "startingDeadlineSeconds",
    "completions",
    "parallelism",
    "backoffLimit",
    "activeDeadlineSeconds",
    "ttlSecondsAfterFinished",
    "revisionHistoryLimit",
    "minReadySeconds",
    "progressDeadlineSeconds",
    "strategy",
    "updateStrategy",
    "minAvailable",
    "maxUnavailable",
    "namespaceSelector",
    "podSelector",
    "selector",
    "matchLabels",
    "policyTypes",
    "template",
    "serviceAccountName",
    "automountServiceAccountToken",
    "enableServiceLinks",
    "restartPolicy",
    "terminationGracePeriodSeconds",
    "image",
    "imagePullPolicy",
    "command",
    "args",
    "workingDir",
    "containerPort",
    "path",
    "pathType",
    "port",
    "targetPort",
    "protocol",
    "ingressClassName",
    "gatewayClassName",
    "parentRefs",
    "hostnames",
    "hostname",
    "matches",
    "filters",
    "backendRefs",
    "tls",
    "rules",
    "ingress",
    "egress",
    "from",
    "to",
    "mountPath",
    "subPath",
    "readOnly",
    "weight",
    "maxSkew",
    "topologyKey",
    "whenUnsatisfiable",
    "runAsNonRoot",
    "runAsUser",
    "runAsGroup",
    "requests",
    "limits",
    "cpu",
    "memory",
    "value",
    "valueFrom",
    "key",
];

/// The keys that come last, in this order: long and seldom looked at.
const LAST: &[&str] = &[
    "ports",
    "envFrom",
    "env",
    "startupProbe",
    "livenessProbe",
    "readinessProbe",
    "lifecycle",
    "resources",
    "securityContext",
    "volumeMounts",
    "affinity",
    "topologySpreadConstraints",
    "initContainers",
    "containers",
    "volumes",
    "volumeClaimTemplates",
];

/// Keys whose values are maps with keys of people's choice, which are kept in their order.
const KEPT: &[&str] = &["data", "stringData", "labels", "annotations", "matchLabels"];

/// Returns the value with its keys in a readable order; `null`s and the empty `status` and
/// `creationTimestamp` that types bring along are dropped.
pub(super) fn readable(value: Value) -> Value {
    let mut value = sorted(value);
    if let Value::Object(map) = &mut value {
        map.shift_remove("status");
    }
    value
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(sorted_map(map)),
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

fn sorted_map(map: Map<String, Value>) -> Map<String, Value> {
    let mut entries: Vec<(String, Value)> = map
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| {
            let value = if KEPT.contains(&key.as_str()) {
                value
            } else {
                sorted(value)
            };
            (key, value)
        })
        .collect();
    entries.sort_by_cached_key(|(key, _)| (rank(key), key.clone()));
    entries.into_iter().collect()
}

/// Returns the key's place: first keys, then any other, then last keys.
fn rank(key: &str) -> usize {
    static PLACES: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
        let first = FIRST.iter().enumerate();
        let last = LAST.iter().enumerate();
        let last = last.map(|(at, key)| (FIRST.len() + 1 + at, key));
        first.chain(last).map(|(at, key)| (*key, at)).collect()
    });
    PLACES.get(key).copied().unwrap_or(FIRST.len())
}

/// Returns the value as a YAML document in block style.
pub(super) fn emit(value: &Value) -> Result<String, serde_saphyr::SerializeError> {
    // Folding would break lines of configuration and commands at blanks; literal blocks are kept.
    let options = serde_saphyr::ser_options! {
        indent_step: 2,
        compact_list_indent: false,
        folded_wrap_chars: usize::MAX,
        prefer_block_scalars: true,
    };
    let mut text = serde_saphyr::to_string_with_options(value, options)?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
    use serde_json::{Value, json};

    use super::{emit, readable};

    #[track_caller]
    fn check(value: &Value, expected: &str) {
        assert_eq!(emit(value).unwrap(), expected);
        let back: Value = serde_saphyr::from_str(expected).unwrap();
        assert_eq!(&back, value);
    }

    #[test]
    fn strings_that_look_like_something_else_are_quoted() {
        check(
            &json!({"a": "8080", "b": "yes", "c": "1e3", "d": "0x1", "e": "null", "f": "~", "g": ""}),
            "a: \"8080\"\nb: \"yes\"\nc: \"1e3\"\nd: \"0x1\"\ne: \"null\"\nf: \"~\"\ng: \"\"\n",
        );
    }

    #[test]
    fn lines_become_literal_blocks() {
        check(
            &json!({"init.sql": "create table a (\n  id int\n);\n", "one": "a: b"}),
            "init.sql: |\n  create table a (\n    id int\n  );\none: \"a: b\"\n",
        );
    }

    #[test]
    fn long_lines_are_not_folded() {
        let long = "word ".repeat(60).trim_end().to_owned();
        check(&json!({ "a": long }), &format!("a: {long}\n"));
    }

    #[test]
    fn keys_come_in_the_order_people_read() {
        let value = json!({
            "spec": {"volumes": [], "containers": [{"env": [], "image": "a", "name": "b"}]},
            "status": {},
            "metadata": {"labels": {"z": "1", "a": "2"}, "creationTimestamp": null, "name": "web"},
            "kind": "Pod", "apiVersion": "v1",
        });
        let text = emit(&readable(value)).unwrap();
        assert_eq!(
            text,
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n    z: \"1\"\n    a: \"2\"\n\
             spec:\n  containers:\n    - name: b\n      image: a\n      env: []\n  volumes: []\n"
        );
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            any::<String>(),
            "[ -~\n]{0,60}",
            "[a-z:#&*!|>%@`{}\\[\\], \n\t'\"-]{0,20}",
            Just("on".to_owned()),
            Just("012".to_owned()),
            Just("12:30:45".to_owned()),
            Just("2026-01-01".to_owned()),
            Just(".inf".to_owned()),
            Just("  leading\nand\n\n".to_owned()),
            Just("\n\n  x".to_owned()),
            Just("---\na\n".to_owned()),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-zA-Z0-9./ -]{1,12}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(value in value()) {
            let text = emit(&value).unwrap();
            let back: Value = serde_saphyr::from_str(&text)
                .unwrap_or_else(|error| panic!("{error}\n{text}"));
            assert_eq!(back, value, "{text}");
        }
    }
}
