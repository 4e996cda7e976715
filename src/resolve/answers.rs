//! Inventories: which listed names the facts support, and what the list leaves out.

use crate::checklist::Spanned;
use crate::facts::{Facts, MountSource, Origin};

use super::application::Application;
use super::model::{Answer, InventoryKind};
use super::subjects::{is_application, named_product, normal};
use crate::vocabulary::{Vocabulary, Word, words};

/// What many keys are for.
const API: &str = "api";

/// One word for services that work on what others queue.
const WORKER: &str = "worker";

/// Something that the facts have.
struct Known {
    /// Words that it is known by, lower case.
    words: Vec<String>,
    what: String,
    origin: Option<Origin>,
    /// Whether a list that leaves it out is remarked.
    expected: bool,
}

/// Returns the answer to an inventory.
pub(super) fn answer(
    kind: InventoryKind,
    names: &[Spanned<String>],
    (facts, application): (&Facts, &Application),
    vocabulary: &Vocabulary,
) -> Answer {
    let synonyms = Synonyms { vocabulary };
    let known = match kind {
        InventoryKind::Services => synonyms.services(facts, application),
        InventoryKind::Volumes => synonyms.volumes(facts, application),
        InventoryKind::Secrets => synonyms.secrets(application),
        InventoryKind::ConfigMaps => synonyms.maps(application),
    };
    let mut used = vec![false; known.len()];
    let mut answer = Answer::default();
    for name in names {
        let fitting = synonyms.fitting(&name.value, &known);
        for index in &fitting {
            if let Some(used) = used.get_mut(*index) {
                *used = true;
            }
        }
        let mut found = fitting.iter().filter_map(|index| known.get(*index));
        // Data before the configuration that is mounted beside it.
        let first = found
            .clone()
            .find(|known| known.expected)
            .or_else(|| found.next());
        match first {
            Some(found) => {
                answer
                    .matched
                    .push((name.value.clone(), found.what.clone(), found.origin.clone()));
            }
            None => answer.missing.push(name.value.clone()),
        }
    }
    let extra = known
        .into_iter()
        .zip(used)
        .filter(|(known, used)| !used && known.expected);
    answer.extra = extra.map(|(known, _)| (known.what, known.origin)).collect();
    answer
}

/// Names with what they also go by.
struct Synonyms<'v> {
    vocabulary: &'v Vocabulary,
}

