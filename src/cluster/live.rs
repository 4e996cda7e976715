//! What a cluster holds of a plan's objects: one LIST a kind and namespace, in pages.
//!
//! Objects are kept as the text of their JSON, which takes a tenth of the memory, and read when
//! they are looked up. What is told is as old as the lists are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kube::api::{GetParams, ListParams};
use kube::core::Request;
use kube::discovery::Scope;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::settled::is_settled;
use super::{Applied, Before, Cluster, ClusterError, TakeOver};
use crate::journal::ObjectEvidence;
use crate::manifest::Object;

/// How many objects one answer holds.
const PAGE: u32 = 250;

/// How many requests are under way at once.
const ASKING: usize = 16;

/// Up to that many objects of a kind are asked for by name: a namespace may hold many others.
const FEW: usize = 3;

/// How long a list is believed when something is skipped because of it.
const FRESH: Duration = Duration::from_secs(30);

/// An object by its place and name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    place: Place,
    /// `metadata.name`.
    called: String,
}

/// A kind in a namespace: group and version, kind, namespace.
type Place = (String, String, Option<String>);

impl From<&Object> for Name {
    fn from(object: &Object) -> Self {
        Self {
            place: (
                object.api_version.clone(),
                object.kind.clone(),
                object.namespace.clone(),
            ),
            called: object.name.clone(),
        }
    }
}

impl From<&ObjectEvidence> for Name {
    fn from(evidence: &ObjectEvidence) -> Self {
        Self {
            place: (
                evidence.api_version.clone(),
                evidence.kind.clone(),
                evidence.namespace.clone(),
            ),
            called: evidence.name.clone(),
        }
    }
}

/// What a cluster held when it was asked.
#[derive(Debug)]
pub struct Live {
    objects: BTreeMap<Name, Box<str>>,
    taken: Instant,
}

impl Live {
    /// Returns an object as the cluster held it.
    pub fn get(&self, object: impl Into<Name>) -> Option<Value> {
        let text = self.objects.get(&object.into())?;
        serde_json::from_str(text).ok()
    }

    /// Returns whether the cluster held an object.
    pub fn has(&self, object: impl Into<Name>) -> bool {
        self.objects.contains_key(&object.into())
    }

    /// Returns why evidence doesn't hold any more, if it doesn't: the object is gone, or another
    /// one has its name.
    pub fn gone(&self, evidence: &ObjectEvidence) -> Option<String> {
        gone(evidence, self.get(evidence).as_ref())
    }

    /// Returns what an apply knows of an object from these lists, while they can be believed.
    pub fn before(&self, wanted: &Object, consent: &TakeOver) -> Before {
        if self.taken.elapsed() > FRESH {
            return Before::Unknown;
        }
        Before::of(self.get(wanted).as_ref(), &wanted.value, consent)
    }

    /// Returns what applying an object would find, where it would change nothing and what the
    /// cluster held was asked for just now; `None` where it has to be applied.
    pub fn settled(&self, wanted: &Object) -> Option<Applied> {
        if self.taken.elapsed() > FRESH {
            return None;
        }
        let live = self.get(wanted)?;
        is_settled(wanted, &live).then(|| Applied {
            uid: live["metadata"]["uid"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            generation: live["metadata"]["generation"].as_i64(),
            object: live,
            notes: vec!["unchanged".to_owned()],
        })
    }
}

/// Returns why evidence doesn't hold, by the object as the cluster has it.
pub(super) fn gone(evidence: &ObjectEvidence, live: Option<&Value>) -> Option<String> {
    let label = format!("{}/{}", evidence.kind, evidence.name);
    let Some(metadata) = live.map(|live| &live["metadata"]) else {
        return (!has_ended(evidence)).then(|| format!("{label} is gone"));
    };
    if metadata["uid"] != *evidence.uid {
        Some(format!("{label} is another object of the same name"))
    } else if !metadata["deletionTimestamp"].is_null() {
        Some(format!("{label} is being deleted"))
    } else {
        None
    }
}

/// Returns whether evidence is of a Job that had done its work when it was recorded: that it is
/// cleared away afterwards, by its own `ttlSecondsAfterFinished` or by hand, undoes nothing.
fn has_ended(evidence: &ObjectEvidence) -> bool {
    evidence.kind == "Job" && !evidence.ready.starts_with("suspended")
}

/// One question to the cluster.
enum Ask {
    /// All of a kind in a namespace; these names are kept.
    All(Place, BTreeSet<String>),
    /// One object.
    One(Name),
}

impl Cluster {
    /// Returns what the cluster holds of these objects.
    ///
    /// A kind that isn't served yet, or a namespace that isn't there, holds nothing.
    ///
    /// # Errors
    /// Where the cluster can't be asked.
    pub async fn live<N: Into<Name>>(
        &self,
        objects: impl IntoIterator<Item = N>,
    ) -> Result<Live, ClusterError> {
        let taken = Instant::now();
        let mut places: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
        for name in objects {
            let name: Name = name.into();
            places.entry(name.place).or_default().insert(name.called);
        }
        let questions: Vec<Ask> = places
            .into_iter()
            .flat_map(|(place, names)| match names.len() {
                0..=FEW => each(&place, names),
                _ => vec![Ask::All(place, names)],
            })
            .collect();
        let answers = stream::iter(questions)
            .map(|question| self.ask(question))
            .buffer_unordered(ASKING);
        let found: Vec<Vec<(Name, Box<str>)>> = answers.try_collect().await?;
        Ok(Live {
            objects: found.into_iter().flatten().collect(),
            taken,
        })
    }

