//! Which image a workload runs, and how it is built where settings say so.

use crate::diagnostic::Diagnostic;
use crate::facts::image::Moving;
use crate::facts::{Build, Service, image};
use crate::settings::PhaseSettings;

use super::application::{ImageBuild, Workload};
use super::roster::{Member, Roster};
use super::workload::Sources;

/// The tag of what stands for an image that nobody named.
const STAND_IN: &str = "dev";

/// An image as it is found.
pub(super) struct Image {
    /// The image with tag or digest.
    pub(super) reference: String,
    /// Whether it only stands for one that nobody named.
    pub(super) placeholder: bool,
}

/// Returns the image of a member: the settings', the task's, the Compose file's, the one that is
/// usual for the product, or a name that stands for one.
pub(super) fn image(
    member: &Member<'_>,
    sources: &Sources<'_, '_>,
    warnings: &mut Vec<Diagnostic>,
) -> Image {
    if let Some(set) = of_settings(member, sources) {
        warnings.extend(stays(&set, member, "the settings"));
        return named(set);
    }
    if let Some(asked) = &member.spec.image {
        warnings.extend(stays(asked, member, "the task"));
        return named(asked.clone());
    }
    let given = member.service.and_then(|service| service.image.as_ref());
    if let Some(given) = given
        .map(|text| text.value.as_str())
        .filter(|image| !image.is_empty())
    {
        return versioned(given, member, warnings);
    }
    if let Some(build) = member.service.and_then(|service| service.build.as_ref()) {
        let name = first_of(build, sources, &member.name);
        return stand_in(&format!("{}/{name}", sources.name));
    }
    default_image(member)
}

fn named(reference: String) -> Image {
    Image {
        reference,
        placeholder: false,
    }
}

/// Returns what stands for an image that nobody named.
fn stand_in(name: &str) -> Image {
    Image {
        reference: format!("{name}:{STAND_IN}"),
        placeholder: true,
    }
}

/// Returns the image that settings name: for the workload, its service, one that is built the same
/// way, or all that are built.
fn of_settings(member: &Member<'_>, sources: &Sources<'_, '_>) -> Option<String> {
    let phase = sources.phase;
    let build = member.service.and_then(|service| service.build.as_ref());
    let alike = || built_alike(build?, sources).find_map(|service| phase.image(&service.name));
    let all = || phase.image("*").filter(|_| build.is_some());
    let template = own(member, phase).or_else(alike).or_else(all)?;
    let name = build.map_or_else(
        || member.name.clone(),
        |build| first_of(build, sources, &member.name),
    );
    Some(template.replace("{service}", &name))
}

/// Returns the image that settings name for a member itself.
fn own<'p>(member: &Member<'_>, phase: &'p PhaseSettings) -> Option<&'p str> {
    let of_service = || phase.image(&member.service?.name);
    phase.image(&member.name).or_else(of_service)
}

/// Returns the image that settings or a task name in place of another that the Compose file has; a
/// mirror's is the same one.
pub(super) fn replaced<'p>(member: &'p Member<'_>, phase: &'p PhaseSettings) -> Option<&'p str> {
    let set = own(member, phase).or(member.spec.image.as_deref())?;
    let given = member.service.and_then(|service| service.image.as_ref());
    let given = given.and_then(|text| image::parse(&text.value));
    let same = image::parse(set).zip(given);
    let same = same.is_some_and(|(set, given)| same_image(&set, &given));
    (!same).then_some(set)
}

/// Returns how the images of built services are built and pushed, each once, where settings say
/// so. One that is named by digest is there already.
pub(super) fn builds(
    roster: &Roster<'_>,
    workloads: &[Workload],
    phase: &PhaseSettings,
) -> Vec<ImageBuild> {
    let Some(command) = &phase.build.command else {
        return Vec::new();
    };
    let mut builds: Vec<ImageBuild> = Vec::new();
    for workload in workloads.iter().filter(|it| it.built && !it.placeholder) {
        let known = builds.iter().any(|build| build.image == workload.image);
        let member = roster.members.iter().find(|it| it.name == workload.name);
        let service = member.and_then(|member| member.service);
        let (Some(service), false, false) = (service, known, workload.image.contains('@')) else {
            continue;
        };
        let Some(build) = &service.build else {
            continue;
        };
        let fill = |line: &String| filled(line, &workload.image, &service.name, build);
        builds.push(ImageBuild {
            image: workload.image.clone(),
            run: fill(command),
            digest: phase.build.digest.as_ref().map(fill),
        });
    }
    builds
}

