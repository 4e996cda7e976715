//! Marks of work that is to be done: `TODO` in a comment, beside whatever is done already.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::super::Tree;
use super::super::model::Origin;
use super::code::{Code, Language};
use super::symbols::{Definition, Definitions};
use super::variables::{pattern, patterns};

patterns! {
    TO_WRITE = r"\b(?:it|test|describe)\.todo(?:\.\w+)*\s*\(|(?:^|[^.\w])x(?:it|test|describe)(?:\.\w+)*\s*\(";
    MARK = r"\b(?:TODO|FIXME|XXX|TBD)\b";
    COMMENTED = r"(?:^|\s)(?:#|//|--|<!--|/\*|\{\{--|\{/\*|;)[^\n]*\b(?:TODO|FIXME|XXX|TBD)\b|^\s*(?:[-*+>]\s+|\d+[.)]\s+)*[*_`<(\[]*(?:TODO|FIXME|TBD)\b";
}

/// Returns the 1-based lines of a file on which a comment says that something is to be done, or a test is
/// only named that is to be written.
pub fn marks(path: &str, text: &Arc<str>) -> Vec<usize> {
    if let Some(code) = Code::new(path, text) {
        let mut lines: Vec<usize> = within(&code, 0..text.len()).collect();
        lines.extend(tests_to_write(&code));
        lines.sort_unstable();
        lines.dedup();
        return lines;
    }
    let lines = text.lines().enumerate();
    let marked = lines.filter(|(_, line)| COMMENTED.iter().any(|it| it.is_match(line)));
    marked.map(|(at, _)| at + 1).collect()
}

/// Returns the lines of a script on which a test is only named, or put aside.
fn tests_to_write(code: &Code) -> impl Iterator<Item = usize> {
    let script = code.language == Language::Script;
    let found = TO_WRITE.iter().filter(move |_| script);
    let found = found.flat_map(|it| it.find_iter(&code.bare));
    // What stands before its name may be the end of the line above.
    found.map(|it| code.origin(it.end()).line)
}

/// Returns where a comment in a function or type says that something is to be done.
pub fn marked(tree: &Tree, name: &str, found: &Definition) -> Option<Origin> {
    let path = &found.origin.path;
    let code = Code::new(path, tree.get(path)?)?;
    let parts = Definitions::parts(&code, name, found);
    let line = parts.into_iter().find_map(|it| within(&code, it).next())?;
    Some(Origin {
        path: path.clone(),
        line,
    })
}

/// Returns where a comment in a part of a file, in bytes, says that something is to be done.
pub fn marked_part(tree: &Tree, path: &str, part: Range<usize>) -> Option<Origin> {
    let code = Code::new(path, tree.get(path)?)?;
    let line = within(&code, part).next()?;
    Some(Origin {
        path: path.to_owned(),
        line,
    })
}

fn within(code: &Code, part: Range<usize>) -> impl Iterator<Item = usize> {
    let found = MARK
        .iter()
        .flat_map(move |it| code.commented(part.clone(), it));
    found.map(|at| code.origin(at).line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_say_what_is_to_be_done() {
        for (path, text, expected) in [
            (
                "a.py",
                "def a():\n    # TODO: charge\n    pay()\n",
                &[2][..],
            ),
            ("a.py", "def a():\n    return 'TODO'\n", &[]),
            (
                "a.tsx",
                "const A = () => <p>{/* TODO: tasks */}</p>;\n",
                &[1],
            ),
            ("a.go", "func todo() {}\n", &[]),
            (
                "a.test.ts",
                "it('a', () => {});\nit.todo('b');\ntest.todo('c');\nxit('d', () => {});\nexit(1);\n",
                &[2, 3, 4],
            ),
            (
                "a.test.ts",
                "xdescribe('a', () => {});\nlist.todo('b');\n",
                &[1],
            ),
            ("docs/a.md", "# A\n\nBase: /api\n\n## B\n\nTBD\n", &[7]),
            ("docs/a.md", "# A\n\nThe list of TODO items\n", &[]),
            ("ci.yml", "on: push\n# TODO: tests\n", &[2]),
            ("A.vue", "<p/>\n<!-- TODO -->\n", &[2]),
        ] {
            assert_eq!(marks(path, &Arc::from(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_function_and_a_type_have_marks_of_their_own() {
        let text = "type Tariff struct {\n\t// TODO: fields\n\tID int\n}\n\nfunc Cost() int {\n\treturn 1\n}\n";
        let tree = Tree::from_iter([("a.go", text)]);
        let all = Definitions::of(&tree);
        let marked = |name: &str| {
            let found = all.named(name).first().expect(name);
            marked(&tree, name, found).map(|it| it.line)
        };
        assert_eq!(marked("Tariff"), Some(2));
        assert_eq!(marked("Cost"), None);
    }
}
