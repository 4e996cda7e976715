//! Tags that move: what they name today is another version tomorrow.
//!
//! A tag with a version in it counts as fixed, also one of a whole line (`7-alpine`, `16`): its
//! patches are wanted. What a registry really has isn't known here.

use super::{Reference, parse};

/// Returns the figures that a tag begins with: `16` of `16-alpine`; nothing where it begins with
/// none.
pub fn figures(tag: &str) -> &str {
    let digits = |it: char| it.is_ascii_digit() || it == '.';
    tag.find(|it| !digits(it))
        .and_then(|end| tag.get(..end))
        .unwrap_or(tag)
}

/// Returns whether a tag is of a version: `16-alpine` and `16.4` are of `16`.
pub fn is_of(tag: &str, version: &str) -> bool {
    let rest = figures(tag).strip_prefix(version);
    rest.is_some_and(|it| it.is_empty() || it.starts_with('.'))
}

/// Words that make a tag move whatever stands beside them.
const ALWAYS: &[&str] = &["latest", "lts"];
/// Beginnings of words that say what an image is built on, not its version.
const BASES: &[&str] = &[
    "alpine",
    "debian",
    "ubuntu",
    "ubi",
    "php",
    "jdk",
    "jre",
    "java",
    "python",
    "node",
    "ruby",
    "cuda",
    "cudnn",
    "windowsservercore",
    "nanoserver",
    "ltsc",
];
/// Further words of that kind: releases of distributions, and variants that stand behind a version.
const VARIANTS: &[&str] = &[
    "bullseye",
    "bookworm",
    "trixie",
    "focal",
    "jammy",
    "noble",
    "slim",
    "fpm",
    "apache",
    "cli",
    "zts",
    "management",
    "perl",
    "otel",
    "builder",
    "unprivileged",
];
/// Images that are distributions: there, a release's name is a version.
const DISTRIBUTIONS: &[&str] = &["debian", "ubuntu", "buildpack-deps", "bitnami/minideb"];
/// Words that say where a line stands, and nothing of what is in it.
const STATES: &[&str] = &[
    "latest", "lts", "stable", "mainline", "edge", "nightly", "main", "master", "current",
    "release",
];

/// What moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// The image without its tag.
    pub name: String,
    /// The tag; `latest` where none is given.
    pub tag: String,
    /// What is to stand behind a version (`alpine`), in order; `None` where that can't be told.
    variant: Option<Vec<String>>,
}

impl Moving {
    /// Returns the tag of that version in the same variant (`7` → `7-alpine`), where there is one.
    pub fn fixed(&self, version: &str) -> Option<String> {
        let parts = std::iter::once(version);
        let parts = parts.chain(self.variant.iter().flatten().map(String::as_str));
        self.variant
            .as_ref()
            .map(|_| parts.collect::<Vec<_>>().join("-"))
    }
}

/// Returns what moves of an image; `None` where its tag or digest is fixed.
pub fn moving(image: &str) -> Option<Moving> {
    let Reference { name, tag, digest } = parse(image)?;
    if digest.is_some() {
        return None;
    }
    let tag = tag.filter(|tag| !tag.is_empty());
    let tag = tag.unwrap_or_else(|| "latest".to_owned());
    let lower = tag.to_lowercase();
    let parts: Vec<&str> = lower.split(['-', '_']).collect();
    let (bases, own): (Vec<&str>, Vec<&str>) = parts.iter().partition(|part| is_base(part));
    let version = own
        .iter()
        .any(|part| part.contains(|it: char| it.is_ascii_digit()));
    let release = !bases.is_empty() && DISTRIBUTIONS.iter().any(|end| name.ends_with(end));
    let always = parts.iter().any(|part| ALWAYS.contains(part));
    if (version || release) && !always {
        return None;
    }
    let told = own.iter().all(|part| STATES.contains(part));
    let variant = told.then(|| bases.iter().map(ToString::to_string).collect());
    Some(Moving { name, tag, variant })
}

/// Returns whether a part of a tag says what an image is built on.
fn is_base(part: &str) -> bool {
    let numbered = |base: &&str| {
        part.strip_prefix(*base)
            .is_some_and(|rest| rest.chars().all(|it| it.is_ascii_digit() || it == '.'))
    };
    VARIANTS.contains(&part) || BASES.iter().any(numbered)
}

#[cfg(test)]
mod tests {
    use super::moving;

    /// Checks whether a tag moves, and what a version of 7 makes of it; `?` where that can't be told.
    #[track_caller]
    fn check(image: &str, expected: Option<&str>) {
        let found = moving(image).map(|it| it.fixed("7").unwrap_or_else(|| "?".to_owned()));
        assert_eq!(found.as_deref(), expected, "{image}");
    }

    #[test]
    fn a_tag_without_a_version_moves() {
        check("redis", Some("7"));
        check("redis:latest", Some("7"));
        check("redis:alpine", Some("7-alpine"));
        check("postgres:alpine3.20", Some("7-alpine3.20"));
        check("mariadb:lts", Some("7"));
        check("mariadb:lts-noble", Some("7-noble"));
        check("node:lts-slim", Some("7-slim"));
        check("rabbitmq:management-alpine", Some("7-management-alpine"));
        check("nginx:stable-alpine", Some("7-alpine"));
        check("wordpress:php8.3-fpm", Some("7-php8.3-fpm"));
        check("registry.local:5000/app", Some("7"));
        check("debian:stable", Some("7"));
        check("app:", Some("7"));
    }

    #[test]
    fn what_stands_beside_a_moving_word_is_not_made_up() {
        check("timescale/timescaledb:latest-pg16", Some("?"));
        check("ghcr.io/acme/thing:production", Some("?"));
        check("sonarqube:community", Some("?"));
    }

    #[test]
    fn a_version_a_date_a_commit_and_a_digest_are_fixed() {
        for image in [
            "redis:7-alpine",
            "redis:7",
            "traefik:v3.3",
            "pgvector/pgvector:pg16",
            "minio/minio:RELEASE.2025-01-20T14-49-07Z",
            "app:main-3f2a9c1",
            "app:sha-abc1234",
            "redis@sha256:00ff",
            "redis:alpine@sha256:00ff",
            "debian:bookworm-slim",
            "ubuntu:jammy",
            "debian:stable-20250113",
            "grafana/grafana:11.5.2-ubuntu",
            "eclipse-temurin:21-jre",
        ] {
            check(image, None);
        }
    }
}
