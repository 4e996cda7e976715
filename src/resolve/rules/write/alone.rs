//! Whether a line asks for its manifest alone: another path, symbol or endpoint that is asked for
//! beside it would be ticked unseen.
//!
//! In doubt the line is a person's. What is only referred to (`from`, `see`) doesn't count, nor does
//! what describes the manifest (``— port `8080` ``).

use std::borrow::Cow;
use std::path::Path;

use crate::checklist::Part;
use crate::vocabulary::{Phrase, Word, words};

use super::super::super::target::{self, FileKind, Target};
use super::super::wording::{self, Around};
use super::super::{Line, expect};

/// Marks that join things of a list.
const LISTS: [char; 5] = [',', ';', '+', '&', '/'];

/// Marks behind which a line may go on with something else, beside a full stop.
const CLAUSES: [char; 9] = [',', ';', '+', '&', '(', '—', '–', '→', '\n'];

/// Refuses a line that asks for more than the file.
pub(super) fn check(
    line: &Line<'_>,
    target: &Target,
    code: &str,
    around: &Around,
) -> Result<(), Cow<'static, str>> {
    let after = Phrase::new(&around.after, line.vocabulary);
    if let Some(said) = wording::states(after) {
        return Err(format!("says what the file must be (“{said}”)").into());
    }
    let more = wording::asks_more(after).or_else(|| adds(after, target));
    if let Some(more) = more {
        return Err(format!("asks for more (“{more}”)").into());
    }
    let other = marked(line, target, code).or_else(|| unmarked(after, code));
    match other {
        Some(other) => Err(format!("names `{other}` as well").into()),
        None => Ok(()),
    }
}

/// Returns the word by which a clause adds something: `, and the runbook`, `(plus docs)`, `, docs`.
fn adds<'l>(after: Phrase<'l>, target: &Target) -> Option<&'l str> {
    let joins = |word: &str| after.vocabulary().tells(word, Word::And);
    let more = |word: &str| {
        let plays = |role| expect::plays(word, role, after.vocabulary());
        (plays(expect::Role::Docs) && target.kind != FileKind::Readme) || plays(expect::Role::Tests)
    };
    // What stands right behind the path is read with it.
    let clauses = wording::clauses(after.text(), &CLAUSES);
    clauses.into_iter().skip(1).find_map(|clause| {
        words(clause)
            .next()
            .filter(|word| joins(word) || more(word))
    })
}

/// Returns another code span that the line asks for.
fn marked<'l>(line: &'l Line<'_>, target: &Target, code: &str) -> Option<&'l str> {
    let mut met = false;
    // The last code span, if it is asked for beside the path or may be.
    let mut listed: Option<&str> = None;
    let mut said: Vec<&str> = Vec::new();
    let mut between = String::new();
    for part in &line.task.text.parts {
        let it = match part {
            Part::Text(text) => {
                between.push_str(&text.value);
                said.extend(words(&text.value));
                continue;
            }
            Part::Code(it) => it.value.as_str(),
        };
        let joined = listed.filter(|_| joins(line, &between));
        between.clear();
        if it == code {
            if let Some(before) = joined.filter(|before| !met && *before != code) {
                return Some(before);
            }
            met = true;
            listed = Some(it);
            continue;
        }
        let value = met && is_value(line, target, said.last().copied(), it);
        let path = !value && (target::is_path(it) || expect::is_file(it));
        if met && joined.is_some() || path && !refers(line, &said) {
            return Some(it);
        }
        listed = Some(it).filter(|_| !met);
    }
    None
}

/// Returns whether a code span is what the word before it calls it, and no file: an image with its
/// tag, a host of an Ingress.
fn is_value(line: &Line<'_>, target: &Target, before: Option<&str>, code: &str) -> bool {
    let is = |meaning| before.is_some_and(|word| line.vocabulary.tells(word, meaning));
    let tagged = code.contains([':', '@']);
    let host = code.contains('.') && !code.contains('/');
    let led = target.kind == FileKind::Ingress;
    is(Word::Image) && tagged || (is(Word::Hosts) || is_host(code)) && host && led
}

