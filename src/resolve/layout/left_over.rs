//! Where Secrets and `ConfigMap`s lie that no task of the phase asks for: in the files of earlier
//! phases that hold them already, else in one for the whole application.

use super::Layout;
use crate::resolve::application::{Beside, ManifestItem};

/// A file with what it holds.
type File = (String, Vec<ManifestItem>);

impl Layout<'_, '_> {
    /// Returns the files to write for what the whole application shares, where `path` is the usual
    /// one. An object stays in the file that holds it: where it lacks keys, that file is written
    /// again whole.
    pub(super) fn left_over(&self, path: String, items: Vec<ManifestItem>) -> Vec<File> {
        let mut files: Vec<File> = Vec::new();
        let mut rest: Vec<ManifestItem> = Vec::new();
        for item in &items {
            let Some(holder) = self.holder(item) else {
                if !self.is_beside(item) {
                    rest.push(item.clone());
                }
                continue;
            };
            if !files.iter().any(|(path, _)| *path == holder.path) {
                files.push((holder.path.clone(), self.known(holder)));
            }
        }
        if rest.is_empty() {
            return files;
        }
        if let Some((_, held)) = files.iter_mut().find(|(it, _)| *it == path) {
            held.extend(rest);
            return files;
        }
        let mut beside = self.application.beside.iter();
        files.push(match beside.find(|file| file.path == path) {
            None => (path, rest),
            Some(there) if there.items.iter().all(|item| items.contains(item)) => {
                let of_file = |item: &ManifestItem| there.holds(item) || rest.contains(item);
                (path, items.into_iter().filter(of_file).collect())
            }
            Some(_) => {
                let (stem, extension) = path.rsplit_once('.').unwrap_or((&path, "yml"));
                let phase = self.application.phase;
                (format!("{stem}-phase-{phase}.{extension}"), rest)
            }
        });
        files
    }

    /// Returns the file of an earlier phase that is to be written again for an object in it: one
    /// that lacks keys, or that this phase wrote before.
    fn holder(&self, item: &ManifestItem) -> Option<&Beside> {
        let asked = |file: &Beside| self.targets.iter().any(|(_, it)| it.path == file.path);
        let mut common = self.others.in_common.iter();
        if let Some(own) = common.find(|it| it.holds(item) && !asked(it)) {
            return Some(own);
        }
        if self.is_beside(item) {
            return None;
        }
        let mut beside = self.application.beside.iter();
        beside.find(|it| it.holds(item) && self.is_whole(it))
    }

    /// Returns whether all that a file holds can be written again: objects of later phases stay in
    /// it by themselves.
    fn is_whole(&self, file: &Beside) -> bool {
        let shares = |item: &ManifestItem| {
            matches!(item, ManifestItem::Secret(_) | ManifestItem::ConfigMap(_))
        };
        let known = self.known(file).len() == file.items.len();
        file.items.iter().all(shares) && (known || self.others.written_later.contains(&file.path))
    }

    /// Returns what a file holds that the application has.
    fn known(&self, file: &Beside) -> Vec<ManifestItem> {
        let application = self.application;
        let has = |item: &&ManifestItem| {
            if let ManifestItem::Secret(name) = item {
                application.secrets.iter().any(|it| it.name == *name)
            } else if let ManifestItem::ConfigMap(name) = item {
                application.config_maps.iter().any(|it| it.name == *name)
            } else {
                false
            }
        };
        file.items.iter().filter(has).cloned().collect()
    }
}
