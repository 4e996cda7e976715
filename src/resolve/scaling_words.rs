//! How many pods, and how they are replaced, as people write it: ``HPA: 2–10, CPU 70 %``,
//! `scale down 50 % in 15 s, stabilization 300 s`, `RollingUpdate (25% maxUnavailable)`.

use std::fmt::Write as _;

use super::amounts::numbers_after;
use super::application::{Pdb, Rollout};
use super::figures::{Figures, Unit};
use super::spec::{HpaSpec, Spec};
use super::speeds::speeds;
use super::target::FileKind;
use crate::vocabulary::{Meanings, Phrase, Word, numeral};

/// Reads how many pods there are to be.
pub(super) fn replicas(
    plain: Phrase<'_>,
    head: Phrase<'_>,
    kind: Option<FileKind>,
    spec: &mut Spec,
) -> Option<String> {
    // The most that there may be is no number of replicas.
    let pods = || kind.is_some_and(FileKind::runs_pods) && Figures::of(plain).are_pods();
    if !(head.has(Word::Replicas) || pods()) || plain.has(Word::Maximum) {
        return None;
    }
    let told: Vec<(&str, Meanings)> = plain.told().collect();
    let numbers = told.iter().enumerate();
    let mut counts = numbers.filter_map(|(at, (word, _))| Some((at, counted(word)?)));
    let (_, count) = counts.find(|(at, _)| !is_version(&told, *at))?;
    spec.replicas = Some(count);
    Some(format!("replicas {count}"))
}

/// Returns the number that a word is, in figures or not.
fn counted(word: &str) -> Option<u32> {
    word.parse().ok().or_else(|| numeral(word))
}

/// Whether a number is what stands before it: `PostgreSQL 16` with replicas.
fn is_version(told: &[(&str, Meanings)], at: usize) -> bool {
    let mut before = told.iter().take(at);
    let next = told.get(at + 1);
    next.is_some_and(|(_, next)| next.has(Word::With))
        && !before.any(|(_, told)| told.has(Word::Replicas))
}

/// Reads how many pods must stay, or may be missing.
pub(super) fn budget(
    plain: Phrase<'_>,
    head: Phrase<'_>,
    kind: Option<FileKind>,
    spec: &mut Spec,
) -> Option<String> {
    // A Deployment's strategy has a `maxUnavailable` as well.
    let rolls = plain
        .find(&[Word::Rolling, Word::Strategy, Word::Surge])
        .is_some();
    let of_rollout = rolls || kind.is_some_and(FileKind::runs_pods);
    // In its own file, what is the least number need not be said.
    let own = kind == Some(FileKind::Pdb) && plain.has(Word::Minimum);
    let named = own || head.has(Word::Disruption) || plain.has(Word::Available);
    let bare = plain.has(Word::Unavailable) && !of_rollout;
    if !named && !bare {
        return None;
    }
    let pdb = disruption_budget(plain)?;
    // `minAvailable: all` asks for something else than any budget.
    if pdb == Pdb::default() && plain.find(BUDGETS).is_some() {
        return None;
    }
    let meaning = match (&pdb.min_available, &pdb.max_unavailable) {
        (Some(least), _) => format!("PDB, at least {least} available"),
        (None, Some(most)) => format!("PDB, at most {most} unavailable"),
        (None, None) => "PDB".to_owned(),
    };
    spec.pdb = Some(pdb);
    Some(meaning)
}

/// Words that a budget's figures stand beside.
const BUDGETS: &[Word] = &[
    Word::Available,
    Word::Unavailable,
    Word::Minimum,
    Word::Maximum,
];

/// Returns the budget that a text asks for; neither is set where it gives no number. None can have
/// both.
fn disruption_budget(plain: Phrase<'_>) -> Option<Pdb> {
    let figures = Figures::of(plain);
    let amount = |meaning| {
        let found = figures.beside(meaning)?;
        Some(match found.unit {
            Unit::Percent => format!("{}%", found.number),
            Unit::Plain | Unit::Seconds | Unit::Pods => found.number.to_string(),
        })
    };
    let min_available = amount(Word::Minimum);
    let max_unavailable = amount(Word::Maximum);
    let both = min_available.is_some() && max_unavailable.is_some();
    (!both).then_some(Pdb {
        min_available,
        max_unavailable,
    })
}

