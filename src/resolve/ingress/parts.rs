//! Paths and wishes → Ingresses: one, and others for paths that need annotations of their own.

use crate::settings::{Controller, EdgeApi};

use super::controller::Chosen;
use super::express::{Expressed, Scope, Unmet, inherent, without_tls};
use super::model::{GatewaySpec, IngressPart, IngressPath, IngressSpec, Middleware, PathKind};
use super::routes::Routed;
use super::table::REGEX;
use super::wishes::{Kind, Wish};
use super::{Asked, Draft, LONG, Remarks, issuer, rewrite};

const MIDDLEWARES: &str = "traefik.ingress.kubernetes.io/router.middlewares";
const ENTRY_POINTS: &str = "traefik.ingress.kubernetes.io/router.entrypoints";

pub(super) fn build(
    draft: &Draft<'_>,
    chosen: &Chosen,
    routed: Routed,
    remarks: &mut Remarks,
) -> IngressSpec {
    let Routed {
        hosts, mut paths, ..
    } = routed;
    let (rewrites, general): (Vec<&Asked>, Vec<&Asked>) = draft
        .asked
        .iter()
        .partition(|it| it.wish.kind() == Kind::Rewrite);
    for asked in rewrites {
        rewrite(&mut paths, asked, remarks, draft.sources.checklist);
    }
    let shared = express(draft, chosen, &general, &paths, remarks);
    let mut spec = IngressSpec {
        name: draft.sources.app.to_owned(),
        api: EdgeApi::Ingress,
        class: String::new(),
        controller_namespace: String::new(),
        hosts,
        tls_secret: None,
        parts: Vec::new(),
        middlewares: shared.middlewares.clone(),
        service_annotations: shared.service_annotations.clone(),
        gateway: GatewaySpec::default(),
        unmet: Vec::new(),
        undecided: Vec::new(),
    };
    let writer = Writer {
        draft,
        chosen,
        shared: &shared,
    };
    // F5's controller refuses a second Ingress with the same host.
    let groups = if chosen.controller == Some(Controller::F5Nginx) {
        vec![(writer.whole(&mut paths, remarks), paths)]
    } else {
        grouped(paths)
    };
    for (group, paths) in groups {
        writer.part(&group, paths, &mut spec, remarks);
    }
    writer.plain(&mut spec);
    spec
}

/// What the paths of one Ingress have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Group {
    Plain,
    Rewritten(String),
    Regex,
}

fn grouped(paths: Vec<IngressPath>) -> Vec<(Group, Vec<IngressPath>)> {
    let mut groups: Vec<(Group, Vec<IngressPath>)> = Vec::new();
    for path in paths {
        let group = match (&path.rewrite, path.kind) {
            (Some(to), _) => Group::Rewritten(to.clone()),
            (None, PathKind::Regex) => Group::Regex,
            (None, PathKind::Exact | PathKind::Prefix) => Group::Plain,
        };
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, members)) => members.push(path),
            None => groups.push((group, vec![path])),
        }
    }
    groups
}

/// Returns what the wishes that hold for every path come to.
fn express(
    draft: &Draft<'_>,
    chosen: &Chosen,
    general: &[&Asked],
    paths: &[IngressPath],
    remarks: &mut Remarks,
) -> Expressed {
    let mut expressed = Expressed::default();
    for asked in general {
        let outcome = match chosen.controller {
            Some(controller) => {
                let scope = Scope {
                    controller,
                    name: draft.sources.app,
                    paths,
                };
                let inherent = inherent(asked.wish.kind(), controller);
                if let Some(unmet) = unasked(&asked.wish, draft.tls, inherent) {
                    Err(unmet)
                } else {
                    let note = |reason| format!("{}: {reason}", asked.wish.describe());
                    remarks.notes.extend(inherent.map(note));
                    expressed.add(&asked.wish, &scope)
                }
            }
            None => Err(unknown(&chosen.class)),
        };
        if let Err(unmet) = outcome {
            remarks.unmet(asked, &unmet, draft.sources.checklist);
        }
    }
    // nginx redirects only where it is told that TLS is meant to be the only way.
    if draft.tls && chosen.controller == Some(Controller::IngressNginx) {
        let scope = Scope {
            controller: Controller::IngressNginx,
            name: draft.sources.app,
            paths,
        };
        // Its row is in the table: it can't fail.
        let _ = expressed.add(&Wish::HttpsRedirect, &scope);
    }
    for other in &chosen.others {
        let scope = Scope {
            controller: *other,
            name: draft.sources.app,
            paths,
        };
        let mut beside = Expressed::default();
        for asked in general {
            // Only what the chosen controller can't do is reported.
            let _ = beside.add(&asked.wish, &scope);
        }
        expressed.annotations.extend(beside.annotations);
        expressed
            .annotations
            .extend(entry_points(*other, draft.tls));
    }
    expressed
}

