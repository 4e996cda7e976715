//! The table against the specification and the page.

use std::collections::BTreeSet;

use super::{Fate, Section, deploy, document, parts, project};

/// The specification's keys.
const SPECIFICATION: &str = include_str!("specification.txt");

fn sections() -> Vec<&'static Section> {
    let all = [project::SECTIONS, parts::SECTIONS, deploy::SECTIONS];
    all.concat()
}

/// Returns every key's path with what becomes of it.
fn table() -> Vec<(String, Fate)> {
    let mut table = Vec::new();
    for section in sections() {
        for place in section.at {
            for key in section.keys {
                let dot = if place.is_empty() { "" } else { "." };
                table.push((format!("{place}{dot}{}", key.name), key.fate));
            }
        }
    }
    table
}

fn specification() -> BTreeSet<&'static str> {
    let lines = SPECIFICATION.lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

#[test]
fn every_key_of_the_specification_is_in_the_table() {
    let table = table();
    let says = |path: &str| table.iter().find(|(known, _)| known == path);
    for path in specification() {
        let whole = || {
            let above = table.iter().filter(|(known, fate)| {
                let rest = path.strip_prefix(known.as_str());
                *fate != Fate::Below && rest.is_some_and(|rest| rest.starts_with(['.', '[']))
            });
            above.count() > 0
        };
        assert!(says(path).is_some() || whole(), "`{path}` has no fate");
    }
}

#[test]
fn the_table_has_no_key_that_the_specification_lacks() {
    let known = specification();
    for (path, _) in table() {
        assert!(
            known.contains(path.as_str()),
            "`{path}` is no key of Compose"
        );
    }
}

#[test]
fn what_has_a_section_of_its_own_has_one() {
    let places: Vec<&str> = sections().iter().flat_map(|it| it.at).copied().collect();
    for (path, _) in table().iter().filter(|(_, fate)| *fate == Fate::Below) {
        let ways = [path.clone(), format!("{path}[]"), format!("{path}.*")];
        let found = ways.iter().any(|way| places.contains(&way.as_str()));
        assert!(found, "`{path}` has no section");
    }
}

#[test]
fn every_reason_is_a_sentence_without_its_stop() {
    let check = |text: &str| assert!(!text.is_empty() && !text.ends_with('.'), "{text}");
    for (_, fate) in table() {
        match fate {
            Fate::Carried(text) | Fate::Idle(text) => check(text),
            Fate::Partly(to, loss) => [to, loss.why, loss.way].into_iter().for_each(check),
            Fate::Lost(loss) => [loss.why, loss.way].into_iter().for_each(check),
            Fate::Below => {}
        }
    }
}

#[test]
fn the_page_is_what_the_table_says() {
    crate::page::check("compose.md", &document::page(&sections()));
}
