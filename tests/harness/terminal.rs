//! A terminal of its own for a program: what it shows, and what a person types.

use std::io::{Read as _, Write as _};
use std::process::Child;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

use crate::harness::wait::LIMIT;
use crate::harness::workspace::Workspace;

/// `orch` in a terminal; dropping it kills it.
pub(crate) struct Terminal {
    pty: Arc<Pty>,
    child: Child,
    received: Receiver<Vec<u8>>,
    /// All that was shown, what was typed included.
    pub(crate) shown: String,
}

impl Terminal {
    /// Starts `orch` with these arguments in a terminal.
    pub(crate) fn start(workspace: &Workspace, arguments: &[&str]) -> Self {
        let plain = workspace.command(arguments);
        let (pty, inner) = open().expect("a terminal");
        pty.resize(Size::new(24, 80)).expect("its size");
        let set = plain.get_envs();
        let set = set.filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let command = Command::new(plain.get_program())
            .args(plain.get_args())
            .current_dir(workspace.root())
            .env_clear()
            .envs(set);
        let child = command.spawn(inner).expect("the program was built");
        let pty = Arc::new(pty);
        let (sender, received) = channel();
        let output = Arc::clone(&pty);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Where the program has ended, reading fails.
            while let Ok(read) = (&*output).read(&mut bytes) {
                let piece = bytes.get(..read).unwrap_or_default().to_vec();
                if read == 0 || sender.send(piece).is_err() {
                    return;
                }
            }
        });
        Self {
            pty,
            child,
            received,
            shown: String::new(),
        }
    }

    /// Waits until the terminal shows this so many times.
    #[track_caller]
    pub(crate) fn until(&mut self, text: &str, times: usize) {
        while self.shown.matches(text).count() < times {
            let Ok(piece) = self.received.recv_timeout(LIMIT) else {
                panic!("waited for {text:?}; shown is:\n{}", self.shown);
            };
            self.shown += &String::from_utf8_lossy(&piece);
        }
    }

    /// Types what a person does; `\u{3}` is Ctrl-C, `\u{4}` Ctrl-D.
    #[track_caller]
    pub(crate) fn types(&mut self, keys: &str) {
        let typed = (&*self.pty).write_all(keys.as_bytes());
        typed.expect("the terminal takes it");
    }

    /// Waits for the end; returns the exit code, none where a signal ended it.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> Option<i32> {
        loop {
            match self.received.recv_timeout(LIMIT) {
                Ok(piece) => self.shown += &String::from_utf8_lossy(&piece),
                Err(RecvTimeoutError::Disconnected) => break,
                // One that inherits an ignored SIGINT, as behind a script's `&`, never hears of Ctrl-C.
                Err(RecvTimeoutError::Timeout) => {
                    panic!("it doesn't end; shown is:\n{}", self.shown);
                }
            }
        }
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
