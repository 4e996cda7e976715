//! Dates as documents write them: `2026-01-31`, or `31.01.2026` where a document does so.

use jiff::civil::Date;

use super::Checklist;

/// How a document writes dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DateStyle {
    /// `2026-01-31`.
    #[default]
    Iso,
    /// `31.01.2026`.
    Dotted,
}

impl DateStyle {
    /// Returns a date in that style.
    pub fn write(self, date: Date) -> String {
        match self {
            Self::Iso => date.to_string(),
            Self::Dotted => format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()),
        }
    }
}

impl Checklist {
    /// Returns how this document writes dates: as its own dates are, or as its placeholders say.
    pub fn date_style(&self) -> DateStyle {
        let fields = [&self.started, &self.completed];
        let fields = fields.into_iter().flatten().map(|field| field.text.trim());
        let closing = self.closing.as_ref();
        let closing = closing.and_then(|closing| self.text.get(closing.span.clone()));
        let words = closing
            .into_iter()
            .flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && !"-./".contains(c)));
        fields
            .chain(words)
            .find_map(|text| style_of(text.trim_end_matches('.')))
            .unwrap_or_default()
    }
}

/// Returns the style of a date or of a date's placeholder.
fn style_of(text: &str) -> Option<DateStyle> {
    let dated = read_date(text).is_some() || (!text.is_empty() && is_pattern(text));
    let dotted = text.matches('.').count() == 2;
    match (dated, dotted) {
        (true, true) => Some(DateStyle::Dotted),
        (true, false) if text.matches('-').count() == 2 => Some(DateStyle::Iso),
        (true | false, _) => None,
    }
}

/// Returns the date that a text is, in either style.
pub fn read_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let dotted = text.split('.').collect::<Vec<_>>();
    match dotted.as_slice() {
        [day, month, year] if day.len() == 2 && month.len() == 2 && year.len() == 4 => {
            date(year, month, day)
        }
        _ if text.len() == 10 => text.parse().ok(),
        _ => None,
    }
}

/// Returns whether a text stands for no date yet: nothing, a dash, a pattern like `YYYY-MM-DD`.
pub(super) fn is_blank_date(text: &str) -> bool {
    let text = text.trim();
    let dashes = |c: char| c.is_whitespace() || "-–—_….?".contains(c);
    text.chars().all(dashes) || is_pattern(text)
}

/// Returns the date that a text can only be, though it isn't written as orch reads dates.
pub(super) fn loose_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split(['-', '.', '/']).collect();
    let whole = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        [year, month, day] if parts.iter().all(whole) && year.len() == 4 => date(year, month, day),
        // `/` is where days and months change places.
        [day, month, year] if parts.iter().all(whole) && year.len() == 4 && !text.contains('/') => {
            date(year, month, day)
        }
        _ => None,
    }
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The letters of `YYYY-MM-DD` in three languages.
fn is_pattern(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '.', '/']).collect();
    let letters = |part: &&str| {
        let mut letters = part.chars().flat_map(char::to_lowercase);
        !part.is_empty() && letters.all(|letter| "ymdгмдр".contains(letter))
    };
    parts.len() == 3 && parts.iter().all(letters)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::{DateStyle, is_blank_date, loose_date, read_date};
    use crate::checklist::parse;
    use crate::vocabulary::Vocabulary;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let expected = expected.map(|text| text.parse().expect("a date"));
        assert_eq!(read_date(text), expected, "{text}");
    }

    #[track_caller]
    fn check_style(started: &str, closing: &str, expected: DateStyle) {
        let text = format!(
            "# Phase 1: A\n\n**Started:** {started}\n**Completed:** -\n\n- [ ] Ask\n\n\
             ## When the phase is done\n\n{closing}\n"
        );
        let parsed = parse("phase-01-a.md", &text, &Vocabulary::default()).expect("a checklist");
        assert_eq!(parsed.checklist.date_style(), expected, "{text}");
    }

    #[test]
    fn dates_are_read_in_both_styles() {
        check("2026-01-31", Some("2026-01-31"));
        check("31.01.2026", Some("2026-01-31"));
        check("2026-02-30", None);
        check("31.13.2026", None);
        check("-", None);
        check("soon", None);
    }

    #[test]
    fn what_is_no_date_yet_is_known() {
        for text in [
            "",
            "-",
            "—",
            "YYYY-MM-DD",
            "ДД.ММ.ГГГГ",
            "дд.мм.рррр",
            "...",
        ] {
            assert!(is_blank_date(text), "{text}");
        }
        for text in ["soon", "2026", "today"] {
            assert!(!is_blank_date(text), "{text}");
        }
    }

    #[test]
    fn what_can_only_be_one_date_is_told() {
        assert_eq!(loose_date("2026-1-2"), Some(date(2026, 1, 2)));
        assert_eq!(loose_date("2026/01/02"), Some(date(2026, 1, 2)));
        assert_eq!(loose_date("1.2.2026"), Some(date(2026, 2, 1)));
        assert_eq!(loose_date("01/02/2026"), None);
        assert_eq!(loose_date("2.1.26"), None);
    }

    #[test]
    fn a_document_shows_its_style() {
        check_style("-", "1. Tick", DateStyle::Iso);
        check_style("01.02.2026", "1. Tick", DateStyle::Dotted);
        check_style(
            "-",
            "1. Fill in \"Completed: DD.MM.YYYY\"",
            DateStyle::Dotted,
        );
        check_style("2026-01-02", "1. `DD.MM.YYYY`", DateStyle::Iso);
        check_style("-", "1. Заполни дату: ДД.ММ.ГГГГ.", DateStyle::Dotted);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(days in 0_i32..40_000, dotted in any::<bool>()) {
            let style = if dotted { DateStyle::Dotted } else { DateStyle::Iso };
            let day = date(1990, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
            prop_assert_eq!(read_date(&style.write(day)), Some(day));
        }
    }
}
