//! What a file was in an earlier commit.

use super::{GitError, Repo};
use crate::journal::sha256;

/// How many commits are looked through.
const SEARCHED: usize = 5_000;

impl Repo {
    /// Returns the text that a path has in the index or in a commit below HEAD, where one of them
    /// has that SHA-256 (hex).
    ///
    /// # Errors
    /// Where the history can't be read.
    pub fn text_of(&self, path: &str, hash: &str) -> Result<Option<String>, GitError> {
        let inside = self.inside(path)?;
        let text = |id: git2::Oid| {
            let blob = self.repository.find_blob(id).ok()?;
            let bytes = blob.content();
            (sha256(bytes) == hash).then(|| String::from_utf8(bytes.to_vec()).ok())?
        };
        let staged = self.repository.index()?.get_path(&inside, 0);
        let mut seen = staged.map(|entry| entry.id);
        if let Some(found) = seen.and_then(text) {
            return Ok(Some(found));
        }
        if self.tip()?.is_none() {
            return Ok(None);
        }
        let mut walk = self.repository.revwalk()?;
        walk.push_head()?;
        for id in walk.take(SEARCHED) {
            let tree = self.repository.find_commit(id?)?.tree()?;
            let entry = tree.get_path(&inside).ok().map(|entry| entry.id());
            // Most commits leave a file as it is.
            if entry == seen {
                continue;
            }
            seen = entry;
            if let Some(found) = entry.and_then(text) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}
