//! Image references, and the products that orch knows by their images.
//!
//! A product is known by the image's last path segment only, whoever publishes it; exporters,
//! backups and admin tools that carry a product's name are not the product.

use super::model::{MountSource, Service};

/// An image reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Registry and repository (`docker.io/bitnami/postgresql`).
    pub name: String,
    /// The tag.
    pub tag: Option<String>,
    /// The digest (`sha256:…`).
    pub digest: Option<String>,
}

impl Reference {
    /// Returns the last path segment in lower case.
    pub fn short(&self) -> String {
        self.name
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_lowercase()
    }
}

/// A product known by its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Product {
    /// `PostgreSQL` and what is built on it.
    Postgres,
    /// Redis.
    Redis,
    /// Valkey.
    Valkey,
    /// `MySQL`.
    Mysql,
    /// `MariaDB`.
    Mariadb,
    /// `MongoDB`.
    Mongo,
    /// `RabbitMQ`.
    Rabbitmq,
    /// Kafka.
    Kafka,
    /// Elasticsearch or `OpenSearch`.
    Elasticsearch,
    /// `MinIO`.
    Minio,
    /// Prometheus.
    Prometheus,
    /// Grafana.
    Grafana,
    /// nginx.
    Nginx,
    /// Traefik.
    Traefik,
}

/// What is known of a product: images, title, port, the folder of its data (empty: keeps none).
struct Known {
    product: Product,
    images: &'static [&'static str],
    title: &'static str,
    port: u16,
    data: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        product: Product::Postgres,
        images: &[
            "postgres",
            "postgresql",
            "pgvector",
            "postgis",
            "timescaledb",
            "timescaledb-ha",
            "postgresql-repmgr",
            "spilo",
            "pg_search",
            "paradedb",
        ],
        title: "PostgreSQL",
        port: 5432,
        data: "/var/lib/postgresql/data",
    },
    Known {
        product: Product::Redis,
        images: &["redis", "redis-stack", "redis-stack-server"],
        title: "Redis",
        port: 6379,
        data: "/data",
    },
    Known {
        product: Product::Valkey,
        images: &["valkey", "valkey-bundle"],
        title: "Valkey",
        port: 6379,
        data: "/data",
    },
    Known {
        product: Product::Mysql,
        images: &["mysql", "mysql-server", "percona", "percona-server"],
        title: "MySQL",
        port: 3306,
        data: "/var/lib/mysql",
    },
    Known {
        product: Product::Mariadb,
        images: &["mariadb", "mariadb-galera"],
        title: "MariaDB",
        port: 3306,
        data: "/var/lib/mysql",
    },
    Known {
        product: Product::Mongo,
        images: &["mongo", "mongodb", "mongodb-community-server"],
        title: "MongoDB",
        port: 27017,
        data: "/data/db",
    },
    Known {
        product: Product::Rabbitmq,
        images: &["rabbitmq"],
        title: "RabbitMQ",
        port: 5672,
        data: "/var/lib/rabbitmq",
    },
    Known {
        product: Product::Kafka,
        images: &["kafka", "kafka-native", "cp-kafka", "cp-server", "redpanda"],
        title: "Kafka",
        port: 9092,
        data: "/var/lib/kafka/data",
    },
    Known {
        product: Product::Elasticsearch,
        images: &["elasticsearch", "opensearch"],
        title: "Elasticsearch",
        port: 9200,
        data: "/usr/share/elasticsearch/data",
    },
    Known {
        product: Product::Minio,
        images: &["minio"],
        title: "MinIO",
        port: 9000,
        data: "/data",
    },
    Known {
        product: Product::Prometheus,
        images: &["prometheus"],
        title: "Prometheus",
        port: 9090,
        data: "",
    },
    Known {
        product: Product::Grafana,
        images: &["grafana", "grafana-oss", "grafana-enterprise"],
        title: "Grafana",
        port: 3000,
        data: "",
    },
    Known {
        product: Product::Nginx,
        images: &["nginx", "nginx-unprivileged", "openresty"],
        title: "nginx",
        port: 80,
        data: "",
    },
    Known {
        product: Product::Traefik,
        images: &["traefik"],
        title: "Traefik",
        port: 80,
        data: "",
    },
];

impl Product {
    fn known(self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.product == self)
    }

    /// Returns the product's name as its makers write it.
    pub fn title(self) -> &'static str {
        self.known().map_or("", |known| known.title)
    }

    /// Returns the port that it listens on by default.
    pub fn port(self) -> u16 {
        self.known().map_or(0, |known| known.port)
    }

    /// Returns the folder where its image keeps data; `None` for what isn't a data store.
    pub fn data_path(self) -> Option<&'static str> {
        self.known()
            .map(|known| known.data)
            .filter(|data| !data.is_empty())
    }

    /// Returns whether it is a data store.
    pub fn is_store(self) -> bool {
        self.data_path().is_some()
    }
}

