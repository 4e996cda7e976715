//! `orch completions SHELL`

use clap::{Args, CommandFactory as _};

use super::Cli;
use super::exit::{Code, Result};

/// Arguments of `orch completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "orch", &mut script);
    crate::terminal::out(&String::from_utf8_lossy(&script))?;
    Ok(Code::Done)
}
