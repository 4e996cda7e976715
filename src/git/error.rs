//! Why a commit is refused, each with the way out.

/// What git, or orch on its behalf, refuses.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// git itself failed.
    #[error("git failed")]
    Git(#[from] git2::Error),
    /// The operating system refused; the message names the path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The repository can't be opened.
    #[error("can't open the git repository of `{path}`")]
    Open {
        /// The workspace.
        path: String,
        /// What git says.
        #[source]
        source: git2::Error,
    },
    /// The repository has no work tree.
    #[error("`{path}` is a bare git repository; clone it, and run orch in the clone")]
    Bare {
        /// The repository.
        path: String,
    },
    /// The repository is somebody else's.
    #[error(
        "the git repository at `{path}` belongs to another user; if you trust it, run \
         `git config --global --add safe.directory {path}`"
    )]
    Owner {
        /// The workspace.
        path: String,
    },
    /// git doesn't know who commits.
    #[error(
        "git doesn't know who you are; run `git config user.name \"Your Name\"` and \
         `git config user.email you@example.com`"
    )]
    NoIdentity,
    /// A merge, rebase or the like isn't finished.
    #[error("{what} is in progress; finish it or run `{abort}`, then run again")]
    InProgress {
        /// What.
        what: &'static str,
        /// What gives it up.
        abort: &'static str,
    },
    /// HEAD was moved to another branch while a run worked.
    #[error(
        "HEAD is on `{now}`, and was on `{began}` when this began: nothing is committed; go back \
         (`{back}`) and run again, which commits what is done"
    )]
    Switched {
        /// Where it was.
        began: String,
        /// Where it is.
        now: String,
        /// What leads back.
        back: String,
    },
    /// HEAD is no branch.
    #[error(
        "HEAD is detached, so the commit would be on no branch; run `git switch -c NAME` first"
    )]
    Detached,
    /// The user has staged another version of a path.
    #[error(
        "`{path}` is staged with content that differs from the file; commit it, or run \
         `git restore --staged {path}`"
    )]
    Staged {
        /// The path.
        path: String,
    },
    /// A path is ignored.
    #[error(
        "git ignores `{path}`, which this phase commits; take it out of .gitignore (exempt it \
         with `!{path}`)"
    )]
    Ignored {
        /// The path.
        path: String,
    },
    /// A path has unmerged versions.
    #[error("`{path}` has merge conflicts; resolve them and run `git add {path}`")]
    Conflicted {
        /// The path.
        path: String,
    },
    /// A path's content goes through another program.
    #[error(
        "`{path}` goes through the filter `{filter}` (git-crypt, LFS or the like), which orch \
         doesn't run; exempt it with `{path} -filter` in .gitattributes"
    )]
    Filtered {
        /// The path.
        path: String,
        /// The filter's name.
        filter: String,
    },
    /// A path isn't one of a file in the workspace.
    #[error("`{path}` names no file in the workspace")]
    Outside {
        /// The path.
        path: String,
    },
    /// A path belongs to a submodule.
    #[error("`{path}` lies in the submodule `{submodule}`; run orch in there")]
    Submodule {
        /// The path.
        path: String,
        /// The submodule's folder.
        submodule: String,
    },
    /// Another git command has a lock.
    #[error(
        "another git command is at work (`{lock}` exists); run again when it is done, and remove \
         the file if no git command is running"
    )]
    Locked {
        /// The lock's file.
        lock: String,
    },
    /// The branch moved again and again.
    #[error("the branch moves faster than orch can commit; run again when nobody else commits")]
    Moving,
    /// The `git` program refused.
    #[error(
        "`git commit` failed ({status}); what was done is recorded, and the next run commits it: \
         {output}"
    )]
    Program {
        /// Its exit status.
        status: String,
        /// What it and its hooks said.
        output: String,
    },
}
