//! The words that tell a wish, and the values that stand beside them.

use crate::checklist::{
    Inline,
    Language::{self, English, Russian, Ukrainian},
};

use super::super::amounts;
use super::super::target;
use super::super::words::words;
use super::wishes::{Kind, Wish};

/// The words that tell a wish, in each language. Stems joined by `+` must all be there; `$` ends a
/// whole word. The first row that fits wins, and a bullet may fit several kinds.
const WORDS: &[(Kind, Language, &[&str])] = &[
    (
        Kind::RateLimit,
        English,
        &[
            "rate-limit",
            "ratelimit",
            "rate+limit",
            "throttl",
            "limit-rps$",
            "limit+request",
        ],
    ),
    (
        Kind::RateLimit,
        Russian,
        &[
            "лимит+запрос",
            "огранич+запрос",
            "огранич+частот",
            "огранич+скорост",
            "троттлинг",
        ],
    ),
    (
        Kind::RateLimit,
        Ukrainian,
        &[
            "ліміт+запит",
            "обмеж+запит",
            "обмеж+частот",
            "обмеж+швидкост",
            "тротлінг",
        ],
    ),
    (
        Kind::BasicAuth,
        English,
        &[
            "basic-auth",
            "basicauth",
            "basic+auth",
            "htpasswd",
            "auth-secret$",
        ],
    ),
    (
        Kind::BasicAuth,
        Russian,
        &["базов+аутентиф", "базов+авториз", "парол+вход"],
    ),
    (
        Kind::BasicAuth,
        Ukrainian,
        &["базов+автентиф", "базов+авториз", "парол+вход"],
    ),
    (
        Kind::ForwardAuth,
        English,
        &[
            "forward-auth",
            "forwardauth",
            "forward+auth",
            "external+auth",
            "auth-url$",
            "oauth2-proxy",
        ],
    ),
    (
        Kind::ForwardAuth,
        Russian,
        &["внешн+аутентиф", "внешн+авториз"],
    ),
    (
        Kind::ForwardAuth,
        Ukrainian,
        &["зовнішн+автентиф", "зовнішн+авториз"],
    ),
    (
        Kind::Rewrite,
        English,
        &[
            "strip+prefix",
            "strip-prefix",
            "stripprefix",
            "rewrit",
            "rewrite-target$",
            "remove+prefix",
        ],
    ),
    (
        Kind::Rewrite,
        Russian,
        &[
            "перепис",
            "убра+префикс",
            "убир+префикс",
            "удал+префикс",
            "отрез+префикс",
            "реврайт",
        ],
    ),
    (
        Kind::Rewrite,
        Ukrainian,
        &[
            "перепис",
            "прибра+префікс",
            "прибир+префікс",
            "видал+префікс",
            "відріз+префікс",
        ],
    ),
    (
        Kind::IdleTimeout,
        English,
        &[
            "websocket",
            "web-socket",
            "timeout",
            "time-out",
            "proxy-read-timeout",
        ],
    ),
    (
        Kind::IdleTimeout,
        Russian,
        &["вебсокет", "веб-сокет", "таймаут", "тайм-аут"],
    ),
    (
        Kind::IdleTimeout,
        Ukrainian,
        &["вебсокет", "веб-сокет", "таймаут", "тайм-аут"],
    ),
    (
        Kind::BodySize,
        English,
        &[
            "body+size",
            "body-size",
            "proxy-body-size",
            "client_max_body_size",
            "upload+size",
            "upload+limit",
            "max+body",
            "max+upload",
        ],
    ),
    (
        Kind::BodySize,
        Russian,
        &[
            "размер+тел",
            "размер+запрос",
            "размер+загруз",
            "размер+файл",
        ],
    ),
    (
        Kind::BodySize,
        Ukrainian,
        &[
            "розмір+тіл",
            "розмір+запит",
            "розмір+завантаж",
            "розмір+файл",
        ],
    ),
    (Kind::Cors, English, &["cors$", "cross-origin"]),
    (
        Kind::HttpsRedirect,
        English,
        &[
            "redirect+https",
            "ssl-redirect",
            "force+https",
            "https-redirect",
            "https-only$",
            "https+only$",
        ],
    ),
    (
        Kind::HttpsRedirect,
        Russian,
        &["редирект+https", "перенаправ+https"],
    ),
    (
        Kind::HttpsRedirect,
        Ukrainian,
        &[
            "редірект+https",
            "редирект+https",
            "перенаправ+https",
            "переспрям+https",
        ],
    ),
    (
        Kind::AllowList,
        English,
        &[
            "allow-list",
            "allow+list",
            "allowlist",
            "white-list",
            "white+list",
            "whitelist",
            "allowed+ip",
            "restrict+ip",
            "allow+ip$",
        ],
    ),
    (
        Kind::AllowList,
        Russian,
        &["бел+списо", "бел+списк", "разреш+ip$", "разреш+адрес"],
    ),
    (
        Kind::AllowList,
        Ukrainian,
        &["біл+списо", "біл+списк", "дозвол+ip$", "дозвол+адрес"],
    ),
    (
        Kind::StickySessions,
        English,
        &[
            "sticky",
            "session+affinity",
            "session-affinity",
            "cookie+affinity",
        ],
    ),
    (
        Kind::StickySessions,
        Russian,
        &["липк+сесси", "закреп+сесси", "привязк+сесси"],
    ),
    (
        Kind::StickySessions,
        Ukrainian,
        &["липк+сесі", "закріп+сесі", "прив'яз+сесі"],
    ),
];

