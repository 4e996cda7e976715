//! Names in code marks beside what is read of a text: ``PVC 50Gi on `fast-ssd` ``.

use super::super::pieces::inline;
use super::super::stray::Known;
use super::Reader;

impl Reader<'_, '_> {
    /// Returns the names in code marks of a text that was read without which it would mean the same:
    /// no rule has read them, and they aren't what the file is called.
    pub(super) fn unread_codes(&self, text: &str) -> Vec<String> {
        let all: Vec<&str> = codes(text).collect();
        if all.is_empty() {
            return Vec::new();
        }
        let read = self.meant(&inline(self.line, text));
        let idle = |code: &&str| {
            let marked = format!("`{code}`");
            let without = text.replacen(&marked, " ", 1);
            !self.strays(&marked, Known::Beside).is_empty()
                && self.meant(&inline(self.line, &without)) == read
        };
        all.into_iter().filter(idle).map(str::to_owned).collect()
    }
}

/// Returns the code spans of a text.
pub(super) fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}