/// Returns a command line with what it is about, quoted for a shell.
fn filled(line: &str, image: &str, service: &str, build: &Build) -> String {
    let context = match build.context.as_str() {
        "" => ".",
        context => context,
    };
    let values = [
        ("{image}", image),
        ("{service}", service),
        ("{context}", context),
        ("{dockerfile}", &build.dockerfile),
        ("{target}", build.target.as_deref().unwrap_or_default()),
    ];
    values.iter().fold(line.to_owned(), |line, (name, value)| {
        line.replace(name, &quoted(value))
    })
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Returns the name of the first service that is built the same way: they share one image.
fn first_of(build: &Build, sources: &Sources<'_, '_>, own: &str) -> String {
    built_alike(build, sources).next().map_or_else(
        || own.to_owned(),
        |service| super::slug::slug(&service.name),
    )
}

/// Returns the services that are built the same way.
fn built_alike<'s>(
    build: &'s Build,
    sources: &'s Sources<'_, '_>,
) -> impl Iterator<Item = &'s Service> {
    let services = sources
        .facts
        .project
        .iter()
        .flat_map(|project| &project.services);
    services.filter(move |service| service.build.as_ref() == Some(build))
}

/// Returns an image with the version that the task names; a tag that moves is replaced where the
/// product is known.
fn versioned(image: &str, member: &Member<'_>, warnings: &mut Vec<Diagnostic>) -> Image {
    if let Some(moving) = image::moving(image) {
        let (used, help) = fixed(image, &moving, member);
        warnings.push(moves(image, &moving, member, &help));
        return used;
    }
    let reference = image::parse(image).filter(|it| it.digest.is_none());
    let (Some(reference), Some(wanted)) = (reference, &member.spec.version) else {
        return named(image.to_owned());
    };
    let tag = reference.tag.as_deref().unwrap_or_default();
    let version = image::figures(tag);
    let rest = tag.strip_prefix(version).unwrap_or_default();
    if image::is_of(tag, wanted) || version.is_empty() {
        return named(image.to_owned());
    }
    warnings.push(Diagnostic::warning(format!(
        "the task asks for version {wanted} of `{}`, the Compose file has `{image}`: the task's \
         version is used",
        member.name
    )));
    named(format!("{}:{wanted}{rest}", reference.name))
}

/// Returns what takes the place of an image whose tag moves, in words as well.
fn fixed(image: &str, moving: &Moving, member: &Member<'_>) -> (Image, String) {
    let asked = member.spec.version.as_deref();
    let tag = asked
        .or_else(|| known_version(image))
        .and_then(|version| moving.fixed(version));
    match tag {
        Some(tag) => {
            let used = format!("{}:{tag}", moving.name);
            let help = format!("`{used}` is used");
            (named(used), help)
        }
        None if member.built() && moving.tag == "latest" => (
            stand_in(&moving.name),
            format!("`{STAND_IN}` stands for it"),
        ),
        None => (named(image.to_owned()), "it stays so".to_owned()),
    }
}

/// Returns the version of the image that is usual for the product, where it is the same image.
fn known_version(image: &str) -> Option<&'static str> {
    let row = image::known(image)?;
    let reference = image::parse(image)?;
    let usual = row.default.filter(|usual| {
        let usual = image::parse(usual);
        usual.is_some_and(|usual| same_image(&usual, &reference))
    });
    let usual = usual.and_then(|usual| Some(usual.rsplit_once(':')?.1));
    let short = reference.name.trim_start_matches("docker.io/");
    let short = short.trim_start_matches("library/");
    let named = row.tag.filter(|(name, _)| *name == short);
    let tag = usual.or_else(|| named.map(|(_, tag)| tag))?;
    tag.split('-').next()
}

