//! What a code span in a line names: a path, a symbol, an endpoint, or a variable.
//!
//! By its form, and by the noun beside it where the form alone doesn't tell. What it doesn't know
//! stays unknown, and with it the line.

mod symbol;

use super::super::super::expect::Kind;
use super::homes::is_bracketed;
use super::tokens::{METHODS, Token};
use super::words::Role;

/// Endings of files' names, for names without a folder and for telling files from branches; in the
/// alphabet's order.
const EXTENSIONS: &[&str] = &[
    "adoc",
    "avro",
    "bash",
    "c",
    "cc",
    "cfg",
    "cjs",
    "clj",
    "conf",
    "cpp",
    "cs",
    "csproj",
    "css",
    "csv",
    "dart",
    "dist",
    "env",
    "erl",
    "ex",
    "example",
    "exs",
    "go",
    "gql",
    "gradle",
    "graphql",
    "groovy",
    "h",
    "hcl",
    "hpp",
    "htm",
    "html",
    "ico",
    "ini",
    "ipynb",
    "j2",
    "java",
    "jpg",
    "js",
    "json",
    "jsonc",
    "jsonl",
    "jsx",
    "key",
    "kt",
    "kts",
    "less",
    "lock",
    "lua",
    "md",
    "mjs",
    "mod",
    "nix",
    "pdf",
    "pem",
    "php",
    "pl",
    "png",
    "properties",
    "proto",
    "ps1",
    "puml",
    "py",
    "pyi",
    "r",
    "rb",
    "rs",
    "rst",
    "sample",
    "scala",
    "scss",
    "service",
    "sh",
    "sln",
    "snap",
    "sql",
    "sum",
    "svelte",
    "svg",
    "swift",
    "tf",
    "tfvars",
    "timer",
    "toml",
    "tpl",
    "ts",
    "tsx",
    "txt",
    "vue",
    "wasm",
    "webp",
    "xml",
    "yaml",
    "yml",
    "zsh",
];

/// Endings that a name without a folder may have and yet be a symbol's.
const LOOSE: &[&str] = &[
    "c", "env", "ex", "h", "key", "lock", "mod", "r", "service", "sum", "timer",
];

const NAMES: &[&str] = &[
    "Brewfile",
    "CODEOWNERS",
    "Caddyfile",
    "Containerfile",
    "Dockerfile",
    "Gemfile",
    "Jenkinsfile",
    "Justfile",
    "LICENSE",
    "Makefile",
    "Pipfile",
    "Procfile",
    "Rakefile",
    "Tiltfile",
    "Vagrantfile",
    "justfile",
];

/// Keywords that people put before `class` and `function` in plain words as well, and that the
/// definition then has.
const KEYWORDS: &[&str] = &[
    "data", "final", "inline", "inner", "open", "override", "partial", "record", "sealed",
    "suspend", "value", "virtual",
];

/// Returns whether a word is a keyword of a definition, in plain words.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word.to_lowercase().as_str())
}

/// Folders of the machine: what is below them is no endpoint.
const ROOTS: &[&str] = &[
    "bin", "boot", "dev", "etc", "home", "lib", "mnt", "opt", "proc", "root", "run", "sbin", "srv",
    "sys", "tmp", "usr", "var",
];

/// The pieces beside a code span.
#[derive(Debug, Clone, Copy, Default)]
struct Beside<'t> {
    before: Option<&'t Token<'t>>,
    behind: Option<&'t Token<'t>>,
    /// Whether only a type's name can stand there: ``add `close()` to `Shop` ``.
    of_type: bool,
    /// Whether what a type has can stand there: ``class `Shop` (`name`, `owner`)``.
    of_owner: bool,
}

impl Beside<'_> {
    fn names(self, role: Role) -> bool {
        [self.before, self.behind]
            .into_iter()
            .flatten()
            .any(|word| word.is(role))
    }
}

