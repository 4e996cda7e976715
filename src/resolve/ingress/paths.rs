//! Paths as people write them, by their meaning: `/api/*` is the prefix `/api`, `= /health` and
//! "exactly `/health`" are the whole path, `~ ^/v[0-9]+/` is a regular expression.

use crate::checklist::{Inline, Part, Spanned};

use super::model::PathKind;
use crate::vocabulary::{Phrase, Vocabulary, Word, words};

/// A path that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::resolve) struct PathWish {
    pub(in crate::resolve) host: Option<String>,
    pub(in crate::resolve) path: String,
    pub(in crate::resolve) kind: PathKind,
    /// The service or workload behind it, with a port where one is named (`api:8080`).
    pub(in crate::resolve) to: Option<String>,
}

/// Returns the path that a text such as `shop.test/api/*` or `= /health` stands for.
pub(super) fn parse(text: &str) -> Option<PathWish> {
    let text = text.trim();
    let wish = |host: Option<&str>, path: String, kind| PathWish {
        host: host.map(str::to_lowercase),
        path,
        kind,
        to: None,
    };
    if let Some(path) = text.strip_prefix('=') {
        let path = path.trim();
        return path
            .starts_with('/')
            .then(|| wish(None, path.to_owned(), PathKind::Exact));
    }
    if let Some(path) = text.strip_prefix('~') {
        let path = path.trim_start_matches('*').trim();
        return (!path.is_empty()).then(|| wish(None, anchored(path), PathKind::Regex));
    }
    if text.contains(char::is_whitespace) || text.contains("://") {
        return None;
    }
    let (host, path) = match text.find('/') {
        Some(0) => (None, text),
        Some(at) => {
            let (host, path) = text.split_at_checked(at)?;
            (Some(host).filter(|host| is_host(host)), path)
        }
        None => return is_host(text).then(|| wish(Some(text), "/".to_owned(), PathKind::Prefix)),
    };
    if host.is_none() && !text.starts_with('/') {
        return None;
    }
    Some(if is_regex(path) {
        wish(host, anchored(path), PathKind::Regex)
    } else {
        wish(host, prefix(path), PathKind::Prefix)
    })
}

/// Returns the prefix that a path stands for: `/api/*`, `/api/**` and `/api/` are `/api`.
pub(in crate::resolve) fn prefix(path: &str) -> String {
    let bare = path.trim_end_matches('*').trim_end_matches('/');
    if bare.is_empty() {
        "/".to_owned()
    } else {
        bare.to_owned()
    }
}

/// Returns whether a word can be the name of a host, wildcards included.
pub(in crate::resolve) fn is_host(text: &str) -> bool {
    let bare = text.strip_prefix("*.").unwrap_or(text);
    let label = |label: &str| {
        let inner = |character: char| character.is_ascii_alphanumeric() || character == '-';
        !label.is_empty() && label.chars().all(inner) && !label.starts_with('-')
    };
    let last = bare.rsplit('.').next().unwrap_or_default();
    let letters = last
        .chars()
        .any(|character| character.is_ascii_alphabetic());
    let file = ["yml", "yaml", "md", "json", "conf", "toml"].contains(&last);
    bare.contains('.') && letters && !file && bare.split('.').all(label)
}

fn is_regex(path: &str) -> bool {
    let inner = path.trim_end_matches('*');
    inner.contains(['(', '[', '\\', '^', '$', '|', '+', '*']) || path.ends_with(".*")
}

fn anchored(path: &str) -> String {
    format!("/{}", path.trim_start_matches('^').trim_start_matches('/'))
}

