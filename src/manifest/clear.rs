//! Secrets in clear that a person put into a manifest: named with their lines, never with values.
//!
//! What orch writes holds none. The values of Secrets themselves are for merging to refuse.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Object, Rendered};
use crate::facts::secret::{by_name, by_value, in_text, is_value, literals, split_url};
use crate::settings::SecretSettings;

/// How many lines a name may stand above its value.
const BETWEEN: usize = 3;

/// A secret in clear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InClear {
    /// The file.
    pub path: String,
    /// The 1-based line of the value, where it is found.
    pub line: Option<usize>,
    /// The object (`Deployment/api`).
    pub object: String,
    /// What the value belongs to: a variable, a key, a field.
    pub name: String,
    /// Why it is one.
    pub why: String,
}

/// A text in an object that is a secret.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found<'o> {
    name: &'o str,
    value: &'o str,
    why: String,
}

/// Returns the secrets in clear that a person put into a file, and that orch wouldn't write.
pub fn in_clear(file: &Rendered, told: &SecretSettings) -> Vec<InClear> {
    let Some(theirs) = &file.theirs else {
        return Vec::new();
    };
    let mut clear = BTreeSet::new();
    for object in &file.objects {
        let wanted = theirs.wanted.iter().find(|it| it.label() == object.label());
        let wanted = wanted.map(|wanted| of_object(wanted, told));
        for found in of_object(object, told) {
            if wanted.as_ref().is_some_and(|it| it.contains(&found)) {
                continue;
            }
            clear.insert(InClear {
                path: file.path.clone(),
                line: line_of(&theirs.text, &found),
                object: object.label(),
                name: found.name.to_owned(),
                why: found.why,
            });
        }
    }
    clear.into_iter().collect()
}

fn of_object<'o>(object: &'o Object, told: &SecretSettings) -> BTreeSet<Found<'o>> {
    let mut found = BTreeSet::new();
    if object.kind != "Secret" {
        let mut walk = Walk {
            told,
            found: &mut found,
        };
        walk.value("", "", &object.value);
    }
    found
}

struct Walk<'w, 'o> {
    told: &'w SecretSettings,
    found: &'w mut BTreeSet<Found<'o>>,
}

impl<'o> Walk<'_, 'o> {
    /// Looks through a value; `parent` and `key` are the names that lead to it.
    fn value(&mut self, parent: &str, key: &'o str, value: &'o Value) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => self.text(parent, key, text),
            Value::Array(items) => {
                if key == "command" || key == "args" {
                    self.command(key, items);
                }
                for item in items {
                    self.value(parent, key, item);
                }
            }
            Value::Object(fields) => {
                let text = |name: &str| fields.get(name).and_then(Value::as_str);
                if let (Some(name), Some(text)) = (text("name"), text("value")) {
                    // A variable of a container.
                    self.text("env", name, text);
                    return;
                }
                for (name, field) in fields {
                    self.value(key, name, field);
                }
            }
        }
    }

    fn command(&mut self, key: &'o str, items: &'o [Value]) {
        let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
        for literal in literals(&words, false) {
            let value = words.get(literal.word).copied().unwrap_or_default();
            self.add(key, value, literal.by.reason());
        }
    }

    fn text(&mut self, parent: &str, name: &'o str, text: &'o str) {
        let is = |names: &[String]| names.iter().any(|it| it == name);
        if is(&self.told.settings) {
            return;
        }
        let named = ["env", "data", "annotations", "labels"].contains(&parent);
        let by_name = by_name(name)
            .or_else(|| is(&self.told.names).then(|| "settings say so".to_owned()))
            .filter(|_| named && is_value(text));
        let held = || {
            let held = (parent == "data").then(|| in_text(name, text))??;
            held.in_clear.then(|| format!("it has {}", held.what))
        };
        let url = split_url(text).is_none_or(|url| is_value(&url.password));
        let why = by_name
            .or_else(|| by_value(text).filter(|_| url))
            .or_else(held);
        if let Some(why) = why {
            self.add(name, text, why);
        }
    }

    fn add(&mut self, name: &'o str, value: &'o str, why: String) {
        self.found.insert(Found { name, value, why });
    }
}

