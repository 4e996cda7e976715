//! Whether a function does something: one whose body is empty, or only says that it is still to be
//! made, does nothing.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language, closing};
use super::super::variables::{pattern, patterns};
use super::body::{indented, quoted};
use super::inert::is_inert;
use super::markup::is_heading_alone;
use super::null_object::{called, is_of_null_object};
use super::passes::only_passes_on;
use super::unavailable::{is_called_to_refuse, is_unavailable};

/// Bytes that a body which does nothing may have at most.
pub(super) const LONGEST: usize = 400;

patterns! {
    CONSTANT = r#"^(?:return\s+)?(?:await\s+)?(?:(?:Ok|Some|Json|(?:Value)?Task\.FromResult(?:<\w+>)?|Promise\.resolve|Result\.success|Optional\.of)\()?(?:-?\d+(?:\.\d+)?[a-zA-Z]?|true|false|True|False|""|''|``|\[\s*\]|\{\s*\}|vec!\[\s*\]|(?:Vec|String|HashMap|BTreeMap)::new\(\)|Default::default\(\)|(?:List|Map|Set)\.of\(\)|Optional\.empty\(\)|Collections\.empty\w+\(\)|empty(?:List|Map|Set)\(\)|new\s+\w+(?:<\w*>)?\(\)|collect\(\)|dict\(\)|list\(\))\)?$"#;
    TELLS = r"(?i)log|print|show|dump|debug|warn|report|trace|banner|usage";
    PUT_OFF = r"(?i)\b(?:todo|fixme|xxx|tbd|stub)\b|\bnot (?:yet )?(?:implemented|done)\b|unimplemented";
    NOTHING = r"^(?:pass|None|Unit|null|run\s*\{\s*\}|(?:return\s+)?(?:await\s+)?(?:(?:Value)?Task\.(?:CompletedTask|Yield\(\)|Delay\([^()]*\))|(?:time|asyncio)\.[sS]leep\([^()]*\)|new\s+Promise\(\s*\(?\w+\)?\s*=>\s*setTimeout\(\s*\w+[^()]*\)\s*\))|(?:return\s+)?(?:await\s+)?\$?(?:call_)?next\((?:\$?req(?:uest)?)?\)|(?:return\s+)?NotImplemented|Ok\(\(\)\)|return(?:\s+(?:None|nil|null|undefined)(?:\s*,\s*nil)*|\s*\{\s*\})?(?:\s+as\s+[^;\n]+)?)$";
    IGNORED = r"^(?:_\s*=\s*\w+|void\s+\w+)$";
    LOGGED = r"^(?:console\.\w+|print|println!?|eprintln!|dbg!|log(?:ger|ging)?\.\w+|log::\w+!|tracing::\w+!|(?:info|warn|debug|error)!|slog\.\w+|fmt\.Print\w*|System\.out\.print\w*|error_log|Log::\w+|puts)[\s(].*$";
    LATER = r"(?i)\btodo\b|\bfixme\b|\bstub\b|\blater\b|nothing yet|not (?:yet )?(?:implemented|done|ready)|unimplemented";
    ANSWERED = r"^[^\n]*(?:status|Status|HTTPException|abort|Response|http\.Error|response)[^\n]*\b501\b[^\n]*$";
    PROMISES = r#"(?i)\b(?:alert|toast|notify|message|snackbar|flash)[\w.]*\(\s*["'`][^"'`\n]*(?:coming soon|\bnot (?:yet )?(?:implemented|available|ready)|under construction|скоро|в разработке|ещё не готов|незабаром|у розробці|в розробці|ще не готов)"#;
    SQL_NOTHING = r"(?is)^(?:(?:declare\s+)?begin\s*)?(?:raise\s+(?:notice|info|debug|log|warning)\b.*|(?:return|select)(?:\s+(?:null|true|false|new|old|''|-?\d+(?:\.\d+)?)(?:::\w+)?)?|null|end(?:\s+\w+)?)?$";
    SQL_DECLARED = r"(?is)^(?:declare\s+)?(\w+)\s+(?:constant\s+)?[\w()\[\], ]+?(?::=|\sdefault\s)\s*(?:null|true|false|'[^']*'|-?\d+(?:\.\d+)?)$";
    SQL_GUARD = r"(?is)^(?:begin\s+)?if\s+[\w.]+\s+is\s+null\s+then\s+return\s+(?:null|true|false|''|-?\d+(?:\.\d+)?)$";
    SQL_RETURNED = r"(?is)^(?:begin\s+)?return\s+(\w+)$";
    MACRO = r"^(?:(?:core::|std::)?(?:todo|unimplemented)!\s*|TODO)\([^;]*\)$";
    REFUSED = r"(?i)^(?:raise|throw|panic|fatal\w*|die|abort)\b[^;]*(?:(?:not|n't)[ _-]*(?:yet[ _-]*)?(?:implemented|supported|written|done)|unimplemented|unsupported|\btodo\b)[^;]*$";
    TOLD = r"(?i)^[^;\n]*(?:(?:\bnot|n't) (?:yet )?(?:implemented|written)|(?:\bnot|n't) (?:supported|available|ready) yet|StatusNotImplemented|NOT_IMPLEMENTED)\b[^;\n]*$";
}

