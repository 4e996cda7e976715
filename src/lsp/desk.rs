//! What the editor has open, and what is known of the workspaces around it.
//!
//! A document's text counts as the editor has it, saved or not; everything else is as it is on the
//! disk. What is known is forgotten with each change, and found out again when it is asked for.

mod telling;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};

use super::page::Page;
use super::seen::{Program, Reading, Seen, Texts};
use super::text::{Encoding, Lines};
use super::told::{Asks, Told};
use super::uri;
use crate::diagnostic::Diagnostic;
pub(super) use telling::{Overtaken, inside};

/// An open document.
#[derive(Debug, Clone)]
struct Document {
    uri: Uri,
    version: i32,
    text: Arc<str>,
    /// What the editor has last saved or read, where it is on the disk.
    saved: Option<Arc<str>>,
    root: PathBuf,
    /// Its path in the workspace.
    path: String,
}

/// What is known of a workspace.
#[derive(Default)]
struct Known {
    seen: Option<Rc<Seen>>,
    /// Whether the disk has to be read again.
    stale: bool,
    found: Option<Rc<Vec<Diagnostic>>>,
    readings: BTreeMap<String, Option<Rc<Reading>>>,
    /// What the editor was told.
    told: Told,
    /// Whether there may be more to tell.
    untold: bool,
}

/// What the editor has open, and what is known.
pub(super) struct Desk<'p> {
    program: &'p Program<'p>,
    pub(super) encoding: Encoding,
    /// Whether the editor tells of changed files.
    pub(super) watched: bool,
    /// Which problems the editor asks for by itself.
    pub(super) asks: Asks,
    /// Whether the editor shows other places that a problem is about.
    pub(super) related: bool,
    documents: BTreeMap<PathBuf, Document>,
    known: BTreeMap<PathBuf, Known>,
    /// The workspaces of the folders that the editor works in.
    folders: BTreeSet<PathBuf>,
    /// What is open and lies in no workspace.
    strange: BTreeSet<PathBuf>,
}

/// A document and the workspace around it.
pub(super) struct View<'d> {
    pub(super) page: Page<'d>,
    pub(super) root: &'d Path,
}

