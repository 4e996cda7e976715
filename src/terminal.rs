//! What people see: a fold of the run's events. Data goes to stdout, the rest to stderr; colour
//! and live rows only on a terminal.
//!
//! Text from files and clusters never drives the terminal: everything passes [`printable`].

mod json;
mod live;
mod style;
mod wrap;

pub use json::Json;
pub use live::{Live, told};
pub use style::{Paint, bar, count, printable, without_controls};
pub use wrap::{fitted, wrapped};

use std::io::Write as _;

/// Prints data to stdout; a closed pipe is no error, as with every filter.
///
/// # Errors
/// Returns the error of the stream, a closed pipe apart.
pub fn out(text: &str) -> std::io::Result<()> {
    pipe(std::io::stdout().lock().write_all(text.as_bytes()))
}

/// Prints a message to stderr.
///
/// # Errors
/// Returns the error of the stream, a closed pipe apart.
pub fn err(text: &str) -> std::io::Result<()> {
    pipe(std::io::stderr().lock().write_all(text.as_bytes()))
}

fn pipe(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
