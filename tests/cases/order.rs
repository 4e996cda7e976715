//! An order that can't be kept is told before anything is done, with all that it comes from.

use crate::harness::call_center::{CHECKLIST, checklist, with_checklist};
use crate::harness::workspace::Workspace;

#[track_caller]
fn check_refused(workspace: &Workspace, pieces: &[&str]) {
    let before = workspace.contents();
    for command in ["plan", "run"] {
        let run = workspace.orch(&["phase", "4", command]).expect(2);
        for piece in pieces {
            assert!(run.stderr.contains(piece), "no {piece:?} in {}", run.stderr);
        }
    }
    assert_eq!(workspace.contents(), before, "nothing is written");
}

#[test]
fn a_directive_against_a_reference_names_both_with_their_places() {
    let first = "call processor (API and AudioSocket)";
    let text = checklist().replace(first, &format!("{first} <!-- orch: after=4.2.3 -->"));
    let line = text
        .lines()
        .position(|line| line.contains("after=4.2.3"))
        .expect("the directive");
    let place = format!("{CHECKLIST}:{}", line + 1);
    check_refused(
        &with_checklist(&text),
        &[
            &format!("--> {place}"),
            "task 4.2.1 is to come after 4.2.3",
            "HorizontalPodAutoscaler/call-processor (task 4.2.3, k8s/call-processor/hpa.yml) waits \
             for Deployment/call-processor (task 4.2.1, k8s/call-processor/deployment.yml): \
             scaleTargetRef",
            &format!("after=4.2.3 in {place}"),
            "take the `after=` away",
        ],
    );
}

#[test]
fn objects_that_need_each_other_are_named_with_their_fields() {
    let last = "- [ ] `k8s/kustomization.yml`: Kustomize over all of it\n";
    let more = format!("{last}- [ ] Bring more <!-- orch: apply=\"more\" -->\n");
    let claim = |name: &str, other: &str| {
        format!(
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{ name: {name}, namespace: n }}\n\
             spec: {{ dataSource: {{ kind: PersistentVolumeClaim, name: {other} }} }}\n"
        )
    };
    let workspace = with_checklist(&checklist().replace(last, &more))
        .file("more/a.yml", claim("a", "b"))
        .file("more/b.yml", claim("b", "a"));
    check_refused(
        &workspace,
        &[
            "PersistentVolumeClaim/a → PersistentVolumeClaim/b → PersistentVolumeClaim/a",
            "dataSource",
            "task 4.4.5, more",
        ],
    );
}

#[test]
fn what_a_task_does_waits_and_what_it_writes_does_not() {
    // Every file is checked before anything is applied, this one too.
    let text = checklist().replace(
        "how to deploy it\n",
        "how to deploy it <!-- orch: after=4.2.1 -->\n",
    );
    let text = text.replace(
        "`k8s/redis/service.yml`: ClusterIP",
        "`k8s/redis/service.yml`: ClusterIP <!-- orch: after=4.3.1 -->",
    );
    with_checklist(&text).orch(&["phase", "4", "run"]).expect(0);
}

#[test]
fn an_object_that_is_described_twice_is_told_unless_one_replaces_the_other() {
    let last = "- [ ] `k8s/kustomization.yml`: Kustomize over all of it\n";
    let two = |directive: &str| {
        let task = |name: &str, more: &str| {
            format!("- [ ] Bring {name} <!-- orch: id={name} apply=\"more/{name}.yml\"{more} -->\n")
        };
        let text = checklist().replace(
            last,
            &(last.to_owned() + &task("first", "") + &task("second", directive)),
        );
        let map = |value: &str| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: colour, namespace: n }}\n\
                 data: {{ colour: {value} }}\n"
            )
        };
        with_checklist(&text)
            .file("more/first.yml", map("blue"))
            .file("more/second.yml", map("green"))
    };
    check_refused(
        &two(""),
        &[
            "one object is described twice, differently: ConfigMap/colour",
            "ConfigMap/colour (task first, more/first.yml) and ConfigMap/colour (task second, \
             more/second.yml)",
            "after=first at task second",
        ],
    );
    two(" after=first").orch(&["phase", "4", "plan"]).expect(0);
}