/// Returns whether a name can be no file's: it has several dots, and isn't called like one.
fn is_host(code: &str) -> bool {
    let labels: Vec<&str> = code.split('.').collect();
    let letters = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '*';
    let files = [
        "yml", "yaml", "json", "md", "conf", "cfg", "toml", "env", "tpl", "txt", "sh",
    ];
    let last = labels.last().copied().unwrap_or_default();
    let plain = labels
        .iter()
        .all(|it| !it.is_empty() && it.chars().all(letters));
    plain && labels.len() > 2 && !files.contains(&last)
}

/// Returns a path that the line names without code marks behind its own.
fn unmarked<'l>(after: Phrase<'l>, code: &str) -> Option<&'l str> {
    let ends = |letter: char| letter.is_whitespace() || ",;()[]*:<>\"'`".contains(letter);
    let mut before = "";
    for piece in after.text().split(ends) {
        let word = piece.trim_start_matches(['/', '.']).trim_end_matches('.');
        // `Node.js` is no file.
        let named = word.contains('/') || Path::new(word).extension().is_none_or(|it| it != "js");
        let refers = after.vocabulary().tells(before, Word::Reference);
        if named && word != code && expect::is_file(word) && !refers {
            return Some(word);
        }
        if !word.is_empty() {
            before = word;
        }
    }
    None
}

/// Returns whether a text between two code spans only joins them.
fn joins(line: &Line<'_>, between: &str) -> bool {
    let and = |word: &str| line.vocabulary.tells(word, Word::And);
    let nouns = [
        expect::Role::File,
        expect::Role::Type,
        expect::Role::Callable,
        expect::Role::Table,
        expect::Role::Endpoint,
    ];
    let passes = |word: &str| {
        and(word)
            || line.vocabulary.tells(word, Word::Object)
            || nouns
                .into_iter()
                .any(|noun| expect::plays(word, noun, line.vocabulary))
    };
    let lists = between.contains(LISTS) || words(between).any(and);
    lists && words(between).all(passes)
}

/// Returns whether what stands behind these words is only referred to: `from`, but not `as well as`.
fn refers(line: &Line<'_>, said: &[&str]) -> bool {
    let last = said.last();
    let tail: Vec<&str> = said.iter().rev().take(3).rev().copied().collect();
    let text = tail.join(" ");
    let joined = Phrase::new(&text, line.vocabulary).find(&[Word::And]) == tail.first().copied();
    last.is_some_and(|word| line.vocabulary.tells(word, Word::Reference)) && !joined
}

#[cfg(test)]
mod tests {
    use super::super::super::{Intent, Line, Texts, by_rule};
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    /// Returns the rule that reads a line, and why the rule `write` doesn't.
    fn read(line: &str) -> (Intent, Option<String>) {
        let text = format!("# Phase 1: Things\n\n## 1.1 Work\n\n- [ ] {line}\n");
        let checklist =
            parse("phase-01-things.md", &text, &Vocabulary::default()).expect("a checklist");
        let task = checklist.checklist.tasks().next().expect("a task");
        let texts = Texts::of(task);
        let line = Line::of(task, &texts, &checklist.checklist.vocabulary);
        let why = super::super::read(&line).err().map(String::from);
        (by_rule(&line).0, why)
    }

    #[track_caller]
    fn check_left(line: &str, reason: &str) {
        let (intent, why) = read(line);
        assert_eq!(intent, Intent::Manual, "{line}");
        assert_eq!(why.as_deref(), Some(reason), "{line}");
    }

    #[track_caller]
    fn check_written(line: &str) {
        let (intent, why) = read(line);
        assert!(matches!(intent, Intent::Write(_)), "{line}: {why:?}");
    }