/// Returns why a wish isn't met by what would be written for it.
fn unasked(wish: &Wish, tls: bool, inherent: Option<&str>) -> Option<Unmet> {
    match (wish, inherent) {
        (Wish::HttpsRedirect, _) if !tls => Some(without_tls()),
        // What cuts nothing keeps a time-out for web sockets that are long silent, and no other.
        (Wish::IdleTimeout { seconds }, Some(reason)) if *seconds < LONG => Some(Unmet {
            reason: reason.to_owned(),
            help: "set the time-outs of the controller's entry point, or choose a controller that \
                   has an annotation for it"
                .to_owned(),
        }),
        (_, _) => None,
    }
}

fn unknown(class: &str) -> Unmet {
    Unmet {
        reason: format!("the annotations of the class `{class}` aren't known"),
        help: "name the controller ([ingress] controller), or set them in [ingress.annotations]"
            .to_owned(),
    }
}

struct Writer<'a> {
    draft: &'a Draft<'a>,
    chosen: &'a Chosen,
    shared: &'a Expressed,
}

impl Writer<'_> {
    /// Returns what all paths have in common, for a controller that takes one Ingress; what some
    /// have alone is reported and dropped.
    fn whole(&self, paths: &mut [IngressPath], remarks: &mut Remarks) -> Group {
        let rewritten: Vec<IngressPath> = paths
            .iter()
            .filter(|path| path.rewrite.is_some())
            .cloned()
            .collect();
        let mixed = rewritten.iter().any(|one| {
            let other =
                |path: &&IngressPath| path.workload == one.workload && path.rewrite != one.rewrite;
            paths.iter().any(|path| other(&path))
        });
        let several = rewritten
            .windows(2)
            .any(|pair| pair[0].rewrite != pair[1].rewrite);
        let asked = self
            .draft
            .asked
            .iter()
            .find(|it| it.wish.kind() == Kind::Rewrite);
        if let Some(asked) = asked.filter(|_| mixed || several) {
            let unmet = Unmet {
                reason: "f5-nginx rewrites all paths of a Service alike".to_owned(),
                help: "write a VirtualServer and apply it by a task of its own, or choose another \
                       controller"
                    .to_owned(),
            };
            remarks.unmet(asked, &unmet, self.draft.sources.checklist);
            for path in paths.iter_mut() {
                path.rewrite = None;
            }
            return Group::Plain;
        }
        if let Some(first) = rewritten.first() {
            return Group::Rewritten(first.rewrite.clone().unwrap_or_default());
        }
        if paths.iter().all(|path| path.kind == PathKind::Regex) {
            Group::Regex
        } else {
            Group::Plain
        }
    }

    /// Adds the Ingress of one group of paths.
    fn part(
        &self,
        group: &Group,
        mut paths: Vec<IngressPath>,
        spec: &mut IngressSpec,
        remarks: &mut Remarks,
    ) {
        let app = self.draft.sources.app;
        let mut annotations = self.shared.annotations.clone();
        let mut middlewares = self.shared.middlewares.clone();
        let alone = self.chosen.controller == Some(Controller::F5Nginx);
        let suffix = match group {
            Group::Plain => {
                refuse_regex(&paths, remarks);
                ""
            }
            Group::Regex => {
                annotations.extend(self.regex(&paths, remarks));
                if alone { "" } else { "-regex" }
            }
            Group::Rewritten(to) => {
                let own = self.rewritten(to, &paths, remarks);
                annotations.extend(own.annotations);
                spec.middlewares.extend(own.middlewares.iter().cloned());
                middlewares.extend(own.middlewares);
                self.as_captured(&mut paths);
                if alone { "" } else { "-rewrite" }
            }
        };
        annotations.extend(self.references(&middlewares));
        annotations.extend(
            self.chosen
                .controller
                .into_iter()
                .flat_map(|controller| entry_points(controller, self.draft.tls)),
        );
        // One certificate for all hosts: two Ingresses that ask for it would fight over it.
        if self.draft.tls && spec.parts.is_empty() {
            annotations.extend(issuer(self.draft.sources.settings, self.draft.sources.spec));
        }
        annotations.extend(self.draft.sources.settings.annotations.iter().cloned());
        let name = format!("{app}{suffix}");
        let taken = spec
            .parts
            .iter()
            .filter(|part| part.name.starts_with(&name))
            .count();
        let name = match (suffix, taken) {
            ("", _) | (_, 0) => name,
            (_, more) => format!("{name}-{}", more + 1),
        };
        spec.parts.push(IngressPart {
            name,
            annotations,
            paths,
            plain: false,
        });
    }

    fn regex(&self, paths: &[IngressPath], remarks: &mut Remarks) -> Option<(String, String)> {
        let found = REGEX
            .iter()
            .find(|(controller, _, _)| Some(*controller) == self.chosen.controller);
        if found.is_none() {
            let named: Vec<&str> = paths.iter().map(|path| path.path.as_str()).collect();
            remarks.warn(
                format!(
                    "the class `{}` isn't known to match regular expressions: {}",
                    self.chosen.class,
                    named.join(", ")
                ),
                "write prefixes, or choose a controller that does: ingress-nginx, f5-nginx, traefik",
            );
        }
        found.map(|(_, key, value)| ((*key).to_owned(), (*value).to_owned()))
    }

    fn rewritten(&self, to: &str, paths: &[IngressPath], remarks: &mut Remarks) -> Expressed {
        let paths: Vec<IngressPath> = paths
            .iter()
            .filter(|path| path.rewrite.is_some())
            .cloned()
            .collect();
        let paths = paths.as_slice();
        let wish = Wish::Rewrite {
            from: paths.iter().map(|path| path.path.clone()).collect(),
            to: to.to_owned(),
        };
        let asked = self
            .draft
            .asked
            .iter()
            .find(|it| it.wish.kind() == Kind::Rewrite);
        let mut own = Expressed::default();
        let outcome = match self.chosen.controller {
            Some(controller) => {
                let scope = Scope {
                    controller,
                    name: self.draft.sources.app,
                    paths,
                };
                own.add(&wish, &scope)
            }
            None => Err(unknown(&self.chosen.class)),
        };
        if let (Err(unmet), Some(asked)) = (outcome, asked) {
            remarks.unmet(asked, &unmet, self.draft.sources.checklist);
        }
        // Two targets have a Middleware each.
        if to != "/" {
            for middleware in &mut own.middlewares {
                let target = super::super::slug::slug(to);
                middleware.name = format!("{}-{target}", middleware.name);
            }
        }
        own
    }

    /// ingress-nginx takes what follows the prefix from the path's own groups.
    fn as_captured(&self, paths: &mut [IngressPath]) {
        if self.chosen.controller == Some(Controller::IngressNginx) {
            for path in paths {
                path.path = format!("{}(/|$)(.*)", path.path.trim_end_matches('/'));
                path.kind = PathKind::Regex;
            }
        }
    }

    /// Traefik finds Middlewares by their namespace and name.
    fn references(&self, middlewares: &[Middleware]) -> Option<(String, String)> {
        let namespace = self.draft.sources.namespace;
        let names: Vec<String> = middlewares
            .iter()
            .map(|it| format!("{namespace}-{}@kubernetescrd", it.name))
            .collect();
        (!names.is_empty()).then(|| (MIDDLEWARES.to_owned(), names.join(",")))
    }

    /// Adds the Ingress that sends plain HTTP on.
    fn plain(&self, spec: &mut IngressSpec) {
        if self.shared.plain.is_empty() {
            return;
        }
        let first = spec.paths().next().cloned();
        let Some(first) = first else { return };
        let paths = spec.hosts.iter().map(|host| IngressPath {
            host: host.clone(),
            path: "/".to_owned(),
            kind: PathKind::Prefix,
            rewrite: None,
            ..first.clone()
        });
        let mut annotations = vec![(ENTRY_POINTS.to_owned(), "web".to_owned())];
        annotations.extend(self.references(&self.shared.plain));
        let part = IngressPart {
            name: format!("{}-https", spec.name),
            annotations,
            paths: paths.collect(),
            plain: true,
        };
        spec.parts.push(part);
        spec.middlewares.extend(self.shared.plain.iter().cloned());
    }
}

/// Returns what tells Traefik which of its ports is meant.
fn entry_points(controller: Controller, tls: bool) -> Vec<(String, String)> {
    if controller != Controller::Traefik {
        return Vec::new();
    }
    let entry = if tls { "websecure" } else { "web" };
    let mut all = vec![(ENTRY_POINTS.to_owned(), entry.to_owned())];
    if tls {
        let key = "traefik.ingress.kubernetes.io/router.tls";
        all.push((key.to_owned(), "true".to_owned()));
    }
    all
}

fn refuse_regex(paths: &[IngressPath], remarks: &mut Remarks) {
    for path in paths.iter().filter(|path| path.kind == PathKind::Regex) {
        remarks.warn(
            format!(
                "`{}` is not matched as a regular expression beside other paths",
                path.path
            ),
            "f5-nginx takes all paths of an Ingress as expressions, or none: write prefixes",
        );
    }
}