/// Returns the paths that a bullet asks for, each with the service behind its arrow.
pub(in crate::resolve) fn read(text: &Inline, vocabulary: &Vocabulary) -> Vec<PathWish> {
    let mut found = Vec::new();
    let plain = text.plain();
    let head = plain.split_once(':').map_or("", |(head, _)| head);
    let exact = |text: &str| Phrase::new(text, vocabulary).has(Word::Exactly);
    let all_exact = !head.contains('/') && exact(head);
    let clauses = clauses(text, vocabulary);
    // Behind a second arrow stands another host's.
    let twice = |it: &Clause| {
        let behind = it.behind.as_deref().unwrap_or_default();
        ARROWS.iter().any(|arrow| behind.contains(arrow))
    };
    if clauses
        .iter()
        .any(|it| twice(it) || it.leads_elsewhere(vocabulary))
    {
        return found;
    }
    // Hosts that stand alone are those of the paths behind them.
    let mut alone: Option<(String, bool)> = None;
    for clause in clauses {
        let (led, codes) = clause.led();
        if let Some(host) = led {
            if alone.as_ref().is_some_and(|(_, used)| !used) {
                return Vec::new();
            }
            alone = Some((host, false));
        }
        let exact = all_exact || exact(&clause.words);
        // `/api` → api, exact
        if exact && clause.codes.is_empty() && clause.behind.is_none() {
            found.iter_mut().for_each(make_exact);
        }
        let to = clause.to(vocabulary);
        for code in codes {
            // A host alone is one to be served, unless it is said by what.
            let routed = |host: bool| !host || code.contains('/') || to.is_some();
            let Some(mut path) = parse(code).filter(|it| routed(it.host.is_some())) else {
                continue;
            };
            if exact && !code.ends_with('*') {
                make_exact(&mut path);
            }
            path.to.clone_from(&to);
            if let Some((host, used)) = alone.as_mut().filter(|_| path.host.is_none()) {
                path.host = Some(host.clone());
                *used = true;
            }
            found.push(path);
        }
    }
    // One without paths of its own is left beside others.
    if alone.is_some_and(|(_, used)| !used) {
        return Vec::new();
    }
    found
}

fn make_exact(path: &mut PathWish) {
    if path.kind == PathKind::Prefix {
        path.kind = PathKind::Exact;
    }
}

/// Returns the hosts that a bullet names.
pub(in crate::resolve) fn hosts(text: &Inline) -> Vec<String> {
    let plain = text.plain();
    let ends = |character: char| character.is_whitespace() || ",;()\"'".contains(character);
    plain
        .split(ends)
        .map(|word| word.trim_matches(['.', ':']))
        .filter(|word| is_host(word))
        .map(str::to_lowercase)
        .collect()
}

/// What stands between two commas.
#[derive(Debug, Default)]
struct Clause {
    words: String,
    codes: Vec<String>,
    /// The words and codes behind an arrow.
    behind: Option<String>,
}

impl Clause {
    /// Returns the host that stands alone or before paths (`a.test`: `/api` → api), and the other
    /// code spans.
    fn led(&self) -> (Option<String>, &[String]) {
        let leads = |paths: &[String]| match paths {
            [] => self.behind.is_none(),
            paths => paths.iter().any(|it| it.starts_with('/')),
        };
        match self.codes.split_first() {
            Some((host, paths)) if is_host(host) && leads(paths) => {
                (Some(host.to_lowercase()), paths)
            }
            _ => (None, &self.codes),
        }
    }

    /// Whether more stands behind the arrow than one service: `→ web, api` is two clauses, `→ web
    /// and api`, `→ web /ws` and `→ web (nginx)` are one.
    fn leads_elsewhere(&self, vocabulary: &Vocabulary) -> bool {
        let behind = self.behind.as_deref().unwrap_or_default();
        let aside = |word: &&str| {
            vocabulary.tells(word, Word::Target) || vocabulary.tells(word, Word::Article)
        };
        let mut others = words(behind).filter(|word| !aside(word)).skip(1);
        // A port's number belongs to its name.
        let port = |word: &str| behind.contains(&format!(":{word}"));
        others.any(|word| !port(word)) || behind.split_whitespace().any(|it| it.starts_with('/'))
    }

    fn to(&self, vocabulary: &Vocabulary) -> Option<String> {
        let behind = self.behind.as_ref()?;
        words(behind)
            .find(|word| !vocabulary.tells(word, Word::Target))
            .map(|word| {
                let port = behind
                    .split_once(word)
                    .and_then(|(_, rest)| rest.strip_prefix(':'));
                let digits: String = port
                    .unwrap_or_default()
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect();
                if digits.is_empty() {
                    word.to_owned()
                } else {
                    format!("{word}:{digits}")
                }
            })
    }
}

/// Marks between a path or a host and the service that it leads to.
pub(in crate::resolve) const ARROWS: [&str; 4] = ["→", "=>", "->", "⇒"];