/// Reads an autoscaler, or a part of one where the file is one.
pub(super) fn autoscaler(
    plain: Phrase<'_>,
    head: Phrase<'_>,
    kind: Option<FileKind>,
    spec: &mut Spec,
) -> Option<String> {
    // The figures of a budget are of pods that stay.
    let budget = plain.find(&[Word::Available, Word::Unavailable]);
    if budget.is_some() || kind == Some(FileKind::Pdb) {
        return None;
    }
    let figures = Figures::of(plain);
    // `at least 2, up to 10`
    let bound = |meaning| {
        let beside = || figures.beside(meaning);
        let beside = || beside().filter(|it| matches!(it.unit, Unit::Plain | Unit::Pods));
        numbers_after(plain, meaning).or_else(|| beside().map(|it| it.number))
    };
    let (minimum, maximum) = (bound(Word::Minimum), bound(Word::Maximum));
    let about = kind == Some(FileKind::Hpa);
    let named = plain.has(Word::Autoscaler) && !head.has(Word::Resources);
    let range = figures.range();
    let ranged = range.is_some() && plain.has(Word::Replicas);
    let (up, down) = speeds(&figures, about)?;
    let speed = up.is_some() || down.is_some();
    if !(named || about || ranged || speed || (minimum.is_some() && maximum.is_some())) {
        return None;
    }
    let percent = |meaning| {
        let found = figures.beside(meaning)?;
        (found.unit != Unit::Seconds).then_some(found.number)
    };
    // A share is one of what is requested, and `400Mi` is none.
    if plain.has(Word::Limits) || figures.is_amount(Word::Memory) || figures.is_amount(Word::Cpu) {
        return None;
    }
    let mut hpa = HpaSpec {
        min: minimum.or(range.map(|(low, _)| low)),
        max: maximum.or(range.map(|(_, high)| high)),
        cpu: percent(Word::Cpu),
        memory: percent(Word::Memory),
        up,
        down,
    };
    if hpa.cpu.is_none() && hpa.memory.is_none() && !speed {
        let bare = figures.all().find(|it| it.unit == Unit::Percent);
        hpa.cpu = bare.map(|it| it.number);
    }
    if hpa == HpaSpec::default() && !named {
        return None;
    }
    let meaning = describe(&hpa);
    spec.hpa.get_or_insert_default().merge(hpa);
    Some(meaning)
}

fn describe(hpa: &HpaSpec) -> String {
    let mut parts = Vec::new();
    match (hpa.min, hpa.max) {
        (Some(min), Some(max)) => parts.push(format!("{min} to {max}")),
        (Some(min), None) => parts.push(format!("at least {min}")),
        (None, Some(max)) => parts.push(format!("at most {max}")),
        (None, None) => {}
    }
    let targets = [("CPU", hpa.cpu), ("memory", hpa.memory)];
    for (name, percent) in targets {
        parts.extend(percent.map(|percent| format!("{name} {percent} %")));
    }
    for (name, speed) in [("up", &hpa.up), ("down", &hpa.down)] {
        let Some(speed) = speed else { continue };
        let figures = [
            ("", speed.percent, " %"),
            ("", speed.pods, " pods"),
            ("in ", speed.period, " s"),
            ("after ", speed.window, " s"),
        ];
        let mut part = name.to_owned();
        for (before, number, unit) in figures {
            if let Some(number) = number {
                // Writing to a `String` can't fail.
                let _ = write!(part, " {before}{number}{unit}");
            }
        }
        parts.push(part);
    }
    format!("HPA {}", parts.join(", ")).trim_end().to_owned()
}

