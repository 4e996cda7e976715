//! Web servers, proxies and applications that are run as they are.
//!
//! Those that listen below port 1024 may do so as anybody: pods get the safe sysctl
//! `net.ipv4.ip_unprivileged_port_start`.

use super::known::{Check, Data, Known, Seeded, User};

const NGINX: Known = Known {
    title: "nginx",
    images: &["nginx", "openresty"],
    default: Some("nginxinc/nginx-unprivileged:1.30-alpine"),
    tag: Some(("nginx", "1.30")),
    ports: &[("http", 80)],
    scratch: &[("/var/cache/nginx", "64Mi"), ("/var/run", "16Mi")],
    // The start fills templates in, and writes the result there.
    seeded: &[Seeded {
        path: "/etc/nginx/conf.d",
        size: "16Mi",
        when: Some("/etc/nginx/templates"),
    }],
    ..Known::PLAIN
};

// PHP's Apache may be run by anybody: its folders are made for that.
const PHP_APACHE: Known = Known {
    ports: &[("http", 80)],
    scratch: &[("/var/run/apache2", "16Mi"), ("/run/lock", "16Mi")],
    ..Known::PLAIN
};

// It logs to standard output, and keeps nothing.
const PHP_FPM: Known = Known {
    title: "PHP-FPM",
    images: &["php:fpm"],
    ports: &[("fastcgi", 9000)],
    ..Known::PLAIN
};

pub(super) const ROWS: &[Known] = &[
    NGINX,
    Known {
        images: &["nginx-unprivileged"],
        ports: &[("http", 8080)],
        scratch: &[],
        ..NGINX
    },
    Known {
        title: "Apache httpd",
        images: &["httpd"],
        default: Some("httpd:2.4-alpine"),
        ports: &[("http", 80)],
        scratch: &[("/usr/local/apache2/logs", "16Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "Caddy",
        images: &["caddy"],
        default: Some("caddy:2-alpine"),
        ports: &[("http", 80)],
        data: Some(Data::at("/data", "64Mi")),
        scratch: &[("/config", "16Mi")],
        file_capability: true,
        ..Known::PLAIN
    },
    Known {
        title: "Traefik",
        images: &["traefik"],
        default: Some("traefik:v3.7"),
        ports: &[("http", 80)],
        ..Known::PLAIN
    },
    Known {
        title: "HAProxy",
        images: &["haproxy"],
        default: Some("haproxy:3.0-alpine"),
        ports: &[("http", 80)],
        scratch: &[("/var/lib/haproxy", "16Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "Memcached",
        images: &["memcached"],
        default: Some("memcached:1.6-alpine"),
        ports: &[("memcached", 11211)],
        ..Known::PLAIN
    },
    Known {
        title: "NATS",
        images: &["nats"],
        default: Some("nats:2.14-alpine"),
        ports: &[("nats", 4222), ("monitor", 8222)],
        data: Some(Data::at("/data", "256Mi")),
        ..Known::PLAIN
    },
    Known {
        title: "WordPress",
        images: &["wordpress"],
        tag: Some(("wordpress", "7.1")),
        // The site's files are copied there, and plugins are installed beside them.
        data: Some(Data::at("/var/www/html", "1Gi")),
        ..PHP_APACHE
    },
    Known {
        title: "Nextcloud",
        images: &["nextcloud"],
        tag: Some(("nextcloud", "33")),
        data: Some(Data::at("/var/www/html", "2Gi")),
        seeded: &[Seeded::always("/usr/local/etc/php/conf.d", "16Mi")],
        ..PHP_APACHE
    },
    Known {
        title: "WordPress",
        images: &["wordpress:fpm"],
        data: Some(Data::at("/var/www/html", "1Gi")),
        ..PHP_FPM
    },
    Known {
        title: "Nextcloud",
        images: &["nextcloud:fpm"],
        data: Some(Data::at("/var/www/html", "2Gi")),
        seeded: &[Seeded::always("/usr/local/etc/php/conf.d", "16Mi")],
        ..PHP_FPM
    },
    PHP_FPM,
    Known {
        title: "phpMyAdmin",
        images: &["phpmyadmin"],
        tag: Some(("phpmyadmin", "5.2")),
        scratch: &[
            ("/var/run/apache2", "16Mi"),
            ("/run/lock", "16Mi"),
            ("/sessions", "64Mi"),
        ],
        // The start writes the secret of its cookies there.
        seeded: &[Seeded::always("/etc/phpmyadmin", "16Mi")],
        ..PHP_APACHE
    },
    // It is put together anew at the start, unless it runs with `--optimized`.
    Known {
        title: "Keycloak",
        images: &["keycloak"],
        tag: Some(("quay.io/keycloak/keycloak", "26.7")),
        ports: &[("http", 8080), ("management", 9000)],
        data: Some(Data::at("/opt/keycloak/data", "256Mi")),
        user: User::InRootGroup,
        seeded: &[Seeded::always("/opt/keycloak/lib/quarkus", "256Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "Kibana",
        images: &["kibana", "kibana-oss"],
        ports: &[("http", 5601)],
        data: Some(Data::at("/usr/share/kibana/data", "256Mi")),
        user: User::InRootGroup,
        ..Known::PLAIN
    },
    // Its start turns variables into settings, in a file there.
    Known {
        title: "Logstash",
        images: &["logstash", "logstash-oss"],
        ports: &[("api", 9600)],
        data: Some(Data::at("/usr/share/logstash/data", "256Mi")),
        user: User::InRootGroup,
        seeded: &[Seeded::always("/usr/share/logstash/config", "16Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "Mailpit",
        images: &["mailpit"],
        tag: Some(("axllent/mailpit", "v1.27")),
        ports: &[("http", 8025), ("smtp", 1025)],
        alive: Check::Http("/livez", 8025),
        ready: Check::Http("/readyz", 8025),
        ..Known::PLAIN
    },
    Known {
        title: "MailHog",
        images: &["mailhog"],
        tag: Some(("mailhog/mailhog", "v1.0.1")),
        ports: &[("http", 8025), ("smtp", 1025)],
        ..Known::PLAIN
    },
    Known {
        title: "whoami",
        images: &["traefik/whoami", "containous/whoami"],
        ports: &[("http", 80)],
        alive: Check::Http("/health", 80),
        ..Known::PLAIN
    },
    Known {
        title: "SearXNG",
        images: &["searxng"],
        ports: &[("http", 8080)],
        scratch: &[("/var/cache/searxng", "256Mi")],
        seeded: &[Seeded::always("/etc/searxng", "16Mi")],
        ..Known::PLAIN
    },
];
