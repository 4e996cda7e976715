//! Where a name is used: outside of comments, of imports and exports and of its own definition.
//!
//! Told by the name alone, not by what it is bound to.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::Tree;
use super::super::model::{Endpoint, Origin};
use super::super::paths;
use super::code::{Code, Language, closing};
use super::stand_ins::{is_named_test, is_test_class};
use super::symbols::{Beside, Definitions, is_constant, is_stub};
use super::variables::{pattern, patterns};

patterns! {
    JS_IMPORT = r#"(?m)^[ \t]*(?:import\b[^;"'`]*["'][^"'\n]*["']|(?:const|let|var)\s+[^=;]*=\s*(?:await\s+)?(?:require|import)\s*\([^)\n]*\)[^\n]*|export\s*(?:type\s*)?(?:\{[^}]*\}|\*)[^\n;]*)"#;
    NAME_OF = r"\bnameof\s*\([^()]*\)";
    PY_IMPORT = r"(?m)^[ \t]*(?:from\s+[\w.]+\s+)?import\s+(?:\([^)]*\)|[^\n]*)";
    PHP_IMPORT = r"(?m)^[ \t]*(?:use|namespace)\s[^;]*;";
    RUST_IMPORT = r"\b(?:pub\s+)?use\s[^;]*;";
    GO_IMPORT = r"(?m)^import\s*(?:\([^)]*\)|[^\n]*)";
    JVM_IMPORT = r"(?m)^[ \t]*(?:import|package|using|namespace)\s[^\n(]*$";
    PASSED = r"\b([A-Za-z_]\w*)\s*[,)]";
    INLINE = r"(?:=>|\bfunction\b[^{}()]*\([^{}]*\)|\bfunc\([^{}]*\))\s*\{";
    ARROW = r"=>\s*";
    NAMED_ALONE = r"(?m)(?:^|[;{])[ \t]*(?:(?:let|var|val|const)\s+)?_\s*=\s*&?[\w.]+[ \t]*(?:;|$)|\bvoid\s+[\w.]+[ \t]*(?:;|$)";
    RUBY_IMPORT = r"(?m)^[ \t]*require(?:_relative)?\s[^\n]*";
}

/// Marks that begin a comment in files that are no source; what stands behind one doesn't count.
const COMMENTS: &[&str] = &["#", "//", "--", "<!--", "/*", ";"];

/// Lines that a route's statement takes up at most.
const LONGEST: usize = 12;

/// Returns the first line of a file on which a name is used. What a string of a test's holds only says
/// what the test is called, or what stands in for something.
pub fn used(tree: &Tree, path: &str, name: &str) -> Option<usize> {
    let text = tree.get(path)?;
    let Some(code) = Code::new(path, text) else {
        let mut lines = text.lines().enumerate();
        return lines.find_map(|(at, line)| {
            let ends = COMMENTS.iter().filter_map(|mark| line.find(mark)).min();
            let said = line.get(..ends.unwrap_or(line.len())).unwrap_or_default();
            (!line.trim_start().starts_with('*') && places(said, name).next().is_some())
                .then_some(at + 1)
        });
    };
    let imports = imports(&code);
    let defined = Definitions::places(&code, name);
    let tests = is_named_test(path) || is_test_class(paths::file_name(path));
    let mut places = places(&code.text, name);
    let found = places.find(|at| {
        let imported = imports.iter().any(|it| it.contains(at));
        !imported
            && !defined.contains(at)
            && !is_spoken(&code, *at)
            && (code.is_code(*at) || !tests && is_path(&code, *at))
    })?;
    Some(code.origin(found).line)
}

/// Returns whether a route that is written at a place is answered by a function or type: its
/// statement names it, it is what the statement is put on, or the type that this stands in.
pub fn answers(tree: &Tree, route: &Origin, (within, name): (Option<&str>, &str)) -> bool {
    let Some(code) = tree
        .get(&route.path)
        .and_then(|text| Code::new(&route.path, text))
    else {
        return false;
    };
    let (start, end) = route_at(&code, route);
    let said = code.text.get(start..end).unwrap_or_default();
    let named = |name: &str| places(said, name).any(|at| names(&code, start + at));
    if named(name) && within.is_none_or(named) {
        return true;
    }
    let Beside { owner, next } = beside(&code, start, end);
    match within {
        Some(within) => owner.as_deref() == Some(within) && next.as_deref() == Some(name),
        None => [owner, next].iter().flatten().any(|it| it == name),
    }
}

/// Returns where a route's statement begins and ends.
fn route_at(code: &Code, route: &Origin) -> (usize, usize) {
    let start = line_start(code, route.line);
    (start, statement(code, start))
}

/// Returns what is defined around a route's statement, and what the statement is put on.
fn beside(code: &Code, start: usize, end: usize) -> Beside {
    let beside = Definitions::beside(code, start, end);
    let said = code.bare.get(start..end).unwrap_or_default();
    // An annotation says of what follows it which route it answers.
    let annotates = said.trim_start().starts_with(['@', '[', '#']);
    Beside {
        next: beside.next.filter(|_| annotates),
        ..beside
    }
}

/// What may answer a route.
#[derive(Debug, Default)]
pub struct Answer {
    /// Names of functions: what the statement passes on, and what it is put on.
    pub names: Vec<String>,
    /// Whether the statement itself has a body, and that does nothing.
    pub stub: bool,
    /// Where that body stands, in bytes.
    body: Option<Range<usize>>,
    /// The part of the file that the statement takes up, in bytes.
    pub part: Range<usize>,
}

