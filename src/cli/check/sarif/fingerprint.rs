//! The fingerprints by which GitHub's code scanning knows a problem again when lines have moved.
//!
//! They are those that its upload action would compute from the files (a rolling hash over a line
//! and what follows it, blanks left out), so that both agree; uploads by other ways need them in the
//! document.

use std::collections::HashMap;

/// How many characters a line is known by.
const BLOCK: usize = 100;
const FACTOR: u64 = 37;
/// What stands for the end of the file.
const END: u64 = 0xffff;

/// Returns the fingerprint of each line; `\n`, `\r\n` and a lone `\r` end one.
pub(super) fn of_lines(text: &str) -> Vec<String> {
    let mut rolling = Rolling {
        window: [0; BLOCK],
        begins: [false; BLOCK],
        at: 0,
        hash: 0,
        first: (0..BLOCK).fold(1, |first: u64, _| first.wrapping_mul(FACTOR)),
        times: HashMap::new(),
        found: Vec::new(),
    };
    let (mut fresh, mut returned) = (true, false);
    for unit in text.encode_utf16().map(u64::from).chain([END]) {
        let is = |letter: char| unit == u64::from(u32::from(letter));
        if is(' ') || is('\t') || (returned && is('\n')) {
            returned = false;
            continue;
        }
        returned = is('\r');
        let ends = returned || is('\n');
        let unit = if ends { u64::from(b'\n') } else { unit };
        rolling.tell();
        rolling.take(unit, fresh);
        fresh = ends;
    }
    for _ in 0..BLOCK {
        rolling.tell();
        rolling.take(0, false);
    }
    rolling.found
}

/// The last characters that were read, and their hash.
struct Rolling {
    window: [u64; BLOCK],
    /// Which of them begin a line.
    begins: [bool; BLOCK],
    /// Where the oldest is, which the next one replaces.
    at: usize,
    hash: u64,
    /// What the oldest one counts in the hash.
    first: u64,
    /// How often a hash was found.
    times: HashMap<u64, usize>,
    found: Vec<String>,
}

impl Rolling {
    /// Tells the hash of a line that began as many characters ago as it is known by.
    fn tell(&mut self) {
        if std::mem::take(&mut self.begins[self.at]) {
            let times = self.times.entry(self.hash).or_default();
            *times += 1;
            self.found.push(format!("{:x}:{times}", self.hash));
        }
    }

    fn take(&mut self, unit: u64, begins: bool) {
        let gone = std::mem::replace(&mut self.window[self.at], unit);
        let hash = self.hash.wrapping_mul(FACTOR).wrapping_add(unit);
        self.hash = hash.wrapping_sub(self.first.wrapping_mul(gone));
        self.begins[self.at] = begins;
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::of_lines;

    /// The expected ones are those that GitHub's action gives.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(of_lines(text), expected, "{text:?}");
    }

    #[test]
    fn lines_are_known_by_themselves_and_what_follows() {
        check("", &["c129715d7a2bc9a3:1"]);
        check(
            " a\nb\n  \t\tc\n d",
            &[
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1",
            ],
        );
    }

    #[test]
    fn every_kind_of_line_end_counts_the_same() {
        let expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        let text = " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n";
        check(text, &expected);
        check(&text.replace('\n', "\r"), &expected);
        check(&text.replace('\n', "\r\n"), &expected);
    }

    #[test]
    fn lines_that_look_alike_are_counted() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let found = of_lines(&text);
        let alike: Vec<String> = (1..=6).map(|it| format!("a7f2ff13bc495cf2:{it}")).collect();
        assert_eq!(found.get(..6), Some(alike.as_slice()));
        assert_eq!(found.last().map(String::as_str), Some("c129715d7a2bc9a3:1"));
        assert_eq!(found.len(), 11);
    }
}
