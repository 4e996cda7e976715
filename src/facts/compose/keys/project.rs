//! The keys at the top of a Compose file, and those of what is declared there.

use super::{Section, below, carried, idle, lost, partly};

/// The file itself.
pub(in super::super) const PROJECT: Section = Section {
    at: &[""],
    keys: &[
        idle("version", "it is obsolete, and Compose ignores it too"),
        carried(
            "name",
            "the application's name (`app.kubernetes.io/part-of`), and the namespace where nothing else names one",
        ),
        below("include"),
        below("services"),
        lost(
            "models",
            "a cluster has no model runner of its own",
            "run a model server as a service of its own, and give its URL in the environment of those that use it",
        ),
        below("networks"),
        below("volumes"),
        below("secrets"),
        below("configs"),
    ],
};

/// What a file includes.
pub(in super::super) const INCLUDE: Section = Section {
    at: &["include[]"],
    keys: &[
        carried("path", "the included files, merged in their order"),
        carried(
            "env_file",
            "values for the variables of the included files, instead of the `.env` beside them",
        ),
        carried("project_directory", "where their paths start"),
    ],
};

const NETWORK_DRIVER: &str = "every pod has one address in the cluster's own network";

/// A network.
pub(in super::super) const NETWORK: Section = Section {
    at: &["networks.*"],
    keys: &[
        idle("name", "NetworkPolicies name workloads, not networks"),
        idle("driver", NETWORK_DRIVER),
        idle("driver_opts", NETWORK_DRIVER),
        idle("ipam", NETWORK_DRIVER),
        lost(
            "external",
            "who else is in a network that was made elsewhere isn't known here",
            "add a NetworkPolicy that lets the others in",
        ),
        carried(
            "internal",
            "known of each service that is in no other network: it doesn't reach the world outside",
        ),
        idle(
            "enable_ipv4",
            "the cluster decides which addresses pods have",
        ),
        idle(
            "enable_ipv6",
            "the cluster decides which addresses pods have",
        ),
        idle(
            "attachable",
            "every pod can be reached where a NetworkPolicy lets it",
        ),
        idle(
            "labels",
            "there is no object for a network that could carry them",
        ),
    ],
};

/// A volume.
pub(in super::super) const VOLUME: Section = Section {
    at: &["volumes.*"],
    keys: &[
        idle(
            "name",
            "a claim is called after the key, or `data` in a StatefulSet",
        ),
        partly(
            "driver",
            "`local`: a claim of the cluster's default StorageClass",
            "a volume driver of Docker's doesn't run in a cluster",
            "install the CSI driver for that storage, and make its StorageClass the default one",
        ),
        partly(
            "driver_opts",
            "`type: tmpfs`: memory of that size; `o: bind`: the folder, as a bind mount is",
            "they are options of Docker's own driver",
            "make a PersistentVolume with these options, or a StorageClass that has them",
        ),
        partly(
            "external",
            "a claim that starts empty",
            "data that is there already stays where it is",
            "copy it into the claim before the workload first starts",
        ),
        idle("labels", "claims carry the application's labels"),
    ],
};

const TEMPLATE: (&str, &str) = (
    "templates of Docker's are filled in by Swarm alone",
    "write the values into the file, or let the program read them from its environment",
);

/// A config.
pub(in super::super) const CONFIG: Section = Section {
    at: &["configs.*"],
    keys: &[
        idle(
            "name",
            "a ConfigMap is called after the workload that mounts it",
        ),
        carried(
            "content",
            "a key of the workload's ConfigMap, variables filled in; of a Secret where a secret is in it",
        ),
        partly(
            "environment",
            "a key of the workload's ConfigMap with the variable's value from `.env`; of a Secret where it is one",
            "the variable has no value in `.env`",
            "give it there, or use `content` or `file`",
        ),
        carried(
            "file",
            "a key of the workload's ConfigMap with the file's text; of a Secret where a secret is in it",
        ),
        carried(
            "external",
            "an existing ConfigMap of that `name`, with a key of that name",
        ),
        idle("labels", "ConfigMaps carry the application's labels"),
        lost("template_driver", TEMPLATE.0, TEMPLATE.1),
    ],
};

/// A secret.
pub(in super::super) const SECRET: Section = Section {
    at: &["secrets.*"],
    keys: &[
        idle("name", "the Secret's key is called after the secret"),
        carried(
            "environment",
            "a key of a Secret, called after the variable that gives its value",
        ),
        carried(
            "file",
            "a key of a Secret; the file itself is never read nor written",
        ),
        carried(
            "external",
            "a key of a Secret, to be given before the first run",
        ),
        idle("labels", "Secrets carry the application's labels"),
        lost(
            "driver",
            "secret stores of Swarm's don't run in a cluster",
            "let the External Secrets Operator or the Secrets Store CSI driver fill the Secret: one that is there is never overwritten",
        ),
        idle("driver_opts", "they belong to the driver"),
        lost("template_driver", TEMPLATE.0, TEMPLATE.1),
    ],
};

/// All sections of this file, in the order of the document.
#[cfg(test)]
pub(super) const SECTIONS: &[&Section] = &[&PROJECT, &INCLUDE, &NETWORK, &VOLUME, &CONFIG, &SECRET];
