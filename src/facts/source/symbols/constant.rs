//! Whether a handler's answer is the same whatever happens: it reads no store and nothing of the request
//! but what the path gives, and calls nothing but what makes an answer.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Tree;
use super::super::super::model::Endpoint;
use super::super::code::{Code, closing};
use super::super::variables::{pattern, patterns};
use super::body::indented;
use super::inert::{PURE, Statement, is_harmless, statements};
use super::stub::{is, is_logged};
use super::{Definition, Head, Sort};

patterns! {
    READS = r"\b(?:r|req|request|c|ctx|context)\.(?:PathValue|Param|Params|param)\([^()]*\)|\bchi\.URLParam\([^()]*\)|\bmux\.Vars\(\w+\)(?:\[[^\[\]]*\])?|\b(?:req|request|ctx|c)\.params(?:\.\w+|\[[^\[\]]*\])?|\b(?:r|req)\.Body\.Close\(\)";
    VACANT = r"[&*]?(?:\[\]|\*|map\[[\w.]+\])*[A-Za-z][\w.]*(?:\{\s*\})|(?:\[\]|map\[[\w.]+\])[\w.]+\{\s*\}|\b(?:listOf|emptyList|mutableListOf|emptyMap|mapOf|setOf)(?:<[^()]*>)?\(\s*\)|\bnew\s+(?:List|ArrayList|HashMap)\w*(?:<[^()]*>)?\(\s*\)";
    WORD = r"[A-Za-z_$][\w$]*";
    HEADER = r"^(?:(?:else\s*)?(?:if|elif|else\s?if)|else)\b\s*";
    ASKS_FOR = r#"^\(*\s*(?:!\s*|not\s+)?[\w.?]+(?:\[[^\[\]]*\])?(?:\.(?:isBlank|isEmpty|isNullOrBlank|isNullOrEmpty)\(\))?(?:\s*(?:===?|is)\s*(?:null|nil|None|undefined|"\s*"|'\s*'))?\s*\)*\s*:?$"#;
    TAKEN = r"^(?:await\s+)?[\w.]+(?:\[[^\[\]]*\]|\.(?:get|Get|json|text|header)\([^()]*\))?(?:\s*\?:\s*(?:return|throw)\b.*)?$";
    FAILS = r"^(?:throw|raise|abort)\b";
    DECLARED = r"^(?:(?:const|let|var|val|final)\s+)?(\w+)(?:\s*:\s*[\w<>\[\]]+)?\s*(?::=|=)\s*([^=>].*)$";
    SET = r"^(?:w|res|response|reply|ctx|c)\.\w+\s*=\s*([^=].*)$";
    HEADERS = r"(?:\.Set|\.Add|\.set|\.header|setHeader|set_header|\.type|contentType)\([^()]*\)";
    SAID = r#""[^"\n]*\w[^"\n]*"|'[^'\n]*\w[^'\n]*'|`[^`\n]*\w[^`\n]*`"#;
    KEYS = r#"(?:"[\w-]+"|'[\w-]+')\s*(?::|=>)"#;
    MEASURED_PATHS = r"(?i)^metrics$";
    INTERPOLATED = r#"\b[fF]r?["']|\$@?"|"[^"\n]*\$[{A-Za-z_]"#;
    ALIVE_PATHS = r"(?i)^(?:health\w*|ping|ready\w*|readiness\w*|live\w*|liveness\w*|alive)$";
    CONSTANT_PATHS = r"(?i)^(?:health\w*|healthz|ping|pong|ready\w*|readiness\w*|live\w*|liveness\w*|alive|up|heartbeat|version|status|info|about|echo|startup\w*|robots\.txt|favicon\.ico)$";
}

/// Words that name nothing.
const KEYWORDS: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "any",
    "as",
    "async",
    "await",
    "byte",
    "const",
    "defer",
    "else",
    "false",
    "final",
    "if",
    "int",
    "is",
    "let",
    "make",
    "map",
    "new",
    "nil",
    "none",
    "not",
    "null",
    "or",
    "raise",
    "return",
    "string",
    "throw",
    "to",
    "true",
    "undefined",
    "val",
    "var",
];

