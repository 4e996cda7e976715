//! What tells an item of a list, or a document, from the others: Kubernetes' merge keys.

use serde_json::Value;

/// Fields that tell the items of a list apart, by the list's name; the first that fit all items
/// are used.
const KEYS: &[(&str, &[&[&str]])] = &[
    (
        "ports",
        &[
            &["name"],
            &["containerPort", "protocol"],
            &["port", "protocol"],
        ],
    ),
    ("volumeMounts", &[&["mountPath"]]),
    ("volumeDevices", &[&["devicePath"]]),
    ("volumeClaimTemplates", &[&["metadata/name"]]),
    ("hostAliases", &[&["ip"]]),
    (
        "envFrom",
        &[&["configMapRef/name"], &["secretRef/name"], &["prefix"]],
    ),
    (
        "topologySpreadConstraints",
        &[&["topologyKey", "whenUnsatisfiable"]],
    ),
    ("rules", &[&["name"], &["host"]]),
    ("paths", &[&["path", "pathType"]]),
    ("tls", &[&["secretName"]]),
    ("metrics", &[&["type", "resource/name"]]),
    ("policies", &[&["type"]]),
    ("items", &[&["key"]]),
    ("subjects", &[&["kind", "name", "namespace"]]),
    ("endpoints", &[&["port"]]),
    ("patches", &[&["path"], &["target/kind", "target/name"]]),
];

/// What tells the items of any other list apart.
const ANY: &[&[&str]] = &[&["name"]];

/// Lists of texts whose order says nothing.
const SETS: &[&str] = &[
    "resources",
    "components",
    "finalizers",
    "add",
    "drop",
    "hosts",
    "verbs",
    "accessModes",
    "policyTypes",
    "namespaces",
];

/// Returns each item's key for each of the lists of that name; nothing where their items can't be
/// told apart.
pub(super) fn of(name: &str, lists: [&[Value]; 3]) -> Option<[Vec<String>; 3]> {
    if SETS.contains(&name) {
        let found = lists.map(|items| unique(items, scalar));
        if let [Some(base), Some(theirs), Some(ours)] = found {
            return Some([base, theirs, ours]);
        }
    }
    let named = KEYS.iter().find(|(list, _)| *list == name);
    let candidates = named.map_or(ANY, |(_, candidates)| *candidates);
    candidates.iter().find_map(|fields| {
        let found = lists.map(|items| unique(items, |item| composed(item, fields)));
        match found {
            [Some(base), Some(theirs), Some(ours)] => Some([base, theirs, ours]),
            _ => None,
        }
    })
}

fn unique(items: &[Value], key: impl Fn(&Value) -> Option<String>) -> Option<Vec<String>> {
    let mut keys: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let key = key(item)?;
        if keys.contains(&key) {
            return None;
        }
        keys.push(key);
    }
    Some(keys)
}

/// Returns the text of an item that is a text.
fn scalar(item: &Value) -> Option<String> {
    item.as_str().map(str::to_owned)
}

/// Returns what an item's fields say, the first of which it must have.
fn composed(item: &Value, fields: &[&str]) -> Option<String> {
    let mut parts = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let found = item
            .as_object()
            .and_then(|_| item.pointer(&format!("/{field}")));
        match found {
            Some(Value::String(text)) => parts.push(text.clone()),
            Some(Value::Number(number)) => parts.push(number.to_string()),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => return None,
            Some(Value::Null) | None if at == 0 => return None,
            Some(Value::Null) | None => {}
        }
    }
    Some(parts.join("/"))
}

/// What each document of the three texts is called; a base that isn't known has none.
pub(super) struct Names {
    pub(super) base: Option<Vec<String>>,
    pub(super) theirs: Vec<String>,
    pub(super) ours: Vec<String>,
}

/// Returns what tells each document from the others of its text, and how it is called.
///
/// Where orch wants an object in another namespace than it wrote it in, that is the same object: it
/// has the new name in all three texts, so that what was changed in it goes along.
pub(super) fn documents(base: Option<&[Value]>, theirs: &[Value], ours: &[Value]) -> Names {
    let mut names = Names {
        base: base.map(called),
        theirs: called(theirs),
        ours: called(ours),
    };
    let Some(base) = &mut names.base else {
        return names;
    };
    for wanted in names
        .ours
        .iter()
        .filter(|it| !base.contains(it))
        .cloned()
        .collect::<Vec<_>>()
    {
        let alike = |it: &&String| without_namespace(it) == without_namespace(&wanted);
        let others = base
            .iter()
            .filter(alike)
            .filter(|it| !names.ours.contains(it));
        let others: Vec<String> = others.cloned().collect();
        let [before] = others.as_slice() else {
            continue;
        };
        let there = |name: &String| names.theirs.contains(name);
        if names.ours.iter().filter(alike).count() > 1 || there(before) && there(&wanted) {
            continue;
        }
        for name in base.iter_mut().chain(&mut names.theirs) {
            if name == before {
                name.clone_from(&wanted);
            }
        }
    }
    names
}

fn without_namespace(name: &str) -> &str {
    name.split_once(" in ").map_or(name, |(name, _)| name)
}

/// Returns how each document of a text is called.
///
/// Those without a name are counted among themselves: where one is added, it has the number that it
/// was missed by.
pub(super) fn called(values: &[Value]) -> Vec<String> {
    let mut nameless = 0;
    let name = |value: &Value| {
        document(value).unwrap_or_else(|| {
            nameless += 1;
            format!("document {nameless} without a name")
        })
    };
    values.iter().map(name).collect()
}

fn document(value: &Value) -> Option<String> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let kind = text("/kind")?;
    Some(
        match (text("/metadata/name"), text("/metadata/namespace")) {
            (Some(name), Some(namespace)) => format!("{kind}/{name} in {namespace}"),
            (Some(name), None) => format!("{kind}/{name}"),
            (None, _) => kind.to_owned(),
        },
    )
}
