//! Parameters that a function has and never uses: it is called as it is to be, and doesn't do yet what
//! it is given them for.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Tree;
use super::super::code::{Code, Language, closing};
use super::super::variables::{pattern, patterns};
use super::body::{indented, quoted};
use super::inert::logged;
use super::null_object::is_of_null_object;
use super::parameters::Parameter;
use super::stub::is_called_to_tell;
use super::{Definition, Definitions, Head, Sort};

/// Names of what a framework hands to every function, whether it needs it or not.
const HANDED: &[&str] = &[
    "app", "args", "context", "ctx", "event", "kwargs", "next", "r", "req", "request", "res",
    "response", "self", "this", "w",
];

patterns! {
    ALL = r"\b(?:arguments\b|locals\(\)|vars\(\)|func_get_args\(\)|compact\()";
    GIVEN = r"\b(?:Depends|Security|Inject)\b";
    NUMBERED = r"\$\d";
    NAMES = r"[\p{L}_][\p{L}\p{N}_]*";
}

impl Definitions {
    /// Returns the first of some parameters that a function has and its body doesn't name. Only what
    /// is asked for by a name is looked at, and only a function with a body.
    pub fn unused(tree: &Tree, name: &str, found: &Definition, asked: &[String]) -> Option<String> {
        let code = Code::new(&found.origin.path, tree.get(&found.origin.path)?)?;
        let head = Head::read(&code, name, (found.sort, found.at))?;
        let meant = is_of_null_object(&code, found.at);
        if found.sort != Sort::Function || meant || !head.is_implemented() {
            return None;
        }
        let body = reach(&code, found.at, head.end)?;
        let text = code.text.get(body.clone())?;
        if ALL.iter().any(|it| it.is_match(text)) {
            return None;
        }
        let asked: Vec<Parameter> = asked.iter().map(|it| Parameter::asked(it)).collect();
        let own = head.parameters?.into_iter();
        let named = own.filter(|own| asked.iter().any(|it| own.fits(it) && is_named(it, own)));
        let mut given = named.filter_map(|it| counted(&it));
        // What is only logged isn't put to use, but by what is to tell of it.
        let tells = is_called_to_tell(name) || code.language == Language::Sql;
        let logged = if tells {
            Vec::new()
        } else {
            logged(&code, body.clone())
        };
        let numbered = code.language == Language::Sql && is_numbered(text);
        given.find(|name| !numbered && !names_it(&code, body.clone(), (name, &logged)))
    }
}

/// Whether what is asked for says a parameter's name, and not its type alone.
fn is_named(asked: &Parameter, own: &Parameter) -> bool {
    !own.name.is_empty() && (asked.whole == own.name || asked.whole == own.whole)
}

/// Returns a parameter's name, where it is one that a function is given to use.
fn counted(own: &Parameter) -> Option<String> {
    let [name] = own.name.as_slice() else {
        return None;
    };
    let injected = own.default.iter().flatten();
    let mut injected = injected.chain(&own.of);
    let injected = injected.any(|it| GIVEN.iter().any(|given| given.is_match(it)));
    let exempt = name.starts_with('_') || HANDED.contains(&name.as_str()) || injected;
    (!exempt).then(|| name.clone())
}

/// Whether a body of SQL's calls parameters by their places.
fn is_numbered(text: &str) -> bool {
    NUMBERED.iter().any(|it| it.is_match(text))
}

/// Returns where the body of a function stands, and no less of it.
fn reach(code: &Code, at: usize, end: usize) -> Option<Range<usize>> {
    if code.language == Language::Sql {
        return quoted(code, at);
    }
    let lines = indented(code, at, end)?;
    let rest = code.bare.get(end..)?;
    let begun = rest.trim_start_matches(['=', '>']).trim_start();
    let open = end + rest.len() - begun.len();
    let closes = || closing(&code.bare, open + 1);
    let braced = begun.starts_with('{').then(closes).flatten();
    Some(end..lines.max(braced.unwrap_or(lines)))
}

