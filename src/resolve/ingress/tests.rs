//! From a checklist's bullets to what is written.

use crate::checklist;
use crate::facts::{Tree, gather};
use crate::manifest;
use crate::resolve::{Action, BulletReading, Context, Resolved, inputs, resolve};
use crate::settings::{PhaseSettings, Settings};
use crate::vocabulary::Vocabulary;

const COMPOSE: &str = "name: shop\nservices:\n  \
    api:\n    build: .\n    ports: ['8080:8080']\n    environment: {APP_PORT: '8080'}\n  \
    admin:\n    image: shop/admin:1.0.0\n    ports: ['8090:8090']\n  \
    web:\n    image: shop/web:1.0.0\n    ports: ['3000:3000']\n";

fn resolved(bullets: &[&str], settings: &str, compose: &'static str) -> Resolved {
    let tree: Tree = [
        ("docker-compose.yml", compose),
        ("Dockerfile", "FROM a:1\nUSER 10001\n"),
    ]
    .into_iter()
    .collect();
    of_tree(bullets, settings, &tree)
}

fn of_tree(bullets: &[&str], settings: &str, tree: &Tree) -> Resolved {
    let bullets: String = bullets.iter().flat_map(|it| ["  - ", it, "\n"]).collect();
    let text = format!(
        "# Phase 4: Shop\n\n## Tasks\n\n### 4.1 Shop\n\
         - [ ] `k8s/api/deployment.yml`: api\n\
         - [ ] `k8s/ingress.yml`: the way in\n{bullets}"
    );
    let checklist = checklist::parse(
        "checklists/demo/phase-04-shop.md",
        &text,
        &Vocabulary::default(),
    )
    .expect("a checklist")
    .checklist;
    let phase = PhaseSettings::parse("phases/04-shop.toml", settings).expect("settings");
    let facts = gather(tree, &inputs(&checklist, tree, &phase, None))
        .expect("facts")
        .facts;
    let context = Context {
        set: "demo".to_owned(),
        settings: &Settings::default(),
        phase: &phase,
        service_monitors: false,
        seen: None,
        before: None,
    };
    resolve(&checklist, &facts, tree, &context).expect("resolved")
}

/// Returns the written file of the way in.
fn written(resolved: &Resolved) -> String {
    let files = manifest::render(&resolved.application, &resolved.files).expect("rendered");
    let mut files = files.into_iter();
    files
        .find(|file| file.path == "k8s/ingress.yml")
        .expect("the file")
        .text
}

fn messages(resolved: &Resolved) -> Vec<String> {
    let warnings = resolved.warnings.0.iter();
    warnings.map(|warning| warning.message.clone()).collect()
}

#[track_caller]
fn snapshot(name: &str, resolved: &Resolved) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../tests/golden/manifest");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let said: Vec<String> = messages(resolved)
        .iter()
        .map(|it| format!("# warning: {it}\n"))
        .collect();
    let text = format!("{}{}", said.concat(), written(resolved));
    settings.bind(|| insta::assert_snapshot!(name, text));
}

const WISHES: &[&str] = &[
    "Hosts: `shop.test`, `www.shop.test`",
    "TLS, redirect to HTTPS",
    "Paths: `/api/*` → `api`, `admin.shop.test/` → admin, exactly `/health` → `api:8080`, `/`",
    "Rate limit: 100 requests per second, burst 200",
    "Basic auth: Secret `shop-users`",
    "Strip prefix `/api`",
    "WebSocket timeout: 1h",
    "Body size: 50 MB",
    "CORS: https://app.test",
    "Allow list: 10.0.0.0/8, 192.0.2.7",
    "Sticky sessions",
];

/// The wishes by which nobody is kept out: the others aren't left out where a class can't have them.
fn open() -> Vec<&'static str> {
    let shut = ["Basic auth", "Allow list"];
    let open = |wish: &&&str| !shut.iter().any(|it| wish.starts_with(it));
    WISHES.iter().filter(open).copied().collect()
}

#[test]
fn wishes_are_written_for_ingress_nginx() {
    let settings = "[ingress]\ncontroller = \"ingress-nginx\"\ncluster_issuer = \"letsencrypt\"\n";
    snapshot("ingress-nginx", &resolved(WISHES, settings, COMPOSE));
}

