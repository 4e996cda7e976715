//! What each controller is told for each wish: one row an annotation or a Middleware's field.
//!
//! To teach orch a wish of a controller, add rows. `{word}` in a template is a value of the wish
//! ([`Wish::value`](super::wishes::Wish::value)); a row whose value the wish doesn't have is left
//! out. A wish without any row for the controller is reported as one that it can't carry out.

use crate::settings::Controller::{self, F5Nginx, Haproxy, IngressNginx, Traefik};

use super::wishes::Kind::{
    self, AllowList, BasicAuth, BodySize, Cors, ForwardAuth, HttpsRedirect, IdleTimeout, RateLimit,
    Rewrite, StickySessions,
};

/// How a controller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// An annotation of the Ingress.
    Ingress(&'static str, &'static str),
    /// An annotation of the Services behind it.
    Service(&'static str, &'static str),
    /// A field of a Traefik Middleware: the Middleware's name, the field, the value.
    Middleware(&'static str, &'static str, &'static str),
    /// A field of the Middleware that plain HTTP meets, on an Ingress of its own.
    Plain(&'static str, &'static str, &'static str),
    /// Nothing: it does so anyway, for this reason.
    Inherent(&'static str),
}

use How::{Ingress, Inherent, Middleware, Plain, Service};

pub(super) const ROWS: &[(Kind, Controller, How)] = &[
    // Requests a client may send.
    (
        RateLimit,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/limit-rps", "{per_second}"),
    ),
    (
        RateLimit,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/limit-rpm", "{per_minute}"),
    ),
    (
        RateLimit,
        IngressNginx,
        Ingress(
            "nginx.ingress.kubernetes.io/limit-burst-multiplier",
            "{multiplier}",
        ),
    ),
    (
        RateLimit,
        F5Nginx,
        Ingress("nginx.org/limit-req-rate", "{rate}"),
    ),
    (
        RateLimit,
        F5Nginx,
        Ingress("nginx.org/limit-req-key", "${binary_remote_addr}"),
    ),
    (
        RateLimit,
        F5Nginx,
        Ingress("nginx.org/limit-req-zone-size", "10m"),
    ),
    (
        RateLimit,
        F5Nginx,
        Ingress("nginx.org/limit-req-burst", "{burst}"),
    ),
    (
        RateLimit,
        F5Nginx,
        Ingress("nginx.org/limit-req-reject-code", "429"),
    ),
    (
        RateLimit,
        Traefik,
        Middleware("rate-limit", "rateLimit.average", "{count}"),
    ),
    (
        RateLimit,
        Traefik,
        Middleware("rate-limit", "rateLimit.period", "{period}"),
    ),
    (
        RateLimit,
        Traefik,
        Middleware("rate-limit", "rateLimit.burst", "{burst}"),
    ),
    (
        RateLimit,
        Haproxy,
        Ingress("haproxy.org/rate-limit-requests", "{count}"),
    ),
    (
        RateLimit,
        Haproxy,
        Ingress("haproxy.org/rate-limit-period", "{period}"),
    ),
    (
        RateLimit,
        Haproxy,
        Ingress("haproxy.org/rate-limit-status-code", "429"),
    ),
    // Users and passwords from a Secret.
    (
        BasicAuth,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/auth-type", "basic"),
    ),
    (
        BasicAuth,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/auth-secret", "{secret}"),
    ),
    (
        BasicAuth,
        F5Nginx,
        Ingress("nginx.org/basic-auth-secret", "{secret}"),
    ),
    (
        BasicAuth,
        Traefik,
        Middleware("basic-auth", "basicAuth.secret", "{secret}"),
    ),
    (
        BasicAuth,
        Haproxy,
        Ingress("haproxy.org/auth-type", "basic-auth"),
    ),
    (
        BasicAuth,
        Haproxy,
        Ingress("haproxy.org/auth-secret", "{secret}"),
    ),
    // Another service says who may pass.
    (
        ForwardAuth,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/auth-url", "{url}"),
    ),
    (
        ForwardAuth,
        Traefik,
        Middleware("forward-auth", "forwardAuth.address", "{url}"),
    ),
    // The prefix changes on its way; which paths, is in the paths.
    (
        Rewrite,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/use-regex", "true"),
    ),
    (
        Rewrite,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/rewrite-target", "{target}$2"),
    ),
    (
        Rewrite,
        F5Nginx,
        Ingress("nginx.org/rewrites", "{service_rewrites}"),
    ),
    (
        Rewrite,
        Traefik,
        Middleware("rewrite", "replacePathRegex.regex", "{regex}"),
    ),
    (
        Rewrite,
        Traefik,
        Middleware("rewrite", "replacePathRegex.replacement", "{target}$2"),
    ),
    (
        Rewrite,
        Haproxy,
        Ingress("haproxy.org/path-rewrite", "{regex} {target}\\2"),
    ),
    // How long a connection may be silent; web sockets are, for long.
    (
        IdleTimeout,
        IngressNginx,
        Ingress(
            "nginx.ingress.kubernetes.io/proxy-read-timeout",
            "{seconds}",
        ),
    ),
    (
        IdleTimeout,
        IngressNginx,
        Ingress(
            "nginx.ingress.kubernetes.io/proxy-send-timeout",
            "{seconds}",
        ),
    ),
    (
        IdleTimeout,
        F5Nginx,
        Ingress("nginx.org/proxy-read-timeout", "{seconds}s"),
    ),
    (
        IdleTimeout,
        F5Nginx,
        Ingress("nginx.org/proxy-send-timeout", "{seconds}s"),
    ),
    (
        IdleTimeout,
        F5Nginx,
        Ingress("nginx.org/websocket-services", "{services}"),
    ),
    (
        IdleTimeout,
        Traefik,
        Inherent("Traefik never cuts a web socket that is silent"),
    ),
    (
        IdleTimeout,
        Haproxy,
        Ingress("haproxy.org/timeout-server", "{seconds}s"),
    ),
    // What a request may carry.
    (
        BodySize,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/proxy-body-size", "{size}"),
    ),
    (
        BodySize,
        F5Nginx,
        Ingress("nginx.org/client-max-body-size", "{size}"),
    ),
    (
        BodySize,
        Traefik,
        Middleware("body-size", "buffering.maxRequestBodyBytes", "{bytes}"),
    ),
    // Which sites' scripts may call.
    (
        Cors,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/enable-cors", "true"),
    ),
    (
        Cors,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/cors-allow-origin", "{origins}"),
    ),
    (
        Cors,
        Traefik,
        Middleware("cors", "headers.accessControlAllowOriginList", "{origins}"),
    ),
    (
        Cors,
        Traefik,
        Middleware("cors", "headers.accessControlAllowMethods", "{methods}"),
    ),
    (
        Cors,
        Traefik,
        Middleware("cors", "headers.accessControlAllowHeaders", "{headers}"),
    ),
    (
        Cors,
        Traefik,
        Middleware("cors", "headers.addVaryHeader", "{yes}"),
    ),
    (Cors, Haproxy, Ingress("haproxy.org/cors-enable", "true")),
    (
        Cors,
        Haproxy,
        Ingress("haproxy.org/cors-allow-origin", "{origin}"),
    ),
    // Plain HTTP is sent on.
    (
        HttpsRedirect,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/ssl-redirect", "true"),
    ),
    (
        HttpsRedirect,
        F5Nginx,
        Ingress("nginx.org/ssl-redirect", "true"),
    ),
    (
        HttpsRedirect,
        Traefik,
        Plain("https", "redirectScheme.scheme", "https"),
    ),
    (
        HttpsRedirect,
        Traefik,
        Plain("https", "redirectScheme.permanent", "{yes}"),
    ),
    (
        HttpsRedirect,
        Haproxy,
        Ingress("haproxy.org/ssl-redirect", "true"),
    ),
    // Who may come in.
    (
        AllowList,
        IngressNginx,
        Ingress(
            "nginx.ingress.kubernetes.io/whitelist-source-range",
            "{ranges}",
        ),
    ),
    (
        AllowList,
        Traefik,
        Middleware("allow-list", "ipAllowList.sourceRange", "{ranges}"),
    ),
    (
        AllowList,
        Haproxy,
        Ingress("haproxy.org/allow-list", "{ranges}"),
    ),
    // A client meets the same pod again.
    (
        StickySessions,
        IngressNginx,
        Ingress("nginx.ingress.kubernetes.io/affinity", "cookie"),
    ),
    (
        StickySessions,
        IngressNginx,
        Ingress(
            "nginx.ingress.kubernetes.io/session-cookie-name",
            "{cookie}",
        ),
    ),
    // By address, not by cookie: cookies need the commercial edition.
    (
        StickySessions,
        F5Nginx,
        Ingress("nginx.org/lb-method", "ip_hash"),
    ),
    (
        StickySessions,
        Traefik,
        Service(
            "traefik.ingress.kubernetes.io/service.sticky.cookie",
            "true",
        ),
    ),
    (
        StickySessions,
        Traefik,
        Service(
            "traefik.ingress.kubernetes.io/service.sticky.cookie.name",
            "{cookie}",
        ),
    ),
    (
        StickySessions,
        Haproxy,
        Ingress("haproxy.org/cookie-persistence", "{cookie}"),
    ),
];

/// What a controller is told where a path is a regular expression; the others don't know any.
pub(super) const REGEX: &[(Controller, &str, &str)] = &[
    (
        IngressNginx,
        "nginx.ingress.kubernetes.io/use-regex",
        "true",
    ),
    (F5Nginx, "nginx.org/path-regex", "case_sensitive"),
    (
        Traefik,
        "traefik.ingress.kubernetes.io/router.pathmatcher",
        "PathRegexp",
    ),
];

/// What to do about a wish that the controller has no row for.
pub(super) fn way_out(kind: Kind, controller: Controller) -> &'static str {
    match (kind, controller) {
        (AllowList | ForwardAuth | Cors, F5Nginx) => {
            "F5's controller has it in its Policy and VirtualServer objects: write one and apply it \
             by a task of its own, or choose another controller"
        }
        (BodySize | ForwardAuth, Haproxy) => {
            "HAProxy takes it as a snippet in the controller's own ConfigMap, which is its \
             operator's"
        }
        _ => "set its annotation in [ingress.annotations], or choose another controller",
    }
}
