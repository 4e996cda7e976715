//! Traefik's middlewares in labels: what they do beside leading the way. A prefix that is stripped
//! is carried over; the others are reported, each with the words that a checklist has for it.

use super::super::report::Report;
use super::Labelled;
use crate::diagnostic::Diagnostic;

/// Middlewares: the kind as labels spell it, what is lost without it, and the way out.
const KINDS: &[(&str, &str, &str)] = &[
    ("basicauth", UNCHECKED, AUTH),
    ("digestauth", UNCHECKED, AUTH),
    (
        "forwardauth",
        UNCHECKED,
        "below the task of the Ingress: ``Forward auth: `http://auth.ns.svc/verify` ``",
    ),
    ("ipallowlist", FROM_ANYWHERE, ALLOW),
    ("ipwhitelist", FROM_ANYWHERE, ALLOW),
    (
        "ratelimit",
        "requests aren't limited",
        "below the task of the Ingress: `Rate limit: 100 requests per second`",
    ),
    (
        "redirectscheme",
        "plain HTTP isn't sent on",
        "below the task of the Ingress: `Redirect to HTTPS`",
    ),
    (
        "buffering",
        "the size of requests isn't limited",
        "below the task of the Ingress: `Body size: 50 MB`",
    ),
    (
        "replacepathregex",
        "paths stay as they are",
        "below the task of the Ingress: ``Rewrite `/old` → `/new` ``",
    ),
    (
        "replacepath",
        "paths stay as they are",
        "below the task of the Ingress: ``Rewrite `/old` → `/new` ``",
    ),
    (
        "addprefix",
        "paths stay as they are",
        "below the task of the Ingress: ``Rewrite `/old` → `/new` ``",
    ),
];

const UNCHECKED: &str = "who asks isn't checked";
const FROM_ANYWHERE: &str = "requests come from anywhere";
const AUTH: &str = "below the task of the Ingress: ``Basic auth: Secret `users` ``";
const ALLOW: &str = "below the task of the Ingress: `Allow list: 10.0.0.0/8`";
const OTHER: &str = "set what the controller has for it in the phase's settings: \
                     [ingress.annotations]";

/// Reports what a router's middlewares do that isn't carried over.
pub(super) fn report(labelled: &Labelled<'_>, router: &str, report: &mut Report) {
    let key = format!("traefik.http.routers.{router}.middlewares");
    let used = labelled.label(&key).unwrap_or_default();
    let names = used
        .split(',')
        .map(|name| name.split('@').next().unwrap_or_default().trim());
    for name in names.filter(|name| !name.is_empty()) {
        let service = &labelled.service.name;
        let start = format!("traefik.http.middlewares.{name}.");
        let begins = |key: &str| {
            let head = key.get(..start.len())?;
            let rest = head
                .eq_ignore_ascii_case(&start)
                .then(|| key.get(start.len()..))??;
            rest.split('.').next().map(str::to_lowercase)
        };
        let mut labels = labelled.labels();
        let Some((label, kind)) = labels.find_map(|(key, _)| Some((key, begins(key)?))) else {
            let place = labelled.origin(&key);
            report.push(
                Diagnostic::warning(format!(
                    "the middleware `{name}` of `{service}` ({place}) isn't carried over: it isn't \
                     in the Compose files"
                ))
                .help("say below the task of the Ingress what it does"),
            );
            continue;
        };
        if matches!(kind.as_str(), "stripprefix" | "chain") {
            continue;
        }
        let known = KINDS.iter().find(|(known, _, _)| *known == kind);
        let (lost, way) = known.map_or(("the way in does without it", OTHER), |it| (it.1, it.2));
        let place = labelled.origin(label);
        report.push(
            Diagnostic::warning(format!(
                "the middleware `{name}` of `{service}` (`{kind}`, {place}) isn't carried over: {lost}"
            ))
            .help(way),
        );
    }
}
