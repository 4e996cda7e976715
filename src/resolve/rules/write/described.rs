//! What a line asks for behind the path that it has written: `HPA: min 2, max 10`,
//! `PostgreSQL 16, PVC 20Gi`.
//!
//! It is read as bullets are. Words that only name the file or what it holds are harmless; anything
//! else that no rule reads is a person's, never dropped in silence.

mod codes;
mod way_in;

use crate::checklist::Inline;
use crate::vocabulary::{Phrase, Vocabulary, Word, words};

use super::super::super::application::Exposure;
use super::super::super::bullets::{self, Beyond, Meaning};
use super::super::super::exposure_words;
use super::super::super::quantity;
use super::super::super::spec::{ExposureSpec, Spec};
use super::super::super::subjects::named_product;
use super::super::super::target::{FileKind, Target};
use super::super::Line;
use super::pieces::{self, Token, between, clauses, inline, tokens};
use super::stray::{Known, strays};

/// A part of a line behind its path, with what it was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::resolve) struct Said {
    pub(in crate::resolve) text: Inline,
    pub(in crate::resolve) meaning: Meaning,
    /// What it asks of the file.
    pub(in crate::resolve) asks: Box<Spec>,
    /// Whether it is worth a line where it is written.
    pub(in crate::resolve) told: bool,
    /// Words of what nothing reads: where the facts know them all, they only name what is written.
    pub(in crate::resolve) names: Vec<String>,
}

/// How much of a clause is taken that says more than what is read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resolve::rules) enum Taken {
    /// What is read: the facts may know that the rest only names what is written.
    Read,
    /// Nothing: the rest asks for something.
    Nothing,
}

/// Takes what the words behind a path ask for into the spec; returns what they were understood as,
/// where that is worth a line.
pub(in crate::resolve::rules) fn read(
    line: &Line<'_>,
    target: &Target,
    (taken, spec): (Taken, &mut Spec),
) -> Vec<Said> {
    let text = pieces::behind(line, &target.path);
    let mut reader = Reader {
        line,
        target,
        taken,
        spec,
        meanings: Vec::new(),
        last: None,
        said: Vec::new(),
    };
    match apart(&text, line.vocabulary) {
        Some((joined, inside)) => {
            reader.read(joined);
            reader.read(inside);
        }
        None => reader.read(unwrapped(&text)),
    }
    reader.lost(&text);
    let asks = reader.spec.clone();
    let asks_any = !reader.meanings.is_empty() || asks.version.is_some();
    let carried = asks_any.then(|| Said {
        text: line.task.text.clone(),
        meaning: Meaning::Carried(reader.meanings.join("; ")),
        told: !reader.meanings.is_empty() && !is_quiet(target.kind),
        asks: Box::new(asks),
        names: Vec::new(),
    });
    carried.into_iter().chain(reader.said).collect()
}

/// Returns the namespace that a line behind its path names in code marks, or behind the word
/// itself: ``namespace `shop` ``, `namespace shop`. Any other word says something of it.
pub(in crate::resolve::rules) fn namespace(line: &Line<'_>, target: &Target) -> Option<String> {
    if target.kind != FileKind::Namespace {
        return None;
    }
    let text = pieces::behind(line, &target.path);
    let first = clauses(&text).into_iter().next()?;
    let first = between(first, line.vocabulary, Word::With)
        .into_iter()
        .next()
        .filter(|first| text.starts_with(first))?;
    let tells = |word: &str, meaning| line.vocabulary.tells(word, meaning);
    let mut called = false;
    let mut names = Vec::new();
    for token in tokens(first) {
        match token {
            Token::Word(word) if tells(word, Word::Namespace) => called = true,
            Token::Word(word) if tells(word, Word::Article) => {}
            // `пространство имён`
            Token::Word(word) if called && !word.is_ascii() && names.is_empty() => {}
            Token::Word(word) if tells(word, Word::Purpose) => break,
            Token::Word(word) if called => names.push((word, false)),
            Token::Word(_) => {}
            Token::Code(code) => names.push((code, true)),
        }
    }
    let one = match names.as_slice() {
        [(name, _)] => Some(*name),
        _ => names.iter().find(|(_, marked)| *marked).map(|it| it.0),
    };
    let asks = |name: &&str| {
        let told = line.vocabulary.told_by(name).alone;
        !(told.has(Word::Demand) || told.has(Word::Plain))
    };
    one.filter(|name| is_label(name))
        .filter(asks)
        .map(str::to_owned)
}