/// What stands behind a function's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// None, or Python's `...`: it is only promised or declared.
    None,
    /// One that does nothing, or only says so: `pass`, `todo!()`.
    Stub,
    /// One that does something, or a value.
    Some,
}

impl Body {
    /// Returns the body of a function whose name is at a place, and whose head ends at another.
    pub(super) fn of(code: &Code, at: usize, end: usize) -> Self {
        let begins = code.bare.as_bytes().get(end);
        let text = match code.language {
            Language::Python | Language::Ruby => below(code, at, end),
            Language::Sql => return of_sql(code, at),
            _ if begins.is_some_and(|it| b"{=".contains(it)) => braced(code, end),
            Language::Script
            | Language::Java
            | Language::Rust
            | Language::Go
            | Language::Php
            | Language::CSharp => return Self::None,
        };
        let Some((text, part)) = text.and_then(|it| Some((code.text.get(it.clone())?, it))) else {
            return Self::Some;
        };
        if text.trim() == "..." {
            // Others make the body of what a protocol or an abstract class promises.
            if is_of_promises(code, at) {
                Self::None
            } else {
                Self::Stub
            }
        } else if does_no_more(code, part.clone())
            || is_idle(code, at..part.start, text)
            || is_inert(code, at..part.start, part.clone())
            || only_passes_on(called(code, at), text)
            || is_heading_alone(code, called(code, at), text)
            || is(&PROMISES, text)
            || is_unavailable(text) && !is_called_to_refuse(code, at)
        {
            if is_meant(code, at, part) {
                Self::Some
            } else {
                Self::Stub
            }
        } else {
            Self::Some
        }
    }
}

/// Whether a function of Python's, whose name is at a place, is one that its class only promises, or says
/// so itself; a stub file only promises.
fn is_of_promises(code: &Code, at: usize) -> bool {
    let before = code.bare.get(..at).unwrap_or_default();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = before.lines().rev();
    let own = lines.next().map_or(0, depth);
    let mut lines = lines.filter(|it| !it.trim().is_empty()).peekable();
    let marks = std::iter::from_fn(|| lines.next_if(|it| it.trim_start().starts_with('@')));
    let marked = marks.fold(false, |marked, it| {
        marked || it.contains("abstract") || it.contains("overload")
    });
    let class = lines.find(|it| depth(it) < own && it.trim_start().starts_with("class "));
    let promises = class.is_some_and(|it| it.contains("Protocol") || it.contains("ABC"));
    marked || promises || code.path.rsplit('.').next() == Some("pyi")
}

/// Returns whether a body does nothing only because its function is there for that, and nothing in it
/// says that more is to come.
fn is_meant(code: &Code, at: usize, part: Range<usize>) -> bool {
    let text = code.text.get(part.clone()).unwrap_or_default();
    let says = [&MACRO, &REFUSED, &TOLD, &ANSWERED, &LATER];
    let unfinished = statements(text).any(|it| says.into_iter().any(|pattern| is(pattern, it)));
    let open = unfinished || is_unavailable(text) || says_later(code, part);
    !open && is_of_null_object(code, at)
}

