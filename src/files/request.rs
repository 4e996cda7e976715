//! What another terminal asks of the run that holds a phase's lock.

use super::workspace::is_absent;
use super::{FilesError, Workspace};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// Start no more steps until it is told otherwise or started again.
    Pause,
    /// Finish or abandon what is in flight, record, and stop.
    Abort,
}

impl Request {
    fn word(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Abort => "abort",
        }
    }
}

/// Leaves a request for a phase's run, in place of an earlier one; needs no lock.
///
/// # Errors
/// Where git's folder can't be written.
pub fn write(
    workspace: &Workspace,
    set: &str,
    phase: u32,
    request: Request,
) -> Result<(), FilesError> {
    let path = workspace.state_path(set, phase, "request")?;
    let draft = workspace.state_path(set, phase, &format!("request-{}", std::process::id()))?;
    fs_err::write(&draft, request.word())?;
    Ok(fs_err::rename(draft, path)?)
}

/// Takes the request away and returns it. A run does so when it begins, too, since what was asked
/// of an earlier run isn't meant for it.
///
/// # Errors
/// Where git's folder can't be read or written.
pub fn take(workspace: &Workspace, set: &str, phase: u32) -> Result<Option<Request>, FilesError> {
    let path = workspace.state_path(set, phase, "request")?;
    let taken = workspace.state_path(set, phase, "request-taken")?;
    // Moved away first: a request that arrives meanwhile is kept for the next look.
    match fs_err::rename(path, &taken) {
        Ok(()) => {}
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let text = fs_err::read_to_string(&taken)?;
    fs_err::remove_file(taken)?;
    let known = [Request::Pause, Request::Abort];
    Ok(known
        .into_iter()
        .find(|request| request.word() == text.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::workspace;
    use super::*;

    #[test]
    fn a_request_is_taken_once() {
        let (_folder, workspace) = workspace();
        assert_eq!(take(&workspace, "demo", 4).expect("looks"), None);
        write(&workspace, "demo", 4, Request::Pause).expect("asks");
        write(&workspace, "demo", 4, Request::Abort).expect("asks");
        assert_eq!(take(&workspace, "demo", 5).expect("looks"), None);
        assert_eq!(
            take(&workspace, "demo", 4).expect("looks"),
            Some(Request::Abort)
        );
        assert_eq!(take(&workspace, "demo", 4).expect("looks"), None);
    }
}
