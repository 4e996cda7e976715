//! What a checklist wishes of the way in, beside paths and TLS.
//!
//! Which words tell a wish is `told`'s business, whether the controller can do it `express`'s.

use crate::checklist::Span;

use super::values::size;

/// A wish with the bullet that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::resolve) struct Asked {
    pub(in crate::resolve) wish: Wish,
    pub(in crate::resolve) span: Span,
}

/// What is wished, with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::resolve) enum Wish {
    /// So many requests in so many seconds.
    RateLimit {
        count: u32,
        seconds: u32,
        burst: Option<u32>,
    },
    /// Users of a Secret.
    BasicAuth { secret: Option<String> },
    /// A service that is asked.
    ForwardAuth { url: Option<String> },
    /// Prefixes become others; all that are routed, where none is named.
    Rewrite { from: Vec<String>, to: String },
    /// How long a connection may be silent.
    IdleTimeout { seconds: u32 },
    /// What a request may carry.
    BodySize { bytes: u64 },
    /// Whose scripts may call; everyone's, where none is named.
    Cors { origins: Vec<String> },
    /// Plain HTTP is sent on.
    HttpsRedirect,
    /// Who may come in.
    AllowList { ranges: Vec<String> },
    /// A client meets the same pod again.
    StickySessions,
}

/// A wish without its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::resolve) enum Kind {
    RateLimit,
    BasicAuth,
    ForwardAuth,
    Rewrite,
    IdleTimeout,
    BodySize,
    Cors,
    HttpsRedirect,
    AllowList,
    StickySessions,
}

impl Wish {
    pub(in crate::resolve) fn kind(&self) -> Kind {
        match self {
            Self::RateLimit { .. } => Kind::RateLimit,
            Self::BasicAuth { .. } => Kind::BasicAuth,
            Self::ForwardAuth { .. } => Kind::ForwardAuth,
            Self::Rewrite { .. } => Kind::Rewrite,
            Self::IdleTimeout { .. } => Kind::IdleTimeout,
            Self::BodySize { .. } => Kind::BodySize,
            Self::Cors { .. } => Kind::Cors,
            Self::HttpsRedirect => Kind::HttpsRedirect,
            Self::AllowList { .. } => Kind::AllowList,
            Self::StickySessions => Kind::StickySessions,
        }
    }

    /// Returns what it says, for readings and reports.
    pub(in crate::resolve) fn describe(&self) -> String {
        match self {
            Self::RateLimit {
                count,
                seconds,
                burst,
            } => {
                let period = match seconds {
                    1 => "second",
                    60 => "minute",
                    _ => "hour",
                };
                let burst = burst.map_or_else(String::new, |burst| format!(", bursts of {burst}"));
                format!("rate limit of {count} requests a {period}{burst}")
            }
            Self::BasicAuth {
                secret: Some(secret),
            } => format!("basic auth by Secret {secret}"),
            Self::BasicAuth { secret: None } => "basic auth by a Secret".to_owned(),
            Self::ForwardAuth { url: Some(url) } => format!("authentication asked of {url}"),
            Self::ForwardAuth { url: None } => "authentication asked of another service".to_owned(),
            Self::Rewrite { from, to } => match from.as_slice() {
                [] => "prefixes stripped".to_owned(),
                named => format!("{} becomes {to}", named.join(", ")),
            },
            Self::IdleTimeout { seconds } => format!("time-out of {seconds} s"),
            Self::BodySize { bytes } => format!("request bodies up to {}", size(*bytes)),
            Self::Cors { origins } => match origins.as_slice() {
                [] => "CORS for every origin".to_owned(),
                named => format!("CORS for {}", named.join(", ")),
            },
            Self::HttpsRedirect => "plain HTTP sent on to HTTPS".to_owned(),
            Self::AllowList { ranges } => format!("only from {}", ranges.join(", ")),
            Self::StickySessions => "sticky sessions".to_owned(),
        }
    }
}
