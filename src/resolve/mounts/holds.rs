//! What is mounted from the repository: configuration, which a `ConfigMap` is for, or the program
//! itself and what it serves, which belong in an image.
//!
//! Decides by where it is mounted and by the files' names; what stands in them is of no account.

use crate::facts::is_source;

/// What mounted files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// What a program is configured by: settings, rules, scripts that set something up.
    Configuration,
    /// Source code.
    Source,
    /// What is served or worked on: pages, pictures, data.
    Content,
}

/// Folders that configuration is mounted at, or below which it is.
const PLACES: &[&str] = &[
    "/etc/",
    "/usr/local/etc/",
    "/config/",
    "/conf/",
    "/run/",
    "/secrets/",
];
/// Words of folders that hold configuration wherever they are.
const FOLDERS: &[&str] = &[
    "conf",
    "config",
    "configs",
    "configuration",
    "etc",
    "settings",
    "provisioning",
    "dashboards",
    "datasources",
    "rules",
    "alerts",
    "certs",
    "ssl",
    "tls",
    "pipeline",
    "pipelines",
    "import",
    "imports",
    "init",
    "initdb",
    "policies",
    "secrets",
];
/// What files of configuration end with.
const FILES: &[&str] = &[
    "yml",
    "yaml",
    "json",
    "toml",
    "ini",
    "conf",
    "cnf",
    "cfg",
    "config",
    "properties",
    "env",
    "xml",
    "hcl",
    "cue",
    "sql",
    "sh",
    "bash",
    "lua",
    "vcl",
    "rules",
    "tmpl",
    "tpl",
    "template",
    "j2",
    "pem",
    "crt",
    "cer",
    "key",
    "csr",
    "p12",
    "jks",
    "acl",
    "list",
    "lst",
    "map",
    "types",
    "cron",
    "crontab",
    "htpasswd",
    "passwd",
    "users",
    "allow",
    "deny",
    "service",
    "policy",
    "rego",
    "graphql",
    "proto",
    "avsc",
    "ldif",
    "txt",
    "md",
    "csv",
    "tsv",
];
/// Beginnings of names of files that configure although they are source code.
const SETTING: &[&str] = &[
    "config",
    "conf",
    "settings",
    "setup",
    "init",
    "env",
    "options",
    "bootstrap",
    "rc",
];

/// Returns what the files at a path of the repository are, by their paths and where they are
/// mounted; `single` says that it is one file.
pub(super) fn held<'p>(
    target: &str,
    mut paths: impl Iterator<Item = &'p str>,
    single: bool,
) -> Held {
    if is_place(target) {
        return Held::Configuration;
    }
    let mut held = Held::Configuration;
    let found = paths.find(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        if is_source(name) && !(single && configures(name)) {
            return true;
        }
        // A file that has no extension says nothing of itself.
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        if !single && extension.is_some_and(|it| !FILES.contains(&it.to_lowercase().as_str())) {
            held = Held::Content;
        }
        false
    });
    found.map_or(held, |_| Held::Source)
}

/// Returns whether configuration is mounted at such a place.
fn is_place(target: &str) -> bool {
    let folder = format!("{}/", target.trim_end_matches('/'));
    let mut parts = target.split('/').filter(|part| !part.is_empty());
    PLACES.iter().any(|place| folder.starts_with(place))
        || parts.any(|part| {
            FOLDERS.contains(&part)
                || part.rsplit('.').next() == Some("d")
                || part.contains("conf.")
        })
}

/// Returns whether a file of source code is one that a program is configured by
/// (`config.js`, `superset_config.py`, `vite.config.ts`).
fn configures(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut words = stem.split(|it: char| !it.is_ascii_alphanumeric());
    words.any(|word| SETTING.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::{Held, held};

    #[track_caller]
    fn check(target: &str, paths: &[&str], expected: Held) {
        let single = paths.len() == 1 && !target.ends_with('/');
        let found = held(target, paths.iter().copied(), single);
        assert_eq!(found, expected, "{target} {paths:?}");
    }

    #[test]
    fn what_a_program_reads_at_its_start_is_configuration() {
        let is = Held::Configuration;
        check("/etc/nginx/conf.d/", &["a.conf", "njs/x.js"], is);
        check(
            "/docker-entrypoint-initdb.d/",
            &["a.sql", "b.sh", "c.js"],
            is,
        );
        check("/prometheus.yml", &["prometheus.yml"], is);
        check("/usr/share/logstash/pipeline/", &["a.conf"], is);
        check("/opt/keycloak/data/import/", &["realm.json"], is);
        check("/app/config.js", &["web/config.js"], is);
        check("/app/superset_config.py", &["superset_config.py"], is);
        check("/data/", &["users.yml", "acl.json", "LICENSE"], is);
    }

    #[test]
    fn programs_are_source() {
        check("/app/", &["package.json", "src/index.js"], Held::Source);
        check("/var/www/html/", &["index.php", "logo.png"], Held::Source);
        check("/app/worker.py", &["worker.py"], Held::Source);
        check(
            "/var/www/html/wp-content/themes/own/",
            &["a.php", "b.css"],
            Held::Source,
        );
    }

    #[test]
    fn what_is_served_is_content() {
        check(
            "/usr/share/nginx/html/",
            &["index.html", "a.css"],
            Held::Content,
        );
        check("/data/", &["photo.jpg"], Held::Content);
        // One file alone is what somebody asked for by its name.
        check("/srv/index.html", &["index.html"], Held::Configuration);
    }
}
