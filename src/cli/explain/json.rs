//! How a task is read, as one JSON event.

use serde_json::{Value, json};

use super::Told;
use crate::resolve::{BulletReading, Considered, Verdict};

impl Told<'_> {
    pub(super) fn json(&self) -> String {
        let checklist = &self.phase.checklist;
        let rules: Vec<Value> = self.explained.rules.iter().map(considered).collect();
        let bullets: Vec<Value> = self
            .read_bullets()
            .into_iter()
            .map(|(bullet, rule)| {
                let mut value = bullet_json(bullet);
                value["rule"] = json!(rule.and_then(|rule| rule.rule));
                value["close"] = json!(rule.and_then(|rule| rule.close.as_deref()));
                value
            })
            .collect();
        let facts: Vec<Value> = self
            .facts
            .iter()
            .map(|(fact, place)| json!({ "fact": fact, "place": place }))
            .collect();
        let steps: Vec<Value> = self
            .plan
            .steps_of(&self.task.id)
            .map(|(at, step)| json!({ "step": step.id, "after": self.waits(at) }))
            .collect();
        let value = json!({ "event": "explained", "set": self.phase.set,
            "phase": checklist.number, "task": self.task.id, "text": self.task.text.plain(),
            "file": checklist.path, "line": checklist.line_at(self.task.marker.offset),
            "checked": self.task.marker.checked,
            "action": self.resolved.map(|it| it.action.word()),
            "rule": self.resolved.map(|it| &it.reading.rule),
            "matched": self.resolved.map(|it| &it.reading.matched),
            "notes": self.resolved.map(|it| &it.notes),
            "considered": rules, "bullets": bullets, "facts": facts, "steps": steps,
            "recorded": self.records });
        format!("{value}\n")
    }
}

fn considered(rule: &Considered) -> Value {
    let mut value = json!({ "rule": rule.rule, "looksFor": rule.looks_for });
    match &rule.verdict {
        Verdict::Read(reading) => {
            value["verdict"] = json!("read");
            value["matched"] = json!(reading.matched);
        }
        Verdict::Later(reading) => {
            value["verdict"] = json!("later");
            value["matched"] = json!(reading.matched);
        }
        Verdict::No(why) => {
            value["verdict"] = json!("no");
            value["why"] = json!(why);
        }
    }
    value
}

fn bullet_json(bullet: &BulletReading) -> Value {
    match bullet {
        BulletReading::Read { text, meaning } => {
            json!({ "text": text, "became": "read", "meaning": meaning })
        }
        BulletReading::Vacuous { text, reason } => {
            json!({ "text": text, "became": "vacuous", "meaning": reason })
        }
        BulletReading::Unread { text, asks, .. } => {
            json!({ "text": text, "became": "unread", "asks": asks.as_ref().map(ToString::to_string) })
        }
    }
}
