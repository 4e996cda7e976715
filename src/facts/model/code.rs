//! What the code says: Dockerfiles, variables, endpoints.

use super::{Healthcheck, Origin, Port};

/// What a Dockerfile says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// Its path.
    pub path: String,
    /// The base images, one a stage, with their lines.
    pub stages: Vec<(String, Origin)>,
    /// The image that the last stage begins with, earlier stages followed.
    pub base: Option<String>,
    /// `EXPOSE`.
    pub ports: Vec<Port>,
    /// `USER` of the last stage, build arguments' defaults filled in.
    pub user: Option<String>,
    /// `WORKDIR` of the last stage.
    pub working_dir: Option<String>,
    /// `ENV` names and values, with their lines.
    pub environment: Vec<(String, String, Origin)>,
    /// `ENTRYPOINT` and `CMD`, as written.
    pub entrypoint: Option<String>,
    /// `CMD`, as written.
    pub command: Option<String>,
    /// `HEALTHCHECK`.
    pub healthcheck: Option<Healthcheck>,
}

/// A variable that the source reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name in the environment, upper case where the source's reader ignores case.
    pub name: String,
    /// Its default as text.
    pub default: Option<String>,
    /// Its type as the source names it (`int`, `SecretStr`).
    pub kind: Option<String>,
    /// Whether the source fails without it.
    pub required: bool,
    /// Why it is a secret, if it is.
    pub secret: Option<String>,
    /// Where.
    pub origin: Origin,
}

/// An HTTP endpoint found in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The method, upper case, where it is known.
    pub method: Option<String>,
    /// The path, router prefixes composed where they can be.
    pub path: String,
    /// Where.
    pub origin: Origin,
}

/// The endpoints of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Those that are served.
    pub served: Vec<Endpoint>,
    /// Routes as they are written, of which it can't be told where they are served: what they hang
    /// in, or its prefix, couldn't be followed.
    pub loose: Vec<Endpoint>,
}
