//! The words that tell a wish, and the values that stand beside them.

use crate::checklist::Inline;
use crate::vocabulary::{Phrase, Vocabulary, Word};

use super::super::amounts;
use super::super::target;
use super::wishes::{Kind, Wish};

/// What each wish is told by.
const KINDS: &[(Kind, Word)] = &[
    (Kind::RateLimit, Word::RateLimit),
    (Kind::BasicAuth, Word::BasicAuth),
    (Kind::ForwardAuth, Word::ForwardAuth),
    (Kind::Rewrite, Word::Rewrite),
    (Kind::IdleTimeout, Word::IdleTimeout),
    (Kind::BodySize, Word::BodySize),
    (Kind::Cors, Word::Cors),
    (Kind::HttpsRedirect, Word::HttpsRedirect),
    (Kind::AllowList, Word::AllowList),
    (Kind::StickySessions, Word::StickySessions),
];

/// Returns the wishes that a bullet states. It may state several.
pub(in crate::resolve) fn read(text: &Inline, vocabulary: &Vocabulary) -> Vec<Wish> {
    let plain = text.plain();
    let lower = plain.to_lowercase();
    let whole = Phrase::new(&lower, vocabulary);
    let told = KINDS.iter().filter(|(_, word)| whole.has(*word));
    told.filter_map(|(kind, word)| wish(*kind, text, (whole, clause(whole, *word))))
        .collect()
}

/// Returns what stands between two commas and tells a wish with its number, else the whole text.
fn clause(whole: Phrase<'_>, meaning: Word) -> Phrase<'_> {
    let numbered = |clause: &Phrase<'_>| clause.text().contains(|it: char| it.is_ascii_digit());
    let clauses = whole.text().split([',', ';']);
    let mut clauses = clauses.map(|clause| whole.with(clause));
    let told = clauses.find(|clause| clause.has(meaning));
    told.filter(numbered).unwrap_or(whole)
}

/// Returns a wish with its values; none where one that it can't do without is missing.
fn wish(kind: Kind, text: &Inline, (whole, own): (Phrase<'_>, Phrase<'_>)) -> Option<Wish> {
    let codes = || text.codes().map(|(code, _)| code);
    Some(match kind {
        Kind::RateLimit => Wish::RateLimit {
            count: number(own.text())?,
            seconds: period(own),
            burst: amounts::numbers_after(whole, Word::Burst),
        },
        Kind::BasicAuth => Wish::BasicAuth {
            secret: codes()
                .find(|code| is_name(code) && !super::paths::is_host(code))
                .map(str::to_owned),
        },
        Kind::ForwardAuth => Wish::ForwardAuth {
            url: urls(text).into_iter().next(),
        },
        Kind::Rewrite => {
            let mut paths: Vec<String> = codes()
                .filter(|code| target::is_endpoint(code))
                .map(super::paths::prefix)
                .collect();
            let to = if paths.len() == 2 { paths.pop() } else { None };
            Wish::Rewrite {
                from: paths,
                to: to.unwrap_or_else(|| "/".to_owned()),
            }
        }
        Kind::IdleTimeout => Wish::IdleTimeout {
            seconds: length(own).unwrap_or(super::LONG),
        },
        Kind::BodySize => Wish::BodySize { bytes: bytes(own)? },
        Kind::Cors => Wish::Cors {
            origins: urls(text),
        },
        Kind::HttpsRedirect => Wish::HttpsRedirect,
        Kind::AllowList => {
            let ranges = ranges(whole.text());
            if ranges.is_empty() {
                return None;
            }
            Wish::AllowList { ranges }
        }
        Kind::StickySessions => Wish::StickySessions,
    })
}

fn number(lower: &str) -> Option<u32> {
    let digits = |character: char| !character.is_ascii_digit();
    lower.split(digits).find_map(|digits| digits.parse().ok())
}

/// Returns the seconds of `100/min`, `100 rps`, `100 запросов в минуту`.
fn period(text: Phrase<'_>) -> u32 {
    let tokens = text
        .text()
        .split(|character: char| !character.is_alphabetic());
    for token in tokens {
        let is = |meaning| text.vocabulary().tells(token, meaning);
        if token == "rpm" || is(Word::Minutes) {
            return 60;
        }
        if token == "rph" || is(Word::Hours) {
            return 3600;
        }
    }
    1
}

/// Returns the seconds of `3600s`, `1h`, `60 мин`; seconds where no unit is named.
fn length(text: Phrase<'_>) -> Option<u32> {
    let (number, unit) = amount(text.text())?;
    let is = |meaning| text.vocabulary().tells(&unit, meaning);
    let seconds = if is(Word::Hours) {
        3600
    } else if is(Word::Minutes) {
        60
    } else {
        1
    };
    number.checked_mul(seconds)
}

/// Returns the bytes of `50m`, `50 MB`, `10 Мб`, `1g`.
fn bytes(text: Phrase<'_>) -> Option<u64> {
    let (number, unit) = amount(text.text())?;
    let is = |meaning| text.vocabulary().tells(&unit, meaning);
    let shift = if unit.starts_with('k') || is(Word::Kilobytes) {
        10
    } else if unit.starts_with(['m', 'м']) || is(Word::Megabytes) {
        20
    } else if unit.starts_with('g') || is(Word::Gigabytes) {
        30
    } else {
        0
    };
    u64::from(number).checked_shl(shift)
}

/// Returns the first number with the letters behind it.
fn amount(lower: &str) -> Option<(u32, String)> {
    let start = lower.find(|character: char| character.is_ascii_digit())?;
    let rest = lower.get(start..)?;
    let end = rest
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(rest.len());
    let (number, rest) = rest.split_at_checked(end)?;
    let unit = rest
        .trim_start()
        .chars()
        .take_while(|character| character.is_alphabetic());
    Some((number.parse().ok()?, unit.collect()))
}

fn urls(text: &Inline) -> Vec<String> {
    let plain = text.plain();
    let ends = |character: char| character.is_whitespace() || ",;()\"'`".contains(character);
    plain
        .split(ends)
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(|word| word.trim_end_matches(['.', '/']).to_owned())
        .collect()
}

/// Returns the addresses and ranges of addresses in a text.
fn ranges(lower: &str) -> Vec<String> {
    let ends = |character: char| character.is_whitespace() || ",;()\"'`".contains(character);
    lower
        .split(ends)
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| {
            let (address, bits) = word.split_once('/').unwrap_or((word, "0"));
            address.parse::<std::net::IpAddr>().is_ok() && bits.parse::<u8>().is_ok()
        })
        .map(|word| {
            if word.contains('/') {
                word.to_owned()
            } else {
                host_range(word)
            }
        })
        .collect()
}

