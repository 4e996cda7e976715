//! Secret variables in commands, health checks, hooks and configs: a reference stands there, so that
//! no value of theirs gets into what is written.
//!
//! Kubernetes fills `$(NAME)` in the arguments of containers and nowhere else; what it executes
//! beside them gets a shell. Which variables of an environment are secrets isn't decided here.

use std::collections::BTreeSet;

use super::super::interpolate::{Values, interpolate};
use super::super::reference::{self, CLOSE, OPEN};
use super::super::secret;
use super::super::yaml::{Entry, Node, Value};
use super::super::{Inputs, Tree, dotenv, paths};
use super::fields::Notes;
use super::stand_in::{self, Held};
use crate::facts::{Piece, Text, VariableUse};

/// Why a variable counts that a command or a check names.
const NAMED: &str = "a command or health check is given it";

/// Which variables of Compose files are secrets.
#[derive(Debug)]
pub(super) struct Hidden {
    secret: BTreeSet<String>,
    plain: BTreeSet<String>,
    services: BTreeSet<String>,
    /// The secret values that services' variables have.
    pub(super) held: Vec<Held>,
}

impl Hidden {
    /// None beside those that look like it.
    pub(super) const NONE: Self = Self {
        secret: BTreeSet::new(),
        plain: BTreeSet::new(),
        services: BTreeSet::new(),
        held: Vec::new(),
    };

    /// Returns them: those that settings name, and those that alone give a variable of a service
    /// that is a secret by its name (`MYSQL_PASSWORD: ${DB}`), or a secret of Compose's.
    pub(super) fn of(root: &Node, inputs: &Inputs) -> Self {
        let mut secret: BTreeSet<String> = inputs.secret.iter().cloned().collect();
        let services = root.get("services").map(Node::entries).unwrap_or_default();
        let environments = services.iter().filter_map(|it| it.node.get("environment"));
        for entry in environments.flat_map(Node::entries) {
            let only = entry
                .node
                .text()
                .filter(|_| secret::by_name(&entry.key).is_some());
            secret.extend(only.and_then(only_variable));
        }
        let secrets = root.get("secrets").map(Node::entries).unwrap_or_default();
        let names = secrets
            .iter()
            .filter_map(|it| it.node.get("environment")?.str());
        secret.extend(names.map(str::to_owned));
        Self {
            secret,
            plain: inputs.plain.iter().cloned().collect(),
            services: services.iter().map(|it| it.key.clone()).collect(),
            held: services.iter().flat_map(held).collect(),
        }
    }

    /// Counts the variables of the project's `.env` that are made from secret ones there.
    pub(super) fn follow(&mut self, tree: &Tree, folder: &str, values: &Values) {
        let path = paths::join(folder, ".env").unwrap_or_default();
        let Some(text) = tree.get(&path) else { return };
        for line in dotenv::parse(&path, text).lines {
            let raw = line.value.filter(|raw| !line.literal && raw.contains('$'));
            let made = raw.and_then(|raw| interpolate(&raw, values).ok());
            let mut used = made.iter().flat_map(|text| &text.variables);
            if used.any(|used| self.named(&used.name)) {
                self.secret.insert(line.name);
            }
        }
    }

    /// Returns the variables that are secrets by what they are used for or made from.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.secret.difference(&self.plain).cloned().collect()
    }

    /// Returns whether settings say that a variable is none.
    pub(super) fn is_plain(&self, name: &str) -> bool {
        self.plain.contains(name)
    }

    /// Returns whether a service is called so.
    pub(super) fn has_service(&self, name: &str) -> bool {
        self.services.contains(name)
    }

    /// Returns whether what a variable gives within a value is a secret.
    pub(super) fn has(&self, used: &VariableUse, value: &str) -> bool {
        let given = value.get(used.place.clone()).unwrap_or_default();
        let looks = secret::by_value(given).is_some() && !self.plain.contains(&used.name);
        looks || self.named(&used.name)
    }

    /// Returns whether a variable is a secret, whatever its value.
    pub(super) fn named(&self, name: &str) -> bool {
        let looks = || secret::by_name(name).is_some();
        !self.plain.contains(name) && (self.secret.contains(name) || looks())
    }

    /// Returns a text with references in place of what secret variables give.
    pub(super) fn marked(&self, text: &Text) -> String {
        let pieces = text.pieces(|used| self.has(used, &text.value));
        let pieces = pieces.into_iter().map(|piece| match piece {
            Piece::Plain(plain) => plain.to_owned(),
            Piece::Given(name) => reference::to(name),
        });
        pieces.collect()
    }
}

/// Returns the secret values of the variables that a service sets itself.
fn held(service: &Entry) -> Vec<Held> {
    let environment = service.node.get("environment").map(Node::entries);
    let all = environment.unwrap_or_default().iter();
    let held = all.filter_map(|it| stand_in::held(&service.key, &it.key, it.node.text()?));
    held.collect()
}

