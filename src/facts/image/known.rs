//! What is known of images: the one table from which come a product's name, ports, data and probes,
//! and what its image needs under a read-only root file system and a user of its own.
//!
//! **A row is all that a new image takes**: add it to the file that it belongs to (`stores`,
//! `servers`, `monitoring`, `tools`). A row is found by the end of the image's path, so
//! `bitnami/redis` wins over `redis`, and a mirror's registry makes no difference. What a row says
//! comes from the image's Dockerfile and entrypoint; where it is reasoned rather than read there,
//! a comment says so. Which tags of an image differ is not this table's business. Those that it names
//! were compared in November 2026 with what their makers still support.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{monitoring, servers, stores, tools};

/// One row: what is known of an image.
#[derive(Debug)]
pub struct Known {
    /// The product's name as its makers write it.
    pub title: &'static str,
    /// The ends of the paths that its images have (`postgres`, `bitnami/postgresql`).
    pub images: &'static [&'static str],
    /// What it usually is to an application.
    pub part: Part,
    /// The image with tag that is taken where only the checklist asks for it.
    pub default: Option<&'static str>,
    /// An image, and the tag that stands for its `latest`, where the default isn't that image.
    pub tag: Option<(&'static str, &'static str)>,
    /// The ports that it listens on by itself, by name, its main one first.
    pub ports: &'static [(&'static str, u16)],
    /// Where it keeps its data.
    pub data: Option<Data>,
    /// Whether what it has there is to survive its pods, though it is no store of the application's.
    pub keeps: bool,
    /// Whom it can run as.
    pub user: User,
    /// Empty folders that it writes to beside its data, with the most that they may hold.
    pub scratch: &'static [(&'static str, &'static str)],
    /// Folders whose content it changes: copied from the image to scratch space before it starts.
    pub seeded: &'static [Seeded],
    /// Variables without which it doesn't run so.
    pub environment: &'static [(&'static str, &'static str)],
    /// What tells that it is alive.
    pub alive: Check,
    /// What tells that it is ready, where that is something else.
    pub ready: Check,
    /// Whether its program has the file capability `NET_BIND_SERVICE` and can't even be executed
    /// without it.
    pub file_capability: bool,
}

/// What a product usually is to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A `PostgreSQL` server.
    Postgres,
    /// A Redis server, or one that is compatible with it.
    Redis,
    /// Another store of data.
    Store,
    /// Serves requests, and can be replaced at any time.
    Server,
    /// Prometheus.
    Prometheus,
    /// Grafana.
    Grafana,
}

/// Where data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data {
    /// The folder.
    pub path: &'static str,
    /// The size of the scratch space that stands for it without a claim.
    pub size: &'static str,
    /// The folder of the volume that is mounted, where its root won't do.
    pub below: Option<&'static str>,
}

/// A folder of the image that is copied before it is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// The folder.
    pub path: &'static str,
    /// The most that it may hold.
    pub size: &'static str,
    /// Only where something is mounted at this path or below it.
    pub when: Option<&'static str>,
}

/// Whom an image can run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// Anybody.
    Any,
    /// Anybody in the root group, to which what it needs belongs (as `OpenShift` runs images).
    InRootGroup,
    /// Its own user alone, for this reason.
    Own {
        /// The user.
        uid: i64,
        /// The group.
        gid: i64,
        /// Why it can be nobody else.
        why: &'static str,
    },
}

/// What a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing that is known.
    Unknown,
    /// HTTP GET of a path on a port.
    Http(&'static str, u16),
    /// A command.
    Exec(&'static [&'static str]),
    /// A connection to the main port.
    Tcp,
}

impl Known {
    /// What a row says that says nothing: any user, nothing written, a connection as probe.
    pub(super) const PLAIN: Self = Self {
        title: "",
        images: &[],
        part: Part::Server,
        default: None,
        tag: None,
        ports: &[],
        data: None,
        keeps: false,
        user: User::Any,
        scratch: &[],
        seeded: &[],
        environment: &[],
        alive: Check::Tcp,
        ready: Check::Unknown,
        file_capability: false,
    };

    /// Returns whether it keeps data that must survive its pods.
    pub fn is_store(&self) -> bool {
        match self.part {
            Part::Postgres | Part::Redis | Part::Store => true,
            Part::Server | Part::Prometheus | Part::Grafana => false,
        }
    }
}

impl Data {
    /// A data folder that is a volume's root.
    pub(super) const fn at(path: &'static str, size: &'static str) -> Self {
        Self {
            path,
            size,
            below: None,
        }
    }

    /// A data folder that must be empty at first, which a volume's root with its `lost+found` is
    /// not.
    pub(super) const fn below(
        path: &'static str,
        size: &'static str,
        folder: &'static str,
    ) -> Self {
        Self {
            path,
            size,
            below: Some(folder),
        }
    }
}

impl Seeded {
    /// A folder that is always written to.
    pub(super) const fn always(path: &'static str, size: &'static str) -> Self {
        Self {
            path,
            size,
            when: None,
        }
    }
}

/// Returns every row of the table.
pub fn rows() -> impl Iterator<Item = &'static Known> {
    let groups = [stores::ROWS, servers::ROWS, monitoring::ROWS, tools::ROWS];
    groups.into_iter().flatten()
}

/// Returns the row of an image name without tag and digest: the one that knows most of its path.
pub(super) fn find(name: &str) -> Option<&'static Known> {
    static ROWS: LazyLock<BTreeMap<&str, Vec<(&str, &Known)>>> = LazyLock::new(by_last);
    let name = name.to_lowercase();
    let ends = |end: &str| {
        name.strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let found = ROWS.get(last(&name))?.iter();
    found
        .filter(|(end, _)| ends(end))
        .max_by_key(|(end, _)| end.len())
        .map(|(_, row)| *row)
}

/// Returns the ends of the table's paths with their rows, by the paths' last pieces.
fn by_last() -> BTreeMap<&'static str, Vec<(&'static str, &'static Known)>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows() {
        for end in row.images {
            all.entry(last(end)).or_default().push((*end, row));
        }
    }
    all
}

/// Returns a path's last piece.
fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// Returns the first row of a part: what an image is taken for whose role alone is known.
pub fn of_part(part: Part) -> Option<&'static Known> {
    rows().find(|row| row.part == part)
}
