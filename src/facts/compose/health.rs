//! `healthcheck`.

use super::super::yaml::{Node, Value};
use super::fields::{Fields, Notes};
use super::hidden::{self, Executed};
use super::keys;
use crate::facts::{HealthTest, Healthcheck};

/// Returns a service's health check.
pub(super) fn read(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Option<Healthcheck> {
    let node = service.take("healthcheck")?;
    let mut fields = Fields::new(node, service.at("healthcheck"), &keys::HEALTHCHECK, notes);
    let disabled = fields.flag("disable", notes).unwrap_or(false);
    let path = fields.at("test");
    let test = fields
        .take("test")
        .and_then(|test| self::test(test, &path, notes));
    let check = Healthcheck {
        test: if disabled {
            HealthTest::Disabled
        } else {
            test.unwrap_or(HealthTest::Disabled)
        },
        interval: fields.duration("interval", notes),
        timeout: fields.duration("timeout", notes),
        retries: fields.number("retries", notes),
        start_period: fields.duration("start_period", notes),
        start_interval: fields.duration("start_interval", notes),
        origin: node.mark.origin(),
    };
    let given = node.get("test").is_some() || disabled;
    fields.finish(notes);
    // Without a test, only the image's own check is tuned; there is nothing to run.
    given.then_some(check)
}

fn test(node: &Node, path: &str, notes: &mut Notes<'_>) -> Option<HealthTest> {
    let origin = node.mark.origin();
    let found = match &node.value {
        Value::Scalar(text) => {
            let line = vec![notes.marked(text)];
            let line = notes.concealed(line, true, "healthcheck", &origin);
            Some(HealthTest::Shell(hidden::in_shell(&line.concat())))
        }
        Value::List(items) => {
            let words = notes.all_marked(items);
            from_words(notes.concealed(words, false, "healthcheck", &origin))
        }
        Value::Null | Value::Map(_) => None,
    };
    if found.is_none() {
        notes.unfit(
            node,
            path,
            "a string, or a list that begins with `CMD`, `CMD-SHELL` or `NONE`",
        );
    }
    found
}

fn from_words(mut words: Vec<String>) -> Option<HealthTest> {
    if words.is_empty() {
        return None;
    }
    let rest = words.split_off(1);
    match words.first()?.as_str() {
        "NONE" => Some(HealthTest::Disabled),
        "CMD" if !rest.is_empty() => Some(match hidden::executed(rest) {
            Executed::Words(words) => HealthTest::Exec(words),
            Executed::Line(line) => HealthTest::Shell(line),
        }),
        "CMD-SHELL" if !rest.is_empty() => {
            Some(HealthTest::Shell(hidden::in_shell(&rest.join(" "))))
        }
        _ => None,
    }
}
