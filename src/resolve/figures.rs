//! Numbers in a text with what stands around them: `25% maxUnavailable`, `2–10 реплік`,
//! `100 % за 15 секунд`.

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
    /// Seconds; minutes are already multiplied.
    Seconds,
    /// Pods.
    Pods,
}

/// A text in small tokens: letters with what joins them, digits, single signs.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    tokens: Vec<String>,
}

/// How many tokens may stand between a word and its number.
const REACH: usize = 5;

impl Figures {
    pub(super) fn of(text: &str) -> Self {
        let mut tokens: Vec<String> = Vec::new();
        let mut last = Class::Space;
        let characters: Vec<char> = text.to_lowercase().chars().collect();
        for (at, character) in characters.iter().enumerate() {
            let next = characters.get(at + 1);
            let joins = matches!(character, '-' | '_' | '\'' | '’')
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
        Self { tokens }
    }

    pub(super) fn tokens(&self) -> &[String] {
        &self.tokens
    }

    /// Returns the tokens from one place to another as a text of their own.
    pub(super) fn part(&self, from: usize, to: usize) -> Self {
        let tokens = self.tokens.get(from..to.min(self.tokens.len()));
        Self {
            tokens: tokens.unwrap_or_default().to_vec(),
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
        let is = |stems: &[&str]| stems.iter().any(|stem| unit.starts_with(stem));
        let minutes = matches!(unit, "m" | "м") || is(&["minut", "мин", "хв"]);
        let seconds = matches!(unit, "s" | "с") || is(&["sec", "сек"]);
        let (number, unit) = if unit == "%" || is(&["percent", "процент", "відсот"]) {
            (number, Unit::Percent)
        } else if minutes {
            (number.saturating_mul(60), Unit::Seconds)
        } else if seconds {
            (number, Unit::Seconds)
        } else if is(&["pod", "под", "replic", "реплик", "репл"]) {
            (number, Unit::Pods)
        } else {
            (number, Unit::Plain)
        };
        Some(Figure { number, unit, at })
    }

    /// Returns where a word stands that begins with one of these.
    pub(super) fn find(&self, stems: &[&str]) -> Option<usize> {
        self.tokens
            .iter()
            .position(|token| stems.iter().any(|stem| token.starts_with(stem)))
    }

    /// Returns the number that belongs to a word: close behind it, or else right before it.
    pub(super) fn beside(&self, stems: &[&str]) -> Option<Figure> {
        let at = self.find(stems)?;
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

    /// Returns the two numbers of a range (`2-10`, `2 – 10`, `2..10`).
    pub(super) fn range(&self) -> Option<(u32, u32)> {
        (0..self.tokens.len()).find_map(|at| {
            let low: u32 = self.tokens.get(at)?.parse().ok()?;
            let dashes = self.tokens.iter().skip(at + 1);
            let dashes = dashes
                .take_while(|token| matches!(token.as_str(), "-" | "–" | "—" | "." | "…"))
                .count();
            let high = self.figure(at + 1 + dashes)?;
            let counts = high.unit != Unit::Percent && low <= high.number;
            (dashes > 0 && counts).then_some((low, high.number))
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

    #[track_caller]
    fn check(text: &str, stem: &str, expected: Option<(u32, Unit)>) {
        let found = Figures::of(text).beside(&[stem]);
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
        check("add 4 pods", "add", Some((4, Unit::Pods)));
    }

    #[test]
    fn ranges_have_any_dash() {
        assert_eq!(Figures::of("2-10 реплік").range(), Some((2, 10)));
        assert_eq!(Figures::of("2 – 10").range(), Some((2, 10)));
        assert_eq!(Figures::of("2..10").range(), Some((2, 10)));
        assert_eq!(Figures::of("10-2").range(), None);
        assert_eq!(Figures::of("CPU 70-80%").range(), None);
        assert_eq!(Figures::of("CPU 70%").range(), None);
    }
}
