//! Services that the text of an Ingress names and that it doesn't lead to: `host shop.test for the
//! orders`, where all goes to the web. So are known programs, where Compose runs them or not:
//! `Ingress for Grafana`.
//!
//! Which service is meant is told by arrows (`shop.test → orders`) alone; words that name one
//! otherwise are looked for here, so that no way in is ticked that leads elsewhere.

use crate::checklist::{Inline, nested};
use crate::facts::image;
use crate::vocabulary::{Word, words};

use super::ingress::IngressSpec;
use super::model::{BulletReading, Unkept};
use super::read_out::Known;
use super::rules::Read;
use super::slug::slug;
use super::subjects::named_product;
use super::target::FileKind;

/// Programs that stand for the way in itself.
const CONTROLLERS: [&str; 4] = ["nginx", "traefik", "haproxy", "ingress"];

/// Of which a wish speaks that has a service's name in it: `basic auth`.
const WISHES: [Word; 3] = [Word::BasicAuth, Word::ForwardAuth, Word::RateLimit];

/// In what the written way in differs from what such a text asks for.
pub(super) const WHOM: &str = "whom it leads to";

/// Returns the texts of a task that name a service which the Ingress doesn't lead to.
pub(super) fn read(read: &Read<'_>, known: &Known<'_>) -> Vec<BulletReading> {
    let target = read.target().filter(|it| it.kind == FileKind::Ingress);
    let Some(target) = target.filter(|_| !known.overlaid) else {
        return Vec::new();
    };
    let folder = target.path.rsplit('/').nth(1).unwrap_or_default();
    let below = nested(&read.task.bullets).into_iter();
    let texts = std::iter::once(&read.task.text).chain(below.map(|it| &it.text));
    let found = texts.enumerate().filter_map(|(at, text)| {
        let folder = Some(folder).filter(|_| at == 0 && read.pathless.is_none());
        let name = named(text, folder, known)?;
        Some(BulletReading::Unread {
            text: text.on_one_line(),
            asks: Some(Unkept {
                meaning: format!("a way to `{name}`"),
                differs: vec![WHOM],
            }),
            span: text.span.clone(),
        })
    });
    found.collect()
}

/// Returns the first service or known program that a text names, or the folder of its file, and
/// nothing leads to.
fn named(text: &Inline, folder: Option<&str>, known: &Known<'_>) -> Option<String> {
    let plain = text.plain();
    // Hosts and paths name nobody.
    let place = |word: &&str| !word.contains(['/', '.', '@', '=']);
    let said: Vec<&str> = plain
        .split_whitespace()
        .filter(place)
        .flat_map(words)
        .collect();
    let wishes = known.vocabulary.marked(&said, &WISHES);
    let said = said.into_iter().zip(wishes).filter(|(_, wish)| !wish);
    let project = known.facts.project.as_ref()?;
    let names = || project.services.iter().map(|it| it.name.as_str());
    let said = said.map(|(word, _)| word).chain(folder);
    let mut said = said.filter(|it| !CONTROLLERS.contains(&it.to_lowercase().as_str()));
    said.find_map(|word| {
        let service = names().find(|it| it.eq_ignore_ascii_case(word));
        match service {
            Some(service) => (!is_led_to(service, known)).then(|| service.to_owned()),
            None => leads_past(word, known).then(|| word.to_owned()),
        }
    })
}

/// Returns the workloads that something leads to, each with its service.
fn led_to<'k>(known: &Known<'k>) -> impl Iterator<Item = (&'k str, Option<&'k str>)> {
    let application = known.application;
    let paths = application.ingress.iter().flat_map(IngressSpec::paths);
    paths.map(|path| {
        let workload = application.workload(&path.workload);
        (
            path.workload.as_str(),
            workload.and_then(|it| it.service.as_deref()),
        )
    })
}

fn is_led_to(service: &str, known: &Known<'_>) -> bool {
    let wanted = slug(service);
    led_to(known).any(|(workload, of)| workload == wanted || of == Some(service))
}

/// Returns whether a word is a known program's name that nothing runs which is led to.
fn leads_past(word: &str, known: &Known<'_>) -> bool {
    let Some(product) = named_product(word) else {
        return false;
    };
    let runs = |service: &str| {
        let service = known.facts.project.as_ref()?.service(service)?;
        image::product(&service.image.as_ref()?.value)
    };
    !led_to(known).any(|(workload, service)| {
        service.and_then(runs) == Some(product) || named_product(workload) == Some(product)
    })
}
