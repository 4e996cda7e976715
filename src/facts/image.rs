//! Image references, and the products that orch knows by their images.
//!
//! A product is known by the end of the image's path, whoever publishes it; exporters, backups and
//! admin tools that carry a product's name are not the product.

mod known;
mod monitoring;
mod program;
mod servers;
mod stores;
mod tag;
mod tools;

pub use known::{Check, Data, Known, Part, Seeded, User, of_part, rows};
pub use program::{runs_another, server};
pub use tag::{Moving, figures, is_of, moving};

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

/// A product known by its image: a row of the table. Two images of one product are equal.
#[derive(Debug, Clone, Copy)]
pub struct Product(&'static Known);

impl PartialEq for Product {
    fn eq(&self, other: &Self) -> bool {
        self.0.title == other.0.title
    }
}

impl Eq for Product {}

impl Product {
    /// Returns what is known of its image.
    pub fn known(self) -> &'static Known {
        self.0
    }

    /// Returns the product's name as its makers write it.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// Returns what it usually is to an application.
    pub fn part(self) -> Part {
        self.0.part
    }

    /// Returns whether it listens on that port by default.
    pub fn listens_on(self, port: u16) -> bool {
        self.0.ports.iter().any(|(_, number)| *number == port)
    }

    /// Returns the folder where its image keeps data; `None` for what isn't a data store.
    pub fn data_path(self) -> Option<&'static str> {
        let data = self.0.data.filter(|_| self.is_store());
        data.map(|data| data.path)
    }

    /// Returns whether it is a data store.
    pub fn is_store(self) -> bool {
        self.0.is_store()
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

/// Returns whether a text can be the reference of an image: a registry takes no other names
/// (<https://github.com/distribution/reference>).
pub fn is_reference(text: &str) -> bool {
    let Some(Reference { name, tag, digest }) = parse(text) else {
        return false;
    };
    let segment = |text: &str| {
        let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "._-".contains(it);
        let ends = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
        text.chars().all(fits) && ends(text.chars().next()) && ends(text.chars().last())
    };
    let (host, port) = name.split_once(':').unwrap_or((&name, "1"));
    let (port, path) = port.split_once('/').unwrap_or((port, "a"));
    let named = host.split('/').all(segment) && path.split('/').all(segment);
    let numbered = !port.is_empty() && port.chars().all(|it| it.is_ascii_digit());
    let word = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
    let tagged = |tag: &str| !tag.is_empty() && tag.chars().all(word);
    let hashed = |digest: &str| digest.split_once(':').is_some_and(|(_, hash)| tagged(hash));
    named
        && numbered
        && name.contains(|it: char| it.is_ascii_lowercase())
        && tag.as_deref().is_none_or(tagged)
        && digest.as_deref().is_none_or(hashed)
}

/// Returns the product that an image is, if it is a known one.
pub fn product(image: &str) -> Option<Product> {
    known(image).map(Product)
}

/// Returns what is known of an image, if anything is.
pub fn known(image: &str) -> Option<&'static Known> {
    let reference = parse(image)?;
    // PHP's images are two programs: Apache, which speaks HTTP, and FPM, which doesn't.
    let fpm = reference
        .tag
        .filter(|tag| tag.split('-').any(|part| part.starts_with("fpm")));
    let variant = fpm.and_then(|_| known::find(&format!("{}:fpm", reference.name)));
    variant.or_else(|| known::find(&reference.name))
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
        .any(|port| product.listens_on(port.container))
    {
        let port = product.known().ports.first();
        return port.map_or_else(String::new, |(_, port)| format!(", it has port {port}"));
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
    use std::collections::BTreeSet;

    use super::{is_reference, known, parse, product, rows};

    #[test]
    fn what_a_registry_would_not_take_is_no_reference() {
        for good in [
            "nginx",
            "nginx:1.27-alpine",
            "registry.example.com:5000/team/app:v1",
            "ghcr.io/a/b@sha256:0f1e",
            "localhost/app",
        ] {
            assert!(is_reference(good), "{good}");
        }
        for bad in [
            "",
            "Never",
            "1.2",
            "a b",
            "imagePullSecrets: regcred",
            "Dockerfile",
            "web/Dockerfile",
            "app:",
            "a//b",
            "-app",
            "app@",
            "app:1 2",
            "/app",
        ] {
            assert!(!is_reference(bad), "{bad}");
        }
    }

    #[track_caller]
    fn check(image: &str, expected: Option<&str>) {
        let found = product(image).map(super::Product::title);
        assert_eq!(found, expected, "{image}");
    }

    #[test]
    fn stores_are_known_whoever_publishes_them() {
        check("postgres:16-alpine", Some("PostgreSQL"));
        check("pgvector/pgvector:pg16", Some("PostgreSQL"));
        check(
            "registry.local:5000/mirror/postgis/postgis:16-3.4",
            Some("PostgreSQL"),
        );
        check(
            "docker.io/bitnami/postgresql@sha256:00ff",
            Some("PostgreSQL"),
        );
        check("Redis:7", Some("Redis"));
        check("redis/redis-stack-server", Some("Redis"));
        check("valkey/valkey:8", Some("Valkey"));
        check("quay.io/minio/minio", Some("MinIO"));
        check("grafana/grafana-oss:11.0.0", Some("Grafana"));
    }

    #[test]
    fn what_only_carries_a_products_name_is_something_else() {
        check(
            "prometheuscommunity/postgres-exporter:v0.15",
            Some("PostgreSQL exporter"),
        );
        check("dpage/pgadmin4", Some("pgAdmin"));
        check("prodrigestivill/postgres-backup-local:16", None);
        check("oliver006/redis_exporter", Some("Redis exporter"));
        check("postgres-data/api", None);
        check("mypostgres:16", None);
    }

    #[test]
    fn phps_images_are_two_programs() {
        let ports = |image| known(image).map(|row| row.ports);
        assert_eq!(ports("nextcloud:29"), Some(&[("http", 80)][..]));
        assert_eq!(
            ports("nextcloud:29-fpm-alpine"),
            Some(&[("fastcgi", 9000)][..])
        );
        assert_eq!(ports("php:8.3-fpm"), Some(&[("fastcgi", 9000)][..]));
        assert!(product("nextcloud:fpm") == product("nextcloud"));
    }

    #[test]
    fn the_row_that_knows_most_of_the_path_wins() {
        let data = |image| known(image).and_then(|row| row.data).map(|data| data.path);
        assert_eq!(data("postgres:16"), Some("/var/lib/postgresql/data"));
        assert_eq!(
            data("mirror.local/bitnami/postgresql:16"),
            Some("/bitnami/postgresql")
        );
        assert!(product("bitnami/redis") == product("redis"));
    }

    #[test]
    fn every_row_can_be_found_and_used() {
        let mut seen = BTreeSet::new();
        for row in rows() {
            assert!(!row.title.is_empty() && !row.images.is_empty());
            assert!(!row.ports.is_empty(), "{}: no port", row.title);
            for image in row.images {
                assert!(seen.insert(*image), "{image} has two rows");
                assert_eq!(*image, image.to_lowercase());
                let found = known(image).map(|row| row.title);
                assert_eq!(found, Some(row.title), "{image}");
            }
            for (name, _) in row.ports {
                assert!(name.len() <= 15, "{name} is no port's name");
            }
            let sized = row.scratch.iter().map(|(path, size)| (*path, *size));
            let sized = sized.chain(row.seeded.iter().map(|it| (it.path, it.size)));
            let sized = sized.chain(row.data.map(|data| (data.path, data.size)));
            for (path, size) in sized {
                assert!(path.starts_with('/') && !path.ends_with('/'), "{path}");
                assert!(size.ends_with("Mi") || size.ends_with("Gi"), "{size}");
            }
            let tagged = row.default.map(|image| parse(image).unwrap().tag.is_some());
            assert!(tagged.unwrap_or(true), "{}: no fixed tag", row.title);
        }
    }

    #[test]
    fn stores_have_a_place_for_their_data() {
        for row in rows().filter(|row| row.is_store()) {
            assert!(row.data.is_some(), "{}", row.title);
        }
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
