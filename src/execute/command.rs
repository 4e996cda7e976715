//! Commands: run with consent only, ended with the run, and what they say shown where they fail.
//!
//! An image is built and pushed by a command, too; the digest that the registry answered is read
//! from what it prints.

mod process;

use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::effect::Surroundings;
use crate::checklist::Shell;
use crate::cluster::Mask;
use crate::facts::secret;
use crate::journal::{Evidence, Failure};
use crate::plan::{Step, headline};
use process::{Asked, End, Said};

/// How many of a failed command's last lines are shown.
const TAIL: usize = 10;

/// How many bytes of each of its streams are kept of a command.
const KEPT: usize = 32 << 10;

/// How many are looked through for a digest.
const HEARD: usize = 1 << 20;

/// What `docker push` says of what it pushed.
static SAID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"digest: (sha256:[0-9a-f]{64})\b").ok());

/// A line that is a digest, or an image by its digest.
static ALONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*(?:\S+@)?(sha256:[0-9a-f]{64})\s*$").ok());

/// An image by its digest, anywhere.
static BY_DIGEST: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(\S+)@(sha256:[0-9a-f]{64})\b").ok());

/// Runs a task's command, and keeps what it says.
pub(super) async fn run(
    step: &Step,
    (run, shell): (&str, Shell),
    around: &Surroundings<'_>,
) -> Result<Evidence, Failure> {
    let mask = mask(&[run], around);
    let name = mask.redact(&headline(run));
    allowed(&name, "the checklist's", around)?;
    let Some(workspace) = &around.workspace else {
        return Ok(Evidence::Facts {
            found: vec![format!("`{name}` not run: nothing is kept")],
        });
    };
    let commands = &around.options.commands;
    let mut environment = commands.environment.clone();
    let task = step.task.as_ref().map_or("", |task| task.as_str());
    environment.insert("ORCH_TASK".to_owned(), task.to_owned());
    let line: &[&str] = match shell {
        Shell::Line => &["sh", "-c", run],
        Shell::Sh => &["sh", "-e", "-c", run],
        Shell::Bash => &["bash", "-e", "-o", "pipefail", "-c", run],
    };
    let limit = step.timeout.or(commands.limit);
    let asked = Asked {
        line,
        folder: workspace.root(),
        limit,
        environment: Some(&environment),
        kept: KEPT,
    };
    let (end, said) = process::run(&asked)
        .await
        .map_err(|error| cant_run(&name, &error))?;
    let text = told(run, end, &said, &mask);
    let about = (commands.set.as_str(), commands.phase);
    let kept = workspace.keep_output(about, task, &text);
    let kept = kept.map_err(|error| Failure {
        cause: format!("can't keep what `{name}` said"),
        details: crate::diagnostic::causes(&error),
        help: None,
    })?;
    match ended(&name, end, limit) {
        None => Ok(Evidence::Command {
            exit: 0,
            output: Some(kept),
        }),
        Some(cause) => Err(Failure {
            cause,
            details: last(&said, &mask),
            help: Some(format!("all that it said: {kept}, below git's own folder")),
        }),
    }
}

/// Returns what masks the values of secrets: those that are known, those that the run gives to
/// Secrets, and those that are written into the commands themselves.
fn mask(lines: &[&str], around: &Surroundings<'_>) -> Mask {
    let mut mask = around.options.commands.mask.clone();
    for object in around.secrets.values().filter(|it| it.kind == "Secret") {
        mask.add_secret(&object.value);
    }
    for literal in secret::literals(lines, true) {
        let line = lines.get(literal.word);
        mask.add(
            line.and_then(|it| it.get(literal.place))
                .unwrap_or_default(),
        );
    }
    mask
}

/// What a command said, as it is kept.
fn told(run: &str, end: End, said: &Said, mask: &Mask) -> String {
    let mut text = String::new();
    let end = match end {
        End::Code(code) => format!("exit code {code}"),
        End::Signal => "ended by a signal".to_owned(),
        End::Late => "ended: it took too long".to_owned(),
    };
    let run = secret::masked(run);
    let head = run.lines().map(|line| format!("$ {}", mask.redact(line)));
    let mut lines: Vec<String> = head.chain([end]).collect();
    for (name, kept) in [("stdout", &said.out), ("stderr", &said.err)] {
        if kept.text.is_empty() {
            continue;
        }
        lines.push(format!("--- {name}"));
        if kept.dropped > 0 {
            lines.push(format!("({} bytes before aren't kept)", kept.dropped));
        }
        lines.extend(mask.redact_lines(&kept.text));
    }
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Builds and pushes an image: the image, the command that does it, and the one that tells the
/// digest where the first doesn't.
pub(super) async fn build(
    (image, run, digest): (&str, &str, Option<&str>),
    timeout: Option<Duration>,
    around: &Surroundings<'_>,
) -> Result<Evidence, Failure> {
    let lines: Vec<&str> = std::iter::once(run).chain(digest).collect();
    let mask = mask(&lines, around);
    let mut by = mask.redact(&secret::masked(run));
    allowed(&by, "the settings'", around)?;
    let Some(workspace) = &around.workspace else {
        return Ok(Evidence::Facts {
            found: vec![format!("`{by}` not run: nothing is kept")],
        });
    };
    let limit = timeout.or(around.options.commands.limit);
    let mut said = shell((run, &by), workspace.root(), limit, &mask).await?;
    if let Some(tell) = digest {
        by = mask.redact(&secret::masked(tell));
        said = shell((tell, &by), workspace.root(), limit, &mask).await?;
    }
    let said = format!("{}\n{}", said.out.text, said.err.text);
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
    if around.options.commands.allowed {
        return Ok(());
    }
    Err(Failure {
        cause: format!("`{run}` needs your consent"),
        details: Vec::new(),
        help: Some(format!("run again with --yes to let {whose} commands run")),
    })
}

/// Runs a settings' command line in the workspace, and returns what it said if it ended well.
async fn shell(
    (run, name): (&str, &str),
    root: &Path,
    limit: Option<Duration>,
    mask: &Mask,
) -> Result<Said, Failure> {
    let asked = Asked {
        line: &["sh", "-c", run],
        folder: root,
        limit,
        environment: None,
        kept: HEARD,
    };
    let (end, said) = process::run(&asked)
        .await
        .map_err(|error| cant_run(name, &error))?;
    match ended(name, end, limit) {
        None => Ok(said),
        Some(cause) => Err(Failure {
            cause,
            details: last(&said, mask),
            help: None,
        }),
    }
}

fn cant_run(run: &str, error: &std::io::Error) -> Failure {
    Failure {
        cause: format!("can't run `{run}`: {error}"),
        details: Vec::new(),
        help: None,
    }
}

/// Returns why a command didn't end well, if it didn't.
fn ended(run: &str, end: End, limit: Option<Duration>) -> Option<String> {
    match end {
        End::Code(0) => None,
        End::Code(code) => Some(format!("`{run}` ended with exit code {code}")),
        End::Signal => Some(format!("`{run}` was ended by a signal")),
        End::Late => {
            let limit = limit.unwrap_or_default().as_secs_f32();
            Some(format!("`{run}` took longer than {limit} s"))
        }
    }
}

/// Returns the last lines of what a command complained of, or of what it said.
fn last(said: &Said, mask: &Mask) -> Vec<String> {
    let text = if said.err.text.trim().is_empty() {
        &said.out.text
    } else {
        &said.err.text
    };
    let mut lines = mask.redact_lines(text);
    lines.split_off(lines.len().saturating_sub(TAIL))
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
