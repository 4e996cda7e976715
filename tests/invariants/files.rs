//! Several files in one input: a line `==> path` begins each.

use orch::facts::Tree;

/// What begins a file.
const MARK: &str = "==> ";

/// Returns the files of an input; what stands before the first mark is the file `first`.
pub fn read(first: &str, text: &str) -> Tree {
    let mut tree = Tree::default();
    let (mut path, mut body) = (first.to_owned(), String::new());
    for line in text.split_inclusive('\n') {
        if let Some(next) = line.strip_prefix(MARK) {
            insert(&mut tree, path, body);
            (path, body) = (next.trim().to_owned(), String::new());
        } else {
            body.push_str(line);
        }
    }
    insert(&mut tree, path, body);
    tree
}

fn insert(tree: &mut Tree, path: String, body: String) {
    if !body.is_empty() && !path.is_empty() {
        tree.insert(path, body);
    }
}

/// Splits an input into the texts between its marks.
pub fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with(MARK) {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push_str(line);
        }
    }
    parts
}
