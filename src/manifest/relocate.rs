//! Moves an object from one namespace to another, for targets that have a phase elsewhere.
//!
//! As kustomize's `namespace:` does, what the object says of the namespace goes with it: its own,
//! that of what it refers to, selectors by the namespace's name, and addresses of Services
//! (`db.shop.svc`). Words that merely look like the namespace (a database's name) stay.

use serde_json::Value;

use super::Object;

/// The label by which selectors name a namespace.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The annotation by which an Ingress names Traefik's Middlewares.
const TRAEFIK: &str = "traefik.ingress.kubernetes.io/router.middlewares";

/// Moves an object; one that lives in, and refers to, other namespaces stays as it is.
pub fn relocate(object: &mut Object, from: &str, to: &str) {
    if object.kind == "Namespace" && object.api_version == "v1" && object.name == from {
        to.clone_into(&mut object.name);
        if let Some(name) = object.value.pointer_mut("/metadata/name") {
            *name = to.into();
        }
    }
    if object.namespace.as_deref() == Some(from) {
        object.namespace = Some(to.to_owned());
    }
    walk(&mut object.value, from, to);
}

fn walk(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields.iter_mut() {
                match (key.as_str(), &mut *inner) {
                    ("namespace" | NAME_LABEL, Value::String(name)) if name == from => {
                        to.clone_into(name);
                    }
                    (TRAEFIK, Value::String(names)) => *names = middlewares(names, from, to),
                    // `namespaces` of pod affinity terms, `matchNames` of Prometheus's selectors.
                    ("namespaces" | "matchNames", Value::Array(names)) => {
                        for name in names.iter_mut().filter(|name| *name == from) {
                            *name = to.into();
                        }
                    }
                    // `values` of a selector's expression by the namespace's name.
                    ("matchExpressions", Value::Array(expressions)) => {
                        for one in expressions {
                            expression(one, from, to);
                        }
                    }
                    _ => walk(inner, from, to),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, from, to)),
        Value::String(text) => {
            if let Some(moved) = addresses(text, from, to) {
                *text = moved;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn expression(value: &mut Value, from: &str, to: &str) {
    if value.get("key").and_then(Value::as_str) != Some(NAME_LABEL) {
        return;
    }
    let names = value.get_mut("values").and_then(Value::as_array_mut);
    for name in names.into_iter().flatten().filter(|name| *name == from) {
        *name = to.into();
    }
}

/// Returns Traefik's references (`NAMESPACE-NAME@kubernetescrd`) with the namespace moved.
fn middlewares(names: &str, from: &str, to: &str) -> String {
    let moved = names.split(',').map(|name| {
        let own = name.strip_prefix(from).filter(|rest| rest.starts_with('-'));
        own.map_or_else(|| name.to_owned(), |rest| format!("{to}{rest}"))
    });
    moved.collect::<Vec<_>>().join(",")
}

/// Returns the text with the addresses of the namespace's Services moved, where it has one.
fn addresses(text: &str, from: &str, to: &str) -> Option<String> {
    let old = format!(".{from}.svc");
    text.contains(&old)
        .then(|| text.replace(&old, &format!(".{to}.svc")))
}

#[cfg(test)]
mod tests {
    use super::relocate;
    use crate::manifest::parse_documents;

    #[track_caller]
    fn check(before: &str, after: &str) {
        let mut objects = parse_documents("a.yml", before).expect("an object");
        let expected = parse_documents("a.yml", after).expect("an object");
        for object in &mut objects {
            relocate(object, "shop", "shop-staging");
        }
        assert_eq!(objects, expected);
    }

    #[test]
    fn the_namespace_and_what_lives_in_it_move() {
        check(
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {kubernetes.io/metadata.name: shop}}\n",
            "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop-staging, labels: {kubernetes.io/metadata.name: shop-staging}}\n",
        );
        check(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: shop, namespace: shop}\n\
             roleRef: {kind: Role, name: shop}\nsubjects: [{kind: ServiceAccount, name: shop, namespace: shop}]\n",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: shop, namespace: shop-staging}\n\
             roleRef: {kind: Role, name: shop}\nsubjects: [{kind: ServiceAccount, name: shop, namespace: shop-staging}]\n",
        );
    }

    #[test]
    fn references_to_middlewares_follow() {
        let ingress = |names: &str| {
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  annotations:\n    \
                 traefik.ingress.kubernetes.io/router.middlewares: {names}\n"
            )
        };
        check(
            &ingress("shop-a-limit@kubernetescrd,other-b@kubernetescrd"),
            &ingress("shop-staging-a-limit@kubernetescrd,other-b@kubernetescrd"),
        );
    }

    #[test]
    fn selectors_and_addresses_follow() {
        check(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec:\n  \
             ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}, \
             {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [shop, other]}]}}]}]\n",
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop-staging}\nspec:\n  \
             ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop-staging}}}, \
             {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [shop-staging, other]}]}}]}]\n",
        );
        check(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\n\
             data: {HOST: db.shop.svc.cluster.local, NAME: shop}\n",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop-staging}\n\
             data: {HOST: db.shop-staging.svc.cluster.local, NAME: shop}\n",
        );
    }

    #[test]
    fn what_belongs_elsewhere_stays() {
        let elsewhere = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop, namespace: monitoring}\n\
                         data: {HOST: db.data.svc}\n";
        check(elsewhere, elsewhere);
    }
}
