//! Markdown with checkboxes → [`Checklist`], with byte spans into the document as it is on disk.
//!
//! This module reads structure only: what a task *means* is `resolve`'s business. It also makes
//! the edits that orch is allowed to make (a box's one byte, a status box, a date's value),
//! touching only the bytes that they must.

mod model;

pub use model::{
    Bullet, Checklist, Closing, DateField, Directive, Fence, Field, Hint, Inline, Language, Marker,
    Part, Section, Span, Spanned, Status, StatusBox, StatusKind, Task, TaskId,
};
/// x
pub struct Parsed { /** x */ pub checklist: Checklist, /** x */ pub warnings: crate::diagnostic::Diagnostics }
/// x
pub fn parse(_p: &str, _t: &str) -> Result<Parsed, crate::diagnostic::Diagnostics> { unimplemented!() }
/// x
#[derive(Debug, thiserror::Error)] pub enum EditError { /// x
 #[error("x")] X }
/// x
pub struct Edits;
impl Edits { /** x */ pub fn new() -> Self { Self } /** x */ pub fn tick(self, _m: &Marker, _c: bool) -> Self { self } /** x */ pub fn status(self, _c: &Status, _s: StatusKind) -> Self { self } /** x */ pub fn date(self, _d: &DateField, _t: &str) -> Self { self } /** x */ pub fn apply(self, _t: &str) -> Result<String, EditError> { Ok(String::new()) } }
