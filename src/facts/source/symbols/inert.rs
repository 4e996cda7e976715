//! Whether a function comes to nothing: all that it returns is empty, and nothing that it does beside
//! lasts. Guards, locals, loops over them, locks and logs are no work of its own.
//!
//! What isn't known counts as work: a call of anything but what only reshapes a value, an assignment
//! to what isn't a local of its own.

mod statements;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::variables::{pattern, patterns};
use super::stub::{is, is_called_to_tell, is_logged};
pub(super) use statements::{Statement, logged, statements};

patterns! {
    HEADER = r"^(?:(?:else\s*)?(?:if|elif|else\s?if)|else|for|foreach|while|loop|try|catch|except|finally|do|end|ensure)\b\s*";
    LOCK = r"(?i)^(?:defer\s+|(?:async\s+)?with\s+|await\s+)?(?:[\w.>-]*\b\w*(?:mu|mutex|lock|sem|semaphore)\w*(?:\.(?:r?(?:un)?lock|try_?lock|acquire|release|with_?lock)(?:\(\s*\))?|:)?(?:\(\s*\))?|synchronized\s*\([^()]*\)|lock\s*\([^()]*\))$";
    BOUND_LOCK = r"(?i)^let\s+(?:mut\s+)?_?\w+\s*=\s*[\w.]*(?:mu|mutex|lock)\w*\.(?:lock|read|write)\(\)(?:\.(?:unwrap\(\)|await|expect\([^()]*\)))?\??$";
    DECLARED = r"(?s)^(?:(?:const|let|var|val|final|auto)\s+(?:mut\s+)?([\w$,\s]+|[\[{(][^=]*[\]})])(?:\s*:[^=]+|\s+[\w.\[\]*]+)?\s*(?:=\s*(.*))?|(\w+(?:\s*,\s*\w+)*)\s*:=\s*(.*)|(?:final\s+)?[A-Za-z][\w.]*(?:<[^=()]*>)?(?:\[\])*\??\s+(\w+)\s*=\s*([^=].*))$";
    ASSIGNED = r"(?s)^\$?(\w+)(?:\s*:\s*[^=(]+)?\s*(?:[-+*/|&]|\?\?)?=\s*([^=>].*)$";
    STEPPED = r"^(?:(?:\+\+|--)\$?(\w+)|\$?(\w+)(?:\+\+|--))$";
    COUNTED = r"^(?:\$?(\w+)\s*(?:\+=\s*\d+|\+\+)|\+\+(\w+))$";
    CALL = r"([\w$]+)\s*!?\s*(?:::?<[^<>()]*>)?\(";
    FAILS = r"^(?:throw|raise|panic|assert|require|requireNotNull|check|checkNotNull|Objects\.requireNonNull|Preconditions\.\w+|bail!|ensure!)\b";
    EMPTY = r#"^(?:(?:Ok|Some|Promise\.resolve|Result\.success|Optional\.of(?:Nullable)?|CompletableFuture\.completedFuture|Mono\.just|Task\.FromResult|Json)\(\s*)?(?:None|nil|null|undefined|void 0|Unit|[fF]alse|-?0(?:\.0+)?[LlfFdDm]?|""|''|``|\[\s*\]|\(\s*\)|\{\s*\}|[&*]?(?:(?:\[\]|\*|map\[[\w.]+\])*[A-Za-z][\w.]*|map\[[\w.]+\][\w.\[\]*]+)\{\s*\}|vec!\[\s*\]|(?:\w+::)*\w+(?:::<[^()]*>)?::(?:new|default|empty)\(\s*\)|make\(\[\][\w.*]+,\s*0\)|(?:List|Map|Set|Optional|Collections|Array|Flux|Mono|Stream|Page|Flow|Enumerable)\.(?:of|empty\w*|Empty(?:<[^()]*>)?)\(\s*\)|(?:empty|(?:mutable)?)(?:listOf|mapOf|setOf|List|Map|Set|Array|Flow|Sequence)(?:<[^()]*>)?\(\s*\)|new\s+\w+(?:<[^()]*>)?\(\s*\)|new\s+\w+\[0\]|array\(\)|(?:dict|list|set|tuple|str)\(\))?(?:\s*\))?(?:\s+as\s+[^;]+|!)?$"#;
    VACANT = r"^(?:None|nil|null|undefined|Ok\(\s*\(\s*\)\s*\)|Unit)?$";
    MADE = r"^[&*]?[A-Z]\w*\{\s*\}$|^new\s|::(?:new|default)\(\s*\)$";
    MAKES = r"(?i)^(?:new|create|make|build|init|default|of$|from)";
    RESETS = r"(?i)empty|none|null|zero|default|noop|no_op|dummy|disabled|reset|clear";
    HELD = r"^(?i)(?:size|len|length|count|pop|peek|poll|take|dequeue|drain|shift|next|list|all|items|keys|values|entries|snapshot|get_?all|find_?all|list_?all|fetch_?all|load_?all|to_?list|to_?array)$";
    NO_OBJECT = r"(?i:no_?op|null|empty|dummy|fake|disabled|stub|nothing|identity)|^No[A-Z]";
    KEEPS = r"(?i)identity|^id$|pass_?through|as_?is|^default|echo|^register|^tag$|^html$|^css$|^sql$";
    OWNER = r"\b(?:class|object|struct|interface)\s+(\w+)|\bfunc\s+\(\s*(?:\w+\s+)?\*?(\w+)";
}

