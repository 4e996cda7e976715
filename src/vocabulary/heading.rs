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
    (
        &["vue", "vue.js", "nuxt"],
        &["vue", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
    ),
    (&["angular"], &["ts", "mts", "cts"]),
    (&["java"], &["java"]),
    (&["kotlin"], &["kt"]),
    (&["spring"], &["java", "kt"]),
    (&["rust"], &["rs"]),
    (&["ruby", "rails"], &["rb"]),
    (&["c#", ".net", "asp.net"], &["cs"]),
    (
        FRONT,
        &["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"],
    ),
];

/// What headings call what browsers run, whatever it is written in.
const FRONT: &[&str] = &["frontend", "front-end", "фронт", "фронтенд"];

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

/// Returns the endings of the files of a language that a word of a line names, alone or before what is
/// written in it (`React`, `React-компонент`), with what stands behind it; nothing where it names none.
/// In small letters, `go` and `nest` are other words.
pub(crate) fn language(word: &str) -> Option<(&'static [&'static str], &str)> {
    let (name, behind) = word.split_once('-').unwrap_or((word, ""));
    if !name.starts_with(char::is_uppercase) {
        return None;
    }
    let name = name.to_lowercase();
    let is = |names: &[&str]| names != FRONT && names.contains(&name.as_str());
    let (_, endings) = LANGUAGES.iter().find(|(names, _)| is(names))?;
    Some((endings, behind))
}

#[cfg(test)]
mod tests {
    use super::{endings, folder_named, language};

    #[test]
    fn a_language_is_named_by_a_word_with_a_capital() {
        let of = |word| language(word).map(|(endings, behind)| (endings.first().copied(), behind));
        assert_eq!(of("Python"), Some((Some("py"), "")));
        assert_eq!(of("Vue-компонент"), Some((Some("vue"), "компонент")));
        for word in ["go", "Фронтенд", "JSON", "-Go", "Goroutine"] {
            assert_eq!(of(word), None, "{word}");
        }
    }

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
