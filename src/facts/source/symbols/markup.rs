//! Whether a component shows nothing yet: all of its markup is a frame with one heading, or with nothing.

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::Code;
use super::super::variables::{pattern, patterns};
use super::stub::is;
use crate::vocabulary::is_placeholder;

patterns! {
    TAG = r"</?([A-Za-z][\w.]*)?[^<>]*>";
    HEADING = r"^h[1-6]$";
    FILLED = r"\{\s*[\w.]+\s*\}";
    FRAGMENTS = r"^(?:</?(?:(?:React\.)?Fragment)?\s*/?>\s*)+$";
    LITTLE = r"(?i)spinner|load|skeleton|divider|separator|space|icon|logo|head|title|banner|label|empty|notfound|footer|backdrop|overlay|line|dot|mark";
}

/// Elements that only hold others.
const FRAMES: &[&str] = &[
    "article", "aside", "div", "form", "header", "main", "nav", "section", "span", "ul",
];

/// Returns whether all that a function of a page's script returns is markup of one heading, or none.
/// What is called like a small thing (`Spinner`, `Title`) may be no more.
pub(super) fn is_heading_alone(code: &Code, name: &str, body: &str) -> bool {
    let ending = code.path.rsplit('.').next().unwrap_or_default();
    let said = body.trim().trim_end_matches(';').trim();
    let said = said.strip_prefix("return").unwrap_or(said).trim();
    let inner = said.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    let markup = inner.unwrap_or(said).trim();
    let component = ["tsx", "jsx"].contains(&ending) && name.starts_with(char::is_uppercase);
    let whole = markup.starts_with('<') && markup.ends_with('>');
    // What a heading says of what it is given is a heading's all the same.
    let filled = FILLED.as_ref().map(|it| it.replace_all(markup, "x"));
    let markup = if markup.contains("<h") {
        filled.as_deref().unwrap_or(markup)
    } else {
        markup
    };
    let open = markup.contains('{') || markup.contains(" id=");
    if !component || !whole || open {
        return false;
    }
    if is(&FRAGMENTS, markup) {
        return true;
    }
    if is(&LITTLE, name) {
        return false;
    }
    let tags = TAG.iter().flat_map(|it| it.captures_iter(markup));
    let mut names = tags.map(|it| it.get(1).map_or("", |it| it.as_str()));
    let plain = names.all(|it| it.is_empty() || FRAMES.contains(&it) || is(&HEADING, it));
    let said = TAG
        .as_ref()
        .map(|it| it.replace_all(markup, "\n").into_owned());
    let said = said.unwrap_or_default();
    let mut texts = said.lines().filter(|it| !it.trim().is_empty());
    // `<p>Coming soon</p>` says that it isn't there yet, in whatever element, below a heading too.
    let later = |it: &str| is_placeholder(it) || it.trim_start().starts_with("TODO");
    if texts.clone().any(later) {
        return true;
    }
    let first = texts.next();
    plain && texts.next().is_none() && (first.is_none() || markup.contains("<h"))
}

#[cfg(test)]
mod tests {
    use super::super::Definitions;
    use crate::facts::Tree;

    #[test]
    fn a_component_shows_more_than_a_heading() {
        for (name, body, idle) in [
            (
                "Loans",
                "return (\n    <section>\n      <h2>Loans</h2>\n    </section>\n  );",
                true,
            ),
            ("Reports", "return <h1>Отчёты</h1>;", true),
            ("Reports", "return <p>Coming soon</p>;", true),
            (
                "Reports",
                "return <div><p>Скоро будет</p><b>В разработке</b></div>;",
                true,
            ),
            (
                "FineBadge",
                "return <span className=\"fine-badge\" />;",
                true,
            ),
            ("Page", "return <></>;", true),
            ("NotFoundPage", "return <></>;", true),
            ("EmptyPage", "return <React.Fragment />;", true),
            ("EmptyPage", "return <div className=\"empty\" />;", false),
            ("Spinner", "return <div className=\"spinner\" />;", false),
            ("Loans", "return <LoanList />;", false),
            ("Loans", "return <h2>{title}</h2>;", true),
            (
                "PaymentForm",
                "return (<section><h2>Payment of ticket {ticket.id}</h2></section>);",
                true,
            ),
            ("PageTitle", "return <h1>{title}</h1>;", false),
            ("Loans", "return <h2>{format(title)}</h2>;", false),
            ("Loans", "return <p>Nobody has a loan.</p>;", false),
            ("Map", "return <div id=\"map\" />;", false),
            (
                "Account",
                "return <main><h1>Account</h1><button>Leave</button></main>;",
                false,
            ),
        ] {
            let source = format!("export function {name}() {{\n  {body}\n}}\n");
            let tree = Tree::from_iter([("a.tsx", source.as_str())]);
            let all = Definitions::of(&tree);
            let found = all.named(name).first().expect(name);
            let head = Definitions::head(&tree, name, found).expect(name);
            assert_eq!(!head.is_implemented(), idle, "{source}");
        }
    }
}
