//! Several files, and what one file takes from others.

use super::{check_error, check_warning, project, with_profiles};

#[test]
fn what_is_included_and_defined_differently_is_an_error() {
    let files = [
        (
            "compose.yml",
            "include: [infra.yml]\nservices:\n  db: {image: 'postgres:17'}\n",
        ),
        ("infra.yml", "services:\n  db: {image: 'postgres:16'}\n"),
    ];
    check_error(&files, "`services.db` is defined here and", "compose.yml:3");
    let same = [
        (
            "compose.yml",
            "include: [infra.yml]\nservices:\n  db: {image: 'postgres:16'}\n",
        ),
        files[1],
    ];
    assert_eq!(project(&same).unwrap().0.services.len(), 1);
}

#[test]
fn an_override_changes_what_is_included() {
    let files = [
        ("compose.yml", "include: [infra.yml]\n"),
        (
            "compose.override.yml",
            "services:\n  db: {image: 'postgres:17'}\n",
        ),
        (
            "infra.yml",
            "services:\n  db: {image: 'postgres:16', user: '999'}\n",
        ),
    ];
    let db = project(&files).unwrap().0.services.remove(0);
    assert_eq!(db.image.unwrap().value, "postgres:17");
    assert_eq!(db.user.as_deref(), Some("999"));
}

#[test]
fn an_include_may_name_its_folder_files_and_values() {
    let include = "include:\n  - path: [infra/db.yml, infra/more.yml]\n    project_directory: \
                   other\n    env_file: [values.env]\n";
    let files = [
        ("compose.yml", include),
        (
            "infra/db.yml",
            "services:\n  db: {image: 'postgres:${PG}', volumes: ['./init:/init']}\n",
        ),
        ("infra/more.yml", "services:\n  db: {user: '999'}\n"),
        ("infra/.env", "PG=15\n"),
        ("values.env", "PG=16\n"),
        ("other/init/1.sql", "select 1;\n"),
    ];
    let db = project(&files).unwrap().0.services.remove(0);
    assert_eq!(db.image.unwrap().value, "postgres:16");
    assert_eq!(db.user.as_deref(), Some("999"));
    assert_eq!(
        db.mounts[0].source,
        crate::facts::MountSource::Bind("other/init/".to_owned())
    );
}

#[test]
fn including_in_a_circle_names_the_files() {
    let files = [
        (
            "compose.yml",
            "include: [a.yml]\nservices:\n  x: {image: x}\n",
        ),
        ("a.yml", "include: [compose.yml]\n"),
    ];
    check_error(
        &files,
        "`compose.yml` leads back to itself: `compose.yml` → `a.yml` → `compose.yml`",
        "a.yml:1",
    );
}

#[test]
fn extending_follows_chains_through_files() {
    let files = [
        (
            "compose.yml",
            "services:\n  api:\n    extends: {file: lib/a.yml, service: one}\n    \
             environment: {A: '3'}\n",
        ),
        (
            "lib/a.yml",
            "services:\n  one:\n    extends: {file: ../b.yml, service: two}\n    \
             environment: {A: '2', B: '2'}\n    env_file: one.env\n",
        ),
        (
            "b.yml",
            "services:\n  two: {image: 'x:1', environment: {A: '1', B: '1', C: '1'}}\n",
        ),
        ("lib/one.env", "D=4\n"),
    ];
    let api = project(&files).unwrap().0.services.remove(0);
    let values: Vec<String> = api
        .environment
        .iter()
        .map(|one| format!("{}={}", one.name, one.value.as_ref().unwrap().value))
        .collect();
    assert_eq!(values, ["D=4", "A=3", "B=2", "C=1"]);
    assert_eq!(api.image.unwrap().value, "x:1");
}

#[test]
fn extending_what_is_not_there_is_an_error() {
    let gone = "services:\n  api: {image: a, extends: base}\n";
    check_error(
        &[("compose.yml", gone)],
        "`api` extends `base`",
        "compose.yml:2",
    );
    let files = [
        (
            "compose.yml",
            "services:\n  api:\n    extends: {file: b.yml, service: gone}\n",
        ),
        ("b.yml", "services:\n  two: {image: x}\n"),
    ];
    check_error(&files, "`b.yml` has no service `gone`", "compose.yml:3");
}

