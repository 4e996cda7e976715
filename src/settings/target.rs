//! `[targets]` of `orch.toml`: the clusters that a workspace may be rolled out to.
//!
//! Whether a context is there and leads where it should is seen when it is connected to.

use std::collections::{BTreeMap, BTreeSet};

use crate::checklist::Span;

use super::read::{Entry, Reader};

pub(super) const KEYS: &[&str] = &[
    "context",
    "kubeconfig",
    "namespace",
    "images",
    "overlay",
    "after",
    "protected",
];

/// A cluster that may be rolled out to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Its name here.
    pub name: String,
    /// The kubeconfig's context.
    pub context: String,
    /// The kubeconfig, relative to the workspace; by default the usual one.
    pub kubeconfig: Option<String>,
    /// The namespace there, in place of the phase's.
    pub namespace: Option<String>,
    /// Workloads → images there, in place of the phase's.
    pub images: Vec<(String, String)>,
    /// The overlay whose environment it gets, in place of the base.
    pub overlay: Option<String>,
    /// The targets that must have a phase before this one gets it.
    pub after: Vec<String>,
    /// Whether its name must be typed before anything is changed there.
    pub protected: bool,
}

/// A target as it stands in the document.
struct Placed {
    target: Target,
    after: Vec<(String, Span)>,
}

/// Returns the targets in order; reports names after which one is to come and that are none, and
/// those that wait for each other.
pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Vec<Target> {
    let mut placed: Vec<Placed> = Vec::new();
    let mut names = BTreeSet::new();
    for inner in reader.table(entry) {
        names.insert(inner.key.to_owned());
        if inner.key == "rehearsal" {
            let message = "`rehearsal` is the embedded one and can't be a target's name";
            reader.problem(message, inner.key_span.clone(), "");
            continue;
        }
        placed.extend(read_one(reader, &inner));
    }
    for one in &placed {
        for (after, span) in &one.after {
            if !names.contains(after) {
                let known = names.iter().map(String::as_str).collect::<Vec<_>>();
                let label = format!("targets here: {}", known.join(", "));
                let message = format!("no target is called `{after}`");
                reader.problem(message, span.clone(), &label);
            }
        }
    }
    refuse_cycles(reader, &placed);
    placed.into_iter().map(|one| one.target).collect()
}

/// `staging = "context"`, or a table.
fn read_one(reader: &mut Reader<'_>, entry: &Entry<'_, '_>) -> Option<Placed> {
    let mut target = Target {
        name: entry.key.to_owned(),
        ..Target::default()
    };
    let mut after = Vec::new();
    if let Some(context) = entry.value.as_str() {
        context.clone_into(&mut target.context);
        return Some(Placed { target, after });
    }
    let mut context = None;
    let mut given = false;
    for inner in reader.table(entry) {
        match inner.key {
            "context" => {
                given = true;
                context = reader.string(&inner);
            }
            "kubeconfig" => target.kubeconfig = reader.string(&inner),
            "namespace" => target.namespace = reader.string(&inner),
            "overlay" => target.overlay = reader.string(&inner),
            "images" => target.images = reader.images(&inner),
            "after" => after = reader.names(&inner),
            "protected" => target.protected = reader.boolean(&inner).unwrap_or_default(),
            _ => reader.unknown(&inner, KEYS),
        }
    }
    if !given && entry.value.is_table() {
        let message = format!("target `{}` names no `context`", target.name);
        reader.problem(message, entry.key_span.clone(), "");
    }
    target.context = context?;
    target.after = after.iter().map(|(name, _)| name.clone()).collect();
    Some(Placed { target, after })
}

/// Each cycle is reported once, at the name that closes it.
fn refuse_cycles(reader: &mut Reader<'_>, placed: &[Placed]) {
    let by_name: BTreeMap<&str, &Placed> = placed
        .iter()
        .map(|one| (one.target.name.as_str(), one))
        .collect();
    let mut done = BTreeSet::new();
    for one in placed {
        let mut path = Vec::new();
        if let Some((cycle, span)) = closes(one, &by_name, &mut path, &mut done) {
            let message = format!("these targets wait for each other: {}", cycle.join(" → "));
            reader.problem(message, span, "this closes the circle");
        }
    }
}