    async fn ask(&self, question: Ask) -> Result<Vec<(Name, Box<str>)>, ClusterError> {
        match question {
            Ask::One(name) => Ok(self.one(name).await?.into_iter().collect()),
            Ask::All(place, names) => match self.all(&place, &names).await {
                // Who may not list may still read what it applies.
                Err(ClusterError::Refused { .. }) => {
                    let mut found = Vec::new();
                    for name in names {
                        found.extend(self.one(named(&place, name)).await?);
                    }
                    Ok(found)
                }
                listed => listed,
            },
        }
    }

    async fn one(&self, name: Name) -> Result<Option<(Name, Box<str>)>, ClusterError> {
        let Some(path) = self.path(&name.place).await? else {
            return Ok(None);
        };
        let request = Request::new(path).get(&name.called, &GetParams::default());
        let request = request.map_err(|error| self.error(kube::Error::BuildRequest(error)))?;
        match self.client.request_text(request).await {
            Ok(text) => {
                self.keep_secret(&name.place, &text);
                Ok(Some((name, text.into())))
            }
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
            Err(error) => Err(self.error(error)),
        }
    }

    async fn all(
        &self,
        place: &Place,
        names: &BTreeSet<String>,
    ) -> Result<Vec<(Name, Box<str>)>, ClusterError> {
        let Some(path) = self.path(place).await? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let mut params = ListParams::default().limit(PAGE);
        loop {
            let request = Request::new(&path).list(&params);
            let request = request.map_err(|error| self.error(kube::Error::BuildRequest(error)))?;
            let answer = self.client.request_text(request).await;
            let text = answer.map_err(|error| self.error(error))?;
            let page = Page { place, names };
            let mut reader = serde_json::Deserializer::from_str(&text);
            let (items, next) = page
                .deserialize(&mut reader)
                .map_err(|error| self.error(kube::Error::SerdeError(error)))?;
            for (name, item) in items {
                self.keep_secret(place, &item);
                found.push((named(place, name), item));
            }
            match next {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(found),
            }
        }
    }

    /// Notes a Secret's values, to be masked in whatever is told.
    fn keep_secret(&self, place: &Place, text: &str) {
        if place.1 == "Secret" {
            let secret = serde_json::from_str(text).unwrap_or_default();
            self.known().add_secret(&secret);
        }
    }

    /// Returns where a kind is served; `None` where it isn't.
    async fn path(
        &self,
        (api_version, kind, namespace): &Place,
    ) -> Result<Option<String>, ClusterError> {
        let api = match self.kind(api_version, kind).await {
            Ok(served) if served.1.scope == Scope::Cluster => self.api_of(&served, None),
            Ok(served) => self.api_of(&served, namespace.as_deref()),
            Err(ClusterError::NoSuchKind { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(api.resource_url().to_owned()))
    }
}

fn each(place: &Place, names: BTreeSet<String>) -> Vec<Ask> {
    let one = |name| Ask::One(named(place, name));
    names.into_iter().map(one).collect()
}

fn named(place: &Place, called: String) -> Name {
    Name {
        place: place.clone(),
        called,
    }
}

/// Reads a page of a list, an item at a time: the wanted ones by name, and the token of the next.
struct Page<'a> {
    place: &'a Place,
    names: &'a BTreeSet<String>,
}

type Items = Vec<(String, Box<str>)>;

impl<'de> DeserializeSeed<'de> for Page<'_> {
    type Value = (Items, Option<String>);

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Page<'_> {
    type Value = (Items, Option<String>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut items, mut next) = (Vec::new(), None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "metadata" => {
                    let metadata: Value = map.next_value()?;
                    let token = metadata["continue"].as_str();
                    next = token.filter(|it| !it.is_empty()).map(str::to_owned);
                }
                "items" => items = map.next_value_seed(Kept(&self))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok((items, next))
    }
}

/// Reads the items of a page.
struct Kept<'a>(&'a Page<'a>);

impl<'de> DeserializeSeed<'de> for Kept<'_> {
    type Value = Items;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Items, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Kept<'_> {
    type Value = Items;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("objects")
    }

    /// Go writes an empty list so.
    fn visit_unit<E: serde::de::Error>(self) -> Result<Items, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
        let Page { place, names } = self.0;
        let mut items = Vec::new();
        while let Some(mut item) = list.next_element::<Value>()? {
            let name = item["metadata"]["name"].as_str().unwrap_or_default();
            if !names.contains(name) {
                continue;
            }
            let name = name.to_owned();
            // The items of a list don't say what they are.
            item["apiVersion"] = place.0.as_str().into();
            item["kind"] = place.1.as_str().into();
            items.push((name, item.to_string().into()));
        }
        Ok(items)
    }
}
