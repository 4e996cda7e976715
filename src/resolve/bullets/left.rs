//! What a reading leaves of a bullet: the words, figures and signs that it took no account of.
//!
//! A word was taken where the reading is another one without it, a figure where another figure
//! reads as something else. What wasn't taken must ask for nothing (`the`, `for every pod`), or the
//! bullet says more than is carried. What readers make of bullets isn't known here.

use std::ops::Range;

use crate::checklist::{Inline, Part, Spanned};
use crate::vocabulary::{Meanings, Vocabulary, Word};

/// What may stand beside what is read.
pub(super) struct Beside<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    /// What the words of the thing itself tell.
    pub(super) meanings: &'a [Word],
    /// Signs that mean nothing more there.
    pub(super) signs: &'a str,
    /// The path of the file, whose words name what the bullet is about.
    pub(super) path: &'a str,
    /// Whether any words do which take nothing back: those of a line that describes a file.
    pub(super) words: bool,
    /// What leads to something that it would hold for alone: `per user`, `for the API`.
    pub(super) leading: &'a [Word],
}

/// Words that take back what stands beside them, or put it off.
const TAKING_BACK: &[Word] = &[Word::Negation, Word::Condition, Word::Off];

/// What tells no part of a file where something would hold for a part.
const IDLE_BEHIND: &[Word] = &[Word::Seconds, Word::Minutes, Word::Hours, Word::Everything];

/// A word that no language has.
const NONSENSE: &str = "zzqx";

/// Signs between words that say nothing.
const PLAIN_SIGNS: &str = ",;:.()[]{}-–—/+*_'\"«»“”„’‘=|&`\\";

/// Returns the first thing that a reading leaves of a text and that says something.
pub(super) fn first<R: PartialEq>(
    text: &Inline,
    beside: &Beside<'_>,
    read: impl Fn(&Inline) -> R,
) -> Option<String> {
    const STRUCK: &str = "~~";
    if text.source.contains(STRUCK) {
        return Some(STRUCK.to_owned());
    }
    let whole = read(text);
    let changes = |place: &Place| read(&changed(text, place)) != whole;
    let mut parts = text.parts.iter().enumerate();
    parts.find_map(|(at, part)| {
        let value = part.text();
        let end = Place::new(at, value.len()..value.len(), "x");
        if matches!(part, Part::Code(_)) && changes(&end) {
            return None;
        }
        in_part(at, value, beside, changes)
    })
}

/// Returns the first thing that is left of one part.
fn in_part(
    part: usize,
    text: &str,
    beside: &Beside<'_>,
    changes: impl Fn(&Place) -> bool,
) -> Option<String> {
    let tokens = tokens(text);
    let of = |token: &Token| text.get(token.place.clone()).unwrap_or_default();
    let words = tokens.iter().filter(|token| token.class == Class::Word);
    let words: Vec<&str> = words.map(of).collect();
    let known = [beside.meanings, &[Word::Idle]].concat();
    let known = beside.vocabulary.marked(&words, &known);
    let back = beside.vocabulary.marked(&words, TAKING_BACK);
    let scopes = scopes(&words, beside);
    let known = known.into_iter().zip(scopes);
    let known = known.map(|(known, scope)| known && !scope);
    let mut words = known.zip(back);
    let left = tokens.iter().find(|token| {
        let changes = |other: &str| changes(&Place::new(part, token.place.clone(), other));
        match token.class {
            Class::Word => {
                let (known, back) = words.next().unwrap_or_default();
                let known = known || names(beside.path, of(token));
                !known && (back || !(beside.words || changes(NONSENSE)))
            }
            Class::Figure => !changes(&another(of(token))),
            Class::Sign => {
                let known = beside.words || beside.signs.contains(of(token));
                !known && !changes(" ")
            }
        }
    });
    left.map(|token| of(token).to_owned())
}

/// Returns of each word whether something holds for that alone: `per user`, `for the API`.
fn scopes(words: &[&str], beside: &Beside<'_>) -> Vec<bool> {
    let told = |word: &str, meanings: &[Word]| {
        let told = beside.vocabulary.told_by(word).alone;
        told.meets(Meanings::of(meanings))
    };
    let idle = [IDLE_BEHIND, beside.meanings].concat();
    let mut led = false;
    let all = words.iter().map(|word| {
        if led && told(word, &[Word::Article]) {
            return false;
        }
        let named = led && told(word, &[Word::Idle]) && !told(word, &idle);
        led = told(word, beside.leading);
        named && !led
    });
    all.collect()
}

/// Returns whether a path has a word, alone or with others: `call-processor`, `redis`.
fn names(path: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    let mut names = path.split(['/', '.']);
    names.any(|name| {
        let name = name.to_lowercase();
        name == word || name.split(['-', '_']).any(|part| part == word)
    })
}

/// Returns another figure of the same kind.
fn another(figure: &str) -> String {
    let next = figure.parse::<u64>().ok().and_then(|it| it.checked_add(1));
    next.unwrap_or_default().to_string()
}

/// A piece of a part, and what is to stand there instead.
struct Place {
    part: usize,
    range: Range<usize>,
    other: String,
}

impl Place {
    fn new(part: usize, range: Range<usize>, other: &str) -> Self {
        let other = other.to_owned();
        Self { part, range, other }
    }
}

/// Returns a text with another piece in one place.
fn changed(text: &Inline, place: &Place) -> Inline {
    let mut text = text.clone();
    if let Some(Part::Text(part) | Part::Code(part)) = text.parts.get_mut(place.part) {
        let Spanned { value, .. } = part;
        value.replace_range(place.range.clone(), &place.other);
    }
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Figure,
    /// One that may say something.
    Sign,
}

struct Token {
    class: Class,
    place: Range<usize>,
}

/// Returns a text's words, figures and telling signs; a unit right behind a figure is a word.
fn tokens(text: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let mut letters = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((start, letter)) = letters.next() {
        let mut end = start + letter.len_utf8();
        let figure = letter.is_ascii_digit();
        let class = if figure {
            Class::Figure
        } else if letter.is_alphanumeric() {
            Class::Word
        } else {
            let silent = letter.is_whitespace() || letter.is_control();
            // `3+` is more than 3.
            let more = letter == '+' && before.is_ascii_digit();
            if more || !(silent || PLAIN_SIGNS.contains(letter)) {
                let place = start..end;
                all.push(Token {
                    class: Class::Sign,
                    place,
                });
            }
            before = letter;
            continue;
        };
        before = letter;
        while let Some((at, next)) = letters.peek().copied() {
            let behind = text.get(at + next.len_utf8()..).unwrap_or_default();
            let joins = "-_.'’".contains(next) && behind.starts_with(char::is_alphanumeric);
            let goes_on = if figure {
                next.is_ascii_digit()
            } else {
                next.is_alphanumeric() || joins
            };
            if !goes_on {
                break;
            }
            before = next;
            end = at + next.len_utf8();
            letters.next();
        }
        let place = start..end;
        all.push(Token { class, place });
    }
    all
}
