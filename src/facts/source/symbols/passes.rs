//! Middleware that only passes on: it looks at the request, maybe logs, and calls the next one with
//! what it was given. Nothing is asked of anybody.

use std::sync::LazyLock;

use regex::Regex;

use super::super::variables::{pattern, patterns};
use super::inert::is_pure;
use super::stub::{is, is_called_to_tell, is_logged};

patterns! {
    WRAPPED = r"(?s)^\s*return\s+http\.HandlerFunc\(\s*func\(\s*(\w+)\s+http\.ResponseWriter,\s*(\w+)\s+\*http\.Request\s*\)\s*\{(.*)\}\s*\)\s*$";
    SERVED = r"^\w+\.ServeHTTP\(\s*(\w+),\s*(\w+)\s*\)$";
    NEXT = r"^(?:return\s+)?(?:await\s+)?\$?(?:call_)?next\((?:\$?req(?:uest)?)?\)$";
    READS = r"^(?:(?:const|let|var)\s+)?\w+(?:\s*,\s*\w+)?\s*:?=\s*([^=].*)$";
    OF_REQUEST = r"\b(?:r|req|request)(?:\.\w+)*\.(?:Get|get|header|Header|Cookie|FormValue|PathValue|Context)\(";
    PASSES = r"(?i)pass_?through|no_?op|identity";
}

/// Returns whether all that a function of this name does is to pass on what it is given.
pub(super) fn only_passes_on(name: &str, body: &str) -> bool {
    if is_called_to_tell(name) || is(&PASSES, name) {
        return false;
    }
    let wrapped = WRAPPED.as_ref().and_then(|it| it.captures(body));
    let given = wrapped.as_ref().map(|it| [&it[1], &it[2]]);
    let inner = wrapped.as_ref().and_then(|it| it.get(3));
    let inner = inner.map_or(body, |it| it.as_str());
    let said = inner.split(['\n', ';']).map(str::trim);
    let said = said.filter(|it| !it.is_empty() && !is_logged(it));
    let (passed, rest): (Vec<&str>, Vec<&str>) = said.partition(|it| passes(it, given));
    !passed.is_empty() && rest.into_iter().all(only_reads)
}

/// Whether a statement calls the next one with what was given, as it is.
fn passes(statement: &str, given: Option<[&str; 2]>) -> bool {
    let Some(given) = given else {
        return is(&NEXT, statement);
    };
    let served = SERVED.as_ref().and_then(|it| it.captures(statement));
    served.is_some_and(|it| [&it[1], &it[2]] == given)
}

/// Whether a statement only gives a local what it reads of the request.
fn only_reads(statement: &str) -> bool {
    let value = READS.as_ref().and_then(|it| it.captures(statement));
    let value = value
        .as_ref()
        .and_then(|it| it.get(1))
        .map(|it| it.as_str());
    let without = |it: &str| {
        let rest = OF_REQUEST.as_ref().map(|read| read.replace_all(it, "("));
        rest.is_some_and(|it| is_pure(&it))
    };
    value.is_some_and(without)
}

#[cfg(test)]
mod tests {
    use super::only_passes_on;

    fn go(inner: &str) -> String {
        format!(
            "\n\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {{\n{inner}\n\t}})\n"
        )
    }

    #[test]
    fn middleware_that_looks_logs_and_goes_on_does_nothing() {
        let reads = "id := r.Header.Get(\"X-Device\")\n\t\tlog.Printf(\"device %s\", id)\n";
        for body in [
            go(&format!("{reads}\t\tnext.ServeHTTP(w, r)")),
            go("\t\tnext.ServeHTTP(w, r)"),
            "\n  const id = req.get('x-device');\n  console.log(id);\n  next();\n".to_owned(),
            "\n    log.info(request.url)\n    return await call_next(request)\n".to_owned(),
        ] {
            assert!(only_passes_on("RequireDevice", &body), "{body}");
            assert!(!only_passes_on("LogRequest", &body), "{body}");
        }
    }

    #[test]
    fn middleware_that_refuses_counts_or_hands_something_on_does_it() {
        for body in [
            go(
                "\t\tif r.Header.Get(\"X\") == \"\" {\n\t\t\thttp.Error(w, \"no\", 401)\n\t\t\treturn\n\t\t}\n\t\tnext.ServeHTTP(w, r)",
            ),
            go(
                "\t\tctx := context.WithValue(r.Context(), key, 1)\n\t\tnext.ServeHTTP(w, r.WithContext(ctx))",
            ),
            go("\t\tn := counter.Add(1)\n\t\tlog.Println(n)\n\t\tnext.ServeHTTP(w, r)"),
            go("\t\tw.Header().Set(\"X\", \"1\")\n\t\tnext.ServeHTTP(w, r)"),
            "\n  req.id = req.get('x');\n  next();\n".to_owned(),
            "\n  const id = await check(req);\n  next();\n".to_owned(),
        ] {
            assert!(!only_passes_on("RequireDevice", &body), "{body}");
        }
    }
}
