//! Paths and wishes → what the Gateway API's standard channel can say of them.

use serde_json::json;

use crate::settings::EdgeApi;

use super::express::{Unmet, without_tls};
use super::model::{GatewaySpec, IngressPart, IngressSpec};
use super::routes::Routed;
use super::wishes::{Kind, Wish};
use super::{Draft, LONG, Remarks, issuer, rewrite};

pub(super) fn build(draft: &Draft<'_>, routed: Routed, remarks: &mut Remarks) -> IngressSpec {
    let Routed {
        hosts, mut paths, ..
    } = routed;
    let sources = draft.sources;
    let mut gateway = begun(draft);
    for asked in draft.asked {
        let kind = asked.wish.kind();
        if kind == Kind::Rewrite {
            rewrite(&mut paths, asked, remarks, sources.checklist);
        } else if matches!(asked.wish, Wish::IdleTimeout { seconds } if seconds >= LONG) {
            // A request's time-out would cut a web socket that is busy: it is switched off.
            gateway.request_timeout = Some("0s".to_owned());
        } else if kind == Kind::Cors {
            let value = |word| asked.wish.value(word).unwrap_or_default();
            gateway.cors = Some(json!({
                "allowOrigins": value("origins"),
                "allowMethods": value("methods"),
                "allowHeaders": value("headers"),
            }));
        } else if kind != Kind::HttpsRedirect || !draft.tls {
            remarks.unmet(asked, &cannot(kind), sources.checklist);
        }
    }
    if draft.tls {
        gateway
            .annotations
            .extend(issuer(sources.settings, sources.spec));
    }
    gateway
        .annotations
        .extend(sources.settings.annotations.iter().cloned());
    IngressSpec {
        name: sources.app.to_owned(),
        api: EdgeApi::Gateway,
        class: String::new(),
        controller_namespace: String::new(),
        hosts,
        tls_secret: None,
        parts: vec![IngressPart {
            name: sources.app.to_owned(),
            annotations: Vec::new(),
            paths,
            plain: false,
        }],
        middlewares: Vec::new(),
        service_annotations: Vec::new(),
        gateway,
        unmet: Vec::new(),
        undecided: Vec::new(),
    }
}

fn cannot(kind: Kind) -> Unmet {
    if kind == Kind::HttpsRedirect {
        return without_tls();
    }
    Unmet {
        reason: "the Gateway API's standard channel has no such filter".to_owned(),
        help: "the implementation has a policy object of its own for it: write it and apply it by \
               a task (apply=\"path\"), or choose [ingress] api = \"ingress\""
            .to_owned(),
    }
}

/// Returns what the settings say of the Gateway.
fn begun(draft: &Draft<'_>) -> GatewaySpec {
    let sources = draft.sources;
    let existing =
        sources
            .settings
            .gateway
            .as_deref()
            .map(|gateway| match gateway.split_once('/') {
                Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
                None => (None, gateway.to_owned()),
            });
    GatewaySpec {
        existing,
        annotations: Vec::new(),
        redirect: draft.tls,
        request_timeout: None,
        cors: None,
    }
}
