//! What such a line begins with: a kind and a service, in either order, or a service alone.

use crate::checklist::{Part, Task};
use crate::vocabulary::{Meanings, Vocabulary, Word, numeral, words};

use super::super::rules::is_number;
use super::super::target::FileKind;

/// Kinds, by words that only Kubernetes has.
const CERTAIN: &[(&str, FileKind)] = &[
    ("statefulset", FileKind::StatefulSet),
    ("sts", FileKind::StatefulSet),
    ("daemonset", FileKind::DaemonSet),
    ("cronjob", FileKind::CronJob),
    ("hpa", FileKind::Hpa),
    ("horizontalpodautoscaler", FileKind::Hpa),
    ("pdb", FileKind::Pdb),
    ("poddisruptionbudget", FileKind::Pdb),
];

/// Kinds, by words that mean other things elsewhere.
const LIKELY: &[(&str, FileKind)] = &[
    ("deployment", FileKind::Deployment),
    ("service", FileKind::Service),
    ("svc", FileKind::Service),
    ("job", FileKind::Job),
    ("ingress", FileKind::Ingress),
];

/// How many words of a line may tell its kind.
const FIRST: usize = 10;

/// Marks between a name and what is said of it.
const MARKS: [&str; 5] = ["", ":", "—", "–", "-"];

/// Marks that join kinds.
const JOINING: [&str; 4] = ["+", "&", "/", ","];

/// Marks behind the name of a service that nothing but figures follow.
const COLONS: [&str; 3] = [":", "—", "–"];

/// What pods are told to have, before the service is named.
const FIGURES: [Word; 8] = [
    Word::Claim,
    Word::Limits,
    Word::Requests,
    Word::Probes,
    Word::Liveness,
    Word::Readiness,
    Word::Startup,
    Word::Replicas,
];

/// What an object is for, which no other rule reads so.
const ON: &str = "on";

/// What a line begins with.
pub(super) struct Head<'f> {
    /// The kind; none where the service alone is named.
    pub(super) kind: Option<FileKind>,
    /// Whether a Service is asked for beside what runs the pods.
    pub(super) served: bool,
    /// The service's name; none for what all share.
    pub(super) service: Option<&'f str>,
    /// The words by which both are told.
    pub(super) matched: Vec<String>,
    /// What the line says before the service that belongs to what stands behind it (`Limits`).
    pub(super) figure: Option<(usize, usize)>,
    /// Where the rest of the text begins.
    pub(super) end: usize,
}

/// Returns whether one of a task's first words is a kind's or a service's.
pub(super) fn may_be(task: &Task, is_service: impl Fn(&str) -> bool) -> bool {
    let texts = task.text.parts.iter().map(Part::text);
    let mut first = texts.flat_map(words).take(FIRST);
    first.any(|word| named(word).is_some() || is_service(word))
}

/// Returns what a text begins with, its code spans between backticks. In sections `about` Kubernetes
/// its words need no other witness.
pub(super) fn read<'f>(
    text: &str,
    vocabulary: &Vocabulary,
    about: bool,
    service: impl Fn(&str) -> Option<&'f str>,
) -> Option<Head<'f>> {
    let pieces = pieces(text, vocabulary);
    let opening = |it: &&Piece<'_>| it.told.has(Word::Opening) || is_number(it.text);
    let mut at = pieces.iter().take_while(opening).count();
    if let Some(found) = scaled(&pieces, at, &service) {
        return Some(found);
    }
    let deploys = pieces.get(at).is_some_and(|it| it.told.has(Word::SetUp));
    at += usize::from(pieces.get(at).is_some_and(makes));
    at = behind_articles(&pieces, at);
    let figures = figure_first(&pieces, at, &service);
    let alone = || {
        // `2 replicas for web` begins with no numbering.
        let earlier = at.checked_sub(1).into_iter().chain([at]);
        let mut found = earlier.filter_map(|at| figure_alone(&pieces, at, &service));
        found.next().filter(|_| about)
    };
    if let Some(found) = figures.or_else(alone) {
        return Some(found);
    }
    let found = kind_first(&pieces, at, &service);
    let found = found.or_else(|| name_first(&pieces, at, &service));
    let alone = || name_alone(&pieces, at, (deploys, &service));
    let found = found.or_else(|| alone().filter(|_| about))?;
    let certain = found.kinds.iter().all(|it| it.certain);
    let all: Vec<FileKind> = found.kinds.iter().map(|it| it.of).collect();
    let (kind, served) = match all.as_slice() {
        [] => (None, false),
        [only] => (Some(*only), false),
        [runs, FileKind::Service] | [FileKind::Service, runs] => (Some(*runs), true),
        _ => return None,
    };
    let workload = kind.and_then(FileKind::workload);
    let runs_on = workload.is_some_and(|it| !it.ends());
    let shared = kind == Some(FileKind::Ingress);
    let fits = shared != found.name.is_some() && (runs_on || !served);
    let words = found.kinds.iter().map(|it| it.word);
    let words = words.chain(found.name.map(|(_, word)| word));
    (fits && (certain || about)).then(|| Head {
        kind,
        served,
        service: found.name.map(|(name, _)| name),
        matched: words.map(str::to_owned).collect(),
        figure: None,
        end: found.end,
    })
}