/// Returns what each code span of a line names, in their order, or why that can't be told.
pub(super) fn kinds(tokens: &[Token<'_>]) -> Vec<Result<Kind, String>> {
    let spans = tokens.iter().enumerate();
    let named = spans.filter_map(|(at, token)| {
        let Token::Code(code) = token else {
            return None;
        };
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let beside = Beside {
            before: label(tokens, at).or(enumeration(tokens, at)).or(before),
            behind: called(tokens, at)
                .or(tables(tokens, at))
                .or(tokens.get(at + 1)),
            of_type: is_of_type(tokens, at),
            of_owner: is_of_owner(tokens, at),
        };
        let of_all = shared(tokens, at);
        let with = |before| kind(code, Beside { before, ..beside });
        let mut kind = match kind(code, beside) {
            Ok(Kind::Symbol(symbol)) if of_all.is_some_and(|it| is_also(it, code, beside)) => {
                with(of_all).or(Ok(Kind::Symbol(symbol)))
            }
            Err(why) => of_all.ok_or(why).and_then(|it| with(Some(it))),
            found => found,
        };
        if let Ok(Kind::Symbol(symbol)) = &mut kind {
            let said = modifiers(tokens, at).filter(|it| !symbol.signature.modifiers.contains(it));
            let said: Vec<String> = said.collect();
            symbol.signature.modifiers.extend(said);
        }
        Some(kind)
    });
    named.collect()
}

/// Returns the noun for functions before the first of several code spans that are joined up to this one:
/// ``methods `place`, `cancel` ``, ``methods: `place`, `cancel` ``.
fn shared<'t>(tokens: &'t [Token<'t>], at: usize) -> Option<&'t Token<'t>> {
    let mut before = tokens.get(..at)?;
    while let Some((joint, rest)) = before.split_last() {
        let Some((code, rest)) = rest.split_last().filter(|_| joint.joins()) else {
            let colon = *joint == Token::Mark(':');
            let noun = if colon { rest.last()? } else { joint };
            return Some(noun).filter(|_| before.len() < at);
        };
        matches!(code, Token::Code(_)).then_some(())?;
        before = rest;
    }
    None
}

/// Whether the noun before several names says what this one is, too: of the others, they say what they
/// are themselves (``class `Loan` and `renew()` ``).
fn is_also(noun: &Token<'_>, code: &str, beside: Beside<'_>) -> bool {
    let own = symbol::NOUNS.iter().any(|role| beside.names(*role));
    let says = symbol::NOUNS.iter().any(|role| noun.is(*role));
    let named = !noun.is(Role::Type) || code.starts_with(char::is_uppercase);
    says && !own && named && !code.contains('(')
}

/// Returns the keywords that stand before the noun before a code span, and that its definition is to
/// have: ``sealed class `X` ``.
fn modifiers<'t>(tokens: &'t [Token<'_>], at: usize) -> impl Iterator<Item = String> + 't {
    let nouns = [
        Role::Class,
        Role::Interface,
        Role::Structure,
        Role::Callable,
        Role::Function,
    ];
    let words = tokens.get(..at).unwrap_or_default();
    let words = words
        .split_last()
        .filter(|(noun, _)| nouns.iter().any(|it| noun.is(*it)));
    let words = words.map_or(&[][..], |(_, before)| before);
    let said = words.iter().rev().map_while(Token::word);
    said.take_while(|it| KEYWORDS.contains(it))
        .map(str::to_owned)
}

/// Returns the noun of an enumeration that another noun stands behind: ``enum class `X` ``.
fn enumeration<'t>(tokens: &'t [Token<'t>], at: usize) -> Option<&'t Token<'t>> {
    let class = tokens.get(at.checked_sub(1)?)?;
    let noun = tokens.get(at.checked_sub(2)?)?;
    (class.is(Role::Class) && noun.is(Role::Enumeration)).then_some(noun)
}

/// Returns the noun that stands before a colon or a dash before a code span: ``handler: `X` ``.
fn label<'t>(tokens: &'t [Token<'t>], at: usize) -> Option<&'t Token<'t>> {
    let mark = tokens.get(at.checked_sub(1)?)?;
    let noun = tokens.get(at.checked_sub(2)?)?;
    let parts = [Role::Part, Role::Thing, Role::Tests];
    let mut roles = symbol::NOUNS.iter().chain(&parts);
    let labels = matches!(mark, Token::Mark(':' | '-' | '–' | '—'));
    (labels && roles.any(|role| noun.is(*role))).then_some(noun)
}

/// Returns whether a code span stands where only a type's name can: behind what is called and leads
/// into it, or behind what tests are for.
fn is_of_type(tokens: &[Token<'_>], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default();
    let mut before = before.iter().rev().skip_while(|it| it.is(Role::Article));
    let (Some(leading), Some(led)) = (before.next(), before.next()) else {
        return false;
    };
    let call = matches!(led, Token::Code(code) if code.contains('('));
    let field = || tokens.iter().take(at).any(|it| it.is(Role::Field));
    let tested = leading.is(Role::About) || leading.is(Role::Place);
    leading.is(Role::Into) && (call || field()) || tested && led.is(Role::Tests)
}

/// Returns whether a code span stands in brackets where the code spans before them name a type, and maybe
/// the file that it goes into.
fn is_of_owner(tokens: &[Token<'_>], at: usize) -> bool {
    let open = tokens
        .iter()
        .take(at)
        .rposition(|it| *it == Token::Mark('('));
    let spans = |range: std::ops::Range<usize>| {
        let tokens = tokens.get(range).unwrap_or_default().iter();
        tokens.filter_map(|it| match it {
            Token::Code(code) => Some(*code),
            Token::Word(..) | Token::Mark(_) => None,
        })
    };
    let Some(open) = open.filter(|_| is_bracketed(tokens, at)) else {
        return false;
    };
    let typed = |code: &&str| {
        code.starts_with(|it: char| it.is_ascii_uppercase()) && !code.contains(['(', '/', '.'])
    };
    let before: Vec<&str> = spans(0..open).collect();
    match before.as_slice() {
        [one] => typed(one),
        [one, path] => typed(one) && is_file(path),
        _ => false,
    }
}

/// Returns the noun for tables behind the last of several code spans that are joined from this one on:
/// `` `loans` and `readers` tables``.
fn tables<'t>(tokens: &'t [Token<'t>], at: usize) -> Option<&'t Token<'t>> {
    let mut behind = tokens.get(at + 1..)?;
    while let [joint, Token::Code(_), rest @ ..] = behind
        && joint.joins()
    {
        behind = rest;
    }
    behind.first().filter(|it| it.is(Role::Table))
}

/// Returns the noun that stands alone in brackets behind a code span: `` `X` (an interface) ``.
fn called<'t>(tokens: &'t [Token<'t>], at: usize) -> Option<&'t Token<'t>> {
    let behind = tokens.get(at + 1..)?.split_first()?;
    let (Token::Mark('('), inside) = behind else {
        return None;
    };
    let mut words = inside.iter().skip_while(|it| it.is(Role::Article));
    let noun = words.next().filter(|it| matches!(it, Token::Word(..)))?;
    (words.next() == Some(&Token::Mark(')'))).then_some(noun)
}

fn kind(code: &str, beside: Beside<'_>) -> Result<Kind, String> {
    let code = code.trim();
    let unknown = || format!("`{code}` is nothing that can be looked for");
    if let Some(endpoint) = endpoint(code, beside) {
        return Ok(endpoint);
    }
    if code.starts_with('/') || code.starts_with('~') || code.split('/').any(|part| part == "..") {
        return Err(format!("`{code}` leads out of the workspace"));
    }
    if let Some(path) = path(code, beside) {
        return Ok(Kind::Path(path));
    }
    if let Some(name) = variable(code, beside) {
        return Ok(Kind::Variable(name));
    }
    let symbol = symbol::read(code, beside).ok_or_else(unknown)?;
    let other = beside.names(Role::Thing) && !symbol::NOUNS.iter().any(|role| beside.names(*role));
    if other && !symbol.call {
        return Err(unknown());
    }
    Ok(Kind::Symbol(symbol))
}

/// Returns whether a word or a code span can only be a path, whatever stands beside it.
pub(in crate::resolve::rules) fn is_file(code: &str) -> bool {
    path(code, Beside::default()).is_some()
}

fn endpoint(code: &str, beside: Beside<'_>) -> Option<Kind> {
    let is_method = |it: &&str| METHODS.contains(it);
    let (method, route) = match code.split_once(char::is_whitespace) {
        Some((method, route)) if is_method(&method) => (Some(method.to_owned()), route.trim()),
        Some(_) => return None,
        None => {
            let before = beside.before.and_then(Token::written).filter(is_method);
            (before.map(str::to_owned), code)
        }
    };
    let first = route
        .strip_prefix('/')?
        .split('/')
        .next()
        .unwrap_or_default();
    let last = route.rsplit('/').next().unwrap_or_default();
    let file = last.contains('.') && !last.contains('{');
    let plain = !route.contains(|c: char| c.is_whitespace() || "*?#\\\"'`".contains(c));
    let machine = method.is_none() && ROOTS.contains(&first);
    (plain && !file && !machine && !route.starts_with("//")).then(|| Kind::Endpoint {
        method,
        route: route.to_owned(),
        by: None,
    })
}

fn path(code: &str, beside: Beside<'_>) -> Option<String> {
    let code = code.strip_prefix("./").unwrap_or(code);
    let letters = |c: char| c.is_alphanumeric() || "._-+/@[]()".contains(c);
    let odd = code.is_empty()
        || !code.chars().all(letters)
        || code.starts_with(['-', '@', '/'])
        || code.contains("//")
        || code.ends_with("()");
    if odd {
        return None;
    }
    let folder = code.ends_with('/');
    let file = code.trim_end_matches('/').rsplit('/').next()?;
    let inside = code.trim_end_matches('/').contains('/');
    let stem = file.split('.').next().unwrap_or_default();
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    let known = extension.is_some_and(|it| {
        let lower = it.to_ascii_lowercase();
        EXTENSIONS.binary_search(&lower.as_str()).is_ok()
    });
    let loose = extension.is_some_and(|it| LOOSE.contains(&it));
    let dotted = file.len() > 2
        && file.starts_with('.')
        && file.chars().nth(1).is_some_and(char::is_alphabetic);
    let named = NAMES.contains(&file) || NAMES.contains(&stem) && known_tail(file);
    let is_one = if inside {
        folder || known || dotted || named
    } else {
        folder || dotted || named || (known && !loose)
    };
    // `src/auth` may be a branch or a repository, unless the line says what it is.
    let told = beside.names(Role::File) && inside || beside.names(Role::Folder);
    let called = beside.before.is_some_and(|word| word.is(Role::Folder));
    // What is called a folder must be one.
    let must = !folder && (called || told && !is_one && beside.names(Role::Folder));
    (is_one || told).then(|| {
        if must {
            format!("{code}/")
        } else {
            code.to_owned()
        }
    })
}

/// `Dockerfile.dev`, `Makefile.common`.
fn known_tail(file: &str) -> bool {
    file.split_once('.').is_none_or(|(_, tail)| {
        !tail.is_empty() && tail.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

fn variable(code: &str, beside: Beside<'_>) -> Option<String> {
    let name = code
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .or_else(|| code.strip_prefix('$'))
        .unwrap_or(code);
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let shaped = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(upper);
    let several = name.trim_matches('_').contains('_') || name.len() < code.len();
    let told = beside.names(Role::Variable);
    let constant = beside.names(Role::Value) || beside.names(Role::Type);
    (shaped && name.len() > 1 && (several || told) && !constant).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tokens::Token;
    use super::{Beside, EXTENSIONS, kind};
    use crate::vocabulary::Vocabulary;

    #[track_caller]
    fn check(code: &str, before: &str, expected: &str) {
        let vocabulary = Vocabulary::default();
        let before = Some(before).filter(|text| !text.is_empty());
        let before = before.map(|word| Token::of_word(word, &vocabulary));
        let beside = Beside {
            before: before.as_ref(),
            behind: None,
            of_type: false,
            of_owner: false,
        };
        let found = kind(code, beside).map_or_else(|_| "?".to_owned(), |it| it.to_string());
        assert_eq!(found, expected, "{code}");
    }

    #[test]
    fn endings_are_in_the_order_in_which_they_are_looked_for() {
        assert!(EXTENSIONS.is_sorted());
    }

    #[test]
    fn paths_are_told_by_folder_and_ending() {
        check("src/auth/jwt.py", "", "path src/auth/jwt.py");
        check("./src/auth/", "", "path src/auth/");
        check("Dockerfile", "", "path Dockerfile");
        check("Dockerfile.dev", "", "path Dockerfile.dev");
        check(".env.example", "", "path .env.example");
        check("requirements.txt", "", "path requirements.txt");
        check("src/auth", "folder", "path src/auth/");
        check("fixtures", "directory", "path fixtures/");
        check("src/auth", "module", "path src/auth");
        check("app/[id]/page.tsx", "", "path app/[id]/page.tsx");
    }

    #[test]
    fn what_only_looks_like_a_path_is_none() {
        for code in [
            "feature/login",
            "application/json",
            "nginx/nginx:1.27",
            "https://example.com/a.py",
            "@types/node",
            "*.py",
            "1.2.3",
            "a b",
            "-v",
        ] {
            check(code, "", "?");
        }
        check("../other/a.py", "", "?");
        check("/etc/nginx/nginx.conf", "", "?");
        check("~/.bashrc", "", "?");
    }

    #[test]
    fn symbols_are_told_by_shape_or_by_the_noun_beside() {
        check("verify_token()", "", "symbol verify_token()");
        check("JWTMiddleware", "", "symbol JWTMiddleware");
        check("RateLimiter.check", "", "symbol RateLimiter.check");
        check("auth::verify", "", "symbol auth.verify");
        check(
            "def verify(token: str) -> bool",
            "",
            "symbol verify() with token: str, -> bool",
        );
        check("User", "class", "symbol User");
        check("users", "table", "table users");
        check("verify", "функцию", "symbol verify()");
        for code in ["redis", "User", "admin", "true", "main"] {
            check(code, "", "?");
        }
        check("call_center", "database", "?");
        check("verify_token", "branch", "?");
    }

    #[test]
    fn endpoints_and_variables_are_told() {
        check("POST /api/v1/login", "", "endpoint POST /api/v1/login");
        check("/api/users/{id}", "", "endpoint /api/users/{id}");
        check("/health", "", "endpoint /health");
        check("/api/*", "", "?");
        check("/tmp/x", "", "?");
        check("JWT_SECRET", "", "variable JWT_SECRET");
        check("${JWT_SECRET}", "", "variable JWT_SECRET");
        check("PORT", "variable", "variable PORT");
        check("PORT", "", "?");
        check("MAX_RETRIES", "constant", "symbol MAX_RETRIES");
        check("LOG_LEVEL=debug", "", "?");
    }
}
