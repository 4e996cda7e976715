//! Looking in the part of the application that a line's work is for.

use super::super::places::{Meant, Places};
use super::super::{Around, Expectation, Expected};
use super::{Look, Scope};
use crate::facts::{Origin, Service, is_below};
use crate::journal::Trace;

impl Look<'_> {
    /// Returns a task's traces with what was found of each.
    pub fn expect_all(&self, wants: &[Expectation], words: &Around) -> Vec<Expected> {
        let told = |path: &String| words.adds && words.places.is_empty() && is_told(path, wants);
        let of = |what: &Expectation| {
            // What is added to a service's part is looked for in that part: the file need only change.
            if let Expectation::Change(path) = what
                && told(path)
            {
                return Expected {
                    what: what.clone(),
                    found: self.find(what),
                };
            }
            self.expect(what, words)
        };
        wants.iter().map(of).collect()
    }

    /// Returns a trace with what was found of it. Where the words name a part of the application,
    /// another part's trace isn't it.
    pub fn expect(&self, what: &Expectation, words: &Around) -> Expected {
        let into = self.goes_into(words);
        if matches!(into, Meant::Untold(_)) && self.seen.is_some() {
            return self.expect_of(what, &into, &words.endings);
        }
        if let Some(found) = self.composed(what, words).filter(|_| self.seen.is_some()) {
            return Expected {
                what: what.clone(),
                found,
            };
        }
        if let Some(why) = self.astray(what, words).filter(|_| self.seen.is_some()) {
            return Expected {
                what: what.clone(),
                found: Err(why),
            };
        }
        let told = match what {
            Expectation::File(_)
            | Expectation::Change(_)
            | Expectation::Absent(_)
            | Expectation::Use { .. }
            | Expectation::Entry { .. } => true,
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
        self.expect_of(what, &self.meant(words), &words.endings)
    }

    /// Returns why a file that is named without a folder may be another one: the words are about a part
    /// of the application that has a folder of its own (``create `README.md` for the orders service``).
    fn astray(&self, what: &Expectation, words: &Around) -> Option<String> {
        let path = match what {
            Expectation::File(path)
            | Expectation::Change(path)
            | Expectation::Entry { path, .. } => path,
            Expectation::Absent(_)
            | Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Endpoint { .. }
            | Expectation::Variable { .. } => return None,
        };
        if matches!(what, Expectation::Entry { .. }) && self.is_of_one_service(path, words) {
            return Some(format!(
                "`{path}` has several services: a person tells whether the right one has it"
            ));
        }
        let root = !path.trim_end_matches('/').contains('/');
        let makes = matches!(what, Expectation::File(_));
        let folder = match self.meant(words) {
            Meant::In(folder, _) => folder,
            Meant::Untold(word) if root && makes && self.places().has_folder(&word) => {
                return Some(format!(
                    "`{path}` is for “{word}”, which has a folder of its own: write the file's whole \
                     path, or a person tells which is meant"
                ));
            }
            Meant::Untold(_) | Meant::Anywhere => return None,
        };
        let bare = root && !folder.is_empty();
        let other = format!("{folder}/{path}");
        let there = self.tree.get(&other).is_some() || self.tree.other(&other).is_some();
        (bare && !is_below(path, folder) && (makes || there)).then(|| {
            format!(
                "`{path}` may be `{other}`: write its whole path, or a person tells which is meant"
            )
        })
    }

    /// Whether the words name a service, and the path is a Compose file's, which has others as well.
    fn is_of_one_service(&self, path: &str, words: &Around) -> bool {
        let project = self.facts.project.as_ref();
        project.is_some_and(|it| it.files.iter().any(|file| file == path))
            && (self.places().services(words).next().is_some()
                || !matches!(self.meant(words), Meant::Anywhere))
    }

    /// Returns the part of the application that the words name: what the work goes into, else what it is
    /// for, else what the line names, else the nearest heading that names one.
    fn meant(&self, words: &Around) -> Meant<'_> {
        let places = self.places();
        self.goes_into(words)
            .or_else(|| places.meant(&words.purpose))
            .or_else(|| places.named(&words.line))
            .or_else(|| places.roles(&words.line))
            .or_else(|| places.headed(&words.headings))
    }

    /// Whether the part of the application that the words name, if they name one, may hold a file.
    pub(in crate::resolve) fn may_be_in(&self, path: &str, words: &Around) -> bool {
        match self.meant(words) {
            Meant::Anywhere => true,
            Meant::In(folder, _) => is_below(path, folder),
            Meant::Untold(_) => false,
        }
    }

    /// Returns the part that a line's work goes into, which is known or a person's to tell.
    fn goes_into(&self, words: &Around) -> Meant<'_> {
        let Some(name) = words.places.first() else {
            return Meant::Anywhere;
        };
        let meant = self.places().meant(&words.places);
        meant.or_else(|| Meant::Untold(name.clone()))
    }

    fn places(&self) -> &Places<'_> {
        self.places
            .get_or_init(|| Places::of(self.tree, self.facts))
    }

    /// Looks in the part of a Compose file that says what the services are which a line names;
    /// `None` where it names none, or is about another file.
    fn composed(&self, what: &Expectation, words: &Around) -> Option<Result<Trace, String>> {
        let (path, variable) = match what {
            Expectation::Change(path) => (path, None),
            Expectation::Variable { name, paths } => match paths.as_slice() {
                [path] => (path, Some(name)),
                _ => return None,
            },
            Expectation::File(_)
            | Expectation::Absent(_)
            | Expectation::Symbol { .. }
            | Expectation::Use { .. }
            | Expectation::Entry { .. }
            | Expectation::Endpoint { .. } => return None,
        };
        let project = self.facts.project.as_ref()?;
        if !project.files.contains(path) {
            return None;
        }
        let mut services: Vec<&Service> = self.places().services(words).collect();
        if services.is_empty()
            && variable.is_some()
            && let Meant::In(_, Some(service)) = self.meant(words)
        {
            services.push(service);
        }
        let first = services.first()?.name.clone();
        let Some(variable) = variable else {
            let changed = self.find(what);
            return Some(changed.and_then(|_| {
                Err(format!(
                    "`{path}` changed; whether that is about `{first}` is a person's to tell"
                ))
            }));
        };
        let given = |service: &Service| {
            let mut environment = service.environment.iter();
            let found = environment.find(|it| it.name == *variable && it.origin.path == *path);
            found
                .map(|it| it.origin.clone())
                .ok_or_else(|| format!("`{variable}` isn't set for `{}` in `{path}`", service.name))
        };
        let found: Result<Vec<Origin>, String> = services.into_iter().map(given).collect();
        let first = found.map(|all| all.into_iter().next());
        first.transpose().map(|found| {
            found.map(|origin| Trace::Variable {
                name: variable.clone(),
                path: origin.path,
                line: origin.line,
            })
        })
    }

    /// Looks for what names no file in the part of the application that it is for.
    fn expect_of(&self, what: &Expectation, meant: &Meant<'_>, endings: &[&str]) -> Expected {
        let mut what = what.clone();
        let folder = match meant {
            Meant::Untold(word) => {
                let found = Err(format!(
                    "`{what}` is for “{word}”, and it can't be told which part of the application \
                     that is"
                ));
                return Expected { what, found };
            }
            // A folder of all that lies below it, and no package of Go's.
            Meant::In(folder, _) => (!folder.is_empty()).then(|| format!("{folder}/")),
            Meant::Anywhere => None,
        };
        match &mut what {
            Expectation::Symbol { symbol, paths } => {
                paths.extend(folder);
                // A folder that only narrows the look names no stand-in.
                let found = self.symbol(symbol, Scope { paths, endings }, false);
                return Expected { what, found };
            }
            Expectation::Endpoint { paths, .. } => {
                paths.extend(folder);
                let found = self.served(&what, endings);
                return Expected { what, found };
            }
            Expectation::Variable { name, .. } => {
                let found = self.variable_of(name, meant);
                return Expected { what, found };
            }
            Expectation::File(_)
            | Expectation::Change(_)
            | Expectation::Absent(_)
            | Expectation::Use { .. }
            | Expectation::Entry { .. } => {}
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
        // Which of two services of one folder reads it, their source doesn't tell.
        let shared = service.filter(|it| self.places().shares(it));
        let all = self.variables().iter();
        let all = all.map(|(known, origin)| (known, origin));
        let inside = all.filter(|(_, origin)| meant.has(&origin.path, compose));
        let inside = inside.filter(|_| shared.is_none());
        let found = given.chain(inside).find(|(known, _)| *known == name);
        let found = found.ok_or_else(|| match (service, folder) {
            (Some(service), folder) if shared.is_some() => format!(
                "`{name}` isn't set for `{}` in the Compose file, and `{folder}` is another \
                 service's as well",
                service.name
            ),
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

/// Whether variables tell what a file's change is about: all else that is done in it are such.
fn is_told(path: &str, wants: &[Expectation]) -> bool {
    let here = |it: &&Expectation| it.touches().iter().any(|it| it == path);
    let mut others = wants.iter().filter(here);
    let change = |it: &&Expectation| matches!(it, Expectation::Change(_));
    let variable = |it: &Expectation| matches!(it, Expectation::Variable { paths, .. } if paths.as_slice() == [path]);
    let all = others.clone().filter(|it| !change(it)).all(variable);
    all && others.any(variable)
}