/// Reads `Limits for booking: 500m/512Mi`, `Readiness-проба у web на /health`: what is said of a
/// service's pods, and then how much of it.
fn figure_first<'f>(
    pieces: &[Piece<'_>],
    at: usize,
    service: &impl Fn(&str) -> Option<&'f str>,
) -> Option<Head<'f>> {
    let figures = Meanings::of(&FIGURES);
    let beside = Meanings::of(&[Word::Memory, Word::Cpu, Word::And]);
    let first = pieces.get(at).filter(|it| it.told.meets(figures))?;
    let behind = pieces.iter().skip(at + 1);
    let told = |it: &&Piece<'_>| it.told.meets(figures) || it.told.meets(beside);
    let next = at + 1 + behind.take_while(told).count();
    let figure = (first.end - first.text.len(), pieces.get(next - 1)?.end);
    let leads = pieces.get(next).is_some_and(is_place);
    let at = behind_articles(pieces, next + usize::from(leads));
    let piece = pieces.get(at).filter(|it| it.follows())?;
    let name = service(piece.text)?;
    let end = behind_noun(pieces, at);
    let behind = pieces.iter().skip(at).filter(|it| it.end > end);
    let said = behind.clone().next()?;
    let is_said =
        !said.gap.is_empty() || is_amount(said) || said.text.starts_with('/') || is_place(said);
    // `Limits of api: 5` may be about anything.
    let amounts = Meanings::of(&[Word::Limits, Word::Requests]);
    let mut all = pieces.get(..next)?.iter().chain(behind);
    let known = !first.told.meets(amounts) || all.any(is_resource);
    (is_said && known).then(|| Head {
        kind: None,
        served: false,
        service: Some(name),
        matched: vec![first.text.to_owned(), piece.text.to_owned()],
        figure: Some(figure),
        end,
    })
}

/// Reads `Liveness probe on /health for booking`, `2 replicas for web`: the service stands behind all
/// that is said of its pods.
fn figure_alone<'f>(
    pieces: &[Piece<'_>],
    at: usize,
    service: &impl Fn(&str) -> Option<&'f str>,
) -> Option<Head<'f>> {
    let [said @ .., lead, piece] = pieces.get(at..)? else {
        return None;
    };
    let first = said.first()?;
    let name = service(piece.text).filter(|_| piece.follows() && lead.follows())?;
    let counts = Meanings::of(&[Word::Replicas]);
    let counted = is_amount(first) && said.get(1).is_some_and(|it| it.told.meets(counts));
    let figures = first.told.meets(Meanings::of(&FIGURES)) || counted;
    let is_path = |it: &Piece<'_>| it.text.starts_with('/') || it.gap.ends_with('/');
    let valued = said.iter().any(|it| is_amount(it) || is_path(it));
    let amounts = Meanings::of(&[Word::Limits, Word::Requests]);
    let known = !first.told.meets(amounts) || said.iter().any(is_resource);
    let one = said.iter().all(|it| service(it.text).is_none());
    let whole = figures && valued && known && one && is_place(lead) && pieces.len() < FIRST;
    let figure = (first.end - first.text.len(), said.last()?.end);
    whole.then(|| Head {
        kind: None,
        served: false,
        service: Some(name),
        matched: vec![first.text.to_owned(), piece.text.to_owned()],
        figure: Some(figure),
        end: piece.end,
    })
}