#[test]
fn a_dependency_of_an_idle_profile_is_an_error_unless_it_is_not_required() {
    let compose = |required: &str| {
        format!(
            "services:\n  api:\n    image: a\n    depends_on:\n      debug: {{condition: \
             service_started{required}}}\n  debug: {{image: b, profiles: [dev]}}\n"
        )
    };
    let needs = compose("");
    check_error(
        &[("compose.yml", &needs)],
        "`api` depends on `debug`, which isn't there",
        "compose.yml:5",
    );
    let files = [("compose.yml", needs.as_str())];
    assert!(with_profiles(&files, &["dev"]).is_ok());
    let may = compose(", required: false");
    assert!(project(&[("compose.yml", &may)]).is_ok());
}

#[test]
fn profiles_may_stand_in_the_env_file() {
    let files = [
        (
            "compose.yml",
            "services:\n  api: {image: a}\n  debug: {image: b, profiles: [dev]}\n",
        ),
        (
            ".env",
            "COMPOSE_PROFILES=dev,test\nCOMPOSE_PROJECT_NAME=calls\n",
        ),
    ];
    let (project, _) = project(&files).unwrap();
    assert_eq!(project.services.len(), 2);
    assert_eq!(project.name.as_deref(), Some("calls"));
}

#[test]
fn env_files_refer_to_what_stands_before() {
    let files = [
        (
            "compose.yml",
            "services:\n  api:\n    image: a\n    env_file: [a.env, b.env]\n",
        ),
        ("a.env", "HOST=db\nURL=http://${HOST}:${PORT}/\n"),
        ("b.env", "NEXT=${URL}x\n'odd\n"),
        (".env", "PORT=80\n"),
    ];
    let (project, warnings) = project(&files).unwrap();
    let value = |at: usize| {
        let one = &project.services[0].environment[at];
        one.value.as_ref().unwrap().value.clone()
    };
    assert_eq!(value(1), "http://db:80/");
    assert_eq!(value(2), "http://db:80/x");
    check_warning(&warnings, "this line of `b.env` isn't `NAME=value`");
}

#[test]
fn a_variable_that_is_only_named_has_its_value_from_the_env_file_beside() {
    let files = [
        (
            "compose.yml",
            "services:\n  api: {image: a, environment: [MODE, HOME]}\n",
        ),
        (".env", "MODE=live\n"),
    ];
    let api = project(&files).unwrap().0.services.remove(0);
    let mode = api.environment[0].value.as_ref().unwrap();
    assert_eq!(
        (mode.value.as_str(), mode.raw.as_str()),
        ("live", "${MODE}")
    );
    assert_eq!(api.environment[1].value, None);
}

#[test]
fn mounts_are_shared_by_volumes_from() {
    let compose = "services:\n  db: {image: a, volumes: ['data:/data']}\n  backup: {image: b, \
                   volumes_from: ['db:ro']}\nvolumes: {data: }\n";
    let (project, _) = project(&[("compose.yml", compose)]).unwrap();
    let backup = project.service("backup").unwrap();
    assert_eq!(backup.mounts[0].target, "/data");
    assert!(backup.mounts[0].read_only);
}

#[test]
fn several_documents_of_a_file_are_merged() {
    let compose = "services:\n  api: {image: 'a:1', user: '5'}\n---\nservices:\n  api: {image: \
                   'a:2'}\n";
    let api = project(&[("compose.yml", compose)])
        .unwrap()
        .0
        .services
        .remove(0);
    assert_eq!(api.image.unwrap().value, "a:2");
    assert_eq!(api.user.as_deref(), Some("5"));
}

#[test]
fn what_is_included_and_given_as_well_is_read_once_and_from_its_own_folder() {
    let files = [
        ("compose.yml", "include: [infra/compose.yml]\n"),
        (
            "infra/compose.yml",
            "services:\n  db: {image: 'postgres:16', volumes: ['./init:/init']}\n",
        ),
        ("infra/init/1.sql", "select 1;\n"),
    ];
    let db = project(&files).unwrap().0.services.remove(0);
    let mounts: Vec<_> = db.mounts.iter().map(|it| it.source.clone()).collect();
    let init = crate::facts::MountSource::Bind("infra/init/".to_owned());
    assert_eq!(mounts, [init]);
}