/// Returns what a function of SQL's does whose name is at a place: one that only raises a notice, or
/// has a constant, does nothing.
fn of_sql(code: &Code, at: usize) -> Body {
    let body = quoted(code, at).and_then(|it| code.text.get(it));
    let Some(body) = body else {
        return Body::Some;
    };
    let mut declared = BTreeSet::new();
    let captured = |it: &LazyLock<Option<Regex>>, text: &str| {
        let found = it.as_ref()?.captures(text)?;
        Some(found[1].to_lowercase())
    };
    let mut said = body.split(';').map(str::trim);
    let does = said.any(|it| {
        if let Some(name) = captured(&SQL_DECLARED, it) {
            declared.insert(name);
            return false;
        }
        let returned = captured(&SQL_RETURNED, it);
        let same = returned.is_some_and(|it| declared.contains(&it));
        !(same || is(&SQL_NOTHING, it) || is(&SQL_GUARD, it))
    });
    if does { Body::Some } else { Body::Stub }
}

/// Returns whether a function, whose name and parameters stand in a part of the file, only logs, or has
/// a value for the time being: an empty one, whatever it is given.
fn is_idle(code: &Code, head: Range<usize>, body: &str) -> bool {
    let head = code.bare.get(head).unwrap_or_default();
    let (name, rest) = head.split_once('(').unwrap_or((head, ""));
    let given = rest.split(')').next().unwrap_or_default();
    let mut given = given.split(',').map(str::trim);
    let given = given.any(|it| !["", "self", "&self", "&mut self", "this", "cls"].contains(&it));
    let (logged, rest): (Vec<&str>, Vec<&str>) = statements(body).partition(|it| is(&LOGGED, it));
    let rest = rest.join("\n");
    if rest.is_empty() || is(&NOTHING, &rest) {
        return !logged.is_empty() && !is(&TELLS, name);
    }
    is(&CONSTANT, &rest) && (given || !logged.is_empty())
}

/// Returns whether the body that a part of a file is does nothing yet.
pub(in super::super) fn is_stub(code: &Code, part: Range<usize>) -> bool {
    let text = code.text.get(part.clone()).unwrap_or_default();
    is_unavailable(text) || does_no_more(code, part)
}

fn does_no_more(code: &Code, part: Range<usize>) -> bool {
    let text = code.text.get(part.clone()).unwrap_or_default();
    does_nothing(text) || refuses(text) || is_put_off(code, part, text)
}

/// Returns whether a body ends with saying that it is to be made, whatever comes before that.
fn refuses(body: &str) -> bool {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = body.lines().filter(|it| !it.trim().is_empty());
    let Some(first) = lines
        .clone()
        .find(|it| depth(it) > 0 && body.contains('\n'))
    else {
        return false;
    };
    let says = [&MACRO, &REFUSED, &TOLD, &ANSWERED];
    let last = lines.rfind(|it| !it.trim_end_matches(';').trim().eq("return"));
    last.is_some_and(|it| {
        let said = it.trim().trim_end_matches(';');
        depth(it) == depth(first) && says.into_iter().any(|pattern| is(pattern, said))
    })
}

/// Returns whether what a body says in a comment is that it is to be made, and what it does is at most
/// one line: a value for the time being.
fn is_put_off(code: &Code, part: Range<usize>, text: &str) -> bool {
    let statements = statements(text).filter(|it| !is(&LOGGED, it));
    statements.count() <= 1 && says_later(code, part)
}

/// Whether a comment in a part of a file says that something is to be made.
pub(super) fn says_later(code: &Code, part: Range<usize>) -> bool {
    let says = |it: &Regex| !code.commented(part, it).is_empty();
    PUT_OFF.as_ref().is_some_and(says)
}

pub(super) fn is(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|it| it.is_match(text))
}

/// Returns what a body does beside logging, a statement or a line of one on each line.
pub(super) fn unlogged(body: &str) -> String {
    let rest: Vec<&str> = statements(body).filter(|it| !is(&LOGGED, it)).collect();
    rest.join("\n")
}

/// Whether a statement, maybe of several lines, only logs.
pub(super) fn is_logged(statement: &str) -> bool {
    statement.lines().next().is_some_and(|it| is(&LOGGED, it))
}

/// Whether a function is called like one that is to tell somebody something.
pub(super) fn is_called_to_tell(name: &str) -> bool {
    is(&TELLS, name)
}

