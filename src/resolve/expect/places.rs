//! The part of the application that a line says its work is for: a service, or the folder of one.
//!
//! ``Add `LOG_LEVEL` for api`` isn't done where another service has it. What a word in another
//! alphabet names can't be told for sure, and is left to a person.

use super::Around;
use super::look::is_below;
use crate::facts::{Facts, Service, Tree};
use crate::vocabulary;

/// Files that a folder with an application of its own has.
const OWN: &[&str] = &[
    "Cargo.toml",
    "Dockerfile",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "go.mod",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "requirements.txt",
];

/// The shortest name that is told by its sound, in consonants.
const SHORTEST: usize = 3;

/// The parts that an application has.
pub(super) struct Places<'a> {
    all: Vec<Place<'a>>,
    /// Whether all that is built is built from the workspace's root.
    one: bool,
}

/// A part of an application.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: &'a str,
    /// The folder of its source; `None` where it has none.
    folder: Option<&'a str>,
    service: Option<&'a Service>,
}

/// Where a line's work is to be.
#[derive(Clone)]
pub(super) enum Meant<'a> {
    /// Wherever its own words say.
    Anywhere,
    /// In this folder (`""`: the workspace), or in what the Compose file says of the service.
    In(&'a str, Option<&'a Service>),
    /// In a part that the word names, and that isn't known for sure.
    Untold(String),
}

impl<'a> Places<'a> {
    /// Returns the parts of an application.
    pub(super) fn of(tree: &'a Tree, facts: &'a Facts) -> Self {
        let services = facts.project.iter().flat_map(|it| &it.services);
        let services: Vec<Place<'a>> = services
            .map(|service| Place {
                name: &service.name,
                folder: service.build.as_ref().map(|it| it.context.as_str()),
                service: Some(service),
            })
            .collect();
        let one = services
            .iter()
            .filter_map(|it| it.folder)
            .all(str::is_empty);
        let own = tree.iter().filter_map(|(path, _)| {
            let (folder, file) = path.rsplit_once('/')?;
            OWN.contains(&file).then_some(folder)
        });
        let contexts = services.iter().filter_map(|it| it.folder);
        let mut folders: Vec<&'a str> = own.chain(contexts).collect();
        folders.sort_unstable();
        folders.dedup();
        let folders = folders.into_iter().filter(|it| !it.is_empty());
        let folders = folders.map(|folder| Place {
            name: folder.rsplit('/').next().unwrap_or(folder),
            folder: Some(folder),
            service: None,
        });
        let all = services.iter().copied().chain(folders).collect();
        Self { all, one }
    }