/// Returns what may answer a route that is written at a place.
pub fn answer(tree: &Tree, route: &Origin) -> Answer {
    let text = tree.get(&route.path);
    let Some(code) = text.and_then(|text| Code::new(&route.path, text)) else {
        return Answer::default();
    };
    let (start, end) = route_at(&code, route);
    let said = code.bare.get(start..end).unwrap_or_default();
    let passed = PASSED.iter().flat_map(|it| it.captures_iter(said));
    let passed = passed.filter_map(|it| Some(it.get(1)?.as_str().to_owned()));
    let body = INLINE.iter().find_map(|it| it.find(said));
    let body = body.map(|it| start + it.end());
    let value = || {
        ARROW
            .iter()
            .find_map(|it| it.find(said))
            .map(|it| start + it.end())
    };
    let valued = body.is_none().then(value).flatten();
    let until = |open: usize| Some(open..closing(&code.bare, open)?);
    let body = body.and_then(until);
    let valued = valued.and_then(until);
    Answer {
        names: passed.chain(beside(&code, start, end).next).collect(),
        part: start..end,
        stub: body.clone().is_some_and(|it| is_stub(&code, it)) || said.contains("http.NotFound"),
        body: body.or(valued),
    }
}

/// Returns whether what answers a route where it is written has the same answer each time; `None` where it
/// is answered elsewhere.
pub fn answers_here(tree: &Tree, route: &Endpoint) -> Option<bool> {
    let at = &route.origin;
    let body = answer(tree, at).body?;
    let code = Code::new(&at.path, tree.get(&at.path)?)?;
    Some(is_constant(&code, body, route))
}

/// Whether what stands at a place of a route's statement names something: code does, and what PHP
/// and Ruby call actions by (`SlotController@index`), but no path.
fn names(code: &Code, at: usize) -> bool {
    let actions = matches!(code.language, Language::Php | Language::Ruby);
    code.is_code(at) || actions && string(code, at).contains(['@', '#', '\\', ':'])
}

/// Returns the places at which a name stands as a word of its own.
pub(super) fn places<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let letter = |byte: Option<&u8>| {
        byte.is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_' || *it >= 0x80)
    };
    let bytes = text.as_bytes();
    let all = text.match_indices(name).map(|(at, _)| at);
    all.filter(move |at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !letter(before) && !letter(bytes.get(at + name.len()))
    })
}

/// Whether a place is in what a function of Kotlin's is called between backticks: a sentence.
fn is_spoken(code: &Code, at: usize) -> bool {
    let before = code.text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let kotlin = code.path.rsplit('.').next() == Some("kt");
    kotlin && line.matches('`').count() % 2 == 1
}

/// Whether what stands at a place is a name in a string, as settings have it, and no prose.
fn is_path(code: &Code, at: usize) -> bool {
    !string(code, at).contains(char::is_whitespace)
}

/// Returns what stands between the quotes around a place.
fn string(code: &Code, at: usize) -> &str {
    let quote = |it: char| "\"'`".contains(it);
    let before = code.text.get(..at).unwrap_or_default();
    let behind = code.text.get(at..).unwrap_or_default();
    let begin = before.rfind(quote).map_or(0, |it| it + 1);
    let end = behind.find(quote).unwrap_or(behind.len());
    code.text.get(begin..at + end).unwrap_or_default()
}

/// Returns where names are only passed on or asked for.
fn imports(code: &Code) -> Vec<Range<usize>> {
    let pattern = match code.language {
        Language::Script => &JS_IMPORT,
        Language::Python => &PY_IMPORT,
        Language::Php => &PHP_IMPORT,
        Language::Rust => &RUST_IMPORT,
        Language::Go => &GO_IMPORT,
        Language::Java | Language::CSharp => &JVM_IMPORT,
        Language::Ruby => &RUBY_IMPORT,
        Language::Sql => return Vec::new(),
    };
    // What only asks how something is called doesn't use it, nor does what keeps a compiler silent.
    let name_of = NAME_OF.iter().filter(|_| code.language == Language::CSharp);
    let all = pattern.iter().chain(name_of).chain(NAMED_ALONE.iter());
    let all = all.flat_map(|it| it.find_iter(&code.text));
    all.map(|it| it.range()).collect()
}

/// Returns where a line begins, 1-based.
pub(super) fn line_start(code: &Code, line: usize) -> usize {
    let lines = code.text.split_inclusive('\n');
    lines.take(line.saturating_sub(1)).map(str::len).sum()
}

/// Returns where the statement ends that begins on a line: behind its brackets.
pub(super) fn statement(code: &Code, start: usize) -> usize {
    let rest = code.bare.get(start..).unwrap_or_default();
    let line = rest.find('\n').unwrap_or(rest.len());
    let longest: usize = rest.split_inclusive('\n').take(LONGEST).map(str::len).sum();
    let head = rest.get(..line).unwrap_or_default();
    let closed = head.rfind('(').and_then(|_| {
        let open = head.find('(')?;
        closing(&code.bare, start + open + 1)
    });
    let end = closed.map_or(start + line, |close| close.max(start + line));
    end.min(start + longest)
}