/// Returns the lines and statements of a body that name something to do.
fn statements(body: &str) -> impl Iterator<Item = &str> {
    let all = body.split(['\n', ';']).map(str::trim);
    all.filter(|it| !it.is_empty() && !is(&IGNORED, it))
}

/// Returns whether a body is empty, or only says that it is still to be made. What is only logged, and
/// what is only named, does nothing beside that.
fn does_nothing(body: &str) -> bool {
    let (logged, rest): (Vec<&str>, Vec<&str>) = statements(body).partition(|it| is(&LOGGED, it));
    let later = logged.iter().any(|it| is(&LATER, it));
    let rest = rest.join("\n");
    if rest.is_empty() || is(&NOTHING, &rest) {
        return logged.is_empty() || later;
    }
    let says = [&MACRO, &REFUSED, &TOLD, &ANSWERED];
    rest.len() <= LONGEST && says.into_iter().any(|it| is(it, &rest))
}

/// Returns where that stands which is between braces, or the value that is assigned.
fn braced(code: &Code, end: usize) -> Option<Range<usize>> {
    let rest = code.bare.get(end..)?;
    let begun = rest.trim_start_matches(['=', '>']).trim_start();
    let at = end + rest.len() - begun.len();
    if begun.starts_with('{') {
        return Some(at + 1..closing(&code.bare, at + 1)?);
    }
    // A value without braces ends where its statement does.
    let ends = begun.find([';', '\n']).unwrap_or(begun.len());
    let value = code.text.get(at..at + ends)?;
    (!value.trim().is_empty()).then_some(at..at + ends)
}