#[test]
fn wishes_are_written_for_the_other_nginx() {
    let settings = "[ingress]\ncontroller = \"f5-nginx\"\n";
    snapshot("ingress-f5-nginx", &resolved(&open(), settings, COMPOSE));
}

#[test]
fn wishes_are_written_for_traefik_with_middlewares() {
    snapshot("ingress-traefik", &resolved(WISHES, "", COMPOSE));
}

#[test]
fn wishes_are_written_for_haproxy() {
    let settings = "[ingress]\ncontroller = \"haproxy\"\n";
    snapshot("ingress-haproxy", &resolved(WISHES, settings, COMPOSE));
}

#[test]
fn routes_are_written_for_the_gateway_api() {
    let settings = "[ingress]\napi = \"gateway\"\nclass = \"eg\"\ncluster_issuer = \"le\"\n";
    snapshot("gateway", &resolved(&open(), settings, COMPOSE));
}

#[track_caller]
fn is_a_persons(bullets: &[&str], settings: &str) {
    let resolved = resolved(bullets, settings, COMPOSE);
    let task = resolved.tasks.last().expect("the task");
    assert_eq!(task.action, Action::Manual, "{bullets:?}");
    assert!(resolved.application.ingress.is_none(), "{bullets:?}");
}

#[test]
fn what_may_keep_people_out_and_is_not_carried_leaves_the_way_in_to_a_person() {
    is_a_persons(&["mTLS", "Paths: `/api/*`"], "");
    is_a_persons(&["Only from the office's VPN"], "");
    is_a_persons(&["Доступ только из офиса"], "");
    is_a_persons(&["Лише для співробітників"], "");
    is_a_persons(&["From 10.20.0.0/16"], "");
    is_a_persons(WISHES, "[ingress]\napi = \"gateway\"\n");
    is_a_persons(
        &["Basic auth: Secret `shop-users`"],
        "[ingress]\napi = \"gateway\"\n",
    );
}

#[test]
fn an_existing_gateway_is_only_referred_to() {
    let settings =
        "[ingress]\napi = \"gateway\"\ngateway = \"edge/public\"\nhost = \"shop.test\"\n";
    let resolved = resolved(&["TLS", "Paths: `/api/*`"], settings, COMPOSE);
    let text = written(&resolved);
    assert!(!text.contains("kind: Gateway\nmetadata"), "{text}");
    assert!(
        text.contains("- name: public\n      namespace: edge"),
        "{text}"
    );
    let ingress = resolved.application.ingress.expect("a way in");
    assert_eq!(ingress.controller_namespace, "edge");
}

#[test]
fn a_path_leads_to_the_service_that_is_called_like_it() {
    const BUILT: &str = "name: shop\nservices:\n  \
        web:\n    build: .\n    ports: ['3000:3000']\n  \
        api:\n    build: .\n    ports: ['8080:8080']\n";
    let backends = |compose| {
        let resolved = resolved(&["Paths: `/api/*`"], "", compose);
        let ingress = resolved.application.ingress.expect("a way in");
        let paths = ingress.paths().map(|it| it.workload.clone());
        paths.collect::<Vec<String>>()
    };
    assert_eq!(backends(BUILT), ["api"]);
}

#[test]
fn a_wish_that_is_not_carried_out_leaves_its_box_to_a_person() {
    let settings = "[ingress]\napi = \"gateway\"\nhost = \"shop.test\"\n";
    let resolved = resolved(&["Paths: `/api/*`", "Rate limit: 9 rps"], settings, COMPOSE);
    let task = resolved.tasks.last().expect("the task");
    let unread: Vec<&str> = task
        .bullets
        .iter()
        .filter_map(|bullet| match bullet {
            BulletReading::Unread { text, .. } => Some(text.as_str()),
            BulletReading::Read { .. } | BulletReading::Vacuous { .. } => None,
        })
        .collect();
    assert_eq!(unread, ["Rate limit: 9 rps"]);
    let said = messages(&resolved);
    assert!(
        said.iter()
            .any(|it| it.contains("rate limit of 9 requests a second is not carried out")),
        "{said:?}"
    );
}

