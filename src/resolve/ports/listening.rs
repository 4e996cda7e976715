//! Which ports a program may listen on that a task names: a number alone has nothing listen there.

use crate::facts::image::Product;
use crate::facts::{Facts, Protocol, Service};

use super::super::spec::PortSpec;

/// Keeps those ports that the program is known to have, or that its settings name; all of them where
/// nothing is known of its ports, or the main one is known and the others stand beside it.
pub(in crate::resolve) fn keep_known(
    asked: &mut Vec<PortSpec>,
    (service, product): (Option<&Service>, Option<Product>),
    inferred: &[(u16, Protocol)],
    facts: &Facts,
) {
    let composed = service.iter().flat_map(|it| &it.ports);
    let own = product.iter().flat_map(|it| it.known().ports);
    let known: Vec<u16> = composed
        .map(|port| port.container)
        .chain(inferred.iter().map(|(number, _)| *number))
        .chain(own.map(|(_, number)| *number))
        .collect();
    let exposed: Vec<u16> = exposed(service, facts).collect();
    let told = |number: u16| service.is_some_and(|service| names(service, number));
    let listens = |port: &PortSpec| {
        let number = port.number;
        known.contains(&number) || exposed.contains(&number) || told(number)
    };
    if !known.is_empty() && !asked.first().is_some_and(listens) {
        asked.retain(listens);
    }
}

/// Returns the ports that the Dockerfile of a service exposes.
fn exposed<'f>(service: Option<&Service>, facts: &'f Facts) -> impl Iterator<Item = u16> + 'f {
    let build = service.and_then(|service| service.build.as_ref());
    let dockerfile = build.map(|build| build.dockerfile.clone());
    let files = facts.dockerfiles.iter();
    let own = files.filter(move |file| Some(&file.path) == dockerfile.as_ref());
    own.flat_map(|file| &file.ports).map(|port| port.container)
}

/// Returns whether a variable, a command or a label of a service has a number.
fn names(service: &Service, number: u16) -> bool {
    let variables = service.environment.iter();
    let values = variables.filter_map(|variable| Some(variable.value.as_ref()?.value.as_str()));
    let commands = service.entrypoint.iter().chain(&service.command).flatten();
    let labels = service.labels.iter().map(|(_, value)| value.as_str());
    let mut texts = values.chain(commands.map(String::as_str)).chain(labels);
    let number = number.to_string();
    texts.any(|text| {
        let mut figures = text.split(|it: char| !it.is_ascii_digit());
        figures.any(|it| it == number)
    })
}
