//! What is applied: a namespace, and in it a ConfigMap, a Secret, a Service and a Deployment for
//! each of so many applications.

use orch::manifest::{Object, parse_documents};

/// The namespace of it all.
pub(crate) const NAMESPACE: &str = "bench";

/// How many objects the changed run changes.
pub(crate) const CHANGED: usize = 10;

/// A number of objects, in one of two revisions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Objects {
    /// How many applications of four objects each.
    applications: usize,
    /// Whether ten of the objects are changed.
    changed: bool,
}

impl Objects {
    /// Returns that many objects (one more than a multiple of four).
    pub(crate) fn new(count: usize) -> Self {
        Self {
            applications: (count - 1) / 4,
            changed: false,
        }
    }

    /// Returns the same with ten of them changed: half of them ConfigMaps, half Deployments.
    pub(crate) fn changed(self) -> Self {
        Self {
            changed: true,
            ..self
        }
    }

    /// Returns how many Deployments there are, with one pod each.
    pub(crate) fn deployments(self) -> usize {
        self.applications
    }

    /// Returns the namespace's YAML.
    pub(crate) fn namespace() -> String {
        format!("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {NAMESPACE}\n")
    }

    /// Returns the YAML of each application, with the name of its file.
    pub(crate) fn files(self) -> impl Iterator<Item = (String, String)> {
        (0..self.applications).map(move |number| {
            let revision = usize::from(self.changed && number < CHANGED / 2) + 1;
            (
                format!("app-{number:05}.yml"),
                application(number, revision),
            )
        })
    }

    /// Returns all objects, the namespace first.
    pub(crate) fn all(self) -> Vec<Object> {
        std::iter::once(Self::namespace())
            .chain(self.files().map(|(_, text)| text))
            .flat_map(|text| parse_documents("bench.yml", &text).expect("YAML"))
            .collect()
    }
}

fn application(number: usize, revision: usize) -> String {
    let name = format!("app-{number:05}");
    format!(
        "apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: {NAMESPACE}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: bench
data:
  LOG_LEVEL: info
  DATABASE_HOST: postgres.{NAMESPACE}.svc.cluster.local
  REVISION: \"{revision}\"
  settings.ini: |
    [server]
    listen = 0.0.0.0:8080
    workers = 4
---
apiVersion: v1
kind: Secret
metadata:
  name: {name}
  namespace: {NAMESPACE}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: bench
type: Opaque
data:
  PASSWORD: c3dvcmRmaXNo
  TOKEN: bm90LWEtcmVhbC10b2tlbg==
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {NAMESPACE}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: bench
spec:
  selector:
    app.kubernetes.io/name: {name}
  ports:
    - name: http
      port: 80
      targetPort: http
---
{}",
        deployment(&name, revision)
    )
}

fn deployment(name: &str, revision: usize) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {NAMESPACE}
  labels:
    app.kubernetes.io/name: {name}
    app.kubernetes.io/part-of: bench
spec:
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: {name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
        app.kubernetes.io/part-of: bench
      annotations:
        bench.test/revision: \"{revision}\"
    spec:
      automountServiceAccountToken: false
      containers:
        - name: main
          image: example.test/main:1
          envFrom:
            - configMapRef:
                name: {name}
            - secretRef:
                name: {name}
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /health
              port: http
          resources:
            requests:
              cpu: 10m
              memory: 16Mi
            limits:
              memory: 64Mi
          securityContext:
            runAsNonRoot: true
            allowPrivilegeEscalation: false
"
    )
}
