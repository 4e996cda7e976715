//! Laravel: `routes/api.php` and `routes/web.php`, through groups, below what the application puts
//! before each file.
//!
//! What stands under a condition or in a loop, hangs in a domain, or is taken in from further files
//! counts as served by nobody.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Tree;
use super::super::code::{Code, Language, closing};
use super::super::literal;
use super::super::variables::{pattern, patterns};
use super::mounts::{Prefix, slashed};
use super::{Endpoints, add, method};

patterns! {
    ROUTE = r"\bRoute::";
    CALL = r"^\s*(?:->|::)?\s*(\w+)\s*\(";
    PREFIXED = r#"prefix\(\s*(["'])([^"']*)["']\s*\)"#;
    BOOT = r"\bapiPrefix\s*:\s*([^,)]+)";
}

/// One call of a chain: its name and what is between its brackets.
struct Link<'c> {
    name: &'c str,
    inside: Range<usize>,
}

/// A group of routes: the code in it, and the prefix that it adds.
struct Group {
    body: Range<usize>,
    prefix: Prefix,
}

/// Returns the endpoints of all route files.
pub(super) fn read(files: &[Code], tree: &Tree) -> Endpoints {
    let mut all = Endpoints::default();
    for code in files.iter().filter(|it| it.language == Language::Php) {
        let Some((root, name)) = code.path.rsplit_once("routes/") else {
            continue;
        };
        let at_root = root.is_empty() || root.ends_with('/');
        if !at_root || !["api.php", "web.php"].contains(&name) {
            continue;
        }
        let outer = outer(tree, root, name);
        file(code, &outer, &mut all);
    }
    all
}

/// Returns what is put before all paths of a file; none where that can't be told.
fn outer(tree: &Tree, root: &str, name: &str) -> Prefix {
    let file = format!("routes/{name}");
    if let Some(text) = tree.get(&format!("{root}app/Providers/RouteServiceProvider.php")) {
        // One statement takes a file in, with its prefix.
        let mut statements = text.split(';').filter(|it| it.contains(&file));
        let (Some(only), None) = (statements.next(), statements.next()) else {
            return None;
        };
        let given: Vec<String> = PREFIXED
            .iter()
            .flat_map(|it| it.captures_iter(only))
            .map(|it| it[2].to_owned())
            .collect();
        return match (only.matches("prefix").count(), given.as_slice()) {
            (0, _) => Some(String::new()),
            (1, [prefix]) => Some(prefix.clone()),
            _ => None,
        };
    }
    let text = tree.get(&format!("{root}bootstrap/app.php"))?;
    if !text.contains("withRouting(") || !text.contains(&file) {
        return None;
    }
    if name == "web.php" {
        return Some(String::new());
    }
    let given = BOOT.iter().flat_map(|it| it.captures_iter(text)).next();
    match given {
        Some(given) => literal::string(given[1].trim()),
        None => Some("api".to_owned()),
    }
}

fn file(code: &Code, outer: &Prefix, all: &mut Endpoints) {
    let starts = ROUTE.iter().flat_map(|it| it.find_iter(&code.bare));
    let chains: Vec<(usize, Vec<Link<'_>>)> = starts
        .map(|it| (it.start(), chain(code, it.end())))
        .collect();
    let groups: Vec<Group> = chains
        .iter()
        .filter_map(|(_, links)| group(code, links))
        .collect();
    for (start, links) in &chains {
        let before = before(code, *start, &groups);
        let inner = prefixed(code, links);
        let known = outer.as_ref().zip(before.as_ref()).zip(inner.as_ref());
        let prefix = known.map(|((outer, before), inner)| slashed(&[outer, before, inner]));
        for (verb, own) in routes(code, links) {
            let served = prefix.as_ref().map(|prefix| slashed(&[prefix, &own]));
            add(all, served, slashed(&[&own]), verb, code.origin(*start));
        }
    }
}

/// Returns the calls that follow one another from a place on.
fn chain(code: &Code, start: usize) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    let mut at = start;
    while let Some(rest) = code.bare.get(at..)
        && let Some(captures) = CALL.iter().find_map(|it| it.captures(rest))
        && let (Some(whole), Some(name)) = (captures.get(0), captures.get(1))
    {
        let open = at + whole.end();
        let Some(close) = closing(&code.bare, open) else {
            break;
        };
        let name = at + name.start()..at + name.end();
        links.push(Link {
            name: code.bare.get(name).unwrap_or_default(),
            inside: open..close,
        });
        at = close + 1;
    }
    links
}

fn arguments<'c>(code: &'c Code, link: &Link<'_>) -> Vec<&'c str> {
    literal::arguments(&code.text, &code.bare, link.inside.start)
}