/// Whether a piece is a number, with or without a unit.
fn is_amount(piece: &Piece<'_>) -> bool {
    piece.text.starts_with(|it: char| it.is_ascii_digit())
}

/// Whether a piece tells that an amount is one of CPU or memory: by its unit (`512Mi`), or by a word.
fn is_resource(piece: &Piece<'_>) -> bool {
    let unit = piece
        .text
        .trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
    let has_unit = is_amount(piece) && ["m", "Mi", "Gi", "Ki", "M", "G"].contains(&unit);
    has_unit || piece.told.meets(Meanings::of(&[Word::Memory, Word::Cpu]))
}

/// Reads `Scale booking to 4 replicas`, `Увеличить число реплик booking до 4`: the number stands behind.
fn scaled<'f>(
    pieces: &[Piece<'_>],
    at: usize,
    service: &impl Fn(&str) -> Option<&'f str>,
) -> Option<Head<'f>> {
    let scales = Meanings::of(&[Word::Scale, Word::Change]);
    let verb = pieces.get(at).filter(|it| it.told.meets(scales))?;
    let pods = Meanings::of(&[Word::Replicas, Word::Pods]);
    let beside = Meanings::of(&[Word::Replicas, Word::Pods, Word::Article, Word::Idle]);
    let before = pieces.get(at + 1..)?;
    let noun = |it: &&Piece<'_>| service(it.text).is_none() && it.told.meets(beside);
    let before = before.iter().take_while(|it| it.follows() && noun(it));
    let counted = before.clone().find(|it| it.told.meets(pods));
    let at = at + 1 + before.count();
    let piece = pieces.get(at).filter(|it| it.follows())?;
    let name = service(piece.text)?;
    let mut behind = pieces.get(at + 1..)?.iter().peekable();
    let counted = counted.or(behind.next_if(|it| it.follows() && it.told.meets(pods)));
    let from = Meanings::of(&[Word::From, Word::With]);
    if behind.next_if(|it| it.told.meets(from)).is_some() {
        behind.next_if(|it| is_number(it.text))?;
    }
    let to = behind.next_if(|it| it.told.has(Word::Until))?;
    behind.next_if(|it| it.follows() && is_number(it.text))?;
    let last = behind.next_if(|it| it.follows() && it.told.meets(pods));
    let figure = match (last, counted) {
        (Some(_), _) => (to.end, to.end),
        (None, Some(pods)) => (pods.end - pods.text.len(), pods.end),
        (None, None) => return None,
    };
    let whole = behind.next().is_none() && pieces.len() < FIRST;
    whole.then(|| Head {
        kind: None,
        served: false,
        service: Some(name),
        matched: vec![verb.text.to_owned(), piece.text.to_owned()],
        figure: Some(figure),
        end: to.end,
    })
}

/// A word, or a code span.
struct Piece<'t> {
    /// The marks before it, but for emphasis.
    gap: &'t str,
    text: &'t str,
    /// What it tells; nothing, of a code span.
    told: Meanings,
    end: usize,
}

impl Piece<'_> {
    /// Whether only a space stands before it.
    fn follows(&self) -> bool {
        self.gap.is_empty()
    }
}

/// A kind that is named.
struct Kind<'t> {
    of: FileKind,
    certain: bool,
    word: &'t str,
}

struct Found<'t, 'f> {
    kinds: Vec<Kind<'t>>,
    /// The service, and what it is called.
    name: Option<(&'f str, &'t str)>,
    end: usize,
}

