//! What is served: `/version`, `/api`, `/apis` and the resources of a group version; aggregated
//! discovery v2 where the client asks for it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::resources::{Resource, Resources};

/// Returns `/version`.
pub(crate) fn version(resources: &Resources) -> Value {
    let mut parts = resources.version.trim_start_matches('v').split('.');
    let major = parts.next().unwrap_or("1");
    let minor = parts.next().unwrap_or("0");
    json!({
        "major": major,
        "minor": minor,
        "gitVersion": format!("{}+orch-rehearsal", resources.version),
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "rustc",
        "platform": "rehearsal",
    })
}

/// Returns `/api`.
pub(crate) fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})
}

/// Returns `/apis`.
pub(crate) fn groups(resources: &Resources) -> Value {
    let groups: Vec<Value> = resources
        .groups()
        .iter()
        .map(|(name, versions)| group(name, versions))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// Returns `/apis/GROUP`.
pub(crate) fn one_group(resources: &Resources, name: &str) -> Option<Value> {
    let groups = resources.groups();
    let mut found = group(name, groups.get(name)?);
    found["kind"] = Value::from("APIGroup");
    found["apiVersion"] = Value::from("v1");
    Some(found)
}

fn group(name: &str, versions: &[String]) -> Value {
    let versions: Vec<Value> = versions
        .iter()
        .map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version}))
        .collect();
    let preferred = versions.first().cloned();
    json!({"name": name, "versions": versions, "preferredVersion": preferred})
}

/// Returns `/api/v1` or `/apis/GROUP/VERSION`; `None` where nothing is served there.
pub(crate) fn list(resources: &Resources, group_version: &str) -> Option<Value> {
    let found = resources.of(group_version);
    if found.is_empty() {
        return None;
    }
    let mut entries = Vec::new();
    for resource in &found {
        let mut entry = json!({
            "name": resource.plural,
            "singularName": resource.kind.to_lowercase(),
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": verbs(resource),
        });
        if let Some(short) = &resource.short {
            entry["shortNames"] = json!([short]);
        }
        entries.push(entry);
        for name in served_subresources(resource) {
            entries.push(json!({
                "name": format!("{}/{name}", resource.plural),
                "singularName": "",
                "namespaced": resource.namespaced,
                "kind": resource.kind,
                "verbs": subresource_verbs(name),
            }));
        }
    }
    Some(json!({
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": entries,
    }))
}

/// Returns aggregated discovery: of the core group, or of all the others.
pub(crate) fn aggregated(resources: &Resources, core: bool) -> Value {
    let groups: Vec<(String, Vec<String>)> = if core {
        vec![(String::new(), vec!["v1".to_owned()])]
    } else {
        resources.groups().into_iter().collect()
    };
    let items: Vec<Value> = groups
        .iter()
        .map(|(name, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|version| {
                    let group_version = if core {
                        version.clone()
                    } else {
                        format!("{name}/{version}")
                    };
                    let entries: Vec<Value> = resources
                        .of(&group_version)
                        .iter()
                        .map(aggregated_entry)
                        .collect();
                    json!({"version": version, "resources": entries, "freshness": "Current"})
                })
                .collect();
            json!({"metadata": {"name": name, "creationTimestamp": null}, "versions": versions})
        })
        .collect();
    json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    })
}

fn aggregated_entry(resource: &Arc<Resource>) -> Value {
    let kind = json!({"group": resource.group, "version": resource.version, "kind": resource.kind});
    let subresources: Vec<Value> = served_subresources(resource)
        .map(|name| {
            json!({"subresource": name, "responseKind": kind, "verbs": subresource_verbs(name)})
        })
        .collect();
    let mut entry = json!({
        "resource": resource.plural,
        "responseKind": kind,
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.kind.to_lowercase(),
        "verbs": verbs(resource),
    });
    if let Some(short) = &resource.short {
        entry["shortNames"] = json!([short]);
    }
    if !subresources.is_empty() {
        entry["subresources"] = Value::Array(subresources);
    }
    entry
}

fn served_subresources(resource: &Resource) -> impl Iterator<Item = &str> {
    let served = ["status", "scale", "log"];
    resource
        .subresources
        .iter()
        .map(String::as_str)
        .filter(move |name| served.contains(name))
}

fn subresource_verbs(name: &str) -> &'static [&'static str] {
    if name == "log" {
        &["get"]
    } else {
        &["get", "patch", "update"]
    }
}

fn verbs(resource: &Resource) -> &'static [&'static str] {
    if resource.group == "authorization.k8s.io" {
        return &["create"];
    }
    &[
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    ]
}