/// Returns the names of a cycle that is reached from a target, with the place that closes it.
fn closes<'p>(
    one: &'p Placed,
    by_name: &BTreeMap<&str, &'p Placed>,
    path: &mut Vec<&'p str>,
    done: &mut BTreeSet<&'p str>,
) -> Option<(Vec<String>, Span)> {
    let name = one.target.name.as_str();
    if !done.insert(name) {
        return None;
    }
    path.push(name);
    for (after, span) in &one.after {
        if let Some(start) = path.iter().position(|seen| seen == after) {
            let mut cycle: Vec<String> = path.iter().skip(start).map(|&n| n.to_owned()).collect();
            cycle.push(after.clone());
            return Some((cycle, span.clone()));
        }
        let next = by_name.get(after.as_str());
        if let Some(found) = next.and_then(|next| closes(next, by_name, path, done)) {
            return Some(found);
        }
    }
    path.pop();
    None
}

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::settings::Settings;

    #[track_caller]
    fn check(text: &str, name: &str, expected: impl Fn(&Target) -> bool) {
        let settings = Settings::parse("orch.toml", text).expect("settings");
        let target = settings.target(name).expect("the target");
        assert!(expected(target), "{target:?}");
    }

    #[track_caller]
    fn refused(text: &str, expected: &[(&str, &str)]) {
        let problems = Settings::parse("orch.toml", text).expect_err("refused");
        let found: Vec<(&str, &str)> = problems
            .0
            .iter()
            .map(|problem| {
                let place = problem.place.as_ref().expect("a place");
                let at = text.get(place.span.clone()).expect("inside the text");
                (problem.message.as_str(), at)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_target_has_a_place_of_its_own() {
        let text = "[targets]\nstaging = \"kind\"\n[targets.prod]\ncontext = \"live\"\n\
                    kubeconfig = \"live.yaml\"\nnamespace = \"shop\"\nafter = \"staging\"\n\
                    protected = true\nimages = { app = \"registry/app:2\" }\n";
        check(text, "staging", |it| {
            it.context == "kind" && it.after.is_empty() && !it.protected
        });
        check(text, "prod", |it| {
            it.kubeconfig.as_deref() == Some("live.yaml")
                && it.namespace.as_deref() == Some("shop")
                && it.after == ["staging"]
                && it.protected
                && it.images == [("app".to_owned(), "registry/app:2".to_owned())]
        });
        let several = "[targets]\na = \"a\"\nb = \"b\"\n[targets.c]\ncontext = \"c\"\n\
                       after = [\"a\", \"b\"]\n";
        check(several, "c", |it| it.after == ["a", "b"]);
    }

    #[test]
    fn a_target_after_one_that_is_not_there_is_refused() {
        refused(
            "[targets.prod]\ncontext = \"live\"\nafter = [\"stagign\"]\n",
            &[("no target is called `stagign`", "\"stagign\"")],
        );
    }

    #[test]
    fn targets_that_wait_for_each_other_are_refused() {
        refused(
            "[targets.a]\ncontext = \"a\"\nafter = \"b\"\n[targets.b]\ncontext = \"b\"\n\
             after = \"c\"\n[targets.c]\ncontext = \"c\"\nafter = \"b\"\n",
            &[("these targets wait for each other: b → c → b", "\"b\"")],
        );
        refused(
            "[targets.a]\ncontext = \"a\"\nafter = \"a\"\n",
            &[("these targets wait for each other: a → a", "\"a\"")],
        );
    }

    #[test]
    fn the_rehearsal_keeps_its_name() {
        refused(
            "[targets]\nrehearsal = \"kind\"\n",
            &[(
                "`rehearsal` is the embedded one and can't be a target's name",
                "rehearsal",
            )],
        );
    }

    #[test]
    fn a_context_of_a_wrong_type_is_reported_once() {
        refused(
            "[targets.a]\ncontext = 1\n",
            &[("`context` must be a string", "1")],
        );
        refused("[targets.a]\n", &[("target `a` names no `context`", "a")]);
    }
}
