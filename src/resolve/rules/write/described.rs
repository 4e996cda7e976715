//! What a line asks for behind the path that it has written: `HPA: min 2, max 10`,
//! `PostgreSQL 16, PVC 20Gi`.
//!
//! Words alone only describe. A figure asks for something: one that nothing reads is never dropped
//! in silence.

use crate::checklist::{Inline, Part, Spanned};
use crate::vocabulary::{Vocabulary, words};

use super::super::super::bullets::{self, Meaning};
use super::super::super::spec::Spec;
use super::super::super::subjects::named_product;
use super::super::super::target::{FileKind, Target};
use super::super::super::{ingress, quantity};
use super::Line;
use crate::vocabulary::Phrase;

/// Takes what the words behind a path ask for into the spec; returns what they were understood as,
/// where that is worth a line.
pub(in crate::resolve::rules) fn read(
    line: &Line<'_>,
    target: &Target,
    description: &str,
    spec: &mut Spec,
) -> Option<Meaning> {
    let vocabulary = line.vocabulary;
    let kind = target.kind;
    let whole = alone(line, description);
    match kind {
        FileKind::Ingress => {
            // The line itself may state wishes; its words needn't.
            ingress::read_bullet(&whole, vocabulary, spec);
            None
        }
        FileKind::Hpa | FileKind::Pdb | FileKind::Service | FileKind::Job | FileKind::CronJob => {
            let meaning = bullets::read(&whole, Some(kind), vocabulary, spec);
            (meaning == Meaning::Unread && has_figure(description)).then_some(meaning)
        }
        FileKind::Deployment | FileKind::StatefulSet | FileKind::DaemonSet | FileKind::Whole => {
            Clauses::of(line, target, description).told(spec)
        }
        FileKind::Namespace
        | FileKind::Secrets
        | FileKind::ConfigMap
        | FileKind::Readme
        | FileKind::Kustomization
        | FileKind::ServiceAccount
        | FileKind::NetworkPolicy => None,
    }
}

/// Returns a part of a line as a text of its own.
fn alone(line: &Line<'_>, part: &str) -> Inline {
    let mut text = line.task.text.clone();
    text.parts = vec![Part::Text(Spanned {
        value: part.to_owned(),
        span: text.span.clone(),
    })];
    text
}

/// What is asked for, one thing after the other.
struct Clauses {
    /// The texts that were read, with what they ask for.
    read: Vec<(String, String, Spec)>,
    /// Whether a figure is left that nothing reads.
    unread: bool,
}

impl Clauses {
    fn of(line: &Line<'_>, target: &Target, description: &str) -> Self {
        let mut all = Self {
            read: Vec::new(),
            unread: false,
        };
        let meant = |text: &str| {
            let mut spec = Spec::default();
            let kind = Some(target.kind);
            match bullets::read(&alone(line, text), kind, line.vocabulary, &mut spec) {
                Meaning::Carried(meaning) => Some((meaning, spec)),
                Meaning::Environment
                | Meaning::InitScripts
                | Meaning::Heading
                | Meaning::Unread => None,
            }
        };
        let clauses = split(description).enumerate();
        // `Alertmanager` asks for no alert rules.
        for (at, clause) in clauses.filter(|(_, clause)| has_figure(clause)) {
            if let Some((meaning, spec)) = meant(clause) {
                all.read.push((clause.to_owned(), meaning, spec));
                continue;
            }
            let version = version(clause, target, line.vocabulary).filter(|_| at == 0);
            if let Some(version) = version {
                let spec = Spec {
                    version: Some(version),
                    ..Spec::default()
                };
                all.read.push((clause.to_owned(), String::new(), spec));
            } else if !all.goes_on(clause, meant) {
                all.unread = true;
            }
        }
        all
    }

