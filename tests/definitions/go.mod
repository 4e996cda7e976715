// The definitions of the kinds that written manifests may have and Kubernetes itself hasn't: their
// modules hold them as YAML. Nothing is built from these modules.
module orch.test/definitions

go 1.26.0

require (
	github.com/prometheus-operator/prometheus-operator v0.85.0
	github.com/traefik/traefik/v3 v3.7.13
	sigs.k8s.io/gateway-api v1.6.3
)
