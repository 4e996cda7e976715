//! Inventories: which listed names the facts support, and what the list leaves out.

mod wanted;

use crate::checklist::Spanned;
use crate::facts::image::{self, Product};
use crate::facts::{Facts, MountSource, Origin};

use super::application::Application;
use super::model::{Answer, InventoryKind};
use super::subjects::{is_application, named_product, normal};
use crate::vocabulary::{Vocabulary, Word, words};
use wanted::Wanted;

/// What many keys are for.
const API: &str = "api";

/// One word for who may do everything.
const ADMINISTRATOR: &str = "admin";

/// One word for services that work on what others queue.
const WORKER: &str = "worker";

/// Something that the facts have.
struct Known {
    /// Words that it is known by, lower case.
    words: Vec<String>,
    /// Words of its own name that tell it from others.
    own: Vec<String>,
    what: String,
    origin: Option<Origin>,
    /// Whether a list that leaves it out is remarked.
    expected: bool,
    /// The tag of its image, which tells its version.
    tag: Option<String>,
}

/// Returns the answer to an inventory.
pub(super) fn answer(
    kind: InventoryKind,
    names: &[Spanned<String>],
    (facts, application): (&Facts, &Application),
    vocabulary: &Vocabulary,
) -> Answer {
    let synonyms = Synonyms { kind, vocabulary };
    let known = match kind {
        InventoryKind::Services => synonyms.services(facts, application),
        InventoryKind::Volumes => synonyms.volumes(facts, application),
        InventoryKind::Secrets => synonyms.secrets(application),
        InventoryKind::ConfigMaps => synonyms.maps(application),
    };
    let mut used = vec![false; known.len()];
    let mut answer = Answer::default();
    for name in names {
        let found = synonyms.found(&name.value, &known);
        for index in found.iter().flatten() {
            if let Some(used) = used.get_mut(*index) {
                *used = true;
            }
        }
        let firsts = found.iter().filter_map(|fitting| {
            let mut all = fitting.iter().filter_map(|index| known.get(*index));
            // Data before the configuration that is mounted beside it.
            all.clone()
                .find(|known| known.expected)
                .or_else(|| all.next())
        });
        for found in firsts {
            answer
                .matched
                .push((name.value.clone(), found.what.clone(), found.origin.clone()));
        }
        if found.is_empty() {
            answer.missing.push(name.value.clone());
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
    kind: InventoryKind,
    vocabulary: &'v Vocabulary,
}

impl Synonyms<'_> {
    /// Returns which of the known things a listed name means: those called so, else those that all
    /// telling words of it fit, for each name that “and” joins; none where one of them isn't known.
    fn found(&self, name: &str, known: &[Known]) -> Vec<Vec<usize>> {
        let found = self.called(name, known);
        let versions: Vec<&str> = figures(name).collect();
        let has = |at: &usize| {
            let tag = known.get(*at).and_then(|it| it.tag.as_deref());
            let is = |asked: &&str| tag.is_some_and(|tag| image::is_of(tag, asked));
            versions.iter().all(is)
        };
        if versions.is_empty() || found.iter().flatten().all(has) {
            return found;
        }
        Vec::new()
    }

    /// Returns which of the known things a listed name means, whatever figures it has.
    fn called(&self, name: &str, known: &[Known]) -> Vec<Vec<usize>> {
        let whole = name.to_lowercase();
        let names = [whole.replace(' ', "-"), normal(&whole), whole];
        let called = |known: &Known| names.iter().any(|name| known.words.contains(name));
        let called = places(known, called);
        if !called.is_empty() {
            return vec![called];
        }
        let all = self.joined(name);
        let some = all.iter().any(Wanted::is_telling);
        let found = all.iter().filter(|it| !some || it.is_telling());
        let found: Vec<Vec<usize>> = found.map(|it| fitting(it, known)).collect();
        if found.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        found
    }

    /// Returns what is wanted by each part of a name: `passwords of MySQL and Redis`.
    fn joined(&self, name: &str) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        for part in name.split(['/', '+', '&']) {
            let all: Vec<&str> = words(part).collect();
            let parts = all.split(|word| self.vocabulary.tells(word, Word::And));
            let parts = parts.filter(|words| !words.is_empty());
            wanted.extend(parts.map(|words| Wanted::of(words.iter().copied(), self)));
        }
        wanted
    }

    /// Returns the words that tell a known thing from others.
    fn meaning(&self, name: &str) -> Vec<String> {
        Wanted::of(words(name), self).known()
    }

    /// Returns whether a word says no more beside the others: “API” of a key that has a name, “data
    /// base” of a product that is one, “server” of any product, “user” of a password.
    fn is_weak(&self, part: &str, parts: &[&str]) -> bool {
        let is = |meaning| self.vocabulary.tells(part, meaning);
        let products = || parts.iter().filter_map(|it| named_product(it));
        let database = is(Word::Database) && products().any(Product::is_store);
        let role = is(Word::Role) && products().next().is_some();
        let generic = |it: &&str| self.vocabulary.tells(it, Word::Generic);
        let user = is(Word::User) && parts.iter().any(generic);
        let api = self.kind == InventoryKind::Secrets && part == API;
        database || role || user || api || is(Word::Signing)
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
        } else if self.kind == InventoryKind::Secrets && word == API {
            API.to_owned()
        } else if is(Word::Administrator) {
            ADMINISTRATOR.to_owned()
        } else if is(Word::User) {
            "user".to_owned()
        } else if is(Word::Signing) {
            "signing".to_owned()
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
                .and_then(|it| image::product(&it.value));
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
                    own: Vec::new(),
                    what,
                    origin,
                    expected: matches!(mount.source, MountSource::Volume(_)),
                    tag: None,
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
                    own: Vec::new(),
                    what,
                    origin: None,
                    expected: false,
                    tag: None,
                });
            }
        }
        known
    }

    fn words_of(&self, workload: &str, volume: &str) -> Vec<String> {
        let named = [self.synonym(workload), normal(volume)];
        named.into_iter().chain(self.meaning(volume)).collect()
    }

    fn secrets(&self, application: &Application) -> Vec<Known> {
        let entries = application
            .secrets
            .iter()
            .flat_map(|secret| secret.entries.iter().map(move |entry| (secret, entry)));
        entries
            .map(|(secret, entry)| {
                let key = entry.key.to_lowercase();
                let parts = || key.split('_');
                let own = self.own(parts(), application);
                let names = parts().chain(secret.name.split('-'));
                let mut words: Vec<String> = names.map(|it| self.synonym(it)).collect();
                // What is no data base has one password, its administrator's.
                let product = parts().find_map(named_product);
                if product.is_some_and(|it| !it.is_store()) {
                    words.push(ADMINISTRATOR.to_owned());
                }
                words.push(key.clone());
                // The password of any data store is a data base's credential.
                if secret.name.starts_with("db-") {
                    words.push("postgresql".to_owned());
                }
                let what = format!("{} in {}: {}", entry.key, secret.name, entry.reason);
                Known {
                    words,
                    own,
                    what,
                    origin: None,
                    expected: true,
                    tag: None,
                }
            })
            .collect()
    }

    /// Returns the words of a key that tell it from others of the same service: `root`, `refresh`.
    fn own<'k>(
        &self,
        parts: impl Iterator<Item = &'k str>,
        application: &Application,
    ) -> Vec<String> {
        let services = || application.workloads.iter();
        let names = |part: &str| services().any(|it| it.name.split('-').any(|it| it == part));
        let told = parts.filter(|part| named_product(part).is_none() && !names(part));
        Wanted::of(told, self).telling()
    }

    fn maps(&self, application: &Application) -> Vec<Known> {
        let known = application.config_maps.iter().map(|map| {
            let mut words: Vec<String> = map.name.split('-').map(|it| self.synonym(it)).collect();
            words.extend([normal(&map.name), map.name.clone()]);
            Known {
                words,
                own: Vec::new(),
                what: format!("ConfigMap {}", map.name),
                origin: None,
                expected: true,
                tag: None,
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
                .and_then(|it| image::product(&it.value));
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
                own: Vec::new(),
                what,
                origin: Some(service.origin.clone()),
                expected: true,
                tag: service
                    .image
                    .as_ref()
                    .and_then(|it| image::parse(&it.value)?.tag),
            });
        }
        known
    }
}