    /// Takes a clause to the one before it, where both together are read: `Port: 8080 (API), 9092`.
    fn goes_on(&mut self, clause: &str, meant: impl Fn(&str) -> Option<(String, Spec)>) -> bool {
        let Some((text, meaning, spec)) = self.read.last_mut() else {
            return false;
        };
        let both = format!("{text}, {clause}");
        match meant(&both) {
            Some((more, asked)) if more != *meaning => {
                (*text, *meaning, *spec) = (both, more, asked);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Takes what is asked for into the spec, and returns what is said of it.
    fn told(self, spec: &mut Spec) -> Option<Meaning> {
        let mut meanings = Vec::new();
        for (_, meaning, own) in self.read {
            spec.merge(own);
            if !meaning.is_empty() {
                meanings.push(meaning);
            }
        }
        if self.unread {
            return Some(Meaning::Unread);
        }
        (!meanings.is_empty()).then(|| Meaning::Carried(meanings.join("; ")))
    }
}

/// Returns the clauses of a description; commas in brackets part nothing.
fn split(description: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    let parts = description.split(move |letter: char| {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(letter, ',' | ';')
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// Returns whether a word is a figure: `3`, `512Mi`, `20%`.
fn has_figure(text: &str) -> bool {
    words(text).any(|word| word.starts_with(|letter: char| letter.is_ascii_digit()))
}

/// Returns the version behind a product's name (`PostgreSQL 16`, `Redis 7.2`), where no other
/// figure stands beside it.
fn version(clause: &str, target: &Target, vocabulary: &Vocabulary) -> Option<String> {
    let mut all = words(clause);
    let name = all.next()?.to_lowercase();
    let word = all.next()?.trim_start_matches('v');
    let digits = |letter: char| letter.is_ascii_digit() || letter == '.';
    let rest: Vec<&str> = all.collect();
    let amount = quantity::bytes(Phrase::new(clause, vocabulary));
    let named = named_product(&name).is_some() || target.path.to_lowercase().contains(&name);
    let alone = amount.is_none() && !rest.iter().any(|word| has_figure(word));
    (named && alone && word.chars().all(digits)).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    use super::super::super::super::bullets::Meaning;
    use super::super::super::read;

    /// What is asked for behind a path: version, replicas, claim, and the words for it.
    #[track_caller]
    fn check(task: &str, version: Option<&str>, replicas: Option<u32>, said: Option<&str>) {
        let text = format!("# Phase 1: A\n\n- [ ] {task}\n");
        let vocabulary = Vocabulary::default();
        let parsed = parse("phase-01-a.md", &text, &vocabulary).expect("a checklist");
        let section = &parsed.checklist.sections[0];
        let read = read(section, &section.tasks[0], &vocabulary);
        assert_eq!(read.spec().version.as_deref(), version, "{task}");
        assert_eq!(
            read.spec().replicas.map(|it| it.to_string()),
            replicas.map(|it| it.to_string())
        );
        let told = read.bullets.first().map(|bullet| match &bullet.meaning {
            Meaning::Carried(meaning) => meaning.as_str(),
            Meaning::Unread => "unread",
            Meaning::Environment | Meaning::InitScripts | Meaning::Heading => "other",
        });
        assert_eq!(told, said, "{task}");
    }

    #[test]
    fn a_version_stands_behind_a_products_name() {
        check("`k8s/postgres.yml`: PostgreSQL 16", Some("16"), None, None);
        check("`k8s/redis.yml` — Redis 7.2", Some("7.2"), None, None);
        check("`k8s/api.yml`: the API", None, None, None);
        check("`k8s/alertmanager.yml`: Alertmanager", None, None, None);
        check("`k8s/api.yml`: step 2", None, None, Some("unread"));
    }

    #[test]
    fn figures_behind_a_path_are_never_dropped() {
        check(
            "`k8s/postgres.yml`: PVC 20 ГБ",
            None,
            None,
            Some("volume claim 20G"),
        );
        check(
            "`k8s/postgres.yml`: PostgreSQL 16, PVC 20Gi",
            Some("16"),
            None,
            Some("volume claim 20Gi"),
        );
        check(
            "`k8s/api/deployment.yml`: replicas 3, requests 256Mi/250m, limits 1Gi/500m",
            None,
            Some(3),
            Some("replicas 3; requests 250m/256Mi; limits 500m/1Gi"),
        );
        check(
            "`k8s/redis.yml`: Redis 7 with 512 MB",
            None,
            None,
            Some("unread"),
        );
        check("`k8s/api.yml`: API, 40 threads", None, None, Some("unread"));
    }
}
