//! What was found, and says that some of it is to be done, or shows it.

use super::super::{Expectation, Expected};
use super::{Look, is_below};
use crate::checklist::TaskId;
use crate::facts::{self, Definition, Definitions, Origin, Sort};
use crate::journal::Trace;

impl Look<'_> {
    /// Returns who opened a task again of which nothing changed since, with a file that is to.
    pub(in crate::resolve) fn rejected(&self, task: &TaskId) -> Option<&(String, String)> {
        self.seen?.rejected.get(task)
    }

    /// Returns why something that was found doesn't count yet: a comment in it says that some of it is
    /// to be done, or what it is given is put to no use.
    pub(in crate::resolve) fn later(&self, found: &Expected) -> Option<String> {
        let said = self.said_later(found).map(|at| {
            format!("{at} says that something of it is to be done: say whether it is done")
        });
        said.or_else(|| self.unused(found))
    }

    /// Says which of the parameters that a line names is used nowhere in the function that was found.
    fn unused(&self, found: &Expected) -> Option<String> {
        let (Expectation::Symbol { symbol, .. }, Trace::Symbol { path, line, .. }) =
            (&found.what, found.found.as_ref().ok()?)
        else {
            return None;
        };
        let asked = &symbol.signature.parameters;
        let of = self.defined_at(&symbol.name, (path, *line))?;
        let unused = Definitions::unused(self.tree, &symbol.name, of, asked)?;
        let name = &symbol.name;
        Some(format!(
            "`{unused}` isn't used in `{name}()` at {} yet",
            of.origin
        ))
    }

    fn defined_at(&self, name: &str, (path, line): (&str, usize)) -> Option<&Definition> {
        let mut all = self.definitions().named(name).iter();
        all.find(|it| it.origin.path == path && it.origin.line == line)
    }

    /// Returns where something that was found says that some of it is to be done.
    fn said_later(&self, found: &Expected) -> Option<Origin> {
        match (&found.what, found.found.as_ref().ok()?) {
            (Expectation::Symbol { symbol, .. }, Trace::Symbol { path, line, .. }) => {
                let here = self.defined_at(&symbol.name, (path, *line))?;
                facts::marked(self.tree, &symbol.name, here)
            }
            (Expectation::Endpoint { .. }, Trace::Endpoint { path, line, .. }) => self
                .answered_later(&Origin {
                    path: path.clone(),
                    line: *line,
                }),
            (Expectation::File(_), Trace::File { path, .. }) => {
                let line = facts::marks(path, self.tree.get(path)?)
                    .into_iter()
                    .next()?;
                Some(Origin {
                    path: path.clone(),
                    line,
                })
            }
            (Expectation::Change(_), Trace::Change { path, .. }) => {
                let mut said = self.seen?.put_off.iter();
                let said = said.find(|(it, _)| is_below(it, path));
                said.map(|(_, at)| at.clone())
            }
            _ => None,
        }
    }

    /// Returns where what answers a route says so. One of several functions elsewhere that are called
    /// so may be another's.
    fn answered_later(&self, route: &Origin) -> Option<Origin> {
        let all = self.endpoints.get()?.served.iter();
        let mut here = all.filter(|it| it.origin == *route);
        if let Some(action) = here.next().and_then(|it| facts::action(self.tree, it)) {
            let own = action.definitions(self.tree, self.definitions());
            let mut own = own.into_iter();
            return own.find_map(|it| facts::marked(self.tree, action.name(), it));
        }
        let answer = facts::answer(self.tree, route);
        let of = |name: &String| {
            let all = self.definitions().named(name).iter();
            let made = all.filter(|it| it.sort == Sort::Function && !it.promised);
            let all: Vec<&Definition> = made.collect();
            let here = all.iter().find(|it| it.origin.path == route.path);
            let only = here.or(all.first().filter(|_| all.len() == 1))?;
            facts::marked(self.tree, name, only)
        };
        let own = || facts::marked_part(self.tree, &route.path, answer.part.clone());
        answer.names.iter().find_map(of).or_else(own)
    }
}
