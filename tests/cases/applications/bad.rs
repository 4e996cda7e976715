//! Manifests that break every rule: a rule that finds nothing here would find nothing anywhere.

use std::collections::BTreeSet;

use orch::manifest::parse_documents;

use super::lint;

#[test]
fn every_rule_can_find_something() {
    let large = "x".repeat(1_100_000);
    let metadata = "{ name: large, namespace: bad }";
    let large = format!(
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {metadata}\ndata: {{ text: {large} }}\n"
    );
    let objects = parse_documents("bad.yml", &format!("{BAD}{large}")).expect("YAML");
    let findings = lint::findings(&objects);
    let broken: BTreeSet<&str> = findings
        .iter()
        .filter_map(|finding| finding.split_once(": "))
        .map(|(rule, _)| rule)
        .collect();
    let silent: Vec<&str> = lint::all()
        .into_iter()
        .map(|rule| rule.name)
        .filter(|name| !broken.contains(name))
        .collect();
    assert!(silent.is_empty(), "these find nothing: {silent:?}");
}

const BAD: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: { name: bad, namespace: default }
spec:
  replicas: 2
  strategy: { type: Sometimes }
  selector: { matchLabels: { app: other } }
  template:
    metadata: { labels: { app: bad } }
    spec:
      serviceAccount: nobody
      restartPolicy: Never
      hostIPC: true
      hostNetwork: true
      hostPID: true
      securityContext:
        sysctls: [{ name: net.core.somaxconn, value: "1024" }]
      containers:
        - name: main
          image: example.test/bad:latest
          env:
            - { name: MY_SECRET, value: swordfish }
            - { name: MY_SECRET, value: swordfish }
            - { name: DB_PASSWORD, value: swordfish }
          ports: [{ name: ssh, containerPort: 22, hostPort: 22 }]
          livenessProbe: { httpGet: { path: /, port: http } }
          readinessProbe: { httpGet: { path: /, port: http } }
          startupProbe: { tcpSocket: { port: 80 } }
          securityContext:
            privileged: true
            procMount: Unmasked
            capabilities: { add: [NET_RAW] }
      volumes:
        - { name: socket, hostPath: { path: /var/run/docker.sock } }
        - { name: root, hostPath: { path: / } }
        - { name: scratch, emptyDir: {} }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: silent, namespace: bad }
spec:
  serviceName: missing
  selector: { matchLabels: { app: silent } }
  template:
    metadata: { labels: { app: silent } }
    spec: { containers: [{ name: main, image: example.test/silent }] }
---
apiVersion: v1
kind: Service
metadata: { name: silent, namespace: bad }
spec:
  selector: { app: silent }
  ports: [{ port: 80, targetPort: Not_A_Name }]
---
apiVersion: v1
kind: Service
metadata: { name: nobody, namespace: bad }
spec: { selector: { app: nobody }, ports: [{ port: 80 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: nobody, namespace: bad }
spec:
  podSelector: { matchLabels: { app: nobody } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: ghost } } }] }]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: nobody, namespace: bad }
spec: { minReplicas: 1, maxReplicas: 1, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ghost } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: bad, namespace: bad }
spec: { minReplicas: 2, maxReplicas: 4, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: bad } }
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: { name: nowhere, namespace: bad }
spec:
  rules: [{ http: { paths: [{ path: /, backend: { service: { name: ghost, port: { name: http } } } }] } }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: zero, namespace: bad }
spec: { maxUnavailable: 0, selector: { matchLabels: { app: silent } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: every, namespace: bad }
spec: { minAvailable: 1, selector: { matchLabels: { app: silent } } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*", pods, secrets], verbs: ["*"] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: everything }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
---
apiVersion: batch/v1
kind: Job
metadata: { name: once, namespace: bad }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: main, image: example.test/once:1 }] } } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: often, namespace: bad }
spec: { schedule: "* * * * *", jobTemplate: { spec: { template: { spec: { containers: [{ name: main, image: example.test/often:1 }] } } } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: bad }
data: { DB_PASSWORD: swordfish }
"#;
