//! Devices: `gpus`, `devices`, and those that `deploy` reserves, as resources of a device plugin.

use super::super::yaml::{Node, Value};
use super::fields::{Fields, Notes};
use super::keys;

const NVIDIA: &str = "nvidia.com/gpu";

/// Adds a device; the greater number of one resource wins, as both mean the same devices.
pub(super) fn add(devices: &mut Vec<(String, u32)>, (resource, count): (String, u32)) {
    match devices.iter_mut().find(|(known, _)| *known == resource) {
        Some((_, known)) => *known = (*known).max(count),
        None => devices.push((resource, count)),
    }
}

/// Returns what `gpus` and `devices` ask for.
pub(super) fn gpus(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    let path = service.at("gpus");
    if let Some(node) = service.take("gpus") {
        match &node.value {
            Value::Scalar(text) if text.value == "all" => {
                add(&mut found, (NVIDIA.to_owned(), 1));
                service.leave("gpus", Some("all"), &node.mark, notes);
            }
            Value::List(items) => {
                for item in items {
                    if let Some(device) = device(item, &path, true, notes) {
                        add(&mut found, device);
                    }
                }
            }
            Value::Null | Value::Scalar(_) | Value::Map(_) => {
                notes.unfit(node, &path, "`all`, or a list of devices");
            }
        }
    }
    for node in service.list("devices", notes) {
        let source = node.get("source").unwrap_or(node).str().unwrap_or_default();
        match resource_of(source.split(':').next().unwrap_or(source)) {
            Some(resource) => add(&mut found, (resource, 1)),
            None => service.leave("devices", Some(source), &node.mark, notes),
        }
    }
    found
}

/// Returns what `devices` and `generic_resources` of `deploy.resources.reservations` ask for.
pub(super) fn reserved(part: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<(String, u32)> {
    let mut found = Vec::new();
    let path = part.at("devices");
    for node in part.list("devices", notes) {
        if let Some(device) = device(node, &path, false, notes) {
            add(&mut found, device);
        }
    }
    let path = part.at("generic_resources");
    for node in part.list("generic_resources", notes) {
        let mut fields = Fields::new(node, path.clone(), &keys::GENERIC, notes);
        if let Some(spec) = fields.take("discrete_resource_spec") {
            let kind = spec.get("kind").and_then(Node::str).unwrap_or_default();
            let count = spec.get("value").and_then(Node::str);
            let count = count.and_then(|count| count.parse().ok()).unwrap_or(1);
            if kind.to_ascii_lowercase().contains("gpu") {
                add(&mut found, (NVIDIA.to_owned(), count));
            } else {
                let mark = &spec.mark;
                fields.leave("discrete_resource_spec", Some(kind), mark, notes);
            }
        }
        fields.finish(notes);
    }
    found
}

/// Returns the resource of one device and how many; `gpu`: whether it is one without saying so.
fn device(node: &Node, path: &str, gpu: bool, notes: &mut Notes<'_>) -> Option<(String, u32)> {
    let mut fields = Fields::new(node, path.to_owned(), &keys::DEVICE, notes);
    let capabilities = fields.strings("capabilities", notes);
    let is_gpu = gpu || capabilities.iter().any(|(name, _)| *name == "gpu");
    let driver = fields.string("driver", notes);
    let ids = fields.strings("device_ids", notes);
    let resource = match driver.as_deref() {
        None | Some("" | "nvidia" | "cdi") => Some(NVIDIA),
        Some("amd") => Some("amd.com/gpu"),
        Some("intel") => Some("gpu.intel.com/i915"),
        Some(_) => None,
    };
    let count = match fields.take("count").and_then(Node::str) {
        Some(text) => text.parse::<u32>().ok().filter(|count| *count > 0),
        None => u32::try_from(ids.len()).ok().filter(|count| *count > 0),
    };
    let found = match (is_gpu, resource) {
        (true, Some(resource)) => {
            if let Some((_, node)) = ids.first() {
                fields.leave("device_ids", None, &node.mark, notes);
            } else if count.is_none() {
                fields.leave("count", None, &node.mark, notes);
            }
            Some((resource.to_owned(), count.unwrap_or(1)))
        }
        (true, None) => {
            fields.leave("driver", driver.as_deref(), &node.mark, notes);
            None
        }
        (false, _) => {
            let names: Vec<&str> = capabilities.iter().map(|(name, _)| *name).collect();
            fields.leave("capabilities", Some(&names.join(", ")), &node.mark, notes);
            None
        }
    };
    fields.finish(notes);
    found
}

/// Returns the resource that a device of the node is had by.
fn resource_of(source: &str) -> Option<String> {
    if source.starts_with("/dev/nvidia") {
        return Some(NVIDIA.to_owned());
    }
    // A name of the Container Device Interface: `vendor.com/class=device`.
    let (resource, _) = source.split_once('=')?;
    let (vendor, class) = resource.split_once('/')?;
    let named = vendor.contains('.') && !class.is_empty() && !class.contains('/');
    named.then(|| resource.to_owned())
}
