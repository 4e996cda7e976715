//! What is written, as people read it.

use super::sample::{application, files};
use super::{parse_documents, render};

#[test]
fn what_is_written_reads_back_as_the_same_objects() {
    for file in render(&application(), &files()).unwrap() {
        if file.objects.is_empty() {
            continue;
        }
        assert_eq!(
            parse_documents(&file.path, &file.text).unwrap(),
            file.objects
        );
    }
}
