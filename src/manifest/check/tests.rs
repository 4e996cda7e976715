use super::check;
use crate::manifest::sample::{application, files};
use crate::manifest::{Object, parse_documents, render};
use crate::resolve::Requirement;

fn written() -> Vec<Object> {
    let files = render(&application(), &files()).unwrap();
    files.into_iter().flat_map(|file| file.objects).collect()
}

#[track_caller]
fn passes(requirement: &Requirement, objects: usize, exempt: &[&str]) {
    let checked = check(requirement, &written());
    assert_eq!(checked.violations, Vec::<String>::new());
    assert_eq!(
        (checked.objects, checked.exempt),
        (objects, exempt.iter().map(ToString::to_string).collect())
    );
}

#[track_caller]
fn fails(requirement: &Requirement, yaml: &str, violations: &[&str]) {
    let objects = parse_documents("a.yml", yaml).unwrap();
    assert_eq!(check(requirement, &objects).violations, violations);
}

const BARE: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: web, ports: [{containerPort: 80}]}]
";

#[test]
fn what_is_written_keeps_every_rule() {
    passes(
        &Requirement::Namespace("call-center".to_owned()),
        written().len(),
        &[],
    );
    passes(&Requirement::Resources, 3, &[]);
    passes(&Requirement::Probes, 3, &[]);
    let single = [
        "StatefulSet/postgresql: one replica",
        "Deployment/prometheus: one replica",
    ];
    passes(&Requirement::AntiAffinity, 1, &single);
    passes(&Requirement::DisruptionBudget, 1, &single);
}

#[test]
fn bare_manifests_break_them() {
    fails(
        &Requirement::Namespace("n".to_owned()),
        BARE,
        &["Deployment/web: names no namespace"],
    );
    fails(
        &Requirement::Resources,
        BARE,
        &[
            "Deployment/web: container `web` lacks requests.cpu",
            "Deployment/web: container `web` lacks requests.memory",
            "Deployment/web: container `web` lacks limits.cpu",
            "Deployment/web: container `web` lacks limits.memory",
        ],
    );
    fails(
        &Requirement::Probes,
        BARE,
        &[
            "Deployment/web: container `web` lacks livenessProbe",
            "Deployment/web: container `web` lacks readinessProbe",
        ],
    );
    fails(
        &Requirement::AntiAffinity,
        BARE,
        &["Deployment/web: its pods are not kept apart"],
    );
    fails(
        &Requirement::DisruptionBudget,
        BARE,
        &["Deployment/web: no PodDisruptionBudget selects its pods"],
    );
}

#[test]
fn an_autoscaler_decides_how_many_pods_there_are() {
    let scaled = format!(
        "{BARE}---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n\
         metadata: {{name: web}}\nspec: {{minReplicas: 1, scaleTargetRef: {{kind: Deployment, name: web}}}}\n"
    );
    let objects = parse_documents("a.yml", &scaled).unwrap();
    assert_eq!(
        check(&Requirement::AntiAffinity, &objects).exempt,
        ["Deployment/web: one replica"]
    );
}

#[test]
fn a_budget_may_select_by_expression() {
    let budget = format!(
        "{BARE}---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: web}}\n\
         spec: {{minAvailable: 1, selector: {{matchExpressions: [{{key: app, operator: In, values: [web]}}]}}}}\n"
    );
    fails(&Requirement::DisruptionBudget, &budget, &[]);
}

#[test]
fn each_kind_of_probe_is_asked_for_alone() {
    let live = BARE.replace("image: web,", "image: web, livenessProbe: {exec: {}},");
    fails(&Requirement::Liveness, &live, &[]);
    let lacking = "Deployment/web: container `web` lacks readinessProbe";
    fails(&Requirement::Readiness, &live, &[lacking]);
    fails(&Requirement::Probes, &live, &[lacking]);
    let ready = live.replace("livenessProbe", "readinessProbe");
    fails(&Requirement::Readiness, &ready, &[]);
    let lacking = "Deployment/web: container `web` lacks livenessProbe";
    fails(&Requirement::Liveness, &ready, &[lacking]);
}

#[test]
fn what_serves_nothing_is_named_where_readiness_is_asked_for() {
    let worker = BARE.replace(
        ", ports: [{containerPort: 80}]",
        ", livenessProbe: {exec: {}}",
    );
    let objects = parse_documents("a.yml", &worker).unwrap();
    let checked = |requirement| {
        let checked = check(&requirement, &objects);
        assert_eq!(checked.violations, Vec::<String>::new());
        (checked.objects, checked.exempt)
    };
    let partly = "Deployment/web: serves nothing that it could be ready for".to_owned();
    assert_eq!(checked(Requirement::Probes), (1, vec![partly]));
    let silent = "Deployment/web: serves nothing".to_owned();
    assert_eq!(checked(Requirement::Readiness), (0, vec![silent]));
    assert_eq!(checked(Requirement::Liveness), (1, Vec::new()));
}

#[test]
fn pods_are_kept_apart_from_their_own_kind() {
    let kept = |label: &str| {
        let rule = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
                    [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: ";
        BARE.replace(
            "      containers:",
            &format!("      {rule}{label}}}}}}}]}}}}\n      containers:"),
        )
    };
    fails(&Requirement::AntiAffinity, &kept("web"), &[]);
    fails(
        &Requirement::AntiAffinity,
        &kept("other"),
        &["Deployment/web: its pods are not kept apart"],
    );
}

#[test]
fn pods_of_other_controllers_are_pods() {
    let rollout = BARE
        .replace("apps/v1", "argoproj.io/v1alpha1")
        .replace("kind: Deployment", "kind: Rollout");
    let objects = parse_documents("a.yml", &rollout).unwrap();
    assert_eq!(check(&Requirement::Resources, &objects).violations.len(), 4);
}
