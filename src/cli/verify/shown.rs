//! What was verified, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::look::Look;
use crate::cli::Session;
use crate::cli::load::Phase;
use crate::files::Clock;
use crate::terminal::{Paint, count, printable, wrapped};
use crate::verify::{Claim, Found, Standing, Tick};

/// The columns beside a task's id, before its words.
const BESIDE: usize = 5;

/// How far behind those what is said of it begins.
const LABEL: usize = 10;

/// Returns what is said of a phase.
pub(super) fn text(
    session: &Session,
    phase: &Phase,
    (look, ticks): (&Look, &[Tick]),
    unticks: bool,
) -> String {
    if session.global.json {
        return json_lines(phase, look, ticks);
    }
    let shown = Shown {
        phase,
        look,
        ticks,
        unticks,
        title: phase.checklist.id_width() + BESIDE,
        paint: session.out,
    };
    shown.text()
}

struct Shown<'a> {
    phase: &'a Phase,
    look: &'a Look,
    ticks: &'a [Tick],
    /// Whether the boxes are opened now.
    unticks: bool,
    /// The column that a task's words begin at.
    title: usize,
    paint: Paint,
}

impl Shown<'_> {
    fn text(&self) -> String {
        let checklist = &self.phase.checklist;
        let heading = format!(
            "{}, phase {} {}",
            printable(&self.phase.set),
            checklist.number,
            printable(&checklist.title)
        );
        let mut text = format!(
            "{} on {}\n",
            self.paint.bold(heading),
            printable(&self.look.called)
        );
        if self.ticks.is_empty() {
            text += "  nothing is ticked\n";
            return text;
        }
        for tick in self.of(Standing::Lost) {
            text += &self.lost(tick);
        }
        for tick in self.ticks {
            for claim in &tick.claims {
                text += &self.not_checked(tick, claim);
            }
        }
        text += &self.unchecked();
        text + &self.totals()
    }

    fn of(&self, standing: Standing) -> impl Iterator<Item = &Tick> {
        self.ticks
            .iter()
            .filter(move |tick| tick.standing() == standing)
    }

    fn title(&self, tick: &Tick, mark: &str) -> String {
        let (id, title) = match &tick.task {
            Some(id) => {
                let task = self.phase.checklist.task(id);
                let title = task.map(|task| task.text.plain()).unwrap_or_default();
                (id.as_str(), title)
            }
            None => ("-", "files and objects that no task names".to_owned()),
        };
        let ids = self.title - BESIDE;
        format!(
            "  {mark} {id:<ids$} {}\n",
            wrapped(&printable(&title), self.title)
        )
    }

    fn lost(&self, tick: &Tick) -> String {
        let mut text = self.title(tick, &self.paint.bad("!"));
        for (_, lost) in tick.lost() {
            let rows = [
                ("expected", &lost.expected),
                ("found", &lost.found),
                ("way out", &lost.way),
            ];
            for (label, said) in rows {
                let label = self.paint.dim(format!("{label:<10}"));
                let said = wrapped(&printable(said), self.title + LABEL);
                let _ = writeln!(text, "{:1$}{label}{said}", "", self.title);
            }
        }
        text
    }

    /// What holds by a person's word, or held when it was observed.
    fn not_checked(&self, tick: &Tick, claim: &Claim) -> String {
        let said = match &claim.found {
            Found::Word { who, at, why } => {
                let by = who.as_deref().map(|who| format!("{who}, "));
                let on = at.map(|at| format!("{}: ", Clock::date_of(at)));
                format!("{}{}{why}", by.unwrap_or_default(), on.unwrap_or_default())
            }
            Found::Momentary(why) => why.clone(),
            Found::Holds(_) | Found::Lost(_) | Found::Unchecked(_) => return String::new(),
        };
        let title = self.title;
        let said = wrapped(&printable(&said), self.title);
        format!(
            "{}{:title$}{}\n",
            self.title(tick, &self.paint.warn("~")),
            "",
            self.paint.dim(said)
        )
    }

    /// What can't be checked, each reason once where it is the same for many.
    fn unchecked(&self) -> String {
        let mut text = String::new();
        if let Some(why) = &self.look.unreachable {
            let why = wrapped(&printable(why), 4);
            let _ = writeln!(text, "  {} {why}", self.paint.bad("!"));
        }
        let unchecked = self.ticks.iter().flat_map(|tick| &tick.claims);
        let whys = unchecked.filter_map(|claim| match &claim.found {
            Found::Unchecked(why) => Some(why.as_str()),
            Found::Holds(_) | Found::Lost(_) | Found::Momentary(_) | Found::Word { .. } => None,
        });
        let mut objects = 0;
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for why in whys {
            match why.split_once(": ") {
                _ if self.look.is_rehearsed() && why.contains("was rehearsed") => objects += 1,
                Some((_, reason)) => *reasons.entry(reason).or_default() += 1,
                None => *reasons.entry(why).or_default() += 1,
            }
        }
        if objects > 0 {
            let verb = if objects == 1 { "was" } else { "were" };
            let said = format!(
                "  {} {verb} rehearsed: nothing of that is left to look at",
                count(objects, "object")
            );
            let _ = writeln!(text, "{}", self.paint.dim(said));
        }
        for (reason, times) in reasons {
            let said = wrapped(&format!("{times} × {}", printable(reason)), 4);
            let _ = writeln!(text, "  {}", self.paint.dim(said));
        }
        text
    }

    fn totals(&self) -> String {
        let number = |standing| self.of(standing).filter(|tick| tick.task.is_some()).count();
        let total = self.ticks.iter().filter(|tick| tick.task.is_some()).count();
        let lost = self.of(Standing::Lost).count();
        let mut parts = Vec::new();
        if lost > 0 {
            let verb = if lost == 1 { "doesn't" } else { "don't" };
            parts.push(self.paint.bad(format!("{lost} {verb} hold")));
        }
        let holds = number(Standing::Holds);
        parts.push(self.paint.good(format!("{holds} of {total} ticks hold")));
        for (standing, words) in [
            (Standing::Word, "by a person's word"),
            (Standing::Momentary, "momentary"),
            (Standing::Unchecked, "can't be checked"),
        ] {
            match number(standing) {
                0 => {}
                some => parts.push(format!("{some} {words}")),
            }
        }
        let mut text = format!("  {}\n", parts.join(" · "));
        let opened = self.of(Standing::Lost).any(|tick| tick.task.is_some());
        if opened && !self.unticks {
            let (number, set) = (self.phase.checklist.number, &self.phase.set_flag);
            let _ = writeln!(
                text,
                "  {} orch phase {number} verify --untick{set}, then orch phase {number} run{set}",
                self.paint.name("open the boxes:")
            );
        }
        text
    }
}

