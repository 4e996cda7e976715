//! stub
use crate::manifest::Object;
/// x
#[derive(Clone, Debug)] pub struct Cluster { info: ClusterInfo }
/// x
#[derive(Clone, Debug)] pub struct ClusterInfo { /** x */ pub target: String, /** x */ pub server: String, /** x */ pub uid: String, /** x */ pub version: String }
/// x
#[derive(Debug, thiserror::Error)] pub enum ClusterError { /// x
 #[error("x")] X }
impl ClusterError { /** x */ pub fn is_target(&self) -> bool { true } }
/// x
#[derive(Debug, thiserror::Error)] pub enum ApplyError { /// x
 #[error("x")] X }
impl ApplyError { /** x */ pub fn failure(&self, _l: &str) -> crate::journal::Failure { unimplemented!() } }
/// x
pub struct ApplyOptions { /** x */ pub dry_run: bool, /** x */ pub force: bool }
/// x
pub struct Applied { /** x */ pub uid: String, /** x */ pub generation: Option<i64> }
/// x
pub struct Wait<'a> { /** x */ pub timeout: std::time::Duration, /** x */ pub report: &'a (dyn Fn(String) + Sync) }
/// x
pub struct Ready { /** x */ pub reason: String }
/// x
pub struct NotReady { /** x */ pub failure: crate::journal::Failure }
impl Cluster {
 /// x
 pub async fn connect(_c: &str, _k: &[std::path::PathBuf]) -> Result<Self, ClusterError> { unimplemented!() }
 /// x
 pub async fn over(_c: kube::Client, _t: &str) -> Result<Self, ClusterError> { unimplemented!() }
 /// x
 pub fn info(&self) -> &ClusterInfo { &self.info }
 /// x
 pub async fn has(&self, _a: &str, _k: &str) -> Result<bool, ClusterError> { unimplemented!() }
 /// x
 pub async fn apply(&self, _o: &Object, _p: ApplyOptions) -> Result<Applied, ApplyError> { unimplemented!() }
 /// x
 pub async fn get(&self, _o: &Object) -> Result<Option<kube::api::DynamicObject>, ClusterError> { unimplemented!() }
 /// x
 pub async fn ready(&self, _o: &Object, _a: &Applied, _w: &Wait<'_>) -> Result<Ready, NotReady> { unimplemented!() }
 /// x
 pub async fn gone(&self, _e: &crate::journal::ObjectEvidence) -> Result<Option<String>, ClusterError> { unimplemented!() }
}