fn host_range(address: &str) -> String {
    let bits = if address.contains(':') { 128 } else { 32 };
    format!("{address}/{bits}")
}

/// Returns whether a code span can be an object's name.
fn is_name(code: &str) -> bool {
    let allowed = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || "-.".contains(character)
    };
    !code.is_empty() && code.chars().all(allowed)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::wishes::Wish;
    use super::read;
    use crate::checklist::{Inline, Part, Spanned};
    use crate::vocabulary::Vocabulary;

    /// Returns a bullet's text, code spans in backticks.
    pub(in crate::resolve) fn inline(source: &str) -> Inline {
        let parts = source.split('`').enumerate().map(|(index, value)| {
            let part = Spanned {
                value: value.to_owned(),
                span: 0..0,
            };
            if index % 2 == 0 {
                Part::Text(part)
            } else {
                Part::Code(part)
            }
        });
        Inline {
            source: source.to_owned(),
            span: 0..source.len(),
            parts: parts.collect(),
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[Wish]) {
        assert_eq!(
            read(&inline(text), &Vocabulary::default()),
            expected,
            "{text}"
        );
    }

    #[test]
    fn a_rate_limit_has_a_count_and_a_period() {
        let limit = |count, seconds, burst| {
            [Wish::RateLimit {
                count,
                seconds,
                burst,
            }]
        };
        check(
            "Rate limiting: 100 requests per second, burst 200",
            &limit(100, 1, Some(200)),
        );
        check("rate limit 600 rpm", &limit(600, 60, None));
        check("Ограничение запросов: 50 в минуту", &limit(50, 60, None));
        check("Обмеження частоти: 10/с", &limit(10, 1, None));
        check("Rate limiting", &[]);
    }

    #[test]
    fn authentication_names_its_secret_or_service() {
        let secret = Some("ui-users".to_owned());
        check(
            "Basic auth from Secret `ui-users`",
            &[Wish::BasicAuth { secret }],
        );
        check(
            "Базовая аутентификация",
            &[Wish::BasicAuth { secret: None }],
        );
        let url = Some("http://auth.shop.svc/verify".to_owned());
        check(
            "Forward auth: `http://auth.shop.svc/verify`",
            &[Wish::ForwardAuth { url }],
        );
    }

    #[test]
    fn prefixes_are_stripped_or_replaced() {
        let rewrite = |from: &[&str], to: &str| {
            let from = from.iter().map(|it| (*it).to_owned()).collect();
            [Wish::Rewrite {
                from,
                to: to.to_owned(),
            }]
        };
        check("Strip prefix `/api`", &rewrite(&["/api"], "/"));
        check("Переписать `/old/*` → `/new`", &rewrite(&["/old"], "/new"));
        check("Видалити префікс", &rewrite(&[], "/"));
    }

    #[test]
    fn sizes_and_lengths_have_units() {
        check(
            "Max body size: 50 MB",
            &[Wish::BodySize { bytes: 50 << 20 }],
        );
        check(
            "Размер тела запроса: 10 Мб",
            &[Wish::BodySize { bytes: 10 << 20 }],
        );
        check(
            "WebSocket timeout: 1h",
            &[Wish::IdleTimeout { seconds: 3600 }],
        );
        check(
            "Таймаут WebSocket: 30 мин",
            &[Wish::IdleTimeout { seconds: 1800 }],
        );
        check("Таймаут вебсокетів", &[Wish::IdleTimeout { seconds: 3600 }]);
    }

    #[test]
    fn the_other_wishes_are_told_by_their_words() {
        let origins = vec!["https://app.example.com".to_owned()];
        check("CORS: `https://app.example.com`", &[Wish::Cors { origins }]);
        check("Редирект на HTTPS", &[Wish::HttpsRedirect]);
        check("Перенаправлення HTTP на HTTPS", &[Wish::HttpsRedirect]);
        let ranges = vec!["10.0.0.0/8".to_owned(), "192.0.2.7/32".to_owned()];
        check(
            "Белый список: 10.0.0.0/8, 192.0.2.7",
            &[Wish::AllowList { ranges }],
        );
        check("IP allow list", &[]);
        check("Липкі сесії", &[Wish::StickySessions]);
        check("TLS termination", &[]);
    }
}
