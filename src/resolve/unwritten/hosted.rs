//! What looks at the node that it runs on, and that only the checklist asks for.
//!
//! It needs the node's files, and some of it the node's network and processes, which Pod Security
//! refuses in the namespace that `orch` writes. Without them it would measure its own container.

use crate::facts::image::Product;

use super::super::subjects::Subject;
use super::super::target::Target;

/// Products that look at their node, with what they need of it.
const HOSTED: &[(&str, &str)] = &[
    (
        "node exporter",
        "`/proc`, `/sys`, `/`, its network and processes",
    ),
    ("Promtail", "`/var/log`"),
];

/// Returns why such a product's file is a person's, with the way out.
pub(super) fn doubt(subject: &Subject<'_>, target: &Target) -> Option<(String, &'static str)> {
    let title = subject.product.filter(|_| subject.service.is_none())?;
    let mut hosted = HOSTED.iter();
    let (title, needs) = hosted.find(|(one, _)| *one == Product::title(title))?;
    let why = format!(
        "{title} looks at the node that it runs on ({needs}), which Pod Security refuses here: \
         `{}` is a person's to write",
        target.path
    );
    let help = "run it in a namespace of its own that allows `privileged` pods, by its makers' \
                manifests or chart";
    Some((why, help))
}