/// Returns a text's parts with the hosts and paths before an arrow as code, as others mark them:
/// `a.test → web`, `/api → api`.
fn marked(text: &Inline) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut all = text.parts.iter().peekable();
    while let Some(part) = all.next() {
        let Part::Text(piece) = part else {
            parts.push(part.clone());
            continue;
        };
        let arrow = |text: &str| ARROWS.iter().any(|it| text.contains(it));
        let later = all.clone().any(|it| arrow(it.text()));
        let (mut rest, mut said) = (piece.value.as_str(), String::new());
        let of = |value: String| Spanned {
            value,
            span: piece.span.clone(),
        };
        while let Some(word) = rest.split_whitespace().next() {
            let at = rest.find(word).unwrap_or_default();
            let (before, behind) = rest.split_at_checked(at + word.len()).unwrap_or((rest, ""));
            rest = behind;
            let core = word.trim_matches(|it: char| ",;:()\"'*".contains(it));
            let next = ARROWS.iter().any(|it| behind.trim_start().starts_with(it));
            let place = is_host(core) || core.contains('/') && parse(core).is_some();
            if place && (core != "/" || next) && (later || arrow(behind)) {
                let (open, close) = before.rsplit_once(core).unwrap_or((before, ""));
                said.push_str(open);
                parts.push(Part::Text(of(std::mem::take(&mut said))));
                parts.push(Part::Code(of(core.to_owned())));
                said.push_str(close);
            } else {
                said.push_str(before);
            }
        }
        said.push_str(rest);
        parts.push(Part::Text(of(said)));
    }
    parts
}

fn clauses(text: &Inline, vocabulary: &Vocabulary) -> Vec<Clause> {
    let mut clauses = vec![Clause::default()];
    for part in &marked(text) {
        match part {
            Part::Code(code) => {
                if let Some(clause) = clauses.last_mut() {
                    match &mut clause.behind {
                        Some(behind) => behind.push_str(&code.value),
                        None => clause.codes.push(code.value.clone()),
                    }
                }
            }
            Part::Text(piece) => {
                for (index, piece) in piece.value.split([',', ';']).enumerate() {
                    if index > 0 {
                        clauses.push(Clause::default());
                    }
                    let Some(clause) = clauses.last_mut() else {
                        continue;
                    };
                    // `a.test` → web and `b.test` → api
                    let last = piece.split_whitespace().next_back();
                    let and = last.filter(|it| vocabulary.tells(it, Word::And));
                    let arrow = |it: &&str| piece.contains(*it);
                    let routed = clause.behind.is_some() || ARROWS.iter().any(arrow);
                    let and = and.filter(|_| routed);
                    let before = and.and_then(|and| piece.trim_end().strip_suffix(and));
                    add_words(clause, before.unwrap_or(piece));
                    if before.is_some() {
                        clauses.push(Clause::default());
                    }
                }
            }
        }
    }
    together(clauses, vocabulary)
}

/// Returns clauses with those of hosts alone taken into the one behind them that leads a host somewhere:
/// `a.test, b.test → web`.
fn together(clauses: Vec<Clause>, vocabulary: &Vocabulary) -> Vec<Clause> {
    let hosts = |codes: &[String]| !codes.is_empty() && codes.iter().all(|it| is_host(it));
    let bare = |words: &str| {
        let said = [
            Word::Hosts,
            Word::Purpose,
            Word::And,
            Word::Entry,
            Word::Idle,
        ];
        let mut all = crate::vocabulary::words(words);
        all.all(|it| said.iter().any(|meaning| vocabulary.tells(it, *meaning)))
    };
    let mut taken: Vec<Clause> = Vec::new();
    for mut clause in clauses {
        if clause.behind.is_some() && hosts(&clause.codes) {
            while let Some(alone) =
                taken.pop_if(|it| it.behind.is_none() && hosts(&it.codes) && bare(&it.words))
            {
                clause.codes.splice(0..0, alone.codes);
                clause.words.insert_str(0, &alone.words);
            }
        }
        taken.push(clause);
    }
    taken
}

