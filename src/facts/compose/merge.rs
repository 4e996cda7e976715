//! Merging one tree over another, as Compose does with several files and `extends`.
//!
//! Maps merge, lists append, scalars are replaced; `command`, `entrypoint` and a health check's
//! `test` are replaced whole. What lists hold twice after that (a port, a mount's target) is
//! settled where the list is read, the later one winning.

use super::super::yaml::{Entry, MergeTag, Node, Value};

/// Returns `over` merged over `base`; `path` names where both stand (`services`, `api`, …).
pub(super) fn merge(base: Node, over: Node, path: &mut Vec<String>) -> Node {
    if over.tag.is_some() || replaces(path) {
        return over;
    }
    match (base.value, over.value) {
        (Value::Map(mut entries), Value::Map(others)) => {
            for other in others {
                merge_entry(&mut entries, other, path);
            }
            Node {
                value: Value::Map(entries),
                mark: base.mark,
                tag: base.tag,
            }
        }
        (Value::List(mut items), Value::List(others)) => {
            for other in others {
                if !items.iter().any(|item| same(item, &other)) {
                    items.push(other);
                }
            }
            Node {
                value: Value::List(items),
                mark: base.mark,
                tag: base.tag,
            }
        }
        (value, Value::Null) if path.iter().all(|key| key != "environment") => Node {
            value,
            mark: base.mark,
            tag: base.tag,
        },
        (_, value) => Node {
            value,
            mark: over.mark,
            tag: None,
        },
    }
}

fn merge_entry(entries: &mut Vec<Entry>, other: Entry, path: &mut Vec<String>) {
    let Some(place) = entries.iter().position(|entry| entry.key == other.key) else {
        entries.push(other);
        return;
    };
    if other.node.tag == Some(MergeTag::Reset) {
        entries.remove(place);
    } else if let Some(entry) = entries.get_mut(place) {
        let base = Node {
            value: Value::Null,
            mark: entry.node.mark.clone(),
            tag: None,
        };
        let base = std::mem::replace(&mut entry.node, base);
        path.push(other.key);
        entry.node = merge(base, other.node, path);
        path.pop();
    }
}

fn replaces(path: &[String]) -> bool {
    let path: Vec<_> = path.iter().map(String::as_str).collect();
    matches!(
        path.as_slice(),
        ["services", _, "command" | "entrypoint"] | ["services", _, "healthcheck", "test"]
    )
}

fn same(left: &Node, right: &Node) -> bool {
    matches!((left.str(), right.str()), (Some(left), Some(right)) if left == right)
}

/// Drops what `!reset` marks and forgets the tags: nothing else is merged over the tree.
pub(super) fn settle(node: &mut Node) {
    node.tag = None;
    match &mut node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::List(items) => {
            items.retain(|item| item.tag != Some(MergeTag::Reset));
            items.iter_mut().for_each(settle);
        }
        Value::Map(entries) => {
            entries.retain(|entry| entry.node.tag != Some(MergeTag::Reset));
            entries.iter_mut().for_each(|entry| settle(&mut entry.node));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::yaml::{Node, Value, parse};
    use super::{merge, settle};
    use std::sync::Arc;

    fn tree(text: &str) -> Node {
        parse("compose.yml", &Arc::from(text)).unwrap().remove(0)
    }

    fn show(node: &Node) -> String {
        match &node.value {
            Value::Null => "~".to_owned(),
            Value::Scalar(text) => text.value.clone(),
            Value::List(items) => {
                format!(
                    "[{}]",
                    items.iter().map(show).collect::<Vec<_>>().join(", ")
                )
            }
            Value::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|one| format!("{}: {}", one.key, show(&one.node)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    #[track_caller]
    fn check(base: &str, over: &str, expected: &str) {
        let service = |body: &str| tree(&format!("services:\n  api: {body}\n"));
        let mut merged = merge(service(base), service(over), &mut Vec::new());
        settle(&mut merged);
        assert_eq!(show(&merged), format!("{{services: {{api: {expected}}}}}"));
    }

    #[test]
    fn maps_merge_and_scalars_are_replaced() {
        check(
            "{image: 'calls:1', labels: {tier: api, owner: ops}}",
            "{image: 'calls:2', labels: {owner: dev}}",
            "{image: calls:2, labels: {tier: api, owner: dev}}",
        );
    }

    #[test]
    fn lists_append_but_commands_are_replaced() {
        check(
            "{ports: ['80', '81']}",
            "{ports: ['81', '82']}",
            "{ports: [80, 81, 82]}",
        );
        check("{command: [a, b]}", "{command: [c]}", "{command: [c]}");
        check(
            "{healthcheck: {test: [CMD, a], retries: 3}}",
            "{healthcheck: {test: [CMD, b]}}",
            "{healthcheck: {test: [CMD, b], retries: 3}}",
        );
    }

    #[test]
    fn tags_drop_and_replace() {
        check(
            "{ports: ['80'], user: app}",
            "{ports: !reset []}",
            "{user: app}",
        );
        check(
            "{ports: ['80']}",
            "{ports: !override ['90']}",
            "{ports: [90]}",
        );
        check("{user: app}", "{expose: !reset []}", "{user: app}");
    }

    #[test]
    fn null_keeps_what_was_there_except_in_the_environment() {
        check("{user: app}", "{user: }", "{user: app}");
        check(
            "{environment: {A: b}}",
            "{environment: {A: }}",
            "{environment: {A: ~}}",
        );
    }
}
