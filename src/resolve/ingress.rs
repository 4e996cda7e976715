//! The way in: hosts and paths to workloads, TLS, and what the controller or the Gateway is told.
//!
//! Hosts and paths come from the settings, else the checklist, else what the Compose file's labels
//! and proxy configurations say. What the objects look like is `manifest`'s business.

mod behind;
mod bullets;
mod controller;
mod express;
mod gateway;
mod middlewares;
mod model;
mod parts;
mod paths;
mod routes;
mod table;
#[cfg(test)]
mod tests;
mod told;
mod values;
mod wishes;

pub(super) use bullets::{names_issuer, read as read_bullet};
pub use model::{GatewaySpec, IngressPart, IngressPath, IngressSpec, Middleware, PathKind};
pub(super) use paths::{ARROWS, PathWish, is_host};
pub(super) use wishes::Asked;

use crate::checklist::{Checklist, Span};
use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, Route};
use crate::settings::{EdgeApi, IngressSettings};

use super::application::Workload;
use super::spec::Spec;
use wishes::{Kind, Wish};

/// How long a web socket may be silent, in seconds, where nothing says so.
const LONG: u32 = 3600;

/// What the way in is built from.
pub(super) struct Sources<'a> {
    /// The application's name.
    pub(super) app: &'a str,
    pub(super) namespace: &'a str,
    /// What the checklist asks for.
    pub(super) spec: &'a Spec,
    pub(super) settings: &'a IngressSettings,
    /// What labels and proxy configurations say.
    pub(super) hints: &'a [Route],
    pub(super) workloads: &'a [Workload],
    pub(super) facts: &'a Facts,
    pub(super) checklist: &'a Checklist,
}

/// The way in, with what a person should know of it.
pub(super) struct Built {
    /// None where nothing is routed.
    pub(super) spec: Option<IngressSpec>,
    pub(super) warnings: Vec<Diagnostic>,
    /// What was taken from labels and proxy configurations, with the place.
    pub(super) notes: Vec<String>,
}

/// Says what of labels and variables isn't carried over: which lead to a workload of which no port
/// is known, and what else they do that no task asks for.
pub(super) fn lost(
    hints: &[Route],
    spec: Option<&Spec>,
    workloads: &[Workload],
) -> Vec<Diagnostic> {
    let wishes = spec.map(|spec| spec.edge.wishes.as_slice());
    let mut told: Vec<&str> = Vec::new();
    let mut warnings = middlewares::told(hints, wishes.unwrap_or_default());
    for hint in hints {
        let of = |it: &&Workload| it.service.as_deref() == Some(hint.service.as_str());
        let workload = workloads.iter().find(of).filter(|it| it.ports.is_empty());
        let Some(workload) = workload.filter(|it| !told.contains(&it.name.as_str())) else {
            continue;
        };
        told.push(&workload.name);
        let (name, service) = (&workload.name, &hint.service);
        let host = hint.host.as_deref().unwrap_or_default();
        let why = if workload.kind.ends() {
            "which serves nothing: it runs to its end"
        } else {
            "and no port of it is known: there is no way in to it"
        };
        let warning = Diagnostic::warning(format!(
            "{} leads `{host}{}` to `{name}` ({}), {why}",
            hint.by, hint.path, hint.origin
        ));
        let way = format!(
            "name it in the Compose file: `expose: [8080]`, or the label \
             `traefik.http.services.{service}.loadbalancer.server.port=8080`"
        );
        warnings.push(if workload.kind.ends() {
            warning
        } else {
            warning.help(way)
        });
    }
    warnings
}

/// Returns the way in that a checklist asks for; without one where nothing serves HTTP, or of no
/// path it is known who serves it.
pub(super) fn build(sources: &Sources<'_>) -> Built {
    let mut remarks = Remarks::default();
    let chosen = controller::choose(sources, &mut remarks);
    let Some(routed) = routes::build(sources, &mut remarks) else {
        let warnings = remarks.warnings.into_iter();
        return Built {
            spec: None,
            warnings: warnings.filter(|_| !remarks.undecided.is_empty()).collect(),
            notes: Vec::new(),
        };
    };
    let asked = asked(sources, &routed);
    let tls_secret = sources
        .settings
        .tls_secret
        .clone()
        .or_else(|| tls(sources).then(|| format!("{}-tls", sources.app)));
    let draft = Draft {
        sources,
        asked: &asked,
        tls: tls_secret.is_some(),
    };
    let mut spec = match sources.settings.api {
        EdgeApi::Ingress => parts::build(&draft, &chosen, routed, &mut remarks),
        EdgeApi::Gateway => gateway::build(&draft, routed, &mut remarks),
    };
    spec.class = chosen.class;
    spec.controller_namespace = chosen.namespace;
    spec.tls_secret = tls_secret;
    spec.unmet = remarks.unmet;
    spec.undecided = remarks.undecided;
    Built {
        spec: Some(spec),
        warnings: remarks.warnings,
        notes: remarks.notes,
    }
}

