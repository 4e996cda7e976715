//! `orch analyze`: the facts, each with file and line.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::exit::{Code, Result};
use super::{Session, load};
use crate::diagnostic::render;
use crate::facts::{Facts, Gathered, Inputs, Origin, Service, UnreadKey, Variable, gather, secret};
use crate::terminal::{Paint, err, out, printable};

/// Arguments of `orch analyze`.
#[derive(Debug, Args)]
pub(super) struct AnalyzeArgs {
    /// Read that phase's inputs (its checklist's and settings') instead of the defaults
    #[arg(long, value_name = "N")]
    phase: Option<u32>,
}

pub(super) fn run(session: &Session, args: &AnalyzeArgs) -> Result {
    let loaded = load::workspace(session)?;
    let numbers: Vec<u32> = loaded
        .snapshot
        .sets
        .iter()
        .flat_map(|set| set.phases.iter().map(|phase| phase.number))
        .collect();
    let only = match numbers.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let gathered: Gathered = match args.phase.or(only) {
        Some(number) => loaded.facts(&loaded.phase(session, number)?)?,
        None => gather(&loaded.snapshot.tree, &Inputs::default())?,
    };
    let lines = lines(&gathered.facts);
    if session.global.json {
        for (kind, fact, origin) in &lines {
            let value = json!({ "event": "fact", "kind": kind, "fact": fact,
                "file": origin.path, "line": origin.line });
            out(&format!("{value}\n"))?;
        }
    } else {
        out(&text(&lines, session.out))?;
    }
    if !gathered.warnings.0.is_empty() {
        err(&format!(
            "{}\n",
            render(&gathered.warnings, session.err.screen())
        ))?;
    }
    Ok(Code::Done)
}

fn text(lines: &[Line], paint: Paint) -> String {
    let mut text = String::new();
    let mut last = "";
    for (kind, fact, origin) in lines {
        if *kind != last {
            let _ = writeln!(
                text,
                "{}{}",
                if last.is_empty() { "" } else { "\n" },
                paint.bold(kind)
            );
            last = kind;
        }
        let _ = writeln!(
            text,
            "  {}  {}",
            printable(fact),
            paint.dim(printable(&origin.to_string()))
        );
    }
    if text.is_empty() {
        text +=
            "nothing was found: no Compose file, no Dockerfile, no source that reads variables\n";
    }
    text
}

/// A fact with its kind and place.
type Line = (&'static str, String, Origin);

/// Every fact as a line, by kind.
fn lines(facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    for service in facts.project.iter().flat_map(|project| &project.services) {
        let named = service_facts(service).into_iter();
        lines.extend(
            named.map(|(fact, at)| ("services", format!("{}: {fact}", service.name), at.clone())),
        );
    }
    for volume in facts.project.iter().flat_map(|project| &project.volumes) {
        lines.push(("volumes", volume.name.clone(), volume.origin.clone()));
    }
    for key in facts.project.iter().flat_map(|project| &project.unread) {
        lines.push(("project", unread(key), key.origin.clone()));
    }
    for dockerfile in &facts.dockerfiles {
        for (image, origin) in &dockerfile.stages {
            lines.push(("images", format!("stage from {image}"), origin.clone()));
        }
        for port in &dockerfile.ports {
            lines.push((
                "images",
                format!("exposes {}", port.container),
                port.origin.clone(),
            ));
        }
    }
    lines.extend(facts.variables.iter().map(variable));
    for endpoint in &facts.endpoints {
        let method = endpoint.method.as_deref().unwrap_or("ANY");
        lines.push((
            "endpoints",
            format!("{method} {}", endpoint.path),
            endpoint.origin.clone(),
        ));
    }
    lines
}

fn service_facts(service: &Service) -> Vec<(String, &Origin)> {
    let what = match (&service.build, &service.image) {
        (Some(build), _) => format!("built by {}", build.dockerfile),
        (None, Some(image)) => format!("image {}", image.value),
        (None, None) => "neither image nor build".to_owned(),
    };
    let mut facts = vec![(what, &service.origin)];
    let ports = service.ports.iter();
    facts.extend(ports.map(|port| (format!("port {}", port.container), &port.origin)));
    let mounts = service.mounts.iter();
    facts.extend(mounts.map(|mount| (format!("mounts {}", mount.target), &mount.origin)));
    let needs = service.depends_on.iter();
    facts.extend(needs.map(|need| (format!("after {}", need.service), &need.origin)));
    let check = service.healthcheck.iter();
    facts.extend(check.map(|check| ("has a health check".to_owned(), &check.origin)));
    for variable in &service.environment {
        let shown = match (&variable.value, secret::by_name(&variable.name)) {
            (_, Some(reason)) => format!("secret ({reason})"),
            (Some(value), None) if secret::by_text(value).is_some() => "holds a secret".to_owned(),
            (Some(value), None) => value.value.clone(),
            (None, None) => "passed through".to_owned(),
        };
        facts.push((format!("{} = {shown}", variable.name), &variable.origin));
    }
    facts.extend(service.unread.iter().map(|key| (unread(key), &key.origin)));
    facts
}

/// Says what becomes of a key that isn't carried over.
fn unread(key: &UnreadKey) -> String {
    let fate = match key.way {
        Some(_) => "isn't carried over",
        None => "has no effect here",
    };
    format!("key {} {fate}: {}", key.key, key.why)
}

fn variable(variable: &Variable) -> Line {
    let default = match (&variable.secret, &variable.default) {
        (Some(reason), _) => format!(" secret ({reason})"),
        (None, Some(default)) => format!(" default {default}"),
        (None, None) => String::new(),
    };
    let required = if variable.required { " required" } else { "" };
    (
        "variables",
        format!("{}{required}{default}", variable.name),
        variable.origin.clone(),
    )
}
