//! What is run: `cargo bench --bench cluster -- --objects 101 --contestants bare,orch`.

use crate::contestant::Contestant;

/// What the command line says.
const HELP: &str = "\
options of the benchmark against a real control plane:
  --objects 101,1001    sizes to compare the contestants on; `none` for none
  --contestants bare,orch,kubectl,helm
  --many 10001          a size for orch alone; `none` for none
  --latency 101         a size to measure the noticing of readiness on; `none` for none
  --in-flight 32        requests that the bare client has under way";

/// What is run.
pub(crate) struct Options {
    /// The sizes to compare on.
    pub(crate) objects: Vec<usize>,
    /// Who is compared, in this order.
    pub(crate) contestants: Vec<Contestant>,
    /// A size for `orch` alone.
    pub(crate) many: Option<usize>,
    /// A size to measure the noticing of readiness on.
    pub(crate) latency: Option<usize>,
    /// Requests that the bare client has under way.
    pub(crate) in_flight: usize,
}

impl Options {
    /// Returns what the arguments ask for.
    ///
    /// # Errors
    /// Returns the help where they can't be read.
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            objects: vec![101, 1_001],
            contestants: Contestant::ALL.to_vec(),
            many: Some(10_001),
            latency: Some(101),
            in_flight: 32,
        };
        // Cargo adds `--bench` by itself.
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(name) = arguments.next() {
            let value = arguments.next().unwrap_or_default();
            let read = match name.as_str() {
                "--objects" => numbers(&value).map(|list| options.objects = list),
                "--contestants" => names(&value).map(|list| options.contestants = list),
                "--many" => numbers(&value).map(|list| options.many = list.first().copied()),
                "--latency" => numbers(&value).map(|list| options.latency = list.first().copied()),
                "--in-flight" => value.parse().ok().map(|count| options.in_flight = count),
                _ => None,
            };
            read.ok_or(HELP)?;
        }
        Ok(options)
    }
}

fn numbers(value: &str) -> Option<Vec<usize>> {
    if value == "none" {
        return Some(Vec::new());
    }
    value.split(',').map(|number| number.parse().ok()).collect()
}

fn names(value: &str) -> Option<Vec<Contestant>> {
    value.split(',').map(Contestant::named).collect()
}