/// Whether a part of a file names something, in code or in what a string interpolates.
fn names_it(code: &Code, part: Range<usize>, (name, left): (&str, &[Range<usize>])) -> bool {
    let text = code.text.get(part.clone()).unwrap_or_default();
    let words = NAMES.iter().flat_map(|it| it.find_iter(text));
    let sql = code.language == Language::Sql;
    let same = |it: &str| it == name || sql && it.eq_ignore_ascii_case(name);
    let own = words.filter(|it| same(it.as_str()));
    let mut own = own.filter(|it| {
        !left
            .iter()
            .any(|left| left.contains(&(part.start + it.start())))
    });
    own.any(|it| {
        let before = text.get(..it.start()).unwrap_or_default();
        if code.is_code(part.start + it.start()) {
            // `hold.minutes` is another one; `...minutes` isn't.
            // A function's own name may stand before a parameter of SQL's.
            let member = before.ends_with('.') && !before.ends_with("..") && !sql;
            return !member && !before.ends_with("->");
        }
        let open = before.rfind(['{', '}']).and_then(|at| before.get(at..));
        before.ends_with('$') || open.is_some_and(|it| it.starts_with('{') && !it.contains('\n'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, source: &str, asked: &[&str], expected: Option<&str>) {
        let tree = Tree::from_iter([(path, source)]);
        let all = Definitions::of(&tree);
        let found = all.named("extend").first().expect(source);
        let asked: Vec<String> = asked.iter().map(|it| (*it).to_owned()).collect();
        let unused = Definitions::unused(&tree, "extend", found, &asked);
        assert_eq!(unused.as_deref(), expected, "{source}");
    }

    #[test]
    fn a_parameter_that_the_body_never_names_is_unused() {
        for (path, source) in [
            (
                "A.kt",
                "class A {\n  fun extend(id: UUID, minutes: Int) = repo.find(id)\n  val minutes = 1\n}\n",
            ),
            (
                "a.py",
                "def extend(id: UUID, minutes: int):\n    \"\"\"Adds minutes.\"\"\"\n    # minutes\n    return repo.find(id, 'minutes')\n",
            ),
            (
                "a.ts",
                "export async function extend(id: UUID, minutes: Int) {\n  // minutes\n  return repo.find(id);\n}\n",
            ),
            (
                "a.ts",
                "export const extend = (id: UUID, minutes: Int) => repo.find(id);\nconst minutes = 1;\n",
            ),
            (
                "A.java",
                "class A {\n  Hold extend(UUID id, int minutes) {\n    return repo.find(id).minutes;\n  }\n}\n",
            ),
            (
                "a.go",
                "func extend(id UUID, minutes int) Hold {\n\treturn find(id)\n}\n",
            ),
            (
                "a.rs",
                "fn extend(id: Uuid, minutes: Int) -> Hold {\n    find(id)\n}\n",
            ),
            (
                "a.php",
                "<?php\nfunction extend($id, $minutes) { return $this->minutes($id); }\n",
            ),
            ("a.rb", "def extend(id, minutes)\n  find(id)\nend\n"),
        ] {
            check(path, source, &["id", "minutes"], Some("minutes"));
            check(path, source, &["id"], None);
        }
    }

    #[test]
    fn a_parameter_that_is_named_anywhere_in_the_body_is_used() {
        for (path, source) in [
            (
                "A.kt",
                "fun extend(id: UUID, minutes: Int) =\n  repo.find(id)\n    .plus(minutes)\n",
            ),
            (
                "A.kt",
                "fun extend(id: UUID, minutes: Int) = run {\n  send(\"$id $minutes\")\n}\n",
            ),
            (
                "a.py",
                "def extend(\n    id: UUID,\n    minutes: int,\n) -> str:\n    return f\"{id} {minutes!r}\"\n",
            ),
            (
                "a.py",
                "def extend(id, minutes):\n    return post(locals())\n",
            ),
            (
                "a.ts",
                "function extend(id: A, minutes: B): { c: C } {\n  return { id, ...minutes };\n}\n",
            ),
            (
                "a.ts",
                "const extend = async (id: A, minutes: B) => ({\n  id,\n  text: `${minutes} of`,\n});\n",
            ),
            (
                "a.js",
                "function extend(id, minutes) { return f(...arguments); }\n",
            ),
            (
                "A.cs",
                "class A\n{\n  string extend(int id, int minutes)\n  {\n    return $\"{id} {minutes}\";\n  }\n}\n",
            ),
            (
                "a.php",
                "<?php\nfunction extend($id, $minutes) { return \"$id $minutes\"; }\n",
            ),
            (
                "a.rb",
                "def extend(id, minutes)\n  \"#{id} #{minutes}\"\nend\n",
            ),
        ] {
            check(path, source, &["id", "minutes"], None);
        }
    }

    #[test]
    fn a_parameter_that_is_only_logged_is_unused() {
        for (path, source) in [
            (
                "a.py",
                "def extend(id, minutes):\n    def wrap(fn):\n        logging.debug(\"%d\", minutes)\n        return fn(id)\n    return wrap\n",
            ),
            (
                "a.go",
                "func extend(id UUID, minutes int) Hold {\n\tslog.Info(\"minutes\", \"of\", minutes)\n\treturn find(id)\n}\n",
            ),
            (
                "a.ts",
                "function extend(id: A, minutes: B) {\n  console.log(`${minutes} of`);\n  return find(id);\n}\n",
            ),
            (
                "A.java",
                "class A {\n  Hold extend(UUID id, int minutes) {\n    log.info(\"{}\",\n      minutes);\n    return repo.find(id);\n  }\n}\n",
            ),
        ] {
            check(path, source, &["id", "minutes"], Some("minutes"));
        }
        check(
            "a.py",
            "def extend(id, minutes):\n    print(minutes)\n    return post(id, minutes)\n",
            &["id", "minutes"],
            None,
        );
    }

    #[test]
    fn functions_of_sql_name_their_parameters() {
        let sql = |body: &str| {
            format!(
                "create function extend(id bigint, minutes int) returns int language sql as $$\n  {body}\n$$;\n"
            )
        };
        let asked = ["id bigint", "minutes int"];
        check(
            "a.sql",
            &sql("select 1 from a where a.id = id;"),
            &asked,
            Some("minutes"),
        );
        check("a.sql", &sql("select now();"), &asked, Some("id"));
        for body in [
            "select MINUTES from a where a.id = extend.id;",
            "select $2 from a where a.id = $1;",
            "select f(id, minutes);",
        ] {
            check("a.sql", &sql(body), &asked, None);
        }
        check(
            "a.sql",
            "create function extend(id bigint) returns int language c as 'a', 'b';\n",
            &["id bigint"],
            None,
        );
    }

    #[test]
    fn what_is_handed_to_every_function_or_is_left_to_others_may_be_unused() {
        check(
            "a.ts",
            "function extend(req: Request, res: Response, _id: Id) { run(); }\n",
            &["req: Request", "res", "_id"],
            None,
        );
        check(
            "a.kt",
            "interface A {\n  fun extend(id: Int)\n}\n",
            &["id: Int"],
            None,
        );
        check(
            "a.go",
            "func extend(id Id) Hold {\n\treturn make()\n}\n",
            &["Id"],
            None,
        );
        check(
            "a.py",
            "def extend(user: User = Depends(current)):\n    return run()\n",
            &["user: User"],
            None,
        );
    }
}