/// Returns the variable that a text is made of, if nothing else is in it.
pub(super) fn only_variable(text: &Text) -> Option<String> {
    let [used] = text.variables.as_slice() else {
        return None;
    };
    (used.place == (0..text.value.len())).then(|| used.name.clone())
}

/// A command whose secrets are references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Executed {
    /// Executed as it is.
    Words(Vec<String>),
    /// Run by a shell, which fills the references in.
    Line(String),
}

impl Notes<'_> {
    /// Returns a text with references in place of what secret variables give, and notes these.
    pub(super) fn marked(&mut self, text: &Text) -> String {
        let marked = self.hidden.marked(text);
        for name in reference::names(&marked) {
            let why = NAMED.to_owned();
            self.spoken.entry(name.to_owned()).or_insert(why);
        }
        marked
    }

    /// Returns the scalars of a list, marked.
    pub(super) fn all_marked(&mut self, items: &[Node]) -> Vec<String> {
        let mut words = Vec::new();
        for item in items {
            words.push(match &item.value {
                Value::Scalar(text) => self.marked(text),
                Value::Null | Value::List(_) | Value::Map(_) => String::new(),
            });
        }
        words
    }
}

/// Returns a marked text as an argument of a container.
pub(super) fn in_argument(marked: &str) -> String {
    marked.replace(OPEN, "$(").replace(CLOSE, ")")
}

/// Returns a marked text as a shell reads it: a reference is filled in within single quotes too.
pub(super) fn in_shell(marked: &str) -> String {
    let mut line = String::new();
    let mut quote = None;
    let mut escaped = false;
    for character in marked.chars() {
        match (character, quote) {
            (OPEN, Some('\'')) => line.push_str("'\"${"),
            (CLOSE, Some('\'')) => line.push_str("}\"'"),
            (OPEN, Some(_)) => line.push_str("${"),
            (CLOSE, Some(_)) => line.push('}'),
            (OPEN, None) => line.push_str("\"${"),
            (CLOSE, None) => line.push_str("}\""),
            (_, _) => line.push(character),
        }
        let quotes = !escaped && (character == '"' || character == '\'');
        match quote {
            None if quotes => quote = Some(character),
            Some(open) if quotes && open == character => quote = None,
            None | Some(_) => {}
        }
        escaped = character == '\\' && !escaped && quote != Some('\'');
    }
    line
}

/// Returns marked words as what is executed without Kubernetes' filling anything in.
pub(super) fn executed(mut words: Vec<String>) -> Executed {
    if !words.iter().any(|word| word.contains(OPEN)) {
        return Executed::Words(words);
    }
    if let [shell, flag, script, rest @ ..] = words.as_mut_slice() {
        let plain = rest.iter().all(|word| !word.contains(OPEN));
        if secret::is_shell(shell) && flag.starts_with('-') && flag.ends_with('c') && plain {
            *script = in_shell(script);
            return Executed::Words(words);
        }
    }
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    Executed::Line(quoted.join(" "))
}

/// Returns a marked word as a shell reads it as one.
fn quoted(word: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c) || c == OPEN || c == CLOSE;
    if !word.is_empty() && word.chars().all(plain) {
        in_shell(word)
    } else {
        in_shell(&format!("'{}'", word.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::reference::{CLOSE, OPEN};
    use super::{Executed, executed, in_shell};

    fn marked(text: &str) -> String {
        text.replace('{', &OPEN.to_string())
            .replace('}', &CLOSE.to_string())
    }

    #[track_caller]
    fn check_shell(text: &str, expected: &str) {
        assert_eq!(in_shell(&marked(text)), expected);
    }

    #[track_caller]
    fn check_words(words: &[&str], expected: &Executed) {
        let words = words.iter().map(|word| marked(word)).collect();
        assert_eq!(&executed(words), expected);
    }

    #[test]
    fn a_shell_fills_references_in_whatever_the_quotes() {
        check_shell("mysqladmin ping -p{PW}", r#"mysqladmin ping -p"${PW}""#);
        check_shell(r#"curl -u "a:{PW}""#, r#"curl -u "a:${PW}""#);
        check_shell("curl -H 'X: {PW}' x", r#"curl -H 'X: '"${PW}"'' x"#);
        check_shell(r"echo it\'s {PW}", r#"echo it\'s "${PW}""#);
        check_shell("echo \"it's {PW}\"", "echo \"it's ${PW}\"");
    }

    #[test]
    fn only_words_with_a_reference_need_a_shell() {
        let words = ["redis-cli", "ping"].map(str::to_owned).to_vec();
        check_words(&["redis-cli", "ping"], &Executed::Words(words));
        check_words(
            &["redis-cli", "-a", "{PW}", "a b"],
            &Executed::Line("redis-cli -a \"${PW}\" 'a b'".to_owned()),
        );
    }

    #[test]
    fn a_shell_that_is_there_is_used() {
        let words = ["bash", "-ec", "x -p\"${PW}\""].map(str::to_owned).to_vec();
        check_words(&["bash", "-ec", "x -p{PW}"], &Executed::Words(words));
    }
}
