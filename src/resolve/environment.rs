//! Environment variables: what is secret goes to Secrets, what the application's own workloads
//! share to one `ConfigMap`, the rest stays literal. URLs are composed, so that only the password
//! in them is secret, and host names follow the services' new names.

mod composed;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::facts::{
    self, ConfigFile, EnvVar, Facts, MountSource, Service, Spoken, Text, Variable, secret,
};
use crate::settings::SecretSettings;

use super::application::{ConfigMapSpec, EnvSource, Environment, SecretEntry, SecretSpec};
use super::hosts;
use super::roster::{Member, Roster};

/// What the variables of all workloads come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    pub(super) of: BTreeMap<String, Vec<Environment>>,
    pub(super) secrets: Vec<SecretSpec>,
    pub(super) config: Option<ConfigMapSpec>,
    /// Compose's secrets that are mounted, with the Secret and the key that each is.
    pub(super) files: BTreeMap<String, (String, String)>,
}

/// The names that Secrets and the map get.
pub(super) struct Naming<'a> {
    pub(super) secrets: Vec<String>,
    pub(super) config: String,
    /// What settings say of variables.
    pub(super) told: &'a SecretSettings,
}

/// Returns the variables of all members.
pub(super) fn build(roster: &Roster<'_>, facts: &Facts, naming: &Naming<'_>) -> Variables {
    let mut sorter = Sorter {
        naming,
        roster,
        services: roster.services(),
        secrets: Vec::new(),
        hidden: facts
            .project
            .iter()
            .flat_map(|it| it.hidden.clone())
            .collect(),
    };
    let shared = shared_values(roster);
    let mut of = BTreeMap::new();
    let mut keys: Vec<(String, String)> = Vec::new();
    for member in &roster.members {
        let Some(service) = member.service else {
            of.insert(member.name.clone(), Vec::new());
            continue;
        };
        let mut environment: Vec<Environment> = Vec::new();
        for variable in &service.environment {
            for found in sorter.variable(member, variable, &facts.variables) {
                let found = sorter.shared(found, member, &shared, &mut keys);
                if environment.iter().all(|known| known.name != found.name) {
                    environment.push(found);
                }
            }
        }
        environment.extend(sorter.spoken(member, service, &environment));
        environment.extend(sorter.unset(member, &environment, facts));
        of.insert(member.name.clone(), environment);
    }
    let files = sorter.files(facts);
    keys.sort();
    keys.dedup();
    let config = (!keys.is_empty()).then(|| ConfigMapSpec {
        name: naming.config.clone(),
        data: keys,
        ..ConfigMapSpec::default()
    });
    Variables {
        of,
        secrets: sorter.secrets,
        config,
        files,
    }
}

/// Returns the variables of built workloads that have one value wherever they are set.
fn shared_values(roster: &Roster<'_>) -> BTreeMap<String, bool> {
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in roster
        .members
        .iter()
        .filter(|member| member.built())
        .filter_map(|it| it.service)
    {
        for variable in &service.environment {
            let value = variable
                .value
                .as_ref()
                .map_or("", |text| text.value.as_str());
            seen.entry(&variable.name).or_default().insert(value);
        }
    }
    seen.into_iter()
        .map(|(name, values)| (name.to_owned(), values.len() == 1))
        .collect()
}

struct Sorter<'s, 'f> {
    naming: &'s Naming<'s>,
    roster: &'s Roster<'f>,
    services: HashMap<&'f str, &'f Service>,
    secrets: Vec<SecretSpec>,
    /// The variables that are secrets by how the Compose files use them.
    hidden: BTreeSet<String>,
}

