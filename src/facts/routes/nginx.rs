//! nginx's own configuration: `server_name`, `location`, `proxy_pass`, `upstream`.
//!
//! `include`, `map` and variables aren't followed.

use std::collections::BTreeMap;

use super::super::model::{Origin, Project, Route};
use super::host;

/// A directive with its words and what stands in its block.
#[derive(Debug)]
struct Directive {
    words: Vec<String>,
    line: usize,
    block: Vec<Directive>,
}

impl Directive {
    fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    fn values(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).map(String::as_str)
    }

    fn find(&self, name: &str) -> Option<&Self> {
        self.block.iter().find(|inner| inner.name() == name)
    }
}

/// Returns the routes of a configuration that a service mounts.
pub(super) fn read(path: &str, text: &str, proxy: &str, project: &Project) -> Vec<Route> {
    let mut tokens = tokens(text).into_iter();
    let directives = block(&mut tokens);
    let mut servers = Vec::new();
    let mut upstreams = BTreeMap::new();
    collect(&directives, &mut servers, &mut upstreams);
    let scope = Scope {
        path,
        proxy,
        project,
        upstreams: &upstreams,
    };
    servers
        .into_iter()
        .flat_map(|server| scope.server(server))
        .collect()
}

fn collect<'d>(
    directives: &'d [Directive],
    servers: &mut Vec<&'d Directive>,
    upstreams: &mut BTreeMap<&'d str, &'d str>,
) {
    for directive in directives {
        match directive.name() {
            "http" => collect(&directive.block, servers, upstreams),
            "server" if !directive.block.is_empty() => servers.push(directive),
            "upstream" => {
                let first = directive
                    .find("server")
                    .and_then(|server| server.values().next());
                if let (Some(name), Some(first)) = (directive.values().next(), first) {
                    upstreams.insert(name, first);
                }
            }
            _ => {}
        }
    }
}

struct Scope<'a> {
    path: &'a str,
    /// The service that runs nginx.
    proxy: &'a str,
    project: &'a Project,
    upstreams: &'a BTreeMap<&'a str, &'a str>,
}

impl Scope<'_> {
    fn server(&self, server: &Directive) -> Vec<Route> {
        let names = server.find("server_name");
        let mut hosts: Vec<Option<String>> = names
            .into_iter()
            .flat_map(Directive::values)
            .filter_map(|name| host(name).map(Some))
            .collect();
        if hosts.is_empty() {
            hosts.push(None);
        }
        let mut routes = Vec::new();
        for host in hosts {
            let locations = server.block.iter().filter(|it| it.name() == "location");
            routes.extend(locations.filter_map(|location| self.location(location, host.clone())));
        }
        routes
    }

    fn location(&self, location: &Directive, host: Option<String>) -> Option<Route> {
        let words: Vec<&str> = location.values().collect();
        let (modifier, path) = match words.as_slice() {
            [path] => ("", *path),
            [modifier, path] => (*modifier, *path),
            _ => return None,
        };
        if path.starts_with('@') || (location.find("return").is_some()) {
            return None;
        }
        let pass = location
            .find("proxy_pass")
            .and_then(|pass| pass.values().next());
        let (service, port, strip) = match pass {
            Some(url) => self.passed(url, path)?,
            // What isn't passed on, nginx serves itself.
            None => (self.proxy.to_owned(), None, false),
        };
        let regex = modifier.starts_with('~');
        let path = if regex {
            format!("/{}", path.trim_start_matches('^').trim_start_matches('/'))
        } else {
            path.to_owned()
        };
        Some(Route {
            host,
            path,
            exact: modifier == "=",
            regex,
            service,
            port,
            strip,
            by: "an nginx location".to_owned(),
            middlewares: Vec::new(),
            origin: Origin {
                path: self.path.to_owned(),
                line: location.line,
            },
        })
    }

    /// Returns the service, its port, and whether the location's prefix is cut off.
    fn passed(&self, url: &str, location: &str) -> Option<(String, Option<u16>, bool)> {
        let rest = url
            .strip_prefix("http://")
            .or_else(|| url.strip_prefix("https://"))?;
        let (address, path) = match rest.split_once('/') {
            Some((address, path)) => (address, Some(path)),
            None => (rest, None),
        };
        let address = self.upstreams.get(address).copied().unwrap_or(address);
        let (name, port) = address.split_once(':').unwrap_or((address, ""));
        let service = self.project.service(name)?;
        let strip = path == Some("") && location != "/";
        Some((service.name.clone(), port.parse().ok(), strip))
    }
}

/// A word, a `;`, a `{` or a `}`, with its line.
type Token = (String, usize);

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut word = String::new();
        let mut quote: Option<char> = None;
        for character in line.chars() {
            match (quote, character) {
                (Some(open), closing) if open == closing => quote = None,
                (Some(_), inner) => word.push(inner),
                (None, '"' | '\'') => quote = Some(character),
                (None, '#') if word.is_empty() => break,
                (None, '{' | '}' | ';') if !is_inside(&word, character) => {
                    push(&mut tokens, &mut word, index + 1);
                    tokens.push((character.to_string(), index + 1));
                }
                (None, blank) if blank.is_whitespace() => push(&mut tokens, &mut word, index + 1),
                (None, other) => word.push(other),
            }
        }
        push(&mut tokens, &mut word, index + 1);
    }
    tokens
}

/// `${NAME}` and `[0-9]{2}` are words.
fn is_inside(word: &str, character: char) -> bool {
    match character {
        '{' => word.ends_with(['$', ']', ')']),
        '}' => word.matches('{').count() > word.matches('}').count(),
        _ => false,
    }
}

fn push(tokens: &mut Vec<Token>, word: &mut String, line: usize) {
    if !word.is_empty() {
        tokens.push((std::mem::take(word), line));
    }
}

fn block(tokens: &mut impl Iterator<Item = Token>) -> Vec<Directive> {
    let mut directives = Vec::new();
    let mut words = Vec::new();
    let mut start = 0;
    while let Some((token, line)) = tokens.next() {
        match token.as_str() {
            "}" => break,
            ";" | "{" => {
                let inner = if token == "{" {
                    block(tokens)
                } else {
                    Vec::new()
                };
                directives.push(Directive {
                    words: std::mem::take(&mut words),
                    line: start,
                    block: inner,
                });
            }
            _ => {
                if words.is_empty() {
                    start = line;
                }
                words.push(token);
            }
        }
    }
    directives
}
