//! stub
use std::time::Duration;
use std::sync::Arc;
/// x
#[derive(Default)] pub struct Rehearse { /** x */ pub service_monitors: bool }
/// x
#[derive(Default)] pub struct Settings { /** x */ pub set: Option<String>, /** x */ pub context: Option<String>, /** x */ pub strict: Option<bool> }
/// x
#[derive(Default)] pub struct PhaseSettings { /** x */ pub context: Option<String>, /** x */ pub strict: Option<bool>, /** x */ pub timeout: Option<Duration>, /** x */ pub rehearse: Rehearse }
impl Settings { /** x */ pub fn parse(_p: &str, _t: &Arc<str>) -> Result<Self, crate::diagnostic::Diagnostics> { Ok(Self::default()) } }
impl PhaseSettings { /** x */ pub fn parse(_p: &str, _t: &Arc<str>) -> Result<Self, crate::diagnostic::Diagnostics> { Ok(Self::default()) }
/** x */ pub fn has_image(&self, _w: &crate::resolve::Workload) -> bool { true } }
/// x
pub fn commit_message(_s: &Settings, set: &str, (n, name): (u32, &str)) -> String { format!("checklist({set}): phase-{n} {name} completed") }