impl Sorter<'_, '_> {
    /// Returns what becomes of one variable; what it is composed from comes first.
    fn variable(
        &mut self,
        member: &Member<'_>,
        variable: &EnvVar,
        known: &[crate::facts::Variable],
    ) -> Vec<Environment> {
        let name = variable.name.as_str();
        let told = self.naming.told;
        let known_as = |names: &[String]| names.iter().any(|known| known == name);
        if let Some(text) = variable.value.as_ref().filter(|_| known_as(&told.settings)) {
            let value = hosts::in_variable(name, &text.value, &self.roster.names);
            return vec![literal(name, value)];
        }
        if known_as(&told.names) {
            let reason = "settings say so: [secrets] names";
            return vec![self.secret(member, name, name, reason)];
        }
        let Some(text) = &variable.value else {
            let source = known.iter().find(|it| it.name == name);
            let reason = secret::by_name(name).or_else(|| source?.secret.clone());
            let default = source.and_then(|it| it.default.clone());
            // What nobody gives a value is not set; set to nothing, it would hide a default.
            return match (reason, default) {
                (Some(reason), _) => vec![self.secret(member, name, name, &reason)],
                (None, Some(value)) => vec![literal(name, value)],
                (None, None) => Vec::new(),
            };
        };
        if let Some(composed) = self.url(member, name, text) {
            return composed;
        }
        let declared = known
            .iter()
            .find(|it| it.name == name)
            .and_then(|it| it.secret.clone());
        let reason = secret::by_text(text)
            .or_else(|| secret::by_name(name))
            .or(declared)
            .or_else(|| self.made_from(text));
        if let Some(composed) = self.composed(member, name, text) {
            return composed;
        }
        if let Some(reason) = reason.or_else(|| unknown_url(name, text)) {
            let key = only_variable(text).unwrap_or(name).to_owned();
            return vec![self.secret(member, name, &key, &reason)];
        }
        vec![literal(
            name,
            hosts::in_variable(name, &text.value, &self.roster.names),
        )]
    }

    /// Returns why a text is a secret that is made from a variable which only its use makes one.
    fn made_from(&self, text: &Text) -> Option<String> {
        let mut used = text.variables.iter();
        let found = used.find(|used| self.hidden.contains(&used.name))?;
        Some(format!("it is made from `{}`", found.name))
    }

    fn secret(&mut self, member: &Member<'_>, name: &str, key: &str, reason: &str) -> Environment {
        let secret = self.secret_name(member, key);
        let entry = SecretEntry {
            key: key.to_owned(),
            reason: reason.to_owned(),
            file: None,
            text: None,
        };
        match self.secrets.iter_mut().find(|spec| spec.name == secret) {
            Some(spec) if spec.entries.iter().any(|known| known.key == key) => {}
            Some(spec) => spec.entries.push(entry),
            None => self.secrets.push(SecretSpec {
                name: secret.clone(),
                entries: vec![entry],
            }),
        }
        Environment {
            name: name.to_owned(),
            source: EnvSource::Secret {
                name: secret,
                key: key.to_owned(),
            },
        }
    }

    /// Returns the Secret that a key belongs to, by its meaning; the checklist's names first.
    fn secret_name(&self, member: &Member<'_>, key: &str) -> String {
        let upper = key.to_uppercase();
        let has = |words: &[&str]| upper.split(['_', '-']).any(|part| words.contains(&part));
        let (wanted, default): (&[&str], String) = if has(DATABASE) {
            (
                &["db", "database", "postgres", "postgresql"],
                "db-credentials".to_owned(),
            )
        } else if has(&["JWT"]) {
            (&["jwt"], "jwt-secret".to_owned())
        } else if member.built() {
            (&["api", "key", "keys", "app"], "api-keys".to_owned())
        } else {
            let own = member.name.as_str();
            return self
                .naming
                .secrets
                .iter()
                .find(|name| name.split('-').any(|part| part == own))
                .cloned()
                .unwrap_or_else(|| format!("{own}-credentials"));
        };
        let named = self.naming.secrets.iter();
        let mut named = named.filter(|name| name.split('-').any(|part| wanted.contains(&part)));
        named.next().cloned().unwrap_or(default)
    }

    /// Returns the Secret and the key that each of Compose's mounted secrets is. One that exists
    /// already has its own name, and keeps it.
    fn files(&mut self, facts: &Facts) -> BTreeMap<String, (String, String)> {
        let known = facts.project.iter().flat_map(|project| &project.secrets);
        let known: BTreeMap<&str, &ConfigFile> =
            known.map(|secret| (secret.name.as_str(), secret)).collect();
        let roster = self.roster;
        let mut files = BTreeMap::new();
        for member in &roster.members {
            for mount in member.service.iter().flat_map(|service| &service.mounts) {
                let MountSource::Secret(name) = &mount.source else {
                    continue;
                };
                let Some(secret) = known.get(name.as_str()) else {
                    continue;
                };
                if !files.contains_key(name) {
                    files.insert(name.clone(), self.file(member, secret));
                }
            }
        }
        files
    }

    fn file(&mut self, member: &Member<'_>, secret: &ConfigFile) -> (String, String) {
        let held = secret.file.is_some() || secret.environment.is_some();
        if !held && secret.content.is_none() {
            return (super::slug::slug(&secret.name), secret.name.clone());
        }
        let upper = secret.name.to_uppercase().replace(['-', '.'], "_");
        let key = secret.environment.clone().unwrap_or(upper);
        let reason = format!("Compose's secret `{}` ({})", secret.name, secret.origin);
        self.secret(member, &key, &key, &reason);
        let name = self.secret_name(member, &key);
        let entries = self.secrets.iter_mut().filter(|spec| spec.name == name);
        for entry in entries.flat_map(|spec| &mut spec.entries) {
            if entry.key == key {
                entry.file.clone_from(&secret.file);
            }
        }
        (name, key)
    }

