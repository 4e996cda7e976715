//! Where the application's own section keeps its files.

use crate::checklist::Section;
use crate::facts::{is_yaml, leads_out};
use crate::resolve::application::{Application, Workload};
use crate::resolve::rules::Read;
use crate::resolve::target::{self, Target};

/// Where the application's own section has its files.
#[derive(Debug)]
pub(super) struct Home {
    /// The folder, with its `/`.
    folder: String,
    /// Whether each workload has a folder of its own below that.
    each: bool,
    /// The section's number.
    pub(super) section: String,
}

impl Home {
    /// Returns the file of a workload that no task names.
    pub(super) fn of(&self, workload: &Workload) -> String {
        let (folder, name) = (&self.folder, &workload.name);
        if self.each {
            let kind = workload.kind.word().to_lowercase();
            return format!("{folder}{name}/{kind}.yml");
        }
        format!("{folder}{name}.yml")
    }
}

/// Returns where the application's own section has its files.
pub(super) fn home(
    targets: &[(&Read<'_>, &Target)],
    application: &Application,
    root: &str,
) -> Home {
    let built = targets.iter().find(|(_, target)| {
        let workload = target
            .name
            .as_deref()
            .and_then(|name| application.workload(name));
        workload.is_some_and(|workload| workload.built)
    });
    let Some((read, target)) = built.or(targets.first()) else {
        return Home {
            folder: root.to_owned(),
            each: false,
            section: String::new(),
        };
    };
    let files: Vec<&str> = read
        .section
        .files
        .iter()
        .map(|file| file.value.as_str())
        .collect();
    // Nobody named the folder of a service whose path stands nowhere.
    let own = target
        .path
        .rsplit_once('/')
        .filter(|_| read.pathless.is_none());
    let own = own.map(|(folder, _)| folder);
    let own = own.map(|folder| format!("{folder}/"));
    // A workload's own folder is no place for another one, unless a person says so.
    let name = target.name.as_ref().map(|name| format!("{name}/"));
    let shared = name.zip(own.as_deref()).and_then(|(name, own)| {
        let rest = own.strip_suffix(&name)?;
        (rest.is_empty() || rest.ends_with('/')).then(|| rest.to_owned())
    });
    let told = named(&files, &target.path).map(|folder| format!("{folder}/"));
    Home {
        each: told.is_none() && shared.is_some(),
        folder: told.or(shared).or(own).unwrap_or_else(|| root.to_owned()),
        section: read.section.number.clone(),
    }
}

/// Returns the folder for manifests that a section's `**Files:**` tells.
pub(in crate::resolve) fn told_folder(section: &Section) -> Option<String> {
    let files = section.files.iter().map(|file| file.value.as_str());
    named(&files.collect::<Vec<_>>(), "")
}

/// Returns the folder that a section's `**Files:**` tells, where one of its manifests has that path:
/// the first folder that is named, else the one that the manifests named have in common.
fn named(files: &[&str], path: &str) -> Option<String> {
    let led = path.split_once('/').map(|(first, _)| first.to_owned());
    let led: Vec<String> = led.into_iter().collect();
    let holds = |folder: &str| target::is_for_manifests(&format!("{folder}/"), &led);
    let inside = || files.iter().copied().filter(|file| !leads_out(file));
    let mut folders = inside().filter(|it| target::is_plain(it) && !is_file(it));
    folders
        .find(|it| holds(it))
        .map(|it| it.trim_end_matches('/').to_owned())
        .or_else(|| common(inside().filter(|it| is_yaml(it))).filter(|it| holds(it)))
}

fn is_file(code: &str) -> bool {
    target::is_path(code) && !code.ends_with('/')
}

/// Returns the folder that all of these files lie below.
fn common<'f>(files: impl Iterator<Item = &'f str>) -> Option<String> {
    let folders = files.map(|file| -> Vec<&str> {
        let (folder, _) = file.rsplit_once('/').unwrap_or_default();
        folder.split('/').collect()
    });
    let shared = |one: Vec<&'f str>, other: Vec<&'f str>| {
        let pairs = one.into_iter().zip(other);
        let same = pairs.take_while(|(one, other)| one == other);
        same.map(|(part, _)| part).collect()
    };
    Some(folders.reduce(shared)?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[track_caller]
    fn check(files: &[&str], expected: Option<&str>) {
        let found = named(files, "k8s/api/deployment.yml");
        assert_eq!(found.as_deref(), expected, "{files:?}");
    }

    #[test]
    fn a_folder_is_told_by_folders_first() {
        check(&["k8s/"], Some("k8s"));
        check(&["k8s"], Some("k8s"));
        check(&["k8s/api/", "k8s/db/"], Some("k8s/api"));
        check(&["src/", "k8s/apps/"], Some("k8s/apps"));
        check(&["k8s/namespace.yml", "k8s/apps/"], Some("k8s/apps"));
    }

    #[test]
    fn files_tell_the_folder_that_they_have_in_common() {
        check(&["k8s/namespace.yml"], Some("k8s"));
        check(
            &["k8s/namespace.yml", "k8s/api/deployment.yml"],
            Some("k8s"),
        );
        check(&["k8s/api/hpa.yaml", "k8s/api/pdb.yml"], Some("k8s/api"));
        check(&["k8s/api/*.yml"], Some("k8s/api"));
    }

    #[test]
    fn what_is_no_place_for_manifests_tells_nothing() {
        check(&[], None);
        check(&["Dockerfile", "src/main.rs", "docker-compose.yml"], None);
        check(&["k8s/api/deployment.yml", "docker-compose.yml"], None);
        check(&["kubectl apply", "k8s/*", "Deployment"], None);
        check(&["../k8s/", "/etc/k8s/", "~/k8s/"], None);
    }
}