/// Reads `Deployment for booking`, `HPA на payments`, `PDB: web`; of an Ingress the kind alone.
fn kind_first<'t, 'f>(
    pieces: &[Piece<'t>],
    at: usize,
    service: &impl Fn(&str) -> Option<&'f str>,
) -> Option<Found<'t, 'f>> {
    let (kinds, next) = kinds(pieces, at)?;
    let end = pieces.get(next.checked_sub(1)?)?.end;
    let alone = |kinds| Found {
        kinds,
        name: None,
        end,
    };
    let Some(first) = pieces.get(next) else {
        return Some(alone(kinds));
    };
    let leads = first.follows() && is_place(first);
    let at = behind_articles(pieces, next + usize::from(leads));
    let called = |piece: &&Piece<'t>| {
        let marked = !leads && MARKS.contains(&piece.gap);
        piece.follows() || marked && at == next
    };
    let Some(piece) = pieces.get(at).filter(called) else {
        return Some(alone(kinds));
    };
    let Some(name) = service(piece.text) else {
        return Some(alone(kinds));
    };
    Some(Found {
        kinds,
        name: Some((name, piece.text)),
        end: behind_noun(pieces, at),
    })
}

/// Reads `rooms: Deployment`, `PostgreSQL as a StatefulSet`.
fn name_first<'t, 'f>(
    pieces: &[Piece<'t>],
    at: usize,
    service: &impl Fn(&str) -> Option<&'f str>,
) -> Option<Found<'t, 'f>> {
    let word = pieces.get(at)?.text;
    let name = service(word)?;
    let mut next = at + 1;
    next += usize::from(pieces.get(next).is_some_and(is_noun));
    let piece = pieces.get(next)?;
    let leads = piece.follows() && piece.told.has(Word::Reference);
    let at = behind_articles(pieces, next + usize::from(leads));
    let marked = pieces.get(next).is_some_and(|it| MARKS.contains(&it.gap));
    let (kinds, next) = kinds(pieces, at).filter(|_| marked)?;
    let end = pieces.get(next.checked_sub(1)?)?.end;
    Some(Found {
        kinds,
        name: Some((name, word)),
        end,
    })
}

/// Reads `booking: 2 replicas`: what stands behind the mark says whether it is about a workload.
/// Behind a verb of bringing up, they may follow otherwise: `Deploy booking, 2 replicas`.
fn name_alone<'t, 'f>(
    pieces: &[Piece<'t>],
    at: usize,
    (deploys, service): (bool, &impl Fn(&str) -> Option<&'f str>),
) -> Option<Found<'t, 'f>> {
    let word = pieces.get(at)?.text;
    let name = service(word)?;
    let mut end = behind_noun(pieces, at);
    if deploys {
        end = behind_cluster(pieces, end);
    }
    let behind = pieces.iter().skip(at + 1).find(|it| it.end > end);
    let parts =
        |it: &Piece<'_>| COLONS.contains(&it.gap) || deploys && [",", "("].contains(&it.gap);
    let parted = behind.is_some_and(parts) || deploys && is_counted(pieces, end);
    parted.then(|| Found {
        kinds: Vec::new(),
        name: Some((name, word)),
        end,
    })
}

/// Whether it is said there how many run: `with 2 replicas`, «в двух репликах».
fn is_counted(pieces: &[Piece<'_>], end: usize) -> bool {
    let leads = Meanings::of(&[Word::With, Word::In, Word::Place]);
    let mut behind = pieces.iter().filter(|it| it.end > end && it.follows());
    let mut next = |is: &dyn Fn(&Piece<'_>) -> bool| behind.next().is_some_and(is);
    next(&|it| it.told.meets(leads))
        && next(&|it| is_number(it.text) || numeral(it.text).is_some())
        && next(&|it| it.told.has(Word::Pods))
}

/// Returns the kinds that are named from there on, and what comes behind.
fn kinds<'t>(pieces: &[Piece<'t>], mut at: usize) -> Option<(Vec<Kind<'t>>, usize)> {
    let mut all = vec![kind(pieces.get(at)?)?];
    at += 1;
    while let Some(piece) = pieces.get(at) {
        let and = usize::from(piece.follows() && piece.told.has(Word::And));
        let joined = and == 1 || JOINING.contains(&piece.gap);
        let next = pieces.get(at + and).filter(|_| joined);
        let next = next.and_then(|it| kind(it).or_else(|| service_noun(it)));
        let Some(next) = next else { break };
        all.push(next);
        at += and + 1;
    }
    Some((all, at))
}

fn kind<'t>(piece: &Piece<'t>) -> Option<Kind<'t>> {
    let (kind, certain) = named(piece.text).or_else(|| {
        piece
            .told
            .has(Word::Deployed)
            .then_some((FileKind::Deployment, false))
    })?;
    Some(Kind {
        of: kind,
        certain,
        word: piece.text,
    })
}

/// Returns the kind that a service's noun in another language is for beside another kind.
fn service_noun<'t>(piece: &Piece<'t>) -> Option<Kind<'t>> {
    piece.told.has(Word::Services).then_some(Kind {
        of: FileKind::Service,
        certain: false,
        word: piece.text,
    })
}

