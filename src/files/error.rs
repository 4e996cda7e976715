//! What can go wrong on disk.

use std::io;

use crate::journal::{IllegalMove, JournalError};

/// Why a file can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The operating system refused; the message names the path.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No git work tree.
    #[error("`{start}` isn't in a git repository; run `git init` in the project's folder first")]
    NoRepository {
        /// Where it was looked for, upwards.
        start: String,
    },
    /// A bare repository.
    #[error("`{path}` is a bare git repository; clone it, and run orch in the clone")]
    Bare {
        /// The repository.
        path: String,
    },
    /// Somebody else's repository.
    #[error(
        "the git repository at `{path}` belongs to another user; if you trust it, run \
         `git config --global --add safe.directory {path}`"
    )]
    Owner {
        /// The folder asked about.
        path: String,
    },
    /// git can't open the repository.
    #[error("can't open the git repository of `{start}`")]
    Git {
        /// Where it was looked for.
        start: String,
        /// What git says.
        #[source]
        source: git2::Error,
    },
    /// A path that leads out of the workspace.
    #[error("`{path}` is refused: {reason}")]
    Path {
        /// The path as given.
        path: String,
        /// Why.
        reason: String,
    },
    /// A file isn't what it was when it was read.
    #[error("`{path}` was changed meanwhile; nothing was written, run again to read it anew")]
    Changed {
        /// The file.
        path: String,
    },
    /// A text file isn't UTF-8.
    #[error("`{path}` isn't UTF-8 text (byte {offset})")]
    NotText {
        /// The file.
        path: String,
        /// The first byte that isn't.
        offset: usize,
    },
    /// The phase is locked.
    #[error("phase {phase} of `{set}` is locked by another run ({holder})")]
    Locked {
        /// The set.
        set: String,
        /// The phase.
        phase: u32,
        /// The holder's process and since when.
        holder: String,
    },
    /// The journal on disk is damaged.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A record was to be appended that can't follow.
    #[error("`{path}` doesn't take the record; nothing was written")]
    Illegal {
        /// The journal.
        path: String,
        /// The contradiction.
        #[source]
        source: IllegalMove,
    },
    /// An earlier append failed.
    #[error("`{path}` takes no more records since writing it failed; run again to resume")]
    Poisoned {
        /// The journal.
        path: String,
    },
}
