//! The methods that a view of Django's takes.

use std::sync::LazyLock;

use regex::Regex;

use super::super::super::code::Code;
use super::super::super::variables::{pattern, patterns};
use super::super::python::modules::Modules;
use super::super::{method, methods};

patterns! {
    CLASS = r"(?m)^class[ \t]+(\w+)[ \t]*(?:\(([^)]*)\))?[ \t]*:";
    FUNCTION = r"(?m)^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(";
    HANDLER = r"(?m)^[ \t]+(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(";
    DECORATOR = r"(?m)^@(api_view|require_http_methods|require_POST|require_GET|require_safe)\b[ \t]*(\([^)]*\))?";
    NARROWED = r"(?m)^[ \t]+http_method_names\b";
    NAME = r"^[\w.]+$";
}

/// What a class has from those that it is made of: for a list, and for one thing of it.
const BASES: &[(&str, &str, &str)] = &[
    ("ModelViewSet", "GET POST", "GET PUT PATCH DELETE"),
    ("ReadOnlyModelViewSet", "GET", "GET"),
    ("ListModelMixin", "GET", ""),
    ("CreateModelMixin", "POST", ""),
    ("RetrieveModelMixin", "", "GET"),
    ("UpdateModelMixin", "", "PUT PATCH"),
    ("DestroyModelMixin", "", "DELETE"),
];

/// What generic views take.
const GENERIC: &[(&str, &str)] = &[
    ("ListAPIView", "GET"),
    ("RetrieveAPIView", "GET"),
    ("CreateAPIView", "POST"),
    ("UpdateAPIView", "PUT PATCH"),
    ("DestroyAPIView", "DELETE"),
    ("ListCreateAPIView", "GET POST"),
    ("RetrieveUpdateAPIView", "GET PUT PATCH"),
    ("RetrieveDestroyAPIView", "GET DELETE"),
    ("RetrieveUpdateDestroyAPIView", "GET PUT PATCH DELETE"),
    ("TemplateView", "GET"),
    ("ListView", "GET"),
    ("DetailView", "GET"),
    ("RedirectView", "GET"),
    ("FormView", "GET POST"),
    ("CreateView", "GET POST"),
    ("UpdateView", "GET POST"),
    ("DeleteView", "GET POST"),
];

/// What a set of views that is registered with a router takes.
#[derive(Debug, Default)]
pub(super) struct Set {
    /// For all of its things.
    pub(super) all: Vec<String>,
    /// For one of them.
    pub(super) one: Vec<String>,
}

/// A class of a file: what it is made of, and its body.
struct Class<'c> {
    bases: Vec<&'c str>,
    body: &'c str,
}

/// Returns the methods that a view takes as `urls.py` names it; one that is none where it doesn't
/// tell.
pub(super) fn verbs(modules: &Modules<'_>, file: usize, written: &str) -> Vec<Option<String>> {
    let found = if let Some((class, _)) = written.split_once(".as_view(") {
        class_at(modules, file, class).map(|class| of_class(&class))
    } else {
        of_function(modules, file, written)
    };
    found
        .filter(|all| !all.is_empty())
        .unwrap_or_else(|| vec![None])
}

/// Returns what a set of views takes; nothing where that can't be told.
pub(super) fn set(modules: &Modules<'_>, file: usize, written: &str) -> Set {
    let mut set = Set::default();
    let Some(class) = class_at(modules, file, written) else {
        return set;
    };
    if NARROWED.iter().any(|it| it.is_match(class.body)) {
        return set;
    }
    let add = |list: &mut Vec<String>, verbs: &str| {
        list.extend(verbs.split_whitespace().map(str::to_owned));
    };
    for (_, all, one) in BASES.iter().filter(|(base, ..)| class.bases.contains(base)) {
        add(&mut set.all, all);
        add(&mut set.one, one);
    }
    for captures in HANDLER.iter().flat_map(|it| it.captures_iter(class.body)) {
        match &captures[1] {
            "list" => add(&mut set.all, "GET"),
            "create" => add(&mut set.all, "POST"),
            "retrieve" => add(&mut set.one, "GET"),
            "update" => add(&mut set.one, "PUT"),
            "partial_update" => add(&mut set.one, "PATCH"),
            "destroy" => add(&mut set.one, "DELETE"),
            _ => {}
        }
    }
    for list in [&mut set.all, &mut set.one] {
        list.sort();
        list.dedup();
    }
    set
}

