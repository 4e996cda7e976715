//! `extends`: a service over another one, of the same file or of another.
//!
//! All keys are shared but `extends` itself; what another file's service depends on must be in this
//! project as well, which is checked when the project is whole.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::super::interpolate::Values;
use super::super::super::paths;
use super::super::super::yaml::{Entry, Node, Value};
use super::super::fields::Fields;
use super::super::keys;
use super::super::merge::merge;
use super::super::shape::entries_mut;
use super::Loader;

/// How long a chain of services that extend one another may be.
const LENGTH_LIMIT: usize = 64;

/// A file whose services are being extended.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The file.
    pub(super) path: &'a str,
    /// Where its paths start.
    pub(super) folder: &'a str,
    /// The values of its variables.
    pub(super) values: &'a Values,
}

/// The services that one may extend, and those that were.
struct Scope<'a> {
    place: Place<'a>,
    siblings: &'a HashMap<String, Node>,
    /// What earlier files made of a service.
    earlier: Option<&'a Node>,
}

impl Loader<'_> {
    /// Returns the file's tree with each service merged over what it extends.
    pub(super) fn extended(
        &mut self,
        mut root: Node,
        base: Option<&Node>,
        place: &Place<'_>,
    ) -> Node {
        let services = root.get("services").map(Node::entries).unwrap_or_default();
        if services.iter().all(|it| it.node.get("extends").is_none()) {
            return root;
        }
        let siblings = by_name(services);
        let scope = Scope {
            place: *place,
            siblings: &siblings,
            earlier: base.and_then(|base| base.get("services")),
        };
        for entry in entries_mut(&mut root) {
            if entry.key != "services" {
                continue;
            }
            for service in entries_mut(&mut entry.node) {
                if service.node.get("extends").is_some() {
                    let node = std::mem::replace(&mut service.node, Node::null(&service.mark));
                    service.node = self.extend(node, &service.key, &scope, &mut Vec::new());
                }
            }
        }
        root
    }

    /// Returns a service merged over what it extends; `trail` is what led to it.
    fn extend(
        &mut self,
        mut service: Node,
        name: &str,
        scope: &Scope<'_>,
        trail: &mut Vec<(String, String)>,
    ) -> Node {
        let Some(extends) = taken(&mut service) else {
            return service;
        };
        let at = format!("services.{name}.extends");
        Fields::check(&extends, &at, &keys::EXTENDS, self.report);
        let Some(wanted) = extends.get("service").and_then(Node::str) else {
            let error = extends.mark.error("`extends` must name a `service`", "");
            self.report.push(error);
            return service;
        };
        let here = (scope.place.path.to_owned(), name.to_owned());
        if trail.contains(&here) || trail.len() >= LENGTH_LIMIT {
            self.circle(&extends, trail, name);
            return service;
        }
        trail.push(here);
        let base = match extends.get("file").and_then(Node::str) {
            Some(file) => self.of_other_file(&extends, (file, wanted), scope, trail),
            None => self.of_this_file(&extends, (name, wanted), scope, trail),
        };
        trail.pop();
        match base {
            Some(base) => merge(base, service, &["services", name], self.report),
            None => service,
        }
    }

    fn circle(&mut self, extends: &Node, trail: &[(String, String)], name: &str) {
        let mut names: Vec<&str> = trail.iter().map(|(_, name)| name.as_str()).collect();
        let start = names.iter().position(|known| *known == name).unwrap_or(0);
        names.push(name);
        let circle = names.get(start..).unwrap_or_default().join("` → `");
        let message = format!("`{name}` leads back to itself: `{circle}`");
        self.report
            .push(extends.mark.error(message, "extended here"));
    }

    fn of_this_file(
        &mut self,
        extends: &Node,
        (name, wanted): (&str, &str),
        scope: &Scope<'_>,
        trail: &mut Vec<(String, String)>,
    ) -> Option<Node> {
        if let Some(found) = scope.siblings.get(wanted) {
            return Some(self.extend(found.clone(), wanted, scope, trail));
        }
        let earlier = scope.earlier.and_then(|services| services.get(wanted));
        if earlier.is_none() {
            let message = format!("`{name}` extends `{wanted}`, which isn't there");
            self.report.push(extends.mark.error(message, "named here"));
        }
        earlier.cloned()
    }

    fn of_other_file(
        &mut self,
        extends: &Node,
        (file, wanted): (&str, &str),
        scope: &Scope<'_>,
        trail: &mut Vec<(String, String)>,
    ) -> Option<Node> {
        let path = paths::join(scope.place.folder, file).unwrap_or_else(|path| path);
        if self.tree.get(&path).is_none() {
            let message = format!("`{path}` is extended, but isn't there");
            self.report.push(extends.mark.error(message, "named here"));
            return None;
        }
        let folder = paths::folder(&path).to_owned();
        let siblings = self.services_of(&path, &folder, scope.place.values);
        let Some(service) = siblings.get(wanted).cloned() else {
            let message = format!("`{path}` has no service `{wanted}`");
            self.report.push(extends.mark.error(message, "named here"));
            return None;
        };
        let scope = Scope {
            place: Place {
                path: &path,
                folder: &folder,
                values: scope.place.values,
            },
            siblings: &siblings,
            earlier: None,
        };
        Some(self.extend(service, wanted, &scope, trail))
    }

    /// Returns the services of a file, which is read once however many extend them.
    fn services_of(
        &mut self,
        path: &str,
        folder: &str,
        values: &Values,
    ) -> Rc<HashMap<String, Node>> {
        if let Some(known) = self.extended.get(path) {
            return Rc::clone(known);
        }
        let mut services = HashMap::new();
        for root in self.file(path, folder, values) {
            let entries = root.get("services").map(Node::entries).unwrap_or_default();
            services.extend(by_name(entries));
        }
        let services = Rc::new(services);
        self.extended.insert(path.to_owned(), Rc::clone(&services));
        services
    }
}

fn by_name(entries: &[Entry]) -> HashMap<String, Node> {
    entries
        .iter()
        .map(|entry| (entry.key.clone(), entry.node.clone()))
        .collect()
}

/// Takes `extends` out of a service.
fn taken(service: &mut Node) -> Option<Node> {
    let Value::Map(entries) = &mut service.value else {
        return None;
    };
    let place = entries.iter().position(|entry| entry.key == "extends")?;
    Some(entries.remove(place).node)
}
