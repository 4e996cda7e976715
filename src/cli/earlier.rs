//! What the other phases of a set wrote: what earlier ones leave to a phase, and which files a later
//! one wrote anew.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::load::{Loaded, Phase};
use crate::facts::Tree;
use crate::files::{read_journal, unix};
use crate::journal::{StepId, Written, sha256};
use crate::manifest::{Rendered, generated, is_kustomization, parse_documents};
use crate::resolve::{Before, Earlier, Record, Records};

/// A file as another phase wrote it last.
pub(super) struct Anew {
    /// The phase's number.
    pub(super) phase: u32,
    /// What it recorded.
    pub(super) written: Written,
}

impl Anew {
    /// Returns whether a file is as that phase left it.
    pub(super) fn left(&self, bytes: &[u8]) -> bool {
        let text = unix(bytes).map(|text| sha256(text.as_bytes()));
        sha256(bytes) == self.written.sha256 || text.as_ref() == Some(&self.written.sha256)
    }
}

/// The label that tells the phase which applied an object: another one's is no difference.
const PHASE: &str = "orch.dev/phase";

/// Returns what a phase writes into a file and the file hasn't, each object with its fields; of a
/// `kustomization.yml` what it generates from the files of the workspace.
pub(super) fn lacking(file: &Rendered, bytes: &[u8], tree: &Tree) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut found = parse_documents(&file.path, &text).unwrap_or_default();
    if is_kustomization(&file.path) {
        let read = |path: &str| tree.get(path).map(|text| &**text);
        found.extend(generated(&file.path, &text, read));
    }
    let wanted = file.theirs.as_ref().map_or(&file.objects, |it| &it.wanted);
    let mut lacking = Vec::new();
    for object in wanted {
        let same = |it: &&crate::manifest::Object| {
            (&it.kind, &it.name, &it.namespace) == (&object.kind, &object.name, &object.namespace)
        };
        let Some(there) = found.iter().find(same) else {
            lacking.push(object.label());
            continue;
        };
        let mut fields = Vec::new();
        differing(&object.value, Some(&there.value), "", &mut fields);
        let label = object.label();
        lacking.extend(fields.into_iter().map(|field| format!("{label} {field}")));
    }
    lacking
}

/// Adds the fields of a value that another one hasn't, or otherwise; never what they hold.
fn differing(wanted: &Value, found: Option<&Value>, place: &str, fields: &mut Vec<String>) {
    let below = |key: &str| match place {
        "" => key.to_owned(),
        _ => format!("{place}.{key}"),
    };
    match (wanted, found) {
        (Value::Object(wanted), Some(Value::Object(found))) => {
            for (key, value) in wanted.iter().filter(|(key, _)| *key != PHASE) {
                differing(value, found.get(key), &below(key), fields);
            }
        }
        (Value::Array(wanted), Some(Value::Array(found))) => {
            for value in wanted.iter().filter(|value| !found.contains(value)) {
                let name = value.get("name").filter(|name| name.is_string());
                let other = name.and_then(|name| found.iter().find(|it| it["name"] == *name));
                match (name.and_then(Value::as_str), other) {
                    (Some(name), Some(other)) => {
                        differing(value, Some(other), &below(name), fields);
                    }
                    (_, _) => fields.push(place.to_owned()),
                }
            }
        }
        (wanted, Some(found)) if wanted == found => {}
        (_, _) => fields.push(place.to_owned()),
    }
}

impl Loaded {
    /// Returns what other phases of a phase's set wrote. What can't be read of them is told where
    /// they are asked for themselves.
    pub(super) fn before(&self, phase: &Phase) -> Before {
        let records = self.records();
        let mut before = Before::of((&phase.set, phase.checklist.number), &records);
        for number in self.others(phase, |number| number < phase.file.number) {
            let key = (phase.set.clone(), number);
            let known = records.get(&key).map(|record| &record.written);
            let foreseen = self.foreseen.get(&key);
            let written: BTreeSet<String> = known
                .into_iter()
                .chain(foreseen)
                .flatten()
                .cloned()
                .collect();
            let set = self.snapshot.set(&phase.set);
            let file = set.and_then(|set| Some((set, set.phase(number)?)));
            let (Some((set, file)), false) = (file, written.is_empty()) else {
                continue;
            };
            if let Ok(earlier) = self.phase_of(set, file) {
                before.phases.push(Earlier {
                    checklist: earlier.checklist,
                    settings: earlier.settings,
                    written,
                });
            }
        }
        before
    }

