//! stub
/// x
pub struct Rehearsal;
/// x
#[derive(Default)]
pub struct Script;
impl TryFrom<&crate::settings::Rehearse> for Script {
    type Error = crate::diagnostic::Diagnostics;
    fn try_from(_: &crate::settings::Rehearse) -> Result<Self, Self::Error> {
        Ok(Self)
    }
}
impl Rehearsal {
    /** x */
    pub fn new(_s: Script) -> Self {
        Self
    }
    /** x */
    pub fn client(&self) -> kube::Client {
        unimplemented!()
    }
}
