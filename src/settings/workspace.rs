//! `orch.toml`.

use toml::de::DeTable;

use crate::diagnostic::Diagnostics;
use crate::vocabulary::Vocabulary;

use super::Extras;
use super::read::{Entry, Reader, entries};
use super::target::{self, Target};
use super::words;

pub(super) const KEYS: &[&str] = &[
    "commands",
    "set",
    "commit_message",
    "strict",
    "extras",
    "targets",
    "words",
];

/// The workspace's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The set that commands mean where none is named.
    pub set: Option<String>,
    /// The commit message's template; `{set}`, `{phase}` and `{title}` are filled in.
    pub commit_message: Option<String>,
    /// Whether a listed name that the facts don't support leaves its box to a person.
    pub strict: bool,
    /// What becomes of services that no task names.
    pub extras: Extras,
    /// The variables that the checklists' commands are given beside the usual ones.
    pub commands: Vec<String>,
    /// The named targets, in order.
    pub targets: Vec<Target>,
    /// The words that checklists are read with: the usual ones and those of `[words]`.
    pub vocabulary: Vocabulary,
    /// What a person should know of these settings.
    pub warnings: Diagnostics,
}

impl Settings {
    /// Returns the settings that `orch.toml` gives.
    ///
    /// # Errors
    /// All problems found together: syntax, unknown keys, values of a wrong type.
    pub fn parse(path: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut reader = Reader::new(path, text);
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => return Err(reader.syntax(&error)),
        };
        let mut settings = Self::default();
        for entry in entries(table.get_ref()) {
            match entry.key {
                "commands" => settings.commands = read_commands(&mut reader, &entry),
                "set" => settings.set = reader.string(&entry),
                "commit_message" => settings.commit_message = reader.string(&entry),
                "strict" => settings.strict = reader.boolean(&entry).unwrap_or_default(),
                "extras" => settings.extras = reader.extras(&entry).unwrap_or_default(),
                "targets" => settings.targets = target::read(&mut reader, &entry),
                "words" => settings.vocabulary = words::read(&mut reader, &entry),
                _ => reader.unknown(&entry, KEYS),
            }
        }
        settings.warnings = reader.warnings();
        reader.finish(settings)
    }

    /// Returns the target of that name.
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.name == name)
    }
}

/// Reads `[commands] env`.
pub(super) fn read_commands(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Vec<String> {
    let mut names = Vec::new();
    for inner in reader.table(entry) {
        match inner.key {
            "env" => names = reader.strings(&inner),
            _ => reader.unknown(&inner, &["env"]),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use crate::settings::Extras;

    #[track_caller]
    fn refused(text: &str, message: &str, help: &str) {
        let problems = Settings::parse("orch.toml", text).expect_err("refused");
        let all = problems
            .0
            .iter()
            .map(|problem| format!("{} {}", problem.message, problem.help.join(" ")));
        let all: Vec<String> = all.collect();
        let found = all
            .iter()
            .any(|problem| problem.contains(message) && problem.contains(help));
        assert!(found, "{all:?}");
    }

    #[test]
    fn every_setting_is_optional() {
        assert_eq!(Settings::parse("orch.toml", ""), Ok(Settings::default()));
    }

    #[test]
    fn settings_are_read() {
        let text = "set = \"demo\"\nstrict = true\nextras = \"report\"\n[targets]\n\
                    staging = \"kind-staging\"\n[targets.live]\ncontext = \"live\"\n";
        let settings = Settings::parse("orch.toml", text).expect("settings");
        assert_eq!(settings.set.as_deref(), Some("demo"));
        assert!(settings.strict);
        assert_eq!(settings.extras, Extras::Report);
        assert_eq!(
            settings.target("staging").map(|it| it.context.as_str()),
            Some("kind-staging")
        );
        assert_eq!(
            settings.target("live").map(|it| it.context.as_str()),
            Some("live")
        );
    }

    #[test]
    fn commands_are_given_variables_by_name() {
        let text = "[commands]\nenv = [\"KUBECONFIG\"]\n";
        let settings = Settings::parse("orch.toml", text).expect("settings");
        assert_eq!(settings.commands, ["KUBECONFIG"]);
        refused("[commands]\nenvs = []\n", "no setting `envs`", "env");
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        refused(
            "stric = true",
            "no setting `stric`",
            "did you mean `strict`",
        );
        refused(
            "colour = true",
            "no setting `colour`",
            "known here: commands,",
        );
    }

    #[test]
    fn problems_are_reported_together() {
        let text = "set = 1\nextras = \"all\"\nnothing = 2\n[targets.live]\n";
        let problems = Settings::parse("orch.toml", text).expect_err("refused");
        assert_eq!(problems.0.len(), 4, "{problems}");
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let problems = Settings::parse("orch.toml", "set = ").expect_err("refused");
        assert!(problems.0.iter().all(|problem| problem.place.is_some()));
    }
}
