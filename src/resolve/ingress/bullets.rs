//! The bullets below an Ingress: hosts, paths, TLS, annotations, wishes. One may state several.

use crate::checklist::Inline;
use crate::vocabulary::{Phrase, Vocabulary, Word, fold};

use super::super::bullets::clauses;
use super::super::spec::Spec;
use super::wishes::Asked;
use super::{paths, told, wishes};

/// Takes what a bullet asks for into the spec; returns what it was read as.
pub(in crate::resolve) fn read(
    text: &Inline,
    vocabulary: &Vocabulary,
    spec: &mut Spec,
) -> Option<String> {
    let plain = text.plain();
    let plain = Phrase::new(&plain, vocabulary);
    let mut meanings = Vec::new();
    let leads = leads_to_service(text, vocabulary);
    let beside = beside_routes(text);
    let asked = wished(text, (leads, &beside), vocabulary);
    if leads && keeps_out(&beside, vocabulary) {
        return None;
    }
    // A wish is the whole Ingress's: for one host or path alone it would be another.
    if clauses(text)
        .iter()
        .any(|clause| is_scoped(clause, vocabulary))
    {
        return None;
    }
    meanings.extend(controllers(plain, spec));
    meanings.extend(issuer(text, plain.text(), spec));
    // Paths beside a wish are those that it is for, unless they are said to be routes.
    let rewrites = asked.iter().any(is_rewrite);
    if asked.is_empty() || (leads || plain.has(Word::Paths)) && !rewrites {
        meanings.extend(routed(text, plain, spec));
    }
    if asks_for_tls(plain, &asked) {
        spec.tls = true;
        meanings.push("TLS ends here".to_owned());
    }
    for wish in asked {
        meanings.push(wish.describe());
        spec.edge.wishes.push(Asked {
            wish,
            span: text.span.clone(),
        });
    }
    (!meanings.is_empty()).then(|| meanings.join("; "))
}

/// Returns the wishes that a text states. A port behind an arrow is none's figure: `/ws` → api:8080,
/// websocket.
fn wished(
    text: &Inline,
    (leads, beside): (bool, &[Inline]),
    vocabulary: &Vocabulary,
) -> Vec<wishes::Wish> {
    let whole = told::read(text, vocabulary);
    if !leads || whole.iter().any(is_rewrite) {
        return whole;
    }
    let told = beside.iter().flat_map(|it| told::read(it, vocabulary));
    told.collect()
}

fn is_rewrite(wish: &wishes::Wish) -> bool {
    matches!(wish, wishes::Wish::Rewrite { .. })
}

/// Returns whether what stands beside routes keeps somebody out by words that are no wish: `only GET`.
fn keeps_out(beside: &[Inline], vocabulary: &Vocabulary) -> bool {
    beside.iter().any(|clause| {
        let restricted = Phrase::new(&clause.plain(), vocabulary).has(Word::Restricted);
        restricted && told::read(clause, vocabulary).is_empty()
    })
}

/// Returns the clauses of a text that lead nowhere themselves.
fn beside_routes(text: &Inline) -> Vec<Inline> {
    let mut clauses = clauses(text);
    clauses.retain(|clause| {
        let plain = clause.plain();
        !paths::ARROWS.iter().any(|arrow| plain.contains(arrow))
    });
    clauses
}

/// Returns whether a text leads paths to services by arrows.
fn leads_to_service(text: &Inline, vocabulary: &Vocabulary) -> bool {
    let routes = paths::read(text, vocabulary);
    let mut to = routes.iter().filter_map(|route| route.to.as_deref());
    to.any(|it| !it.starts_with('/'))
}

/// Returns whether a clause tells a wish beside a host or a path that it is for.
fn is_scoped(clause: &Inline, vocabulary: &Vocabulary) -> bool {
    let of_all = |wish: &wishes::Wish| {
        use wishes::Wish::{Cors, ForwardAuth, HttpsRedirect, IdleTimeout, Rewrite};
        // Nobody minds a connection that others may hold as well.
        !matches!(
            wish,
            Rewrite { .. } | ForwardAuth { .. } | Cors { .. } | HttpsRedirect | IdleTimeout { .. }
        )
    };
    let placed = |code: &str| paths::parse(code).is_some();
    clause.codes().any(|(code, _)| placed(code))
        && told::read(clause, vocabulary).iter().any(of_all)
}

/// Returns whether a text asks for TLS itself: neither by the scheme of an address that a wish
/// names, nor by what requests are sent on to.
fn asks_for_tls(plain: Phrase<'_>, asked: &[wishes::Wish]) -> bool {
    let redirected = asked.contains(&wishes::Wish::HttpsRedirect);
    let own = |word: &&str| {
        let address = !asked.is_empty() && word.contains("://");
        let lower = fold(word);
        let target = ["https", "ssl-redirect"]
            .iter()
            .any(|it| lower.trim_start_matches(['`', '(']).starts_with(it));
        !(address || redirected && target)
    };
    let mut words = plain.text().split_whitespace().filter(own);
    words.any(|word| plain.with(word).has(Word::Tls))
}

