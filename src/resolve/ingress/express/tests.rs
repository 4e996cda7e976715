//! Each controller in its own words.

use serde_json::{Value, json};

use super::{Expressed, Scope};
use crate::resolve::ingress::model::{IngressPath, PathKind};
use crate::resolve::ingress::table::ROWS;
use crate::resolve::ingress::wishes::Wish;
use crate::settings::Controller::{self, F5Nginx, Haproxy, IngressNginx, Traefik};

fn express(wish: &Wish, controller: Controller) -> Result<Expressed, super::Unmet> {
    let paths = [IngressPath {
        host: "a.test".to_owned(),
        path: "/api".to_owned(),
        kind: PathKind::Prefix,
        rewrite: None,
        workload: "api".to_owned(),
        port: "http".to_owned(),
    }];
    let mut expressed = Expressed::default();
    let scope = Scope {
        controller,
        name: "shop",
        paths: &paths,
    };
    expressed.add(wish, &scope).map(|()| expressed)
}

#[track_caller]
fn check(wish: &Wish, controller: Controller, expected: &[(&str, &str)]) {
    let found = express(wish, controller).expect("expressed").annotations;
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_middleware(wish: &Wish, name: &str, expected: &Value) {
    let found = express(wish, Traefik).expect("expressed");
    let found = found
        .middlewares
        .iter()
        .chain(&found.plain)
        .next()
        .expect("a Middleware");
    assert_eq!((found.name.as_str(), &found.spec), (name, expected));
}

#[track_caller]
fn refused(wish: &Wish, controller: Controller, reason: &str) {
    let unmet = express(wish, controller).expect_err("it can't");
    assert!(unmet.reason.contains(reason), "{unmet:?}");
    assert!(!unmet.help.is_empty());
}

const LIMIT: Wish = Wish::RateLimit {
    count: 100,
    seconds: 1,
    burst: Some(200),
};

#[test]
fn a_rate_limit_is_told_to_each_controller_in_its_own_words() {
    check(
        &LIMIT,
        IngressNginx,
        &[
            ("nginx.ingress.kubernetes.io/limit-rps", "100"),
            ("nginx.ingress.kubernetes.io/limit-burst-multiplier", "2"),
        ],
    );
    check(
        &LIMIT,
        F5Nginx,
        &[
            ("nginx.org/limit-req-rate", "100r/s"),
            ("nginx.org/limit-req-key", "${binary_remote_addr}"),
            ("nginx.org/limit-req-zone-size", "10m"),
            ("nginx.org/limit-req-burst", "200"),
            ("nginx.org/limit-req-reject-code", "429"),
        ],
    );
    check(
        &LIMIT,
        Haproxy,
        &[
            ("haproxy.org/rate-limit-requests", "100"),
            ("haproxy.org/rate-limit-period", "1s"),
            ("haproxy.org/rate-limit-status-code", "429"),
        ],
    );
    check_middleware(
        &LIMIT,
        "shop-rate-limit",
        &json!({
            "rateLimit": {"average": 100, "period": "1s", "burst": 200}
        }),
    );
}

#[test]
fn numbers_and_lists_keep_their_types_in_middlewares() {
    let ranges = vec!["10.0.0.0/8".to_owned(), "192.0.2.7/32".to_owned()];
    let wish = Wish::AllowList { ranges };
    check_middleware(
        &wish,
        "shop-allow-list",
        &json!({
            "ipAllowList": {"sourceRange": ["10.0.0.0/8", "192.0.2.7/32"]}
        }),
    );
    check(
        &wish,
        IngressNginx,
        &[(
            "nginx.ingress.kubernetes.io/whitelist-source-range",
            "10.0.0.0/8,192.0.2.7/32",
        )],
    );
    check_middleware(
        &Wish::BodySize { bytes: 50 << 20 },
        "shop-body-size",
        &json!({
            "buffering": {"maxRequestBodyBytes": 52_428_800}
        }),
    );
}

#[test]
fn prefixes_are_stripped_by_each_controller() {
    let wish = Wish::Rewrite {
        from: vec!["/api".to_owned()],
        to: "/".to_owned(),
    };
    check(
        &wish,
        IngressNginx,
        &[
            ("nginx.ingress.kubernetes.io/use-regex", "true"),
            ("nginx.ingress.kubernetes.io/rewrite-target", "/$2"),
        ],
    );
    check(
        &wish,
        F5Nginx,
        &[("nginx.org/rewrites", "serviceName=api rewrite=/")],
    );
    check(
        &wish,
        Haproxy,
        &[("haproxy.org/path-rewrite", "^/api(/|$)(.*) /\\2")],
    );
    check_middleware(
        &wish,
        "shop-rewrite",
        &json!({
            "replacePathRegex": {"regex": "^/api(/|$)(.*)", "replacement": "/$2"}
        }),
    );
}

#[test]
fn what_a_controller_cannot_do_is_said() {
    let origins = Vec::new();
    refused(
        &Wish::Cors { origins },
        F5Nginx,
        "f5-nginx has no annotation",
    );
    refused(
        &Wish::BodySize { bytes: 1 },
        Haproxy,
        "haproxy has no annotation",
    );
    refused(&Wish::ForwardAuth { url: None }, Traefik, "no address");
    refused(&Wish::BasicAuth { secret: None }, IngressNginx, "no Secret");
}

#[test]
fn plain_http_meets_traefik_on_an_ingress_of_its_own() {
    let found = express(&Wish::HttpsRedirect, Traefik).expect("expressed");
    assert_eq!(found.annotations, []);
    check_middleware(
        &Wish::HttpsRedirect,
        "shop-https",
        &json!({
            "redirectScheme": {"scheme": "https", "permanent": true}
        }),
    );
}

#[test]
fn every_row_has_values_for_its_template() {
    let wishes = [
        LIMIT,
        Wish::RateLimit {
            count: 9,
            seconds: 60,
            burst: Some(1),
        },
        Wish::BasicAuth {
            secret: Some("users".to_owned()),
        },
        Wish::ForwardAuth {
            url: Some("http://a".to_owned()),
        },
        Wish::Rewrite {
            from: vec!["/a".to_owned()],
            to: "/".to_owned(),
        },
        Wish::IdleTimeout { seconds: 9 },
        Wish::BodySize { bytes: 1024 },
        Wish::Cors {
            origins: Vec::new(),
        },
        Wish::HttpsRedirect,
        Wish::AllowList {
            ranges: vec!["10.0.0.0/8".to_owned()],
        },
        Wish::StickySessions,
    ];
    for (kind, controller, how) in ROWS {
        let template = match how {
            super::How::Ingress(_, template)
            | super::How::Service(_, template)
            | super::How::Middleware(_, _, template)
            | super::How::Plain(_, _, template) => *template,
            super::How::Inherent(_) => continue,
        };
        let scope = Scope {
            controller: *controller,
            name: "a",
            paths: &[],
        };
        let filled = wishes
            .iter()
            .filter(|wish| wish.kind() == *kind)
            .any(|wish| super::fill(template, |word| super::value(word, wish, &scope)).is_some());
        assert!(filled, "{kind:?} {controller:?} {template}");
    }
}
