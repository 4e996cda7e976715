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
