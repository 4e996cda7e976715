//! Whether a route is served under a condition: in some profiles or builds, or where a setting says
//! so. What those are set to is known when the program runs.

use super::super::super::code::Code;
use super::super::super::uses::line_start;
use super::{annotations, chain, heads, is_above};

/// What Spring, Micronaut and Quarkus put conditions on classes and methods by; Spring has many more
/// that begin like the first one.
const CONDITIONS: &[&str] = &[
    "Conditional",
    "IfBuildProfile",
    "IfBuildProperty",
    "LookupIfProperty",
    "LookupUnlessProperty",
    "Profile",
    "Requires",
    "UnlessBuildProfile",
    "UnlessBuildProperty",
];

/// Returns whether a condition is put on what the annotations on a line are put on, or on a type around
/// that.
pub(in super::super) fn is_conditional(code: &Code, line: usize) -> bool {
    if !CONDITIONS.iter().any(|it| code.bare.contains(it)) {
        return false;
    }
    let start = line_start(code, line);
    let length = code.bare.get(start..).and_then(|it| it.find('\n'));
    let end = length.map_or(code.bare.len(), |it| start + it);
    let all = annotations(code);
    let near = |one: usize, two: usize| {
        let between = code.bare.get(one.min(two)..one.max(two));
        between.is_some_and(is_above)
    };
    let own: Vec<usize> = all.iter().map(|it| it.0).collect();
    let own = own.into_iter().filter(|at| (start..end).contains(at));
    let around = heads(code).into_iter().filter(|(head, _)| {
        let closes = chain::closing(&code.bare, head.end);
        closes.is_some_and(|closes| (head.end..closes).contains(&start))
    });
    let mut bearers = own.chain(around.map(|(head, _)| head.start));
    bearers.any(|bearer| {
        let mut conditions = all.iter().filter(|(_, name, _)| is_condition(name));
        conditions.any(|(at, ..)| near(*at, bearer))
    })
}

fn is_condition(name: &str) -> bool {
    CONDITIONS.contains(&name) || name.starts_with("ConditionalOn")
}
