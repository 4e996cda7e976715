//! Looking in the part of the application that a line's work is for.

use super::super::places::{Meant, Places};
use super::super::{Around, Expectation, Expected};
use super::Look;
use crate::journal::Trace;

impl Look<'_> {
    /// Returns a trace with what was found of it. Where the words name a part of the application,
    /// another part's trace isn't it.
    pub fn expect(&self, what: &Expectation, words: &Around) -> Expected {
        let told = match what {
            Expectation::File(_) | Expectation::Change(_) | Expectation::Absent(_) => true,
            Expectation::Symbol { paths, .. }
            | Expectation::Endpoint { paths, .. }
            | Expectation::Variable { paths, .. } => !paths.is_empty(),
        };
        if told || self.seen.is_none() {
            let found = self.find(what);
            return Expected {
                what: what.clone(),
                found,
            };
        }
        let places = self
            .places
            .get_or_init(|| Places::of(self.tree, self.facts));
        let mut meant = places.meant(&words.purpose);
        for around in [&words.line, &words.heading] {
            if matches!(meant, Meant::Anywhere) {
                meant = places.named(around);
            }
        }
        self.expect_of(what, &meant)
    }

    /// Looks for what names no file in the part of the application that it is for.
    fn expect_of(&self, what: &Expectation, meant: &Meant<'_>) -> Expected {
        let mut what = what.clone();
        let folder = match meant {
            Meant::Untold(word) => {
                let found = Err(format!(
                    "`{what}` is for “{word}”, and it can't be told which part of the application \
                     that is"
                ));
                return Expected { what, found };
            }
            Meant::In(folder, _) => (!folder.is_empty()).then(|| (*folder).to_owned()),
            Meant::Anywhere => None,
        };
        match &mut what {
            Expectation::Symbol { symbol, paths } => {
                paths.extend(folder);
                // A folder that only narrows the look names no stand-in.
                let found = self.symbol(symbol, paths, false);
                return Expected { what, found };
            }
            Expectation::Endpoint { paths, .. } => paths.extend(folder),
            Expectation::Variable { name, .. } => {
                let found = self.variable_of(name, meant);
                return Expected { what, found };
            }
            Expectation::File(_) | Expectation::Change(_) | Expectation::Absent(_) => {}
        }
        let found = self.find(&what);
        Expected { what, found }
    }

    /// Looks for a variable in a part of the application, and in what the Compose files give it.
    fn variable_of(&self, name: &str, meant: &Meant<'_>) -> Result<Trace, String> {
        let (folder, service) = match meant {
            Meant::In(folder, service) => (*folder, *service),
            Meant::Anywhere | Meant::Untold(_) => return self.variable(name, &[]),
        };
        let compose = self.facts.project.as_ref();
        let compose = compose.map_or(&[][..], |it| it.files.as_slice());
        let given = service.iter().flat_map(|it| &it.environment);
        let given = given.map(|it| (&it.name, &it.origin));
        let all = self.variables().iter();
        let all = all.map(|(known, origin)| (known, origin));
        let inside = all.filter(|(_, origin)| meant.has(&origin.path, compose));
        let found = given.chain(inside).find(|(known, _)| *known == name);
        let found = found.ok_or_else(|| match (service, folder) {
            (Some(service), _) => format!("`{name}` isn't read or set by `{}`", service.name),
            (None, folder) => format!("`{name}` isn't read or set in `{folder}`"),
        });
        found.map(|(_, origin)| Trace::Variable {
            name: name.to_owned(),
            path: origin.path.clone(),
            line: origin.line,
        })
    }
}
