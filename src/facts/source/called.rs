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
        Language::Python | Language::Script | Language::Go
    )
    .then_some(())?;
    let start = line_start(&code, origin.line);
    let (name, defined) = Definitions::function_around(&code, start)?;
    let before = code.bare.get(..defined)?;
    let head = before.rsplit('\n').next()?;
    if STARTED.contains(&name.as_str()) || head.contains("default") {
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
