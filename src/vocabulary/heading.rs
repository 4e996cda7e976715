//! What a section's heading names: a part of the application by what its folder is usually called,
//! and a language by the endings of its files.

/// Beginnings of words in Russian and Ukrainian, and the folders that they name.
const FOLDERS: &[(&str, &str)] = &[
    ("админк", "admin"),
    ("адмінк", "admin"),
    ("бекенд", "backend"),
    ("бекэнд", "backend"),
    ("бэкенд", "backend"),
    ("бэкэнд", "backend"),
    ("воркер", "worker"),
    ("гейтве", "gateway"),
    ("гейт", "gate"),
    ("мобильн", "mobile"),
    ("мобільн", "mobile"),
    ("планировщик", "scheduler"),
    ("планувальник", "scheduler"),
    ("сайт", "site"),
    ("фронт", "frontend"),
    ("шлюз", "gateway"),
];

/// Languages and what is written in them, in lower case, and the endings of their files. What browsers
/// run is written in few.
const LANGUAGES: &[(&[&str], &[&str])] = &[
    (&["php", "laravel", "symfony"], &["php"]),
    (&["go", "golang"], &["go"]),
    (&["python", "django", "fastapi", "flask"], &["py"]),
    (&["typescript", "ts"], &["ts", "tsx", "mts", "cts"]),
    (
        &[
            "javascript",
            "js",
            "node",
            "node.js",
            "react",
            "next.js",
            "nest",
            "nestjs",
        ],
        &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
    ),
    (&["java"], &["java"]),
    (&["kotlin"], &["kt"]),
    (&["spring"], &["java", "kt"]),
    (&["rust"], &["rs"]),
    (&["ruby", "rails"], &["rb"]),
    (&["c#", ".net", "asp.net"], &["cs"]),
    (
        &["frontend", "front-end", "фронт", "фронтенд"],
        &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
    ),
];

/// Returns the folder that a word of a heading names in another alphabet.
pub(crate) fn folder_named(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let mut named = FOLDERS.iter().filter(|(begin, _)| word.starts_with(begin));
    named.next().map(|(_, folder)| *folder)
}

/// Returns whether a word names what a part of an application does, in whatever alphabet.
pub(crate) fn names_role(word: &str) -> bool {
    let english = ["gateway", "scheduler", "worker"];
    folder_named(word).is_some() || english.iter().any(|it| word.eq_ignore_ascii_case(it))
}

/// Returns the endings of the files that a heading is about by the language that it names in
/// brackets, or that is all of it; none where it names none. `Go live` names none.
pub(crate) fn endings(title: &str) -> Vec<&'static str> {
    let title = title.to_lowercase();
    let inside = title
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    let said = inside.map_or(title.as_str(), |(inside, _)| inside);
    let words = said.split(|it: char| it.is_whitespace() || ",;/+&".contains(it));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if inside.is_none() && words.len() != 1 {
        return Vec::new();
    }
    let named = words.iter().flat_map(|word| {
        let known = LANGUAGES.iter().filter(|(names, _)| names.contains(word));
        known.flat_map(|(_, endings)| endings.iter().copied())
    });
    let mut all: Vec<&'static str> = named.collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::{endings, folder_named};

    #[test]
    fn a_language_is_named_in_brackets_or_alone() {
        for (title, expected) in [
            ("Бэкенд (PHP)", &["php"][..]),
            ("Backend (Go)", &["go"]),
            ("Сервіс (Java + Kotlin)", &["java", "kt"]),
            ("Python", &["py"]),
            ("Go live", &[]),
            ("Go/no-go", &[]),
            ("Backend", &[]),
            (
                "Фронтенд",
                &["cjs", "cts", "js", "jsx", "mjs", "mts", "ts", "tsx"],
            ),
            ("Воркер (очереди)", &[]),
        ] {
            assert_eq!(endings(title), expected, "{title}");
        }
    }

    #[test]
    fn a_folder_is_named_in_three_languages() {
        assert_eq!(folder_named("Бэкенд"), Some("backend"));
        assert_eq!(folder_named("Мобильное"), Some("mobile"));
        assert_eq!(folder_named("Шлюзу"), Some("gateway"));
        assert_eq!(folder_named("Подготовка"), None);
    }
}
