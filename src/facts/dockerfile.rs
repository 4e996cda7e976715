//! What a Dockerfile says: stages, ports, user, environment, commands, health check.
//!
//! Reads instructions only, with continuations, comments and heredocs; what `RUN` does isn't
//! looked at. Build arguments count with their defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compose::{duration, short_port, words};
use super::interpolate::interpolate;
use super::model::{Dockerfile, HealthTest, Healthcheck, Origin, Port};

/// One instruction.
struct Instruction {
    word: String,
    rest: String,
    line: usize,
}

/// What is known while a Dockerfile is read.
struct Reading {
    file: Dockerfile,
    /// `ARG` before the first `FROM`.
    global: BTreeMap<String, String>,
    /// `ARG` and `ENV` of the stage.
    values: BTreeMap<String, String>,
    /// What each named stage had when it ended, for `FROM <stage>`.
    named: BTreeMap<String, Stage>,
    stage: Stage,
    name: Option<String>,
}

/// What a stage hands to those that are built on it.
#[derive(Clone, Default)]
struct Stage {
    base: Option<String>,
    values: BTreeMap<String, String>,
    ports: Vec<Port>,
    user: Option<String>,
    working_dir: Option<String>,
    environment: Vec<(String, String, Origin)>,
    entrypoint: Option<String>,
    command: Option<String>,
    healthcheck: Option<Healthcheck>,
}

/// Returns what a Dockerfile says of its last stage.
pub(super) fn parse(path: &str, text: &Arc<str>) -> Dockerfile {
    let mut reading = Reading {
        file: Dockerfile {
            path: path.to_owned(),
            stages: Vec::new(),
            base: None,
            ports: Vec::new(),
            user: None,
            working_dir: None,
            environment: Vec::new(),
            entrypoint: None,
            command: None,
            healthcheck: None,
        },
        global: BTreeMap::new(),
        values: BTreeMap::new(),
        named: BTreeMap::new(),
        stage: Stage::default(),
        name: None,
    };
    for instruction in instructions(text) {
        reading.apply(&instruction);
    }
    let Reading {
        mut file, stage, ..
    } = reading;
    file.base = stage.base;
    file.ports = stage.ports;
    file.user = stage.user;
    file.working_dir = stage.working_dir;
    file.environment = stage.environment;
    file.entrypoint = stage.entrypoint;
    file.command = stage.command;
    file.healthcheck = stage.healthcheck;
    file
}

impl Reading {
    fn apply(&mut self, instruction: &Instruction) {
        let origin = Origin {
            path: self.file.path.clone(),
            line: instruction.line,
        };
        let rest = instruction.rest.as_str();
        match instruction.word.as_str() {
            "FROM" => self.from(rest, origin),
            "ARG" => self.arg(rest),
            "ENV" => self.env(rest, &origin),
            "EXPOSE" => {
                let ports = self.filled(rest);
                for port in ports.split_whitespace() {
                    self.stage
                        .ports
                        .extend(short_port(port, &origin).unwrap_or_default());
                }
            }
            "USER" => self.stage.user = Some(self.filled(rest)),
            "WORKDIR" => {
                let folder = self.filled(rest);
                self.stage.working_dir = Some(match &self.stage.working_dir {
                    Some(base) if !folder.starts_with('/') => {
                        format!("{}/{folder}", base.trim_end_matches('/'))
                    }
                    Some(_) | None => folder,
                });
            }
            "ENTRYPOINT" => self.stage.entrypoint = Some(rest.to_owned()),
            "CMD" => self.stage.command = Some(rest.to_owned()),
            "HEALTHCHECK" => self.stage.healthcheck = healthcheck(rest, origin),
            _ => {}
        }
    }

    fn from(&mut self, rest: &str, origin: Origin) {
        let done = std::mem::take(&mut self.stage);
        if let Some(name) = self.name.take() {
            self.named.insert(
                name,
                Stage {
                    values: std::mem::take(&mut self.values),
                    ..done
                },
            );
        }
        let mut words = rest
            .split_whitespace()
            .filter(|word| !word.starts_with("--"));
        let raw = words.next().unwrap_or_default();
        let image =
            interpolate(raw, &self.global).map_or_else(|_| raw.to_owned(), |text| text.value);
        self.name = words.nth(1).map(str::to_lowercase);
        self.stage = self
            .named
            .get(&image.to_lowercase())
            .cloned()
            .unwrap_or_default();
        // A stage that goes on from another has that one's base.
        self.stage.base.get_or_insert_with(|| image.clone());
        self.values = self.stage.values.clone();
        self.file.stages.push((image, origin));
    }

