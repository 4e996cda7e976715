//! An object of each kind that has a rule of its own.

pub(in crate::conformance) const CLAIM: &str = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
";

pub(in crate::conformance) const SERVICE: &str = "
apiVersion: v1
kind: Service
metadata: { name: api }
spec: { selector: { app: api }, ports: [{ port: 80 }] }
";

pub(in crate::conformance) const STATEFUL_SET: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store }
spec:
  replicas: 2
  serviceName: store
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec: { containers: [{ name: main, image: 'example.test/store:1' }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
";

pub(in crate::conformance) const DAEMON_SET: &str = "
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: main, image: 'example.test/agent:1' }] }
";

pub(in crate::conformance) const JOB: &str = "
apiVersion: batch/v1
kind: Job
metadata: { name: once }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: main, image: 'example.test/once:1' }] }
";

pub(in crate::conformance) const POD: &str = "
apiVersion: v1
kind: Pod
metadata: { name: one }
spec: { containers: [{ name: main, image: 'example.test/one:1' }] }
";

pub(in crate::conformance) const AUTOSCALER: &str = "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: api }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api }
  minReplicas: 2
  maxReplicas: 4
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
";

pub(in crate::conformance) const BUDGET: &str = "
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: api }
spec: { minAvailable: 1, selector: { matchLabels: { app: api } } }
";

pub(in crate::conformance) const INGRESS: &str = "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: api }
spec: { defaultBackend: { service: { name: api, port: { number: 80 } } } }
";

pub(in crate::conformance) const DEFINITION: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: greetings.orch.test }
spec:
  group: orch.test
  scope: Cluster
  names: { plural: greetings, singular: greeting, kind: Greeting }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
";