/// Returns the figures of a name that stand alone: a version, a size.
fn figures(name: &str) -> impl Iterator<Item = &str> {
    let words = name.split(|it: char| it.is_whitespace() || "()[],:".contains(it));
    words.filter(|word| {
        let rest = word.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
        let units = ["", "gi", "mi", "ti", "gb", "mb", "tb", "гб", "мб"];
        rest.len() < word.len() && units.contains(&rest.to_lowercase().as_str())
    })
}

/// Returns where those stand that are so.
fn places(known: &[Known], is: impl Fn(&Known) -> bool) -> Vec<usize> {
    let found = known.iter().enumerate().filter(|(_, known)| is(known));
    found.map(|(index, _)| index).collect()
}

/// Returns which of the known things fit, what says least beside it first: `MYSQL_PASSWORD` is the
/// password of `MySQL` before `MYSQL_ROOT_PASSWORD` is. What is named is only the former.
fn fitting(wanted: &Wanted, known: &[Known]) -> Vec<usize> {
    let beside = |known: &Known| known.own.iter().filter(|it| !wanted.has(it)).count();
    let mut found = places(known, |it| wanted.fits(&it.words));
    let of = |index: &usize| known.get(*index).map(beside);
    found.sort_by_key(of);
    let least = found.first().and_then(of);
    found.retain(|it| !wanted.is_name() || of(it) == least);
    found
}
