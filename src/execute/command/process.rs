//! One process group: its environment, its time limit, and the end of what it says.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// How long what it says is still read once it has ended: its children may keep a stream open.
const LAST: Duration = Duration::from_millis(500);

/// What is to be run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The program and its arguments.
    pub(super) line: &'a [&'a str],
    /// The folder that it runs in.
    pub(super) folder: &'a Path,
    /// How long it may take; without a limit where there is none.
    pub(super) limit: Option<Duration>,
    /// Its whole environment; this program's where there is none.
    pub(super) environment: Option<&'a BTreeMap<String, String>>,
    /// How many bytes of each stream are kept.
    pub(super) kept: usize,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By itself, with that exit code.
    Code(i32),
    /// By a signal.
    Signal,
    /// It took too long, and was ended.
    Late,
}

/// The end of what it said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) out: Kept,
    pub(super) err: Kept,
}

/// The end of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Whole lines, where its beginning wasn't kept.
    pub(super) text: String,
    /// How many bytes it had before.
    pub(super) dropped: usize,
}

/// Runs it to its end, and returns how it ended and what it said last.
pub(super) async fn run(asked: &Asked<'_>) -> std::io::Result<(End, Said)> {
    let Some((program, arguments)) = asked.line.split_first() else {
        return Err(std::io::ErrorKind::InvalidInput.into());
    };
    let mut command = tokio::process::Command::new(program);
    if let Some(environment) = asked.environment {
        command.env_clear().envs(environment);
    }
    // A group of its own: the terminal's Ctrl-C reaches orch alone, which then ends all of it.
    let mut child = command
        .args(arguments)
        .current_dir(asked.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let group = Group(child.id());
    let tails = (Tail::new(asked.kept), Tail::new(asked.kept));
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let limit = asked.limit.unwrap_or(Duration::MAX);
    let ended = tokio::time::timeout(limit, async {
        let reading = async { tokio::join!(tails.0.fill(out), tails.1.fill(err)) };
        tokio::pin!(reading);
        let status = tokio::select! {
            status = child.wait() => status,
            _ = &mut reading => return child.wait().await,
        };
        // Where a child of it keeps a stream open, enough was read.
        let _ = tokio::time::timeout(LAST, reading).await;
        status
    });
    let end = match ended.await {
        Err(_) => End::Late,
        Ok(status) => status?.code().map_or(End::Signal, End::Code),
    };
    // What it left behind in the background ends with it.
    drop(group);
    let said = Said {
        out: tails.0.kept(),
        err: tails.1.kept(),
    };
    Ok((end, said))
}

/// The last bytes of a stream.
struct Tail {
    limit: usize,
    held: Mutex<(VecDeque<u8>, usize)>,
}

impl Tail {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            held: Mutex::default(),
        }
    }

    async fn fill(&self, stream: Option<impl AsyncRead + Unpin>) {
        let Some(mut stream) = stream else { return };
        let mut buffer = vec![0; 1 << 13];
        // A stream that can't be read any more has said all that it says.
        while let Ok(read) = stream.read(&mut buffer).await {
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                return;
            };
            self.take(bytes);
        }
    }

    fn take(&self, bytes: &[u8]) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (tail, dropped) = &mut *held;
        tail.extend(bytes);
        let over = tail.len().saturating_sub(self.limit);
        tail.drain(..over);
        *dropped += over;
    }

    fn kept(&self) -> Kept {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (tail, dropped) = &*held;
        let bytes: Vec<u8> = tail.iter().copied().collect();
        // A line that isn't whole may hold a part of a secret, which nothing would know.
        let cut = if *dropped == 0 {
            0
        } else {
            bytes
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(bytes.len(), |at| at + 1)
        };
        let whole = bytes.get(cut..).unwrap_or_default();
        Kept {
            text: String::from_utf8_lossy(whole).into_owned(),
            dropped: dropped + cut,
        }
    }
}

/// The processes of a command, which must outlive neither it nor a run that is interrupted.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.0.and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(id) = id {
            // Mostly nobody is left in it.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::time::Duration;

    use super::{Asked, End, Said, Tail, run};

    fn environment() -> BTreeMap<String, String> {
        let path = "/usr/local/bin:/usr/bin:/bin".to_owned();
        [
            ("PATH".to_owned(), path),
            ("GIVEN".to_owned(), "it".to_owned()),
        ]
        .into()
    }

    async fn shell(line: &str, limit: Option<Duration>) -> (End, Said) {
        let environment = environment();
        let asked = Asked {
            line: &["sh", "-c", line],
            folder: Path::new("/"),
            limit,
            environment: Some(&environment),
            kept: 64,
        };
        run(&asked).await.expect("the shell runs")
    }

    #[tokio::test]
    async fn both_streams_are_kept_with_the_exit_code() {
        let (end, said) = shell("echo one; echo two >&2; exit 3", None).await;
        assert_eq!(end, End::Code(3));
        assert_eq!(
            (said.out.text.as_str(), said.err.text.as_str()),
            ("one\n", "two\n")
        );
    }

    #[tokio::test]
    async fn the_environment_is_what_is_given() {
        let (_, said) = shell("echo \"${GIVEN-none} ${CARGO_PKG_NAME-none}\"", None).await;
        assert_eq!(said.out.text, "it none\n");
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended() {
        let limit = Some(Duration::from_millis(50));
        let (end, said) = shell("echo begun; while :; do :; done", limit).await;
        assert_eq!(end, End::Late);
        assert_eq!(said.out.text, "begun\n");
    }

    /// Whether a process runs; one that only waits to be asked how it ended doesn't.
    #[cfg(target_os = "linux")]
    fn runs(id: &str) -> bool {
        let stat = fs_err::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let state = stat
            .rsplit(") ")
            .next()
            .and_then(|rest| rest.chars().next());
        state.is_some_and(|state| !"ZX".contains(state))
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_it_left_in_the_background_ends_with_it() {
        let (end, said) = shell("sleep 600 >/dev/null 2>&1 & echo $!", None).await;
        assert_eq!(end, End::Code(0));
        let id = said.out.text.trim().to_owned();
        assert!(id.parse::<u32>().is_ok(), "{id:?}");
        let gone = async {
            while runs(&id) {
                tokio::task::yield_now().await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(30), gone).await;
        assert!(gone.is_ok(), "process {id} still runs");
    }

    #[test]
    fn of_much_the_last_whole_lines_are_kept() {
        let tail = Tail::new(8);
        tail.take(b"first line\nsecond\nx");
        let kept = tail.kept();
        assert_eq!((kept.text.as_str(), kept.dropped), ("x", 18));
    }
}
