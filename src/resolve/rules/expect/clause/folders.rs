//! The files of a clause that lie in a folder which it names beside them, and what goes into one
//! without a name.

use std::path::Path;

use super::taken::refuse_folder;
use super::{Clause, Mode, Why};
use crate::resolve::expect::Expectation;

impl Clause {
    /// Returns a file's path: a bare name that comes with a folder lies in that one.
    pub(super) fn in_folder(&self, path: String) -> String {
        let mut folders = self.wants.iter().filter_map(|want| match want {
            Expectation::File(path) => {
                let last = path.trim_end_matches('/').rsplit('/').next()?;
                (path.ends_with('/') || !last.contains('.')).then_some(path)
            }
            Expectation::Change(_)
            | Expectation::Absent(_)
            | Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Entry { .. }
            | Expectation::Endpoint { .. }
            | Expectation::Variable { .. } => None,
        });
        match folders.next() {
            Some(folder) if folder.contains('/') && !path.trim_end_matches('/').contains('/') => {
                format!("{}/{path}", folder.trim_end_matches('/'))
            }
            Some(_) | None => path,
        }
    }

    /// Refuses what goes into a folder and isn't named: any file there would do for it.
    pub(super) fn refuse_folder(&self) -> Result<(), Why> {
        if !self.makes_unnamed() || !self.wants.is_empty() {
            return Ok(());
        }
        self.into.iter().try_for_each(|path| refuse_folder(path))
    }

    /// Refuses what goes into a migration and isn't looked for: an index, a column, a constraint. Any
    /// change of the file would do for it.
    pub(super) fn refuse_migration(&self) -> Result<(), Why> {
        if !self.makes_unnamed() {
            return Ok(());
        }
        let changed = self.wants.iter().filter_map(|want| match want {
            // `Create migrations for vets: …` says what the file is.
            Expectation::Change(path) => (!self.part).then_some(path),
            Expectation::File(_)
            | Expectation::Absent(_)
            | Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Entry { .. }
            | Expectation::Endpoint { .. }
            | Expectation::Variable { .. } => None,
        });
        match changed.chain(&self.into).find(|path| is_migration(path)) {
            Some(path) => {
                Err(format!("any change of `{path}` would do for what goes into it").into())
            }
            None => Ok(()),
        }
    }

    /// Whether it makes or adds what it has no name for: neither a symbol nor a variable.
    fn makes_unnamed(&self) -> bool {
        let named = !self.symbols.is_empty() || !self.variables.is_empty();
        !named && matches!(self.mode, Mode::Make | Mode::Add)
    }

    /// Puts files into the folder that is named beside them.
    pub(super) fn place(&mut self) -> Result<(), Why> {
        let files = self.wants.iter_mut().filter_map(|want| match want {
            Expectation::File(path) => Some(path),
            Expectation::Change(_)
            | Expectation::Absent(_)
            | Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Entry { .. }
            | Expectation::Endpoint { .. }
            | Expectation::Variable { .. } => None,
        });
        let mut files: Vec<&mut String> = files.collect();
        if files.is_empty() {
            return Ok(());
        }
        for folder in self.into.drain(..) {
            let inside = format!("{}/", folder.trim_end_matches('/'));
            for path in &mut files {
                if !path.contains('/') && folder == inside {
                    path.insert_str(0, &inside);
                } else if !path.starts_with(&inside) {
                    return Err(format!("no trace tells that `{path}` goes into `{folder}`").into());
                }
            }
        }
        Ok(())
    }
}

/// Whether a file changes a data base.
fn is_migration(path: &str) -> bool {
    let sql = Path::new(path).extension().is_some_and(|it| it == "sql");
    let mut folders = path.split('/').rev().skip(1);
    sql || folders.any(|it| it.starts_with("migration"))
}
