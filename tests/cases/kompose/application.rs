//! Complaints about what belongs to the whole application.

use super::rows;
use super::scene::Scene;

rows! { APPLICATION:
    conditions_are_kept(Scene::of("
  app:
    image: python:3.13-slim
    command: python -m app
    depends_on:
      migrate: { condition: service_completed_successfully }
      store: { condition: service_healthy }
  migrate:
    image: example.test/app:1
    command: ./migrate
    restart: 'no'
  store:
    image: redis:7-alpine
    healthcheck: { test: [CMD, redis-cli, ping] }"))
    "The conditions of `depends_on` are lost ([#1871](https://github.com/kubernetes/kompose/issues/1871))."
    => "They order the plan, which waits until what is needed is ready or complete; a healthy service is waited for in the pod itself as well, for whoever applies the files with `kubectl`, where its image has a program for it.":
    |written| {
        written.has("k8s/app.yml", "initContainers:");
        written.has("k8s/migrate.yml", "kind: Job");
        written.wave_before("Job migrate", "Deployment app");
        written.wave_before("StatefulSet store", "Deployment app");
    }

    credentials_are_no_text(Scene::of("
  app:
    image: example.test/app:1
    environment:
      API_KEY: sk-live-swordfish
      DATABASE_URL: postgresql://app:swordfish@db:5432/app
  db:
    image: postgres:16
    environment: { POSTGRES_PASSWORD: swordfish }"))
    "Values of secrets end as plain text in `env`."
    => "Names and values tell secrets, each with its reason in `plan`; URLs are composed from a Secret's key; the repository holds placeholders, the journal and the log hold none.":
    |written| {
        for (path, text) in written.files() {
            assert!(!text.contains("swordfish"), "{path}:\n{text}");
        }
        written.has("k8s/app.yml", "secretKeyRef:");
        written.has("k8s/secrets.yml", "CHANGE_ME");
    }

    services_without_ports_are_reached(Scene::of("
  app:
    image: example.test/app:1
    environment: { CACHE_URL: 'redis://cache:6379/0', BACKEND: 'http://backend:9000' }
  cache: { image: 'redis:7' }
  backend: { image: 'example.test/backend:1' }"))
    "Without `ports` there is no Service, though others reach the container by its name ([#146](https://github.com/kubernetes/kompose/issues/146))."
    => "A Service is made for whatever another service names: the port comes from `expose`, the image, the Dockerfile, or the address that the other one uses.":
    |written| {
        written.has("k8s/cache.yml", "kind: Service");
        written.has("k8s/backend.yml", "kind: Service");
        written.has("k8s/backend.yml", "port: 9000");
    }

    mounted_files_are_carried(Scene::of("
  app:
    image: nginx:1.28-alpine
    ports: ['8080:80']
    volumes: ['./site.conf:/etc/nginx/conf.d/site.conf:ro']")
        .with("site.conf", "server { listen 80; location /from-site-conf { return 204; } }\n"))
    "Bind mounts become empty volumes ([#855](https://github.com/kubernetes/kompose/issues/855))."
    => "A mounted file of the repository is a ConfigMap, mounted at the same path; what lies outside of it is named, with the way out.":
    |written| {
        written.has("k8s/app.yml", "location /from-site-conf");
        written.has("k8s/app.yml", "mountPath: /etc/nginx/conf.d/site.conf");
        written.has("k8s/app.yml", "subPath: site.conf");
    }

    mounted_folders_are_carried(Scene::of("
  app:
    image: nginx:1.28-alpine
    ports: ['8080:80']
    volumes: ['./html:/usr/share/nginx/html:ro']")
        .with("html/index.html", "<h1>from the folder</h1>\n")
        .with("html/de/index.html", "<h1>aus dem Ordner</h1>\n"))
    "Folders of configuration should be ConfigMaps ([#1060](https://github.com/kubernetes/kompose/issues/1060))."
    => "They are, with the folders in them, and a checksum in the pod template rolls the pods when a file changes; what is too large for a ConfigMap is named.":
    |written| {
        written.has("k8s/app.yml", "from the folder");
        written.has("k8s/app.yml", "aus dem Ordner");
        written.has("k8s/app.yml", "checksum");
    }

    the_host_is_named(Scene::of("
  app:
    image: example.test/app:1
    network_mode: host
    privileged: true
    volumes: ['/var/run/docker.sock:/var/run/docker.sock']"))
    "What asks for the host (its network, devices, the Docker socket) is dropped, or fails in the cluster."
    => "Pod Security `restricted` forbids it: nothing of it is written, and each is named with file, line, reason and way out.":
    |written| {
        for word in ["hostNetwork", "hostPath", "privileged: true"] {
            assert!(!written.file("k8s/app.yml").contains(word), "{word}");
        }
        for word in ["network_mode", "privileged", "docker.sock"] {
            written.says(word);
        }
    }

    env_files_of_one_name_do_not_clash(Scene::of("
  app: { image: 'example.test/app:1', env_file: [one/custom.env, two/custom.env] }")
        .with("one/custom.env", "COLOUR=red\nSIZE=small\n")
        .with("two/custom.env", "COLOUR=blue\nSHAPE=round\n"))
    "Two env files of one name in different folders become one ConfigMap ([#2000](https://github.com/kubernetes/kompose/issues/2000), mended since)."
    => "Variables are merged as Compose does, the later file winning, and shared ones have one ConfigMap; no file's name is part of it.":
    |written| {
        for variable in ["SIZE", "SHAPE", "COLOUR"] {
            written.has_anywhere(variable);
        }
        written.has_anywhere("blue");
        assert!(written.files().all(|(_, text)| !text.contains("red")), "the first file's");
    }

    a_shared_volume_is_one_claim(Scene::of("
  app: { image: 'example.test/app:1', volumes: ['shared:/srv/shared'] }
  other: { image: 'example.test/other:1', volumes: ['shared:/data/in:ro'] }
volumes: { shared: {} }"))
    "A volume that several services share becomes several claims ([#1390](https://github.com/kubernetes/kompose/issues/1390))."
    => "It is one claim, `ReadWriteMany`, mounted by all of them, and the report says that the storage class must offer that.":
    |written| {
        let claims = written.files().map(|(_, text)| text.matches("kind: PersistentVolumeClaim").count());
        assert_eq!(claims.sum::<usize>(), 1);
        written.has_anywhere("ReadWriteMany");
    }

    one_shots_are_jobs(Scene::of("
  app: { image: 'example.test/app:1', depends_on: { seed: { condition: service_completed_successfully } } }
  seed: { image: 'example.test/app:1', command: ./seed, restart: on-failure }
  always: { image: 'example.test/app:1', restart: on-failure, expose: ['80'] }"))
    "`restart: on-failure` becomes a bare Pod ([#1301](https://github.com/kubernetes/kompose/issues/1301))."
    => "Nothing becomes a bare Pod: what ends is a Job, what serves a Deployment, whatever its restart policy.":
    |written| {
        written.has("k8s/seed.yml", "kind: Job");
        written.has("k8s/always.yml", "kind: Deployment");
        assert!(written.files().all(|(_, text)| !text.contains("kind: Pod\n")));
    }

    several_files_are_one_application(Scene::of("
  app: { image: 'example.test/app:1', ports: ['80:80', '81:81'], environment: { MODE: dev, TRACE: 'yes' } }")
        .with("compose.override.yaml", "services:\n  app:\n    ports: !override ['82:82']\n    environment: { MODE: prod, TRACE: !reset null }\n"))
    "Several files and environments ([#1465](https://github.com/kubernetes/kompose/issues/1465)) are merged in part only."
    => "Files are merged by the specification's rules, with `!reset`, `!override`, `include`, `extends` and profiles; every value still knows the file and line that it came from.":
    |written| {
        written.has_anywhere("prod");
        written.has("k8s/app.yml", "containerPort: 82");
        assert!(!written.file("k8s/app.yml").contains("containerPort: 80"));
        assert!(written.files().all(|(_, text)| !text.contains("TRACE")));
    }

    what_nobody_writes_is_written(Scene::of("
  app: { image: 'example.test/app:1', ports: ['80:80'], deploy: { replicas: 2 }, depends_on: [store] }
  store: { image: 'redis:7' }"))
    "No converter writes a PodDisruptionBudget, a hardened security context, anti-affinity, or network policies for both directions."
    => "All of them are written, and the namespace enforces Pod Security `restricted`. kube-score, which finds 66 critical things and 29 warnings in Kompose's output for a call centre of ten services, finds none.":
    |written| {
        for piece in ["kind: PodDisruptionBudget", "readOnlyRootFilesystem: true", "podAntiAffinity:", "- Ingress", "- Egress", "topologySpreadConstraints:"] {
            written.has("k8s/app.yml", piece);
        }
        written.has("k8s/namespace.yml", "pod-security.kubernetes.io/enforce: restricted");
        written.has("k8s/namespace.yml", "name: default-deny");
    }
}