    /// Moves a literal that the application's workloads share to the map.
    fn shared(
        &self,
        found: Environment,
        member: &Member<'_>,
        shared: &BTreeMap<String, bool>,
        keys: &mut Vec<(String, String)>,
    ) -> Environment {
        let EnvSource::Literal(value) = &found.source else {
            return found;
        };
        let one_value = shared.get(&found.name).copied().unwrap_or_default();
        if !member.built() || !one_value || value.contains("$(") {
            return found;
        }
        keys.push((found.name.clone(), value.clone()));
        let key = found.name.clone();
        Environment {
            name: found.name,
            source: EnvSource::ConfigMap {
                name: self.naming.config.clone(),
                key,
            },
        }
    }

    /// Returns the secrets that a service's commands refer to, and its environment lacks.
    fn spoken(
        &mut self,
        member: &Member<'_>,
        service: &Service,
        environment: &[Environment],
    ) -> Vec<Environment> {
        let lacks = |it: &&Spoken| environment.iter().all(|known| known.name != it.name);
        let spoken = service.spoken.iter().filter(lacks);
        spoken
            .map(|it| self.secret(member, &it.name, &it.name, &it.why))
            .collect()
    }

    /// Returns whether a file is a member's own source: it lies in the folder that the member is
    /// built from, and no other's lies closer around it. What lies in none is everybody's.
    fn is_built_from(&self, member: &Member<'_>, path: &str) -> bool {
        let closest = facts::built_from(self.services.values().copied(), path);
        let own = member.service.and_then(|it| it.build.as_ref());
        closest.is_none_or(|closest| own.is_some_and(|own| own.context == closest))
    }

    /// Returns the secrets that the source can't do without and that no service sets.
    fn unset(
        &mut self,
        member: &Member<'_>,
        environment: &[Environment],
        facts: &Facts,
    ) -> Vec<Environment> {
        if !member.built() {
            return Vec::new();
        }
        let services = facts.project.iter().flat_map(|project| &project.services);
        let set: BTreeSet<&str> = services
            .flat_map(|service| &service.environment)
            .map(|variable| variable.name.as_str())
            .chain(environment.iter().map(|variable| variable.name.as_str()))
            .collect();
        let wanted = facts
            .variables
            .iter()
            .filter(|it| it.required && !set.contains(it.name.as_str()))
            .filter(|it| self.is_built_from(member, &it.origin.path));
        let wanted: Vec<&Variable> = wanted.collect();
        let mut names = BTreeSet::new();
        let mut found = Vec::new();
        for variable in wanted {
            if let Some(reason) = &variable.secret
                && names.insert(variable.name.as_str())
            {
                found.push(self.secret(member, &variable.name, &variable.name, reason));
            }
        }
        found
    }
}

const DATABASE: &[&str] = &[
    "DB",
    "DATABASE",
    "POSTGRES",
    "POSTGRESQL",
    "PG",
    "PGPASSWORD",
    "MYSQL",
    "MARIADB",
    "MONGO",
    "MONGODB",
    "REDIS",
    "VALKEY",
    "RABBITMQ",
    "AMQP",
    "SQL",
];

fn literal(name: &str, value: String) -> Environment {
    Environment {
        name: name.to_owned(),
        source: EnvSource::Literal(value),
    }
}

/// Returns why a data base's URL that only the host's environment gives counts as secret.
fn unknown_url(name: &str, text: &Text) -> Option<String> {
    let upper = name.to_uppercase();
    let is_url = ["_URL", "_URI", "_DSN"]
        .iter()
        .any(|suffix| upper.ends_with(suffix));
    let of_data = upper.split('_').any(|part| DATABASE.contains(&part));
    let unknown = text.value.is_empty() && !text.variables.is_empty();
    (is_url && of_data && unknown)
        .then(|| "it is a data base's URL, which usually has a password".to_owned())
}

/// Returns the variable that a text is made from, if it is made from that alone.
fn only_variable(text: &Text) -> Option<&str> {
    let [used] = text.variables.as_slice() else {
        return None;
    };
    let raw = text.raw.trim();
    let whole = raw == format!("${}", used.name)
        || (raw.starts_with(&format!("${{{}", used.name)) && raw.ends_with('}'));
    whole.then_some(used.name.as_str())
}
