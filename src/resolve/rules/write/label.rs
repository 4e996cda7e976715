//! What a file is called by before its path, without a verb: ``PDB for Postgres: `k8s/db/pdb.yml` ``,
//! ``Redis — `k8s/redis/deployment.yml` ``, ``Манифест `k8s/api.yml` ``.
//!
//! Only its kind, the names in its path and what joins them. Any other word may make the line
//! somebody's work, or say something of the file.

use crate::facts::image::Product;
use crate::vocabulary::{Meanings, Phrase, Word, words};

use super::super::super::slug::slug;
use super::super::super::subjects::named_product;
use super::super::super::target::{self, FileKind, Target};
use super::super::{Line, wording};
use super::stray::KINDS;

/// Words that only join others.
const JOINING: &[Word] = &[Word::Article, Word::Purpose];

/// What a line is told by to be somebody's work.
const WORK: &[Word] = &[
    Word::Study,
    Word::Change,
    Word::Remove,
    Word::Other,
    Word::Past,
    Word::Work,
    Word::Judge,
];

/// Marks that may stand between a label and the path.
const ENDS: [char; 5] = [':', '—', '–', '-', '('];

/// Marks of emphasis.
const EMPHASIS: [char; 2] = ['*', '_'];

/// Returns whether what stands before a path only names the file.
pub(super) fn is_one(line: &Line<'_>, target: &Target, code: &str, before: Phrase<'_>) -> bool {
    let trimmed = |text: &'_ str| -> String {
        let text = text.trim().trim_matches(EMPHASIS).trim();
        text.to_owned()
    };
    let text = trimmed(before.text());
    let text = trimmed(text.strip_suffix(ENDS).unwrap_or(&text));
    let plain = |it: char| it.is_alphanumeric() || it.is_whitespace() || it == '-';
    let first = line.codes().next() == Some(code);
    let phrase = before.with(&text);
    let mut own = false;
    let known = wording::opened(phrase).all(|word| {
        let told = line.vocabulary.told_by(word).alone;
        let calls = is_name(line, target, word) || is_kind(target.kind, word, told);
        own |= calls;
        calls || told.meets(Meanings::of(JOINING))
    });
    // `the limits of …` would be about the file.
    let last = phrase.words().last();
    let leads_on = last.is_some_and(|it| line.vocabulary.tells(it, Word::Purpose));
    // A name may be a verb as well: `Migrate the db: …`.
    let verb = wording::told_opened(phrase).next();
    let works = verb.is_some_and(|(_, told)| told.meets(Meanings::of(WORK)));
    first && known && own && !(works || leads_on) && text.chars().all(plain)
}

/// Returns whether a word names whom the file is about, as its path does.
fn is_name(line: &Line<'_>, target: &Target, word: &str) -> bool {
    let path = target.path.as_str();
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let parts = || words(stem).flat_map(|it| it.split(['-', '_', '.']));
    let lower = word.to_lowercase();
    if let Some(product) = named_product(&lower) {
        let is = |part: &str| part == lower || named_product(part) == Some(product);
        return parts().any(is);
    }
    let store = |part: &str| {
        let known = named_product(part).is_some_and(Product::is_store);
        known || line.vocabulary.tells(part, Word::Database)
    };
    let database = line.vocabulary.tells(word, Word::Database);
    let mut names = parts().filter(|it| target::kind_named(it).is_none());
    names.any(|it| is_called(it, word)) || database && parts().any(store)
}

/// Returns whether a word is a name in the path, or that in Cyrillic letters and any case: `трекера`
/// of `treker`. Of Latin ones only the name itself: to track isn't the `tracker`.
fn is_called(part: &str, word: &str) -> bool {
    /// How many letters two words must begin with, and how many may follow in each.
    const BEGIN: usize = 4;
    const ENDS: (usize, usize) = (1, 2);
    if word.is_ascii() {
        return part.eq_ignore_ascii_case(word);
    }
    let (part, word) = (slug(part), slug(word));
    let pairs = part.chars().zip(word.chars());
    let same = pairs.take_while(|(one, two)| one == two).count();
    let rest = |text: &str| text.len().saturating_sub(same);
    let inflected = same >= BEGIN && rest(&part) <= ENDS.0 && rest(&word) <= ENDS.1;
    !part.is_empty() && (part == word || inflected)
}

/// Returns whether a word is the kind of what lies in the file, or says that it is a manifest.
fn is_kind(kind: FileKind, word: &str, told: Meanings) -> bool {
    let own = |named: FileKind| named == kind || kind == FileKind::Whole && named.runs_pods();
    let mut said = KINDS.iter().filter(|(word, _)| told.has(*word));
    let deployed = told.has(Word::Deployed) && own(FileKind::Deployment);
    let named = target::kind_named(word).is_some_and(own);
    told.has(Word::Manifest) || deployed || named || said.any(|(_, kind)| own(*kind))
}
