//! Beside Kompose: what people say of it in its own issues, and what `orch` does for each.
//!
//! docs/kompose.md is made of these rows; each row has its test, so that neither can go stale.

mod application;
mod page;
mod scene;

use scene::Scene;

/// A complaint with its answer, and a test that shows the answer.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// What people say, with the number where there is one.
    pub(crate) complaint: &'static str,
    /// What `orch` does.
    pub(crate) answer: &'static str,
    /// The test.
    pub(crate) test: &'static str,
}

/// Makes a list of rows and a test of each.
macro_rules! rows {
    ($list:ident: $($test:ident($scene:expr) $complaint:literal => $answer:literal: |$written:ident| $body:block)*) => {
        pub(crate) const $list: &[$crate::cases::kompose::Row] = &[
            $($crate::cases::kompose::Row {
                complaint: $complaint,
                answer: $answer,
                test: stringify!($test),
            }),*
        ];

        $(
            #[test]
            fn $test() {
                let $written = $scene.written();
                $body
            }
        )*
    };
}
pub(crate) use rows;

rows! { CONTAINERS:
    shell_health_checks_run_in_a_shell(Scene::of("
  app:
    image: example.test/app:1
    expose: ['80']
    healthcheck: { test: 'curl -f localhost:81/up || exit 1' }"))
    "A health check of the `CMD-SHELL` form loses its first word and runs without a shell."
    => "It runs by `/bin/sh -c`, `CMD` as it is, and one that asks the service itself by HTTP becomes an HTTP probe; `disable` is respected, `start_period` becomes a startup probe.":
    |written| {
        written.has("k8s/app.yml", "exec:");
        written.has("k8s/app.yml", "- /bin/sh");
        written.has("k8s/app.yml", "curl -f localhost:81/up || exit 1");
    }

    a_numeric_user_is_kept(Scene::of("
  app: { image: 'example.test/app:1', user: '12345:12346' }"))
    "`user` is dropped."
    => "A numeric one becomes `runAsUser` and `runAsGroup`; a name or root is named in the report with what to do, as Pod Security `restricted` takes neither.":
    |written| {
        written.has("k8s/app.yml", "runAsUser: 12345");
        written.has("k8s/app.yml", "runAsGroup: 12346");
    }

    root_is_refused_in_words(Scene::of("
  app: { image: 'example.test/app:1', user: root }"))
    "A container that runs as root is written so, and refused by the cluster later."
    => "Every pod is written for `restricted`: root isn't carried over, and the report says where it was asked and what to do.":
    |written| {
        written.has("k8s/app.yml", "runAsNonRoot: true");
        written.says("root");
    }

    a_first_process_is_given(Scene::of("
  app: { image: 'example.test/app:1', init: true }"))
    "`init` is dropped."
    => "The pod shares its processes (`shareProcessNamespace`), so that its first one reaps what others leave.":
    |written| { written.has("k8s/app.yml", "shareProcessNamespace: true"); }

    ulimits_are_named(Scene::of("
  app: { image: 'example.test/app:1', ulimits: { nofile: 65536 } }"))
    "`ulimits` are dropped without a word."
    => "Kubernetes has no field for them: the report names them with file and line, why, and the two ways out.":
    |written| {
        written.says("ulimits");
        written.says("compose.yaml:");
    }

    the_grace_period_is_kept(Scene::of("
  app: { image: 'example.test/app:1', stop_grace_period: 1m30s }"))
    "`stop_grace_period` is partly lost."
    => "It is `terminationGracePeriodSeconds`, to the second.":
    |written| { written.has("k8s/app.yml", "terminationGracePeriodSeconds: 90"); }

    updates_keep_their_order(Scene::of("
  app:
    image: example.test/app:1
    expose: ['80']
    deploy: { replicas: 4, update_config: { parallelism: 2, order: start-first } }"))
    "`deploy.update_config` is lost."
    => "`parallelism` and `order` become `maxSurge` and `maxUnavailable`, `delay` becomes `minReadySeconds`.":
    |written| {
        written.has("k8s/app.yml", "maxSurge: 2");
        written.has("k8s/app.yml", "maxUnavailable: 0");
    }

    placement_is_kept(Scene::of("
  app:
    image: example.test/app:1
    deploy: { placement: { constraints: ['node.labels.disk == ssd'] } }"))
    "`deploy.placement` is partly lost."
    => "Constraints on labels, host names and platforms become a `nodeSelector` (what is excluded, node affinity), preferences a spread; what only Swarm has is named.":
    |written| {
        written.has("k8s/app.yml", "nodeSelector:");
        written.has("k8s/app.yml", "disk: ssd");
    }
}
