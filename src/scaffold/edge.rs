//! The way in: hosts and paths that the repository names; what it doesn't name is a person's.

use super::page::{Page, codes};
use super::workload::named;
use super::{Wishes, texts};
use crate::facts::{Facts, Protocol, Route};
use crate::resolve::{Application, IngressSpec, Role, ServicePort, Workload};

/// What the way in is written from.
pub(super) struct Edge<'a> {
    pub(super) wishes: &'a Wishes,
    pub(super) facts: &'a Facts,
    pub(super) application: &'a Application,
}

impl Edge<'_> {
    /// Writes the section, where something is to be reached by HTTP.
    pub(super) fn write(&self, page: &mut Page) {
        let routed = self.routed();
        let mut published = self.published();
        published.retain(|it| routed.iter().all(|known| known.name != it.name));
        let (main, left) = match (routed.is_empty(), published.as_slice()) {
            (false, left) => (routed, left.to_vec()),
            (true, []) => return,
            (true, [only]) => (vec![*only], Vec::new()),
            (true, several) => self.chosen(several),
        };
        page.section(texts::INGRESS);
        let path = format!("{}/ingress.yml", self.wishes.folder);
        let what = texts::THE_INGRESS.fill(page.language, &[("services", &named(&main))]);
        let line = page.joined(&format!("`{path}`"), &what);
        let hosts = self.hosts();
        if hosts.is_empty() {
            page.manual(&line);
            page.bullet(texts::UNKNOWN_HOST.of(page.language));
        } else {
            page.task(&line);
            let row = if hosts.len() == 1 {
                texts::HOST
            } else {
                texts::HOSTS
            };
            page.bullet(&row.fill(page.language, &[("hosts", &codes(&hosts))]));
        }
        if let Some(paths) = self.paths(&main) {
            page.bullet(&texts::PATHS.fill(page.language, &[("list", &paths)]));
        }
        if !hosts.is_empty() {
            let values = [
                ("hosts", codes(&hosts)),
                ("settings", self.wishes.settings.clone()),
            ];
            let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
            page.manual(&texts::CHOOSE_CERTIFICATE.fill(page.language, &values));
        }
        if !left.is_empty() {
            let services = named(&left);
            page.manual(&texts::NOT_ROUTED.fill(page.language, &[("services", &services)]));
        }
        page.notes(&[format!("{}/", self.wishes.folder)]);
    }

    /// The workloads that labels and proxies' configurations lead to.
    fn routed(&self) -> Vec<&Workload> {
        let mut found: Vec<&Workload> = Vec::new();
        for route in self.known_routes() {
            let leads = |it: &&Workload| it.service.as_ref() == Some(&route.service);
            let workload = self.application.workloads.iter().find(leads);
            if let Some(workload) =
                workload.filter(|it| found.iter().all(|known| known.name != it.name))
            {
                found.push(workload);
            }
        }
        found
    }

    /// The routes to workloads that serve.
    fn known_routes(&self) -> impl Iterator<Item = &Route> {
        self.facts.routes.iter().filter(|route| {
            let mut all = self.application.workloads.iter();
            all.any(|it| it.service.as_ref() == Some(&route.service) && !it.ports.is_empty())
        })
    }

    /// The workloads whose HTTP port is published.
    fn published(&self) -> Vec<&Workload> {
        let project = self.facts.project.as_ref();
        let is_published = |workload: &Workload, port: &ServicePort| {
            let service = workload.service.as_deref();
            let service = service.and_then(|name| project?.service(name));
            service.is_some_and(|it| {
                let mut ports = it.ports.iter();
                ports.any(|it| it.container == port.port && it.published.is_some())
            })
        };
        let serves = |it: &&Workload| {
            let http = |port: &ServicePort| {
                port.protocol == Protocol::Tcp
                    && (port.name == "http" || port.app_protocol.as_deref() == Some("http"))
            };
            let mut ports = it.ports.iter().filter(|port| http(port));
            it.kind.scales() && it.role == Role::Server && ports.any(|port| is_published(it, port))
        };
        self.application.workloads.iter().filter(serves).collect()
    }

    /// The one that the application's root is, as `resolve` tells it, and all others.
    fn chosen<'w>(&self, several: &[&'w Workload]) -> (Vec<&'w Workload>, Vec<&'w Workload>) {
        let root = self.application.ingress.iter().flat_map(IngressSpec::paths);
        let root = root.map(|path| path.workload.clone()).next();
        let is_root = |it: &&&Workload| Some(&it.name) == root.as_ref();
        let main = several.iter().find(is_root).or(several.first());
        let main: Vec<&Workload> = main.copied().into_iter().collect();
        let other = |it: &&&Workload| main.iter().all(|main| main.name != it.name);
        let left = several.iter().filter(other).copied().collect();
        (main, left)
    }

    /// The hosts that are wished for, or else those that the repository names.
    fn hosts(&self) -> Vec<String> {
        if !self.wishes.hosts.is_empty() {
            return self.wishes.hosts.clone();
        }
        let mut hosts: Vec<String> = Vec::new();
        for host in self.known_routes().filter_map(|route| route.host.clone()) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    /// The paths and what is behind each; `None` where labels say more than a list of paths can,
    /// and are better left to say it themselves.
    fn paths(&self, main: &[&Workload]) -> Option<String> {
        let routes: Vec<&Route> = self.known_routes().collect();
        let [first, ..] = routes.as_slice() else {
            let only = main.first()?;
            return Some(format!("`/*` → `{}`", only.name));
        };
        let several = routes.iter().any(|it| it.host != first.host);
        if several || routes.iter().any(|it| it.exact || it.regex || it.strip) {
            return None;
        }
        let mut list: Vec<String> = Vec::new();
        for route in routes {
            let path = route.path.trim_end_matches('*').trim_end_matches('/');
            let port = route.port.map(|port| format!(":{port}"));
            let to = format!("{}{}", route.service, port.unwrap_or_default());
            let line = format!("`{path}/*` → `{to}`");
            if !list.contains(&line) {
                list.push(line);
            }
        }
        Some(list.join(", "))
    }
}
