//! The user that Compose or the Dockerfile asks for, and what becomes of that.

use crate::diagnostic::Diagnostic;
use crate::facts::image::{self, User};
use crate::facts::{Dockerfile, Facts};

use super::roster::Member;

/// The smallest user id that is kept: lower ones may be users of the host.
const LOWEST: i64 = 10_000;

/// Returns the numeric user that is asked for.
pub(super) fn uid(member: &Member<'_>, facts: &Facts) -> Option<i64> {
    let (user, _) = asked(member, facts)?;
    user.split(':').next()?.parse().ok()
}

/// Returns what a person should know where pods run as somebody else than is asked for.
pub(super) fn told(member: &Member<'_>, facts: &Facts) -> Option<Diagnostic> {
    let (user, place) = asked(member, facts)?;
    let image = member.service.and_then(|service| service.image.as_ref());
    let known = image.and_then(|image| image::known(&image.value));
    if let Some(User::Own { uid, why, .. }) = known.map(|known| known.user) {
        let same = user.split(':').next() == Some(uid.to_string().as_str());
        return (!same).then(|| {
            Diagnostic::warning(format!(
                "`{}` runs as user {uid}, not as `{user}` ({place}): {why}",
                member.name
            ))
        });
    }
    if uid(member, facts).is_some_and(|uid| uid >= LOWEST) {
        return None;
    }
    Some(
        Diagnostic::warning(format!(
            "`{}` runs as a user of its own, not as `{user}` ({place}): a process that escapes its \
             container would be that user on the host",
            member.name
        ))
        .help(
            "a numeric user of 10000 or more is kept; what the image's user alone may read or \
             write must be readable by all, or a volume",
        ),
    )
}

/// Returns the user that is asked for, and where.
fn asked<'f>(member: &Member<'f>, facts: &'f Facts) -> Option<(&'f str, String)> {
    let service = member.service?;
    if let Some(user) = &service.user {
        return Some((user, service.origin.to_string()));
    }
    let build = service.build.as_ref()?;
    let fits = |file: &&Dockerfile| file.path == build.dockerfile;
    let file = facts.dockerfiles.iter().find(fits)?;
    Some((file.user.as_deref()?, file.path.clone()))
}
