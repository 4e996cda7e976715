//! `file:` URIs and the paths that they name.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use percent_encoding::percent_decode_str;

use crate::diagnostic::reference;

/// Returns the path of a file's URI; nothing for what is no file of this machine, an unsaved
/// buffer for one.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.0.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let rest = rest.split(['?', '#']).next()?;
    let path = percent_decode_str(rest).decode_utf8().ok()?;
    let path = Path::new(path.as_ref());
    path.is_absolute().then(|| path.to_owned())
}

/// Returns the URI of an absolute path.
pub(super) fn of(path: &Path) -> Uri {
    let path = path.to_string_lossy();
    Uri(format!("file://{}", reference(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, expected: Option<&str>) {
        let found = path(&Uri::from(uri));
        assert_eq!(found.as_deref(), expected.map(Path::new));
    }

    #[test]
    fn a_files_uri_names_its_path() {
        check("file:///a/b%20c/%D1%84.md", Some("/a/b c/ф.md"));
        check("file://localhost/a", Some("/a"));
        check("untitled:Untitled-1", None);
        check("file://host/a", None);
        check("file:///%FF", None);
    }

    #[test]
    fn a_path_has_one_uri() {
        let uri = of(Path::new("/a/b c/ф#1.md"));
        assert_eq!(uri.0, "file:///a/b%20c/%D1%84%231.md");
        assert_eq!(path(&uri).as_deref(), Some(Path::new("/a/b c/ф#1.md")));
    }
}
