//! Permissions as roles for a service account: the YAML of `orch access --print`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{ACCOUNT, Asks, Need, Resource, namespaces};

/// Whom the roles are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Account {
    /// Returns the account of that text, `NAME` or `NAMESPACE/NAME`; by default it lives in the
    /// phase's namespace. `None` where that is no name.
    pub fn parse(text: Option<&str>, namespace: &str) -> Option<Self> {
        let text = text.unwrap_or(ACCOUNT);
        let (namespace, name) = text.split_once('/').unwrap_or((namespace, text));
        let is_name = |text: &str| {
            let mut letters = text.chars();
            !text.is_empty()
                && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c))
        };
        (is_name(namespace) && is_name(name)).then(|| Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// The rules of one role: by group, names and resources, their verbs.
type Rules<'a> = BTreeMap<(&'a str, Option<&'a str>, Vec<&'a str>), Vec<&'a str>>;

/// Returns roles that allow what is asked for and no more, and their bindings. `removal`: also
/// what pruning, turning back and making again need.
pub fn roles(asks: &Asks, account: &Account, removal: bool) -> String {
    let asks: Asks = asks
        .iter()
        .filter(|(_, need)| removal || **need != Need::Removal)
        .map(|(ask, need)| (ask.clone(), *need))
        .collect();
    let role = format!("orch:{}:{}", account.namespace, account.name);
    let mut text = String::from(
        "# What `orch` needs to run, and no more. Look it over, then: kubectl apply -f -\n",
    );
    if !removal {
        text += "# `orch access --print --removal` adds what --prune, --recreate and undo need.\n";
    }
    let mut homes: BTreeSet<&str> = namespaces(&asks);
    homes.insert(&account.namespace);
    for home in homes.iter().filter(|home| !is_there(home)) {
        let _ = writeln!(
            text,
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {home}\n---"
        );
    }
    let _ = writeln!(
        text,
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {}\n  namespace: {}",
        account.name, account.namespace
    );
    for home in homes.into_iter().map(Some).chain([None]) {
        let here: Vec<(&Resource, &str)> = asks
            .keys()
            .filter(|(resource, _)| resource.namespace.as_deref() == home)
            .map(|(resource, verb)| (resource, *verb))
            .collect();
        if !here.is_empty() {
            text += &role_in(home, &role, &here);
            text += &binding_in(home, &role, account);
        }
    }
    text
}

/// Every cluster has these.
fn is_there(namespace: &str) -> bool {
    matches!(namespace, "default" | "kube-system" | "kube-public")
}

fn role_in(home: Option<&str>, role: &str, asks: &[(&Resource, &str)]) -> String {
    let kind = if home.is_some() {
        "Role"
    } else {
        "ClusterRole"
    };
    let mut text = format!("---\n{}", head(kind, home, role));
    text += "rules:\n";
    for ((group, only, verbs), resources) in rules(asks) {
        if verbs
            .iter()
            .any(|verb| matches!(*verb, "escalate" | "bind"))
        {
            text += "# The phase grants roles. Without this, it can grant only what this account has.\n";
        }
        let group = if group.is_empty() { "\"\"" } else { group };
        let _ = write!(
            text,
            "- apiGroups: [{group}]\n  resources: [{}]\n  verbs: [{}]\n",
            resources.join(", "),
            verbs.join(", ")
        );
        if let Some(only) = only {
            let _ = writeln!(text, "  resourceNames: [{only}]");
        }
    }
    text
}

/// Resources of one group that are asked for alike share a rule; what grants has its own.
fn rules<'a>(asks: &[(&'a Resource, &'a str)]) -> Rules<'a> {
    let mut verbs: BTreeMap<(&Resource, bool), Vec<&str>> = BTreeMap::new();
    for (resource, verb) in asks {
        let grants = matches!(*verb, "escalate" | "bind");
        verbs.entry((resource, grants)).or_default().push(verb);
    }
    let mut rules = Rules::new();
    for ((resource, _), verbs) in verbs {
        let key = (&*resource.group, resource.only.as_deref(), verbs);
        rules.entry(key).or_default().push(&resource.name);
    }
    rules
}

fn binding_in(home: Option<&str>, role: &str, account: &Account) -> String {
    let (kind, of) = match home {
        Some(_) => ("RoleBinding", "Role"),
        None => ("ClusterRoleBinding", "ClusterRole"),
    };
    format!(
        "---\n{}roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {of}\n  name: {role}\n\
         subjects:\n- kind: ServiceAccount\n  name: {}\n  namespace: {}\n",
        head(kind, home, role),
        account.name,
        account.namespace
    )
}

fn head(kind: &str, home: Option<&str>, name: &str) -> String {
    let home = home.map(|home| format!("  namespace: {home}\n"));
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {name}\n{}",
        home.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::access::asks;
    use crate::manifest::parse_documents;

    #[test]
    fn roles_are_per_namespace_and_alike_resources_share_a_rule() {
        let yaml = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n---\n\
             apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: shop}\n";
        let objects = parse_documents("a.yml", yaml).expect("objects");
        let objects: Vec<_> = objects.iter().collect();
        let account = Account::parse(None, "shop").expect("a name");
        let text = roles(&asks(&objects, "shop"), &account, false);
        assert!(parse_documents("roles.yml", &text).is_ok(), "{text}");
        for piece in [
            "kind: Namespace\nmetadata:\n  name: shop\n---\napiVersion: v1\nkind: ServiceAccount\n",
            "  name: orch:shop:orch\n  namespace: shop\nrules:\n",
            "- apiGroups: [\"\"]\n  resources: [secrets, services]\n  \
             verbs: [create, get, list, patch, watch]\n",
            "- apiGroups: [coordination.k8s.io]\n  resources: [leases]\n  \
             verbs: [create, delete, get, update]\n",
            "kind: ClusterRole\nmetadata:\n  name: orch:shop:orch\nrules:\n",
        ] {
            assert!(text.contains(piece), "no {piece:?} in\n{text}");
        }
        let removing = roles(&asks(&objects, "shop"), &account, true);
        assert!(removing.contains("verbs: [create, delete, get, list, patch, watch]"));
    }

    #[track_caller]
    fn check(text: Option<&str>, expected: Option<&str>) {
        let account = Account::parse(text, "shop");
        let shown = account.map(|it| format!("{}/{}", it.namespace, it.name));
        assert_eq!(shown.as_deref(), expected);
    }

    #[test]
    fn an_account_may_live_elsewhere() {
        check(None, Some("shop/orch"));
        check(Some("ci"), Some("shop/ci"));
        check(Some("ops/ci"), Some("ops/ci"));
        check(Some("ops/a: b"), None);
    }
}