    /// Returns the services that a line names, or that its work is for.
    pub(super) fn services(&self, words: &Around) -> impl Iterator<Item = &'a Service> {
        let services = self.all.iter().filter_map(|it| it.service);
        services.filter(|service| {
            let called = |word: &String| service.name.eq_ignore_ascii_case(word);
            let meant = |word: &String| is_named(&service.name, word);
            words.line.iter().any(called) || words.purpose.iter().any(meant)
        })
    }

    /// Returns the only part with a folder of its own that is called like one of these words.
    pub(super) fn named(&self, words: &[String]) -> Meant<'a> {
        let called = |it: &&Place<'_>| words.iter().any(|word| it.name.eq_ignore_ascii_case(word));
        only(self.all.iter().filter(called).copied())
    }

    /// Returns the part that the first of some headings names that names any.
    pub(super) fn headed(&self, headings: &[Vec<String>]) -> Meant<'a> {
        let none = Meant::Anywhere;
        let each = headings.iter();
        each.fold(none, |meant, words| meant.or_else(|| self.titled(words)))
    }

    /// Returns the only part with a folder of its own that a heading names: by all pieces of
    /// its name (`PDF worker`: `pdf-worker`), also in another alphabet, or by one of its pieces where
    /// that is all of the heading.
    fn titled(&self, words: &[String]) -> Meant<'a> {
        let said = |name: &str| words.iter().any(|word| is_said(name, word));
        let called = |place: &&Place<'a>| said(place.name) || pieces(place.name).all(said);
        let called: Vec<Place<'a>> = self.all.iter().filter(called).copied().collect();
        // `Ticketing worker` is `ticketing-worker`, and not `ticketing`.
        let longest = called.iter().map(|it| pieces(it.name).count()).max();
        let whole = |it: &&Place<'_>| Some(pieces(it.name).count()) == longest;
        only(called.iter().filter(whole).copied()).or_else(|| match words {
            // Every part may have one.
            [word] if !word.eq_ignore_ascii_case("api") => self.piece(word),
            _ => Meant::Anywhere,
        })
    }

    /// Returns the only part with a folder of its own that a line names by what such a part does, in
    /// another alphabet as well: `воркеру`.
    pub(super) fn roles(&self, words: &[String]) -> Meant<'a> {
        let mut roles = words.iter().filter(|word| vocabulary::names_role(word));
        let (Some(role), None) = (roles.next(), roles.next()) else {
            return Meant::Anywhere;
        };
        self.piece(role)
    }

    /// Returns whether a service is built from a folder that another one is built from as well.
    pub(super) fn shares(&self, service: &Service) -> bool {
        let folder = |it: &'a Service| Some(it.build.as_ref()?.context.as_str());
        let others = self.all.iter().filter_map(|it| it.service);
        let mut others = others.filter(|it| it.name != service.name);
        let own = service.build.as_ref().map(|it| it.context.as_str());
        let own = own.filter(|it| !it.is_empty());
        own.is_some() && others.any(|it| folder(it) == own)
    }

    /// Returns whether a word names a part with a folder of its own.
    pub(super) fn has_folder(&self, word: &str) -> bool {
        let own = |it: &Place<'_>| it.folder.is_some_and(|it| !it.is_empty());
        self.all.iter().any(|it| own(it) && is_named(it.name, word))
    }

    /// Returns the only part with a folder of its own of whose name a word is a piece.
    fn piece(&self, word: &str) -> Meant<'a> {
        let piece = |place: &&Place<'a>| pieces(place.name).any(|it| is_said(it, word));
        let own = self
            .all
            .iter()
            .filter(|it| it.folder.is_some_and(|it| !it.is_empty()));
        let parts: Vec<Place<'a>> = own.filter(piece).copied().collect();
        let part = only(parts.iter().copied());
        if matches!(part, Meant::Anywhere) && !parts.is_empty() {
            return Meant::Untold(word.to_owned());
        }
        part
    }

    /// Returns where the work of a line is to be that is for what these words name.
    pub(super) fn meant(&self, words: &[String]) -> Meant<'a> {
        let mut found: Option<(Place<'a>, &str)> = None;
        for word in words {
            let mut named: Vec<Place<'a>> = self.all.clone();
            named.retain(|place| is_named(place.name, word));
            let exact = |it: &Place<'_>| it.name.eq_ignore_ascii_case(word);
            if named.iter().any(exact) {
                named.retain(exact);
            }
            let untold = || Meant::Untold(word.clone());
            for place in named {
                if !word.is_ascii() {
                    return untold();
                }
                match found {
                    None => found = Some((place, word)),
                    Some((first, _)) => match both(first, place) {
                        Some(place) => found = Some((place, word)),
                        None => return untold(),
                    },
                }
            }
        }
        let Some((place, word)) = found else {
            return Meant::Anywhere;
        };
        match place.folder {
            Some("") | None if !(self.one && place.folder.is_some()) => {
                Meant::Untold(word.to_owned())
            }
            Some(folder) => Meant::In(folder, place.service),
            None => Meant::Untold(word.to_owned()),
        }
    }
}

/// Returns the place of some parts, where they are one with a folder of its own.
fn only<'a>(mut found: impl Iterator<Item = Place<'a>>) -> Meant<'a> {
    let first = found.next();
    let only = found.try_fold(first, |one, other| Some(both(one?, other)));
    match only.flatten() {
        Some(Place {
            folder: Some(folder),
            service,
            ..
        }) if !folder.is_empty() => Meant::In(folder, service),
        Some(_) | None => Meant::Anywhere,
    }
}