/// Functions that only make an answer.
const CALLED: &[&str] = &[
    "Accepted",
    "BadRequest",
    "Conflict",
    "Content",
    "Created",
    "Encode",
    "Error",
    "Forbid",
    "Fprint",
    "Fprintf",
    "Fprintln",
    "FromResult",
    "H",
    "HTTPException",
    "Header",
    "HttpResponse",
    "JSON",
    "JSONResponse",
    "Json",
    "JsonResponse",
    "NewEncoder",
    "NoContent",
    "NotFound",
    "Ok",
    "Optional",
    "PlainTextResponse",
    "Problem",
    "Response",
    "ResponseEntity",
    "SendStatus",
    "SendString",
    "Set",
    "Status",
    "StatusCode",
    "String",
    "Unauthorized",
    "UnprocessableEntity",
    "ValidationProblem",
    "Write",
    "WriteHeader",
    "WriteString",
    "Yield",
    "accepted",
    "badRequest",
    "body",
    "build",
    "byte",
    "code",
    "content",
    "contentType",
    "created",
    "dict",
    "empty",
    "emptyList",
    "end",
    "forbidden",
    "header",
    "json",
    "jsonify",
    "list",
    "listOf",
    "make",
    "make_response",
    "map",
    "mapOf",
    "noContent",
    "of",
    "ok",
    "resolve",
    "send",
    "sendStatus",
    "send_status",
    "set",
    "setHeader",
    "status",
    "string",
    "type",
    "unauthorized",
    "writeHead",
];

/// What those belong to, or are given.
const ROOTS: &[&str] = &[
    "Collections",
    "HTTPStatus",
    "HttpStatus",
    "HttpStatusCode",
    "List",
    "Map",
    "NextResponse",
    "Optional",
    "Promise",
    "Response",
    "ResponseEntity",
    "Results",
    "StatusCodes",
    "Task",
    "TypedResults",
    "ValueTask",
    "c",
    "context",
    "ctx",
    "echo",
    "fiber",
    "fmt",
    "gin",
    "http",
    "io",
    "json",
    "reply",
    "res",
    "resp",
    "response",
    "rw",
    "status",
    "w",
    "web",
];

/// Parts of a request, which Go's contexts have.
const ASKED: &[&str] = &["Body", "Form", "Header", "Request", "URL"];