/// Functions that only reshape what they are given.
pub(super) const PURE: &[&str] = &[
    "Atoi",
    "Date",
    "Errorf",
    "Itoa",
    "New",
    "Now",
    "Number",
    "Replace",
    "ReplaceAll",
    "Split",
    "Sprintf",
    "String",
    "ToLower",
    "ToUpper",
    "Trim",
    "TrimSpace",
    "and",
    "append",
    "as_str",
    "bool",
    "clone",
    "contains",
    "count",
    "encodeURIComponent",
    "endsWith",
    "ends_with",
    "endswith",
    "enumerate",
    "float",
    "for",
    "format",
    "if",
    "in",
    "includes",
    "int",
    "isBlank",
    "isEmpty",
    "isNaN",
    "isNotBlank",
    "isNotEmpty",
    "isNullOrBlank",
    "isNullOrEmpty",
    "is_empty",
    "isalpha",
    "isdigit",
    "isinstance",
    "iter",
    "len",
    "length",
    "lower",
    "lowercase",
    "lstrip",
    "not",
    "now",
    "or",
    "padStart",
    "parseInt",
    "parse_str",
    "range",
    "replace",
    "replaceAll",
    "rstrip",
    "size",
    "slice",
    "split",
    "startsWith",
    "starts_with",
    "startswith",
    "str",
    "strip",
    "substring",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "to_lowercase",
    "to_owned",
    "to_string",
    "to_uppercase",
    "trim",
    "upper",
    "uppercase",
    "valueOf",
];

/// What stands before `=` where a value is only changed by another.
const OPERATORS: [char; 7] = ['-', '+', '*', '/', '|', '&', '?'];

/// What one statement does.
enum Deed {
    /// Nothing that lasts.
    Idle,
    /// It tells somebody of what is done.
    Tells,
    /// It returns an empty value, with its words.
    Returns(String),
    /// It returns what was only counted.
    Counts,
    /// It fails.
    Fails,
    /// Anything else.
    Works,
}

/// Returns whether a function, whose name and parameters stand in a part of a file before its body's,
/// comes to nothing.
pub(super) fn is_inert(code: &Code, head: Range<usize>, body: Range<usize>) -> bool {
    let at = head.start;
    let head = code.bare.get(head).unwrap_or_default();
    let (name, rest) = head.split_once(['(', '=']).unwrap_or((head, ""));
    let name = name.trim();
    let Some(seen) = Seen::of(code, head, body) else {
        return false;
    };
    if is(&RESETS, name) || seen.told && is_called_to_tell(name) {
        return false;
    }
    let constructed = |value: &String| is(&MAKES, name) && is(&MADE, value);
    if seen.returned.iter().any(constructed) {
        return false;
    }
    // What fails unless its guards hold has done what it is for.
    let vacant = |value: &String| {
        seen.given.contains(value)
            || is(&VACANT, value) && (value.is_empty() || proves_by_nothing(code.language))
    };
    let same = seen.returned.iter().any(|it| seen.given.contains(it));
    if same && (is(&KEEPS, name) || is_no_object(code, at)) {
        return false;
    }
    if seen.fails && seen.returned.iter().all(vacant) {
        return false;
    }
    let beside = seen.statements > 1;
    beside || is_given(rest) || is(&HELD, name) && !is_no_object(code, at)
}

