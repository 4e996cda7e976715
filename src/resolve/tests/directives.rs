//! Directives' own examples: each resolves to what its page says.

use super::{parse, resolved, tree};
use crate::checklist::KEYS;

#[test]
fn every_keys_example_resolves_as_the_page_says() {
    for key in KEYS {
        let text = format!("# Phase 1: Things\n\n## 1.1 Work\n\n{}\n", key.example);
        let found = resolved(&parse(&text), &tree());
        let last = found.tasks.last().expect("a task");
        assert_eq!(last.action.word(), key.action, "{}", key.name);
    }
}

#[test]
fn what_no_rule_reads_may_be_waited_for_and_what_one_reads_keeps_its_reading() {
    let text = "# Phase 1: Things\n\n## 1.1 Work\n\n\
                - [ ] The operator has made it <!-- orch: wait=StatefulSet/db,Job/move -->\n\
                - [ ] Create `k8s/redis/service.yml` <!-- orch: wait=StatefulSet/redis -->\n";
    let found = resolved(&parse(text), &tree());
    let actions: Vec<(&str, usize)> = found
        .tasks
        .iter()
        .map(|task| (task.action.word(), task.wait.len()))
        .collect();
    assert_eq!(actions, [("wait", 2), ("write", 1)]);
    assert_eq!(found.tasks[0].reading.rule, "directive wait");
    assert_eq!(
        found.tasks[0].reading.matched,
        ["StatefulSet/db", "Job/move"]
    );
}
