//! How a Job runs and how a pod ends, as people write it: ``Schedule: `0 3 * * *` ``,
//! `backoffLimit: 3`, `Graceful shutdown: 60s`.

use crate::checklist::Inline;

use super::application::Overlap;
use super::figures::Figures;
use super::schedule;
use super::spec::Spec;
use super::target::FileKind;
use crate::vocabulary::{Phrase, Word, fold};

/// Reads what a text asks of how pods end.
pub(super) fn read(
    text: &Inline,
    plain: Phrase<'_>,
    kind: Option<FileKind>,
    spec: &mut Spec,
) -> Option<String> {
    if matches!(kind, Some(FileKind::Job | FileKind::CronJob))
        && let Some(meaning) = job(text, plain, kind, spec)
    {
        return Some(meaning);
    }
    ending(text, plain, spec)
}

fn job(
    text: &Inline,
    plain: Phrase<'_>,
    kind: Option<FileKind>,
    spec: &mut Spec,
) -> Option<String> {
    let figures = Figures::of(plain);
    let number = |meaning| figures.beside(meaning).map(|it| it.number);
    // ``CronJob for digest: `0 3 * * *` ``
    let fields = |code: &str| kind == Some(FileKind::CronJob) && schedule::is_fields(code);
    if plain.has(Word::Schedule) || text.codes().next().is_some_and(|(code, _)| fields(code)) {
        let code = text.codes().next().map(|(code, _)| code);
        let written = code.or_else(|| plain.text().split_once(':').map(|(_, rest)| rest))?;
        let cron = schedule::read(written).ok()?;
        let meaning = format!("schedule {cron}");
        spec.job.schedule = Some(cron);
        return Some(meaning);
    }
    if plain.has(Word::Zone) {
        let zone = plain
            .text()
            .split_once(':')?
            .1
            .trim()
            .trim_matches('`')
            .to_owned();
        spec.job.time_zone = Some(zone.clone());
        return Some(format!("time zone {zone}"));
    }
    if plain.has(Word::Overlap) {
        let lower = plain.text().to_lowercase();
        let known = [
            ("forbid", Overlap::Forbid),
            ("allow", Overlap::Allow),
            ("replace", Overlap::Replace),
        ];
        let (name, overlap) = known.into_iter().find(|(name, _)| lower.contains(name))?;
        spec.job.overlap = Some(overlap);
        return Some(format!("runs that overlap: {name}"));
    }
    if let Some(retries) = number(Word::Retries) {
        spec.job.retries = Some(retries);
        return Some(format!("tried again {retries} times"));
    }
    if let Some(attempts) = number(Word::Attempts) {
        let retries = attempts.checked_sub(1)?;
        spec.job.retries = Some(retries);
        return Some(format!("tried {attempts} times in all"));
    }
    if let Some(seconds) = number(Word::Deadline) {
        spec.job.deadline = Some(i64::from(seconds));
        return Some(format!("ended after {seconds} s"));
    }
    None
}

/// How the name of the field begins that counts the drain as well: `terminationGracePeriodSeconds`,
/// `grace period`.
const FIELD: &str = "grace";
/// What isn't called like it: a graceful end has its time beside the drain.
const GRACEFUL: &str = "graceful";

/// Returns whether a hook is to do something else than to wait: `preStop: drain script`,
/// ``preStop: `/drain` ``, `preStop: 10s and drain`.
fn does_more(text: &Inline, plain: Phrase<'_>, seconds: Option<i64>) -> bool {
    let mut codes = text.codes().map(|(code, _)| code);
    let field = |code: &str| {
        let told = plain.with(code).find(&[Word::Drain, Word::Grace]);
        told.is_some() && code.chars().all(char::is_alphanumeric)
    };
    let time = |code: &str| code.starts_with(|it: char| it.is_ascii_digit());
    let code = codes.any(|code| !field(code) && !time(code));
    let program = plain.has(Word::Program);
    let drains = plain.words().filter(|it| plain.with(it).has(Word::Drain));
    let twice = seconds.is_some() && plain.has(Word::And) && drains.count() > 1;
    code || program || twice
}

fn ending(text: &Inline, plain: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    let figures = Figures::of(plain);
    let seconds = |meaning| figures.beside(meaning).map(|it| i64::from(it.number));
    let (grace, drain) = (plain.has(Word::Grace), plain.has(Word::Drain));
    if !grace && !drain {
        return None;
    }
    if drain && does_more(text, plain, seconds(Word::Drain)) {
        return None;
    }
    let mut parts = vec!["graceful end".to_owned()];
    if let Some(seconds) = seconds(Word::Grace).filter(|_| grace) {
        let whole = plain.words().any(|word| {
            let word = fold(word);
            word.contains(FIELD) && !word.contains(GRACEFUL)
        });
        let (slot, what) = if whole {
            (&mut spec.ends_within, "from the first to the last")
        } else {
            (&mut spec.grace, "to end")
        };
        *slot = Some(seconds);
        parts.push(format!("{seconds} s {what}"));
    }
    if let Some(seconds) = seconds(Word::Drain).filter(|_| drain) {
        spec.drain = Some(seconds);
        parts.push(format!("{seconds} s to drain"));
    }
    Some(parts.join(", "))
}
