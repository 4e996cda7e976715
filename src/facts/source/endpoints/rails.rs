//! Rails: `config/routes.rb`, through namespaces, scopes and resources.
//!
//! Read line by line, as such files are written. What stands under a condition, a constraint or in a
//! loop, in an engine, or is drawn from further files counts as served by nobody.

use std::sync::LazyLock;

use regex::Regex;

use super::super::code::{Code, Language};
use super::super::literal;
use super::super::variables::{pattern, patterns};
use super::mounts::{Prefix, slashed};
use super::{Endpoints, add, method};

patterns! {
    DRAWN = r"\bRails\.application\.routes\.draw\b";
    MOVED = r"\brelative_url_root\b";
    CALL = r"^(\w+)\s*[( ]\s*(.*)$";
    OPENS = r"\bdo\s*(?:\|[^|]*\|)?$|\{\s*(?:\|[^|]*\|)?$|^(?:if|unless|case|while|until|begin|def|class|module|for)\b";
    OPTION = r"(?:^|[\s,({])(\w+):\s*|(?:^|[\s,({]):(\w+)\s*=>\s*";
}

/// A block that is open.
#[derive(Debug, Clone, Default)]
struct Block {
    /// What all in it stands below; none where that can't be told.
    prefix: Prefix,
    /// The prefix of what stands beside a resource's own (`member`, nested resources).
    member: Prefix,
    /// Whether it is a resource's.
    resource: bool,
}

/// Returns the endpoints of all route files.
pub(super) fn read(files: &[Code]) -> Endpoints {
    let mut all = Endpoints::default();
    let ruby = || files.iter().filter(|it| it.language == Language::Ruby);
    let moved = ruby().any(|code| MOVED.iter().any(|it| it.is_match(&code.bare)));
    for code in ruby() {
        let named = code.path == "config/routes.rb" || code.path.ends_with("/config/routes.rb");
        let drawn = DRAWN.iter().any(|it| it.is_match(&code.bare));
        if named && drawn {
            file(code, moved, &mut all);
        }
    }
    all
}

fn file(code: &Code, moved: bool, all: &mut Endpoints) {
    let mut blocks: Vec<Block> = Vec::new();
    for (start, line) in lines(&code.text) {
        let bare = line.trim();
        if bare == "end" || bare == "}" || bare.starts_with("end ") || bare.starts_with("end.") {
            blocks.pop();
            continue;
        }
        let opens = OPENS.iter().any(|it| it.is_match(bare));
        let block = blocks.last().cloned();
        let read = Line::of(bare, block.as_ref());
        for (verb, own) in read.routes {
            let prefix = read.prefix.as_ref().filter(|_| block.is_some() && !moved);
            let served = prefix.map(|prefix| slashed(&[prefix, &own]));
            add(all, served, slashed(&[&own]), verb, code.origin(start));
        }
        if opens {
            let drawn = DRAWN.iter().any(|it| it.is_match(bare));
            blocks.push(if drawn {
                Block {
                    prefix: Some(String::new()),
                    member: Some(String::new()),
                    resource: false,
                }
            } else {
                read.inner
            });
        }
    }
}

/// Returns a text's statements, each with where it begins: one goes on behind a comma.
fn lines(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    let mut at = 0;
    for line in text.split('\n') {
        let trimmed = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len() + 1;
        if trimmed.is_empty() {
            continue;
        }
        match found.last_mut().filter(|_| goes_on) {
            Some((_, before)) => {
                before.push(' ');
                before.push_str(trimmed);
            }
            None => found.push((start, trimmed.to_owned())),
        }
        goes_on = trimmed.ends_with([',', '\\', '(', '[']);
    }
    found
}

/// What a line says.
#[derive(Default)]
struct Line {
    routes: Vec<(Option<String>, String)>,
    /// What its routes stand below.
    prefix: Prefix,
    /// The block that it opens.
    inner: Block,
}

