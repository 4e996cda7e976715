//! What the fuzz targets share: the invariants, which the plain tests replay.

#[path = "../.."]
mod tests {
    pub mod invariants;
}

pub use tests::invariants;

/// Lets a panic that the program contains go by: the parser of Markdown may panic on odd input,
/// and that is turned into a message. What isn't contained still ends the run.
pub fn contained() {
    let _ours = std::panic::take_hook();
}
