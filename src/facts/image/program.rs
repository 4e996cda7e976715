//! Whether a service runs the server of its image, or something else that is in it: a backup in
//! PostgreSQL's image, a timer in an application's. Such a one has neither the server's ports nor its
//! checks.

use super::{Product, known, parse, product};
use crate::facts::{MountSource, Service};

/// Programs of known images that aren't their servers.
const CLIENTS: &[&str] = &[
    "mysql", "mariadb", "mongo", "kafka", "redis", "consul", "vault",
];
/// Programs that start an image's server, whatever it is called.
const STARTERS: &[&str] = &[
    "docker-entrypoint.sh",
    "docker-entrypoint",
    "entrypoint.sh",
    "docker-php-entrypoint",
    "apache2-foreground",
    "httpd-foreground",
    "php-fpm",
    "mysqld",
    "mysqld_safe",
    "mariadbd",
    "mongod",
    "mongos",
    "eswrapper",
    "kc.sh",
    "run.sh",
    "init",
    "zkserver.sh",
    "kafka-server-start.sh",
    "kafka-server-start",
    "kafka-run-class",
];
/// What a command begins with that isn't an argument of the server.
const TOOLS: &[&str] = &[
    "sh",
    "bash",
    "ash",
    "dash",
    "python",
    "python3",
    "php",
    "node",
    "ruby",
    "perl",
    "wp",
    "occ",
    "psql",
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "pg_basebackup",
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mariadb",
    "mariadb-dump",
    "mongosh",
    "mongo",
    "mongodump",
    "mongorestore",
    "redis-cli",
    "valkey-cli",
    "rabbitmqadmin",
    "rabbitmqctl",
    "kafka-topics",
    "kafka-topics.sh",
    "curl",
    "wget",
    "cron",
    "crond",
    "sleep",
    "tail",
    "mc",
    "elasticdump",
];

/// Returns the product whose server a service runs.
pub fn server(service: &Service) -> Option<Product> {
    let image = service.image.as_ref()?;
    product(&image.value).filter(|_| !runs_another(service))
}

/// Returns whether a service runs another program than its image's server: its entrypoint or its
/// command is one, and nothing that a server has stands at it.
pub fn runs_another(service: &Service) -> bool {
    let Some(image) = service.image.as_ref() else {
        return false;
    };
    let Some(row) = known(&image.value) else {
        return false;
    };
    let keeps_data = service.mounts.iter().any(|mount| {
        let named = matches!(mount.source, MountSource::Volume(_)) && !mount.read_only;
        let data = row
            .data
            .is_some_and(|data| data.path.starts_with(mount.target.as_str()));
        row.is_store() && named && data
    });
    if !service.ports.is_empty() || keeps_data {
        return false;
    }
    let entrypoint = service.entrypoint.as_deref().unwrap_or_default();
    let command = service.command.as_deref().unwrap_or_default();
    let another = match (entrypoint.first(), command.first()) {
        (Some(_), _) => true,
        (None, Some(first)) => {
            let name = base(first);
            TOOLS.contains(&name) || first.starts_with(['/', '.']) || is_script(name)
        }
        (None, None) => false,
    };
    let segment = parse(&image.value).map(|it| base(&it.name).to_lowercase());
    let is_server = |word: &str| {
        let name = base(word).to_lowercase();
        let stem = name
            .strip_suffix("-server")
            .or_else(|| name.strip_suffix('d'));
        let stem = stem.unwrap_or(&name);
        let own =
            row.images.iter().any(|image| base(image) == stem) || segment.as_deref() == Some(stem);
        STARTERS.contains(&name.as_str()) || (own && !CLIENTS.contains(&name.as_str()))
    };
    let ends = |c: char| c.is_whitespace() || "\"'`;|&()".contains(c);
    let mut words = entrypoint
        .iter()
        .chain(command)
        .flat_map(|word| word.split(ends));
    another && !words.any(is_server)
}

fn is_script(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| end == "sh")
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use crate::facts::{Inputs, Tree, gather};

    #[track_caller]
    fn check(service: &str, expected: bool) {
        let compose = format!("services:\n  x: {{{service}}}\nvolumes: {{v: }}\n");
        let tree: Tree = [("compose.yml", compose)].into_iter().collect();
        let facts = gather(&tree, &Inputs::default()).expect("facts").facts;
        let service = facts.project.expect("a project").services.remove(0);
        assert_eq!(
            super::runs_another(&service),
            expected,
            "{compose:?}",
            compose = tree.get("compose.yml")
        );
    }

    #[test]
    fn arguments_are_the_servers() {
        check("image: 'postgres:16'", false);
        check(
            "image: 'mariadb:11', command: --transaction-isolation=READ-COMMITTED",
            false,
        );
        check("image: minio/minio, command: server /data", false);
        check(
            "image: quay.io/keycloak/keycloak, command: start-dev",
            false,
        );
        check(
            "image: 'redis:7', command: redis-server --appendonly yes",
            false,
        );
        check(
            "image: 'redis:7', command: [sh, -c, 'exec redis-server --port 7000']",
            false,
        );
        check(
            "image: 'mysql:8', entrypoint: /wait.sh, command: mysqld --x",
            false,
        );
        check(
            "image: 'nginx:1', entrypoint: [nginx, -g, daemon off;]",
            false,
        );
    }

    #[test]
    fn tools_and_scripts_are_other_programs() {
        check("image: 'postgres:16', entrypoint: /backup.sh", true);
        check(
            "image: 'postgres:16', command: [sh, -c, 'pg_dump -h db > /out/x.sql']",
            true,
        );
        check(
            "image: nextcloud, entrypoint: /cron.sh, volumes: ['v:/var/www/html']",
            true,
        );
        check("image: 'mysql:8', command: mysql -h db -e 'select 1'", true);
        check(
            "image: 'redis:7', command: redis-cli -h cache flushall",
            true,
        );
    }

    #[test]
    fn what_a_server_has_tells_it() {
        check(
            "image: 'redis:7', entrypoint: /start.sh, ports: ['6379:6379']",
            false,
        );
        check(
            "image: 'postgres:16', entrypoint: /start.sh, volumes: ['v:/var/lib/postgresql/data']",
            false,
        );
        check("image: example/app, entrypoint: /start.sh", false);
    }
}
