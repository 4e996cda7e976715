//! Asking a server what its user may do.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, ResourceRule, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
    SelfSubjectRulesReview, SelfSubjectRulesReviewSpec,
};
use kube::api::{Api, PostParams};

use super::{Asks, CLAIMS, Need, Resource, namespaces};
use crate::cluster::{Cluster, ClusterError};

/// How many reviews are under way at once.
const REVIEWS: usize = 16;

/// What a user may not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Who, where the server says so.
    pub user: Option<String>,
    /// What a run can't do without, a line each: `create, patch deployments.apps in shop`.
    pub needed: Vec<String>,
    /// What is told of a failure without these is less.
    pub useful: Vec<String>,
}

/// One permission.
type Ask = (Resource, &'static str);

impl Cluster {
    /// Returns what is asked for and not allowed.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn missing(&self, asks: &Asks, namespace: &str) -> Result<Missing, ClusterError> {
        let wanted: Vec<&Ask> = asks
            .iter()
            .filter(|(_, need)| matches!(need, Need::Run | Need::Diagnosis))
            .map(|(ask, _)| ask)
            .collect();
        let rules = self.rules(asks).await?;
        let unsure: Vec<Ask> = wanted
            .into_iter()
            .filter(|ask| !is_ruled(ask, &rules))
            .cloned()
            .collect();
        let mut denied: Vec<Ask> = stream::iter(unsure)
            .map(async |ask| {
                let allowed = self.may(&ask, namespace).await?;
                Ok::<_, ClusterError>((!allowed).then_some(ask))
            })
            .buffered(REVIEWS)
            .try_filter_map(async |denied| Ok(denied))
            .try_collect()
            .await?;
        denied.sort();
        let (needed, useful): (Vec<Ask>, Vec<Ask>) = denied
            .into_iter()
            .partition(|ask| asks.get(ask) == Some(&Need::Run));
        let user = if needed.is_empty() {
            None
        } else {
            self.user().await
        };
        Ok(Missing {
            user,
            needed: lines(&needed),
            useful: lines(&useful),
        })
    }

    /// Returns the rules that hold in each namespace, where the server knows all of them.
    async fn rules(
        &self,
        asks: &Asks,
    ) -> Result<BTreeMap<String, Vec<ResourceRule>>, ClusterError> {
        let api: Api<SelfSubjectRulesReview> = Api::all(self.client.clone());
        let reviews = stream::iter(namespaces(asks)).map(async |namespace| {
            let review = SelfSubjectRulesReview {
                spec: SelfSubjectRulesReviewSpec {
                    namespace: Some(namespace.to_owned()),
                },
                ..SelfSubjectRulesReview::default()
            };
            let answer = match api.create(&PostParams::default(), &review).await {
                Ok(answer) => answer,
                // Each permission is then asked for by itself.
                Err(kube::Error::Api(_)) => return Ok(None),
                Err(error) => return Err(self.error(error)),
            };
            let status = answer.status.filter(|status| !status.incomplete);
            Ok(status.map(|status| (namespace.to_owned(), status.resource_rules)))
        });
        reviews
            .buffered(REVIEWS)
            .try_filter_map(async |found| Ok(found))
            .try_collect()
            .await
    }

    /// Asks for one permission. A claim may lie in the phase's own namespace too.
    async fn may(&self, ask: &Ask, namespace: &str) -> Result<bool, ClusterError> {
        if self.allows(ask).await? {
            return Ok(true);
        }
        let (resource, verb) = ask;
        if resource.name != "leases" || resource.namespace.as_deref() != Some(CLAIMS) {
            return Ok(false);
        }
        let own = Resource {
            namespace: Some(namespace.to_owned()),
            ..resource.clone()
        };
        self.allows(&(own, verb)).await
    }

    async fn allows(&self, (resource, verb): &Ask) -> Result<bool, ClusterError> {
        let api: Api<SelfSubjectAccessReview> = Api::all(self.client.clone());
        let (name, subresource) = match resource.name.split_once('/') {
            Some((name, subresource)) => (name, Some(subresource.to_owned())),
            None => (resource.name.as_str(), None),
        };
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(ResourceAttributes {
                    group: Some(resource.group.clone()),
                    resource: Some(name.to_owned()),
                    subresource,
                    namespace: resource.namespace.clone(),
                    name: resource.only.clone(),
                    verb: Some((*verb).to_owned()),
                    ..ResourceAttributes::default()
                }),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        match api.create(&PostParams::default(), &review).await {
            Ok(answer) => Ok(answer.status.is_some_and(|status| status.allowed)),
            // A server that doesn't answer that refuses by itself what may not be done.
            Err(kube::Error::Api(status)) if matches!(status.code, 403..=405) => Ok(true),
            Err(error) => Err(self.error(error)),
        }
    }

    async fn user(&self) -> Option<String> {
        let api: Api<SelfSubjectReview> = Api::all(self.client.clone());
        let review = SelfSubjectReview::default();
        let answer = api.create(&PostParams::default(), &review).await.ok()?;
        answer.status?.user_info?.username
    }
}

/// Whether the rules of its namespace allow it; what is outside of namespaces they don't tell.
fn is_ruled((resource, verb): &Ask, rules: &BTreeMap<String, Vec<ResourceRule>>) -> bool {
    let of_namespace = resource.namespace.as_ref().and_then(|name| rules.get(name));
    let has = |list: Option<&Vec<String>>, text: &str| {
        let mut list = list.into_iter().flatten();
        list.any(|it| it == "*" || it == text)
    };
    of_namespace.into_iter().flatten().any(|rule| {
        has(rule.api_groups.as_ref(), &resource.group)
            && has(rule.resources.as_ref(), &resource.name)
            && has(Some(&rule.verbs), verb)
            && rule.resource_names.as_ref().is_none_or(Vec::is_empty)
    })
}

/// One line for each resource.
fn lines(asks: &[Ask]) -> Vec<String> {
    let mut verbs: BTreeMap<&Resource, Vec<&str>> = BTreeMap::new();
    for (resource, verb) in asks {
        verbs.entry(resource).or_default().push(verb);
    }
    let line = |(resource, verbs): (&Resource, Vec<&str>)| {
        let place = match &resource.namespace {
            Some(namespace) => format!("in {namespace}"),
            None => "in the whole cluster".to_owned(),
        };
        let only = resource.only.as_ref().map(|name| format!(" {name}"));
        format!(
            "{} {}{} {place}",
            verbs.join(", "),
            resource.full_name(),
            only.unwrap_or_default()
        )
    };
    verbs.into_iter().map(line).collect()
}