/// Returns what brackets hold that all of a text stands in: `(2 replicas, port 3000)` behind a path
/// says what `: 2 replicas, port 3000` does.
fn unwrapped(text: &str) -> &str {
    let whole = text.trim();
    let inside = whole.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    inside.filter(|it| !it.contains(['(', ')'])).unwrap_or(text)
}

/// Returns what is joined to a file's kind, and what the brackets behind it hold: `+ Service for web`
/// and `2 replicas, port 3000`. The latter says nothing of the Service.
fn apart<'t>(text: &'t str, vocabulary: &Vocabulary) -> Option<(&'t str, &'t str)> {
    let whole = text.trim();
    let (joined, inside) = whole.strip_suffix(')')?.split_once('(')?;
    let mut pieces = joined.split_whitespace();
    let first = pieces.next()?;
    let joins = ["+", "&", "/"].contains(&first) || vocabulary.tells(first, Word::And);
    let serves = words(joined).any(|word| word.eq_ignore_ascii_case("service"));
    let plain = !inside.contains(['(', ')']) && !joined.contains([',', ';', ':', ')', '`']);
    (joins && serves && plain).then_some((joined, inside))
}

/// Returns whether a text asks for the level of Pod Security that every Namespace is written with.
fn is_secured(text: &str) -> bool {
    const LEVEL: &str = "restricted";
    let named = [
        "pod",
        "security",
        "standard",
        "standards",
        "admission",
        "pss",
        "psa",
    ];
    let lower = text.to_lowercase();
    let all: Vec<&str> = words(&lower).collect();
    let known = |word: &&str| named.contains(word) || *word == LEVEL;
    all.contains(&LEVEL) && all.len() > 1 && all.iter().all(known)
}

/// Returns whether Kubernetes takes a namespace of that name.
fn is_label(name: &str) -> bool {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let ends = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    let named = name.contains(|it: char| it.is_ascii_lowercase());
    let short = name.len() <= 63;
    named
        && short
        && name.chars().all(fits)
        && ends(name.chars().next())
        && ends(name.chars().last())
}

/// Returns whether what is read is told by the file's kind.
fn is_quiet(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Hpa | FileKind::Pdb | FileKind::Service | FileKind::Job | FileKind::CronJob
    )
}

/// What no facts have a name for.
const NOBODY: &str = "zzqx";

struct Reader<'a, 'c> {
    line: &'a Line<'c>,
    target: &'a Target,
    taken: Taken,
    spec: &'a mut Spec,
    /// What was read.
    meanings: Vec<String>,
    /// The clause that was read last, with what the spec was before.
    last: Option<(String, Spec)>,
    said: Vec<Said>,
}

impl Reader<'_, '_> {
    fn read(&mut self, text: &str) {
        match self.target.kind {
            FileKind::Ingress => self.way_in(text),
            FileKind::Hpa | FileKind::Pdb | FileKind::Job | FileKind::CronJob => {
                if !self.carried(text) {
                    self.clauses(text);
                }
            }
            FileKind::Service
            | FileKind::Deployment
            | FileKind::StatefulSet
            | FileKind::DaemonSet
            | FileKind::Whole => self.clauses(text),
            FileKind::Namespace => {
                let own = namespace(self.line, self.target);
                for clause in clauses(text) {
                    if is_secured(clause) {
                        continue;
                    }
                    let mut names = self.strays(clause, Known::Named);
                    names.retain(|it| Some(it) != own.as_ref());
                    self.unread(clause, names);
                }
            }
            FileKind::Secrets
            | FileKind::ConfigMap
            | FileKind::Readme
            | FileKind::Kustomization
            | FileKind::ServiceAccount
            | FileKind::NetworkPolicy => {
                for clause in clauses(text) {
                    let names = self.strays(clause, Known::Named);
                    self.unread(clause, names);
                }
            }
        }
    }