impl Line {
    fn of(line: &str, block: Option<&Block>) -> Self {
        let captures = CALL.iter().find_map(|it| it.captures(line));
        let (Some(captures), Some(block)) = (captures, block) else {
            return Self {
                inner: bare_block(line, block),
                ..Self::default()
            };
        };
        let (name, rest) = (captures[1].to_owned(), captures[2].to_owned());
        let call = Call::of(&rest);
        let prefix = block.prefix.clone().filter(|_| !call.conditional);
        match name.as_str() {
            "get" | "post" | "put" | "patch" | "delete" | "match" => {
                let below = match (block.resource, call.option("on")) {
                    (false, None) | (true, Some(":collection")) => prefix,
                    (true, Some(":member")) => block.member.clone(),
                    _ => None,
                };
                Self {
                    routes: call.routes(&name),
                    prefix: below.filter(|_| {
                        call.is_plain(&["to", "as", "on", "via", "controller", "action"])
                    }),
                    ..Self::default()
                }
            }
            "root" => Self {
                routes: vec![(method("get"), String::new())],
                prefix: prefix.filter(|_| !block.resource),
                ..Self::default()
            },
            "namespace" | "scope" => Self {
                inner: call.scope(&name, prefix.filter(|_| !block.resource)),
                ..Self::default()
            },
            "resources" | "resource" => call.resources(&name, block),
            "member" | "collection" => Self {
                inner: bare_block(line, Some(block)),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

/// The block that a line without arguments opens.
fn bare_block(line: &str, block: Option<&Block>) -> Block {
    let prefix = match (line.split_whitespace().next(), block) {
        (Some("member"), Some(block)) if block.resource => block.member.clone(),
        (Some("collection"), Some(block)) if block.resource => block.prefix.clone(),
        _ => None,
    };
    Block {
        member: prefix.clone(),
        prefix,
        resource: false,
    }
}

/// A call's arguments.
struct Call {
    names: Vec<String>,
    options: Vec<(String, String)>,
    conditional: bool,
}

impl Call {
    fn of(rest: &str) -> Self {
        let conditional = [" if ", " unless "].iter().any(|word| rest.contains(word));
        let end = rest
            .rfind(" do")
            .filter(|at| OPENS.iter().any(|it| it.is_match(rest)) && *at > 0);
        let rest = end.and_then(|at| rest.get(..at)).unwrap_or(rest);
        let rest = rest.strip_suffix(" do").unwrap_or(rest);
        let inside = format!("{})", rest.trim_end_matches([')', '{', ' ']));
        let arguments = literal::arguments(&inside, &blank(&inside), 0);
        let mut call = Self {
            names: Vec::new(),
            options: Vec::new(),
            conditional,
        };
        for argument in arguments.iter().map(|it| it.trim()) {
            let option = OPTION.iter().find_map(|it| it.captures(argument));
            let option = option.filter(|it| it.get(0).is_some_and(|it| it.start() == 0));
            match (option, argument.split_once("=>")) {
                (Some(option), _) => {
                    let name = option.get(1).or(option.get(2)).map_or("", |it| it.as_str());
                    let value = argument.get(option[0].len()..).unwrap_or_default();
                    call.options
                        .push((name.to_owned(), value.trim().to_owned()));
                }
                // `get "a" => "b#c"`
                (None, Some((name, _))) => call.names.push(name.trim().to_owned()),
                (None, None) => call.names.push(argument.to_owned()),
            }
        }
        call
    }

    fn option(&self, name: &str) -> Option<&str> {
        let mut all = self.options.iter();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether it has no other options than these.
    fn is_plain(&self, known: &[&str]) -> bool {
        let mut all = self.options.iter();
        all.all(|(name, _)| known.contains(&name.as_str()))
    }

    fn routes(&self, verb: &str) -> Vec<(Option<String>, String)> {
        let verbs: Vec<Option<String>> = if verb == "match" {
            let via = self.option("via").unwrap_or_default();
            let words = via.split(|it: char| !it.is_ascii_alphabetic());
            words.filter_map(method).map(Some).collect()
        } else {
            vec![method(verb)]
        };
        let paths: Vec<String> = self.names.iter().filter_map(|it| name(it)).collect();
        let mut found = Vec::new();
        for path in paths {
            // `(.:format)` and other parts that may be left out.
            if !path.contains('(') {
                found.extend(verbs.iter().map(|verb| (verb.clone(), path.clone())));
            }
        }
        found
    }

    /// `namespace :api`, `scope "/v1"`, `scope path: "v1", module: :one`.
    fn scope(&self, word: &str, before: Prefix) -> Block {
        let known = ["path", "module", "as", "defaults", "controller"];
        let given = match (self.option("path"), self.names.as_slice()) {
            (Some(path), _) => name(path),
            (None, [only]) => name(only),
            (None, []) if word == "scope" => Some(String::new()),
            (None, _) => None,
        };
        let prefix = before.zip(given).filter(|_| self.is_plain(&known));
        let prefix = prefix.map(|(before, own)| slashed(&[&before, &own]));
        Block {
            member: prefix.clone(),
            prefix,
            resource: false,
        }
    }

    /// `resources :users, only: [:index, :show]`.
    fn resources(&self, word: &str, around: &Block) -> Line {
        let known = [
            "only",
            "except",
            "path",
            "param",
            "controller",
            "as",
            "module",
        ];
        let plain = self.is_plain(&known) && !self.conditional;
        // In a resource's block, another one hangs in one of its members.
        let before = if around.resource {
            around.member.clone()
        } else {
            around.prefix.clone()
        };
        let own = match (self.names.as_slice(), self.option("path")) {
            ([only], None) => name(only),
            ([_], Some(path)) => name(path),
            _ => None,
        };
        let prefix = before.zip(own).filter(|_| plain);
        let prefix = prefix.map(|(before, own)| slashed(&[&before, &own]));
        let member = if word == "resource" { "" } else { "/:id" };
        let names = |option: &str| -> Option<Vec<String>> {
            let listed = self.option(option)?;
            let words = listed.split(|it: char| !(it.is_ascii_alphanumeric() || it == '_'));
            Some(words.map(str::to_owned).collect())
        };
        let (only, except) = (names("only"), names("except"));
        let wanted = |action: &str| {
            let has = |list: &Vec<String>| list.iter().any(|it| it == action);
            only.as_ref().is_none_or(has) && !except.as_ref().is_some_and(has)
        };
        let actions = [
            ("index", "get", ""),
            ("create", "post", ""),
            ("show", "get", member),
            ("update", "patch", member),
            ("update", "put", member),
            ("destroy", "delete", member),
        ];
        let actions = actions
            .into_iter()
            .filter(|(action, _, _)| wanted(action) && !(word == "resource" && *action == "index"));
        let routes = match &prefix {
            Some(_) => actions
                .map(|(_, verb, path)| (method(verb), path.to_owned()))
                .collect(),
            None => Vec::new(),
        };
        Line {
            routes,
            inner: Block {
                member: prefix.as_ref().map(|prefix| format!("{prefix}{member}")),
                prefix: prefix.clone(),
                resource: true,
            },
            prefix,
        }
    }
}

/// Returns what a string or a symbol holds.
fn name(text: &str) -> Option<String> {
    let symbol = text.strip_prefix(':');
    let plain =
        |it: &&str| !it.is_empty() && it.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match symbol {
        Some(symbol) => Some(symbol).filter(plain).map(str::to_owned),
        None => literal::string(text).filter(|it| !it.contains("#{")),
    }
}

/// Returns a line with what strings hold blanked.
fn blank(line: &str) -> String {
    let mut quote = None;
    let letters = line.chars().map(|letter| match (quote, letter) {
        (None, '"' | '\'') => {
            quote = Some(letter);
            letter
        }
        (Some(open), _) if open == letter => {
            quote = None;
            letter
        }
        // As many bytes as before.
        (Some(_), _) if letter.is_ascii() => ' ',
        _ => letter,
    });
    letters.collect()
}
