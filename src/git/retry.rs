//! Trying again what somebody else is in the way of.

use std::time::Duration;

use git2::ErrorClass;

/// How often a lock, a moving branch or a file that is being replaced is tried again.
pub(super) const TRIES: u32 = 8;

/// Reads files of the work tree. The library asks for a file's size first, and fails where the
/// bytes are others then: an editor, or another run, replaced the file in between.
pub(super) fn reading<T>(
    mut read: impl FnMut() -> Result<T, git2::Error>,
) -> Result<T, git2::Error> {
    for attempt in 0..TRIES {
        match read() {
            Err(error) if error.class() == ErrorClass::Os => back_off(attempt),
            read => return read,
        }
    }
    read()
}

/// Waits a moment, longer each time.
#[expect(
    clippy::disallowed_methods,
    reason = "git announces no release of its locks"
)]
pub(super) fn back_off(attempt: u32) {
    std::thread::sleep(Duration::from_millis(5 << attempt));
}

#[cfg(test)]
mod tests {
    use git2::{Error, ErrorClass, ErrorCode};

    use super::reading;

    fn failed(class: ErrorClass) -> Error {
        Error::new(ErrorCode::GenericError, class, "failed to read file")
    }

    #[test]
    fn a_file_that_was_replaced_while_it_was_read_is_read_again() {
        let mut tries = 0;
        let read = reading(|| {
            tries += 1;
            if tries < 3 {
                Err(failed(ErrorClass::Os))
            } else {
                Ok(tries)
            }
        });
        assert_eq!(read, Ok(3));
    }

    #[test]
    fn what_another_try_cannot_mend_is_told_at_once() {
        let mut tries = 0;
        let read: Result<(), _> = reading(|| {
            tries += 1;
            Err(failed(ErrorClass::Odb))
        });
        assert_eq!(read.map_err(|error| error.class()), Err(ErrorClass::Odb));
        assert_eq!(tries, 1);
    }
}
