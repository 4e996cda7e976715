//! What a workload's image needs: the table of known images (`facts::image`), read for manifests.

use crate::facts::image::{self, Known, Part, User};
use crate::resolve::{Role, Workload};

/// The user and group that pods run as: above the range that hosts give to people and daemons.
pub(super) const DEFAULT_UID: i64 = 10_001;
/// The smallest user id that is not likely to be one of the host's.
const LOWEST_UID: i64 = 10_000;
/// The first port that anybody may listen on by default.
const UNPRIVILEGED: u16 = 1024;

/// Whom a workload's pods run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// The user.
    pub(super) uid: i64,
    /// The group.
    pub(super) gid: i64,
    /// Whether the image gives what it needs to the root group.
    pub(super) root_group: bool,
}

/// Returns what is known of the workload's image, or of the one that it is built from: what that
/// writes to and whom it can run as stays so.
pub(super) fn known(workload: &Workload) -> Option<&'static Known> {
    if let Some(known) = image::known(&workload.image) {
        return Some(known);
    }
    if let Some(known) = workload.base.as_deref().and_then(image::known) {
        return Some(known);
    }
    // A private copy of a data base's image may have any name; its role still tells.
    match workload.role {
        _ if workload.built => None,
        Role::Postgres => image::of_part(Part::Postgres),
        Role::Redis => image::of_part(Part::Redis),
        Role::Store | Role::Server | Role::Worker | Role::Prometheus | Role::Grafana => None,
    }
}

/// Returns whether the image refuses to run as a user that it has no name for. `initdb` does, and
/// the Alpine images lack the library with which the Debian ones make a name up.
pub(super) fn needs_user_name(workload: &Workload) -> bool {
    let tag = workload.image.rsplit_once(':').map_or("", |(_, tag)| tag);
    let postgres = known(workload)
        .is_some_and(|known| known.part == Part::Postgres && known.user == User::Any);
    !workload.built && postgres && tag.contains("alpine")
}

/// Returns whom the pods run as: the user that the image must have, else the one that is asked
/// for. One below 10000 may be a user of the host, which a process that escapes its container
/// would then be.
pub(super) fn identity(workload: &Workload) -> Identity {
    let user = known(workload).map_or(User::Any, |known| known.user);
    if let User::Own { uid, gid, .. } = user {
        return Identity {
            uid,
            gid,
            root_group: false,
        };
    }
    let asked = workload.uid.filter(|uid| *uid >= LOWEST_UID);
    let group = workload.pod.group.filter(|gid| *gid >= LOWEST_UID);
    let uid = asked.unwrap_or(DEFAULT_UID);
    Identity {
        uid,
        gid: asked.and(group).unwrap_or(uid),
        root_group: user == User::InRootGroup,
    }
}

/// Returns the lowest port that the workload listens on, where nobody but root may by default.
pub(super) fn privileged_port(workload: &Workload) -> Option<u16> {
    let ports = workload.ports.iter().map(|port| port.port);
    ports.filter(|port| *port < UNPRIVILEGED).min()
}

/// Returns whether the image's program can't be executed without `NET_BIND_SERVICE`.
pub(super) fn needs_bind_capability(workload: &Workload) -> bool {
    known(workload).is_some_and(|known| known.file_capability)
}

#[cfg(test)]
mod tests {
    use super::{identity, known, needs_user_name, privileged_port};
    use crate::manifest::sample;
    use crate::resolve::Workload;

    fn workload(image: &str) -> Workload {
        Workload {
            image: image.to_owned(),
            built: false,
            ..sample::workload("a")
        }
    }

    #[track_caller]
    fn check_identity(image: &str, asked: Option<i64>, expected: (i64, i64, bool)) {
        let found = identity(&Workload {
            uid: asked,
            ..workload(image)
        });
        assert_eq!((found.uid, found.gid, found.root_group), expected);
    }

    #[test]
    fn images_run_as_nobody_of_the_host_where_they_can() {
        check_identity("nginx:1.27", None, (10_001, 10_001, false));
        check_identity("nginx:1.27", Some(101), (10_001, 10_001, false));
        check_identity("nginx:1.27", Some(20_000), (20_000, 20_000, false));
    }

    #[test]
    fn an_image_built_from_a_known_one_needs_what_that_does() {
        let built = |base: &str| Workload {
            built: true,
            base: Some(base.to_owned()),
            ..workload("registry.example.com/shop/web:1")
        };
        let title = |workload: &Workload| known(workload).map(|row| row.title);
        assert_eq!(title(&built("nginx:1.30-alpine")), Some("nginx"));
        assert_eq!(title(&built("python:3.12-slim")), None);
    }

    #[test]
    fn images_made_for_openshift_are_given_the_root_group() {
        check_identity(
            "quay.io/keycloak/keycloak:26.1",
            None,
            (10_001, 10_001, true),
        );
    }

    #[test]
    fn images_that_must_have_their_own_user_have_it() {
        check_identity(
            "opensearchproject/opensearch:2",
            Some(20_000),
            (1000, 1000, false),
        );
    }

    #[test]
    fn alpines_postgres_needs_a_name() {
        assert!(needs_user_name(&workload("postgres:16-alpine")));
        assert!(!needs_user_name(&workload("postgres:16")));
        assert!(!needs_user_name(&workload("bitnami/postgresql:16-alpine")));
    }

    #[test]
    fn ports_of_roots_own_are_told() {
        let mut server = workload("nginx:1.27");
        assert_eq!(privileged_port(&server), None);
        server.ports[0].port = 80;
        assert_eq!(privileged_port(&server), Some(80));
    }
}
