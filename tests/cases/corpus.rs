//! What the fuzz targets found worth keeping, and what once broke them, holds: each input goes
//! through the same function as there.

use std::path::Path;

use fs_err as fs;

use crate::invariants::TARGETS;

#[test]
fn every_kept_input_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let (mut failed, mut replayed) = (Vec::new(), 0);
    for (name, holds) in TARGETS {
        let entries = fs::read_dir(folder.join(name)).expect("each kind has inputs");
        for entry in entries {
            let path = entry.expect("an input").path();
            let data = fs::read(&path).expect("it is read");
            replayed += 1;
            if std::panic::catch_unwind(|| holds(&data)).is_err() {
                failed.push(path);
            }
        }
    }
    assert_eq!(
        failed,
        Vec::<std::path::PathBuf>::new(),
        "see above what doesn't hold"
    );
    assert!(
        replayed >= TARGETS.len() * 3,
        "only {replayed} inputs were replayed"
    );
}