/// Returns the wishes that a bullet states.
pub(in crate::resolve) fn read(text: &Inline) -> Vec<Wish> {
    let plain = text.plain();
    let lower = plain.to_lowercase();
    let mut kinds: Vec<(Kind, &str)> = Vec::new();
    for (kind, _, stems) in WORDS {
        if kinds.iter().any(|(known, _)| known == kind) {
            continue;
        }
        if let Some(stem) = stems.iter().find(|stem| tells(&lower, stem)) {
            kinds.push((*kind, stem));
        }
    }
    let told = |(kind, stem)| wish(kind, text, (&lower, clause(&lower, stem)));
    kinds.into_iter().filter_map(told).collect()
}

/// Returns what stands between two commas and tells a wish with its number, else the whole text.
fn clause<'t>(lower: &'t str, stems: &str) -> &'t str {
    let numbered = |clause: &&str| clause.contains(|character: char| character.is_ascii_digit());
    let mut clauses = lower
        .split([',', ';'])
        .filter(|clause| tells(clause, stems));
    clauses.next().filter(numbered).unwrap_or(lower)
}

fn tells(lower: &str, stems: &str) -> bool {
    stems.split('+').all(|stem| {
        words(lower).any(|word| match stem.strip_suffix('$') {
            Some(whole) => word == whole,
            None => word.starts_with(stem),
        })
    })
}

/// Returns a wish with its values; none where one that it can't do without is missing.
fn wish(kind: Kind, text: &Inline, (whole, own): (&str, &str)) -> Option<Wish> {
    let codes = || text.codes().map(|(code, _)| code);
    Some(match kind {
        Kind::RateLimit => Wish::RateLimit {
            count: number(own)?,
            seconds: period(own),
            burst: amounts::number_after(whole, |word| {
                ["burst", "всплеск", "сплеск"]
                    .iter()
                    .any(|stem| word.starts_with(stem))
            }),
        },
        Kind::BasicAuth => Wish::BasicAuth {
            secret: codes().find(|code| is_name(code)).map(str::to_owned),
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
            let ranges = ranges(whole);
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
fn period(lower: &str) -> u32 {
    let tokens = lower.split(|character: char| !character.is_alphabetic());
    for token in tokens {
        match token {
            "rpm" | "min" | "mins" | "m" | "мин" | "хв" => return 60,
            "rph" | "h" | "ч" | "год" => return 3600,
            _ if token.starts_with("minute")
                || token.starts_with("минут")
                || token.starts_with("хвилин") =>
            {
                return 60;
            }
            _ if token.starts_with("hour")
                || (token.starts_with("час") && !token.starts_with("част"))
                || token.starts_with("годин") =>
            {
                return 3600;
            }
            _ => {}
        }
    }
    1
}

/// Returns the seconds of `3600s`, `1h`, `60 мин`; seconds where no unit is named.
fn length(lower: &str) -> Option<u32> {
    let (number, unit) = amount(lower)?;
    let unit = match unit.as_str() {
        "h" | "ч" | "час" | "часа" | "часов" | "год" | "години" | "годин" | "година" => {
            3600
        }
        _ if unit.starts_with("hour") => 3600,
        "m" | "min" | "мин" | "хв" => 60,
        _ if unit.starts_with("minute")
            || unit.starts_with("минут")
            || unit.starts_with("хвилин") =>
        {
            60
        }
        _ => 1,
    };
    number.checked_mul(unit)
}

/// Returns the bytes of `50m`, `50 MB`, `10 Мб`, `1g`.
fn bytes(lower: &str) -> Option<u64> {
    let (number, unit) = amount(lower)?;
    let shift = match unit.chars().next() {
        Some('k' | 'к') => 10,
        Some('m' | 'м') => 20,
        Some('g' | 'г') => 30,
        _ => 0,
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
        assert_eq!(read(&inline(text)), expected, "{text}");
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
