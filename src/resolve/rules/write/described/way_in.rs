//! What a line says of an Ingress: whom hosts and paths lead to, TLS, wishes.

use super::super::super::super::ingress;
use super::super::super::super::spec::Spec;
use super::super::pieces::{between, clauses, inline};
use super::super::stray::Known;
use super::codes::codes;
use super::{NOBODY, Reader};
use crate::vocabulary::{Phrase, Word};

/// Controllers of Ingresses; which one runs is set for the phase.
const CONTROLLERS: [&str; 3] = ["nginx", "traefik", "haproxy"];

/// What issues certificates.
const ISSUING: &str = "cert-manager";

impl Reader<'_, '_> {
    /// Reads what an Ingress is to be: the line as a whole may state wishes.
    pub(super) fn way_in(&mut self, text: &str) {
        let mut whole = inline(self.line, text);
        whole.span = self.line.task.text.span.clone();
        let meaning = ingress::read_bullet(&whole, self.line.vocabulary, self.spec);
        self.meanings.extend(meaning);
        let routed = ingress::ARROWS.iter().any(|arrow| text.contains(arrow));
        // A host alone is the one that is served.
        let mut hosts = codes(text).filter(|it| ingress::is_host(it));
        let edge = &mut self.spec.edge;
        if let (Some(only), None, true) = (hosts.next(), hosts.next(), edge.is_without_hosts()) {
            edge.hosts.push(only.to_lowercase());
            self.meanings.push(format!("host {only}"));
        }
        for (at, clause) in clauses(text).into_iter().enumerate() {
            let parts = between(clause, self.line.vocabulary, Word::With);
            for (part_at, part) in parts.into_iter().enumerate() {
                self.part_of_way_in(part, routed, at + part_at == 0);
            }
        }
    }

    /// Reads a part of what an Ingress is to be. What it names beside what is read counts for
    /// nothing: a wish is the whole Ingress's, and a service that nothing leads to is lost.
    fn part_of_way_in(&mut self, part: &str, routed: bool, first: bool) {
        let alone = inline(self.line, part);
        let mut own = Spec::default();
        let read = ingress::read_bullet(&alone, self.line.vocabulary, &mut own);
        // The whole line tells of which host a path is.
        let known = |path: &ingress::PathWish| {
            let mut paths = self.spec.edge.paths.iter();
            paths.any(|it| it.path == path.path && it.to == path.to)
        };
        own.edge
            .paths
            .retain(|path| path.host.is_some() || !known(path));
        let before = self.spec.edge.clone();
        // What it asks for beside a wish is asked for all the same.
        self.spec.edge.add_missing(&own.edge);
        if self.spec.edge != before {
            self.meanings.extend(read.clone());
        }
        let known = match read {
            Some(_) => Known::Read,
            None if first => Known::Named,
            None => Known::Beside,
        };
        let mut names = self.strays(part, known);
        let leads = ingress::ARROWS.iter().any(|arrow| part.contains(arrow));
        let wished = !own.edge.wishes.is_empty() || own.tls && !leads;
        let served = |code: &str| {
            let edge = &self.spec.edge;
            let mut paths = edge.paths.iter();
            let lower = code.to_lowercase();
            paths.any(|it| it.host.as_ref() == Some(&lower)) || edge.hosts.contains(&lower)
        };
        let unserved = codes(part).any(|it| ingress::is_host(it) && !served(it));
        let beside = unserved || read.is_none() && routed && (leads || !first);
        // `/api` to the orders
        let led = !own.edge.paths.is_empty() && !leads && !names.is_empty();
        let purpose = Phrase::new(part, self.line.vocabulary).has(Word::Purpose);
        let issuer = own.edge.issuer.is_none() && ingress::names_issuer(part);
        let lost = beside || led || wished && (purpose && !leads || !names.is_empty());
        if lost || issuer || self.says_more(part, &own, leads) {
            names.push(NOBODY.to_owned());
        }
        self.unread(part, names);
    }

    /// Returns whether a part says of the way in what nothing carries: which controller, that it is
    /// an inner one, which Secret or version of TLS.
    fn says_more(&self, part: &str, own: &Spec, leads: bool) -> bool {
        let phrase = Phrase::new(part, self.line.vocabulary);
        let controller = |word: &str| CONTROLLERS.contains(&word.to_lowercase().as_str());
        let named = phrase.words().any(controller) && !phrase.has(Word::Annotations);
        let issuer = own.edge.issuer.as_deref();
        let secret = codes(part).any(|code| Some(code) != issuer && code != ISSUING);
        let figure = phrase
            .words()
            .any(|word| word.starts_with(|it: char| it.is_ascii_digit()));
        let only = phrase.has(Word::Exactly);
        let encrypted = own.tls && !leads && own.edge.wishes.is_empty();
        // The way in listens at the controller's ports.
        let listens = figure && !leads && own.edge.paths.is_empty() && phrase.has(Word::Ports);
        named || listens || phrase.has(Word::Within) || encrypted && (secret || figure || only)
    }
}
