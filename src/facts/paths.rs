//! Paths inside of the workspace, as text.

/// Returns the folder of a path (`""` at the root).
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns the last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Returns whether a file is YAML, by its name.
pub(crate) fn is_yaml(path: &str) -> bool {
    [".yml", ".yaml"].iter().any(|end| path.ends_with(end))
}

/// Returns whether a file is called like one of Compose's.
pub(crate) fn is_compose(path: &str) -> bool {
    let name = file_name(path);
    is_yaml(name) && name.contains("compose")
}

/// Returns whether a path lies below a folder (`""`: the workspace).
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
}

/// Returns whether a path, as seen from the workspace's root, leads out of it.
pub(crate) fn leads_out(path: &str) -> bool {
    join("", path).is_err()
}

/// Returns `path` as seen from the workspace's root if `folder` is where it is relative to, `.` and
/// `..` resolved; `Err` with the path as it stands where it leads out of the workspace.
pub(super) fn join(folder: &str, path: &str) -> Result<String, String> {
    if path.starts_with('/') || path.starts_with('~') {
        return Err(path.to_owned());
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none_or(|popped| popped == "..") {
                    return Err(path.to_owned());
                }
            }
            other => parts.push(other),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[track_caller]
    fn check(folder: &str, path: &str, expected: Result<&str, &str>) {
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(join(folder, path), expected);
    }

    #[test]
    fn paths_are_seen_from_the_root() {
        check("", "./conf/app.yml", Ok("conf/app.yml"));
        check("deploy", "../src", Ok("src"));
        check("deploy", ".", Ok("deploy"));
        check("", ".", Ok(""));
    }

    #[test]
    fn what_leads_out_stays_as_it_is() {
        check("", "../other", Err("../other"));
        check("a", "/etc/hosts", Err("/etc/hosts"));
        check("", "~/data", Err("~/data"));
    }
}