#[test]
fn the_retired_controller_is_named_unless_it_is_chosen() {
    let retired = |settings| {
        let said = messages(&resolved(&["Annotations for nginx"], settings, COMPOSE));
        said.iter().any(|it| it.contains("retired"))
    };
    assert!(retired(""));
    assert!(retired("[ingress]\nclass = \"nginx\"\n"));
    assert!(!retired("[ingress]\ncontroller = \"ingress-nginx\"\n"));
    assert!(!retired("[ingress]\ncontroller = \"f5-nginx\"\n"));
}

#[test]
fn of_several_controllers_the_maintained_one_is_the_class() {
    let resolved = resolved(
        &["Annotations для nginx/traefik", "Путь: `/ws`"],
        "",
        COMPOSE,
    );
    let ingress = resolved.application.ingress.as_ref().expect("a way in");
    assert_eq!(
        (
            ingress.class.as_str(),
            ingress.controller_namespace.as_str()
        ),
        ("traefik", "traefik")
    );
    let text = written(&resolved);
    assert!(
        text.contains("nginx.ingress.kubernetes.io/proxy-read-timeout: \"3600\""),
        "{text}"
    );
}

#[test]
fn labels_of_the_compose_file_stand_in_for_words() {
    let compose = "name: shop\nservices:\n  api:\n    build: .\n    ports: ['8080:8080']\n    labels:\n      \
        traefik.http.routers.api.rule: Host(`shop.test`) && PathPrefix(`/v1`)\n  \
        web:\n    image: shop/web:1\n    ports: ['3000']\n    environment: {VIRTUAL_HOST: www.shop.test}\n";
    let hinted = resolved(&["TLS"], "", compose);
    let ingress = hinted.application.ingress.as_ref().expect("a way in");
    let paths: Vec<String> = ingress
        .paths()
        .map(|it| format!("{}{} {}", it.host, it.path, it.workload))
        .collect();
    assert_eq!(paths, ["shop.test/v1 api", "www.shop.test/ web"]);
    let notes = &hinted.tasks.last().expect("the task").notes;
    let place = "shop.test/v1 goes to api, as a Traefik label says (docker-compose.yml:7)";
    assert!(notes.iter().any(|note| note == place), "{notes:?}");
    let asked = resolved(
        &["Paths: `/x` → web"],
        "[ingress]\nhost = \"a.test\"\n",
        compose,
    );
    let ingress = asked.application.ingress.as_ref().expect("a way in");
    let paths: Vec<&str> = ingress.paths().map(|it| it.path.as_str()).collect();
    assert_eq!(
        (paths, ingress.hosts.as_slice()),
        (vec!["/x"], &["a.test".to_owned()][..])
    );
}

#[test]
fn regular_expressions_need_a_controller_that_knows_them() {
    let bullets = &["Paths: `~ ^/v[0-9]+/` → api, `/` → web"];
    let with = resolved(bullets, "[ingress]\nhost = \"a.test\"\n", COMPOSE);
    let text = written(&with);
    assert!(text.contains("router.pathmatcher: PathRegexp"), "{text}");
    assert!(text.contains("pathType: ImplementationSpecific"), "{text}");
    let settings = "[ingress]\nhost = \"a.test\"\ncontroller = \"haproxy\"\n";
    let said = messages(&resolved(bullets, settings, COMPOSE));
    assert!(
        said.iter().any(|it| it.contains("regular expressions")),
        "{said:?}"
    );
}

#[test]
fn names_that_nothing_has_are_reported() {
    let said = messages(&resolved(&["Paths: `/pay` → billing"], "", COMPOSE));
    assert!(
        said.iter()
            .any(|it| it.contains("`/pay` is to go to `billing`")),
        "{said:?}"
    );
    assert!(
        said.iter()
            .any(|it| it.contains("no host is named: `shop.example.com`")),
        "{said:?}"
    );
}

#[test]
fn what_makes_links_to_itself_is_told_its_path() {
    let compose = "name: shop\nservices:\n  api:\n    build: .\n    ports: ['8080']\n  \
        grafana:\n    image: grafana/grafana:11.5.2\n    ports: ['3000']\n";
    let bullets = &["Hosts: `a.test`, `b.test`", "Paths: `/grafana`, `/`"];
    let said = messages(&resolved(bullets, "", compose));
    let told = said
        .iter()
        .filter(|it| it.contains("is reached by `/grafana`"));
    assert_eq!(told.count(), 1, "{said:?}");
}

