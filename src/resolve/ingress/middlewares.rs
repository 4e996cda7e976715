//! What a proxy's labels do with requests, and no task asks for: it is told, with the words that a
//! checklist has for it.

use super::wishes::{Asked, Kind};
use crate::diagnostic::Diagnostic;
use crate::facts::Route;

/// Middlewares: the kind as labels spell it, the wish that asks for the same, what is lost without
/// it, and the way out.
const KINDS: &[(&str, Kind, &str, &str)] = &[
    ("basicauth", Kind::BasicAuth, UNCHECKED, AUTH),
    ("digestauth", Kind::BasicAuth, UNCHECKED, AUTH),
    (
        "forwardauth",
        Kind::ForwardAuth,
        UNCHECKED,
        "below the task of the Ingress: ``Forward auth: `http://auth.ns.svc/verify` ``",
    ),
    ("ipallowlist", Kind::AllowList, FROM_ANYWHERE, ALLOW),
    ("ipwhitelist", Kind::AllowList, FROM_ANYWHERE, ALLOW),
    (
        "ratelimit",
        Kind::RateLimit,
        "requests aren't limited",
        "below the task of the Ingress: `Rate limit: 100 requests per second`",
    ),
    (
        "redirectscheme",
        Kind::HttpsRedirect,
        "plain HTTP isn't sent on",
        "below the task of the Ingress: `Redirect to HTTPS`",
    ),
    (
        "buffering",
        Kind::BodySize,
        "the size of requests isn't limited",
        "below the task of the Ingress: `Body size: 50 MB`",
    ),
    ("replacepathregex", Kind::Rewrite, SAME_PATHS, REWRITE),
    ("replacepath", Kind::Rewrite, SAME_PATHS, REWRITE),
    ("addprefix", Kind::Rewrite, SAME_PATHS, REWRITE),
];

const UNCHECKED: &str = "who asks isn't checked";
const FROM_ANYWHERE: &str = "requests come from anywhere";
const AUTH: &str = "below the task of the Ingress: ``Basic auth: Secret `users` ``";
const ALLOW: &str = "below the task of the Ingress: `Allow list: 10.0.0.0/8`";
const SAME_PATHS: &str = "paths stay as they are";
const REWRITE: &str = "below the task of the Ingress: ``Rewrite `/old` → `/new` ``";
const OTHER: &str = "set what the controller has for it in the phase's settings: \
                     [ingress.annotations]";

/// Returns what is to be said of the hints' middlewares that no wish asks for, each once.
pub(super) fn told(hints: &[Route], wishes: &[Asked]) -> Vec<Diagnostic> {
    let mut warnings: Vec<Diagnostic> = Vec::new();
    for hint in hints {
        for middleware in &hint.middlewares {
            let (name, service, place) = (&middleware.name, &hint.service, &middleware.origin);
            let warning = match &middleware.kind {
                None => Diagnostic::warning(format!(
                    "the middleware `{name}` of `{service}` ({place}) isn't carried over: it isn't \
                     in the Compose files"
                ))
                .help("say below the task of the Ingress what it does"),
                Some(kind) => {
                    let known = KINDS.iter().find(|(known, ..)| known == kind);
                    let asked = |kind: Kind| wishes.iter().any(|it| it.wish.kind() == kind);
                    if known.is_some_and(|(_, same, ..)| asked(*same)) {
                        continue;
                    }
                    let other = ("the way in does without it", OTHER);
                    let (lost, way) = known.map_or(other, |it| (it.2, it.3));
                    Diagnostic::warning(format!(
                        "the middleware `{name}` of `{service}` (`{kind}`, {place}) isn't carried \
                         over: {lost}"
                    ))
                    .help(way)
                }
            };
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::super::wishes::{Asked, Wish};
    use super::told;
    use crate::facts::{Middleware, Origin, Route};

    /// Checks what is told of a middleware of that kind, where a task wishes for something.
    #[track_caller]
    fn check(kind: Option<&str>, wish: Option<Wish>, expected: Option<&str>) {
        let origin = Origin {
            path: "compose.yml".to_owned(),
            line: 7,
        };
        let route = Route {
            host: None,
            path: "/".to_owned(),
            exact: false,
            regex: false,
            service: "api".to_owned(),
            port: None,
            strip: false,
            by: "a Traefik label".to_owned(),
            middlewares: vec![Middleware {
                name: "x".to_owned(),
                kind: kind.map(str::to_owned),
                origin: origin.clone(),
            }],
            origin,
        };
        let wishes = wish.map(|wish| Asked { wish, span: 0..0 });
        let wishes: Vec<Asked> = wishes.into_iter().collect();
        let found = told(&[route.clone(), route], &wishes);
        let found: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_nobody_asks_for_is_told_once() {
        check(
            Some("basicauth"),
            None,
            Some(
                "the middleware `x` of `api` (`basicauth`, compose.yml:7) isn't carried over: who \
                 asks isn't checked",
            ),
        );
        check(
            None,
            None,
            Some(
                "the middleware `x` of `api` (compose.yml:7) isn't carried over: it isn't in the \
                 Compose files",
            ),
        );
    }

    #[test]
    fn what_a_task_asks_for_is_no_loss() {
        let wish = Wish::BasicAuth { secret: None };
        check(Some("basicauth"), Some(wish), None);
        check(
            Some("compress"),
            Some(Wish::HttpsRedirect),
            Some(
                "the middleware `x` of `api` (`compress`, compose.yml:7) isn't carried over: the way \
                 in does without it",
            ),
        );
    }
}