fn controllers(plain: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    plain.find(&[Word::Annotations])?;
    let lower = plain.text().to_lowercase();
    let known = ["nginx", "traefik", "haproxy"];
    let named: Vec<String> = plain
        .with(&lower)
        .words()
        .flat_map(|word| known.into_iter().filter(move |name| word.contains(name)))
        .map(str::to_owned)
        .collect();
    spec.controllers.clone_from(&named);
    Some(
        format!("annotations {}", named.join(", "))
            .trim_end()
            .to_owned(),
    )
}

/// Returns whether a text says who issues certificates.
pub(in crate::resolve) fn names_issuer(plain: &str) -> bool {
    let lower = plain.to_lowercase();
    let told = [
        "cert-manager",
        "letsencrypt",
        "let's encrypt",
        "let’s encrypt",
    ];
    told.iter().any(|word| lower.contains(word))
}

/// Reads `cert-manager` with the issuer's name, and `Let's Encrypt`.
fn issuer(text: &Inline, plain: &str, spec: &mut Spec) -> Option<String> {
    if !names_issuer(plain) {
        return None;
    }
    spec.tls = true;
    let mut codes = text.codes().map(|(code, _)| code);
    let name = codes.find(|code| !code.contains(['/', '.', ' ']) && *code != "cert-manager")?;
    spec.edge.issuer = Some(name.to_owned());
    Some(format!("certificates by the ClusterIssuer {name}"))
}

fn routed(text: &Inline, plain: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    let routes = paths::read(text, plain.vocabulary());
    if !routes.is_empty() {
        let shown: Vec<String> = routes
            .iter()
            .map(|route| {
                let host = route.host.as_deref().unwrap_or_default();
                let to = route
                    .to
                    .as_ref()
                    .map_or_else(String::new, |to| format!(" → {to}"));
                let exact = if route.kind == super::PathKind::Exact {
                    " exactly"
                } else {
                    ""
                };
                format!("{host}{}{exact}{to}", route.path)
            })
            .collect();
        spec.edge.paths.extend(routes);
        return Some(format!("paths {}", shown.join(", ")));
    }
    let hosts = paths::hosts(text);
    let only = || {
        let mut words = plain
            .text()
            .split([' ', ',', ';'])
            .filter(|it| !it.is_empty());
        words.all(|word| paths::is_host(word) || plain.vocabulary().tells(word, Word::And))
    };
    if hosts.is_empty() || !(plain.has(Word::Hosts) || only()) {
        return None;
    }
    let shown = format!("hosts {}", hosts.join(", "));
    spec.edge.hosts.extend(hosts);
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::super::told::tests::inline;
    use super::{Spec, Vocabulary, read};

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) -> Spec {
        let mut spec = Spec::default();
        assert_eq!(
            read(&inline(text), &Vocabulary::default(), &mut spec).as_deref(),
            expected,
            "{text}"
        );
        spec
    }

    #[test]
    fn one_bullet_may_state_several_things() {
        let spec = check(
            "TLS, rate limit 100 r/s, body size 10m",
            Some("TLS ends here; rate limit of 100 requests a second; request bodies up to 10m"),
        );
        assert!(spec.tls);
    }

    #[test]
    fn an_address_that_a_wish_names_asks_for_no_tls() {
        let cors = "CORS for https://app.test";
        assert!(!check("CORS: https://app.test", Some(cors)).tls);
        assert!(
            !check(
                "Redirect HTTP to HTTPS",
                Some("plain HTTP sent on to HTTPS")
            )
            .tls
        );
        let sent = "TLS ends here; plain HTTP sent on to HTTPS";
        assert!(check("TLS, redirect to HTTPS", Some(sent)).tls);
        let both = "TLS ends here; CORS for https://app.test";
        assert!(check("TLS, CORS: https://app.test", Some(both)).tls);
    }

    #[test]
    fn hosts_and_paths_are_told_apart() {
        let spec = check(
            "Хосты: `shop.test`, `api.shop.test`",
            Some("hosts shop.test, api.shop.test"),
        );
        assert_eq!(spec.edge.hosts, ["shop.test", "api.shop.test"]);
        let spec = check(
            "Маршруты: `/api/*` → `api`, ровно `/up`",
            Some("paths /api → api, /up exactly"),
        );
        assert_eq!(spec.edge.paths.len(), 2);
    }

    #[test]
    fn certificates_and_annotations_are_read() {
        let spec = check(
            "TLS by cert-manager (`letsencrypt-prod`)",
            Some("certificates by the ClusterIssuer letsencrypt-prod; TLS ends here"),
        );
        assert_eq!(spec.edge.issuer.as_deref(), Some("letsencrypt-prod"));
        let spec = check(
            "Annotations для nginx/traefik",
            Some("annotations nginx, traefik"),
        );
        assert_eq!(spec.controllers, ["nginx", "traefik"]);
        check("Something else", None);
    }
}