    /// Returns what the phases of all sets wrote and applied.
    fn records(&self) -> Records {
        let sets = self.snapshot.sets.iter();
        let phases = sets.flat_map(|set| set.phases.iter().map(move |file| (set, file.number)));
        let mut records = Records::new();
        for (set, number) in phases {
            if let Ok(known) = read_journal(&self.workspace, &set.name, number) {
                let record = Record {
                    written: known.state.written().into_keys().collect(),
                    applied: known.state.applied(),
                };
                records.insert((set.name.clone(), number), record);
            }
        }
        records
    }

    /// Returns the files that earlier phases of a phase's set wrote, each as it was written last.
    pub(super) fn written_before(&self, phase: &Phase) -> BTreeMap<String, Written> {
        let numbers = self.others(phase, |number| number < phase.file.number);
        self.last(phase, numbers)
            .into_iter()
            .map(|(path, anew)| (path, anew.written))
            .collect()
    }

    /// Returns the files that other phases of a phase's set wrote after it, each as it was written
    /// last.
    pub(super) fn written_anew(&self, phase: &Phase) -> BTreeMap<String, Anew> {
        let own = self.written(phase, phase.checklist.number);
        let numbers = self.others(phase, |number| number != phase.file.number);
        let mut anew = self.last(phase, numbers);
        anew.retain(|path, other| own.get(path).is_some_and(|own| own.at <= other.written.at));
        anew
    }

    /// Returns the files that later phases of a phase's set wrote, each with the one that did last.
    pub(super) fn written_later(&self, phase: &Phase) -> BTreeMap<String, u32> {
        let numbers = self.others(phase, |number| number > phase.file.number);
        let last = self.last(phase, numbers).into_iter();
        last.map(|(path, anew)| (path, anew.phase)).collect()
    }

    /// Returns the objects that a phase and the earlier ones of its set applied, to whatever target.
    pub(super) fn applied_so_far(&self, phase: &Phase) -> BTreeSet<String> {
        let mut numbers = self.others(phase, |number| number < phase.file.number);
        numbers.push(phase.checklist.number);
        let journals = numbers.into_iter();
        let journals = journals.filter_map(|it| read_journal(&self.workspace, &phase.set, it).ok());
        journals.flat_map(|known| known.state.applied()).collect()
    }

    /// Returns the steps by which later phases of a phase's set applied objects to a target.
    pub(super) fn applied_later(&self, phase: &Phase, target: &str) -> BTreeSet<StepId> {
        let numbers = self.others(phase, |number| number > phase.file.number);
        let journals = numbers.into_iter();
        let journals = journals.filter_map(|it| read_journal(&self.workspace, &phase.set, it).ok());
        journals
            .flat_map(|known| known.state.applied_to(target))
            .collect()
    }

    fn last(&self, phase: &Phase, numbers: Vec<u32>) -> BTreeMap<String, Anew> {
        let mut last: BTreeMap<String, Anew> = BTreeMap::new();
        for number in numbers {
            for (path, written) in self.written(phase, number) {
                let known = last.get(&path);
                if known.is_none_or(|known| known.written.at <= written.at) {
                    let phase = number;
                    last.insert(path, Anew { phase, written });
                }
            }
        }
        last
    }

    /// Returns the numbers of other phases of a phase's set.
    fn others(&self, phase: &Phase, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let set = self.snapshot.set(&phase.set);
        let phases = set.into_iter().flat_map(|set| &set.phases);
        let numbers = phases.map(|file| file.number);
        numbers.filter(|number| wanted(*number)).collect()
    }

    fn written(&self, phase: &Phase, number: u32) -> BTreeMap<String, Written> {
        let known = read_journal(&self.workspace, &phase.set, number);
        known.map(|known| known.state.written()).unwrap_or_default()
    }
}