fn of_class(class: &Class<'_>) -> Vec<Option<String>> {
    let mut found = Vec::new();
    for (_, verbs) in GENERIC
        .iter()
        .filter(|(base, _)| class.bases.contains(base))
    {
        found.extend(verbs.split_whitespace().map(|it| Some(it.to_owned())));
    }
    let handlers = HANDLER.iter().flat_map(|it| it.captures_iter(class.body));
    found.extend(
        handlers
            .filter_map(|captures| method(&captures[1]))
            .map(Some),
    );
    found.sort();
    found.dedup();
    if NARROWED.iter().any(|it| it.is_match(class.body)) {
        return Vec::new();
    }
    found
}

fn of_function(modules: &Modules<'_>, file: usize, written: &str) -> Option<Vec<Option<String>>> {
    let name = NAME.as_ref()?.is_match(written).then_some(written)?;
    let defined = |file: usize, name: &str| {
        let mut all = FUNCTION
            .iter()
            .filter_map(|it| modules.code(file).map(|code| code.matches(it)));
        all.any(|all| all.iter().any(|(_, captures)| &captures[1] == name))
            .then_some(())
    };
    let (file, name) = modules.follow(file, name, &defined)?;
    let code = modules.code(file)?;
    let all = FUNCTION.iter().flat_map(|it| code.matches(it));
    let mut all = all.filter(|(_, captures)| captures[1] == name);
    let (start, _) = all.next()?;
    // Decorators stand right above.
    let before = code.text.get(..start)?;
    let above: Vec<&str> = before
        .lines()
        .rev()
        .take_while(|line| line.starts_with('@'))
        .collect();
    let mut found = Vec::new();
    for line in above {
        for captures in DECORATOR.iter().flat_map(|it| it.captures_iter(line)) {
            match &captures[1] {
                "require_POST" => found.push(Some("POST".to_owned())),
                "require_GET" | "require_safe" => found.push(Some("GET".to_owned())),
                // `@api_view` alone takes GET.
                _ => match captures.get(2).map(|it| methods(it.as_str())) {
                    Some(named) if named != [None] => found.extend(named),
                    Some(_) | None if &captures[1] == "api_view" => {
                        found.push(Some("GET".to_owned()));
                    }
                    Some(_) | None => {}
                },
            }
        }
    }
    Some(found)
}

fn class_at<'m>(modules: &Modules<'m>, file: usize, name: &str) -> Option<Class<'m>> {
    let defined = |file: usize, name: &str| {
        let code = modules.code(file)?;
        class(code, name).map(|_| ())
    };
    let (file, name) = modules.follow(file, name.trim(), &defined)?;
    class(modules.code(file)?, &name)
}

fn class<'c>(code: &'c Code, name: &str) -> Option<Class<'c>> {
    let all = CLASS.iter().flat_map(|it| it.captures_iter(&code.bare));
    let mut all = all.filter(|captures| &captures[1] == name);
    let captures = all.next()?;
    let bases = captures.get(2).map_or("", |it| it.as_str());
    let bases = bases
        .split(',')
        .map(|it| it.rsplit('.').next().unwrap_or(it).trim());
    let rest = code.bare.get(captures.get(0)?.end()..)?;
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        let outside = end > 0 && line.starts_with(|first: char| !first.is_whitespace());
        if outside {
            break;
        }
        end += line.len();
    }
    Some(Class {
        bases: bases.collect(),
        body: rest.get(..end)?,
    })
}
