//! A Helm chart of the same objects: what people change from installation to installation is a
//! value (images, replicas, resources, autoscaling, hosts), the rest stands as it is.
//!
//! Secrets are in neither templates nor values. With its own values a chart renders what the
//! manifests say, in the release's namespace.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::annotations::{CHECKSUM, config_checksum};
use super::generator::is_kustomization;
use super::pods::template_mut;
use super::{Object, Rendered, overlay, relocate, yaml};
use crate::resolve::Application;

/// What stands for a value until the text is there; no manifest has such words.
const MARK: &str = "ORCHVALUE";

/// Returns a chart's files, by their paths, with their texts.
///
/// # Errors
/// Where a value can't be written as YAML.
pub fn chart(
    application: &Application,
    files: &[Rendered],
    (folder, header): (&str, &str),
) -> Result<Vec<(String, String)>, serde_saphyr::SerializeError> {
    let mut values = Values::default();
    let mut texts = Vec::new();
    for file in files {
        let objects = file.objects.iter().filter(|object| object.kind != "Secret");
        let objects: Vec<&Object> = objects.collect();
        if objects.is_empty() {
            continue;
        }
        let mut text = format!("# {}\n", escaped(header));
        for (at, object) in objects.into_iter().enumerate() {
            if at > 0 {
                text.push_str("---\n");
            }
            text.push_str(&values.template(application, object)?);
        }
        let name = if is_kustomization(&file.path) {
            "generated-configmaps.yaml".to_owned()
        } else {
            flat(&file.path)
        };
        texts.push((format!("{folder}/templates/{name}"), text));
    }
    let name = if application.name.is_empty() {
        &application.namespace
    } else {
        &application.name
    };
    let tree = values.tree();
    let about = json!({
        "apiVersion": "v2",
        "name": name,
        "description": format!("{name} on Kubernetes"),
        "type": "application",
        "version": "0.1.0",
    });
    let head = format!("# {header}\n");
    let own = [
        ("Chart.yaml", format!("{head}{}", yaml::emit(&about)?)),
        (
            "values.yaml",
            format!(
                "{head}# Secrets are no values: create them before, as README.md says.\n{}",
                yaml::emit(&tree)?
            ),
        ),
        ("values.schema.json", schema_text(&tree)),
        ("templates/NOTES.txt", notes(application)),
    ];
    let own = own.map(|(path, text)| (format!("{folder}/{path}"), text));
    Ok(own.into_iter().chain(texts).collect())
}

/// The values that templates ask for.
#[derive(Default)]
struct Values {
    /// By workload.
    workloads: BTreeMap<String, Map<String, Value>>,
    /// The hosts of the Ingress, in order.
    hosts: Vec<String>,
    /// The expressions of one object, by their numbers.
    expressions: Vec<String>,
}

impl Values {
    fn template(
        &mut self,
        application: &Application,
        object: &Object,
    ) -> Result<String, serde_saphyr::SerializeError> {
        self.expressions.clear();
        let mut object = object.clone();
        let namespace = self.mark("{{ .Release.Namespace }}".to_owned());
        relocate(&mut object, &application.namespace, &namespace);
        plain_names(application, &mut object);
        match object.kind.as_str() {
            "Deployment" | "StatefulSet" | "DaemonSet" => self.workload(&mut object),
            "HorizontalPodAutoscaler" => {
                let key = camel(&object.name);
                for field in ["minReplicas", "maxReplicas"] {
                    let place = object.value.pointer_mut(&format!("/spec/{field}"));
                    self.take(&key, field, place);
                }
            }
            "Ingress" => self.ingress(&mut object.value),
            _ => {}
        }
        let text = self.filled(&escaped(&yaml::emit(&object.value)?));
        Ok(if object.kind == "Namespace" {
            format!("{{{{- if .Values.namespace.create }}}}\n{text}{{{{- end }}}}\n")
        } else {
            text
        })
    }

    fn workload(&mut self, object: &mut Object) {
        let key = camel(&object.name);
        let name = object.name.clone();
        self.take(&key, "replicas", object.value.pointer_mut("/spec/replicas"));
        let containers = object.value.pointer_mut("/spec/template/spec/containers");
        let containers = containers.and_then(Value::as_array_mut);
        let own = |container: &&mut Value| container["name"] == name.as_str();
        let Some(container) = containers.into_iter().flatten().find(own) else {
            return;
        };
        if let Some(image) = container["image"].as_str().map(str::to_owned) {
            let repository = overlay::name(&image);
            let rest = image.strip_prefix(repository).unwrap_or_default();
            let (sign, field, version) = match rest.split_once('@') {
                Some((_, digest)) => ("@", "digest", digest),
                None => (":", "tag", rest.trim_start_matches(':')),
            };
            let path = format!(".Values.workloads.{key}.image");
            let text = format!("{{{{ {path}.repository }}}}{sign}{{{{ {path}.{field} }}}}");
            if !version.is_empty() {
                let value = json!({ "repository": repository, field: version });
                self.keep(&key, "image", value);
                container["image"] = self.mark(format!("\"{text}\"")).into();
            }
        }
        if let Some(resources) = container.get_mut("resources") {
            let value = resources.clone();
            self.keep(&key, "resources", value);
            let text = format!("toYaml .Values.workloads.{key}.resources");
            *resources = self.mark(text).into();
        }
    }

