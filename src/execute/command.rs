//! Commands: run with consent only, ended with the run, and what they say shown where they fail.
//!
//! An image is built and pushed by a command, too; the digest that the registry answered is read
//! from what it prints.

use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::effect::Surroundings;
use crate::cluster::redact;
use crate::journal::{Evidence, Failure};

/// How many of a failed command's last lines are shown.
const TAIL: usize = 10;

/// What `docker push` says of what it pushed.
static SAID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"digest: (sha256:[0-9a-f]{64})\b").ok());

/// A line that is a digest, or an image by its digest.
static ALONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*(?:\S+@)?(sha256:[0-9a-f]{64})\s*$").ok());

/// An image by its digest, anywhere.
static BY_DIGEST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\S+)@(sha256:[0-9a-f]{64})\b").ok());

/// Runs a task's command.
pub(super) async fn run(
    run: &str,
    timeout: Option<Duration>,
    around: &Surroundings<'_>,
) -> Result<Evidence, Failure> {
    allowed(run, "the checklist's", around)?;
    let Some(workspace) = &around.workspace else {
        return Ok(Evidence::Facts {
            found: vec![format!("`{run}` not run: nothing is kept")],
        });
    };
    let limit = timeout.or(around.options.command);
    shell(run, workspace.root(), limit, Stdio::null()).await?;
    Ok(Evidence::Command {
        exit: 0,
        output: None,
    })
}

/// Builds and pushes an image: the image, the command that does it, and the one that tells the
/// digest where the first doesn't.
pub(super) async fn build(
    (image, run, digest): (&str, &str, Option<&str>),
    timeout: Option<Duration>,
    around: &Surroundings<'_>,
) -> Result<Evidence, Failure> {
    allowed(run, "the settings'", around)?;
    let Some(workspace) = &around.workspace else {
        return Ok(Evidence::Facts {
            found: vec![format!("`{run}` not run: nothing is kept")],
        });
    };
    let limit = timeout.or(around.options.command);
    let mut output = shell(run, workspace.root(), limit, Stdio::piped()).await?;
    let mut by = run;
    if let Some(tell) = digest {
        output = shell(tell, workspace.root(), limit, Stdio::piped()).await?;
        by = tell;
    }
    let text = |said: &[u8]| String::from_utf8_lossy(said).into_owned();
    let said = format!("{}\n{}", text(&output.stdout), text(&output.stderr));
    match digest_of(image, &said) {
        Some(digest) => Ok(Evidence::Image {
            image: image.to_owned(),
            digest,
        }),
        None => Err(Failure {
            cause: format!("`{by}` ended well, but told no digest of `{image}`"),
            details: Vec::new(),
            help: Some(
                "let it print what `docker push` prints, or name a command that tells the digest: \
                 [build] digest = \"…\""
                    .to_owned(),
            ),
        }),
    }
}

/// Returns the digest that a registry gave an image, as `docker push`, `buildx`, `crane` and the
/// like print it; the last one, where a command pushed several times.
fn digest_of(image: &str, said: &str) -> Option<String> {
    let last = |regex: &LazyLock<Option<Regex>>| {
        let found = regex.as_ref()?.captures_iter(said).last()?;
        Some(found.get(1)?.as_str().to_owned())
    };
    let name = crate::facts::image::parse(image)?.name;
    let of_image = || {
        let found = BY_DIGEST.as_ref()?.captures_iter(said);
        let found = found.filter_map(|it| Some((it.get(1)?.as_str(), it.get(2)?.as_str())));
        let mine = found.filter(|(whose, _)| *whose == image || *whose == name);
        mine.last().map(|(_, digest)| digest.to_owned())
    };
    last(&SAID).or_else(of_image).or_else(|| last(&ALONE))
}

/// Nothing runs without a person's consent.
fn allowed(run: &str, whose: &str, around: &Surroundings<'_>) -> Result<(), Failure> {
    if around.options.allow_commands {
        return Ok(());
    }
    Err(Failure {
        cause: format!("`{run}` needs your consent"),
        details: Vec::new(),
        help: Some(format!("run again with --yes to let {whose} commands run")),
    })
}

/// Runs a command line in the workspace, and returns what it said if it ended well.
async fn shell(
    run: &str,
    root: &Path,
    limit: Option<Duration>,
    stdout: Stdio,
) -> Result<Output, Failure> {
    let failed = |cause: String| Failure {
        cause,
        details: Vec::new(),
        help: None,
    };
    // A group of its own: the terminal's Ctrl-C reaches orch alone, which then ends all of it.
    let child = tokio::process::Command::new("sh")
        .args(["-c", run])
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| failed(format!("can't run `{run}`: {error}")))?;
    let mut group = Group(child.id());
    let limit = limit.unwrap_or(Duration::MAX);
    let output = tokio::time::timeout(limit, child.wait_with_output())
        .await
        .map_err(|_| {
            failed(format!(
                "`{run}` took longer than {} s",
                limit.as_secs_f32()
            ))
        })?
        .map_err(|error| failed(format!("can't run `{run}`: {error}")))?;
    group.0 = None;
    let failed = |cause: String| Failure {
        details: tail(&output.stderr),
        ..failed(cause)
    };
    match output.status.code() {
        Some(0) => Ok(output),
        Some(code) => Err(failed(format!("`{run}` ended with exit code {code}"))),
        None => Err(failed(format!("`{run}` was ended by a signal"))),
    }
}

fn tail(said: &[u8]) -> Vec<String> {
    let said = String::from_utf8_lossy(said);
    let mut tail: Vec<String> = said.lines().rev().take(TAIL).map(redact).collect();
    tail.reverse();
    tail
}

/// The processes of a command, which must not outlive a run that is interrupted.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            let kill = format!("kill -KILL -{id}");
            // Where it can't be ended there is nobody left to tell.
            let _ = std::process::Command::new("sh")
                .args(["-c", &kill])
                .status();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::digest_of;

    const IMAGE: &str = "registry.example.com:5000/team/api:1.2";

    fn digest(letter: char) -> String {
        format!("sha256:{}", letter.to_string().repeat(64))
    }

    #[track_caller]
    fn check(said: &str, expected: Option<char>) {
        assert_eq!(digest_of(IMAGE, said), expected.map(digest));
    }

    #[test]
    fn what_docker_push_prints_is_read() {
        let said = format!(
            "#8 writing image {} done\nThe push refers to repository [registry/team/api]\n\
             f1b5933fe4b5: Pushed\n1.2: digest: {} size: 1570\n",
            digest('a'),
            digest('b')
        );
        check(&said, Some('b'));
    }

    #[test]
    fn what_buildx_prints_is_read() {
        let said = format!(
            "#12 exporting manifest {} done\n#12 pushing manifest for {IMAGE}@{} 0.2s done\n",
            digest('a'),
            digest('b')
        );
        check(&said, Some('b'));
    }

    #[test]
    fn a_digest_alone_is_read() {
        check(&format!("{}\n", digest('c')), Some('c'));
        check(
            &format!("registry.example.com:5000/team/api@{}", digest('c')),
            Some('c'),
        );
    }

    #[test]
    fn other_hashes_are_not_taken_for_it() {
        check(&format!("#8 writing image {} done\n", digest('a')), None);
        check("digest: sha256:00ff", None);
        check("", None);
    }
}