    fn clauses(&mut self, text: &str) {
        let mut all = clauses(text);
        if self.target.kind == FileKind::Service {
            exposure_words::type_first(&mut all);
        }
        for (at, clause) in all.into_iter().enumerate() {
            let parts = between(clause, self.line.vocabulary, Word::With);
            for (part_at, part) in parts.into_iter().enumerate() {
                let first = at + part_at == 0;
                self.clause(part, if first { Known::Named } else { Known::Beside });
            }
        }
    }

    fn clause(&mut self, clause: &str, known: Known) {
        let mut names = self.strays(clause, known);
        if names.is_empty() {
            return;
        }
        let and = between(clause, self.line.vocabulary, Word::And);
        if and.len() > 1 && and.iter().all(|part| self.is_read(part)) {
            for part in and {
                self.carried(part);
            }
            return;
        }
        // `LoadBalancer, port 5023`: this port, and no other.
        let exposed = !self.spec.exposures.is_empty();
        if exposed && self.goes_on(clause) {
            return;
        }
        if self.leads_out() && self.may_name_port(clause) {
            // Which ports are to be reached from outside isn't known.
            names.push(clause.to_owned());
            self.unread(clause, names);
            return;
        }
        if self.carried(clause) || self.goes_on(clause) {
            return;
        }
        let version = version(clause, self.target, self.line).filter(|_| known == Known::Named);
        if let Some(version) = version {
            names.retain(|name| name.trim_start_matches('v') != version);
            if self.takes(&names) {
                self.spec.version.get_or_insert(version);
            }
        }
        self.unread(clause, names);
    }

    /// Returns whether a text is read to its last word.
    fn is_read(&self, text: &str) -> bool {
        let (meaning, _) = self.meant(&inline(self.line, text));
        let strays = self.strays(text, Known::Read);
        let read = matches!(meaning, Meaning::Carried(_)) && strays.is_empty();
        read && self.unread_codes(text).is_empty()
    }

    /// Returns what a rule over bullets reads, and what is asked for.
    fn meant(&self, text: &Inline) -> (Meaning, Spec) {
        let of = bullets::About {
            kind: Some(self.target.kind),
            path: &self.target.path,
        };
        bullets::read(text, of, Beyond::Words, self.line.vocabulary)
    }

    /// Takes what a rule over bullets reads; returns whether one did.
    fn carried(&mut self, text: &str) -> bool {
        let alone = inline(self.line, text);
        let before = self.spec.clone();
        let (meaning, own) = self.meant(&alone);
        let names = self.strays_of(text, &own.exposures);
        match meaning {
            Meaning::Carried(_) if !self.takes(&names) => {
                self.unread(text, names);
                return true;
            }
            Meaning::Carried(_) if self.contradicts(&own, &alone) => {
                self.unread(text, vec![NOBODY.to_owned()]);
                return true;
            }
            Meaning::Carried(meaning) => {
                self.meanings.push(meaning);
                self.last = Some((text.to_owned(), before));
            }
            meaning @ (Meaning::Environment(_) | Meaning::InitScripts) => {
                self.said.push(Said {
                    text: alone,
                    meaning,
                    asks: Box::default(),
                    told: true,
                    names: Vec::new(),
                });
            }
            Meaning::Heading | Meaning::Unread => return false,
        }
        self.spec.merge(own);
        self.unread(text, names);
        true
    }

    /// Returns whether a clause asks for something else than the line did already.
    fn contradicts(&self, own: &Spec, clause: &Inline) -> bool {
        let line = Phrase::new(self.line.plain, self.line.vocabulary);
        let clause = clause.plain();
        let recreated = line.with(&clause).has(Word::Recreate);
        let rolled = line.find(&[Word::Rolling, Word::Surge]).is_some();
        self.spec.contradicts(own) || recreated && rolled
    }

    /// Returns whether what is read is taken beside these words that are left.
    fn takes(&self, names: &[String]) -> bool {
        names.is_empty() || self.taken == Taken::Read
    }

