//! Names as Kubernetes takes them.

/// How letters are written that Kubernetes doesn't take: folders and projects have names in
/// people's own script.
const LETTERS: &[(char, &str)] = &[
    ('а', "a"),
    ('б', "b"),
    ('в', "v"),
    ('г', "g"),
    ('ґ', "g"),
    ('д', "d"),
    ('е', "e"),
    ('ё', "e"),
    ('є', "ye"),
    ('ж', "zh"),
    ('з', "z"),
    ('и', "i"),
    ('і', "i"),
    ('ї', "yi"),
    ('й', "y"),
    ('к', "k"),
    ('л', "l"),
    ('м', "m"),
    ('н', "n"),
    ('о', "o"),
    ('п', "p"),
    ('р', "r"),
    ('с', "s"),
    ('т', "t"),
    ('у', "u"),
    ('ф', "f"),
    ('х', "kh"),
    ('ц', "ts"),
    ('ч', "ch"),
    ('ш', "sh"),
    ('щ', "shch"),
    ('ъ', ""),
    ('ы', "y"),
    ('ь', ""),
    ('э', "e"),
    ('ю', "yu"),
    ('я', "ya"),
];

/// Returns a name that Kubernetes takes: small letters, digits, hyphens, 63 at most; empty where
/// nothing of the text can be written so.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.to_lowercase().chars() {
        let known = LETTERS.iter().find(|(letter, _)| *letter == character);
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if let Some((_, written)) = known {
            slug.push_str(written);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.truncate(63);
    slug.trim_end_matches('-').to_owned()
}

/// Returns whether a word is a name's, in whichever form: `tiles` and `tile`, `admin` and
/// `administration`, `billing` and `биллинг`.
pub(super) fn alike(name: &str, word: &str) -> bool {
    /// How many letters two words must begin with, and how many may follow in each.
    const BEGIN: usize = 4;
    const END: usize = 3;
    let (name, word) = (slug(name), slug(word));
    if !name.contains(|it: char| it.is_ascii_alphabetic()) {
        return false;
    }
    let same = name
        .chars()
        .zip(word.chars())
        .take_while(|(one, two)| one == two);
    let same = same.count();
    let rest = |text: &str| text.len().saturating_sub(same);
    // `shop.example.com` isn't the shop, nor is `redis-ha` Redis.
    let another = word.chars().nth(same) == Some('-');
    let inflected = rest(&name) == 0 || rest(&name) <= END && rest(&word) <= END;
    name == word || same >= BEGIN && inflected && !another
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(slug(text), expected);
    }

    #[test]
    fn names_are_small_letters_digits_and_hyphens() {
        check("Call Center_2", "call-center-2");
        check("--a--", "a");
        check(&"a".repeat(70), &"a".repeat(63));
    }

    #[test]
    fn cyrillic_names_stay_readable() {
        check("моё-приложение", "moe-prilozhenie");
        check("Крамниця Її", "kramnitsya-yiyi");
        check("объём", "obem");
    }

    #[test]
    fn what_cant_be_written_so_is_empty() {
        check("商店", "");
    }
}
