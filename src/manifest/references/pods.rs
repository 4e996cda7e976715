//! What pods refer to.

use serde_json::Value;

use super::{Found, items};

impl Found<'_> {
    /// Adds what a pod spec names.
    pub(super) fn pod(&mut self, spec: &Value) {
        self.local(
            "ServiceAccount",
            spec,
            "/serviceAccountName",
            "serviceAccountName",
        );
        for secret in items(spec, "/imagePullSecrets") {
            self.local("Secret", secret, "/name", "imagePullSecrets");
        }
        // Those of the system come with every cluster.
        let class = spec.get("priorityClassName").and_then(Value::as_str);
        if let Some(class) = class.filter(|class| !class.starts_with("system-")) {
            self.global("PriorityClass", class, "priorityClassName");
        }
        self.global_at(
            "RuntimeClass",
            spec,
            "/runtimeClassName",
            "runtimeClassName",
        );
        for claim in items(spec, "/resourceClaims") {
            self.local(
                "ResourceClaim",
                claim,
                "/resourceClaimName",
                "resourceClaims",
            );
            let template = "/resourceClaimTemplateName";
            self.local("ResourceClaimTemplate", claim, template, "resourceClaims");
        }
        for volume in items(spec, "/volumes") {
            self.volume(volume);
        }
        for list in ["/initContainers", "/containers"] {
            for container in items(spec, list) {
                self.container(container);
            }
        }
    }

    fn volume(&mut self, volume: &Value) {
        self.local("ConfigMap", volume, "/configMap/name", "volume");
        self.local("Secret", volume, "/secret/secretName", "volume");
        let claim = "/persistentVolumeClaim/claimName";
        self.local("PersistentVolumeClaim", volume, claim, "volume");
        let driver = "/csi/nodePublishSecretRef/name";
        self.local("Secret", volume, driver, "volume");
        if let Some(template) = volume.pointer("/ephemeral/volumeClaimTemplate") {
            self.claim(template, "ephemeral volume");
        }
        for source in items(volume, "/projected/sources") {
            self.local("ConfigMap", source, "/configMap/name", "projected volume");
            self.local("Secret", source, "/secret/name", "projected volume");
        }
    }

    fn container(&mut self, container: &Value) {
        for source in items(container, "/envFrom") {
            self.local("ConfigMap", source, "/configMapRef/name", "envFrom");
            self.local("Secret", source, "/secretRef/name", "envFrom");
        }
        for variable in items(container, "/env") {
            let map = "/valueFrom/configMapKeyRef/name";
            self.local("ConfigMap", variable, map, "env");
            self.local("Secret", variable, "/valueFrom/secretKeyRef/name", "env");
        }
    }

    /// Adds what a claim, or a template of one, names.
    pub(super) fn claim(&mut self, claim: &Value, by: &'static str) {
        self.global_at("StorageClass", claim, "/spec/storageClassName", by);
        self.global_at("PersistentVolume", claim, "/spec/volumeName", by);
        for source in ["/spec/dataSource", "/spec/dataSourceRef"] {
            let kind = claim
                .pointer(&format!("{source}/kind"))
                .and_then(Value::as_str);
            if let (Some(kind), Some(source)) = (kind, claim.pointer(source)) {
                self.elsewhere(kind, source, "dataSource");
            }
        }
    }
}
