//! Bullets that are read whole, and such that say more than what is carried, in three languages.

use crate::checklist::parse;
use crate::resolve::bullets::{About, Beyond, Meaning, read};
use crate::resolve::spec::Spec;
use crate::resolve::target::FileKind;
use crate::vocabulary::Vocabulary;

/// Returns what a bullet below a file of that kind is read as.
fn meaning(kind: FileKind, bullet: &str) -> String {
    let text = format!("# Phase 1: A\n\n## 1.1 B\n\n- [ ] It\n  - {bullet}\n");
    let vocabulary = Vocabulary::default();
    let parsed = parse("phase-01-a.md", &text, &vocabulary).expect("a checklist");
    let task = parsed.checklist.tasks().next().expect("a task");
    let bullet = task.bullets.first().expect("a bullet");
    let of = About {
        kind: Some(kind),
        path: "k8s/call-processor/deployment.yml",
    };
    let (meaning, spec) = read(&bullet.text, of, Beyond::Nothing, &vocabulary);
    match meaning {
        Meaning::Carried(meaning) => meaning,
        Meaning::Environment(_) => "environment".to_owned(),
        Meaning::InitScripts => "init scripts".to_owned(),
        Meaning::Heading => "heading".to_owned(),
        Meaning::Unread => {
            assert_eq!(spec, Spec::default(), "nothing is carried of {text}");
            "unread".to_owned()
        }
    }
}

/// What a bullet is that nothing reads.
const NOT: &str = "unread";

#[track_caller]
fn check(kind: FileKind, bullets: &[(&str, &str)]) {
    let read = bullets
        .iter()
        .map(|(bullet, _)| (*bullet, meaning(kind, bullet)));
    let read: Vec<String> = read
        .map(|(bullet, it)| format!("{bullet} => {it}"))
        .collect();
    let expected = bullets
        .iter()
        .map(|(bullet, it)| format!("{bullet} => {it}"));
    let expected: Vec<String> = expected.collect();
    assert_eq!(read, expected);
}

#[test]
fn bullets_whose_words_are_all_understood_are_carried() {
    check(
        FileKind::Deployment,
        &[
            ("Replicas: 2 (min)", "replicas 2"),
            ("Replicas: 3 for HA", "replicas 3"),
            ("Replicas of the call-processor: exactly 3", "replicas 3"),
            ("Реплики: 2 для отказоустойчивости", "replicas 2"),
            ("Кол-во реплик: 2", "replicas 2"),
            ("Кількість реплік: 2", "replicas 2"),
            (
                "Resources: requests 256Mi/250m, limits 512Mi/500m",
                "requests 250m/256Mi, limits 500m/512Mi",
            ),
            (
                "Лимиты: 512Mi памяти, 500m CPU на каждый под",
                "limits 500m/512Mi",
            ),
            (
                "Ліміти: 512Mi пам'яті і 500m CPU для кожного пода",
                "limits 500m/512Mi",
            ),
            (
                "Liveness: `/health` (HTTP, period 30s)",
                "liveness HTTP /health every 30 s",
            ),
            (
                "Liveness: pg_isready every 5s",
                "liveness command `pg_isready` every 5 s",
            ),
            (
                "Готовність: `/ready`, кожні 10 секунд",
                "readiness HTTP /ready every 10 s",
            ),
            (
                "Готовность: `/ready`, каждые 10 секунд",
                "readiness HTTP /ready every 10 s",
            ),
        ],
    );
}

