//! ``Create `k8s/api/service.yml` ``, or just a leading path: a file to write.

use crate::checklist::{Part, Spanned, Task};

use super::super::spec::Spec;
use super::super::target::{self, FileKind, Target};
use super::super::{bullets, ingress};
use super::{Intent, Line, Outcome, Rule, reading};
use crate::vocabulary::{Word, words};

pub(super) const RULE: Rule = Rule {
    name: "write",
    looks_for: "a manifest's path in code marks that leads the line, or one with a verb of making \
                before it",
    read,
};

fn read(line: &Line<'_>) -> Outcome {
    // An absolute path is read as one, so that it can be refused by its name.
    let code = line
        .codes()
        .find(|code| target::is_path(code) || target::is_absolute(code))
        .ok_or("names no path in code marks")?;
    let source = line.task.text.source.trim_start();
    let leading = source.starts_with('`') || source.starts_with("**`");
    let verb = words(&line.plain)
        .take(2)
        .find(|word| line.vocabulary.tells(word, Word::Create));
    if !leading && verb.is_none() {
        return Err("doesn't begin with the path, and has no verb of making before it".into());
    }
    let target = target::read(code, &behind(line.task, code))
        .ok_or_else(|| format!("`{code}` is no manifest's path"))?;
    let rule = format!("write {}", target.kind.word());
    let matched = verb.map(str::to_owned).into_iter().chain([code.to_owned()]);
    Ok((Intent::Write(target), reading(&rule, matched)))
}

/// Returns the line's words behind a code span, dashes and colons dropped.
pub(super) fn behind(task: &Task, code: &str) -> String {
    let plain = task.text.plain();
    let rest = plain.split_once(code).map_or("", |(_, rest)| rest);
    let dashes = |character: char| character.is_whitespace() || "—–-:".contains(character);
    rest.trim_matches(dashes).to_owned()
}

/// Reads what the line itself asks for behind the path (`HPA: min 2, max 10`, `PostgreSQL 16`).
pub(super) fn read_description(
    line: &Line<'_>,
    target: &Target,
    description: &str,
    spec: &mut Spec,
) {
    let vocabulary = line.vocabulary;
    let mut line = line.task.text.clone();
    line.parts = vec![Part::Text(Spanned {
        value: description.to_owned(),
        span: line.span.clone(),
    })];
    let kind = target.kind;
    let reads = matches!(
        kind,
        FileKind::Hpa | FileKind::Pdb | FileKind::Service | FileKind::Job | FileKind::CronJob
    );
    if reads {
        bullets::read(&line, Some(kind), vocabulary, spec);
        return;
    }
    if kind == FileKind::Ingress {
        // The line itself may state wishes; its words needn't.
        ingress::read_bullet(&line, vocabulary, spec);
    }
    spec.version = version(description);
}

/// Returns the version behind a name (`PostgreSQL 16`, `Redis 7.2`).
fn version(description: &str) -> Option<String> {
    let mut all = words(description);
    all.next()?;
    let word = all.next()?.trim_start_matches('v');
    let plain = word
        .chars()
        .all(|character| character.is_ascii_digit() || character == '.');
    plain.then(|| word.to_owned())
}
