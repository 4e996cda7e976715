//! Numbers in a text with what stands around them: `25% maxUnavailable`, `2–10 реплік`,
//! `100 % за 15 секунд`.

use crate::vocabulary::{Phrase, Vocabulary, Word, fold};

/// A number with its unit and place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figure {
    pub(super) number: u32,
    pub(super) unit: Unit,
    /// The index of its token.
    pub(super) at: usize,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Nothing is said.
    Plain,
    /// Percent.
    Percent,
    /// Seconds; minutes and hours are already multiplied.
    Seconds,
    /// Pods.
    Pods,
}

/// A text in small tokens: letters with what joins them, digits, single signs.
#[derive(Debug, Clone)]
pub(super) struct Figures<'v> {
    tokens: Vec<String>,
    vocabulary: &'v Vocabulary,
}

/// How many tokens may stand between a word and its number.
const REACH: usize = 5;

impl<'v> Figures<'v> {
    pub(super) fn of(text: Phrase<'v>) -> Self {
        let mut tokens: Vec<String> = Vec::new();
        let mut last = Class::Space;
        let characters: Vec<char> = fold(text.text()).chars().collect();
        for (at, character) in characters.iter().enumerate() {
            let next = characters.get(at + 1);
            let joins = matches!(character, '-' | '_' | '\'')
                && last == Class::Letter
                && next.is_some_and(|next| next.is_alphabetic());
            let class = if joins {
                Class::Letter
            } else {
                Class::of(*character)
            };
            match tokens.last_mut() {
                Some(token) if class == last && class != Class::Sign => token.push(*character),
                _ if class == Class::Space => {}
                _ => tokens.push(character.to_string()),
            }
            last = class;
        }
        Self {
            tokens,
            vocabulary: text.vocabulary(),
        }
    }

    pub(super) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Returns the tokens from one place to another as a text of their own.
    pub(super) fn part(&self, from: usize, to: usize) -> Self {
        let tokens = self.tokens.get(from..to.min(self.tokens.len()));
        Self {
            tokens: tokens.unwrap_or_default().to_vec(),
            vocabulary: self.vocabulary,
        }
    }

    /// Returns all numbers.
    pub(super) fn all(&self) -> impl Iterator<Item = Figure> {
        (0..self.tokens.len()).filter_map(|at| self.figure(at))
    }

    /// Returns the number of that token.
    fn figure(&self, at: usize) -> Option<Figure> {
        let number: u32 = self.tokens.get(at)?.parse().ok()?;
        let unit = self.tokens.get(at + 1).map_or("", String::as_str);
        let is = |meaning| self.vocabulary.tells(unit, meaning);
        let (number, unit) = if is(Word::Percent) {
            (number, Unit::Percent)
        } else if is(Word::Hours) {
            (number.saturating_mul(3600), Unit::Seconds)
        } else if is(Word::Minutes) {
            (number.saturating_mul(60), Unit::Seconds)
        } else if is(Word::Seconds) {
            (number, Unit::Seconds)
        } else if is(Word::Pods) {
            (number, Unit::Pods)
        } else {
            (number, Unit::Plain)
        };
        Some(Figure { number, unit, at })
    }

    /// Returns the seconds of a time that is told by its unit alone: `1 pod per minute`.
    pub(super) fn each_unit(&self) -> Option<u32> {
        const UNITS: [(Word, u32); 3] =
            [(Word::Seconds, 1), (Word::Minutes, 60), (Word::Hours, 3600)];
        let mut pairs = self.tokens.iter().zip(self.tokens.iter().skip(1));
        pairs.find_map(|(before, unit)| {
            let each = before == "/" || self.vocabulary.tells(before, Word::Each);
            let tells = |meaning| self.vocabulary.tells(unit, meaning);
            let unit = UNITS.iter().find(|(meaning, _)| tells(*meaning));
            unit.filter(|_| each).map(|(_, seconds)| *seconds)
        })
    }

    /// Returns whether the number that belongs to a word is one of bytes or millicores: `400Mi`.
    pub(super) fn is_amount(&self, meaning: Word) -> bool {
        const UNITS: [&str; 10] = ["m", "k", "ki", "mi", "gi", "ti", "mb", "gb", "mib", "gib"];
        let figure = self.beside(meaning);
        let unit = figure.and_then(|it| self.tokens.get(it.at + 1));
        unit.is_some_and(|unit| UNITS.contains(&unit.as_str()))
    }

    /// Returns where something stands that tells that.
    pub(super) fn find(&self, meaning: Word) -> Option<usize> {
        self.vocabulary.place(&self.tokens, meaning)
    }

    /// Returns the number that belongs to a word: close behind it, or else right before it.
    pub(super) fn beside(&self, meaning: Word) -> Option<Figure> {
        self.around(self.find(meaning)?)
    }

