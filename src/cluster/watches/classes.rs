//! Storage classes, asked for once.

use k8s_openapi::api::storage::v1::StorageClass;
use kube::Client;
use kube::api::{Api, ListParams};
use tokio::sync::Mutex;

/// What a claim's class is when the claim names none.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

/// The classes that were there when they were last asked for.
#[derive(Default)]
pub(in crate::cluster) struct Classes {
    known: Mutex<Vec<Class>>,
}

struct Class {
    name: String,
    default: bool,
    late: bool,
}

impl Classes {
    /// Returns whether a class, or the default one, binds a claim only when a pod uses it. One that
    /// isn't known is asked for again: it may have come since. A class that can't be read is taken
    /// as one that binds at once: the wait then names the claim.
    pub(in crate::cluster) async fn is_late(&self, client: &Client, name: Option<&str>) -> bool {
        let mut known = self.known.lock().await;
        let find = |known: &[Class]| {
            let mut classes = known.iter();
            let found = classes.find(|class| match name {
                Some(name) => class.name == name,
                None => class.default,
            });
            found.map(|class| class.late)
        };
        if let Some(late) = find(&known) {
            return late;
        }
        let classes: Api<StorageClass> = Api::all(client.clone());
        let Ok(classes) = classes.list(&ListParams::default()).await else {
            return false;
        };
        *known = classes.into_iter().map(Class::of).collect();
        find(&known).unwrap_or(false)
    }
}

impl Class {
    fn of(class: StorageClass) -> Self {
        let notes = class.metadata.annotations.unwrap_or_default();
        Self {
            name: class.metadata.name.unwrap_or_default(),
            default: notes.get(DEFAULT).is_some_and(|text| text == "true"),
            late: class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer"),
        }
    }
}