fn json_lines(phase: &Phase, look: &Look, ticks: &[Tick]) -> String {
    let mut text = String::new();
    let (set, number) = (&phase.set, phase.checklist.number);
    for tick in ticks {
        let claims: Vec<Value> = tick.claims.iter().map(claim).collect();
        let value = json!({ "event": "tick", "set": set, "phase": number, "task": tick.task,
            "target": look.called, "standing": tick.standing().word(), "claims": claims });
        let _ = writeln!(text, "{value}");
    }
    let number_of = |wanted: Standing| ticks.iter().filter(|it| it.standing() == wanted).count();
    let value = json!({ "event": "verified", "set": set, "phase": number, "target": look.called,
        "lost": number_of(Standing::Lost), "holds": number_of(Standing::Holds),
        "word": number_of(Standing::Word), "momentary": number_of(Standing::Momentary),
        "unchecked": number_of(Standing::Unchecked), "unreachable": look.unreachable });
    let _ = writeln!(text, "{value}");
    text
}

fn claim(claim: &Claim) -> Value {
    let standing = claim.found.standing().word();
    let mut value = json!({ "what": claim.what, "standing": standing });
    match &claim.found {
        Found::Lost(lost) => {
            value["expected"] = json!(lost.expected);
            value["found"] = json!(lost.found);
            value["way"] = json!(lost.way);
        }
        Found::Word { who, at, why } => {
            value["who"] = json!(who);
            value["at"] = json!(at);
            value["why"] = json!(why);
        }
        Found::Holds(why) | Found::Momentary(why) | Found::Unchecked(why) => {
            value["why"] = json!(why);
        }
    }
    value
}
