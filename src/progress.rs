//! The journal's account → PROGRESS.md.
