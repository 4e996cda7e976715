//! Protected targets: a person types the name before anything is changed there.

use std::io::{BufRead as _, IsTerminal as _};

use super::exit::Result;
use super::target::Target;
use super::{Session, Stop};
use crate::cluster::ClusterInfo;
use crate::terminal::{err, printable};

/// What a person is asked to agree to.
pub(super) struct Ask<'a> {
    pub(super) target: &'a Target,
    pub(super) info: &'a ClusterInfo,
    pub(super) namespace: &'a str,
    /// What will be done there (`3 steps: 2 objects to apply, …`).
    pub(super) what: String,
}

/// Has a protected target named, by `given` (`--confirm`) or on the terminal; a name that is
/// given must be right for any target.
///
/// # Errors
/// Where another name is given, or none and there is no terminal to ask on.
pub(super) fn confirm(session: &Session, ask: &Ask<'_>, given: Option<&str>) -> Result<()> {
    let name = ask.target.called();
    if let Some(given) = given {
        return if given == name {
            Ok(())
        } else {
            Err(other_name(given, name))
        };
    }
    if !ask.target.settings().is_some_and(|it| it.protected) {
        return Ok(());
    }
    if !can_ask() {
        return Err(Stop::target(format!(
            "`{name}` is protected: its name must be typed, and there is no terminal to ask on"
        ))
        .help(format!("where you mean it: --confirm {name}")));
    }
    let info = ask.info;
    let paint = session.err;
    let typed = typed(&format!(
        "{}\n  target     {} · context {} · {} · Kubernetes {}\n  namespace  {}\n  to do      {}\n\
         type the target's name to go on: ",
        paint.warn(format!("`{name}` is protected")),
        printable(name),
        printable(&info.target),
        printable(&info.server),
        printable(&info.version),
        printable(ask.namespace),
        ask.what,
    ))?;
    if typed == name {
        Ok(())
    } else {
        Err(other_name(&typed, name))
    }
}

/// Returns whether there is a terminal to ask a person on.
pub(super) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks a person and returns the line that they typed, without the blanks around it; nothing where
/// they closed their input.
pub(super) fn typed(question: &str) -> Result<String> {
    Ok(answer(question)?.unwrap_or_default())
}

/// Asks a person and returns the line that they typed, without the blanks around it; `None` where
/// they closed their input (Ctrl-D), which is no answer.
pub(super) fn answer(question: &str) -> Result<Option<String>> {
    err(question)?;
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line)?;
    if read == 0 {
        // What comes next begins on a line of its own.
        err("\n")?;
        return Ok(None);
    }
    Ok(Some(line.trim().to_owned()))
}

fn other_name(given: &str, name: &str) -> Stop {
    Stop::target(format!(
        "`{}` is not the name of the target, `{name}`: nothing was changed",
        printable(given)
    ))
}