/// Returns the kind that a word is for, and whether it means nothing else.
fn named(word: &str) -> Option<(FileKind, bool)> {
    let of = |all: &[(&str, FileKind)]| {
        let found = all.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map(|(_, kind)| *kind)
    };
    let certain = of(CERTAIN).map(|kind| (kind, true));
    certain.or_else(|| of(LIKELY).map(|kind| (kind, false)))
}

fn makes(piece: &Piece<'_>) -> bool {
    let verb = Meanings::of(&[Word::Create, Word::Add, Word::SetUp]);
    let done = piece.told.has(Word::Past);
    piece.told.meets(verb) && !done && kind(piece).is_none()
}

fn is_place(piece: &Piece<'_>) -> bool {
    let told = Meanings::of(&[Word::Purpose, Word::In, Word::Place]);
    piece.told.meets(told) || piece.text.eq_ignore_ascii_case(ON)
}

/// Returns whether a piece only says that what it follows is a service.
fn is_noun(piece: &Piece<'_>) -> bool {
    let plain = piece.text.starts_with(char::is_lowercase);
    piece.follows() && plain && piece.told.has(Word::Services)
}

/// Returns where a name ends, with the noun behind it.
fn behind_noun(pieces: &[Piece<'_>], at: usize) -> usize {
    let noun = pieces.get(at + 1).filter(|it| is_noun(it));
    noun.or(pieces.get(at)).map_or(0, |it| it.end)
}

/// Returns where it ends that something is deployed to Kubernetes: `Deploy booking to k8s, 2 replicas`.
fn behind_cluster(pieces: &[Piece<'_>], end: usize) -> usize {
    let mut behind = pieces.iter().filter(|it| it.end > end && it.follows());
    let to = Meanings::of(&[Word::Until, Word::In]);
    let leads = behind
        .next()
        .is_some_and(|it| it.told.meets(to) || it.text.eq_ignore_ascii_case("on"));
    let mut behind = behind.skip_while(|it| it.told.has(Word::Article));
    let cluster = behind
        .next()
        .filter(|it| leads && it.told.has(Word::Cluster));
    cluster.map_or(end, |it| it.end)
}

fn behind_articles(pieces: &[Piece<'_>], at: usize) -> usize {
    let behind = pieces.iter().skip(at);
    let articles = behind.take_while(|it| it.follows() && it.told.has(Word::Article));
    at + articles.count()
}

/// Returns the first pieces of a text.
fn pieces<'t>(text: &'t str, vocabulary: &Vocabulary) -> Vec<Piece<'t>> {
    let mut all = Vec::with_capacity(FIRST);
    let (mut start, mut last) = (0, 0);
    for (at, segment) in text.split('`').enumerate() {
        let code = at % 2 == 1;
        let mut place = start;
        let named = std::iter::once(segment).filter(|_| code);
        for word in named.chain(words(segment).filter(|_| !code)) {
            let found = text.get(place..).and_then(|rest| rest.find(word));
            place += found.unwrap_or_default();
            let gap = text.get(last..place).unwrap_or_default();
            let told = if code {
                Meanings::default()
            } else {
                vocabulary.told_by(word).alone
            };
            place += word.len();
            // The backtick behind it belongs to it.
            last = place + usize::from(code);
            all.push(Piece {
                gap: gap.trim_matches(|it: char| it.is_whitespace() || "*_`".contains(it)),
                text: word,
                told,
                end: last.min(text.len()),
            });
            if all.len() == FIRST {
                return all;
            }
        }
        start += segment.len() + 1;
    }
    all
}
