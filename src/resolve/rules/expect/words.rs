//! What the words of lines do that tell what a person's work leaves behind.
//!
//! The verbs are the vocabulary's, which a workspace may add to. The words around them are this
//! rule's own: a row is what a word does in the line and its stems in each language (a stem that
//! ends with `$` is the whole word).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::vocabulary::{Phrase, Vocabulary, Word};

/// What a word does in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resolve::rules) enum Role {
    /// Asks to make something.
    Make,
    /// Asks to put something into what is there, or to make it.
    Add,
    /// Asks to change something.
    Change,
    /// Asks to remove something.
    Remove,
    /// Asks for work that leaves no trace of its own, or another one.
    Other,
    /// Asks for a person's judgement.
    Judge,
    /// Makes it uncertain what is wanted, or that it is.
    Doubt,
    /// Joins what is asked for.
    And,
    /// Says that something must be, before the verb.
    Must,
    /// Leads to where something goes.
    Into,
    /// Leads to where something comes from.
    From,
    /// Leads to what belongs to it, or to where something comes from.
    With,
    /// Leads to what is only referred to.
    About,
    /// Names what a path leads to.
    File,
    /// Names what a class or structure is.
    Type,
    /// Names what can be called.
    Callable,
    /// Names a constant.
    Value,
    /// Names a table.
    Table,
    /// Names an endpoint.
    Endpoint,
    /// Names a variable of the environment.
    Variable,
    /// Names something of which no trace is looked for.
    Thing,
    /// Names tests.
    Tests,
    /// Names documentation.
    Docs,
}

/// What the vocabulary's verbs do.
const VERBS: &[(Role, &[Word])] = &[
    (Role::Make, &[Word::Create, Word::Make]),
    (Role::Add, &[Word::Add, Word::Put]),
    (Role::Change, &[Word::Change]),
    (Role::Remove, &[Word::Remove]),
];