/// Whether functions that only look whether something holds return nothing in that language, though
/// they say so.
fn proves_by_nothing(language: Language) -> bool {
    matches!(language, Language::Python | Language::Go | Language::Rust)
}

/// Returns the names that stand between the first brackets, but for what a method is called on.
fn given(head: &str) -> BTreeSet<String> {
    let inside = head.split_once('(').map_or("", |(_, rest)| rest);
    let inside = inside.split(')').next().unwrap_or_default();
    let words = inside.split(|it: char| !(it.is_alphanumeric() || it == '_'));
    let own = words.filter(|it| !["", "self", "this", "cls", "mut"].contains(it));
    own.map(str::to_owned).collect()
}

/// Whether there are parameters behind an opened bracket, beside what a method is called on.
fn is_given(parameters: &str) -> bool {
    let given = parameters.split(')').next().unwrap_or_default();
    let mut given = given.split(',').map(str::trim);
    given.any(|it| !["", "self", "&self", "&mut self", "this", "cls"].contains(&it))
}

/// Whether a method's type is called like one that is there to do nothing.
fn is_no_object(code: &Code, at: usize) -> bool {
    let before = code.bare.get(..at).unwrap_or_default();
    let begins = before.rfind('\n').map_or(0, |it| it + 1);
    let overrides = before
        .get(begins..)
        .is_some_and(|it| it.contains("override"));
    let owners = OWNER.iter().flat_map(|it| it.captures_iter(before));
    let owner = owners.last();
    let owner = owner.and_then(|it| Some(it.get(1).or(it.get(2))?.as_str().to_owned()));
    overrides || owner.is_some_and(|it| is(&NO_OBJECT, &it))
}

/// What the statements of a body come to.
#[derive(Default)]
struct Seen {
    locals: BTreeSet<String>,
    /// Its parameters, and what they are passed on as.
    given: BTreeSet<String>,
    /// Locals that are parameters as they were given.
    passed: BTreeSet<String>,
    counters: BTreeSet<String>,
    returned: Vec<String>,
    statements: usize,
    fails: bool,
    told: bool,
    guarded: bool,
}

impl Seen {
    /// Returns what a body comes to; nothing where anything in it is work.
    fn of(code: &Code, head: &str, body: Range<usize>) -> Option<Self> {
        let mut seen = Self::default();
        let words = head.split(|it: char| !(it.is_alphanumeric() || it == '_'));
        seen.locals.extend(words.map(str::to_owned));
        seen.given = given(head);
        let mut counted = false;
        for statement in statements(code, body) {
            seen.statements += 1;
            match seen.deed(code.language, &statement) {
                Deed::Works => return None,
                Deed::Idle => {}
                Deed::Tells => seen.told = true,
                Deed::Fails => seen.fails = true,
                Deed::Counts => counted = true,
                Deed::Returns(value) => seen.returned.push(value),
            }
        }
        // A count is worth something, unless it is of what was told alone.
        let worth = counted && (!seen.told || seen.guarded);
        (seen.statements > 0 && !worth).then_some(seen)
    }

    fn deed(&mut self, language: Language, statement: &Statement<'_>) -> Deed {
        let (bare, text) = (statement.bare, statement.text);
        if bare != "return" && is_harmless(bare) {
            return Deed::Idle;
        }
        if is_logged(bare) {
            return Deed::Tells;
        }
        if let Some(header) = HEADER.as_ref().and_then(|it| it.find(bare)) {
            self.guarded |= header.as_str().contains("if");
            let (condition, rest) = statement.behind_header(header.end(), language);
            if !is_pure(condition) {
                return Deed::Works;
            }
            return rest.map_or(Deed::Idle, |rest| self.deed(language, &rest));
        }
        if is(&FAILS, bare) {
            return Deed::Fails;
        }
        let returned = bare.strip_prefix("return").filter(|rest| {
            let next = rest.chars().next();
            next.is_none_or(|it| !(it.is_alphanumeric() || it == '_' || it == '@'))
        });
        if returned.is_some() {
            let value = text.get("return".len()..).unwrap_or_default().trim();
            return self.value(value, statement.depth > 0);
        }
        if self.is_local(language, bare) {
            return Deed::Idle;
        }
        if is_empty(text) {
            return Deed::Returns(text.to_owned());
        }
        Deed::Works
    }