/// Returns two parts as one, where they are: a service and its folder.
fn both<'a>(one: Place<'a>, other: Place<'a>) -> Option<Place<'a>> {
    let same = one.folder.is_some() && one.folder == other.folder;
    match (one.service, other.service) {
        (Some(first), Some(second)) => (first.name == second.name).then_some(one),
        (None, Some(_)) => same.then_some(other),
        (Some(_) | None, None) => same.then_some(one),
    }
}

/// Returns the words that a name is made of.
fn pieces(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '_', '.'])
}

/// Returns whether a word of a heading is a name: in another alphabet, by its sound or by what it is
/// called there.
fn is_said(name: &str, word: &str) -> bool {
    if word.is_ascii() {
        return name.eq_ignore_ascii_case(word);
    }
    let sounds = sound(&word.to_lowercase());
    let long = sounds.chars().count() >= SHORTEST;
    let named = vocabulary::folder_named(word);
    named.is_some_and(|it| name.eq_ignore_ascii_case(it)) || long && sounds == sound(name)
}

/// Returns whether a word names a part: by its name, a piece of that, or its sound.
fn is_named(name: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    let word = word.split(['\'', '’']).next().unwrap_or_default();
    let name = name.to_lowercase();
    let mut pieces = pieces(&name).chain([name.as_str()]);
    if word.is_ascii() {
        let one = word.strip_suffix('s').unwrap_or(word);
        pieces.any(|piece| piece == word || piece == one)
    } else {
        let said = sound(word);
        let role = vocabulary::folder_named(word);
        pieces.any(|piece| {
            if role == Some(piece) {
                return true;
            }
            let written = sound(piece);
            let ending = said.strip_prefix(written.as_str());
            let short = written.chars().count() < SHORTEST;
            let ends = ending.is_some_and(|it| it.is_empty() || !short && it.chars().count() == 1);
            ends && (!short || letters(word).starts_with(&letters(piece)))
        })
    }
}

/// Returns the consonants of a word, alike in both alphabets: `tracker` and `трекера` are `trkr`.
fn sound(word: &str) -> String {
    let mut sound = letters(word);
    sound.retain(|it| !"aeiouy".contains(it));
    sound
}

/// Returns a word in Latin letters, as one hears it.
fn letters(word: &str) -> String {
    let mut all = String::new();
    for letter in word.chars() {
        let latin = match letter {
            'а' | 'я' => "a",
            'б' => "b",
            'в' | 'w' => "v",
            'г' | 'ґ' => "g",
            'д' => "d",
            'е' | 'ё' | 'є' | 'э' => "e",
            'ж' => "zh",
            'з' => "z",
            'и' | 'і' | 'ї' | 'й' | 'ы' => "i",
            'к' | 'c' | 'q' => "k",
            'л' => "l",
            'м' => "m",
            'н' => "n",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' | 'ю' => "u",
            'ф' => "f",
            'х' => "h",
            'ц' => "ts",
            'ч' => "ch",
            'ш' | 'щ' => "sh",
            'x' => "ks",
            _ => "",
        };
        let own = if latin.is_empty() && letter.is_ascii_alphanumeric() {
            letter.to_string()
        } else {
            latin.to_owned()
        };
        for it in own.chars() {
            if !all.ends_with(it) {
                all.push(it);
            }
        }
    }
    all
}

impl Meant<'_> {
    /// Returns it, or another one where it is anywhere.
    pub(super) fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if matches!(self, Self::Anywhere) {
            other()
        } else {
            self
        }
    }

    /// Returns whether a place in a file is one where the work is to be; `compose` are the Compose
    /// files, which say of several services what they have.
    pub(super) fn has(&self, path: &str, compose: &[String]) -> bool {
        match self {
            Self::Anywhere => true,
            Self::In("", _) => !compose.iter().any(|it| it == path),
            Self::In(folder, _) => is_below(path, folder),
            Self::Untold(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
