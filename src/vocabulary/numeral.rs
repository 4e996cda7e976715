//! Small numbers in words, as people write how many there are to be: `two replicas`, «одна реплика».

/// What is written for each number; in the cases in which they stand before a noun.
const NUMERALS: &[(u32, &[&str])] = &[
    (
        1,
        &["one", "single", "один", "одна", "одну", "одно", "одне"],
    ),
    (
        2,
        &["two", "два", "две", "двух", "двумя", "дві", "двох", "двома"],
    ),
    (
        3,
        &["three", "три", "трёх", "трех", "тремя", "трьох", "трьома"],
    ),
    (
        4,
        &["four", "четыре", "четырёх", "четырех", "чотири", "чотирьох"],
    ),
    (5, &["five", "пять", "п'ять", "п’ять"]),
    (6, &["six", "шесть", "шість"]),
];

/// Returns the number that a word is.
pub(crate) fn numeral(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let is = |(_, words): &&(u32, &[&str])| words.contains(&word.as_str());
    NUMERALS.iter().find(is).map(|(number, _)| *number)
}
