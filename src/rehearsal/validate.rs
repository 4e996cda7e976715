//! What the server insists on beyond the schema: names, selectors; and what it allocates for a new
//! object. What can't be changed later is in `fixed`.

use serde_json::{Value, json};

use super::resources::Resource;
use super::selector::selects;
use super::world::World;

/// A field and what is wrong with it.
pub(crate) type Cause = (String, String);

/// The storage class of claims that name none.
pub(crate) const DEFAULT_CLASS: &str = "standard";

/// Returns what is wrong with an object as it is.
pub(crate) fn object(resource: &Resource, object: &Value) -> Vec<Cause> {
    let mut causes = Vec::new();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    // Names of RBAC objects are path segments, with colons.
    if resource.group != "rbac.authorization.k8s.io" && !is_dns_name(name) {
        let what = format!(
            "Invalid value: {name:?}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
        );
        causes.push(("metadata.name".to_owned(), what));
    }
    let spec = &object["spec"];
    match resource.plural.as_str() {
        "deployments" | "statefulsets" | "daemonsets" | "replicasets" => {
            workload(spec, &mut causes);
        }
        "jobs" => pod_spec("spec.template.spec", &spec["template"]["spec"], &mut causes),
        "pods" => pod_spec("spec", spec, &mut causes),
        "services"
            if spec["type"] != "ExternalName"
                && spec["clusterIP"] != "None"
                && spec["ports"].as_array().is_none_or(Vec::is_empty) =>
        {
            causes.push(("spec.ports".to_owned(), "Required value".to_owned()));
        }
        _ => {}
    }
    causes
}

fn workload(spec: &Value, causes: &mut Vec<Cause>) {
    let selector = &spec["selector"];
    let labels = &spec["template"]["metadata"]["labels"];
    if selector.as_object().is_none_or(serde_json::Map::is_empty) {
        causes.push(("spec.selector".to_owned(), "Required value".to_owned()));
    } else if !selects(selector, labels) {
        let what = format!("Invalid value: {labels}: `selector` does not match template `labels`");
        causes.push(("spec.template.metadata.labels".to_owned(), what));
    }
    pod_spec("spec.template.spec", &spec["template"]["spec"], causes);
}

fn pod_spec(path: &str, spec: &Value, causes: &mut Vec<Cause>) {
    let containers = spec["containers"].as_array();
    if containers.is_none_or(Vec::is_empty) {
        causes.push((format!("{path}.containers"), "Required value".to_owned()));
    }
    for (index, container) in containers.into_iter().flatten().enumerate() {
        if container["image"].as_str().unwrap_or_default().is_empty() {
            causes.push((
                format!("{path}.containers[{index}].image"),
                "Required value".to_owned(),
            ));
        }
        for (mount, value) in container["volumeMounts"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let volumes = spec["volumes"].as_array().into_iter().flatten();
            if !volumes
                .into_iter()
                .any(|volume| volume["name"] == value["name"])
                && !value["name"].is_null()
                && path == "spec"
            {
                let field = format!("{path}.containers[{index}].volumeMounts[{mount}].name");
                causes.push((field, format!("Not found: {}", value["name"])));
            }
        }
    }
}

/// Keeps what the server allocated where an update doesn't say it.
pub(crate) fn carry_over(resource: &Resource, old: &Value, new: &mut Value) {
    let fields: &[&str] = match resource.plural.as_str() {
        "services" => &["clusterIP", "clusterIPs"],
        "persistentvolumeclaims" => &["volumeName", "storageClassName"],
        "pods" => &["nodeName", "serviceAccountName", "serviceAccount"],
        "jobs" => &["selector"],
        _ => return,
    };
    for field in fields {
        if new["spec"][field].is_null() && !old["spec"][field].is_null() {
            new["spec"][field] = old["spec"][field].clone();
        }
    }
    if resource.plural == "services" {
        let known = old["spec"]["ports"].as_array().cloned().unwrap_or_default();
        for port in new["spec"]["ports"].as_array_mut().into_iter().flatten() {
            let same = known
                .iter()
                .find(|one| one["port"] == port["port"] && one["protocol"] == port["protocol"]);
            if let Some(same) = same.filter(|_| port["nodePort"].is_null())
                && !same["nodePort"].is_null()
            {
                port["nodePort"] = same["nodePort"].clone();
            }
        }
    }
}