    fn ingress(&mut self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (key, inner) in fields.iter_mut() {
                    match (key.as_str(), &mut *inner) {
                        ("host", Value::String(host)) => *host = self.host(host),
                        ("hosts", Value::Array(hosts)) => {
                            for host in hosts {
                                if let Value::String(name) = host {
                                    *name = self.host(name);
                                }
                            }
                        }
                        _ => self.ingress(inner),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.ingress(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn host(&mut self, host: &str) -> String {
        let known = self.hosts.iter().position(|known| known == host);
        let at = known.unwrap_or_else(|| {
            self.hosts.push(host.to_owned());
            self.hosts.len() - 1
        });
        self.mark(format!("{{{{ index .Values.hosts {at} | quote }}}}"))
    }

    /// Makes a field of a workload's a value.
    fn take(&mut self, key: &str, field: &str, place: Option<&mut Value>) {
        if let Some(place) = place {
            self.keep(key, field, place.clone());
            let text = format!("{{{{ .Values.workloads.{key}.{field} }}}}");
            *place = self.mark(text).into();
        }
    }

    fn keep(&mut self, key: &str, field: &str, value: Value) {
        let workload = self.workloads.entry(key.to_owned()).or_default();
        workload.insert(field.to_owned(), value);
    }

    fn mark(&mut self, expression: String) -> String {
        self.expressions.push(expression);
        // The last letter keeps the first from being found in the eleventh.
        format!("{MARK}{}X", self.expressions.len() - 1)
    }

    /// Puts the expressions in the places of their marks.
    fn filled(&self, text: &str) -> String {
        let mut whole = String::new();
        for line in text.split_inclusive('\n') {
            let mut line = line.to_owned();
            for (at, expression) in self.expressions.iter().enumerate() {
                let mark = format!("{MARK}{at}X");
                if !line.contains(&mark) {
                    continue;
                }
                let indent = line.len() - line.trim_start().len() + 2;
                line = if expression.starts_with("toYaml") {
                    let list = format!("{{{{- {expression} | nindent {indent} }}}}");
                    line.replace(&mark, &list)
                } else {
                    line.replace(&mark, expression)
                };
            }
            whole.push_str(&line);
        }
        whole
    }

    fn tree(&self) -> Value {
        let mut tree = json!({ "namespace": { "create": false } });
        if !self.hosts.is_empty() {
            tree["hosts"] = self.hosts.clone().into();
        }
        let workloads = self.workloads.iter();
        tree["workloads"] = workloads
            .map(|(key, fields)| (key.clone(), Value::Object(fields.clone())))
            .collect::<Map<String, Value>>()
            .into();
        tree
    }
}

/// Gives an object what it needs where `ConfigMap`s keep their names: those can be changed, and
/// their users' pods carry a checksum.
fn plain_names(application: &Application, object: &mut Object) {
    if let ("ConfigMap", Value::Object(fields)) = (object.kind.as_str(), &mut object.value) {
        fields.shift_remove("immutable");
    }
    let Some(workload) = application.workload(&object.name) else {
        return;
    };
    let checksum = config_checksum(application, workload, |_| true);
    let metadata = template_mut(object).and_then(|template| template.get_mut("metadata"));
    if let (Some(checksum), Some(metadata)) = (checksum, metadata) {
        metadata["annotations"][CHECKSUM] = checksum.into();
    }
}

/// Returns the text with what Helm would read as its own taken literally.
fn escaped(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

/// Returns a file's name in the chart (`k8s/api/service.yml` → `api-service.yaml`).
fn flat(path: &str) -> String {
    let inner = path.split_once('/').map_or(path, |(_, inner)| inner);
    let stem = inner.rsplit_once('.').map_or(inner, |(stem, _)| stem);
    format!("{}.yaml", stem.replace('/', "-"))
}

/// Returns a name as templates can refer to it (`call-processor` → `callProcessor`).
fn camel(name: &str) -> String {
    let mut text = String::new();
    let mut upper = false;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            text.push(if upper {
                character.to_ascii_uppercase()
            } else {
                character
            });
            upper = false;
        } else {
            upper = true;
        }
    }
    text
}

fn schema_text(values: &Value) -> String {
    let mut schema = schema(values);
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text + "\n"
}

/// Returns what values of that form must look like; amounts of resources are free.
fn schema(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let properties: Map<String, Value> = fields
                .iter()
                .map(|(key, value)| {
                    let free = key == "resources" || key == "image";
                    let schema = if free {
                        json!({ "type": "object" })
                    } else {
                        schema(value)
                    };
                    (key.clone(), schema)
                })
                .collect();
            let required: Vec<&String> = fields.keys().collect();
            json!({ "type": "object", "properties": properties, "required": required })
        }
        Value::Array(_) => json!({ "type": "array", "items": { "type": "string" } }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "integer", "minimum": 0 }),
        Value::String(_) | Value::Null => json!({ "type": "string" }),
    }
}

fn notes(application: &Application) -> String {
    let mut text = "{{ .Chart.Name }} runs in the namespace {{ .Release.Namespace }}.\n".to_owned();
    if !application.secrets.is_empty() {
        text.push_str("\nIts pods wait for these Secrets, which the chart doesn't hold:\n");
        for secret in &application.secrets {
            let keys: Vec<&str> = secret.entries.iter().map(|it| it.key.as_str()).collect();
            // Writing to a string can't fail.
            let _ = writeln!(text, "  {}: {}", secret.name, keys.join(", "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{camel, escaped, flat};

    #[track_caller]
    fn check(found: &str, expected: &str) {
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_fit_for_templates() {
        check(&camel("call-processor"), "callProcessor");
        check(&flat("k8s/api/service.yml"), "api-service.yaml");
        check(&flat("namespace.yml"), "namespace.yaml");
        check(&escaped("{{ $labels.pod }}"), "{{ \"{{\" }} $labels.pod }}");
    }
}