/// Reads how pods are replaced.
pub(super) fn rollout(plain: Phrase<'_>, spec: &mut Spec) -> Option<String> {
    let figures = Figures::of(plain);
    let amount = |meaning| {
        let found = figures.beside(meaning)?;
        Some(match found.unit {
            Unit::Percent => format!("{}%", found.number),
            Unit::Plain | Unit::Seconds | Unit::Pods => found.number.to_string(),
        })
    };
    let number = |stem: &str| {
        let found = figures.field(stem)?;
        i32::try_from(found.number).ok()
    };
    let asked = Rollout {
        recreate: plain.has(Word::Recreate),
        max_unavailable: amount(Word::Unavailable),
        max_surge: amount(Word::Surge),
        min_ready_seconds: number("minready"),
        progress_deadline: number("progressdeadline"),
        history: number("revisionhistory"),
    };
    if asked == Rollout::default() {
        let strategy = plain.has(Word::Rolling);
        return strategy.then(|| "rolling update".to_owned());
    }
    let mut parts = Vec::new();
    if asked.recreate {
        parts.push("all pods go before new ones come".to_owned());
    }
    let pods = [
        ("unavailable", &asked.max_unavailable),
        ("more", &asked.max_surge),
    ];
    for (name, amount) in pods {
        parts.extend(amount.as_ref().map(|it| format!("at most {it} {name}")));
    }
    let seconds = [
        ("ready for", asked.min_ready_seconds),
        ("given up after", asked.progress_deadline),
    ];
    for (name, number) in seconds {
        parts.extend(number.map(|it| format!("{name} {it} s")));
    }
    parts.extend(asked.history.map(|it| format!("{it} old revisions kept")));
    let kind = if asked.recreate {
        "update"
    } else {
        "rolling update"
    };
    spec.rollout.merge(asked);
    Some(format!("{kind}, {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{autoscaler, budget, replicas, rollout};
    use crate::resolve::spec::Spec;
    use crate::resolve::target::FileKind;
    use crate::vocabulary::{Phrase, Vocabulary};

    #[track_caller]
    fn check(text: &str, kind: Option<FileKind>, expected: Option<&str>) -> Spec {
        let mut spec = Spec::default();
        let vocabulary = Vocabulary::default();
        let text = Phrase::new(text, &vocabulary);
        let head = text.before(':');
        let found = budget(text, head, kind, &mut spec)
            .or_else(|| autoscaler(text, head, kind, &mut spec))
            .or_else(|| rollout(text, &mut spec))
            .or_else(|| replicas(text, head, None, &mut spec));
        assert_eq!(found.as_deref(), expected);
        spec
    }

    #[test]
    fn autoscalers_are_read_in_every_language() {
        check(
            "HPA: min 2, max 10, target CPU 70%",
            None,
            Some("HPA 2 to 10, CPU 70 %"),
        );
        check(
            "HorizontalPodAutoscaler (2-10 реплік, CPU 70%, Memory 80%)",
            None,
            Some("HPA 2 to 10, CPU 70 %, memory 80 %"),
        );
        check(
            "Автомасштабирование: от 2 до 10 реплик, CPU 70 %, память 80 %",
            None,
            Some("HPA 2 to 10, CPU 70 %, memory 80 %"),
        );
        check("Replicas: 2–10", None, Some("HPA 2 to 10"));
        check("HPA", None, Some("HPA"));
    }

    #[test]
    fn speeds_are_read() {
        check(
            "Scale up: 100% per 15s; scale down: 50% per 15s, stabilization window 300s",
            None,
            Some("HPA up 100 % in 15 s, down 50 % in 15 s after 300 s"),
        );
        check(
            "scale up 100% за 15 секунд",
            None,
            Some("HPA up 100 % in 15 s"),
        );
        check(
            "scaleDown: 2 pods every 60 s, стабилизация 5 минут",
            None,
            Some("HPA down 2 pods in 60 s after 300 s"),
        );
    }

    #[test]
    fn in_an_autoscalers_file_parts_are_enough() {
        let hpa = Some(FileKind::Hpa);
        check("CPU: 70%", hpa, Some("HPA CPU 70 %"));
        check("Memory: 80 %", hpa, Some("HPA memory 80 %"));
        check(
            "stabilizationWindowSeconds: 300",
            hpa,
            Some("HPA down after 300 s"),
        );
        check("Owner: the platform team", hpa, None);
        check("CPU: 70%", None, None);
    }

    #[test]
    fn in_a_budgets_file_the_least_number_is_enough() {
        let pdb = Some(FileKind::Pdb);
        for least in [
            "min 2",
            "at least 2 available",
            "не менее 2 подов",
            "щонайменше 2 поди",
        ] {
            check(least, pdb, Some("PDB, at least 2 available"));
        }
        check("at least 50%", pdb, Some("PDB, at least 50% available"));
        check("at least 2", Some(FileKind::Deployment), None);
    }

    #[test]
    fn rollouts_are_told_from_budgets() {
        let file = Some(FileKind::Deployment);
        let text = "RollingUpdate: maxUnavailable 25%, maxSurge 25%";
        let meaning = "rolling update, at most 25% unavailable, at most 25% more";
        let spec = check(text, file, Some(meaning));
        assert_eq!(spec.pdb, None);
        check(
            "RollingUpdate стратегія (25% maxUnavailable)",
            None,
            Some("rolling update, at most 25% unavailable"),
        );
        check(
            "maxUnavailable: 1",
            file,
            Some("rolling update, at most 1 unavailable"),
        );
        check(
            "PDB: maxUnavailable 1",
            file,
            Some("PDB, at most 1 unavailable"),
        );
        check(
            "maxUnavailable: 1",
            Some(FileKind::Pdb),
            Some("PDB, at most 1 unavailable"),
        );
    }

    #[test]
    fn the_rest_of_a_rollout_is_read() {
        check(
            "minReadySeconds: 10",
            None,
            Some("rolling update, ready for 10 s"),
        );
        check(
            "Strategy: Recreate",
            None,
            Some("update, all pods go before new ones come"),
        );
        check("Rolling updates", None, Some("rolling update"));
        check("Replicas: 3", None, Some("replicas 3"));
        check("Owner: the platform team", None, None);
    }
}
