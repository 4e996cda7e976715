//! Files and secrets that Compose mounts, as they end in manifests.

use crate::harness::workspace::Workspace;

const COMPOSE: &str = "\
services:
  api:
    image: registry.example.com/api:1.0
    ports: ['8080:8080']
    environment:
      DB_PASSWORD_FILE: /run/secrets/db_password
      API_URL: https://api.example.com/v1
      DATABASE_URL: postgres://app:${DB_PASSWORD:?}@db:5432/app
    volumes:
      - ./conf:/etc/api:ro
      - ../elsewhere:/etc/elsewhere
      - ./gone.yml:/etc/gone.yml
    secrets: [db_password]
    depends_on: [db]
  db:
    image: postgres:16-alpine
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${DB_PASSWORD:?}
    volumes: ['data:/var/lib/postgresql/data']
volumes:
  data:
secrets:
  db_password:
    file: ./secrets/db_password.txt
";

const CHECKLIST: &str = "# Phase 1: Kubernetes

## Tasks

### 1.1 Application

- [ ] Create `k8s/namespace.yml` — namespace `shop`
- [ ] Create `k8s/secrets.yml` — placeholders
- [ ] Create `k8s/api/deployment.yml` — the API
- [ ] Create `k8s/db/statefulset.yml` — PostgreSQL
";

fn shop() -> Workspace {
    use std::os::unix::fs::PermissionsExt as _;
    let workspace = Workspace::new()
        .file(".gitignore", "secrets/\n.env\n")
        .file("docker-compose.yml", COMPOSE)
        .file("checklists/shop/phase-01-kubernetes.md", CHECKLIST)
        .file("conf/api.yml", "url: http://db:5432\n")
        .file("conf/certs/ca.der", [0x30, 0x82, 0xff, 0x00])
        .file("conf/hooks/start.sh", "#!/bin/sh\n")
        .file("secrets/db_password.txt", "swordfish\n");
    let program = std::fs::Permissions::from_mode(0o755);
    fs_err::set_permissions(workspace.path("conf/hooks/start.sh"), program).expect("a program");
    workspace.commit_all()
}

#[track_caller]
fn check(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "no {piece:?} in\n{text}");
    }
}

#[test]
fn mounted_folders_stay_whole() {
    let workspace = shop();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let deployment = workspace.read("k8s/api/deployment.yml");
    check(
        &deployment,
        &[
            "binaryData:\n  certs_ca.der: MIL/AA==\n",
            "key: certs_ca.der\n",
            "path: certs/ca.der\n",
            "path: hooks/start.sh\n",
            "mountPath: /etc/api\n",
            "orch.dev/config-checksum",
        ],
    );
    assert_eq!(deployment.matches("mode: 365").count(), 1, "{deployment}");
}

#[test]
fn secrets_are_files_where_compose_has_them_so() {
    let workspace = shop();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let deployment = workspace.read("k8s/api/deployment.yml");
    check(
        &deployment,
        &[
            "mountPath: /run/secrets/db_password\n",
            "subPath: DB_PASSWORD\n",
            "value: /run/secrets/db_password\n",
        ],
    );
    let secrets = workspace.read("k8s/secrets.yml");
    check(&secrets, &["DB_PASSWORD: CHANGE_ME\n"]);
    for path in workspace
        .files()
        .iter()
        .filter(|path| path.starts_with("k8s/") || path.starts_with(".orch/"))
    {
        assert!(!workspace.read(path).contains("swordfish"), "{path}");
    }
}

#[test]
fn a_secret_that_is_there_already_is_taken_as_it_is() {
    let workspace = shop();
    let compose = COMPOSE.replace("[db_password]", "[db_password, tls]");
    let compose = format!("{compose}  tls:\n    external: true\n");
    workspace.write("docker-compose.yml", compose);
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    check(&plan.stderr, &["nothing brings Secret/tls"]);
    // The rehearsal doesn't have it either; what is written is.
    workspace.orch(&["phase", "1", "run"]).expect(1);
    let deployment = workspace.read("k8s/api/deployment.yml");
    check(
        &deployment,
        &[
            "mountPath: /run/secrets/tls\n",
            "secretName: tls\n",
            "subPath: tls\n",
        ],
    );
    assert!(!workspace.read("k8s/secrets.yml").contains("tls"));
}

#[test]
fn a_config_that_is_there_already_is_mounted_as_it_is() {
    let workspace = shop();
    let api = "    secrets: [db_password]\n";
    let compose = COMPOSE.replacen(api, &format!("    configs: [limits]\n{api}"), 1);
    let compose =
        format!("{compose}configs:\n  limits:\n    external: true\n    name: api-limits\n");
    workspace.write("docker-compose.yml", compose);
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    check(&plan.stderr, &["nothing brings ConfigMap/api-limits"]);
    workspace.orch(&["phase", "1", "run"]).expect(1);
    let deployment = workspace.read("k8s/api/deployment.yml");
    check(
        &deployment,
        &[
            "mountPath: /limits\n",
            "name: api-limits\n",
            "subPath: api-limits\n",
        ],
    );
}

#[test]
fn what_nobody_needs_is_said_to_be_empty() {
    let kustomize = format!("{CHECKLIST}- [ ] Create `k8s/kustomization.yml`\n");
    let workspace = Workspace::new()
        .file(
            "docker-compose.yml",
            "services:\n  api:\n    image: nginx:1.27\n  db:\n    image: redis:7\n",
        )
        .file(
            "checklists/shop/phase-01-kubernetes.md",
            kustomize.replace("PostgreSQL", "Redis"),
        )
        .commit_all();
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let secrets = workspace.read("k8s/secrets.yml");
    check(&secrets, &["The application has nothing for it"]);
    let kustomization = workspace.read("k8s/kustomization.yml");
    assert!(!kustomization.contains("secrets.yml"), "{kustomization}");
}

#[test]
fn what_cannot_be_mounted_is_told() {
    let workspace = shop();
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    check(
        &plan.stderr,
        &["`../elsewhere` of the host", "`gone.yml`", "git ignores it"],
    );
    assert!(!workspace.has("k8s"));
}

#[test]
fn connections_out_of_the_cluster_are_told() {
    let workspace = shop();
    let plan = workspace.orch(&["phase", "1", "plan"]).expect(0);
    check(&plan.stdout, &["api → api.example.com:443 (API_URL)"]);
    workspace.orch(&["phase", "1", "run"]).expect(0);
    let deployment = workspace.read("k8s/api/deployment.yml");
    check(
        &deployment,
        &["cidr: 0.0.0.0/0\n", "- 169.254.0.0/16\n", "- port: 443\n"],
    );
}