#[test]
fn a_type_of_service_is_for_the_ports_named_with_it() {
    check(
        FileKind::Service,
        &[
            ("LoadBalancer, 5023", "service [LoadBalancer] for 5023"),
            ("LoadBalancer for 5023", "service [LoadBalancer] for 5023"),
            (
                "LoadBalancer, порты 5022, 5023",
                "service [LoadBalancer] for 5022, [LoadBalancer] for 5023",
            ),
            (
                "ClusterIP, порт 8080; LoadBalancer, порт 5023",
                "service [Cluster] for 8080, [LoadBalancer] for 5023",
            ),
            ("NodePort, 30080", "service [NodePort] 30080"),
            (
                "NodePort 30080 for 5023",
                "service [NodePort] 30080 for 5023",
            ),
            ("LoadBalancer for AudioSocket, 5023", "unread"),
            ("LoadBalancer 10.0.0.7", "unread"),
        ],
    );
}

#[test]
fn things_that_ask_for_nothing_may_stand_beside_what_is_carried() {
    check(
        FileKind::Deployment,
        &[
            ("Port: 8080 (API), 9092 (AudioSocket)", "ports 8080, 9092"),
            ("PVC: 10Gi for data", "volume claim 10Gi"),
            ("Диск: 10 ГБ под данные", "volume claim 10G"),
            ("Env from ConfigMap + Secrets", "environment"),
            ("Env from ConfigMap `app-config`", "environment"),
            ("Переменные из ConfigMap и Secret", "environment"),
            ("Змінні з ConfigMap та Secret", "environment"),
            (
                "PDB: at least 2 pods available",
                "PDB, at least 2 available",
            ),
            ("PDB: minAvailable 50%", "PDB, at least 50% available"),
            ("PDB: не менее 1 пода", "PDB, at least 1 available"),
            ("Graceful shutdown: 60s", "graceful end, 60 s to end"),
            ("Graceful shutdown: 1h", "graceful end, 3600 s to end"),
            (
                "termination grace period: 60s",
                "graceful end, 60 s from the first to the last",
            ),
            ("grace 60s", "graceful end, 60 s from the first to the last"),
            ("Без рута", "security context"),
            ("Replicas: 2, PVC 5Gi", "replicas 2; volume claim 5Gi"),
        ],
    );
    check(
        FileKind::Hpa,
        &[
            ("CPU > 70%", "HPA CPU 70 %"),
            ("at least 2, up to 10 pods", "HPA 2 to 10"),
            (
                "от 2 до 10 подов, средняя загрузка CPU 70%",
                "HPA 2 to 10, CPU 70 %",
            ),
        ],
    );
    check(
        FileKind::Ingress,
        &[
            ("TLS termination", "TLS ends here"),
            ("Host: `a.test`, `b.test`", "hosts a.test, b.test"),
            ("Redirect HTTP → HTTPS", "plain HTTP sent on to HTTPS"),
            ("Rate limit: 100 r/s", "rate limit of 100 requests a second"),
            ("Paths: `/api/*` → `api`", "paths /api → api"),
        ],
    );
}

#[test]
fn figures_beside_what_is_carried_leave_a_bullet_unread() {
    check(
        FileKind::StatefulSet,
        &[
            ("limits 512Mi/500m, GPU 1", NOT),
            ("limits 1Gi/500m, ephemeral 4Gi", NOT),
            ("requests 128Mi/100m (heap 2Gi)", NOT),
            ("limits 2Gi/2, shared_buffers 512MB", NOT),
            ("Replicas: 3 → 5", NOT),
            ("Replicas: 3+", NOT),
            ("Replicas: 2 on weekdays, 4 on weekends", NOT),
            ("Replicas: at most 3", NOT),
            ("Реплики: не более 3", NOT),
            ("Реплики: 2 в будни, 4 в выходные", NOT),
            ("Репліки: 2 вдень, 4 вночі", NOT),
            ("PVC: 10Gi → 20Gi", NOT),
            ("PVC: 10Gi?", NOT),
            ("HPA: min 2, max 10, queue length 100", NOT),
            ("HPA: min 2, max 6, CPU 70%, memory 400Mi", NOT),
            ("HPA: min 2, max 6, CPU 500m", NOT),
            ("HPA: min 2, max 8, CPU 70% (of limits)", NOT),
            ("pg_isready every 5s, alert after 3 failures", NOT),
            ("Liveness: pg_isready every 5s, alert after 3 failures", NOT),
            ("Security context: runAsUser 1000", NOT),
            ("Graceful shutdown: 2 weeks", NOT),
        ],
    );
}

