//! What was meant, where a name is misspelt.

/// Returns the known key that is most like the given one, if any is much like it.
pub(crate) fn nearest<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let scored = known
        .iter()
        .map(|candidate| (distance(key, candidate), *candidate));
    let (distance, candidate) = scored.min()?;
    (distance <= candidate.chars().count().max(3) / 3).then_some(candidate)
}

/// Returns the known path that one is most likely misspelt of: a few letters are others, or only
/// folders are. Files of one folder are much like each other anyhow.
pub(crate) fn nearest_path<'k>(path: &str, known: &[&'k str]) -> Option<&'k str> {
    const SLIPS: usize = 2;
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let near = nearest(path, known)?;
    (distance(path, near) <= SLIPS || name(path) == name(near)).then_some(near)
}

/// Returns how many letters must be changed, added or dropped to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut left_above = i;
        let mut left = i + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(&other) {
            let above = *cell;
            let changed = left_above + usize::from(a != *b);
            left = changed.min(left + 1).min(above + 1);
            left_above = above;
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[track_caller]
    fn check(key: &str, expected: Option<&str>) {
        let known = ["healthcheck", "image", "depends_on", "tty"];
        assert_eq!(nearest(key, &known), expected);
    }

    #[test]
    fn a_new_file_beside_others_is_no_misspelt_one() {
        let known = ["api/src/OrderController.kt", "api/src/OrderStore.kt"];
        let near = |path| super::nearest_path(path, &known);
        assert_eq!(near("api/src/RefundController.kt"), None);
        assert_eq!(near("api/src/OrderStroe.kt"), Some(known[1]));
        assert_eq!(near("src/OrderStore.kt"), Some(known[1]));
    }

    #[test]
    fn what_is_much_like_a_known_name_is_found() {
        check("helthcheck", Some("healthcheck"));
        check("dependson", Some("depends_on"));
        check("imge", Some("image"));
    }

    #[test]
    fn what_is_like_none_is_not() {
        check("replicas", None);
    }
}