/// Gives a new object its first status and what the server allocates.
pub(crate) fn allocate(world: &mut World, resource: &Resource, object: &mut Value) {
    match (resource.group.as_str(), resource.plural.as_str()) {
        ("", "services") => service(world, object),
        ("", "pods") => {
            if object["spec"]["serviceAccountName"].is_null() {
                object["spec"]["serviceAccountName"] = json!("default");
                object["spec"]["serviceAccount"] = json!("default");
            }
            object["status"] = json!({"phase": "Pending", "qosClass": quality(&object["spec"])});
        }
        ("", "persistentvolumeclaims") => {
            if object["spec"]["storageClassName"].is_null() {
                object["spec"]["storageClassName"] = json!(DEFAULT_CLASS);
            }
            object["status"] = json!({"phase": "Pending"});
        }
        ("", "namespaces") => object["status"] = json!({"phase": "Active"}),
        ("batch", "jobs") => {
            let uid = object["metadata"]["uid"].clone();
            let name = object["metadata"]["name"].clone();
            if object["spec"]["selector"].is_null() {
                object["spec"]["selector"] =
                    json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}});
                let labels = &mut object["spec"]["template"]["metadata"]["labels"];
                for (key, value) in [
                    ("batch.kubernetes.io/controller-uid", &uid),
                    ("batch.kubernetes.io/job-name", &name),
                    ("controller-uid", &uid),
                    ("job-name", &name),
                ] {
                    labels[key] = value.clone();
                }
            }
        }
        ("apps", "deployments" | "statefulsets" | "daemonsets" | "replicasets") => {
            object["status"] = json!({"replicas": 0});
            if resource.plural == "daemonsets" {
                object["status"] = json!({
                    "currentNumberScheduled": 0,
                    "numberMisscheduled": 0,
                    "desiredNumberScheduled": 0,
                    "numberReady": 0,
                });
            }
            if resource.plural == "deployments" {
                object["status"] = json!({});
            }
        }
        ("networking.k8s.io", "ingresses") => object["status"] = json!({"loadBalancer": {}}),
        _ => {}
    }
}

fn service(world: &mut World, object: &mut Value) {
    let spec = &mut object["spec"];
    let kind = spec["type"].as_str().unwrap_or_default().to_owned();
    object_status(&mut object["status"]);
    let spec = &mut object["spec"];
    if kind == "ExternalName" {
        return;
    }
    if spec["clusterIP"].as_str().is_none_or(str::is_empty) {
        spec["clusterIP"] = Value::from(world.next_address());
    }
    spec["clusterIPs"] = json!([spec["clusterIP"]]);
    if matches!(kind.as_str(), "NodePort" | "LoadBalancer") {
        for port in spec["ports"].as_array_mut().into_iter().flatten() {
            if port["nodePort"].is_null() {
                port["nodePort"] = Value::from(world.next_port());
            }
        }
    }
}

fn object_status(status: &mut Value) {
    *status = json!({"loadBalancer": {}});
}

/// Returns the quality of service class.
fn quality(spec: &Value) -> &'static str {
    let containers = spec["containers"].as_array().map_or(&[][..], Vec::as_slice);
    let bare = containers.iter().all(|one| {
        let set = |part: &str| {
            one["resources"][part]
                .as_object()
                .is_some_and(|set| !set.is_empty())
        };
        !set("requests") && !set("limits")
    });
    if bare {
        return "BestEffort";
    }
    let guaranteed = containers.iter().all(|one| {
        let limits = &one["resources"]["limits"];
        let both = !limits["cpu"].is_null() && !limits["memory"].is_null();
        both && ["cpu", "memory"]
            .iter()
            .all(|name| one["resources"]["requests"][name] == limits[name])
    });
    if guaranteed {
        "Guaranteed"
    } else {
        "Burstable"
    }
}

fn is_dns_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() <= 253
        && name.chars().all(inner)
        && name.chars().next().is_some_and(edge)
        && name.chars().last().is_some_and(edge)
}
