//! The same work for many things, several at a time.
//!
//! What comes of it doesn't depend on how many are at work: it is in the things' own order. Nothing
//! here waits for a person or a network.

use std::num::NonZero;
use std::thread;

/// Computes something of each on all processors, and returns what comes of it in their order; of
/// fewer than `few` on one, where another thread would take longer than it saves.
pub(crate) fn compute<'i, T: Sync, R: Send>(
    items: &'i [T],
    few: usize,
    work: impl Fn(&'i T) -> R + Sync,
) -> Vec<R> {
    let at_once = if items.len() < few {
        1
    } else {
        thread::available_parallelism().map_or(1, NonZero::get)
    };
    map(items, at_once, work)
}

/// Does something with each, up to so many at a time, and returns what comes of it in their order.
pub(crate) fn map<'i, T: Sync, R: Send>(
    items: &'i [T],
    at_once: usize,
    work: impl Fn(&'i T) -> R + Sync,
) -> Vec<R> {
    let share = items.len().div_ceil(at_once.max(1));
    if items.len() <= 1 || share == items.len() {
        return items.iter().map(work).collect();
    }
    thread::scope(|scope| {
        let work = &work;
        let shares: Vec<_> = items
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().map(work).collect::<Vec<R>>()))
            .collect();
        let done = shares.into_iter().map(|share| match share.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        done.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::map;

    #[track_caller]
    fn check(count: usize, at_once: usize) {
        let items: Vec<usize> = (0..count).collect();
        let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
        assert_eq!(map(&items, at_once, |item| item * 2), doubled);
    }

    #[test]
    fn what_comes_of_it_is_in_order() {
        for at_once in [0, 1, 2, 3, 16] {
            for count in [0, 1, 2, 15, 16, 17, 100] {
                check(count, at_once);
            }
        }
    }

    #[test]
    #[should_panic(expected = "seven")]
    fn a_panic_is_passed_on() {
        map(&[1, 7, 3], 3, |item| assert_ne!(*item, 7, "seven"));
    }
}
