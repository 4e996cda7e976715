//! Bullets that only name a file: where what their line asks for is to be.

use std::path::Path;

use super::super::super::bullets::is_readable;
use super::super::super::expect::Expectation;
use super::tokens::{Token, tokens};
use super::words::Role;
use crate::checklist::Bullet;
use crate::resolve::target;
use crate::vocabulary::Vocabulary;

/// Endings of files that hold definitions: in these a bullet's path alone is a place.
const SOURCES: &[&str] = &[
    "cs", "go", "java", "js", "jsx", "kt", "php", "py", "rb", "rs", "sql", "ts", "tsx", "vue",
];

/// Words that may lead such a path.
const LEADS: &[Role] = &[Role::File, Role::Into, Role::Place];

/// Has symbols and endpoints that no file is named for looked for in the files which bullets name.
pub(super) fn bind(wants: &mut [Expectation], bullets: &[Bullet], vocabulary: &Vocabulary) {
    let homes: Vec<String> = bullets
        .iter()
        .filter(|bullet| is_readable(bullet) && bullet.children.is_empty())
        .filter_map(|bullet| home(bullet, vocabulary))
        .collect();
    for want in wants {
        match want {
            Expectation::Symbol { paths, .. } | Expectation::Endpoint { paths, .. }
                if paths.is_empty() =>
            {
                paths.clone_from(&homes);
            }
            Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Endpoint { .. }
            | Expectation::Variable { .. }
            | Expectation::File(_)
            | Expectation::Change(_)
            | Expectation::Absent(_) => {}
        }
    }
}

/// Returns the path that a bullet names and nothing else: `` file: `src/a.py` ``, `` `src/a.py` ``.
fn home(bullet: &Bullet, vocabulary: &Vocabulary) -> Option<String> {
    let tokens = tokens(&bullet.text, vocabulary);
    let mut path = None;
    let mut named = false;
    for token in &tokens {
        match token {
            Token::Code(code) if path.is_none() && target::is_path(code) => path = Some(*code),
            Token::Word(..) if LEADS.iter().any(|role| token.is(*role)) => named = true,
            Token::Word(..) | Token::Code(_) => return None,
            Token::Mark(_) => {}
        }
    }
    let ending = |path: &str| Path::new(path).extension()?.to_str().map(str::to_owned);
    let source = |path: &&str| ending(path).is_some_and(|it| SOURCES.contains(&it.as_str()));
    path.filter(|path| named || source(path)).map(str::to_owned)
}