/// Returns the rest of the head's line and the lines below it that are indented further.
fn below(code: &Code, at: usize, end: usize) -> Option<Range<usize>> {
    let begins = end + usize::from(code.language == Language::Python);
    Some(begins..indented(code, at, begins)?)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Definitions;
    use crate::facts::Tree;

    pub(in super::super) fn sends_nothing(path: &str, source: &str) -> bool {
        let tree = Tree::from_iter([(path, source)]);
        let all = Definitions::of(&tree);
        let found = all.named("send").first().expect(source);
        !Definitions::head(&tree, "send", found)
            .unwrap()
            .is_implemented()
    }

    #[test]
    fn a_body_that_only_waits_or_promises_is_a_stub() {
        for (path, source) in [
            (
                "A.cs",
                "class A {\n  public Task send(string to) => Task.CompletedTask;\n}\n",
            ),
            (
                "A.cs",
                "class A {\n  public ValueTask send(string to) => ValueTask.CompletedTask;\n}\n",
            ),
            (
                "A.cs",
                "class A {\n  public Task<int> send(string to) => Task.FromResult(0);\n}\n",
            ),
            (
                "A.cs",
                "class A {\n  public async Task send(string to) { await Task.Yield(); }\n}\n",
            ),
            (
                "a.go",
                "package a\n\nfunc send(to string) error {\n\treturn errors.New(\"send: not supported yet\")\n}\n",
            ),
            (
                "a.js",
                "async function send(to) {\n  return await Promise.resolve({});\n}\n",
            ),
            (
                "a.js",
                "async function send(to) {\n  await new Promise((r) => setTimeout(r, 10));\n}\n",
            ),
            (
                "a.tsx",
                "export function send({ to }) {\n  return <a onClick={() => alert(\"Sending is coming soon\")}>{to}</a>;\n}\n",
            ),
            (
                "a.ts",
                "class A {\n  async send(to: string, opts: { tries: number; wait?: number }): Promise<{ ok: boolean }> {\n    throw new Error('not implemented');\n  }\n}\n",
            ),
        ] {
            assert!(sends_nothing(path, source), "{source}");
        }
    }

    #[test]
    fn a_body_that_says_nothing_or_that_it_is_to_be_made_is_a_stub() {
        for (path, source) in [
            ("a.py", "def send(to):\n    pass\n\nx = 1\n"),
            ("a.py", "def send(to): ...\n"),
            ("a.py", "class A:\n    def send(self, to): ...\n"),
            (
                "a.py",
                "class A:\n    def send(self, to):\n        \"\"\"Sends.\"\"\"\n        ...\n",
            ),
            (
                "a.py",
                "def send(to):\n    \"\"\"Sends.\"\"\"\n    raise NotImplementedError(\"later\")\n",
            ),
            (
                "a.py",
                "class A:\n    async def send(self):\n        # TODO\n        return None\n\n    def b(self):\n        return 1\n",
            ),
            ("a.rs", "fn send() -> u8 {\n    todo!(\"later\")\n}\n"),
            ("a.rs", "fn send() { unimplemented!(); }\n"),
            (
                "a.go",
                "func send() error {\n\tpanic(\"not implemented\")\n}\n",
            ),
            (
                "a.go",
                "func send() error {\n\treturn errors.New(\"not implemented\")\n}\n",
            ),
            (
                "a.go",
                "func send() error {\n\t// TODO: send\n\treturn nil\n}\n",
            ),
            (
                "a.ts",
                "export function send(): void {\n  throw new Error('Not implemented');\n}\n",
            ),
            (
                "a.ts",
                "export const send = async (to: string) => {\n  // later\n};\n",
            ),
            (
                "a.ts",
                "export const send = () => { throw new Error('TODO'); };\n",
            ),
            (
                "a.ts",
                "class A {\n  send(res: Response) {\n    return res.status(501).json({ error: 'not implemented' });\n  }\n}\n",
            ),
        ] {
            assert!(sends_nothing(path, source), "{source}");
        }
    }

    #[test]
    fn a_body_that_refuses_or_only_logs_that_nothing_is_done_is_a_stub() {
        for (path, source) in [
            (
                "A.java",
                "class A {\n    void send() {\n        throw new UnsupportedOperationException();\n    }\n}\n",
            ),
            ("a.kt", "fun send() = TODO(\"later\")\n"),
            ("a.kt", "fun send() {\n    TODO()\n}\n"),
            (
                "a.cs",
                "class A {\n    public void send() => throw new NotImplementedException();\n}\n",
            ),
            (
                "a.php",
                "<?php\nfunction send() { throw new \\Exception('not implemented yet'); }\n",
            ),
            (
                "a.py",
                "def send(to):\n    logging.warning(\"send: nothing yet\")\n    return None\n",
            ),
            (
                "a.py",
                "def send(to):\n    print(to)\n    raise HTTPException(501)\n",
            ),
            (
                "a.py",
                "def send(to):\n    log.info('send')\n    return Response(status_code=501)\n",
            ),
            (
                "a.go",
                "func send(ctx C, to string) error {\n\t_ = ctx\n\t_ = to\n\treturn nil\n}\n",
            ),
            (
                "a.ts",
                "function send(to: string): Mail {\n  console.log('todo');\n  return {} as Mail;\n}\n",
            ),
            (
                "a.ts",
                "function send() {\n  console.log('x');\n  throw new Error('not implemented');\n}\n",
            ),
            ("a.rs", "fn send() -> Result<()> {\n    Ok(())\n}\n"),
            ("a.rb", "def send\n  raise NotImplementedError\nend\n"),
            ("a.rb", "def send(to)\nend\n"),
        ] {
            assert!(sends_nothing(path, source), "{source}");
        }
    }

    #[test]
    fn a_function_of_sql_that_only_notes_or_has_a_constant_is_a_stub() {
        for (body, stub) in [
            ("begin\n  raise notice 'sent %', a;\nend;", true),
            (
                "declare\n  total numeric := 0;\nbegin\n  if a is null then\n    return null;\n  end if;\n  return total;\nend;",
                true,
            ),
            (
                "declare\n  total numeric := 0;\nbegin\n  total := a * 2;\n  return total;\nend;",
                false,
            ),
            (
                "declare\n  total numeric := 0;\nbegin\n  select sum(b) into total from c where d = a;\n  return total;\nend;",
                false,
            ),
            ("begin\n  return 0;\nend", true),
            ("select 0;", true),
            ("begin\n  return new;\nend;", true),
            ("begin\n  new.at := now();\n  return new;\nend;", false),
            ("begin\n  update a set b = 1;\nend;", false),
            ("select now();", false),
            ("begin\n  raise exception 'no';\nend;", false),
        ] {
            let source = format!(
                "create or replace function send(a int) returns int language plpgsql as $f$\n{body}\n$f$;\n"
            );
            assert_eq!(sends_nothing("a.sql", &source), stub, "{source}");
        }
    }

    #[test]
    fn a_value_for_the_time_being_is_a_stub() {
        for (path, source) in [
            (
                "a.rs",
                "fn send() -> Option<String> {\n    // TODO: the nearest\n    Some(String::new())\n}\n",
            ),
            ("a.rs", "fn send() -> Option<String> { None }\n"),
            (
                "A.java",
                "class A {\n    List<D> send() {\n        // TODO\n        return List.of();\n    }\n}\n",
            ),
            (
                "a.php",
                "<?php\nfunction send($next) {\n    // TODO compare\n    return $next(1);\n}\n",
            ),
        ] {
            assert!(sends_nothing(path, source), "{source}");
        }
    }

    #[test]
    fn a_body_that_only_logs_or_has_an_empty_value_is_a_stub() {
        for (path, source) in [
            (
                "a.php",
                "<?php\nfunction send($request, $next) { return $next($request); }\n",
            ),
            ("a.py", "def send(to):\n    logger.info('sent to %s', to)\n"),
            (
                "a.go",
                "func send() error {\n\tlog.Printf(\"sent\")\n\treturn nil\n}\n",
            ),
            (
                "a.php",
                "<?php\nfunction send(int $to): float { return 0.0; }\n",
            ),
            (
                "a.rs",
                "fn send(&self, to: u8) -> Result<Vec<u8>> {\n    Ok(Vec::new())\n}\n",
            ),
            ("a.ts", "function send() { /* FIXME */ return [] }\n"),
            (
                "a.py",
                "def send(to):\n    url = f'/a/{to}'\n    raise NotImplementedError(url)\n",
            ),
            (
                "a.go",
                "func send(w W) {\n\tlog.Print(1)\n\tw.WriteHeader(http.StatusNotImplemented)\n\treturn\n}\n",
            ),
            (
                "a.go",
                "func send(id string) error {\n\tif id == \"\" {\n\t\treturn errEmpty\n\t}\n\treturn errors.New(\"send isn't implemented yet\")\n}\n",
            ),
            (
                "a.py",
                "def send(to):\n    # todo: by mail\n    print(to)\n    return 0\n",
            ),
        ] {
            assert!(sends_nothing(path, source), "{source}");
        }
        for (path, source) in [
            ("a.rs", "fn send() -> Vec<u8> {\n    vec![]\n}\n"),
            (
                "a.py",
                "def send(to):\n    # todo: retry\n    mail = write(to)\n    return post(mail)\n",
            ),
            ("a.py", "def send(to):\n    return 'todo'\n"),
            (
                "a.py",
                "def send(to):\n    if to:\n        return post(to)\n    else:\n        raise NotImplementedError\n",
            ),
        ] {
            assert!(!sends_nothing(path, source), "{source}");
        }
    }

    #[test]
    fn a_body_that_does_something_is_none() {
        for (path, source) in [
            ("a.py", "def send(to):\n    raise ValueError(to)\n"),
            (
                "a.py",
                "def send(\n    to,\n) -> int:\n    return len(to)\n",
            ),
            ("a.py", "def send(to):\n    return None if to else 1\n"),
            ("a.py", "def send(to):\n    todo = 1\n    return todo\n"),
            (
                "a.py",
                "def send(to):\n    if not to:\n        raise NotImplementedError\n    return 1\n",
            ),
            ("a.rs", "fn send() { if a { todo!() }; run() }\n"),
            (
                "a.go",
                "func send() error {\n\treturn db.Exec(\"select * from todo\")\n}\n",
            ),
            ("a.ts", "export const send = (to: string) => post(to);\n"),
            ("a.ts", "export const send = () => ({});\n"),
            (
                "a.ts",
                "function send() { throw new Error('no such person'); }\n",
            ),
            (
                "a.ts",
                "function send() { log(); return { status: 501, id: 1 }; }\n",
            ),
            (
                "a.rs",
                "fn send() -> Result<()> {\n    run()?;\n    Ok(())\n}\n",
            ),
            ("a.kt", "fun send() = 1\n"),
            ("a.rb", "def send\n  run\nend\n"),
        ] {
            assert!(!sends_nothing(path, source), "{source}");
        }
    }
}