    #[test]
    fn another_path_is_never_ticked_unseen() {
        check_left(
            "Create `k8s/api.yml` and `src/health.py`",
            "“and” says something of the path",
        );
        check_left(
            "Создать `k8s/api.yml` и `src/health.py`",
            "“и” says something of the path",
        );
        check_left(
            "Створити `k8s/api.yml` та `src/health.py`",
            "“та” says something of the path",
        );
        let other = "names `src/health.py` as well";
        check_left("Create `k8s/api.yml`, `src/health.py`", other);
        check_left("Создать `k8s/api.yml`, src/health.py", other);
        check_left("Створити `k8s/api.yml` + src/health.py", other);
        check_left("Create `k8s/api.yml` as well as `src/health.py`", other);
        check_left(
            "Create `k8s/api.yml` (and `src/b`)",
            "asks for more (“and”)",
        );
        check_left(
            "Create `k8s/api.yml`, `CODEOWNERS`",
            "names `CODEOWNERS` as well",
        );
        for line in [
            "Create k8s/api.yml and src/health.py",
            "Создать k8s/api.yml и src/health.py",
            "Створити k8s/api.yml та src/health.py",
        ] {
            check_left(line, "names no path in code marks");
        }
    }

    #[test]
    fn two_manifests_are_a_persons() {
        for line in [
            "Create `k8s/a.yml` and `k8s/b.yml`",
            "Создать `k8s/a.yml` и `k8s/b.yml`",
            "Створити `k8s/a.yml` та `k8s/b.yml`",
        ] {
            assert_eq!(read(line).0, Intent::Manual, "{line}");
        }
        let other = "names `k8s/b.yml` as well";
        check_left("`k8s/a.yml`, k8s/b.yml", other);
        check_left("Create `k8s/a.yml`, `k8s/b.yml`", other);
        check_left("Create `k8s/a.yml`/k8s/b.yml", other);
        check_left("Создать `k8s/a.yml`; `k8s/b.yml`", other);
        check_left("Створити `k8s/a.yml` & k8s/b.yml", other);
    }

    #[test]
    fn files_that_are_called_images_or_hosts_are_files() {
        check_left(
            "`k8s/api/deployment.yml`: image `docker/Dockerfile`",
            "names `docker/Dockerfile` as well",
        );
        check_left(
            "`k8s/api/deployment.yml`, host `etc/hosts.yml`",
            "names `etc/hosts.yml` as well",
        );
    }

    #[test]
    fn symbols_and_endpoints_beside_a_manifest_are_a_persons() {
        check_left(
            "Create `k8s/api.yml`, `verify_token()`",
            "names `verify_token()` as well",
        );
        check_left(
            "Add `GET /health`, `k8s/api.yml`",
            "names `GET /health` as well",
        );
        check_left(
            "Создать `k8s/api.yml`, эндпоинт `GET /health`",
            "names `GET /health` as well",
        );
        check_left(
            "Створити `k8s/api.yml`, клас `Token`",
            "names `Token` as well",
        );
        check_left("Create `k8s/api.yml` (plus docs)", "asks for more (“plus”)");
        check_left(
            "Создать `k8s/api.yml`, документация",
            "asks for more (“документация”)",
        );
    }

    #[test]
    fn what_describes_the_manifest_or_is_referred_to_is_no_second_one() {
        check_written("Create `k8s/api.yml` from `src/x.py`, `src/y.py`");
        check_written("Create `k8s/api.yml`, see docs/api.md");
        check_written("`k8s/api/deployment.yml`: 2 replicas, image `ghcr.io/shop/api:0.4.0`");
        check_written("`k8s/ingress.yml`: host `shop.example.com`");
        check_written("`k8s/ingress.yml`: host shop.test → web");
        check_written("`k8s/ingress.yml`: хост `shop.example.com`");
        check_written("`k8s/ingress.yml`: домен `shop.example.com`");
        check_written("`k8s/api/deployment.yml` — Node.js API, health at `/health`");
        check_written("`k8s/api/deployment.yml` — runs `api`, port `8080`");
        check_written("Create `k8s/api.yml` with `JWT_SECRET`");
        check_written("`k8s/README.md` — documentation, how to roll out");
        check_written("Создать `k8s/api.yml` по образцу — см. `docs/api.md`");
    }
}