impl<'p> Desk<'p> {
    pub(super) fn new(program: &'p Program<'p>, encoding: Encoding) -> Self {
        Self {
            program,
            encoding,
            watched: false,
            asks: Asks::Nothing,
            related: false,
            folders: BTreeSet::new(),
            strange: BTreeSet::new(),
            documents: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    /// Takes the workspace of a folder up that the editor works in.
    pub(super) fn add(&mut self, folder: &Path) -> Result<(), String> {
        let root = self.know(folder)?;
        self.folders.insert(root);
        Ok(())
    }

    fn know(&mut self, folder: &Path) -> Result<PathBuf, String> {
        let root = (self.program.root)(folder)?;
        self.known.entry(root.clone()).or_insert_with(|| Known {
            untold: true,
            ..Known::default()
        });
        Ok(root)
    }

    /// Drops the workspace of a folder, unless a document of it is open; returns what the editor
    /// was told of it.
    pub(super) fn remove(&mut self, folder: &Path) -> Vec<Uri> {
        let Ok(root) = (self.program.root)(folder) else {
            return Vec::new();
        };
        self.folders.remove(&root);
        self.leave(&root)
    }

    /// Drops a workspace in which the editor neither works nor has anything open.
    fn leave(&mut self, root: &Path) -> Vec<Uri> {
        let open = self.documents.values().any(|it| it.root == root);
        if open || self.folders.contains(root) {
            return Vec::new();
        }
        let known = self.known.remove(root);
        let told = known.iter().flat_map(|it| it.told.paths());
        told.map(|path| uri::of(&root.join(path))).collect()
    }

    /// Takes an opened document up; what is no file is passed over.
    ///
    /// # Errors
    /// Where it lies in no workspace; the document is left alone then.
    pub(super) fn open(&mut self, uri: &Uri, version: i32, text: &str) -> Result<(), String> {
        let Some(file) = uri::path(uri) else {
            return Ok(());
        };
        let file = real(&file);
        let found = self.know(file.parent().unwrap_or(Path::new("/")));
        let root = found.inspect_err(|_| {
            self.strange.insert(file.clone());
        })?;
        let inside = file.strip_prefix(&root).ok().and_then(Path::to_str);
        let path = inside.map(str::to_owned).ok_or("its path is no UTF-8")?;
        let text: Arc<str> = Arc::from(text);
        let on_disk = disk(&file).is_some_and(|it| same(&it, &text));
        let document = Document {
            uri: uri.clone(),
            version,
            saved: on_disk.then(|| Arc::clone(&text)),
            text,
            root: root.clone(),
            path,
        };
        self.documents.insert(file, document);
        self.touch(&root, true);
        Ok(())
    }

    /// Makes an editor's changes.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) -> Result<(), String> {
        let Some(file) = uri::path(uri) else {
            return Ok(());
        };
        let file = real(&file);
        if self.strange.contains(&file) {
            return Ok(());
        }
        let encoding = self.encoding;
        let document = self.documents.get_mut(&file);
        let document = document.ok_or_else(|| format!("{} isn't open", uri.0))?;
        let mut text = document.text.to_string();
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let span = Lines::of(&text, encoding).span(part.range);
                    text.replace_range(span, &part.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    text = whole.text;
                }
            }
        }
        document.text = Arc::from(text);
        document.version = version;
        let root = document.root.clone();
        let disk = !self.watched;
        self.touch(&root, disk);
        Ok(())
    }

    /// Drops a closed document; returns what the editor was told of its workspace, where that is
    /// left with it.
    pub(super) fn close(&mut self, uri: &Uri) -> Vec<Uri> {
        let Some(file) = uri::path(uri).map(|file| real(&file)) else {
            return Vec::new();
        };
        self.strange.remove(&file);
        let Some(document) = self.documents.remove(&file) else {
            return Vec::new();
        };
        self.touch(&document.root, true);
        self.leave(&document.root)
    }

    /// Takes in that a document was saved.
    pub(super) fn saved(&mut self, uri: &Uri) {
        let file = uri::path(uri).map(|file| real(&file));
        if let Some(document) = file.and_then(|file| self.documents.get_mut(&file)) {
            document.saved = Some(Arc::clone(&document.text));
        }
        self.changed_on_disk(uri);
    }

    /// Forgets what hangs on the disk's files: one was saved, or changed by others.
    pub(super) fn changed_on_disk(&mut self, uri: &Uri) {
        let Some(file) = uri::path(uri).map(|file| real(&file)) else {
            return;
        };
        let roots: Vec<PathBuf> = self.known.keys().cloned().collect();
        for root in roots.iter().filter(|root| file.starts_with(root)) {
            self.touch(root, true);
        }
    }

    /// Forgets what is known of all workspaces.
    pub(super) fn forget(&mut self) {
        let roots: Vec<PathBuf> = self.known.keys().cloned().collect();
        for root in roots {
            self.touch(&root, true);
        }
    }

    fn touch(&mut self, root: &Path, disk: bool) {
        if let Some(known) = self.known.get_mut(root) {
            known.seen = None;
            known.found = None;
            known.readings.clear();
            known.stale |= disk;
            known.untold = true;
        }
    }

    /// Returns an open document.
    pub(super) fn view(&self, uri: &Uri) -> Option<View<'_>> {
        let document = self.documents.get(&real(&uri::path(uri)?))?;
        let page = Page {
            uri: document.uri.clone(),
            path: document.path.clone(),
            version: Some(document.version),
            text: &document.text,
            lines: Lines::of(&document.text, self.encoding),
        };
        Some(View {
            page,
            root: &document.root,
        })
    }

    /// Returns where an open document lies: its workspace, and its path there.
    pub(super) fn place(&self, uri: &Uri) -> Option<(PathBuf, String)> {
        let view = self.view(uri)?;
        Some((view.root.to_owned(), view.page.path))
    }

    /// Returns the URI of a file, as the editor writes it where it is open.
    pub(super) fn uri(&self, root: &Path, path: &str) -> Uri {
        let file = root.join(path);
        let open = self.documents.get(&file);
        open.map_or_else(|| uri::of(&file), |document| document.uri.clone())
    }

    /// Returns a workspace as the editor has it.
    pub(super) fn seen(&mut self, root: &Path) -> Result<Rc<Seen>, String> {
        let known = self.known.entry(root.to_owned()).or_default();
        if let Some(seen) = &known.seen {
            return Ok(Rc::clone(seen));
        }
        let own = self.documents.values().filter(|it| it.root == root);
        let texts: Texts = own
            .map(|it| (it.path.clone(), Arc::clone(&it.text)))
            .collect();
        let seen = Rc::new((self.program.look)(root, &texts, known.stale)?);
        known.stale = false;
        known.seen = Some(Rc::clone(&seen));
        Ok(seen)
    }

    /// Returns the checklist at a path, read.
    pub(super) fn reading(&mut self, root: &Path, path: &str) -> Option<Rc<Reading>> {
        let seen = self.seen(root).ok()?;
        let known = self.known.entry(root.to_owned()).or_default();
        let read = || (self.program.read)(&seen, path).map(Rc::new);
        let reading = known.readings.entry(path.to_owned());
        reading.or_insert_with(read).clone()
    }

    /// Returns everything that is wrong with a workspace.
    pub(super) fn found(&mut self, root: &Path) -> Result<Rc<Vec<Diagnostic>>, String> {
        let seen = self.seen(root)?;
        let known = self.known.entry(root.to_owned()).or_default();
        if let Some(found) = &known.found {
            return Ok(Rc::clone(found));
        }
        let found = Rc::new((self.program.check)(&seen)?);
        known.found = Some(Rc::clone(&found));
        Ok(found)
    }

    /// Returns the open files of a workspace whose texts aren't what the disk has.
    pub(super) fn unsaved(&self, root: &Path) -> Vec<String> {
        let own = self.documents.iter().filter(|(_, it)| it.root == root);
        let unsaved = own.filter(|(file, document)| {
            let text = disk(file).unwrap_or_default();
            !same(&text, &document.text)
        });
        unsaved.map(|(_, document)| document.path.clone()).collect()
    }
}

/// Returns a file's text.
fn disk(file: &Path) -> Option<String> {
    fs_err::read_to_string(file).ok()
}

/// Returns whether a file's text is an editor's, which has no byte order mark.
fn same(on_disk: &str, text: &str) -> bool {
    on_disk == text || on_disk.strip_prefix('\u{feff}') == Some(text)
}

/// Returns a path without symlinks; the file needn't exist.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = fs_err::canonicalize(path) {
        return real;
    }
    let folder = path.parent().and_then(|it| fs_err::canonicalize(it).ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        (_, _) => path.to_owned(),
    }
}