    fn arg(&mut self, rest: &str) {
        for word in words(rest).unwrap_or_default() {
            let (name, default) = match word.split_once('=') {
                Some((name, default)) => (name.to_owned(), Some(self.filled(default))),
                None => (word, None),
            };
            // An `ARG` before the first stage reaches a stage only if the stage names it again.
            let value = default.or_else(|| self.global.get(&name).cloned());
            let Some(value) = value else { continue };
            if self.file.stages.is_empty() {
                self.global.insert(name, value);
            } else {
                self.values.insert(name, value);
            }
        }
    }

    fn env(&mut self, rest: &str, origin: &Origin) {
        let first = rest.split_whitespace().next().unwrap_or_default();
        let pairs: Vec<(String, String)> = if first.contains('=') {
            let words = words(rest).unwrap_or_default();
            let pair = |word: &String| {
                let (name, value) = word.split_once('=')?;
                Some((name.to_owned(), value.to_owned()))
            };
            words.iter().filter_map(pair).collect()
        } else {
            // The old form: `ENV NAME the rest of the line`.
            let value = rest.strip_prefix(first).unwrap_or_default().trim();
            vec![(first.to_owned(), value.to_owned())]
        };
        for (name, value) in pairs {
            let value = self.filled(&value);
            self.values.insert(name.clone(), value.clone());
            self.stage.environment.retain(|(other, ..)| *other != name);
            self.stage.environment.push((name, value, origin.clone()));
        }
    }

    fn filled(&self, text: &str) -> String {
        let values = if self.file.stages.is_empty() {
            &self.global
        } else {
            &self.values
        };
        interpolate(text, values).map_or_else(|_| text.to_owned(), |text| text.value)
    }
}

fn healthcheck(rest: &str, origin: Origin) -> Option<Healthcheck> {
    let mut check = Healthcheck {
        test: HealthTest::Disabled,
        interval: None,
        timeout: None,
        retries: None,
        start_period: None,
        start_interval: None,
        origin,
    };
    let mut rest = rest.trim();
    while let Some(option) = rest.strip_prefix("--") {
        let (option, tail) = option.split_once(char::is_whitespace)?;
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match name {
            "interval" => check.interval = duration(value),
            "timeout" => check.timeout = duration(value),
            "start-period" => check.start_period = duration(value),
            "start-interval" => check.start_interval = duration(value),
            "retries" => check.retries = value.parse().ok(),
            _ => {}
        }
        rest = tail.trim_start();
    }
    if rest.eq_ignore_ascii_case("NONE") {
        return Some(check);
    }
    let (word, command) = rest.split_once(char::is_whitespace)?;
    if !word.eq_ignore_ascii_case("CMD") {
        return None;
    }
    let command = command.trim();
    check.test = match serde_json::from_str::<Vec<String>>(command) {
        Ok(words) => HealthTest::Exec(words),
        Err(_) => HealthTest::Shell(command.to_owned()),
    };
    Some(check)
}

/// Returns the instructions with continuations joined, comments and heredocs' bodies left out.
fn instructions(text: &str) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let escape = escape(text);
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut whole = line.to_owned();
        while let Some(head) = whole.strip_suffix(escape) {
            whole = head.trim_end().to_owned();
            // Comments and empty lines may stand between continued lines.
            let next = lines.by_ref().map(|(_, line)| line.trim());
            let Some(next) = next
                .filter(|next| !next.is_empty())
                .find(|next| !next.starts_with('#'))
            else {
                break;
            };
            whole = format!("{whole} {next}");
        }
        for end in heredocs(&whole) {
            lines
                .by_ref()
                .map(|(_, line)| line)
                .find(|line| line.trim() == end);
        }
        let (word, rest) = whole
            .split_once(char::is_whitespace)
            .unwrap_or((&whole, ""));
        found.push(Instruction {
            word: word.to_uppercase(),
            rest: rest.trim().to_owned(),
            line: index + 1,
        });
    }
    found
}

