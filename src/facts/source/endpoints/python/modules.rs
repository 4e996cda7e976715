//! Names of Python across files: imports, modules' files, constants.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::literal;
use super::super::super::variables::{pattern, patterns};
use super::super::mounts::Place;
use crate::facts::paths;

patterns! {
    FROM = r"(?m)^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)";
    IMPORT = r"(?m)^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?[ \t]*$";
    CONSTANT = r"(?m)^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=[ \t]*([^=\n][^\n]*)$";
    FILLED = r"\{(\w+)\}";
}

/// How many imports a name is followed through.
const FARTHEST: usize = 8;

/// A name as a file imports it: the module, and what it is called there; the module itself where
/// that is empty.
type Imported = (String, String);

/// All Python files.
pub(in crate::facts::source::endpoints) struct Modules<'a> {
    files: &'a [Code],
    imports: RefCell<HashMap<usize, HashMap<String, Imported>>>,
}

impl<'a> Modules<'a> {
    pub(in crate::facts::source::endpoints) fn new(files: &'a [Code]) -> Self {
        Self {
            files,
            imports: RefCell::default(),
        }
    }

    /// Returns Python's files with their places among all files.
    pub(in crate::facts::source::endpoints) fn all(
        &self,
    ) -> impl Iterator<Item = (usize, &'a Code)> + use<'a> {
        let all = self.files.iter().enumerate();
        all.filter(|(_, code)| super::is_python(code))
    }

    pub(in crate::facts::source::endpoints) fn code(&self, file: usize) -> Option<&'a Code> {
        self.files.get(file)
    }

    /// Returns where a name is made that a file uses, through its imports.
    pub(in crate::facts::source::endpoints) fn follow(
        &self,
        file: usize,
        name: &str,
        made: &dyn Fn(usize, &str) -> Option<()>,
    ) -> Option<Place> {
        let (mut file, mut name) = (file, name.to_owned());
        for _ in 0..FARTHEST {
            if made(file, &name).is_some() {
                return Some((file, name));
            }
            (file, name) = self.step(file, &name)?;
        }
        None
    }

    /// Returns where the imports of a name end; `None` where they leave what is read.
    pub(in crate::facts::source::endpoints) fn end(
        &self,
        file: usize,
        name: &str,
    ) -> Option<Place> {
        let (mut file, mut name) = (file, name.to_owned());
        for _ in 0..FARTHEST {
            let head = name.split('.').next().unwrap_or_default();
            if self.imported(file, head).is_none() {
                return (!name.contains('.')).then_some((file, name));
            }
            (file, name) = self.step(file, &name)?;
        }
        None
    }

    /// Follows a name through one import.
    fn step(&self, file: usize, name: &str) -> Option<Place> {
        // `import a.b` makes the whole path a name.
        let dotted: Vec<&str> = name.split('.').collect();
        for taken in (1..=dotted.len()).rev() {
            let head = dotted.get(..taken)?.join(".");
            let rest = dotted.get(taken..)?.join(".");
            let Some((module, original)) = self.imported(file, &head) else {
                continue;
            };
            if original.is_empty() {
                let inside = (!rest.is_empty()).then_some(rest)?;
                return Some((self.file_of(&module, file)?, inside));
            }
            if rest.is_empty() {
                return Some((self.file_of(&module, file)?, original));
            }
            let dot = if module.ends_with('.') { "" } else { "." };
            let inner = format!("{module}{dot}{original}");
            return Some((self.file_of(&inner, file)?, rest));
        }
        None
    }

    fn imported(&self, file: usize, name: &str) -> Option<Imported> {
        let known = self.imports.borrow().contains_key(&file);
        if !known {
            let all = imports(self.files.get(file)?);
            self.imports.borrow_mut().insert(file, all);
        }
        self.imports.borrow().get(&file)?.get(name).cloned()
    }

