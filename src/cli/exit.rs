//! Errors become exit codes and messages here, and nowhere else.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::cluster::{ClusterError, InventoryError, LeaseError};
use crate::diagnostic::{Diagnostics, causes, render};
use crate::execute::{ExecuteError, SecretsError};
use crate::files::FilesError;
use crate::git::GitError;
use crate::terminal::{Paint, err, printable};

/// The exit codes of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    /// Done, or nothing to do.
    Done = 0,
    /// A step failed.
    Failed = 1,
    /// Bad input.
    Input = 2,
    /// Waiting for a person.
    Waiting = 3,
    /// Target refused or unreachable.
    Target = 4,
    /// Locked by another run.
    Locked = 5,
    /// Interrupted.
    Interrupted = 130,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// A command that could not do what it was asked to.
#[derive(Debug)]
pub(super) struct Stop {
    code: Code,
    error: anyhow::Error,
    help: Vec<String>,
}

/// What every command returns.
pub(super) type Result<T = Code> = std::result::Result<T, Stop>;

impl Stop {
    /// Returns a stop because of bad input.
    pub(super) fn input(message: impl Into<String>) -> Self {
        Self {
            code: Code::Input,
            error: anyhow::anyhow!(message.into()),
            help: Vec::new(),
        }
    }

    /// Returns a stop because of the target.
    pub(super) fn target(message: impl Into<String>) -> Self {
        Self {
            code: Code::Target,
            ..Self::input(message)
        }
    }

    /// Returns a stop because of another run.
    pub(super) fn locked(message: impl Into<String>) -> Self {
        Self {
            code: Code::Locked,
            ..Self::input(message)
        }
    }

    /// Returns the stop with a line of help added.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Returns the problems of documents that it is about, where it is about documents.
    pub(super) fn problems(&self) -> Option<&Diagnostics> {
        self.error.downcast_ref()
    }

    /// Returns the exit code.
    pub(super) fn code(&self) -> Code {
        self.code
    }

    /// Returns the message in one line, causes behind it.
    pub(super) fn line(&self) -> String {
        match self.problems() {
            Some(problems) => problems.to_string(),
            None => causes(self.error.as_ref()).join(": "),
        }
    }

    /// Prints the message and returns the exit code.
    pub(super) fn report(&self, paint: Paint) -> ExitCode {
        let mut text = match self.problems() {
            Some(problems) => render(problems, paint.screen()) + "\n",
            None => self.chain(paint),
        };
        for line in &self.help {
            let _ = writeln!(text, "{} {}", paint.name("help:"), printable(line));
        }
        // Nobody is there to be told when stderr is gone.
        let _ = err(&text);
        self.code.into()
    }

    fn chain(&self, paint: Paint) -> String {
        let mut text = String::new();
        for (at, cause) in causes(self.error.as_ref()).iter().enumerate() {
            let label = if at == 0 {
                paint.bad("error:")
            } else {
                format!("  {}", paint.dim("because:"))
            };
            let _ = writeln!(text, "{label} {}", printable(cause));
        }
        text
    }
}

macro_rules! stops {
    ($($error:ty => $code:expr),* $(,)?) => {
        $(impl From<$error> for Stop {
            fn from(error: $error) -> Self {
                let code: fn(&$error) -> Code = $code;
                Self { code: code(&error), error: error.into(), help: Vec::new() }
            }
        })*
    };
}

stops! {
    Diagnostics => |_| Code::Input,
    GitError => |_| Code::Input,
    crate::plan::PlanError => |_| Code::Input,
    crate::manifest::RenderError => |_| Code::Input,
    crate::progress::ProgressError => |_| Code::Input,
    crate::files::ClockError => |_| Code::Input,
    crate::execute::ProjectError => |_| Code::Input,
    crate::checklist::EditError => |_| Code::Input,
    std::io::Error => |_| Code::Failed,
    FilesError => |error| match error {
        FilesError::Locked { .. } => Code::Locked,
        FilesError::Io(_) => Code::Failed,
        FilesError::NoRepository { .. }
        | FilesError::Bare { .. }
        | FilesError::Owner { .. }
        | FilesError::Git { .. }
        | FilesError::Path { .. }
        | FilesError::Changed { .. }
        | FilesError::NotText { .. }
        | FilesError::Journal(_)
        | FilesError::Illegal { .. }
        | FilesError::Poisoned { .. } => Code::Input,
    },
    ClusterError => |error| if error.is_target() { Code::Target } else { Code::Failed },
    LeaseError => |error| match error {
        LeaseError::Held { .. } => Code::Locked,
        LeaseError::Cluster(_) => Code::Target,
    },
    InventoryError => |error| match error {
        InventoryError::Foreign { .. } => Code::Target,
        InventoryError::Cluster(error) => {
            if error.is_target() { Code::Target } else { Code::Failed }
        }
    },
    SecretsError => |error| match error {
        SecretsError::Missing(_) => Code::Input,
    },
    crate::execute::LedgerError => |_| Code::Failed,
    ExecuteError => |error| match error {
        ExecuteError::Ledger(_) => Code::Failed,
        ExecuteError::Project(_) => Code::Input,
    },
}
