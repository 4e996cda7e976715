//! Words that are written alike in every language: names of Kubernetes' and of protocols.

use super::{Row, Word};

pub(super) const WORDS: &[Row<Word>] = &[
    (
        Word::Object,
        "yaml$, yml$, k8s$, kubernetes$, kube$, deployment, statefulset, daemonset, cronjob, job$, \
         service$, services$, configmap, secret$, secrets$, namespace, ingress, hpa$, pdb$, pvc$, pv$, \
         ns$, svc$, cm$, sts$, ds$, dep$, autoscaler, networkpolicy, serviceaccount, kustomization, \
         kustomize, poddisruptionbudget, horizontalpodautoscaler, readme$, docker, dockerfile$, \
         compose, docker-compose, api$, clusterip$, nodeport$, loadbalancer$, http$, tcp$, health, healthcheck, endpoint, env$",
    ),
    (Word::Namespace, "namespace, ns$"),
    (Word::ConfigMaps, "configmap, config-map, cm$"),
    (Word::Cpu, "cpu"),
    (Word::Memory, "ram$"),
    (Word::Liveness, "liveness"),
    (Word::Readiness, "readiness"),
    (Word::Startup, "startup, start-up"),
    (
        Word::AntiAffinity,
        "anti-affinity, anti affinity, antiaffinity, podantiaffinity, pod-anti-affinity",
    ),
    (Word::Disruption, "pdb, poddisruptionbudget"),
    (Word::Available, "minavailable"),
    (Word::Unavailable, "maxunavailable, max-unavailable"),
    (Word::Surge, "maxsurge"),
    (Word::Rolling, "rollingupdate"),
    (Word::Recreate, "recreate"),
    (Word::Autoscaler, "hpa, horizontalpodautoscaler, autoscal"),
    (Word::Behaviour, "behavio"),
    (Word::ScaleUp, "scaleup"),
    (Word::ScaleDown, "scaledown"),
    (Word::Minimum, "min$, minreplicas, minavailable"),
    (Word::Maximum, "max$, maxreplicas, maxunavailable"),
    (Word::Volumes, "pv$, pvs$, pvc$, pvcs$, persistentvolume"),
    (Word::Claim, "pvc, pv$, persistentvolumeclaim"),
    (Word::Environment, "env$, envs$, envfrom"),
    (Word::Init, "initdb, init$, init-script"),
    (Word::Schedule, "cron"),
    (Word::Zone, "timezone"),
    (Word::Overlap, "concurrencypolicy"),
    (Word::Retries, "backofflimit"),
    (Word::Deadline, "activedeadline"),
    (Word::Grace, "graceperiod, terminationgraceperiod"),
    (Word::Drain, "prestop"),
    (Word::Security, "securitycontext, runasnonroot"),
    (Word::ServiceAccount, "serviceaccount"),
    (Word::NetworkPolicy, "networkpolicy, network-policy, netpol"),
    (Word::ServiceMonitor, "servicemonitor"),
    (Word::Headless, "headless"),
    (Word::Internal, "headless$"),
    (
        Word::Idle,
        "k8s$, kubernetes$, http$, configmap, ingress, clusterip$, rps$, req$, zero-downtime$, root$, api$, pod$",
    ),
    (Word::Tls, "tls, https$, ssl"),
    (Word::RateLimit, "rate-limit, ratelimit, limit-rps$"),
    (
        Word::BasicAuth,
        "basic-auth, basicauth, basic+auth, htpasswd, auth-secret$",
    ),
    (
        Word::ForwardAuth,
        "forward-auth, forwardauth, forward+auth, auth-url$, oauth2-proxy",
    ),
    (Word::Rewrite, "stripprefix, rewrite-target$"),
    (
        Word::IdleTimeout,
        "websocket, web-socket, proxy-read-timeout",
    ),
    (
        Word::BodySize,
        "body-size, proxy-body-size, client_max_body_size",
    ),
    (Word::Cors, "cors$"),
    (Word::HttpsRedirect, "ssl-redirect, https-redirect"),
    (
        Word::AllowList,
        "allow-list, allowlist, white-list, whitelist",
    ),
    (Word::StickySessions, "sticky"),
    (Word::Postgres, "postgresql$, postgres$, pg$"),
    (Word::Database, "db$"),
    (Word::Percent, "%$"),
    (Word::Seconds, "s$"),
    (Word::Minutes, "m$, min$"),
    (Word::Hours, "h$"),
    (Word::Days, "d$"),
    (Word::Weeks, "w$"),
    (Word::Years, "y$"),
    (Word::Kilobytes, "k$, kb$"),
    (Word::Megabytes, "mb$"),
    (Word::Gigabytes, "g$, gb$"),
    (Word::Terabytes, "t$, tb$"),
    (
        Word::Plain,
        "kubernetes$, k8s$, kustomize, kustomization, compose$, docker$",
    ),
    (
        Word::Part,
        "api$, apis$, ui$, web$, rest$, grpc$, graphql$, fastapi$, django$, flask$, node.js$, nodejs$, \
         express$, nest.js$, next.js$, react$, rails$, laravel$, spring$, python$, golang$",
    ),
    (Word::Guide, "readme"),
    (Word::Demand, "gpu, vpn$, ha$, multi-az$, az$"),
    (Word::Entry, "ingress"),
];