impl Synonyms<'_> {
    /// Returns which of the known things a listed name means: those called so, else those that a
    /// telling word of it fits.
    fn fitting(&self, name: &str, known: &[Known]) -> Vec<usize> {
        let whole = name.to_lowercase();
        let of = |wanted: &[String]| -> Vec<usize> {
            let fits = |known: &Known| wanted.iter().any(|word| known.words.contains(word));
            let found = known.iter().enumerate().filter(|(_, known)| fits(known));
            found.map(|(index, _)| index).collect()
        };
        let called = of(&[whole.replace(' ', "-"), whole]);
        if called.is_empty() {
            of(&self.meaning(name))
        } else {
            called
        }
    }

    /// Returns the words that tell a listed name from others; a name of generic words only keeps them.
    fn meaning(&self, name: &str) -> Vec<String> {
        let whole = name.to_lowercase();
        let parts = words(&whole).flat_map(|word| word.split(['-', '_']));
        let parts: Vec<&str> = parts.collect();
        let mut all: Vec<String> = parts.iter().map(|it| self.synonym(it)).collect();
        let mut telling: Vec<String> = all
            .iter()
            .filter(|word| !self.vocabulary.tells(word, Word::Generic))
            .cloned()
            .collect();
        // Beside a name, “API” only says what kind of key it is: Stripe's is nobody else's.
        let api = self.synonym(API);
        if parts.contains(&API)
            && all.iter().any(|word| word == "key")
            && telling.iter().any(|word| *word != api)
        {
            telling.retain(|word| *word != api);
        }
        if !telling.is_empty() {
            all = telling;
        }
        if words(&whole).count() == 1 {
            all.push(normal(&whole));
        }
        all
    }

    /// Returns one word for all that mean the same.
    fn synonym(&self, word: &str) -> String {
        if let Some(product) = named_product(word) {
            return product.title().to_lowercase();
        }
        let is = |meaning| self.vocabulary.tells(word, meaning);
        if is(Word::Database) || is(Word::Postgres) {
            "postgresql".to_owned()
        } else if is(Word::Keys) {
            "key".to_owned()
        } else if is_application(word) || is(Word::Application) {
            "app".to_owned()
        } else if is(Word::Worker) {
            WORKER.to_owned()
        } else {
            word.to_owned()
        }
    }

    fn volumes(&self, facts: &Facts, application: &Application) -> Vec<Known> {
        let mut known = Vec::new();
        for service in facts.project.iter().flat_map(|project| &project.services) {
            let product = service
                .image
                .as_ref()
                .and_then(|it| crate::facts::image::product(&it.value));
            for mount in &service.mounts {
                let (MountSource::Volume(name) | MountSource::Bind(name)) = &mount.source else {
                    continue;
                };
                let mut words = vec![service.name.to_lowercase(), self.synonym(&service.name)];
                words.extend(product.map(|it| it.title().to_lowercase()));
                words.extend(self.meaning(name));
                words.extend([normal(name), name.to_lowercase()]);
                let what = format!("{name} at {} of {}", mount.target, service.name);
                let origin = Some(mount.origin.clone());
                known.push(Known {
                    words,
                    what,
                    origin,
                    expected: matches!(mount.source, MountSource::Volume(_)),
                });
            }
        }
        // What is generated, or mounted from a map, is a volume too, if nobody's data.
        for workload in &application.workloads {
            for volume in &workload.volumes {
                let words = self.words_of(&workload.name, &volume.name);
                let what = format!("{} at {} of {}", volume.name, volume.path, workload.name);
                known.push(Known {
                    words,
                    what,
                    origin: None,
                    expected: false,
                });
            }
        }
        known
    }

    fn words_of(&self, workload: &str, volume: &str) -> Vec<String> {
        std::iter::once(self.synonym(workload))
            .chain(self.meaning(volume))
            .collect()
    }

    fn secrets(&self, application: &Application) -> Vec<Known> {
        let entries = application
            .secrets
            .iter()
            .flat_map(|secret| secret.entries.iter().map(move |entry| (secret, entry)));
        entries
            .map(|(secret, entry)| {
                let key = entry.key.to_lowercase();
                let parts = key.split('_').chain(secret.name.split('-'));
                let mut words: Vec<String> = parts.map(|it| self.synonym(it)).collect();
                words.push(key.clone());
                // The password of any data store is a data base's credential.
                if secret.name.starts_with("db-") {
                    words.push("postgresql".to_owned());
                }
                let what = format!("{} in {}: {}", entry.key, secret.name, entry.reason);
                Known {
                    words,
                    what,
                    origin: None,
                    expected: true,
                }
            })
            .collect()
    }

    fn maps(&self, application: &Application) -> Vec<Known> {
        let known = application.config_maps.iter().map(|map| {
            let mut words: Vec<String> = map.name.split('-').map(|it| self.synonym(it)).collect();
            words.extend([normal(&map.name), map.name.clone()]);
            Known {
                words,
                what: format!("ConfigMap {}", map.name),
                origin: None,
                expected: true,
            }
        });
        known.collect()
    }

    fn services(&self, facts: &Facts, application: &Application) -> Vec<Known> {
        let services = facts.project.iter().flat_map(|project| &project.services);
        let mut known: Vec<Known> = Vec::new();
        let main = application
            .workloads
            .iter()
            .find(|it| it.built && !it.ports.is_empty());
        for service in services {
            let mut words = vec![service.name.to_lowercase(), normal(&service.name)];
            let workload = application
                .workloads
                .iter()
                .find(|it| it.service.as_ref() == Some(&service.name));
            words.extend(workload.map(|it| it.name.clone()));
            let product = service
                .image
                .as_ref()
                .and_then(|it| crate::facts::image::product(&it.value));
            words.extend(product.map(|it| it.title().to_lowercase()));
            let is_main = main.is_some_and(|it| it.service.as_ref() == Some(&service.name));
            if is_main || is_application(&service.name) {
                words.push("app".to_owned());
            }
            let mut parts = service.name.split(['-', '_', '.']);
            if parts.any(|part| self.vocabulary.tells(part, Word::Worker)) {
                words.push(WORKER.to_owned());
            }
            let what = format!("service {}", service.name);
            known.push(Known {
                words,
                what,
                origin: Some(service.origin.clone()),
                expected: true,
            });
        }
        known
    }
}
