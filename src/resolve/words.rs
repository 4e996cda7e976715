//! The words that tasks are written with, in each language: one table, one row a word.
//!
//! A row is a stem: a word matches where it begins with it, so that inflected forms need no rows
//! of their own. A stem that ends with `$` must be the whole word.

use crate::checklist::Language::{self, English, Russian, Ukrainian};

/// What a word of a task tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Word {
    // Verbs.
    Study,
    Which,
    Needed,
    Create,
    // Things.
    Services,
    Volumes,
    Secrets,
    ConfigMaps,
    Namespace,
    Resources,
    Probes,
    Liveness,
    Readiness,
    Startup,
    Disruption,
    Replicas,
    Requests,
    Limits,
    Ports,
    Claim,
    Environment,
    Init,
    Tls,
    Paths,
    Annotations,
    Minimum,
    Maximum,
    Memory,
    Period,
    Timeout,
    Delay,
    Failures,
    Image,
    Exactly,
    Hosts,
    Retention,
    Alerts,
    // What a service is.
    Application,
    Administration,
    Interface,
}

use Word::{
    Administration, Alerts, Annotations, Application, Claim, ConfigMaps, Create, Delay, Disruption,
    Environment, Exactly, Failures, Hosts, Image, Init, Interface, Limits, Liveness, Maximum,
    Memory, Minimum, Namespace, Needed, Paths, Period, Ports, Probes, Readiness, Replicas,
    Requests, Resources, Retention, Secrets, Services, Startup, Study, Timeout, Tls, Volumes,
    Which,
};