#[test]
fn what_holds_for_a_part_of_the_file_alone_is_unread() {
    check(
        FileKind::Ingress,
        &[
            ("Rate limit: 20 r/s per user", "unread"),
            ("Rate limit: 20 r/s for the API", "unread"),
            ("Ліміт запитів: 20 на секунду на користувача", "unread"),
            ("Sticky sessions for api", "unread"),
            ("Allow list for api: 10.20.0.0/16", "unread"),
            (
                "Rate limit: 20 requests per second",
                "rate limit of 20 requests a second",
            ),
        ],
    );
    check(
        FileKind::Deployment,
        &[
            ("PVC 20Gi per pod", "unread"),
            ("Port: 8080 (https)", "unread"),
            ("Port: 8443 (https)", "ports 8443"),
        ],
    );
}

#[test]
fn words_beside_what_is_carried_leave_a_bullet_unread() {
    const NOT: &str = "unread";
    check(
        FileKind::StatefulSet,
        &[
            ("PVC 10Gi, encrypted, snapshots daily", NOT),
            ("PVC: 10Gi encrypted", NOT),
            ("Диск: 10Gi зашифрованный", NOT),
            ("Диск: 10Gi, щоденні знімки", NOT),
            ("Env from ConfigMap and Secrets, except DEBUG", NOT),
            ("Переменные из ConfigMap, кроме DEBUG", NOT),
            ("Змінні з ConfigMap, крім DEBUG", NOT),
            ("Environment: production", NOT),
            ("Liveness: pg_isready against the standby", NOT),
            ("~~Replicas: 3~~", NOT),
            ("Port: 8080 (later)", NOT),
        ],
    );
    check(
        FileKind::CronJob,
        &[
            ("Schedule: `0 3 * * *`", "schedule 0 3 * * *"),
            ("Schedule: `0 3 * * *` Kyiv time", NOT),
            ("Schedule: `0 3 * * *`, по Киеву", NOT),
            ("Timeout: 2h", "ended after 7200 s"),
            ("Retries: 3, then page", NOT),
        ],
    );
    check(
        FileKind::Ingress,
        &[
            ("Host: `a.test`, `b.test` only from VPN", NOT),
            ("Host: `a.test` (later `b.test`)", NOT),
            ("Хост: `a.test`, `b.test` лише з VPN", NOT),
            ("Хост: `a.test` только из VPN", NOT),
            ("TLS 1.3", NOT),
            ("Basic auth for `/admin`", NOT),
        ],
    );
}

#[test]
fn what_is_not_wanted_is_never_carried() {
    const NOT: &str = "unread";
    let pods = [
        "no PDB",
        "PDB: none",
        "PDB: off",
        "without PDB",
        "без PDB",
        "PDB: нет",
        "PDB: не нужен",
        "PDB выключить",
        "PDB: ні",
        "PDB вимкнути",
        "HPA: off",
        "HPA отключить",
        "no anti-affinity",
        "Anti-affinity: не потрібна",
        "No environment variables",
        "no alert rules",
        "Graceful shutdown: no",
        "InitDB scripts: none",
        "без InitDB скриптов",
    ];
    let way_in = [
        "TLS: no",
        "TLS: нет",
        "TLS: немає",
        "TLS disabled",
        "без TLS",
        "Sticky sessions: off",
        "CORS: off",
        "no rate limit 100 r/s",
        "Basic auth: disabled",
        "Без редиректа на HTTPS",
        "Липкі сесії вимкнути",
        "WebSocket: ні",
        "no cert-manager `issuer`",
    ];
    for (kind, all) in [
        (FileKind::Deployment, pods.as_slice()),
        (FileKind::Ingress, way_in.as_slice()),
    ] {
        let all: Vec<(&str, &str)> = all.iter().map(|bullet| (*bullet, NOT)).collect();
        check(kind, &all);
    }
}