/// Checks that a bullet of the way in is a person's, with what is said of it.
#[track_caller]
fn unmet(bullet: &str, settings: &str, why: &str) {
    let resolved = resolved(&[bullet], settings, COMPOSE);
    let task = resolved.tasks.last().expect("a task");
    let read = task.bullets.first().expect("a bullet");
    assert!(matches!(read, BulletReading::Unread { .. }), "{read:?}");
    let said = messages(&resolved);
    assert!(said.iter().any(|it| it.contains(why)), "{said:?}");
}

#[test]
fn a_time_out_that_nothing_keeps_is_unmet() {
    unmet("Timeout: 60s", "", "never cuts");
    let gateway = "[ingress]\napi = \"gateway\"\nclass = \"eg\"\n";
    unmet("Timeout: 60s", gateway, "no such filter");
}

#[test]
fn requests_are_not_sent_on_to_where_no_tls_is() {
    unmet("Redirect to HTTPS", "", "no TLS is asked for");
    let nginx = "[ingress]\ncontroller = \"ingress-nginx\"\n";
    unmet("Redirect to HTTPS", nginx, "no TLS is asked for");
}

#[test]
fn a_path_goes_to_whose_source_serves_it_and_to_nobody_by_chance() {
    let compose = "name: shop\nservices:\n  api:\n    build: ./api\n    ports: ['8080:8080']\n  \
                   holds:\n    build: ./holds\n    ports: ['8000:8000']\n";
    let served = |path: &str| {
        let route = "from fastapi import FastAPI\napp = FastAPI()\n";
        let files: [(&str, String); 5] = [
            ("docker-compose.yml", compose.to_owned()),
            ("api/Dockerfile", "FROM a:1\n".to_owned()),
            ("holds/Dockerfile", "FROM a:1\n".to_owned()),
            (
                "api/main.py",
                format!("{route}@app.get('/api/titles/{{id}}')\ndef f(): pass\n"),
            ),
            (
                "holds/main.py",
                format!("{route}@app.get('/api/queue')\ndef f(): pass\n"),
            ),
        ];
        let tree: Tree = files.into_iter().collect();
        let resolved = of_tree(&[&format!("Paths: `{path}`")], "", &tree);
        let ingress = resolved.application.ingress.clone();
        let paths: Vec<String> = ingress
            .iter()
            .flat_map(super::model::IngressSpec::paths)
            .map(|it| it.workload.clone())
            .collect();
        (paths, resolved)
    };
    for (path, workload) in [
        ("/api/titles", "api"),
        ("/api/queue", "holds"),
        ("/holds", "holds"),
        ("/api/*", "api"),
    ] {
        let (paths, resolved) = served(path);
        assert_eq!(paths, [workload], "{path}: {:?}", messages(&resolved));
    }
    for path in ["/nowhere", "/v2/*"] {
        let (paths, resolved) = served(path);
        assert!(paths.is_empty(), "{path}: {paths:?}");
        let told = messages(&resolved);
        assert!(told.iter().any(|it| it.contains("isn't known")), "{told:?}");
    }
}

#[test]
fn an_ingress_for_a_program_that_nothing_leads_to_is_a_persons() {
    let of = |named| resolved(&["Host: shop.example.com", named], "", COMPOSE);
    for named in ["For Grafana", "Для Prometheus"] {
        let resolved = of(named);
        let task = resolved.tasks.last().expect("the task");
        assert_eq!(task.action, Action::Manual, "{named}");
        let told = |it: &String| it.contains("would be a way to");
        assert!(task.notes.iter().any(told), "{:?}", task.notes);
    }
    assert!(of("By nginx").application.ingress.is_some());
}

#[test]
fn of_several_that_show_pages_none_is_guessed() {
    let two = "services:\n  \
        api:\n    build: .\n    ports: ['8080:8080']\n  \
        web:\n    image: shop/web:1.0.0\n    ports: ['3000:3000']\n  \
        shop-ui:\n    image: shop/ui:1.0.0\n    ports: ['3001:3001']\n";
    let resolved = resolved(&["Host: shop.example.com"], "", two);
    let left_out = "which service `/` is to go to isn't known: it is left out";
    assert!(messages(&resolved).iter().any(|it| it == left_out));
    assert!(resolved.application.ingress.is_none());
}
