//! Traefik's middlewares in labels: what it does with requests beside leading them. A prefix that is
//! stripped is the route's own business.

use super::super::model::Middleware;
use super::Labelled;

/// Returns a router's middlewares.
pub(super) fn of(labelled: &Labelled<'_>, router: &str) -> Vec<Middleware> {
    let key = format!("traefik.http.routers.{router}.middlewares");
    let used = labelled.label(&key).unwrap_or_default();
    let names = used.split(',');
    let names = names.map(|name| name.split('@').next().unwrap_or_default().trim());
    let mut found = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        let start = format!("traefik.http.middlewares.{name}.");
        let kind = |label: &str| {
            let (head, rest) = label.split_at_checked(start.len())?;
            let own = head.eq_ignore_ascii_case(&start);
            own.then(|| rest.split('.').next().map(str::to_lowercase))?
        };
        let mut labels = labelled.labels();
        let defined = labels.find_map(|(label, _)| Some((label, kind(label)?)));
        let (label, kind) = match defined {
            Some((label, kind)) => (label, Some(kind)),
            None => (key.as_str(), None),
        };
        if kind
            .as_deref()
            .is_none_or(|kind| kind != "stripprefix" && kind != "chain")
        {
            found.push(Middleware {
                name: name.to_owned(),
                kind,
                origin: labelled.origin(label),
            });
        }
    }
    found
}
