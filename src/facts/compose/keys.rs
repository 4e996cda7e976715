//! Every key of the Compose Specification, and what becomes of it: the one table that the reader
//! works by and that docs/compose.md is made of.
//!
//! A key is carried over, or carried over in part, or it has no effect in a cluster, or nothing
//! carries it over; each of the last three has its reason here, and its way out.

mod deploy;
mod parts;
mod project;
mod service;

#[cfg(test)]
mod document;
#[cfg(test)]
mod tests;

pub(super) use deploy::{
    DEPLOY, DEVICE, GENERIC, LIMITS, PLACEMENT, PREFERENCE, RESERVATIONS, RESOURCES,
    RESTART_POLICY, UPDATE,
};
pub(super) use parts::{
    BUILD, DEPENDENCY, ENV_FILE, EXTENDS, GRANT, HEALTHCHECK, HOOK, LOGGING, MOUNT, MOUNT_BIND,
    MOUNT_TMPFS, MOUNT_VOLUME, NETWORK_USE, PORT,
};
pub(super) use project::{CONFIG, INCLUDE, NETWORK, PROJECT, SECRET, VOLUME};
pub(super) use service::SERVICE;

/// The keys of one mapping.
#[derive(Debug)]
pub(super) struct Section {
    /// Where such a mapping stands (`services.*.build`).
    pub(super) at: &'static [&'static str],
    /// Its keys.
    pub(super) keys: &'static [Key],
}

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What becomes of it.
    pub(super) fate: Fate,
}

/// What becomes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is carried over to that.
    Carried(&'static str),
    /// Some of its values are carried over to that; the others aren't.
    Partly(&'static str, Loss),
    /// It has a section of its own.
    Below,
    /// It has no effect in a cluster, for that reason.
    Idle(&'static str),
    /// Nothing carries it over.
    Lost(Loss),
}

/// Why a key isn't carried over, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loss {
    /// The reason.
    pub(super) why: &'static str,
    /// The way out.
    pub(super) way: &'static str,
}

impl Section {
    /// Returns what becomes of a key; `None` where there is no such key.
    pub(super) fn fate(&self, name: &str) -> Option<Fate> {
        let mut keys = self.keys.iter();
        keys.find(|key| key.name == name).map(|key| key.fate)
    }

    /// Returns the names of the keys.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

const fn carried(name: &'static str, to: &'static str) -> Key {
    let fate = Fate::Carried(to);
    Key { name, fate }
}

const fn partly(name: &'static str, to: &'static str, why: &'static str, way: &'static str) -> Key {
    let fate = Fate::Partly(to, Loss { why, way });
    Key { name, fate }
}

const fn below(name: &'static str) -> Key {
    let fate = Fate::Below;
    Key { name, fate }
}

const fn idle(name: &'static str, why: &'static str) -> Key {
    let fate = Fate::Idle(why);
    Key { name, fate }
}

const fn lost(name: &'static str, why: &'static str, way: &'static str) -> Key {
    let fate = Fate::Lost(Loss { why, way });
    Key { name, fate }
}