/// Returns the line of a value: the one that has it, with its name there or shortly before.
fn line_of(text: &str, found: &Found<'_>) -> Option<usize> {
    let first = found
        .value
        .lines()
        .map(str::trim)
        .find(|it| !it.is_empty())?;
    let lines: Vec<&str> = text.lines().collect();
    let has = |at: usize, what: &str| lines.get(at).is_some_and(|line| line.contains(what));
    let mut places = (0..lines.len()).filter(|at| has(*at, first));
    let near = |at: &usize| (at.saturating_sub(BETWEEN)..=*at).any(|at| has(at, found.name));
    let first = places.clone().next();
    places.find(near).or(first).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::{Theirs, parse_documents};
    use super::{Rendered, SecretSettings, in_clear};

    /// Checks what is told of a file that orch would write without anything in it.
    #[track_caller]
    fn check(ours: &str, theirs: &str, expected: &[&str]) {
        let objects = |text: &str| parse_documents("k8s/a.yml", text).expect("objects");
        let file = Rendered {
            path: "k8s/a.yml".to_owned(),
            text: theirs.to_owned(),
            objects: objects(theirs),
            theirs: Some(Box::new(Theirs {
                ours: ours.to_owned(),
                wanted: objects(ours),
                text: theirs.to_owned(),
                found: String::new(),
                as_written: false,
                conflicts: Vec::new(),
            })),
        };
        let told = SecretSettings {
            names: vec!["LICENSE".to_owned()],
            settings: vec!["TOKEN_MODE".to_owned()],
        };
        let found = in_clear(&file, &told).into_iter().map(|it| {
            assert!(!format!("{it:?}").contains("hunter2"), "{it:?}");
            format!("{}:{:?} {} {}", it.path, it.line, it.object, it.name)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    fn pod(more: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\nspec:\n  containers:\n    - name: api\n      \
             image: a:1\n{more}"
        )
    }

    #[test]
    fn a_variable_in_clear_is_told_with_its_line() {
        let env = "      env:\n        - name: MODE\n          value: live\n        - name: \
                   ADMIN_PASSWORD\n          value: hunter2\n";
        let expected = ["k8s/a.yml:Some(13) Pod/api ADMIN_PASSWORD"];
        check(&pod(""), &pod(env), &expected);
        // What orch would write itself is its own to judge.
        check(&pod(env), &pod(env), &[]);
    }

    #[test]
    fn references_and_settings_are_fine() {
        let env = "      env:\n        - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}\n        \
                   - {name: DATABASE_URL, value: \"postgres://a:$(DB_PASSWORD)@db/a\"}\n        \
                   - {name: TOKEN_MODE, value: strict}\n        - {name: TOKEN_TTL, value: \"3600\"}\n";
        check(&pod(""), &pod(env), &[]);
    }

    #[test]
    fn values_that_look_like_secrets_are_told_wherever_they_stand() {
        let env = "      env:\n        - {name: HOOK, value: \"postgres://a:hunter2@db/a\"}\n        \
                   - {name: LICENSE, value: hunter2}\n      \
                   args: [--password, hunter2]\n";
        let expected = [
            "k8s/a.yml:Some(10) Pod/api HOOK",
            "k8s/a.yml:Some(11) Pod/api LICENSE",
            "k8s/a.yml:Some(12) Pod/api args",
        ];
        check(&pod(""), &pod(env), &expected);
        let map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n";
        let values = "  API_TOKEN: hunter2\n  app.yml: |\n    mode: x\n    password: hunter2\n";
        let expected = [
            "k8s/a.yml:Some(6) ConfigMap/a API_TOKEN",
            "k8s/a.yml:Some(8) ConfigMap/a app.yml",
        ];
        check(map, &format!("{map}{values}"), &expected);
    }
}
