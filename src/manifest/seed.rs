//! The init container that copies what an image changes of itself to scratch space: its root file
//! system is read-only. It is the same image, so nothing more is pulled.

use k8s_openapi::api::core::v1::{Container, ResourceRequirements, VolumeMount};

use super::container;
use super::mounts::Mounted;
use super::quantity::quantity;
use crate::resolve::Workload;

/// Where the scratch space is mounted while it is filled.
const FOLDER: &str = "/seed";

/// Returns the init container, where there is anything to copy.
pub(super) fn build(workload: &Workload, mounts: &[Mounted]) -> Option<Container> {
    let seeded: Vec<&Mounted> = mounts.iter().filter(|mounted| mounted.seeded).collect();
    if seeded.is_empty() {
        return None;
    }
    let place = |mounted: &Mounted| format!("{FOLDER}/{}", mounted.mount.name);
    let copies = seeded
        .iter()
        .map(|mounted| format!("cp -R {}/. {}/", mounted.mount.mount_path, place(mounted)));
    let script = copies.collect::<Vec<_>>().join(" && ");
    let volume_mounts = seeded.iter().map(|mounted| VolumeMount {
        name: mounted.mount.name.clone(),
        mount_path: place(mounted),
        ..VolumeMount::default()
    });
    Some(Container {
        name: "seed".to_owned(),
        image: Some(workload.image.clone()),
        image_pull_policy: Some("Always".to_owned()),
        command: Some(["/bin/sh", "-c", &script].map(str::to_owned).to_vec()),
        resources: Some(resources(&seeded)),
        security_context: Some(container::security_context(workload)),
        volume_mounts: Some(volume_mounts.collect()),
        ..Container::default()
    })
}

fn resources(seeded: &[&Mounted]) -> ResourceRequirements {
    let sizes = seeded
        .iter()
        .filter_map(|mounted| mounted.scratch.as_deref());
    let room: u64 = sizes.filter_map(super::quantity::mebibytes).sum();
    let list = |cpu: &str, memory: &str, room: String| {
        let amounts = [
            ("cpu", cpu),
            ("memory", memory),
            ("ephemeral-storage", &room),
        ];
        amounts
            .map(|(name, amount)| (name.to_owned(), quantity(amount)))
            .into()
    };
    ResourceRequirements {
        requests: Some(list("50m", "64Mi", "64Mi".to_owned())),
        limits: Some(list("250m", "128Mi", format!("{}Mi", room + 64))),
        claims: None,
    }
}

#[cfg(test)]
mod tests {
    use super::build;
    use crate::manifest::mounts::mounts;
    use crate::manifest::sample;
    use crate::resolve::Application;

    #[test]
    fn one_container_copies_all_that_is_changed() {
        let mut workload = sample::workload("kafka");
        workload.image = "apache/kafka:3.9.0".to_owned();
        let mounts = mounts(&Application::default(), &workload);
        let seed = build(&workload, &mounts).expect("a container");
        let script = seed.command.and_then(|command| command.last().cloned());
        assert_eq!(
            script.as_deref(),
            Some("cp -R /opt/kafka/config/. /seed/opt-kafka-config/")
        );
        assert_eq!(seed.image.as_deref(), Some("apache/kafka:3.9.0"));
    }

    #[test]
    fn most_images_change_nothing_of_themselves() {
        let workload = sample::workload("api");
        assert!(build(&workload, &mounts(&Application::default(), &workload)).is_none());
    }
}
