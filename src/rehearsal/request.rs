//! Requests taken apart: what they are about, and their parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::resources::{Resource, Resources};
use super::status::Refusal;
use super::store::Key;

/// What a path is about.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The resource.
    pub(crate) resource: Arc<Resource>,
    /// The namespace; `None` for all, and for what lives in none.
    pub(crate) namespace: Option<String>,
    /// The object.
    pub(crate) name: Option<String>,
    /// `status`, `scale`, `log`.
    pub(crate) subresource: Option<String>,
}

impl Target {
    /// Reads a path below `/api` or `/apis`.
    pub(crate) fn parse(resources: &Resources, path: &str) -> Result<Self, Refusal> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (group_version, rest) = match parts.as_slice() {
            ["api", version, rest @ ..] => ((*version).to_owned(), rest),
            ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
            _ => return Err(Refusal::no_such_group()),
        };
        if !resources.serves(&group_version) {
            return Err(Refusal::no_such_group());
        }
        let find = |plural: &str| {
            resources
                .find(&group_version, plural)
                .ok_or_else(Refusal::no_such_path)
        };
        let own = |part: Option<&&str>| part.map(|part| (*part).to_owned());
        match rest {
            ["namespaces", namespace, plural, rest @ ..]
                if !matches!(*plural, "status" | "finalize") =>
            {
                let resource = find(plural)?;
                if !resource.namespaced || rest.len() > 2 {
                    return Err(Refusal::no_such_path());
                }
                Ok(Self {
                    resource,
                    namespace: Some((*namespace).to_owned()),
                    name: own(rest.first()),
                    subresource: own(rest.get(1)),
                })
            }
            [plural, rest @ ..] if rest.len() <= 2 => {
                let resource = find(plural)?;
                if resource.namespaced && !rest.is_empty() {
                    return Err(Refusal::no_such_path());
                }
                Ok(Self {
                    resource,
                    namespace: None,
                    name: own(rest.first()),
                    subresource: own(rest.get(1)),
                })
            }
            _ => Err(Refusal::no_such_path()),
        }
    }

    /// Returns where an object of that name is stored.
    pub(crate) fn key(&self, name: &str) -> Key {
        Key::new(
            &self.resource.id,
            self.namespace.as_deref().unwrap_or_default(),
            name,
        )
    }
}

/// The parameters of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads a query.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decoded(name), decoded(value))
            });
        Self(pairs.collect())
    }

    /// Returns a parameter; empty where it isn't given.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Returns whether a parameter is `true`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name), "true" | "1")
    }

    /// Returns a number, where one is given.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name).parse().ok()
    }

    /// Returns whether nothing is to be persisted.
    pub(crate) fn dry_run(&self) -> bool {
        self.text("dryRun") == "All"
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next(), rest.next()].map(Option::unwrap_or_default);
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