/// What each other word does, and its stems, separated by spaces.
const WORDS: &[(Role, &str)] = &[
    (
        Role::Other,
        "test$ check$ verify$ validate$ try$ run$ rerun$ start$ restart$ stop$ deploy$ \
         install$ upgrade$ migrate$ move$ rename$ replace$ convert$ copy$ commit$ push$ pull$ \
         merge$ publish$ release$ upload$ download$ send$ notify$ tell$ ask$ inform$ \
         announce$ document$ describe$ explain$ measure$ benchmark$ monitor$ configure$ \
         enable$ disable$ connect$ integrate$ apply$ execute$ switch$ translate$ cover$ use$ \
         call$ log$ backup$ restore$ rotate$ grant$ open$ close$ clean$ cleanup$ lint$ \
         format$ study$ read$ learn$ find$ investigate$ research$ compare$ wire$ hook$ mount$ \
         bump$ tag$ sign$ profile$ optimize$ optimise$ load$ schedule$ plan$ design$ draw$ \
         train$ ensure$ get$ set$ let$ keep$ invite$ assign$ track$ watch$ проверь$ \
         протестируй$ запусти$ убедись$ прогони$ задеплой$ перевір$ протестуй$ переконайся$",
    ),
    (
        Role::Judge,
        "ensure confirm discuss decide agree approve approval review consider evaluate assess \
         sign-off double-check choose обсуд соглас убедит оцени утверд ревью выбр решить$ \
         реши$ обговор узгод погод переконат оціни затверд рев'ю рев’ю обрати$ вирішит",
    ),
    (
        Role::Doubt,
        "not$ no$ don't$ don’t$ doesn't$ doesn’t$ never$ without$ or$ either$ if$ unless$ \
         when$ once$ until$ after$ maybe$ perhaps$ possibly$ optional alternatively$ else$ \
         instead$ e.g$ example$ should$ could$ might$ later$ etc$ cannot$ can't$ nor$ some$ \
         не$ ни$ нет$ без$ или$ либо$ если$ необходимости$ опционал возможн желател когда$ \
         пока$ после$ вместо$ например$ иначе$ позже$ потом$ др$ нельзя$ надобности$ ні$ \
         немає$ або$ чи$ якщо$ потреби$ необхідності$ опціонал можлив бажан коли$ доки$ поки$ \
         після$ замість$ наприклад$ інакше$ пізніше$ тощо$ хоча$",
    ),
    (
        Role::And,
        "and$ then$ also$ plus$ и$ а$ затем$ также$ та$ і$ й$ також$ потім$",
    ),
    (
        Role::Must,
        "please$ must$ need$ we$ to$ the$ нужно$ надо$ необходимо$ следует$ треба$ потрібно$ \
         слід$ необхідно$",
    ),
    (
        Role::Into,
        "to$ into$ in$ inside$ within$ at$ в$ во$ к$ до$ у$",
    ),
    (Role::From, "from$ of$ out$ из$ от$ від$"),
    (Role::With, "with$ including$ с$ со$ з$ із$ зі$"),
    (
        Role::About,
        "for$ about$ using$ via$ through$ by$ like$ as$ see$ per$ on$ over$ against$ around$ \
         before$ under$ behind$ beside$ beyond$ between$ that$ which$ whose$ according$ uses$ \
         than$ для$ про$ о$ об$ через$ посредством$ по$ на$ над$ под$ при$ перед$ кроме$ \
         между$ против$ как$ см$ согласно$ используя$ помощью$ основе$ который$ которая$ \
         которое$ которые$ за$ чтобы$ як$ згідно$ допомогою$ основі$ використовуючи$ крім$ \
         між$ проти$ під$ див$ який$ яка$ яке$ які$ щоб$",
    ),
    (
        Role::File,
        "file folder directory module package script config dockerfile makefile page template \
         a$ an$ the$ new$ файл папк каталог директори модул пакет скрипт конфиг шаблон \
         страниц нов тек$ теку$ конфіг сторінк",
    ),
    (
        Role::Type,
        "class$ classes$ struct interface trait enum model$ models$ type$ exception dataclass \
         schema$ protocol$ mixin класс структур интерфейс модел тип$ перечислен исключен схем \
         клас$ класи$ інтерфейс перелік винят",
    ),
    (
        Role::Callable,
        "function func$ method procedure helper decorator handler hook$ middleware \
         dependency$ macro функци метод процедур хелпер декоратор обработчик хук$ макрос \
         функці обробник",
    ),
    (Role::Value, "constant констант"),
    (Role::Table, "table таблиц"),
    (
        Role::Endpoint,
        "endpoint route path$ handler эндпоинт эндпойнт маршрут ручк ендпоінт ендпойнт",
    ),
    (
        Role::Variable,
        "variable env$ setting environment flag$ parameter переменн окружени настройк \
         параметр флаг змінн оточенн середовищ налаштуван прапор",
    ),
    (
        Role::Thing,
        "database$ db$ bucket user$ users$ role$ roles$ branch repo$ repository queue topic \
         tag$ label index$ secret channel account domain record library dependency dashboard \
         alert metric group permission image container cluster namespace volume job$ pipeline \
         workflow stage$ key$ column field event cookie header баз$ базу$ бд$ бакет \
         пользовател рол ветк репозитор очеред топик тег$ метк индекс секрет канал аккаунт \
         домен запис библиотек зависимост дашборд алерт метрик групп образ ключ колонк \
         столбец поле$ событи заголов користувач гілк черг мітк обліков бібліотек залежніст \
         груп стовпец стовпчик подію$ поді$",
    ),
    (Role::Tests, "test spec$ specs$ тест юнит юніт"),
    (
        Role::Docs,
        "doc$ docs$ documentation runbook документац ранбук",
    ),
];

/// Endings of verbs' infinitives, as Russian and Ukrainian have them.
const INFINITIVES: &[&str] = &[
    "ать", "ять", "ить", "еть", "уть", "оть", "ться", "чь", "сти", "йти", "ати", "яти", "ити",
    "іти", "їти", "ути", "оти", "тися",
];

/// Nouns that end like them.
const NOUNS: &[&str] = &[
    "память",
    "часть",
    "сеть",
    "путь",
    "нить",
    "печать",
    "область",
    "дати",
    "результати",
    "тести",
    "листи",
    "хости",
    "формати",
    "сертифікати",
    "атрибути",
    "координати",
    "новости",
    "пам'яті",
];

/// What a word does: several things at once, maybe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Roles(u32);

impl Roles {
    /// Returns whether the word does that.
    pub(super) fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u32) != 0
    }

    fn add(&mut self, role: Role) {
        self.0 |= 1 << role as u32;
    }
}

