//! Which controller is meant, by settings, then by the checklist's words, then by default.
//!
//! The default is Traefik: ingress-nginx, which most people mean by "nginx", gets no fixes since
//! March 2026.

use crate::settings::{Controller, EdgeApi};

use super::{Remarks, Sources};

/// The controller that is written for.
pub(super) struct Chosen {
    /// `None` where the class is one whose annotations aren't known.
    pub(super) controller: Option<Controller>,
    pub(super) class: String,
    pub(super) namespace: String,
    /// Others that the checklist asks annotations for.
    pub(super) others: Vec<Controller>,
}

pub(super) fn choose(sources: &Sources<'_>, remarks: &mut Remarks) -> Chosen {
    let settings = sources.settings;
    let named: Vec<Controller> = sources
        .spec
        .controllers
        .iter()
        .filter_map(|word| by_word(word))
        .collect();
    let by_class = settings.class.as_deref().map(by_word);
    // Of several that the checklist names, the one that is maintained.
    let by_words = if named.contains(&Controller::Traefik) {
        Some(Controller::Traefik)
    } else {
        named.first().copied()
    };
    let controller = match (settings.controller, by_class) {
        (Some(set), _) => Some(set),
        (None, Some(found)) => found,
        (None, None) => Some(by_words.unwrap_or(Controller::Traefik)),
    };
    let gateway = settings.api == EdgeApi::Gateway;
    if controller == Some(Controller::IngressNginx) && settings.controller.is_none() && !gateway {
        remarks.warn(
            "the Ingress is written for ingress-nginx, which is retired since March 2026: it gets \
             no fixes, not even of security holes",
            "choose in the phase's settings: [ingress] controller = \"traefik\" or \"f5-nginx\", \
             or api = \"gateway\"; controller = \"ingress-nginx\" keeps it",
        );
    }
    let default = controller.unwrap_or(Controller::Traefik);
    let class = settings
        .class
        .clone()
        .unwrap_or_else(|| default.class().to_owned());
    Chosen {
        namespace: namespace(sources, controller, &class),
        controller,
        class,
        others: named
            .into_iter()
            .filter(|it| Some(*it) != controller)
            .collect(),
    }
}

/// Returns where requests come from, by settings, then by what a controller's own instructions say.
fn namespace(sources: &Sources<'_>, controller: Option<Controller>, class: &str) -> String {
    let settings = sources.settings;
    if let Some(set) = &settings.controller_namespace {
        return set.clone();
    }
    let known = || controller.map_or(class, |it| it.namespace()).to_owned();
    if settings.api == EdgeApi::Ingress {
        return known();
    }
    let existing = settings.gateway.as_deref();
    if let Some((namespace, _)) = existing.and_then(|gateway| gateway.split_once('/')) {
        return namespace.to_owned();
    }
    match class {
        "eg" | "envoy" | "envoy-gateway" => "envoy-gateway-system".to_owned(),
        "traefik" => "traefik".to_owned(),
        // These run their proxies beside the Gateway.
        _ => sources.namespace.to_owned(),
    }
}

fn by_word(word: &str) -> Option<Controller> {
    match word {
        "nginx" | "ingress-nginx" => Some(Controller::IngressNginx),
        "f5" | "f5-nginx" | "nginx-ingress" | "nginx-inc" => Some(Controller::F5Nginx),
        "traefik" => Some(Controller::Traefik),
        "haproxy" => Some(Controller::Haproxy),
        _ => None,
    }
}
