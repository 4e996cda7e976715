//! Looking for an endpoint, and what is said of one that isn't served as it is asked for.

use super::super::{Answering, Expectation, Symbol};
use super::{Look, Scope};
use crate::facts::{self, Definition, Definitions, Endpoint, Endpoints, Origin, Sort};
use crate::journal::Trace;

impl Look<'_> {
    /// Looks for an endpoint in files with these endings, in any where there are none.
    pub(super) fn served(&self, what: &Expectation, endings: &[&str]) -> Result<Trace, String> {
        let Expectation::Endpoint {
            method,
            route,
            within,
            by,
            paths,
        } = what
        else {
            return Err(format!("`{what}` is no endpoint"));
        };
        let homes = within.as_ref().map(|owner| self.homes(owner, paths));
        let homes = homes.transpose()?;
        let scope = Scope {
            paths: homes.as_deref().unwrap_or(paths),
            endings,
        };
        self.endpoint((method.as_deref(), route), by.as_ref(), scope)
    }

    /// Whether a definition answers an endpoint.
    pub(super) fn is_served(&self, symbol: &Symbol, found: &Definition) -> bool {
        let within = symbol.within.as_deref();
        let action = |it: &Endpoint| {
            let action = facts::action(self.tree, it);
            let made = action.map(|it| it.definitions(self.tree, self.definitions()));
            made.is_some_and(|made| made.iter().any(|it| it.origin == found.origin))
        };
        let served = self.endpoints().served.iter();
        let mut served = served.filter(|it| !self.stands_in(&it.origin));
        served.any(|it| facts::answers(self.tree, &it.origin, (within, &symbol.name)) || action(it))
    }

    fn endpoints(&self) -> &Endpoints {
        self.endpoints.get_or_init(|| facts::endpoints(self.tree))
    }

    fn endpoint(
        &self,
        (method, route): (Option<&str>, &str),
        by: Option<&Answering>,
        scope: Scope<'_>,
    ) -> Result<Trace, String> {
        let all = self.endpoints();
        let wanted = shape(route);
        let same = all.served.iter().filter(|it| shape(&it.path) == wanted);
        let (stand_ins, same): (Vec<&Endpoint>, Vec<&Endpoint>) =
            same.partition(|it| self.stands_in(&it.origin));
        let fits = |it: &&&Endpoint| method.is_none() || it.method.as_deref() == method;
        let inside = |it: &&&Endpoint| scope.has(&it.origin);
        let answered = |it: &&&Endpoint| {
            let answers = |by: &Answering| {
                facts::answers(self.tree, &it.origin, (by.within.as_deref(), &by.name))
            };
            by.is_none_or(answers)
        };
        let mut fitting = same.iter().filter(fits);
        let mut placed = fitting.clone().filter(inside);
        if let Some(found) = placed.clone().find(answered) {
            if let Some(function) = facts::uncalled(self.tree, &found.origin) {
                return Err(format!(
                    "`{route}` stands at {} in `{function}()`, which nothing calls",
                    found.origin
                ));
            }
            self.check_answer(found)?;
            return Ok(Trace::Endpoint {
                method: method.map(str::to_owned),
                route: route.to_owned(),
                path: found.origin.path.clone(),
                line: found.origin.line,
            });
        }
        if let (Some(it), Some(by)) = (placed.next(), by) {
            return Err(format!(
                "`{route}` is served at {}, and nothing tells there that `{by}` answers it",
                it.origin
            ));
        }
        if let Some(it) = fitting.next() {
            let place = scope.told();
            return Err(format!(
                "`{route}` is served at {}, not in {place}",
                it.origin
            ));
        }
        Err(unserved((method, route), (&same, &stand_ins), all))
    }

    /// Fails where what answers an endpoint isn't there, or does nothing yet.
    fn check_answer(&self, endpoint: &Endpoint) -> Result<(), String> {
        let (route, at) = (&endpoint.path, &endpoint.origin);
        let action = facts::action(self.tree, endpoint);
        let own = action.as_ref();
        let own = own.map(|it| (it, it.definitions(self.tree, self.definitions())));
        let stub = match &own {
            Some((action, found)) if found.is_empty() => {
                return Err(format!(
                    "`{route}` is to be served at {at} by `{action}`, which was found nowhere"
                ));
            }
            Some((action, found)) => self.unwritten(action.name(), found),
            None => self.stub(at),
        };
        if let Some(stub) = stub {
            return Err(format!(
                "`{route}` is served at {at}, and what answers it at {stub} does nothing yet"
            ));
        }
        let same = match &own {
            Some((action, found)) => self.same(action.name(), found, endpoint),
            None => self.answered_the_same(endpoint),
        };
        if same {
            return Err(format!(
                "`{route}` is served at {at}, and what answers it does and reads nothing yet: its answer \
                 is always the same"
            ));
        }
        Ok(())
    }

    /// Returns where what answers a route is, if that does nothing yet. Of functions that are called
    /// so, those in the same file are meant.
    fn stub(&self, route: &Origin) -> Option<Origin> {
        let answer = facts::answer(self.tree, route);
        if answer.stub {
            return Some(route.clone());
        }
        answer.names.iter().find_map(|name| {
            let all = self.definitions().named(name).iter();
            let made = all.filter(|it| it.sort == Sort::Function && !it.promised);
            let all: Vec<&Definition> = made.collect();
            let (here, there): (Vec<&Definition>, Vec<&Definition>) =
                all.into_iter().partition(|it| it.origin.path == route.path);
            self.unwritten(name, if here.is_empty() { &there } else { &here })
        })
    }

    /// Whether what answers a route has the same answer each time.
    fn answered_the_same(&self, route: &Endpoint) -> bool {
        let at = &route.origin;
        if let Some(same) = facts::answers_here(self.tree, route) {
            return same;
        }
        let answer = facts::answer(self.tree, at);
        let made = |name: &String| -> Vec<&Definition> {
            let all = self.definitions().named(name).iter();
            all.filter(|it| it.sort == Sort::Function && !it.promised)
                .collect()
        };
        // What stands before the last may be what each request goes through.
        let names = answer.names.iter().rev();
        let mut known = names.map(|name| (name, made(name)));
        known
            .find(|(_, all)| !all.is_empty())
            .is_some_and(|(name, all)| {
                let here: Vec<&Definition> = all
                    .iter()
                    .filter(|it| it.origin.path == at.path)
                    .copied()
                    .collect();
                self.same(name, if here.is_empty() { &all } else { &here }, route)
            })
    }

    /// Whether all of some functions have the same answer each time.
    fn same(&self, name: &str, all: &[&Definition], route: &Endpoint) -> bool {
        let same = |it: &&Definition| facts::answers_the_same(self.tree, (name, it), route);
        !all.is_empty() && all.iter().all(same)
    }

    /// Returns where the first of some functions is, if none of them does anything yet.
    fn unwritten(&self, name: &str, all: &[&Definition]) -> Option<Origin> {
        let head = |it: &Definition| Definitions::head(self.tree, name, it);
        let stub = |it: &&Definition| head(it).is_some_and(|it| !it.is_implemented());
        let first = all.first()?.origin.clone();
        all.iter().all(stub).then_some(first)
    }
}