fn add_words(clause: &mut Clause, piece: &str) {
    if let Some(behind) = &mut clause.behind {
        behind.push_str(piece);
        return;
    }
    let arrow = ARROWS.iter().find_map(|arrow| piece.split_once(arrow));
    match arrow {
        Some((before, behind)) => {
            clause.words.push_str(before);
            clause.behind = Some(behind.to_owned());
        }
        None => clause.words.push_str(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::{PathKind, hosts, parse, read};
    use crate::resolve::ingress::told::tests::inline;
    use crate::vocabulary::Vocabulary;
    use PathKind::{Exact, Prefix, Regex};

    #[track_caller]
    fn check(text: &str, host: Option<&str>, path: &str, kind: PathKind) {
        let found = parse(text).expect("a path");
        let found = (found.host.as_deref(), found.path.as_str(), found.kind);
        assert_eq!(found, (host, path, kind), "{text}");
    }

    type Expected<'e> = (&'e str, PathKind, Option<&'e str>);

    #[track_caller]
    fn check_bullet(text: &str, expected: &[Expected<'_>]) {
        let found = read(&inline(text), &Vocabulary::default());
        let found: Vec<Expected<'_>> = found
            .iter()
            .map(|it| (it.path.as_str(), it.kind, it.to.as_deref()))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn stars_and_slashes_at_the_end_mean_a_prefix() {
        for text in ["/api", "/api/", "/api/*", "/api/**"] {
            check(text, None, "/api", Prefix);
        }
        check("/", None, "/", Prefix);
        check("/*", None, "/", Prefix);
        check("Shop.test/api/*", Some("shop.test"), "/api", Prefix);
        check("*.shop.test", Some("*.shop.test"), "/", Prefix);
    }

    #[test]
    fn hosts_before_one_that_leads_somewhere_lead_there_too() {
        let hosts = |text: &str| -> Vec<String> {
            let found = read(&inline(text), &Vocabulary::default());
            let shown = found.iter().map(|it| {
                let (host, to) = (it.host.as_deref(), it.to.as_deref());
                format!(
                    "{}{} {}",
                    host.unwrap_or_default(),
                    it.path,
                    to.unwrap_or_default()
                )
            });
            shown.collect()
        };
        let both = ["a.test/ web", "b.test/ web"];
        assert_eq!(hosts("`a.test`, `b.test` → web"), both);
        assert_eq!(hosts("hosts `a.test`, `b.test` → web"), both);
        let more = ["a.test/ web", "b.test/ web", "/api api"];
        assert_eq!(hosts("`a.test`, `b.test` → web, `/api` → api"), more);
    }

    #[test]
    fn locations_of_nginx_are_read_as_nginx_does() {
        check("= /health", None, "/health", Exact);
        check("~ ^/v[0-9]+/", None, "/v[0-9]+/", Regex);
        check("~* \\.(png|jpg)$", None, "/\\.(png|jpg)$", Regex);
        check("/files/*.png", None, "/files/*.png", Regex);
    }

    #[test]
    fn other_code_is_no_path() {
        for text in [
            "nginx",
            "pg_isready",
            "http://a.test/",
            "k8s/ingress.yml",
            "a b",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_path_may_name_its_service() {
        check_bullet(
            "Paths: `/api/*` → `api`, `/` → frontend:3000",
            &[
                ("/api", Prefix, Some("api")),
                ("/", Prefix, Some("frontend:3000")),
            ],
        );
        check_bullet(
            "`a.shop.test`: `/api` → api, `/track` → track",
            &[
                ("/api", Prefix, Some("api")),
                ("/track", Prefix, Some("track")),
            ],
        );
        let found = read(
            &inline("`a.shop.test`: `/api` → api, `/track` → track"),
            &Vocabulary::default(),
        );
        let mut hosts = found.iter().map(|it| it.host.as_deref());
        assert!(hosts.all(|it| it == Some("a.shop.test")), "{found:?}");
        check_bullet(
            "`a.shop.test` → web and `b.shop.test/v1` → api:8080",
            &[
                ("/", Prefix, Some("web")),
                ("/v1", Prefix, Some("api:8080")),
            ],
        );
        check_bullet(
            "`/a` → web and /b → api",
            &[("/a", Prefix, Some("web")), ("/b", Prefix, Some("api"))],
        );
        check_bullet(
            "Path-based routing: `/api/*`, `/admin/*`, `/ws`",
            &[
                ("/api", Prefix, None),
                ("/admin", Prefix, None),
                ("/ws", Prefix, None),
            ],
        );
    }

    #[test]
    fn exactly_is_said_in_each_language() {
        for text in [
            "`/health` exactly",
            "exact `/health`",
            "ровно `/health`",
            "точно `/health`",
            "лише `/health`",
        ] {
            check_bullet(text, &[("/health", Exact, None)]);
        }
        check_bullet(
            "Exact paths: `/a`, `/b`",
            &[("/a", Exact, None), ("/b", Exact, None)],
        );
        check_bullet(
            "`/api/*`, exactly `/up`",
            &[("/api", Prefix, None), ("/up", Exact, None)],
        );
    }

    #[test]
    fn hosts_are_told_from_files_and_numbers() {
        let found = hosts(&inline(
            "Hosts: `api.shop.test`, admin.shop.test (see `a.yml`, 1.2).",
        ));
        assert_eq!(found, ["api.shop.test", "admin.shop.test"]);
    }
}
