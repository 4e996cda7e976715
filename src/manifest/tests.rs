//! What is written, as people read it.

use super::sample::{application, files};
use super::{RenderError, Rendered, parse_documents, render};
use crate::resolve::{Content, FileOrigin, FileSpec, ManifestItem};

fn rendered() -> Vec<Rendered> {
    render(&application(), &files()).unwrap()
}

fn one(content: Content) -> Result<Rendered, RenderError> {
    let origin = FileOrigin::Unassigned {
        reason: "service worker".to_owned(),
        section: "4.2".to_owned(),
    };
    let file = FileSpec {
        path: "k8s/worker.yml".to_owned(),
        origin,
        content,
    };
    render(&application(), &[file]).map(|mut files| files.remove(0))
}

#[test]
fn what_is_written_reads_back_as_the_same_objects() {
    for file in rendered().iter().filter(|file| !file.objects.is_empty()) {
        assert_eq!(
            parse_documents(&file.path, &file.text).unwrap(),
            file.objects
        );
    }
}

#[test]
fn writing_again_gives_the_same_bytes() {
    assert_eq!(rendered(), rendered());
}

#[test]
fn files_read_as_if_a_person_had_written_them() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../tests/golden/manifest");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for file in rendered() {
            let name = file.path.trim_start_matches("k8s/").replace('/', "-");
            insta::assert_snapshot!(name, file.text);
        }
    });
}

#[test]
fn nothing_but_placeholders_is_written_for_a_secret() {
    let file = one(Content::Manifests(vec![ManifestItem::Secret(
        "db-credentials".to_owned(),
    )]));
    assert!(
        file.unwrap()
            .text
            .ends_with("stringData:\n  POSTGRES_PASSWORD: CHANGE_ME\n")
    );
}

#[test]
fn unassigned_files_say_so() {
    let file = one(Content::Manifests(vec![ManifestItem::Namespace])).unwrap();
    let header = "# unassigned: service worker (section 4.2); written by orch for phase 4\n";
    assert!(file.text.starts_with(header), "{}", file.text);
}

#[test]
fn an_item_that_the_application_lacks_is_named() {
    let error = one(Content::Manifests(vec![ManifestItem::Hpa(
        "ghost".to_owned(),
    )]))
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`k8s/worker.yml` is to hold workload `ghost`, which the application does not have"
    );
}

#[test]
fn a_prometheus_that_discovers_its_targets_may_read_the_api() {
    let mut application = application();
    for map in &mut application.config_maps {
        for (_, text) in &mut map.data {
            text.push_str("kubernetes_sd_configs: [{role: pod}]\n");
        }
    }
    let items = vec![
        ManifestItem::ServiceAccount("prometheus".to_owned()),
        ManifestItem::Workload("prometheus".to_owned()),
    ];
    let mut files = files();
    files.truncate(1);
    for file in &mut files {
        file.content = Content::Manifests(items.clone());
    }
    let rendered = render(&application, &files).unwrap();
    let objects = &rendered.first().unwrap().objects;
    let kinds: Vec<&str> = objects.iter().map(|object| object.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["ServiceAccount", "Role", "RoleBinding", "Deployment"]
    );
    let pod = objects
        .last()
        .unwrap()
        .value
        .pointer("/spec/template/spec")
        .unwrap();
    assert_eq!(pod["automountServiceAccountToken"], true);
}

#[test]
fn settings_that_are_all_wanted_are_taken_as_a_whole() {
    let mut application = application();
    let extra = ["A", "B"].map(|key| (key.to_owned(), "1".to_owned()));
    application.config_maps[0].data.extend(extra);
    for name in ["A", "B"] {
        let mut variable = application.workloads[1].environment[0].clone();
        variable.name = name.to_owned();
        variable.source = crate::resolve::EnvSource::ConfigMap {
            name: "app-config".to_owned(),
            key: name.to_owned(),
        };
        application.workloads[1].environment.push(variable);
    }
    let mut files = files();
    files.retain(|file| file.path.ends_with("call-processor/deployment.yml"));
    let rendered = render(&application, &files).unwrap();
    let text = &rendered.first().unwrap().text;
    assert!(
        text.contains("envFrom:\n            - configMapRef:\n                name: app-config")
    );
    assert!(!text.contains("configMapKeyRef"));
}