    /// Returns the words of a text that was read which ask for something else.
    fn strays_of(&self, text: &str, exposures: &[ExposureSpec]) -> Vec<String> {
        let mut exposures = exposures.iter();
        let inside = exposures.all(|it| it.alternatives == [Exposure::Cluster]);
        let mut names = self.strays(text, Known::Read);
        if self.target.kind == FileKind::Service && inside {
            // Whomever it is for, a Service is reached within the cluster anyway.
            let asking = self.strays(text, Known::Named);
            names.retain(|name| asking.contains(name));
            let phrase = Phrase::new(text, self.line.vocabulary);
            if phrase.has(Word::Purpose) && !phrase.has(Word::Exactly) {
                return names;
            }
        }
        names.extend(self.unread_codes(text));
        names
    }

    /// Returns whether a type of Service is asked for that leads out of the cluster.
    fn leads_out(&self) -> bool {
        let inside = |it: &ExposureSpec| it.alternatives == [Exposure::Cluster];
        !self.spec.exposures.iter().all(inside)
    }

    /// Returns whether a clause has a figure that may be a port's: one that no other rule reads.
    fn may_name_port(&self, clause: &str) -> bool {
        let (meaning, own) = self.meant(&inline(self.line, clause));
        let other = matches!(meaning, Meaning::Carried(_)) && own.ports.is_empty();
        let figure = |word: &str| word.starts_with(|it: char| it.is_ascii_digit());
        !other && words(clause).any(figure)
    }

    /// Leaves to a person a type of Service that a text names and nothing asks for.
    fn lost(&mut self, text: &str) {
        let asked = |named: &Exposure| {
            let mut all = self.spec.exposures.iter();
            all.any(|it| it.alternatives.contains(named))
        };
        let lost = words(text)
            .filter(|word| exposure_words::named_type(word).is_some_and(|it| !asked(&it)));
        let lost: Vec<String> = lost.map(str::to_owned).collect();
        if self.said.iter().all(|it| it.meaning != Meaning::Unread) {
            self.unread(text, lost);
        }
    }

    /// Takes a clause to the one before it, where both together are read: `Port: 8080 (API), 9092`.
    fn goes_on(&mut self, clause: &str) -> bool {
        let Some((text, before)) = self.last.clone() else {
            return false;
        };
        let both = format!("{text}, {clause}");
        let alone = inline(self.line, &both);
        let (Meaning::Carried(more), own) = self.meant(&alone) else {
            return false;
        };
        // A rule that reads both may leave the type of a Service out.
        let lost = own.exposures.len() + before.exposures.len() < self.spec.exposures.len();
        if lost || self.meanings.last() == Some(&more) {
            return false;
        }
        let names = self.strays_of(clause, &own.exposures);
        if !self.takes(&names) {
            self.unread(clause, names);
            return true;
        }
        *self.spec = before.clone();
        self.spec.merge(own);
        self.meanings.pop();
        self.meanings.push(more);
        self.last = Some((both, before));
        self.unread(clause, names);
        true
    }

    fn strays(&self, text: &str, known: Known) -> Vec<String> {
        strays(self.line, self.target, text, known)
    }

    fn unread(&mut self, text: &str, names: Vec<String>) {
        if !names.is_empty() {
            self.said.push(Said {
                text: inline(self.line, text),
                meaning: Meaning::Unread,
                asks: Box::default(),
                told: true,
                names,
            });
        }
    }
}

/// Returns the version behind a product's name (`PostgreSQL 16`, `Redis 7.2`), where no other
/// figure stands beside it.
fn version(clause: &str, target: &Target, line: &Line<'_>) -> Option<String> {
    let mut all = words(clause);
    let name = all.next()?.to_lowercase();
    let word = all.next()?.trim_start_matches('v');
    let figure = |word: &&str| word.starts_with(|letter: char| letter.is_ascii_digit());
    let digits = |letter: char| letter.is_ascii_digit() || letter == '.';
    let amount = quantity::bytes(Phrase::new(clause, line.vocabulary));
    // `API v2` is what it speaks.
    let speaks = line.vocabulary.told_by(&name).alone.has(Word::Part);
    let called = target.path.to_lowercase().contains(&name) && !speaks;
    let named = named_product(&name).is_some() || called;
    let alone = amount.is_none() && !all.any(|word| figure(&word));
    (named && alone && figure(&word) && word.chars().all(digits)).then(|| word.to_owned())
}
