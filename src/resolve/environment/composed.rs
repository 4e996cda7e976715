//! Values with a secret in them: only the secret goes to a Secret, and the value refers to it.

use crate::facts::{EnvVar, Piece, Service, Text, VariableUse, secret};

use super::super::application::Environment;
use super::super::hosts;
use super::super::roster::Member;
use super::{Sorter, literal, only_variable};

impl Sorter<'_, '_> {
    /// Splits a URL with a password: the password is a secret, the URL refers to it.
    pub(super) fn url(
        &mut self,
        member: &Member<'_>,
        name: &str,
        text: &Text,
    ) -> Option<Vec<Environment>> {
        let raw = secret::split_url(&text.raw).or_else(|| secret::split_url(&text.value))?;
        if raw.password.is_empty() {
            return None;
        }
        let now = secret::split_url(&text.value).unwrap_or_else(|| raw.clone());
        let stem = ["_URL", "_URI", "_DSN"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix));
        let stem = stem.unwrap_or(name);
        let used = text
            .variables
            .iter()
            .find(|used| raw.password.contains(&used.name));
        let store = self.services.get(now.host.as_str());
        let key = match (used, store.and_then(|store| password_of(store))) {
            (Some(used), _) => used.name.clone(),
            (None, Some(key)) => key,
            (None, None) => format!("{stem}_PASSWORD"),
        };
        let reason = format!("it is the password in `{name}`, where it must be URL-encoded");
        let secret = self.secret(member, &key, &key, &reason);
        let host = hosts::rename(&now.host, &self.roster.names);
        let port = now.port.map(|port| format!(":{port}")).unwrap_or_default();
        let value = format!(
            "{}://{}:$({key})@{host}{port}{}",
            now.scheme, now.user, now.path
        );
        Some(vec![secret, literal(name, value)])
    }

    /// Composes a value that is no secret but for the variables in it (`-Dpassword=${DB_PASSWORD}`).
    pub(super) fn composed(
        &mut self,
        member: &Member<'_>,
        name: &str,
        text: &Text,
    ) -> Option<Vec<Environment>> {
        let told = self.naming.told;
        let is_secret = |used: &VariableUse| {
            let named = told.names.contains(&used.name)
                || self.hidden.contains(&used.name)
                || secret::by_name(&used.name).is_some();
            named && used.name != name && !told.settings.contains(&used.name)
        };
        let pieces = text.pieces(is_secret);
        let plain = |piece: &Piece<'_>| matches!(piece, Piece::Plain(text) if text.len() > 1);
        if secret::by_name(name).is_some() || !pieces.iter().any(plain) {
            return None;
        }
        let mut found: Vec<Environment> = Vec::new();
        let mut value = String::new();
        for piece in pieces {
            match piece {
                Piece::Plain(text) if secret::by_value(text).is_some() => return None,
                Piece::Plain(text) => value.push_str(text),
                Piece::Given(used) => {
                    let reason = format!("`{name}` is made from it");
                    found.push(self.secret(member, used, used, &reason));
                    value.extend(["$(", used, ")"]);
                }
            }
        }
        if found.is_empty() {
            return None;
        }
        let value = hosts::in_variable(name, &value, &self.roster.names);
        found.push(literal(name, value));
        Some(found)
    }
}

/// Returns the key of a store's password: its variable, or the one that gives that its value, or
/// what its command is given.
fn password_of(service: &Service) -> Option<String> {
    let is_password = |name: &str| ["PASSWORD", "PASS"].iter().any(|end| name.ends_with(end));
    let named = |variable: &&EnvVar| is_password(&variable.name);
    if let Some(variable) = service.environment.iter().find(named) {
        let from = variable.value.as_ref().and_then(only_variable);
        return Some(from.unwrap_or(&variable.name).to_owned());
    }
    let mut spoken = service.spoken.iter();
    let spoken = spoken.find(|it| is_password(&it.name))?;
    Some(spoken.name.clone())
}
