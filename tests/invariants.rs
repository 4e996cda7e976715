//! What must hold for every input, however odd: one function for each kind of input, written once
//! for the fuzz targets (`tests/fuzz`) and for the plain tests that replay what they found.
//!
//! A function returns normally where all holds and for inputs that aren't its own (no UTF-8); it
//! panics where anything doesn't.

pub mod application;
pub mod documents;
pub mod files;
pub mod formats;

/// A kind of input: its name, which is also its folder in `tests/fuzz/corpus`, and what must hold.
pub type Target = (&'static str, fn(&[u8]));

/// Every kind of input.
pub const TARGETS: &[Target] = &[
    ("checklist", documents::checklist),
    ("directive", documents::directive),
    ("progress", documents::progress),
    ("compose", application::compose),
    ("dockerfile", application::dockerfile),
    ("interpolation", application::interpolation),
    ("resolver", application::resolver),
    ("settings", formats::settings),
    ("manifests", formats::manifests),
    ("merge", formats::merge),
    ("journal", formats::journal),
];

/// Returns the text of an input, where it is one.
pub fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