#[test]
fn how_many_failures_count_may_stand_before_their_word() {
    let probe = "liveness HTTP /health every 20 s";
    check(
        FileKind::Deployment,
        &[
            ("Liveness: `/health` every 20s, 3 failures", probe),
            ("Liveness: `/health` период 20с, 3 промаха", probe),
            ("Liveness: `/health` період 20с, 3 промахи", probe),
            (
                "Liveness: `/health` every 20s, 3 failures in a row, then page us",
                NOT,
            ),
        ],
    );
    check(
        FileKind::Job,
        &[
            ("Ретраи: 2", "tried again 2 times"),
            ("Ретраї: 2", "tried again 2 times"),
            ("Retries: 2", "tried again 2 times"),
            ("3 attempts", "tried 3 times in all"),
            ("Попыток: 3", "tried 3 times in all"),
            ("Спроби: 3", "tried 3 times in all"),
        ],
    );
}

#[test]
fn what_stabilization_takes_is_no_period() {
    check(
        FileKind::Hpa,
        &[
            ("Scale down stabilization 10 min", "HPA down after 600 s"),
            ("Scale down: 600s", NOT),
            ("Стабилизация вниз: 10 минут", "HPA down after 600 s"),
            ("Вниз: 10 минут", NOT),
            ("Стабілізація вниз: 10 хв", "HPA down after 600 s"),
            ("Вниз: 10 хв", NOT),
            (
                "scale down: 1 pod per minute, stabilization 10 min",
                "HPA down 1 pods in 60 s after 600 s",
            ),
            (
                "scale down: 1 под в минуту, стабилизация 10 минут",
                "HPA down 1 pods in 60 s after 600 s",
            ),
            (
                "вниз: 1 под за хвилину, стабілізація 10 хв",
                "HPA down 1 pods in 60 s after 600 s",
            ),
        ],
    );
}

#[test]
fn an_image_is_what_can_be_one_behind_its_word() {
    check(
        FileKind::Deployment,
        &[
            (
                "Image: `registry.example.com/app:1.2`",
                "image registry.example.com/app:1.2",
            ),
            ("Образ: `nginx`", "image nginx"),
            ("Версія: `1.4.2`", "version 1.4.2"),
            ("Image tag: `v2-alpine`", "version v2-alpine"),
            ("imagePullSecrets: `regcred`", NOT),
            ("imagePullPolicy: `Never`", NOT),
            ("Image policy: `Always`", NOT),
            ("Image pull secret: `regcred`", NOT),
            ("Секрет образа: `regcred`", NOT),
            ("Секрет образу: `regcred`", NOT),
            ("Image size: `200MB`", NOT),
            ("Image from `Dockerfile`", NOT),
            ("Подпись образа: `cosign`", NOT),
        ],
    );
}

#[test]
fn what_stands_behind_a_route_is_about_that_route() {
    check(
        FileKind::Ingress,
        &[
            ("`/api` → api:8080", "paths /api → api:8080"),
            ("`/api` → api:8080, exact", "paths /api exactly → api:8080"),
            (
                "`/api` → api:8080, pathType Exact",
                "paths /api exactly → api:8080",
            ),
            (
                "`/api` → api:8080, websocket",
                "paths /api → api:8080; time-out of 3600 s",
            ),
        ],
    );
}

#[test]
fn figures_with_a_dash_between_them_are_no_two() {
    check(
        FileKind::Deployment,
        &[
            ("Replicas: 2–4", "HPA 2 to 4"),
            ("Limits: 256–512Mi", NOT),
            ("Limits: 250m–500m CPU", NOT),
            ("Ports: 8080–8085", NOT),
        ],
    );
}
