//! The file that a workload's task names, so that the path alone tells what it is to hold.

use super::application::WorkloadKind;
use super::target;

/// What a file of a workload holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileName {
    /// What runs its pods.
    Workload(WorkloadKind),
    /// Its Services.
    Service,
    /// Its `HorizontalPodAutoscaler`.
    Hpa,
    /// Its `PodDisruptionBudget`.
    Pdb,
}

impl FileName {
    fn word(self) -> String {
        match self {
            Self::Workload(kind) => kind.word().to_lowercase(),
            Self::Service => "service".to_owned(),
            Self::Hpa => "hpa".to_owned(),
            Self::Pdb => "pdb".to_owned(),
        }
    }
}

/// Returns the path of a workload's file below a folder: in a folder of its own, unless that is
/// called like one that holds many.
pub fn file_name_for(folder: &str, workload: &str, file: FileName) -> String {
    let word = file.word();
    let own = format!("{folder}/{workload}/{word}.yml");
    let read = target::read(&own, "").and_then(|it| it.name);
    if read.as_deref() == Some(workload) {
        own
    } else {
        format!("{folder}/{workload}-{word}.yml")
    }
}

#[cfg(test)]
mod tests {
    use super::{FileName, file_name_for};
    use crate::resolve::WorkloadKind;
    use crate::resolve::target::read;

    #[track_caller]
    fn check(workload: &str, file: FileName, expected: &str) {
        let path = file_name_for("k8s", workload, file);
        assert_eq!(path, expected);
        let name = read(&path, "").and_then(|it| it.name);
        assert_eq!(name.as_deref(), Some(workload));
    }

    #[test]
    fn the_path_tells_the_workload() {
        let job = FileName::Workload(WorkloadKind::Job);
        check("api", FileName::Service, "k8s/api/service.yml");
        check("job", job, "k8s/job/job.yml");
        check("config", FileName::Hpa, "k8s/config/hpa.yml");
        check("base", FileName::Pdb, "k8s/base-pdb.yml");
    }
}
