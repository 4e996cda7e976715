//! `kustomization.yml` over everything written, the Secrets left out.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{generator, labels, overlay, yaml};
use crate::resolve::{Application, Beside, Content, FileSpec, ManifestItem};

/// Returns the file's text.
pub(super) fn text(
    application: &Application,
    files: &[FileSpec],
    path: &str,
    header: &str,
) -> Result<String, serde_saphyr::SerializeError> {
    let folder = folder(path);
    let (secret, others): (Vec<&FileSpec>, Vec<&FileSpec>) = files
        .iter()
        .filter(|file| matches!(&file.content, Content::Manifests(items) if !items.is_empty()))
        .partition(|file| holds_secrets(file));
    // kustomize reads what lies below the folder; what does not is applied by its own phase.
    let below = |path: &str| folder.is_empty() || path.starts_with(&format!("{folder}/"));
    let earlier = application.beside.iter().filter(|it| below(&it.path));
    let (hidden, more): (Vec<&Beside>, Vec<&Beside>) = earlier.partition(|it| it.holds_secrets());
    let mut resources: Vec<String> = more.iter().map(|it| relative(folder, &it.path)).collect();
    let own = others.iter().map(|file| relative(folder, &file.path));
    resources.extend(own);
    let resources = once(resources);
    let mut body = json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": application.namespace,
        "labels": [{
            "pairs": {
                labels::PART_OF: labels::value(&application.name),
                labels::MANAGED_BY: "orch",
            },
            "includeSelectors": false,
        }],
        "resources": resources,
        "images": images(application),
    });
    let generated = generators(application, files, folder);
    let phase = application.generating.unwrap_or(application.phase);
    if let (false, Value::Object(fields)) = (generated.is_empty(), &mut body) {
        fields.insert("configMapGenerator".to_owned(), Value::Array(generated));
        let mut labels = json!({ labels::PHASE: phase.to_string() });
        let set = labels::value(&application.set);
        if !set.is_empty() {
            labels[labels::SET] = set.into();
        }
        let options = json!({ "immutable": true, "labels": labels });
        fields.insert("generatorOptions".to_owned(), options);
    }
    let body = yaml::emit(&body)?;
    let mut text = format!("# {header}\n");
    let own = secret.iter().map(|file| &file.path);
    let hidden = hidden.iter().map(|it| &it.path).chain(own);
    for name in once(hidden.map(|path| relative(folder, path)).collect()) {
        let _ = write!(
            text,
            "#\n\
             # `{name}` is left out on purpose: it holds placeholders, and no pod may ever start on\n\
             # them. Create the Secrets first, with `kubectl create secret`, as README.md says.\n"
        );
    }
    text.push_str(&body);
    Ok(text)
}

/// Returns each path once: a file of an earlier phase may be written again.
fn once(paths: Vec<String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for path in paths {
        if !once.contains(&path) {
            once.push(path);
        }
    }
    once
}

/// Returns what kustomize makes `ConfigMap`s of: files, or the variables themselves.
fn generators(application: &Application, files: &[FileSpec], folder: &str) -> Vec<Value> {
    let maps = application.config_maps.iter().filter(|map| map.generated);
    maps.map(|map| {
        let own = files.iter().filter(
            |file| matches!(&file.content, Content::ConfigFile { map: of, .. } if *of == map.name),
        );
        let paths: Vec<String> = own.map(|file| relative(folder, &file.path)).collect();
        if paths.is_empty() {
            generator::literals(&map.name, &map.data)
        } else {
            json!({ "name": map.name, "files": paths })
        }
    })
    .collect()
}

/// Returns each image once, by its tag or digest: the one place to change it. A name that stands
/// for several images is left out.
fn images(application: &Application) -> Vec<Value> {
    let mut found: Vec<(&str, Option<&str>)> = Vec::new();
    for image in application.workloads.iter().map(|it| it.image.as_str()) {
        let name = overlay::name(image);
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) if *known != Some(image) => *known = None,
            Some(_) => {}
            None => found.push((name, Some(image))),
        }
    }
    let listed = found.iter().filter_map(|(name, image)| {
        let image = (*image)?;
        (image != *name).then(|| overlay::image_entry(name, image))
    });
    listed.collect()
}

/// Returns whether a file holds Secrets, and so placeholders.
pub(super) fn holds_secrets(file: &FileSpec) -> bool {
    matches!(&file.content, Content::Manifests(items)
        if items.iter().any(|item| matches!(item, ManifestItem::Secret(_))))
}

/// Returns the folder of a path, without the last `/`.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns a path as seen from a folder.
pub(crate) fn relative(folder: &str, path: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let common = from
        .iter()
        .zip(&to)
        .take_while(|(left, right)| left == right)
        .count();
    let up = std::iter::repeat_n("..", from.len() - common);
    up.chain(to.into_iter().skip(common))
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[track_caller]
    fn check(folder: &str, path: &str, expected: &str) {
        assert_eq!(relative(folder, path), expected);
    }

    #[test]
    fn paths_are_seen_from_the_folder() {
        check("k8s", "k8s/redis/service.yml", "redis/service.yml");
        check("", "namespace.yml", "namespace.yml");
        check("k8s/base", "k8s/namespace.yml", "../namespace.yml");
    }
}
