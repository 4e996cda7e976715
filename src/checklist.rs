//! Markdown with checkboxes → [`Checklist`], with byte spans into the document as it is on disk.
//!
//! This module reads structure only: what a task *means* is `resolve`'s business. It also makes
//! the edits that orch is allowed to make (a box's one byte, a status box, a date's value),
//! touching only the bytes that they must.

mod bullet;
mod closing;
mod conflict;
mod date;
mod directive;
mod document;
mod edit;
mod field;
mod inline;
mod lead;
mod lookalike;
mod lost;
mod model;
mod name;
mod problems;
mod review;
mod script;
mod sets;
mod struck;
mod task;
#[cfg(test)]
mod tests;
mod textless;
mod title;
mod tree;
mod walk;

pub use date::{DateStyle, read_date};
pub use directive::{Awaited, KEYS, Key, RESERVED, Reserved};
pub use document::{Parsed, examine, parse};
pub use edit::{EditError, Edits, harmless, set_date, set_field, set_status, tick};
pub use name::{Naming, file_name};
pub use review::review;
pub use script::{Script, Shell};
pub use sets::{Clash, PhaseFile, SetFiles, Sets, naming, sets, task_args};

pub(crate) use bullet::nested;
pub use bullet::{Bullet, Form};
pub use model::{
    Checklist, Closing, DateField, Directive, Fence, Field, Hint, Inline, Language, Marker, Part,
    Section, Span, Spanned, Status, StatusBox, StatusKind, Task, TaskId,
};
