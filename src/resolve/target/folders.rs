//! Which folders hold manifests, and which hold anything else.

/// Folders that hold many workloads and so name none.
const GENERIC: &[&str] = &[
    "k8s",
    "kubernetes",
    "kube",
    "manifests",
    "deploy",
    "deployment",
    "base",
    "monitoring",
    "infra",
    "infrastructure",
    "apps",
    "resources",
];

/// Folders that hold manifests, however the files in them are called.
const MANIFESTS: &[&str] = &[
    "k8s",
    "kubernetes",
    "kube",
    "manifest",
    "manifests",
    "deploy",
    "deployment",
    "deployments",
    "gitops",
    "ops",
    "infra",
    "infrastructure",
    "base",
    "overlays",
];

/// Folders at the root that hold no manifests.
const ELSEWHERE: &[&str] = &[
    "alembic",
    "ansible",
    "api",
    "app",
    "backend",
    "client",
    "conf",
    "config",
    "configs",
    "data",
    "doc",
    "docs",
    "frontend",
    "i18n",
    "internal",
    "lib",
    "locales",
    "migrations",
    "pkg",
    "public",
    "scripts",
    "server",
    "settings",
    "spec",
    "src",
    "static",
    "test",
    "tests",
    "web",
];

/// What the names of YAML files begin with that are no manifests.
const ELSEWHERE_FILES: &[&str] = &[
    "Chart.",
    "Taskfile.",
    "codecov.",
    "compose.",
    "docker-compose",
    "mkdocs.",
    "openapi",
    "pnpm-",
    "pubspec.",
    "swagger",
    "values.",
];

/// Parts of paths that are read, so that they are refused by their names.
const REFUSED: [&str; 2] = ["..", ".git"];

/// Returns whether a folder holds many workloads and so names none.
pub(super) fn names_none(folder: &str) -> bool {
    GENERIC.contains(&folder)
}

/// Returns whether one of a file's folders is for manifests.
pub(in crate::resolve) fn is_for_manifests(path: &str, led: &[String]) -> bool {
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    let first = folders.first();
    let led = first.is_some_and(|first| led.iter().any(|it| it == first));
    led || folders.iter().any(|it| MANIFESTS.contains(it))
}

/// Returns whether a path is that of something else than a manifest: by its name, or by the folder
/// that it lies in, unless one of the folders is for manifests.
pub(super) fn is_elsewhere(path: &str) -> bool {
    let mut folders: Vec<&str> = path.split('/').collect();
    let file = folders.pop().unwrap_or_default();
    if is_for_manifests(path, &[]) {
        return false;
    }
    let named = ELSEWHERE_FILES.iter().any(|name| file.starts_with(name));
    let hidden = path
        .split('/')
        .any(|part| part.starts_with('.') && part.len() > 1 && !REFUSED.contains(&part));
    let first = folders.first();
    named || hidden || first.is_some_and(|first| ELSEWHERE.contains(first))
}