/// Returns the group that a chain makes, if it makes one.
fn group(code: &Code, links: &[Link<'_>]) -> Option<Group> {
    let last = links.last().filter(|link| link.name == "group")?;
    let mut prefix = prefixed(code, links);
    let arguments = arguments(code, last);
    if let [settings, _] = arguments.as_slice() {
        let given = settings.split_once("prefix").map(|(_, rest)| rest);
        let value = given
            .and_then(|rest| rest.split_once("=>"))
            .map(|(_, rest)| rest);
        let value = value.map(|rest| rest.split([',', ']']).next().unwrap_or_default().trim());
        let elsewhere = settings.contains("domain") || !settings.trim_start().starts_with('[');
        let own = match value {
            _ if elsewhere => None,
            Some(value) => literal::string(value),
            None => Some(String::new()),
        };
        prefix = prefix
            .zip(own)
            .map(|(before, own)| slashed(&[&before, &own]));
    }
    Some(Group {
        body: last.inside.clone(),
        prefix,
    })
}

/// Returns the prefix that a chain's own calls add; none where that can't be told.
fn prefixed(code: &Code, links: &[Link<'_>]) -> Prefix {
    let mut prefix = String::new();
    for link in links {
        match link.name {
            "prefix" => {
                let arguments = arguments(code, link);
                let [only] = arguments.as_slice() else {
                    return None;
                };
                prefix = slashed(&[&prefix, &literal::string(only)?]);
            }
            "domain" | "when" | "unless" => return None,
            _ => {}
        }
    }
    Some(prefix)
}

/// Returns the prefix of all groups around a place; none where something else is around it, too.
fn before(code: &Code, at: usize, groups: &[Group]) -> Prefix {
    let mut around: Vec<&Group> = groups.iter().filter(|it| it.body.contains(&at)).collect();
    around.sort_by_key(|group| group.body.start);
    // Each group has one closure; other braces are conditions, loops, functions.
    let inner = around.last().map_or(0, |group| group.body.start);
    let mut open = 0_usize;
    for letter in code.bare.get(inner..at)?.chars() {
        match letter {
            '{' => open += 1,
            '}' => open = open.checked_sub(1)?,
            _ => {}
        }
    }
    (open == usize::from(!around.is_empty())).then_some(())?;
    let mut prefix = String::new();
    for group in around {
        prefix = slashed(&[&prefix, group.prefix.as_deref()?]);
    }
    Some(prefix)
}

/// Returns the routes that a chain adds: methods and paths.
fn routes(code: &Code, links: &[Link<'_>]) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    for link in links {
        let arguments = arguments(code, link);
        let path = |at: usize| arguments.get(at).and_then(|it| literal::string(it));
        match link.name {
            "get" | "post" | "put" | "patch" | "delete" | "options" => {
                found.extend(path(0).map(|path| (method(link.name), path)));
            }
            "any" | "redirect" | "view" => found.extend(path(0).map(|path| (None, path))),
            "match" => {
                let verbs = arguments.first().copied().unwrap_or_default();
                let verbs = verbs.split(|it: char| !it.is_ascii_alphabetic());
                let verbs = verbs.filter_map(method);
                let path = path(1);
                found.extend(verbs.filter_map(|verb| Some((Some(verb), path.clone()?))));
            }
            "apiResource" | "resource" if arguments.len() == 2 => {
                let chosen = chosen(code, links);
                let path = path(0).filter(|path| !path.contains('.'));
                let all = path
                    .zip(chosen)
                    .map(|(path, chosen)| resource(&path, &chosen));
                found.extend(all.unwrap_or_default());
            }
            _ => {}
        }
    }
    found
}

/// What tells which of a resource's actions are served.
enum Chosen {
    All,
    Only(Vec<String>),
    Except(Vec<String>),
}

impl Chosen {
    fn has(&self, action: &str) -> bool {
        let within = |listed: &[String]| listed.iter().any(|name| name == action);
        match self {
            Self::All => true,
            Self::Only(listed) => within(listed),
            Self::Except(listed) => !within(listed),
        }
    }
}

/// Returns which of a resource's actions are served; nothing where a call around it isn't known.
fn chosen(code: &Code, links: &[Link<'_>]) -> Option<Chosen> {
    let mut chosen = Chosen::All;
    for link in links {
        let names = || {
            let listed = code.text.get(link.inside.clone())?;
            // A variable may hold any of them.
            let words = listed.split(|it: char| !it.is_ascii_alphabetic());
            (!listed.contains(['$', ':'])).then(|| words.map(str::to_owned).collect())
        };
        match link.name {
            "resource" | "apiResource" | "prefix" | "middleware" | "name" | "names"
            | "withoutMiddleware" => {}
            "only" => chosen = Chosen::Only(names()?),
            "except" => chosen = Chosen::Except(names()?),
            _ => return None,
        }
    }
    Some(chosen)
}

/// Returns what a resource serves, its forms apart.
fn resource(name: &str, chosen: &Chosen) -> Vec<(Option<String>, String)> {
    let one = format!("{name}/{{id}}");
    let actions = [
        ("index", "get", name),
        ("store", "post", name),
        ("show", "get", &one),
        ("update", "put", &one),
        ("update", "patch", &one),
        ("destroy", "delete", &one),
    ];
    actions
        .into_iter()
        .filter(|(action, _, _)| chosen.has(action))
        .map(|(_, verb, path)| (method(verb), path.to_owned()))
        .collect()
}
