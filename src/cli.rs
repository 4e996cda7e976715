//! The command line: one file per command, each with its arguments and one function.
//!
//! This is where the environment is read and where errors become exit codes.

mod access;
mod after;
mod analyze;
mod before;
mod beside;
mod changed;
mod check;
mod completions;
mod confirm;
mod demo;
mod earlier;
mod environment;
mod exit;
mod explain;
mod foreseen;
mod images;
mod init;
mod later;
mod load;
mod lsp;
mod mine;
mod new;
mod next;
mod order;
mod overlays;
mod phase;
mod places;
mod plan;
mod recorded;
mod run;
mod section;
mod standing;
mod status;
mod target;
mod task;
mod traces;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::terminal::Paint;
use environment::Environment;
use exit::{Code, Stop};

/// Your rollout checklist, executable.
///
/// orch reads a rollout plan written as Markdown with checkboxes, shows what each box means,
/// does it against a Kubernetes cluster (or an embedded rehearsal), ticks a box only on evidence,
/// and commits after each phase.
#[derive(Debug, Parser)]
#[command(
    name = "orch",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done or nothing to do · 1 a step failed · 2 bad input · \
     3 waiting for a person · 4 target refused or unreachable · 5 locked by another run · \
     130 interrupted";

/// What every command takes.
#[derive(Debug, Args)]
struct Global {
    /// Work in that folder instead of the current one
    #[arg(short = 'C', long, global = true, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// The set of checklists, where there are several
    #[arg(long, global = true, value_name = "NAME")]
    set: Option<String>,
    /// Print one JSON event a line on stdout
    #[arg(long, global = true)]
    json: bool,
    /// When to colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Colour,
    /// Say more about what happens (also by `ORCH_LOG`)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set a workspace up: write settings with comments, and a checklist where there is none
    Init(init::InitArgs),
    /// Write one more phase
    New(new::NewArgs),
    /// Make an example workspace and run its phase 4 against the embedded rehearsal
    Demo(demo::DemoArgs),
    /// Show every set and phase
    Status(status::AllArgs),
    /// Show the next open task, and how it is read
    Next,
    /// Go on through a set's phases until one needs a person or fails
    Run(next::AllArgs),
    /// Check every tick again against its evidence
    Verify(verify::VerifyArgs),
    /// Plan, run or look at one phase
    Phase(phase::PhaseArgs),
    /// Decide about one task as a person
    Task(task::TaskArgs),
    /// Check what a run needs to be allowed on a target, or print the roles that allow it
    Access(access::AccessArgs),
    /// Find everything that is wrong with checklists and settings; `--fix` mends what it can
    Check(check::CheckArgs),
    /// Print what is known of the application, each fact with file and line
    Analyze(analyze::AnalyzeArgs),
    /// Serve an editor on stdin and stdout (language server protocol)
    Lsp(lsp::LspArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
}

/// What a command works with.
struct Session {
    global: Global,
    environment: Environment,
    /// For stdout.
    out: Paint,
    /// For stderr.
    err: Paint,
}

/// Parses the arguments, runs the command and returns the exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = Environment::read();
    let session = Session {
        out: Paint {
            colour: colour(cli.global.color, &environment, &console::Term::stdout()),
            width: width(&console::Term::stdout()),
        },
        err: Paint {
            colour: colour(cli.global.color, &environment, &console::Term::stderr()),
            width: width(&console::Term::stderr()),
        },
        global: cli.global,
        environment,
    };
    log(&session);
    let result = match cli.command {
        Command::Init(args) => init::run(&session, &args),
        Command::New(args) => new::run(&session, &args),
        Command::Demo(args) => demo::run(&session, &args),
        Command::Status(args) => status::all(&session, &args),
        Command::Next => next::next(&session),
        Command::Run(args) => next::run_all(&session, &args),
        Command::Verify(args) => verify::all(&session, &args),
        Command::Phase(args) => phase::run(&session, &args),
        Command::Task(args) => task::run(&session, &args),
        Command::Access(args) => access::run(&session, &args),
        Command::Check(args) => check::run(&session, &args),
        Command::Analyze(args) => analyze::run(&session, &args),
        Command::Lsp(args) => lsp::run(&session, &args),
        Command::Completions(args) => completions::run(&args),
    };
    match result {
        Ok(code) => code.into(),
        Err(stop) => stop.report(session.err),
    }
}

fn colour(when: Colour, environment: &Environment, term: &console::Term) -> bool {
    match when {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => term.is_term() && !environment.no_color,
    }
}

fn width(term: &console::Term) -> Option<usize> {
    let (_, columns) = term.size_checked().filter(|_| term.is_term())?;
    Some(usize::from(columns))
}

fn log(session: &Session) {
    let level = match session.global.verbose {
        0 => "off",
        1 => "orch=info",
        2 => "orch=debug",
        _ => "debug",
    };
    let filter = session
        .environment
        .log
        .clone()
        .unwrap_or_else(|| level.to_owned());
    if filter == "off" {
        return;
    }
    // A second initialisation (in tests) keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(session.err.colour)
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .try_init();
}
