//! Paths as they stand in URIs, for editors and code hosts.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in a path (RFC 3986).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Returns a path as a URI has it: a reference where it is relative.
pub fn reference(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

#[cfg(test)]
mod tests {
    use super::reference;

    #[test]
    fn what_means_something_in_a_uri_is_encoded() {
        assert_eq!(reference("a/b c/ф#1:2?.md"), "a/b%20c/%D1%84%231%3A2%3F.md");
    }
}