const WORDS: &[(Word, Language, &[&str])] = &[
    (
        Study,
        English,
        &[
            "study", "studi", "analy", "examin", "inspect", "review", "read$", "look$", "explor",
        ],
    ),
    (
        Study,
        Russian,
        &[
            "изуч",
            "анализ",
            "проанализ",
            "рассмотр",
            "посмотр",
            "просмотр",
            "прочит",
            "разобр",
            "ознаком",
            "исследо",
        ],
    ),
    (
        Study,
        Ukrainian,
        &[
            "вивч",
            "аналіз",
            "проаналіз",
            "розгля",
            "перегля",
            "прочит",
            "розібр",
            "ознайом",
            "дослід",
        ],
    ),
    (Which, English, &["which$", "what$"]),
    (
        Which,
        Russian,
        &["какие$", "какой$", "какая$", "какое$", "каких$"],
    ),
    (
        Which,
        Ukrainian,
        &["які$", "який$", "яка$", "яке$", "яких$"],
    ),
    (Needed, English, &["need", "requir", "necessary"]),
    (
        Needed,
        Russian,
        &["нужн", "нужен", "необходим", "требу", "понадоб"],
    ),
    (Needed, Ukrainian, &["потріб", "необхідн", "знадоб"]),
    (
        Create,
        English,
        &[
            "create", "creating", "write$", "writing", "add$", "adding", "prepare", "make$",
            "generate",
        ],
    ),
    (
        Create,
        Russian,
        &[
            "созда",
            "напис",
            "напиш",
            "добав",
            "подготов",
            "сгенерир",
            "сдела",
        ],
    ),
    (
        Create,
        Ukrainian,
        &[
            "створ",
            "напис",
            "напиш",
            "дода",
            "підготу",
            "згенеру",
            "зроб",
        ],
    ),
    (Services, English, &["service$", "services"]),
    (Services, Russian, &["сервис"]),
    (Services, Ukrainian, &["сервіс", "служб"]),
    (
        Volumes,
        English,
        &[
            "volume",
            "pv$",
            "pvs$",
            "pvc$",
            "pvcs$",
            "persistentvolume",
            "storage",
        ],
    ),
    (Volumes, Russian, &["том$", "тома$", "томов$", "хранилищ"]),
    (Volumes, Ukrainian, &["том$", "томи$", "томів$", "сховищ"]),
    (Secrets, English, &["secret"]),
    (Secrets, Russian, &["секрет"]),
    (Secrets, Ukrainian, &["секрет", "таємниц"]),
    (ConfigMaps, English, &["configmap", "config-map"]),
    (ConfigMaps, Russian, &["конфигмап", "конфигураци"]),
    (ConfigMaps, Ukrainian, &["конфігмап", "конфігураці"]),
    (Namespace, English, &["namespace"]),
    (Namespace, Russian, &["неймспейс", "пространств"]),
    (Namespace, Ukrainian, &["неймспейс", "простір$", "простор"]),
    (Resources, English, &["resource"]),
    (Resources, Russian, &["ресурс"]),
    (Resources, Ukrainian, &["ресурс"]),
    (Probes, English, &["probe"]),
    (Probes, Russian, &["проб$", "пробы$", "проба$"]),
    (Probes, Ukrainian, &["проб$", "проби$", "проба$"]),
    (Liveness, English, &["liveness", "livenessprobe"]),
    (Liveness, Russian, &["живост", "живучест"]),
    (Liveness, Ukrainian, &["живост", "живучіст", "живіст"]),
    (Readiness, English, &["readiness", "readinessprobe"]),
    (Readiness, Russian, &["готовност"]),
    (Readiness, Ukrainian, &["готовн", "готовіст"]),
    (Startup, English, &["startup", "start-up"]),
    (Startup, Russian, &["запуск"]),
    (Startup, Ukrainian, &["запуск"]),
    (
        Disruption,
        English,
        &["pdb", "poddisruptionbudget", "disruption"],
    ),
    (Replicas, English, &["replica"]),
    (Replicas, Russian, &["реплик"]),
    (Replicas, Ukrainian, &["реплік", "репліц"]),
    (Requests, English, &["request"]),
    (Requests, Russian, &["запрос", "запраш"]),
    (Requests, Ukrainian, &["запит"]),
    (Limits, English, &["limit"]),
    (Limits, Russian, &["лимит", "предел", "огранич"]),
    (Limits, Ukrainian, &["ліміт", "обмеж"]),
    (Ports, English, &["port$", "ports$"]),
    (Ports, Russian, &["порт$", "порты$", "портов$"]),
    (Ports, Ukrainian, &["порт$", "порти$", "портів$"]),
    (
        Claim,
        English,
        &["pvc", "persistentvolumeclaim", "volume", "storage", "disk"],
    ),
    (Claim, Russian, &["том$", "диск", "хранилищ"]),
    (Claim, Ukrainian, &["том$", "диск", "сховищ"]),
    (
        Environment,
        English,
        &["env$", "envs$", "environment", "envfrom", "variable"],
    ),
    (Environment, Russian, &["переменн", "окружени"]),
    (Environment, Ukrainian, &["змінн", "оточенн", "середовищ"]),
    (
        Init,
        English,
        &["initdb", "init$", "initialis", "initializ", "init-script"],
    ),
    (Init, Russian, &["инициализ", "скрипт"]),
    (Init, Ukrainian, &["ініціаліз", "скрипт"]),
    (Tls, English, &["tls", "https$", "ssl", "certificate"]),
    (Tls, Russian, &["сертификат"]),
    (Tls, Ukrainian, &["сертифікат"]),
    (Paths, English, &["path", "routing", "route", "rule"]),
    (Paths, Russian, &["путь$", "пути$", "путей$", "маршрут"]),
    (Paths, Ukrainian, &["шлях", "маршрут"]),
    (Annotations, English, &["annotation"]),
    (Annotations, Russian, &["аннотац"]),
    (Annotations, Ukrainian, &["анотац"]),
    (
        Minimum,
        English,
        &["min$", "minimum", "minreplicas", "minavailable", "at-least"],
    ),
    (Minimum, Russian, &["мин$", "минимум", "минимал", "от$"]),
    (Minimum, Ukrainian, &["мін$", "мінімум", "мінімал", "від$"]),
    (
        Maximum,
        English,
        &["max$", "maximum", "maxreplicas", "maxunavailable", "up-to"],
    ),
    (Maximum, Russian, &["макс$", "максимум", "максимал", "до$"]),
    (
        Maximum,
        Ukrainian,
        &["макс$", "максимум", "максимал", "до$"],
    ),
    (Memory, English, &["memory", "mem$", "ram$"]),
    (Memory, Russian, &["памят"]),
    (Memory, Ukrainian, &["памят", "пам'ят", "пам’ят"]),
    (Period, English, &["period", "every$", "interval"]),
    (Period, Russian, &["период", "интервал", "кажд", "раз$"]),
    (Period, Ukrainian, &["період", "інтервал", "кожн", "раз$"]),
    (Timeout, English, &["timeout"]),
    (Timeout, Russian, &["таймаут", "тайм-аут"]),
    (Timeout, Ukrainian, &["таймаут", "тайм-аут"]),
    (Delay, English, &["delay", "initialdelay"]),
    (Delay, Russian, &["задержк"]),
    (Delay, Ukrainian, &["затримк"]),
    (
        Failures,
        English,
        &["failure", "failurethreshold", "threshold", "retries"],
    ),
    (Failures, Russian, &["попыт", "порог", "отказ"]),
    (Failures, Ukrainian, &["спроб", "поріг", "відмов"]),
    (Exactly, English, &["exact"]),
    (Exactly, Russian, &["ровно", "точно", "точн", "только$"]),
    (
        Exactly,
        Ukrainian,
        &["рівно", "точно", "точн", "лише$", "тільки$"],
    ),
    (
        Hosts,
        English,
        &["host$", "hosts$", "hostname", "domain", "subdomain"],
    ),
    (Hosts, Russian, &["хост", "домен", "поддомен"]),
    (Hosts, Ukrainian, &["хост", "домен", "піддомен"]),
    (Retention, English, &["retention", "retain", "keep$"]),
    (Retention, Russian, &["хранен", "хранит", "ретеншен"]),
    (Retention, Ukrainian, &["зберіган", "зберігат", "ретеншен"]),
    (Alerts, English, &["alert"]),
    (Alerts, Russian, &["алерт", "оповещен"]),
    (Alerts, Ukrainian, &["алерт", "сповіщен", "оповіщен"]),
    (Image, English, &["image", "tag$", "version"]),
    (Image, Russian, &["образ", "версия"]),
    (Image, Ukrainian, &["образ", "версія"]),
    (
        Application,
        English,
        &["app$", "application", "backend", "server$"],
    ),
    (Application, Russian, &["приложен", "бэкенд", "бекенд"]),
    (Application, Ukrainian, &["застосун", "додат", "бекенд"]),
    (Administration, English, &["admin"]),
    (Administration, Russian, &["админ"]),
    (Administration, Ukrainian, &["адмін"]),
    (
        Interface,
        English,
        &["frontend", "front-end", "web$", "ui$", "site$"],
    ),
    (Interface, Russian, &["фронтенд", "интерфейс"]),
    (Interface, Ukrainian, &["фронтенд", "інтерфейс"]),
];