/// Says that a tag that settings or a task name moves: they decide.
fn stays(image: &str, member: &Member<'_>, by: &str) -> Option<Diagnostic> {
    let moving = image::moving(image)?;
    let fixed = known_version(image).and_then(|version| moving.fixed(version));
    let fixed = fixed.map_or_else(String::new, |tag| {
        format!(" (`{}:{tag}` is fixed)", moving.name)
    });
    let help = format!("{by} asks for it: it stays so{fixed}");
    Some(moves(image, &moving, member, &help))
}

fn moves(image: &str, moving: &Moving, member: &Member<'_>, help: &str) -> Diagnostic {
    let place = member
        .service
        .map_or_else(String::new, |service| format!(" ({})", service.origin));
    let tag = &moving.tag;
    let name = &member.name;
    Diagnostic::warning(format!(
        "image `{image}` of `{name}`{place} has no fixed tag: what `{tag}` names changes with each \
         release"
    ))
    .help(format!(
        "{help}; name a version or a digest in the phase's settings: [images] {name} = \"…\""
    ))
}

/// Returns whether two references are of one image, whichever registry mirrors it.
fn same_image(one: &image::Reference, other: &image::Reference) -> bool {
    let end = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    end(&one.name) == end(&other.name)
}

/// Returns the image of a product that only the checklist asks for.
fn default_image(member: &Member<'_>) -> Image {
    let known = member.product.and_then(|product| product.known().default);
    let Some(image) = known else {
        return stand_in(&member.name);
    };
    let asked = member.spec.version.as_deref();
    let asked = asked.and_then(|version| of_version(image, version));
    named(asked.unwrap_or_else(|| image.to_owned()))
}

/// Returns a product's usual image in another version; nothing where its tags aren't known to name
/// versions that short: there is a `postgres:15`, but no `prom/prometheus:v2.53`.
fn of_version(image: &str, version: &str) -> Option<String> {
    let (name, tag) = image.rsplit_once(':')?;
    let usual = image::figures(tag.strip_prefix('v').unwrap_or(tag));
    let fits = usual.split('.').count() == version.split('.').count();
    let same = usual == version;
    (fits && !same && !usual.is_empty())
        .then(|| format!("{name}:{}", tag.replacen(usual, version, 1)))
}

#[cfg(test)]
mod tests {
    use super::{filled, of_version, same_image};
    use crate::facts::{Build, image};

    #[track_caller]
    fn check(context: &str, line: &str, expected: &str) {
        let build = Build {
            context: context.to_owned(),
            dockerfile: "Dockerfile".to_owned(),
            inline: None,
            target: None,
        };
        assert_eq!(filled(line, "r/api:1", "api", &build), expected);
    }

    #[test]
    fn a_build_is_told_what_it_is_about() {
        let line = "docker build -t {image} -f {dockerfile} {context} && docker push {image}";
        check(
            "",
            line,
            "docker build -t r/api:1 -f Dockerfile . && docker push r/api:1",
        );
        check("", "make {service} T={target}", "make api T=''");
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        check("a b/$(id)", "build {context}", "build 'a b/$(id)'");
        check("it's", "build {context}", r"build 'it'\''s'");
    }

    #[test]
    fn other_braces_stay() {
        check(
            "",
            "inspect -f '{{.Id}}' {image}",
            "inspect -f '{{.Id}}' r/api:1",
        );
    }

    #[test]
    fn a_usual_image_has_the_version_that_its_tags_can_name() {
        #[track_caller]
        fn check(image: &str, version: &str, expected: Option<&str>) {
            assert_eq!(of_version(image, version).as_deref(), expected, "{image}");
        }
        check("postgres:16-alpine", "15", Some("postgres:15-alpine"));
        check(
            "prom/prometheus:v3.13.4",
            "2.53.1",
            Some("prom/prometheus:v2.53.1"),
        );
        check("prom/prometheus:v3.13.4", "2.53", None);
        check("redis:7-alpine", "7", None);
    }

    #[test]
    fn mirrors_have_the_same_image() {
        let parse = |image| image::parse(image).expect("a name");
        let same = |one, other| same_image(&parse(one), &parse(other));
        assert!(same("postgres:16", "mirror.local/library/postgres:15"));
        assert!(!same("postgres:16", "pgvector/pgvector:pg16"));
    }
}