    /// Returns the number that belongs to a word which begins so, such as a field of Kubernetes'.
    pub(super) fn field(&self, stem: &str) -> Option<Figure> {
        self.around(self.tokens.iter().position(|it| it.starts_with(stem))?)
    }

    fn around(&self, at: usize) -> Option<Figure> {
        let stop = |token: &String| matches!(token.as_str(), "," | ";" | ")");
        let behind = (at + 1..=at + REACH)
            .take_while(|at| self.tokens.get(*at).is_some_and(|token| !stop(token)))
            .find_map(|at| self.figure(at));
        behind.or_else(|| {
            // `25% maxUnavailable`, `1 maxSurge`
            let sign = self.tokens.get(at.checked_sub(1)?)? == "%";
            self.figure(at.checked_sub(if sign { 2 } else { 1 })?)
        })
    }

    /// Returns whether the text says how many pods there are, and nothing else: `3 pods`.
    pub(super) fn are_pods(&self) -> bool {
        let only = self.tokens.len() == 2;
        only && self.all().next().is_some_and(|it| it.unit == Unit::Pods)
    }

    /// Returns the two numbers of a range (`2-10`, `2 – 10`, `2..10`, `between 2 and 10`).
    pub(super) fn range(&self) -> Option<(u32, u32)> {
        (0..self.tokens.len()).find_map(|at| {
            let low: u32 = self.tokens.get(at)?.parse().ok()?;
            let dashes = self.tokens.iter().skip(at + 1);
            let dashes = dashes
                .take_while(|token| matches!(token.as_str(), "-" | "–" | "—" | "." | "…"))
                .count();
            // `between 2 and 10`
            let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
            let tells = |token: &String, meaning| self.vocabulary.tells(token, meaning);
            let opened = before.is_some_and(|it| tells(it, Word::Minimum));
            let and = self.tokens.get(at + 1).filter(|_| opened);
            let and = and.is_some_and(|it| tells(it, Word::And));
            let to = self.tokens.get(at + 1);
            let to = to.is_some_and(|it| tells(it, Word::Until));
            let between = dashes + usize::from(and || to);
            let high = self.figure(at + 1 + between)?;
            let counts = high.unit != Unit::Percent && low <= high.number;
            (between > 0 && counts).then_some((low, high.number))
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Sign,
    Space,
}

impl Class {
    fn of(character: char) -> Self {
        if character.is_alphabetic() {
            Self::Letter
        } else if character.is_ascii_digit() {
            Self::Digit
        } else if character.is_whitespace() {
            Self::Space
        } else {
            Self::Sign
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, Unit};
    use crate::vocabulary::{Phrase, Vocabulary};

    #[track_caller]
    fn check(text: &str, stem: &str, expected: Option<(u32, Unit)>) {
        let vocabulary = Vocabulary::default();
        let found = Figures::of(Phrase::new(text, &vocabulary)).field(stem);
        assert_eq!(found.map(|it| (it.number, it.unit)), expected);
    }

    #[test]
    fn a_number_stands_behind_its_word_or_before_it() {
        check("maxSurge: 25%", "maxsurge", Some((25, Unit::Percent)));
        check(
            "25% maxUnavailable",
            "maxunavail",
            Some((25, Unit::Percent)),
        );
        check(
            "maxSurge 1, maxUnavailable 0",
            "maxsurge",
            Some((1, Unit::Plain)),
        );
        check("1 surge", "surge", Some((1, Unit::Plain)));
        check("maxSurge, 3 pods", "maxsurge", None);
    }

    #[test]
    fn units_stand_behind_numbers() {
        check("stabilization 300s", "stabil", Some((300, Unit::Seconds)));
        check("стабилизация 5 минут", "стабил", Some((300, Unit::Seconds)));
        check("вікно 2 хв", "вікно", Some((120, Unit::Seconds)));
        check("deadline 2h", "deadline", Some((7200, Unit::Seconds)));
        check("add 4 pods", "add", Some((4, Unit::Pods)));
    }

    #[test]
    fn ranges_have_any_dash() {
        let vocabulary = Vocabulary::default();
        let range = |text| Figures::of(Phrase::new(text, &vocabulary)).range();
        assert_eq!(range("2-10 реплік"), Some((2, 10)));
        assert_eq!(range("2 – 10"), Some((2, 10)));
        assert_eq!(range("2..10"), Some((2, 10)));
        assert_eq!(range("between 2 and 10"), Some((2, 10)));
        assert_eq!(range("между 2 и 10"), Some((2, 10)));
        assert_eq!(range("min 2 and 10"), Some((2, 10)));
        assert_eq!(range("from 2 to 10 pods"), Some((2, 10)));
        assert_eq!(range("2 до 10"), Some((2, 10)));
        assert_eq!(range("2 and 10"), None);
        assert_eq!(range("2 to 70%"), None);
        assert_eq!(range("10-2"), None);
        assert_eq!(range("CPU 70-80%"), None);
        assert_eq!(range("CPU 70%"), None);
    }
}