    /// Returns the file of a module as another file names it: the nearest one, where several end
    /// alike; `None` where two are as near.
    pub(in crate::facts::source::endpoints) fn file_of(
        &self,
        module: &str,
        from: usize,
    ) -> Option<usize> {
        let here = paths::folder(&self.files.get(from)?.path);
        let dots = module.len() - module.trim_start_matches('.').len();
        let tail = module.trim_start_matches('.').replace('.', "/");
        let ends = |path: &str| [format!("{path}.py"), format!("{path}/__init__.py")];
        if dots > 0 {
            let up = "../".repeat(dots - 1);
            let path = paths::join(here, &format!("{up}{tail}")).ok()?;
            let wanted = ends(&path);
            let all = self.all();
            return all
                .filter(|(_, code)| wanted.contains(&code.path))
                .map(|(file, _)| file)
                .next();
        }
        let wanted = ends(&format!("/{tail}"));
        let fits = |code: &Code| {
            let path = format!("/{}", code.path);
            wanted.iter().any(|end| path.ends_with(end.as_str()))
        };
        let near = |code: &Code| {
            let both = code.path.split('/').zip(here.split('/'));
            both.take_while(|(left, right)| left == right).count()
        };
        let mut fitting: Vec<(usize, usize)> = self
            .all()
            .filter(|(_, code)| fits(code))
            .map(|(file, code)| (near(code), file))
            .collect();
        fitting.sort_by_key(|(near, _)| std::cmp::Reverse(*near));
        match fitting.as_slice() {
            [(first, _), (second, _), ..] if first == second => None,
            [(_, file), ..] => Some(*file),
            [] => None,
        }
    }

    /// Returns what an expression says: a literal, a constant, or a text that constants fill.
    pub(in crate::facts::source::endpoints) fn text(
        &self,
        file: usize,
        written: &str,
    ) -> Option<String> {
        let written = written.trim();
        if let Some(text) = literal::string(written) {
            return Some(text);
        }
        if let Some(inner) = written.strip_prefix('f') {
            let mut text = literal::string(inner)?;
            for captures in FILLED.as_ref()?.captures_iter(&text.clone()) {
                text = text.replace(&captures[0], &self.constant(file, &captures[1])?);
            }
            return (!text.contains(['{', '}'])).then_some(text);
        }
        let name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        written
            .chars()
            .all(name)
            .then(|| self.constant(file, written))?
    }

    /// Returns what a constant says that is assigned once.
    fn constant(&self, file: usize, name: &str) -> Option<String> {
        let assigned = |file: usize, name: &str| {
            let code = self.files.get(file)?;
            let mut all = CONSTANT.iter().flat_map(|it| code.matches(it));
            all.any(|(_, captures)| &captures[1] == name).then_some(())
        };
        let (file, name) = self.follow(file, name, &assigned)?;
        let code = self.files.get(file)?;
        let all = CONSTANT.iter().flat_map(|it| code.matches(it));
        let mut all = all.filter(|(_, captures)| captures[1] == name);
        let (_, only) = all.next()?;
        let value = literal::string(only[2].trim());
        value.filter(|_| all.next().is_none())
    }
}

fn imports(code: &Code) -> HashMap<String, Imported> {
    let mut all = HashMap::new();
    // Those within functions begin with blanks, which are no code.
    for captures in FROM.iter().flat_map(|it| it.captures_iter(&code.bare)) {
        for part in captures[2].trim_matches(['(', ')']).split(',') {
            let mut words = part.split_whitespace();
            let original = words.next().unwrap_or_default();
            let alias = words.nth(1).unwrap_or(original);
            all.insert(
                alias.to_owned(),
                (captures[1].to_owned(), original.to_owned()),
            );
        }
    }
    for captures in IMPORT.iter().flat_map(|it| it.captures_iter(&code.bare)) {
        let module = captures[1].to_owned();
        let alias = captures.get(2).map_or(module.as_str(), |it| it.as_str());
        all.insert(alias.to_owned(), (module.clone(), String::new()));
    }
    all
}