/// Returns the parts of an image reference; `None` where there is no name.
pub fn parse(image: &str) -> Option<Reference> {
    let (rest, digest) = match image.trim().split_once('@') {
        Some((rest, digest)) => (rest, Some(digest.to_owned())),
        None => (image.trim(), None),
    };
    // A colon before the last `/` belongs to the registry's port.
    let (name, tag) = match rest.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag.to_owned())),
        Some(_) | None => (rest, None),
    };
    (!name.is_empty()).then(|| Reference {
        name: name.to_owned(),
        tag,
        digest,
    })
}

/// Returns the product that an image is, if it is a known one.
pub fn product(image: &str) -> Option<Product> {
    let short = parse(image)?.short();
    KNOWN
        .iter()
        .find(|known| known.images.contains(&short.as_str()))
        .map(|known| known.product)
}

/// Why a service keeps data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stateful {
    /// The product, where its image is known.
    pub product: Option<Product>,
    /// The evidence, for `plan`.
    pub reason: String,
}

/// Returns why a service keeps data, if it does: its image is a known store's, or an image that
/// isn't built here keeps a named volume where data stores do. A bind-mounted file isn't data.
pub fn stateful(service: &Service) -> Option<Stateful> {
    let image = service.image.as_ref().map(|image| image.value.as_str());
    if let Some(product) = image.and_then(product) {
        let confirmed = confirmation(product, service);
        return product.is_store().then(|| Stateful {
            product: Some(product),
            reason: format!(
                "image `{}` is {}{confirmed}",
                image.unwrap_or(""),
                product.title()
            ),
        });
    }
    if service.build.is_some() {
        return None;
    }
    let data = service.mounts.iter().find(|mount| {
        let named = matches!(mount.source, MountSource::Volume(_));
        named && !mount.read_only && is_data_folder(&mount.target)
    })?;
    Some(Stateful {
        product: None,
        reason: format!("a named volume is mounted at `{}`", data.target),
    })
}

fn is_data_folder(target: &str) -> bool {
    target == "/data" || target.starts_with("/data/") || target.starts_with("/var/lib/")
}

fn confirmation(product: Product, service: &Service) -> String {
    let data = product.data_path().and_then(|path| {
        service
            .mounts
            .iter()
            .find(|mount| path.starts_with(mount.target.as_str()))
    });
    if let Some(mount) = data {
        return format!(", its data is mounted at `{}`", mount.target);
    }
    if service
        .ports
        .iter()
        .any(|port| port.container == product.port())
    {
        return format!(", it has port {}", product.port());
    }
    let password = service
        .environment
        .iter()
        .find(|variable| variable.name.ends_with("_PASSWORD"));
    password.map_or_else(String::new, |variable| {
        format!(", it is given `{}`", variable.name)
    })
}

#[cfg(test)]
mod tests {
    use super::{Product, parse, product};

    #[track_caller]
    fn check(image: &str, expected: Option<Product>) {
        assert_eq!(product(image), expected, "{image}");
    }

    #[test]
    fn stores_are_known_whoever_publishes_them() {
        check("postgres:16-alpine", Some(Product::Postgres));
        check("pgvector/pgvector:pg16", Some(Product::Postgres));
        check(
            "registry.local:5000/mirror/postgis/postgis:16-3.4",
            Some(Product::Postgres),
        );
        check(
            "docker.io/bitnami/postgresql@sha256:00ff",
            Some(Product::Postgres),
        );
        check("Redis:7", Some(Product::Redis));
        check("redis/redis-stack-server", Some(Product::Redis));
        check("valkey/valkey:8", Some(Product::Valkey));
        check("quay.io/minio/minio", Some(Product::Minio));
        check("grafana/grafana-oss:11.0.0", Some(Product::Grafana));
    }

    #[test]
    fn what_only_carries_a_products_name_is_refused() {
        check("prometheuscommunity/postgres-exporter:v0.15", None);
        check("dpage/pgadmin4", None);
        check("prodrigestivill/postgres-backup-local:16", None);
        check("oliver006/redis_exporter", None);
        check("postgres-data/api", None);
    }

    #[test]
    fn a_reference_has_its_parts() {
        let reference = parse("registry.local:5000/calls/api:1.2@sha256:00ff").unwrap();
        assert_eq!(reference.name, "registry.local:5000/calls/api");
        assert_eq!(reference.tag.as_deref(), Some("1.2"));
        assert_eq!(reference.digest.as_deref(), Some("sha256:00ff"));
        assert_eq!(parse("registry.local:5000/calls/api").unwrap().tag, None);
        assert_eq!(parse(""), None);
    }
}
