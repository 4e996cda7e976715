//! `deploy`, and the older keys that say the same: `scale`, `cpus`, `mem_limit`, `gpus`.

use super::super::yaml::Node;
use super::fields::{Fields, Notes};
use super::{devices, keys};
use crate::facts::{
    Constraint, Deploy, FailureAction, Limits, Mode, RestartCondition, RestartPolicy, Update,
    UpdateOrder,
};

/// The period that a quota of CPU is of, in microseconds, where none is given.
const PERIOD: u64 = 100_000;

/// What `deploy` and its like come to.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) deploy: Deploy,
    pub(super) replicas: Option<u32>,
    pub(super) limits: Limits,
    pub(super) devices: Vec<(String, u32)>,
}

/// Returns how a service is rolled out, and what it may use.
pub(super) fn read(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Read {
    let mut read = Read {
        replicas: service.number("scale", notes),
        limits: limits(service, notes),
        devices: devices::gpus(service, notes),
        ..Read::default()
    };
    if let Some(node) = service.take("deploy") {
        let mut fields = Fields::new(node, service.at("deploy"), &keys::DEPLOY, notes);
        read.fill(&mut fields, notes);
        fields.finish(notes);
    }
    read
}

/// Returns the limits beside `deploy`; `cpus` wins over a quota.
fn limits(service: &mut Fields<'_>, notes: &mut Notes<'_>) -> Limits {
    let number = "a whole number";
    let amount = |text: &str| text.parse::<u64>().ok();
    let period = service.scalar("cpu_period", number, notes, amount);
    let quota = service.scalar("cpu_quota", number, notes, |text| text.parse::<i64>().ok());
    // A quota below zero is none.
    let quota = quota.and_then(|quota| u64::try_from(quota).ok());
    let by_quota = quota
        .filter(|quota| *quota > 0)
        .map(|quota| (quota * 1000 / period.unwrap_or(PERIOD).max(1)).max(1));
    let shares = service.scalar("cpu_shares", number, notes, amount);
    let by_shares = shares
        .filter(|it| *it > 0)
        .map(|it| (it * 1000 / 1024).max(1));
    Limits {
        cpu_limit: service
            .cpus("cpus", notes)
            .filter(|it| *it > 0)
            .or(by_quota),
        memory_limit: service.bytes("mem_limit", notes).filter(|it| *it > 0),
        cpu_request: by_shares,
        memory_request: service.bytes("mem_reservation", notes).filter(|it| *it > 0),
    }
}

impl Read {
    fn fill(&mut self, fields: &mut Fields<'_>, notes: &mut Notes<'_>) {
        self.replicas = fields.number("replicas", notes).or(self.replicas);
        self.deploy.mode = mode(fields, notes);
        self.deploy.labels = labels(fields, notes);
        let endpoint = fields.take("endpoint_mode");
        self.deploy.headless = endpoint.is_some_and(|node| node.str() == Some("dnsrr"));
        if let Some(node) = fields.take("update_config") {
            self.deploy.update = Some(update(node, fields.at("update_config"), notes));
        }
        if let Some(node) = fields.take("restart_policy") {
            self.deploy.restart = Some(restart(node, fields.at("restart_policy"), notes));
        }
        if let Some(node) = fields.take("placement") {
            self.place(node, fields.at("placement"), notes);
        }
        if let Some(node) = fields.take("resources") {
            self.resources(node, fields.at("resources"), notes);
        }
    }

    fn resources(&mut self, node: &Node, path: String, notes: &mut Notes<'_>) {
        let mut fields = Fields::new(node, path, &keys::RESOURCES, notes);
        if let Some(node) = fields.take("limits") {
            let mut part = Fields::new(node, fields.at("limits"), &keys::LIMITS, notes);
            let limits = &mut self.limits;
            limits.cpu_limit = part.cpus("cpus", notes).or(limits.cpu_limit);
            limits.memory_limit = part.bytes("memory", notes).or(limits.memory_limit);
            part.finish(notes);
        }
        if let Some(node) = fields.take("reservations") {
            let path = fields.at("reservations");
            let mut part = Fields::new(node, path, &keys::RESERVATIONS, notes);
            let limits = &mut self.limits;
            limits.cpu_request = part.cpus("cpus", notes).or(limits.cpu_request);
            limits.memory_request = part.bytes("memory", notes).or(limits.memory_request);
            for device in devices::reserved(&mut part, notes) {
                devices::add(&mut self.devices, device);
            }
            part.finish(notes);
        }
        fields.finish(notes);
    }

    fn place(&mut self, node: &Node, path: String, notes: &mut Notes<'_>) {
        let mut fields = Fields::new(node, path, &keys::PLACEMENT, notes);
        for (text, node) in fields.strings("constraints", notes) {
            match constraint(text, node) {
                Some(constraint) => self.deploy.constraints.push(constraint),
                None => fields.leave("constraints", Some(text), &node.mark, notes),
            }
        }
        let path = fields.at("preferences");
        for node in fields.list("preferences", notes) {
            let mut one = Fields::new(node, path.clone(), &keys::PREFERENCE, notes);
            let spread = one.string("spread", notes).unwrap_or_default();
            match label_of(&spread) {
                Some(label) => self.deploy.spread.push(label),
                None => one.leave("spread", Some(&spread), &node.mark, notes),
            }
            one.finish(notes);
        }
        let most = fields.number("max_replicas_per_node", notes);
        self.deploy.most_per_node = most.filter(|most| *most > 0);
        if let Some(most) = self.deploy.most_per_node.filter(|most| *most > 1) {
            let mark = node
                .get("max_replicas_per_node")
                .unwrap_or(node)
                .mark
                .clone();
            let most = most.to_string();
            fields.leave("max_replicas_per_node", Some(&most), &mark, notes);
        }
        fields.finish(notes);
    }
}

fn mode(fields: &mut Fields<'_>, notes: &mut Notes<'_>) -> Mode {
    let expected = "`replicated`, `global`, `replicated-job` or `global-job`";
    let mode = fields.scalar("mode", expected, notes, |text| match text {
        "replicated" => Some(Mode::Replicated),
        "global" => Some(Mode::Global),
        "replicated-job" => Some(Mode::ReplicatedJob),
        "global-job" => Some(Mode::GlobalJob),
        _ => None,
    });
    let mode = mode.unwrap_or_default();
    if mode == Mode::GlobalJob
        && let Some(node) = fields.node().get("mode")
    {
        fields.leave("mode", Some("global-job"), &node.mark, notes);
    }
    mode
}

fn labels(fields: &mut Fields<'_>, notes: &mut Notes<'_>) -> Vec<(String, String)> {
    let pairs = fields.pairs("labels", notes).into_iter();
    pairs
        .map(|(entry, value)| (entry.key.clone(), value.to_owned()))
        .collect()
}

fn update(node: &Node, path: String, notes: &mut Notes<'_>) -> Update {
    let mut fields = Fields::new(node, path, &keys::UPDATE, notes);
    let order = "`start-first` or `stop-first`";
    let update = Update {
        parallelism: fields.number("parallelism", notes),
        delay: fields.duration("delay", notes),
        order: fields.scalar("order", order, notes, |text| match text {
            "start-first" => Some(UpdateOrder::StartFirst),
            "stop-first" => Some(UpdateOrder::StopFirst),
            _ => None,
        }),
        monitor: fields.duration("monitor", notes),
        failure_action: match node.get("failure_action").and_then(Node::str) {
            Some("continue") => Some(FailureAction::Continue),
            Some("pause") => Some(FailureAction::Pause),
            Some("rollback") => Some(FailureAction::Rollback),
            Some(_) | None => None,
        },
        origin: node.mark.origin(),
    };
    fields.finish(notes);
    update
}

fn restart(node: &Node, path: String, notes: &mut Notes<'_>) -> RestartPolicy {
    let mut fields = Fields::new(node, path, &keys::RESTART_POLICY, notes);
    let expected = "`any`, `on-failure` or `none`";
    let condition = fields.scalar("condition", expected, notes, |text| match text {
        "any" => Some(RestartCondition::Any),
        "on-failure" => Some(RestartCondition::OnFailure),
        "none" => Some(RestartCondition::None),
        _ => None,
    });
    let policy = RestartPolicy {
        condition: condition.unwrap_or_default(),
        max_attempts: fields.number("max_attempts", notes),
        origin: node.mark.origin(),
    };
    fields.finish(notes);
    policy
}

/// Returns a constraint that labels of nodes can meet.
fn constraint(text: &str, node: &Node) -> Option<Constraint> {
    let (subject, value, equal) = match (text.split_once("!="), text.split_once("==")) {
        (Some((subject, value)), _) => (subject, value, false),
        (None, Some((subject, value))) => (subject, value, true),
        (None, None) => return None,
    };
    Some(Constraint {
        label: label_of(subject.trim())?,
        value: value.trim().to_owned(),
        equal,
        origin: node.mark.origin(),
    })
}

/// Returns the label that stands for a property of Swarm's nodes.
fn label_of(property: &str) -> Option<String> {
    match property {
        "node.hostname" => Some("kubernetes.io/hostname".to_owned()),
        "node.platform.os" => Some("kubernetes.io/os".to_owned()),
        "node.platform.arch" => Some("kubernetes.io/arch".to_owned()),
        _ => {
            let label = property.strip_prefix("node.labels.")?;
            (!label.is_empty()).then(|| label.to_owned())
        }
    }
}