    /// Returns what it does to return a value, in a block of its own or at the end.
    fn value(&self, value: &str, guarded: bool) -> Deed {
        let failed = guarded && value.split_once(", ").is_some_and(|(it, _)| is_empty(it));
        if failed && !is_empty(value) || value.starts_with("Err(") {
            return Deed::Fails;
        }
        // As it was given.
        if self.given.contains(value) {
            return Deed::Returns(value.to_owned());
        }
        if self.counters.contains(value) {
            return Deed::Counts;
        }
        if is_empty(value) {
            Deed::Returns(value.to_owned())
        } else {
            Deed::Works
        }
    }

    /// Notes that a local is what the function was given, or something else from now on.
    fn pass(&mut self, local: &str, value: &str) {
        let local = local.trim();
        if self.given.contains(value.trim()) {
            if self.given.insert(local.to_owned()) {
                self.passed.insert(local.to_owned());
            }
        } else if self.passed.remove(local) {
            self.given.remove(local);
        }
    }

    /// Whether a statement only gives a local of the function a value.
    fn is_local(&mut self, language: Language, bare: &str) -> bool {
        let counted = COUNTED.as_ref().and_then(|it| it.captures(bare));
        if let Some(name) =
            counted.and_then(|it| Some(it.get(1).or(it.get(2))?.as_str().to_owned()))
        {
            let known = self.locals.contains(&name);
            self.pass(&name, "");
            self.counters.insert(name);
            return known || plain(language);
        }
        if let Some(found) = DECLARED.as_ref().and_then(|it| it.captures(bare)) {
            let keyword = bare.split_whitespace().next().unwrap_or_default();
            if ["return", "throw", "await", "yield", "global", "nonlocal"].contains(&keyword) {
                return false;
            }
            let names = [1, 3, 5].into_iter().find_map(|at| found.get(at));
            let value = [2, 4, 6].into_iter().find_map(|at| found.get(at));
            let names = names.map_or("", |it| it.as_str());
            self.pass(names, value.map_or("", |it| it.as_str()));
            let names = names.split(|it: char| !(it.is_alphanumeric() || it == '_'));
            self.locals.extend(names.map(str::to_owned));
            return value.is_none_or(|it| is_pure(it.as_str()));
        }
        if let Some(found) = ASSIGNED.as_ref().and_then(|it| it.captures(bare)) {
            let (name, value) = (&found[1], &found[2]);
            let own = plain(language) || self.locals.contains(name);
            // ``gross += net`` isn't as it was given.
            let whole = bare
                .split_once('=')
                .is_some_and(|(it, _)| !it.trim_end().ends_with(OPERATORS));
            self.pass(name, if whole { value } else { "" });
            self.locals.insert(name.to_owned());
            return own && is_pure(value);
        }
        let stepped = STEPPED.as_ref().and_then(|it| it.captures(bare));
        let stepped = stepped.as_ref().and_then(|it| it.get(1).or(it.get(2)));
        self.pass(stepped.map_or("", |it| it.as_str()), "");
        stepped.is_some_and(|it| self.locals.contains(it.as_str()))
    }
}

/// Returns whether a statement only ends something, or takes or gives back a lock.
pub(super) fn is_harmless(bare: &str) -> bool {
    ["", "pass", "return"].contains(&bare) || is(&LOCK, bare) || is(&BOUND_LOCK, bare)
}

/// Whether a name that is only assigned is a function's own.
fn plain(language: Language) -> bool {
    matches!(language, Language::Python | Language::Php | Language::Ruby)
}

/// Whether all values that are returned together are empty.
fn is_empty(value: &str) -> bool {
    let mut parts = value.split(", ").map(str::trim);
    is(&EMPTY, value) || parts.all(|it| !it.is_empty() && is(&EMPTY, it))
}

/// Whether an expression calls nothing but what reshapes a value.
pub(super) fn is_pure(text: &str) -> bool {
    let waits = ["await", "yield", "<-"].iter().any(|it| text.contains(it));
    let mut calls = CALL.iter().flat_map(|it| it.captures_iter(text));
    !waits && calls.all(|it| PURE.contains(&&it[1]))
}

#[cfg(test)]
mod tests;
