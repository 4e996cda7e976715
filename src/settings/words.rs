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
