//! Where routers hang: which prefix is put before a route, through all that mount its router.
//!
//! A prefix that can't be followed isn't guessed: what hangs below it is served nowhere that is
//! known.

use std::collections::{HashMap, HashSet};

/// How deep routers may hang in one another: those that hang in themselves never end.
const DEEPEST: usize = 12;

/// A router, an application, or a list of routes: its file's place among those that are read, and
/// what it is called there.
pub(super) type Place = (usize, String);

/// What is known of all places.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    roots: HashSet<Place>,
    /// The files in which nothing is known to be served as it is.
    doubted: HashSet<usize>,
    own: HashMap<Place, Prefix>,
    by_target: HashMap<Place, Vec<Mount>>,
}

/// A part of a path; `None` where it is computed.
pub(super) type Prefix = Option<String>;

#[derive(Debug)]
struct Mount {
    into: Place,
    prefix: Prefix,
    /// Whether it stands in the place of the router's own prefix.
    replaces: bool,
}

impl Mounts {
    /// Adds what is served as it is, unless something mounts it.
    pub(super) fn root(&mut self, place: Place) {
        self.roots.insert(place);
    }

    /// Takes back that a place is served as it is.
    pub(super) fn doubt(&mut self, place: &Place) {
        self.roots.remove(place);
    }

    /// Takes back that anything in these files is served as it is.
    pub(super) fn doubt_files(&mut self, files: impl IntoIterator<Item = usize>) {
        self.doubted.extend(files);
    }

    /// Adds the prefix that a router is made with.
    pub(super) fn own(&mut self, place: Place, prefix: Prefix) {
        self.own.insert(place, prefix);
    }

    /// Adds that a router hangs in another one, below a prefix.
    pub(super) fn mount(&mut self, target: Place, into: Place, prefix: Prefix) {
        self.put(target, into, (prefix, false));
    }

    /// Adds that a router hangs in another one, below a prefix instead of its own.
    pub(super) fn mount_instead(&mut self, target: Place, into: Place, prefix: Prefix) {
        self.put(target, into, (prefix, true));
    }

    fn put(&mut self, target: Place, into: Place, (prefix, replaces): (Prefix, bool)) {
        let mount = Mount {
            into,
            prefix,
            replaces,
        };
        self.by_target.entry(target).or_default().push(mount);
    }

    /// Returns all prefixes under which a place's routes are known to be served.
    pub(super) fn prefixes(&self, place: &Place) -> Vec<String> {
        let mut found = self.below(place, 0);
        found.sort();
        found.dedup();
        found
    }

    fn below(&self, place: &Place, depth: usize) -> Vec<String> {
        let own = self.own.get(place).cloned();
        let own = own.unwrap_or_else(|| Some(String::new()));
        let Some(mounts) = self.by_target.get(place).filter(|all| !all.is_empty()) else {
            let root = self.roots.contains(place) && !self.doubted.contains(&place.0);
            return own.filter(|_| root).into_iter().collect();
        };
        if depth > DEEPEST {
            return Vec::new();
        }
        let mut found = Vec::new();
        for mount in mounts {
            let (Some(prefix), Some(own)) = (
                mount.prefix.as_ref(),
                if mount.replaces {
                    Some("")
                } else {
                    own.as_deref()
                },
            ) else {
                continue;
            };
            for before in self.below(&mount.into, depth + 1) {
                found.push(joined(&joined(&before, prefix), own));
            }
        }
        found
    }
}

/// Returns two parts of a path with one `/` between them.
pub(super) fn joined(before: &str, own: &str) -> String {
    let rest = own.trim_start_matches('/');
    if rest.is_empty() && (before.is_empty() || !own.ends_with('/')) {
        return if before.is_empty() {
            own.to_owned()
        } else {
            before.to_owned()
        };
    }
    format!("{}/{rest}", before.trim_end_matches('/'))
}

/// Returns parts of a path with one `/` before each, and none at the end.
pub(super) fn slashed(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| part.trim_matches('/'));
    let path: String = parts
        .filter(|part| !part.is_empty())
        .flat_map(|part| ["/", part])
        .collect();
    if path.is_empty() {
        "/".to_owned()
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use super::{Mounts, joined};
    use proptest::{prop_assert, proptest};

    #[track_caller]
    fn check(before: &str, own: &str, expected: &str) {
        assert_eq!(joined(before, own), expected);
    }

    #[test]
    fn parts_have_one_slash_between_them() {
        check("", "/a", "/a");
        check("/api", "a", "/api/a");
        check("/api/", "/a/", "/api/a/");
        check("/api", "", "/api");
        check("/api", "/", "/api/");
        check("", "a", "/a");
    }

    #[test]
    fn what_hangs_in_itself_is_served_nowhere() {
        let place = |name: &str| (0, name.to_owned());
        let mut mounts = Mounts::default();
        mounts.root(place("a"));
        mounts.mount(place("a"), place("b"), Some("/x".to_owned()));
        mounts.mount(place("b"), place("a"), Some("/y".to_owned()));
        assert!(mounts.prefixes(&place("a")).is_empty());
    }

    proptest! {
        #[test]
        fn a_prefix_that_is_computed_hides_what_is_below(depth in 1_usize..6, hidden in 0_usize..6) {
            let place = |at: usize| (0, at.to_string());
            let mut mounts = Mounts::default();
            mounts.root(place(0));
            for at in 0..depth {
                let prefix = (at != hidden).then(|| format!("/{at}"));
                mounts.mount(place(at + 1), place(at), prefix);
            }
            prop_assert!(mounts.prefixes(&place(depth)).is_empty() == (hidden < depth));
        }
    }
}