fn tls(sources: &Sources<'_>) -> bool {
    sources.spec.tls || sources.settings.issuer.is_some()
}

/// Returns the wishes, those that follow from paths and labels included.
fn asked(sources: &Sources<'_>, routed: &routes::Routed) -> Vec<Asked> {
    let mut asked = sources.spec.edge.wishes.clone();
    let has = |asked: &[Asked], kind| asked.iter().any(|it| it.wish.kind() == kind);
    let implied = |wish| Asked { wish, span: 0..0 };
    let socket = |path: &IngressPath| {
        let mut segments = path.path.split('/');
        segments.any(|segment| {
            segment == "ws" || segment.contains("websocket") || segment.contains("socket.io")
        })
    };
    if routed.paths.iter().any(socket) && !has(&asked, Kind::IdleTimeout) {
        asked.push(implied(Wish::IdleTimeout { seconds: LONG }));
    }
    if !routed.stripped.is_empty() && !has(&asked, Kind::Rewrite) {
        asked.push(implied(Wish::Rewrite {
            from: routed.stripped.clone(),
            to: "/".to_owned(),
        }));
    }
    asked
}

/// What both APIs are written from.
struct Draft<'a> {
    sources: &'a Sources<'a>,
    asked: &'a [Asked],
    tls: bool,
}

/// What is to be said of the way in.
#[derive(Default)]
struct Remarks {
    warnings: Vec<Diagnostic>,
    notes: Vec<String>,
    unmet: Vec<Span>,
    /// Paths of which it isn't known who serves them.
    undecided: Vec<String>,
}

impl Remarks {
    /// Leaves a path out of which it isn't known where it leads; says so unless that was said.
    fn undecided(&mut self, wish: &PathWish, said: bool) {
        let path = format!("{}{}", wish.host.as_deref().unwrap_or_default(), wish.path);
        if !said {
            self.warn(
                format!("which service `{path}` is to go to isn't known: it is left out"),
                format!("name it: Paths: `{path}` → `service`"),
            );
        }
        if !self.undecided.contains(&path) {
            self.undecided.push(path);
        }
    }

    fn warn(&mut self, message: impl Into<String>, help: impl Into<String>) {
        let warning = Diagnostic::warning(message).help(help);
        // What holds at several hosts is said once.
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Reports a wish that isn't carried out.
    fn unmet(&mut self, asked: &Asked, unmet: &express::Unmet, checklist: &Checklist) {
        let message = format!(
            "{} is not carried out: {}",
            asked.wish.describe(),
            unmet.reason
        );
        let mut warning = Diagnostic::warning(message).help(unmet.help.as_str());
        if asked.span != (0..0) {
            let span = asked.span.clone();
            warning = warning.at(&checklist.path, &checklist.text, span, "asked for here");
            self.unmet.push(asked.span.clone());
        }
        self.warnings.push(warning);
    }
}

/// Makes every prefix that a wish names become what it says; says which isn't routed.
fn rewrite(paths: &mut [IngressPath], asked: &Asked, remarks: &mut Remarks, checklist: &Checklist) {
    let Wish::Rewrite { from, to } = &asked.wish else {
        return;
    };
    for path in paths.iter_mut() {
        let named = from.contains(&path.path) || (from.is_empty() && path.path != "/");
        if named && path.kind == PathKind::Prefix {
            path.rewrite = Some(to.clone());
        }
    }
    for prefix in from {
        if paths.iter().all(|path| path.path != *prefix) {
            let unmet = express::Unmet {
                reason: format!("nothing is routed by `{prefix}`"),
                help: "name the path among those that are routed".to_owned(),
            };
            remarks.unmet(asked, &unmet, checklist);
        }
    }
}

/// Returns cert-manager's annotation.
fn issuer(settings: &IngressSettings, spec: &Spec) -> Option<(String, String)> {
    let set = settings
        .issuer
        .as_ref()
        .map(|issuer| (issuer.cluster, issuer.name.clone()));
    let (cluster, name) = set.or_else(|| Some((true, spec.edge.issuer.clone()?)))?;
    let kind = if cluster { "cluster-issuer" } else { "issuer" };
    Some((format!("cert-manager.io/{kind}"), name))
}