/// The table, by what is looked up.
struct Table {
    whole: HashMap<&'static str, Roles>,
    /// By the stems' first letters.
    stems: HashMap<char, Vec<(&'static str, Role)>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table {
        whole: HashMap::new(),
        stems: HashMap::new(),
    };
    let rows = WORDS.iter();
    for (role, stem) in rows.flat_map(|(role, all)| all.split(' ').map(move |stem| (*role, stem))) {
        match (stem.strip_suffix('$'), stem.chars().next()) {
            (Some(whole), _) => table.whole.entry(whole).or_default().add(role),
            (None, Some(first)) => table.stems.entry(first).or_default().push((stem, role)),
            (None, None) => {}
        }
    }
    table
});

/// Returns what a word, in lower case, does in a line.
pub(super) fn roles(word: &str, vocabulary: &Vocabulary) -> Roles {
    let mut found = of_table(word);
    let phrase = Phrase::new(word, vocabulary);
    for (role, meanings) in VERBS {
        if phrase.find(meanings).is_some() && !phrase.has(Word::Past) {
            found.add(*role);
        }
    }
    found
}

/// Returns whether a word, in lower case, that is no verb does that in a line.
pub(in crate::resolve::rules) fn is(word: &str, role: Role) -> bool {
    of_table(word).has(role)
}

fn of_table(word: &str) -> Roles {
    let mut found = TABLE.whole.get(word).copied().unwrap_or_default();
    let first = word.chars().next();
    let stems = first.and_then(|first| TABLE.stems.get(&first));
    for (stem, role) in stems.into_iter().flatten() {
        if word.starts_with(stem) {
            found.add(*role);
        }
    }
    found
}

/// Returns whether a word is a noun made of a verb (`создание`, `оновлення`), which asks for
/// something at a line's beginning alone.
pub(super) fn is_verbal_noun(word: &str) -> bool {
    let endings = [
        "ние", "ния", "нию", "нием", "ний", "ниях", "ння", "нню", "нням", "тие", "тия",
    ];
    endings.iter().any(|ending| word.ends_with(ending))
}

/// Returns whether a word, in lower case, is a verb of Russian or Ukrainian that asks for something.
pub(super) fn is_infinitive(word: &str) -> bool {
    word.chars().count() > 4
        && INFINITIVES.iter().any(|ending| word.ends_with(ending))
        && !word.ends_with("ость")
        && !word.ends_with("ости")
        && !NOUNS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{Role, is_infinitive, roles};
    use crate::vocabulary::{Meaning, Vocabulary, Word};

    #[track_caller]
    fn check(role: Role, words: &[&str]) {
        for word in words {
            let found = roles(word, &Vocabulary::default());
            assert!(found.has(role), "{word} is no {role:?}");
        }
    }

    #[test]
    fn a_workspaces_verbs_ask_as_well() {
        let usual = Vocabulary::default();
        let own = |meaning, word| usual.clone().with(Meaning::Word(meaning), word);
        for meaning in [Word::Create, Word::Make] {
            assert!(roles("anlegen", &own(meaning, "anleg")).has(Role::Make));
        }
        assert!(roles("löschen", &own(Word::Remove, "lösch")).has(Role::Remove));
        assert!(!roles("löschen", &usual).has(Role::Remove));
    }

    #[test]
    fn what_was_done_isnt_asked_for() {
        let found = roles("generated", &Vocabulary::default());
        assert!(!found.has(Role::Make));
    }

    #[test]
    fn verbs_are_known_in_three_languages() {
        check(
            Role::Make,
            &["create", "создать", "створити", "реализовать", "implement"],
        );
        check(Role::Add, &["add", "добавить", "додати"]);
        check(
            Role::Change,
            &[
                "update",
                "обновить",
                "изменить",
                "оновити",
                "змінити",
                "fix",
            ],
        );
        check(Role::Remove, &["remove", "удалить", "видалити", "прибрати"]);
        check(
            Role::Doubt,
            &["or", "или", "або", "если", "якщо", "необходимости"],
        );
    }

    #[test]
    fn infinitives_are_told_from_nouns() {
        for word in [
            "проверить",
            "запустить",
            "перевірити",
            "узгодити",
            "написать",
        ] {
            assert!(is_infinitive(word), "{word}");
        }
        for word in [
            "память",
            "возможность",
            "тести",
            "клієнти",
            "зависимости",
            "токен",
        ] {
            assert!(!is_infinitive(word), "{word}");
        }
    }
}