/// Returns whether a word, in lower case, tells that.
pub(super) fn tells(word: &str, meaning: Word) -> bool {
    WORDS
        .iter()
        .filter(|(known, _, _)| *known == meaning)
        .flat_map(|(_, _, stems)| stems.iter())
        .any(|stem| match stem.strip_suffix('$') {
            Some(whole) => word == whole,
            None => word.starts_with(stem),
        })
}

/// Returns the words of a text: letters, digits, and what joins them within a word.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || "-_'’.".contains(character)))
        .map(|word| word.trim_matches(|character: char| !character.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// Returns the first word of a text that tells one of these, as written.
pub(super) fn find<'t>(text: &'t str, meanings: &[Word]) -> Option<&'t str> {
    words(text).find(|word| {
        let lower = word.to_lowercase();
        meanings.iter().any(|meaning| tells(&lower, *meaning))
    })
}

/// Returns whether a text has a word that tells that.
pub(super) fn has(text: &str, meaning: Word) -> bool {
    find(text, &[meaning]).is_some()
}

/// Returns whether a word of the text begins with one of these.
pub(super) fn mentions(plain: &str, stems: &[&str]) -> bool {
    let lower = plain.to_lowercase();
    words(&lower).any(|word| stems.iter().any(|stem| word.starts_with(stem)))
}

#[cfg(test)]
mod tests {
    use super::{Word, find, words};

    #[track_caller]
    fn check(text: &str, meaning: Word, expected: Option<&str>) {
        assert_eq!(find(text, &[meaning]), expected);
    }

    #[test]
    fn inflected_forms_match_by_stem() {
        check("Изучи файл", Word::Study, Some("Изучи"));
        check("Вивчити файл", Word::Study, Some("Вивчити"));
        check("Створити маніфест", Word::Create, Some("Створити"));
        check("Какие секреты нужны", Word::Needed, Some("нужны"));
        check("Які сервіси потрібні", Word::Needed, Some("потрібні"));
        check("Studied the file", Word::Study, Some("Studied"));
    }

    #[test]
    fn a_whole_word_is_not_a_stem() {
        check("томат", Word::Volumes, None);
        check("ready", Word::Study, None);
    }

    #[test]
    fn words_are_split_at_what_joins_none() {
        let split: Vec<&str> = words("Resources: requests 256Mi/250m (min)").collect();
        assert_eq!(split, ["Resources", "requests", "256Mi", "250m", "min"]);
    }
}