/// Returns the names of what a path gives.
fn given(route: &Endpoint) -> BTreeSet<String> {
    let parts = route.path.split('/');
    let given = parts.filter(|it| it.starts_with([':', '{', '<', '[', '(']));
    let names = given.flat_map(|it| it.split(|it: char| !(it.is_alphanumeric() || it == '_')));
    names
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns whether a route's answer may well be the same each time: it asks whether somebody is there, or
/// what may be asked.
fn is_steady(route: &Endpoint) -> bool {
    let mut parts = route.path.split('/').filter(|it| !it.is_empty());
    let root = parts.clone().next().is_none();
    // The status of one lane is no application's.
    let of_all = |it: &&str| !it.starts_with([':', '{', '<', '[', '(']);
    let mut common = parts.clone().take_while(of_all);
    let method = route.method.as_deref();
    let asks = method.is_some_and(|it| ["OPTIONS", "HEAD"].contains(&it));
    let told = common.any(|it| is(&CONSTANT_PATHS, it));
    root || asks || told || parts.any(|it| is(&ALIVE_PATHS, it))
}

/// Returns whether the body of what answers a route has the same answer each time, and an empty one where
/// the route only asks.
pub(in super::super) fn is_constant(code: &Code, part: Range<usize>, route: &Endpoint) -> bool {
    if is_steady(route) {
        return false;
    }
    let mut known = given(route);
    let measured = route.path.rsplit('/').find(|it| !it.is_empty());
    let measured = measured.is_some_and(|it| is(&MEASURED_PATHS, it));
    let asks = route.method.as_deref().is_none_or(|it| it == "GET") && known.is_empty();
    // What is measured isn't the same each time, whatever is said of it.
    let asks = asks && !measured;
    let all = statements(code, part.clone());
    let mut answered = false;
    for it in &all {
        if !keeps(it, &mut known, code) && !is_left(it, &part, &mut known, code) {
            return false;
        }
        let filled = it.depth == 0 && !is_logged(it.bare) && says(it.text);
        if filled && asks {
            return false;
        }
        answered |= !is_logged(it.bare);
    }
    answered
}

/// Whether a statement has words for an answer: more than headers, and keys of figures.
fn says(text: &str) -> bool {
    let without = |text: &str, pattern: &LazyLock<Option<Regex>>| {
        let rest = pattern
            .as_ref()
            .map(|it| it.replace_all(text, "").into_owned());
        rest.unwrap_or_default()
    };
    is(&SAID, &without(&without(text, &HEADERS), &KEYS))
}

/// Whether a statement neither does nor reads anything but what is known.
fn keeps(statement: &Statement<'_>, known: &mut BTreeSet<String>, code: &Code) -> bool {
    let bare = statement.bare;
    if is_logged(bare) || is(&FAILS, bare) || is_harmless(bare) {
        return true;
    }
    // What a text is filled with, isn't seen.
    if is(&INTERPOLATED, statement.text) {
        return false;
    }
    if let Some(header) = HEADER.as_ref().and_then(|it| it.find(bare)) {
        let (condition, rest) = statement.behind_header(header.end(), code.language);
        let asks = is_known(condition, known) || is(&ASKS_FOR, condition);
        return asks && rest.is_none_or(|it| keeps(&it, known, code));
    }
    if let Some(set) = SET.as_ref().and_then(|it| it.captures(bare)) {
        return is_known(&set[1], known);
    }
    if let Some(declared) = DECLARED.as_ref().and_then(|it| it.captures(bare)) {
        let holds = is_known(&declared[2], known);
        known.insert(declared[1].to_owned());
        return holds;
    }
    is_known(bare, known)
}

/// Whether a statement only takes something of a request that nothing behind it names.
fn is_left(
    statement: &Statement<'_>,
    part: &Range<usize>,
    known: &mut BTreeSet<String>,
    code: &Code,
) -> bool {
    let declared = DECLARED.as_ref().and_then(|it| it.captures(statement.bare));
    let Some(declared) = declared.filter(|it| is(&TAKEN, &it[2])) else {
        return false;
    };
    let name = &declared[1];
    let text = code.bare.get(part.clone()).unwrap_or_default();
    let words = WORD.iter().flat_map(|it| it.find_iter(text));
    let left = words.filter(|it| it.as_str() == name).count() == 1;
    if left {
        known.insert(name.to_owned());
    }
    left
}

/// Whether all that an expression names is known.
fn is_known(text: &str, known: &BTreeSet<String>) -> bool {
    let blank = |text: &str, pattern: &LazyLock<Option<Regex>>| {
        let blanked = pattern
            .as_ref()
            .map(|it| it.replace_all(text, "0").into_owned());
        blanked.unwrap_or_default()
    };
    let text = blank(&blank(text, &READS), &VACANT);
    let mut words = WORD.iter().flat_map(|it| it.find_iter(&text));
    words.all(|word| {
        let name = word.as_str();
        let behind = text.get(word.end()..).unwrap_or_default().trim_start();
        let before = text.get(..word.start()).unwrap_or_default();
        let member = before.ends_with('.');
        let called = behind.starts_with(['(', '<']);
        let key = behind.starts_with(':') && !behind.starts_with("::")
            || behind.starts_with('=') && !behind.starts_with("==");
        let digit = before.ends_with(|it: char| it.is_ascii_digit());
        if called {
            CALLED.contains(&name) || PURE.contains(&name) || KEYWORDS.contains(&name)
        } else if member {
            let plain = name.starts_with(char::is_uppercase) && !ASKED.contains(&name);
            plain || ["status", "statusCode"].contains(&name)
        } else {
            let root = ROOTS.contains(&name) && behind.starts_with(['.', ',', ')']);
            root || KEYWORDS.contains(&name) || key || digit || known.contains(name)
        }
    })
}

/// Returns whether a function that answers a route has the same answer each time, and an empty one where
/// the route only asks.
pub fn answers_the_same(tree: &Tree, (name, found): (&str, &Definition), route: &Endpoint) -> bool {
    let code = tree.get(&found.origin.path);
    let code = code.and_then(|text| Code::new(&found.origin.path, text));
    code.is_some_and(|code| {
        let part = body(&code, name, found.at);
        part.is_some_and(|part| is_constant(&code, part, route))
    })
}

/// Returns where the body of a function stands, whose name is at a place: between its braces, or the
/// value that it has.
fn body(code: &Code, name: &str, at: usize) -> Option<Range<usize>> {
    let head = Head::read(code, name, (Sort::Function, at))?;
    let rest = code.bare.get(head.end..)?;
    let begun = rest.trim_start_matches(['=', '>', ':']).trim_start();
    let begins = head.end + rest.len() - begun.len();
    if begun.starts_with('{') {
        return Some(begins + 1..closing(&code.bare, begins + 1)?);
    }
    Some(begins..indented(code, at, begins)?)
}

#[cfg(test)]
mod tests;