/// Returns why an endpoint isn't one of those that are served: of this route, by the application
/// or by what only stands in for it.
fn unserved(
    (method, route): (Option<&str>, &str),
    (same, stand_ins): (&[&Endpoint], &[&Endpoint]),
    all: &Endpoints,
) -> String {
    let wanted = shape(route);
    if let (Some(it), Some(method)) = (same.first(), method) {
        let takes = match &it.method {
            Some(other) => format!("for {other}, not for {method}"),
            None => format!("and the source doesn't tell that it takes {method}"),
        };
        return format!("`{route}` is served at {}, {takes}", it.origin);
    }
    let named = method.map(|it| format!("{it} ")).unwrap_or_default();
    // What is only a part of the path may hang in anything.
    let part = |it: &&Endpoint| {
        let own = shape(&it.path);
        let fits = method.is_none() || it.method.is_none() || it.method.as_deref() == method;
        fits && !own.is_empty() && wanted.ends_with(&own)
    };
    let other = match (stand_ins.first(), all.loose.iter().find(part)) {
        (Some(it), _) => format!(
            "; there is one at {}, which only stands in for it",
            it.origin
        ),
        (None, Some(it)) => format!(
            "; there is `{}` at {}, and what it hangs in can't be followed from there to an \
             application",
            it.path, it.origin
        ),
        (None, None) => String::new(),
    };
    format!("no endpoint `{named}{route}` was found{other}")
}

/// Returns a route without the names of its parameters, which each framework writes its own way.
fn shape(route: &str) -> Vec<String> {
    let parts = route.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let parameter = part.starts_with([':', '{', '<', '['])
                || (part.starts_with('(') && part.ends_with(')'));
            if parameter {
                "{}".to_owned()
            } else {
                part.to_owned()
            }
        })
        .collect()
}
