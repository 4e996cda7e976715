//! The results as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use crate::contestant::Contestant;
use crate::course::Result;
use crate::measure::Taken;

/// Returns where and when it was measured.
pub(crate) fn heading() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let today = jiff::Zoned::now().date();
    format!(
        "Measured on {today}, {cores} cores that the control plane shares (etcd, kube-apiserver \
         1.36.3, controllers, scheduler, KWOK's nodes), {}.\n",
        processor()
    )
}

/// Returns the comparison on one size.
pub(crate) fn sizes(count: usize, results: &[(Contestant, Result)]) -> String {
    let of = |wanted: Contestant| results.iter().find(|(it, _)| *it == wanted);
    let orch = of(Contestant::Orch).map(|(_, result)| result);
    let mut text = format!(
        "| {count} objects | apply and ready | nothing to do | ten changed | peak memory | requests |\n\
         | --- | --- | --- | --- | --- | --- |\n"
    );
    for (contestant, result) in results {
        let times = [&result.fresh, &result.again, &result.changed];
        let against = |pick: fn(&Result) -> Taken| orch.map(|orch| pick(orch).wall);
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            contestant.title(),
            cell(result.fresh, against(|it| it.fresh)),
            cell(result.again, against(|it| it.again)),
            cell(result.changed, against(|it| it.changed)),
            memory(times.into_iter().map(|it| it.peak_bytes).max()),
            times.map(|it| it.requests.to_string()).join(" / "),
        );
        if let Some(unrecorded) = result.unrecorded {
            let _ = writeln!(
                text,
                "| … from a clone without its record | | {} | | {} | {} |",
                seconds(unrecorded.wall),
                memory(Some(unrecorded.peak_bytes)),
                unrecorded.requests,
            );
        }
    }
    text
}

/// Returns the result of `orch` alone on many objects.
pub(crate) fn many(count: usize, (fresh, again): &(Taken, Taken)) -> String {
    let each = fresh.wall.as_secs_f64() * 1e3 / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    format!(
        "**orch** on {count} objects: {} apply and ready ({each:.1} ms an object, {} of the \
         processor), {} with nothing to do, {} and {} at the peak.\n",
        seconds(fresh.wall),
        seconds(fresh.cpu),
        seconds(again.wall),
        memory(Some(fresh.peak_bytes)),
        memory(Some(again.peak_bytes)),
    )
}

/// Returns how late readiness is noticed.
pub(crate) fn latency(count: usize, late: &[Duration]) -> String {
    let at = |percent: usize| {
        let index = (late.len().saturating_sub(1)) * percent / 100;
        late.get(index).map_or(0.0, |late| late.as_secs_f64() * 1e3)
    };
    format!(
        "Readiness noticed after the server told a bare watch, on {count} objects: {:.0} ms median, \
         {:.0} ms for 95 of 100, {:.0} ms at most.\n",
        at(50),
        at(95),
        at(100)
    )
}

/// A time, and how many times that of `orch` it is.
fn cell(taken: Taken, orch: Option<Duration>) -> String {
    let orch = orch.map(|orch| taken.wall.as_secs_f64() / orch.as_secs_f64());
    match orch {
        Some(times) => format!("{} (×{times:.2})", seconds(taken.wall)),
        None => seconds(taken.wall),
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn memory(bytes: Option<u64>) -> String {
    match bytes.filter(|bytes| *bytes > 0) {
        Some(bytes) => format!("{} MB", bytes / 1_000_000),
        None => "–".to_owned(),
    }
}

fn processor() -> String {
    let text = fs_err::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .and_then(|rest| rest.split_once(": "))
        .map(|(_, name)| name.trim().to_owned());
    name.unwrap_or_else(|| "processor unknown".to_owned())
}