/// Returns the character that continues a line (`# escape=` at the top may change it).
fn escape(text: &str) -> char {
    let directive = text
        .lines()
        .next()
        .and_then(|line| line.trim().strip_prefix('#'));
    let value = directive.and_then(|line| line.trim().strip_prefix("escape"));
    match value
        .and_then(|value| value.trim().strip_prefix('='))
        .map(str::trim)
    {
        Some("`") => '`',
        Some(_) | None => '\\',
    }
}

/// Returns the words that end the heredocs that a `RUN` or `COPY` begins.
fn heredocs(instruction: &str) -> Vec<String> {
    let word = instruction
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_uppercase();
    if !matches!(word.as_str(), "RUN" | "COPY" | "ADD") {
        return Vec::new();
    }
    let mut ends = Vec::new();
    for part in instruction.split("<<").skip(1) {
        let part = part
            .strip_prefix('-')
            .unwrap_or(part)
            .trim_start_matches(['"', '\'']);
        let fits = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let end: String = part
            .chars()
            .take_while(|character| fits(*character))
            .collect();
        if end.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            ends.push(end);
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::facts::{Dockerfile, HealthTest};
    use std::sync::Arc;
    use std::time::Duration;

    fn read(text: &str) -> Dockerfile {
        parse("Dockerfile", &Arc::from(text))
    }

    #[test]
    fn the_last_stage_counts() {
        let file = read(
            "# syntax=docker/dockerfile:1\nARG PY=3.12\nFROM python:${PY}-slim AS build\nUSER \
             root\nEXPOSE 1\nFROM python:${PY}-slim\nARG UID=10001\nENV PORT=8080 \\\n    # the \
             name\n    NAME=\"call centre\"\nWORKDIR /srv\nWORKDIR app\nEXPOSE $PORT 5060/udp\nUSER \
             ${UID}:${UID}\nENTRYPOINT [\"tini\", \"--\"]\nCMD uvicorn calls:app\n",
        );
        let stages: Vec<_> = file
            .stages
            .iter()
            .map(|(image, origin)| (image.as_str(), origin.line))
            .collect();
        assert_eq!(stages, [("python:3.12-slim", 3), ("python:3.12-slim", 6)]);
        assert_eq!(file.user.as_deref(), Some("10001:10001"));
        assert_eq!(file.working_dir.as_deref(), Some("/srv/app"));
        assert_eq!(
            file.ports
                .iter()
                .map(|one| one.container)
                .collect::<Vec<_>>(),
            [8080, 5060]
        );
        assert_eq!(file.ports[0].origin.line, 13);
        assert_eq!(file.environment[1].1, "call centre");
        assert_eq!(file.entrypoint.as_deref(), Some("[\"tini\", \"--\"]"));
        assert_eq!(file.command.as_deref(), Some("uvicorn calls:app"));
    }

    #[test]
    fn a_stage_has_what_the_stage_below_it_has() {
        let file = read("FROM alpine AS base\nENV A=1\nUSER 10001\nFROM base\nENV B=${A}2\n");
        assert_eq!(file.user.as_deref(), Some("10001"));
        assert_eq!(file.environment[1].1, "12");
    }

    #[test]
    fn heredocs_are_passed_over() {
        let file = read("FROM alpine\nRUN <<EOF\nUSER nobody\nEXPOSE 1\nEOF\nEXPOSE 80\n");
        assert_eq!(file.user, None);
        assert_eq!(file.ports.len(), 1);
    }

    #[test]
    fn health_checks_are_read() {
        let check = read(
            "FROM a\nHEALTHCHECK --interval=30s --start-period=5s \\\n  --retries=3 CMD curl -f \
             http://localhost/health || exit 1\n",
        );
        let check = check.healthcheck.unwrap();
        assert_eq!(
            check.test,
            HealthTest::Shell("curl -f http://localhost/health || exit 1".into())
        );
        assert_eq!(check.interval, Some(Duration::from_secs(30)));
        assert_eq!(check.retries, Some(3));
        let exec = read("FROM a\nHEALTHCHECK CMD [\"check\", \"-q\"]\n")
            .healthcheck
            .unwrap();
        assert_eq!(
            exec.test,
            HealthTest::Exec(vec!["check".into(), "-q".into()])
        );
        assert_eq!(
            read("FROM a\nHEALTHCHECK NONE\n").healthcheck.unwrap().test,
            HealthTest::Disabled
        );
    }
}
