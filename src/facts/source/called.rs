//! Functions that nobody calls: what stands in one isn't done when the program runs.

use super::super::Tree;
use super::super::model::Origin;
use super::code::{Code, Language};
use super::symbols::Definitions;
use super::uses::{line_start, places};

/// Functions that whoever starts a program calls.
const STARTED: &[&str] = &[
    "build_app",
    "create_app",
    "get_app",
    "init",
    "main",
    "make_app",
];

/// Returns the function around a place that nothing in the workspace names but its definition, as
/// far as the place's language tells. What a file exports by default is called by its path.
pub fn uncalled(tree: &Tree, origin: &Origin) -> Option<String> {
    let code = Code::new(&origin.path, tree.get(&origin.path)?)?;
    matches!(
        code.language,
        Language::Python | Language::Script | Language::Go | Language::Rust
    )
    .then_some(())?;
    let start = line_start(&code, origin.line);
    // A function may be all of the line.
    let line = code.text.get(start..)?.lines().next()?;
    let start = start + line.find('"').unwrap_or(0);
    let (name, defined) = Definitions::function_around(&code, start)?;
    let before = code.bare.get(..defined)?;
    let head = before.rsplit('\n').next()?;
    // `#[launch]` and `#[tokio::main]` have it called.
    let above = before.trim_end_matches(head).trim_end();
    let marked = code.language == Language::Rust && above.ends_with(']');
    if STARTED.contains(&name.as_str()) || head.contains("default") || marked {
        return None;
    }
    let here = places(&code.text, &name).any(|at| at != defined);
    let elsewhere = || {
        let others = tree.iter().filter(|(path, _)| *path != code.path);
        let mut others = others.filter(|(_, text)| text.contains(&name));
        others.any(|(_, text)| places(text, &name).next().is_some())
    };
    (!here && !elsewhere()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::uncalled;
    use crate::facts::{Origin, Tree};

    #[test]
    fn what_nobody_calls_is_named() {
        let rust = "fn router() -> Router {\n    Router::new().route(\"/orders\", get(list))\n}\n";
        let used = format!("{rust}#[tokio::main]\nasync fn main() {{\n    serve(router());\n}}\n");
        let launched = format!("#[launch]\n{rust}");
        let line = "fn router() -> Router { Router::new().route(\"/orders\", get(list)) }\n";
        for (path, source, expected) in [
            ("src/a.rs", rust, Some("router")),
            ("src/a.rs", line, Some("router")),
            ("src/a.rs", &used, None),
            ("src/a.rs", &launched, None),
        ] {
            let tree: Tree = [(path, source)].into_iter().collect();
            let line = source.lines().position(|line| line.contains("/orders"));
            let origin = Origin {
                path: path.to_owned(),
                line: line.expect("a route") + 1,
            };
            assert_eq!(uncalled(&tree, &origin).as_deref(), expected, "{source}");
        }
    }
}
