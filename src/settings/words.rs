//! `[words]` of `orch.toml`: a team's own words for what the rules and labels mean.

use crate::checklist::Span;
use crate::diagnostic::{Diagnostic, nearest};
use crate::vocabulary::{Meaning, Vocabulary};

use super::read::{Entry, Reader};

/// Returns the usual words with those that a table adds.
pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Vocabulary {
    let built_in = Vocabulary::default();
    let mut vocabulary = built_in.clone();
    let mut added: Vec<(Meaning, String, Span)> = Vec::new();
    for inner in reader.table(entry) {
        let Some(meaning) = Meaning::named(inner.key) else {
            unknown(reader, &inner);
            continue;
        };
        for (word, span) in reader.names(&inner) {
            if !word.chars().any(char::is_alphanumeric) {
                let message = format!("`{word}` is no word");
                reader.problem(
                    message,
                    span,
                    "a stem such as `creat`, or a whole word `run$`",
                );
                continue;
            }
            vocabulary = vocabulary.with(meaning, &word);
            added.push((meaning, word, span));
        }
    }
    for (at, (meaning, word, span)) in added.iter().enumerate() {
        let mut clashes = built_in.clashes(*meaning, word);
        // Two of the team's own may meet as well; said at the later one.
        for (other, text, _) in added.iter().take(at) {
            let own = Vocabulary::empty().with(*other, text);
            for clash in own.clashes(*meaning, word) {
                if !clashes.contains(&clash) {
                    clashes.push(clash);
                }
            }
        }
        if !clashes.is_empty() {
            warn(reader, (*meaning, word), span.clone(), &clashes);
        }
    }
    vocabulary
}

fn warn(
    reader: &mut Reader<'_>,
    (meaning, word): (Meaning, &str),
    span: Span,
    clashes: &[Meaning],
) {
    let names: Vec<String> = clashes
        .iter()
        .map(|clash| format!("`{}`", clash.name()))
        .collect();
    let message = format!(
        "`{word}` is to mean `{}`, and means {} already",
        meaning.name(),
        names.join(" and ")
    );
    let help = "it now means both, and the first rule that fits wins; a longer stem, or a whole \
                word (`word$`), tells them apart";
    reader.warn(Diagnostic::warning(message).rule("words").help(help), span);
}

fn unknown(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) {
    let known: Vec<&str> = Meaning::names().collect();
    let key = entry.key;
    let help = nearest(key, &known).map_or_else(
        || "docs/languages.md lists every meaning".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let span = entry.key_span.clone();
    let problem = Diagnostic::error(format!("there is no meaning `{key}`"));
    reader.refuse(problem.help(help), span, "not known");
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;
    use crate::vocabulary::Word;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) -> Settings {
        let (settings, found) = match Settings::parse("orch.toml", text) {
            Ok(settings) => (settings.clone(), settings.warnings),
            Err(problems) => (Settings::default(), problems),
        };
        let told = found.0.iter().map(|it| match it.help.first() {
            Some(help) => format!("{} | {help}", it.message),
            None => it.message.clone(),
        });
        let told: Vec<String> = told.collect();
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.contains(expected), "{told}");
        }
        settings
    }

    #[test]
    fn a_team_adds_its_words() {
        let text = "[words]\ncreate = [\"anleg\", \"erstell\"]\nfiles = \"Dateien\"\n";
        let settings = check(text, &[]);
        assert!(settings.vocabulary.tells("Anlegen", Word::Create));
        assert!(settings.vocabulary.is_any_label("Dateien"));
    }

    #[test]
    fn an_unknown_meaning_names_the_nearest() {
        check("[words]\ncreat = [\"a\"]\n", &["did you mean `create`?"]);
        check(
            "[words]\nxyz = [\"a\"]\n",
            &["docs/languages.md lists every meaning"],
        );
        check("[words]\ncreate = [\"…\"]\n", &["`…` is no word"]);
        check("[words]\ncreate = 1\n", &["must be"]);
    }

    #[test]
    fn a_word_that_means_something_already_is_warned_of() {
        check(
            "[words]\ncreate = [\"review\"]\n",
            &["`review` is to mean `create`, and means `other-work` and `judgement` already"],
        );
        check(
            "[words]\ncreate = [\"anleg\"]\nstudy = [\"anlegen\"]\n",
            &["`anlegen` is to mean `study`, and means `create` already"],
        );
        check("[words]\nnotes = [\"Files\"]\n", &["means `files` already"]);
    }
}
