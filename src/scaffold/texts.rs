//! The texts that checklists are written with: one table, a row for each text, a column for each
//! language.
//!
//! Another language is another column: its place in [`COLUMNS`], and a text in every row. Words in
//! braces are filled in. Tasks are worded so that `resolve` reads them; the tests hold them to it.

use crate::checklist::Language::{self, English, Russian, Ukrainian};

/// The languages of the columns.
pub(super) const COLUMNS: [Language; 3] = [English, Russian, Ukrainian];

/// One text in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row([&'static str; COLUMNS.len()]);

impl Row {
    /// Returns the text in a language.
    pub(super) fn of(self, language: Language) -> &'static str {
        let pairs = COLUMNS.into_iter().zip(self.0);
        let mut found = pairs.filter(|(column, _)| *column == language);
        found.next().map_or("", |(_, text)| text)
    }

    /// Returns the text with the words in braces filled in, once and in one go: what is filled in
    /// is not looked at again.
    pub(super) fn fill(self, language: Language, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.of(language);
        while let Some((before, behind)) = rest.split_once('{') {
            filled.push_str(before);
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            let value = values.iter().find(|(known, _)| *known == name);
            let value = value.map_or("", |(_, value)| value);
            // A name that begins a comment would hide what follows.
            filled.extend(value.chars().filter(|it| *it != '<'));
            rest = after;
        }
        filled + rest
    }
}

/// Returns whether a character is shown as what it is: it neither drives a terminal nor reorders
/// text.
pub(super) fn is_shown(character: char) -> bool {
    let reorders = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !reorders
}

macro_rules! texts {
    ($($name:ident: $english:literal, $russian:literal, $ukrainian:literal;)*) => {
        $(pub(super) const $name: Row = Row([$english, $russian, $ukrainian]);)*

        #[cfg(test)]
        const ALL: &[(&str, Row)] = &[$((stringify!($name), $name)),*];
    };
}

// What every document has.
texts! {
    PHASE: "Phase {number}: {title}", "Фаза {number}: {title}", "Фаза {number}: {title}";
    STATUS: "Status", "Статус", "Статус";
    NOT_STARTED: "Not started", "Не начата", "Не розпочата";
    IN_PROGRESS: "In progress", "В процессе", "В процесі";
    COMPLETED: "Completed", "Завершена", "Завершена";
    STARTED_ON: "Started", "Начата", "Розпочата";
    COMPLETED_ON: "Completed", "Завершена", "Завершена";
    GOAL: "Goal", "Цель фазы", "Мета фази";
    TASKS: "Tasks", "Задачи", "Завдання";
    FILES: "Files", "Файлы", "Файли";
    NOTES: "Notes", "Заметки", "Нотатки";
    // Between a path and what it is.
    JOIN: ": ", " — ", " — ";
    AND: "and", "и", "і";
    CLOSING: "When the phase is done", "При завершении фазы", "При завершенні фази";
    CLOSING_IS_ORCHS:
        "`orch` does this itself at the end of a run:",
        "Всё это `orch` делает сам в конце запуска:",
        "Усе це `orch` робить сам наприкінці запуску:";
    CLOSING_TASKS:
        "Check that every task is ticked",
        "Убедиться, что отмечены все задачи",
        "Переконатися, що позначено всі завдання";
    CLOSING_STATUS:
        "Leave one box ticked in the status: \"Completed\"",
        "Оставить в статусе одну отметку: «Завершена»",
        "Залишити в статусі одну позначку: «Завершена»";
    CLOSING_DATE:
        "Fill in the date of completion",
        "Проставить дату завершения",
        "Проставити дату завершення";
    CLOSING_COMMIT: "Commit the phase:", "Сделать коммит:", "Зробити коміт:";
    CLOSING_PROGRESS:
        "Update PROGRESS.md: the phase, its percentage, a line of history",
        "Обновить PROGRESS.md: фаза, процент готовности, запись в истории",
        "Оновити PROGRESS.md: фаза, відсоток готовності, запис в історії";
    NEXT_PHASE: "Current phase: {number}", "Текущая фаза: {number}", "Поточна фаза: {number}";

    // A phase that nothing is known of yet.
    GOAL_UNKNOWN:
        "In one sentence: what is true once this phase is done.",
        "Одним предложением: что будет достигнуто в этой фазе.",
        "Одним реченням: чого буде досягнуто в цій фазі.";
    FIRST_SECTION: "First steps", "Первые шаги", "Перші кроки";
    AGREE:
        "Agree on what this phase has to achieve, and write its tasks down here",
        "Договориться, что должно получиться в этой фазе, и записать сюда её задачи",
        "Домовитися, що має вийти в цій фазі, і записати сюди її завдання";

    // The goals of phases that are written from facts.
    GOAL_ROLLOUT:
        "Everything that the Compose files of `{app}` describe runs in a Kubernetes cluster: it starts in the right order, reports its health and keeps its data.",
        "Приложение `{app}` работает в кластере Kubernetes в полном составе, описанном в Compose: запускается в нужном порядке, сообщает о своём состоянии и не теряет данных.",
        "Застосунок `{app}` працює в кластері Kubernetes у повному складі, описаному в Compose: запускається в потрібному порядку, повідомляє про свій стан і не втрачає даних.";
    GOAL_ADOPTION:
        "The manifests of this repository are applied and looked after by `orch`. What already runs in the cluster is adopted as it is, not created anew.",
        "Манифесты из репозитория применяет и сопровождает `orch`. То, что уже работает в кластере, переходит под его управление как есть, без пересоздания.",
        "Маніфести з репозиторію застосовує й супроводжує `orch`. Те, що вже працює в кластері, переходить під його керування як є, без повторного створення.";
    DRAFT:
        "`orch init` drafted this plan from what the repository says. Review it before the first run: correct what is only a default, take out what you don't need. Tasks with the comment `orch: manual` are for people.",
        "Этот черновик составила команда `orch init` по содержимому репозитория. Прочитайте его до первого запуска: поправьте значения по умолчанию, уберите лишнее. Задачи с комментарием `orch: manual` выполняет человек.",
        "Цю чернетку склала команда `orch init` за вмістом репозиторію. Перегляньте її до першого запуску: виправте значення за замовчуванням, приберіть зайве. Завдання з коментарем `orch: manual` виконує людина.";

    // Sections and their groups.
    ANALYSIS: "Analysis", "Анализ", "Аналіз";
    WHAT_IS_THERE: "What is there", "Что уже есть", "Що вже є";
    WHAT_IS_NEEDED: "What is needed", "Что понадобится", "Що знадобиться";
    WHAT_HOLDS: "What every manifest must have", "Требования ко всем манифестам", "Вимоги до всіх маніфестів";
    BASE: "Base resources", "Базовые ресурсы", "Базові ресурси";
    STORES: "Data stores", "Хранилища данных", "Сховища даних";
    APPLICATION: "Application", "Приложение", "Застосунок";
    INGRESS: "Ingress", "Внешний доступ", "Зовнішній доступ";
    MONITORING: "Monitoring", "Мониторинг", "Моніторинг";
    ASSEMBLY: "Kustomize and instructions", "Kustomize и инструкция", "Kustomize та інструкція";

    // Analysis.
    STUDY: "Study {paths}", "Изучить {paths}", "Вивчити {paths}";
    STUDY_COMPOSE: "services, ports, volumes, variables", "сервисы, порты, тома, переменные", "сервіси, порти, томи, змінні";
    STUDY_OVERRIDE: "what it overrides", "что здесь переопределяется", "що тут перевизначається";
    STUDY_DOCKERFILE: "base image, user, ports", "базовый образ, пользователь, порты", "базовий образ, користувач, порти";
    STUDY_SOURCE: "environment variables that the code reads", "переменные окружения, которые читает код", "змінні середовища, які читає код";
    STUDY_ENDPOINTS: "Study the health endpoints {paths}", "Изучить health-эндпоинты {paths}", "Вивчити health-ендпоінти {paths}";
    WHICH_SERVICES: "Which services are needed: {names}", "Какие сервисы нужны: {names}", "Які сервіси потрібні: {names}";
    WHICH_VOLUMES: "Which volumes are needed: {names}", "Какие тома нужны: {names}", "Які томи потрібні: {names}";
    WHICH_SECRETS: "Which secrets are needed: {names}", "Какие секреты нужны: {names}", "Які секрети потрібні: {names}";
    WHICH_MAPS: "Which ConfigMaps are needed: {names}", "Какие ConfigMap нужны: {names}", "Які ConfigMap потрібні: {names}";
    NAMESPACE_IS: "Namespace: `{namespace}`", "Пространство имён: `{namespace}`", "Простір імен: `{namespace}`";
    RESOURCES_EVERYWHERE: "Resource requests and limits for every pod", "Запросы и лимиты ресурсов у каждого пода", "Запити й ліміти ресурсів для кожного пода";
    PROBES_EVERYWHERE: "Liveness and readiness probes for whatever serves requests", "Liveness- и readiness-пробы у всего, что обслуживает запросы", "Liveness- і readiness-проби для всього, що обслуговує запити";
    SPREAD: "Anti-affinity for whatever runs in several replicas", "Anti-affinity для всего, что работает в нескольких репликах", "Anti-affinity для всього, що працює в кількох репліках";
    BUDGETS: "PodDisruptionBudget for whatever runs in several replicas", "PodDisruptionBudget для всего, что работает в нескольких репликах", "PodDisruptionBudget для всього, що працює в кількох репліках";

    // Base resources.
    CREATE: "Create `{path}`", "Создать `{path}`", "Створити `{path}`";
    THE_NAMESPACE: "the namespace `{namespace}`", "пространство имён `{namespace}`", "простір імен `{namespace}`";
    THE_SECRETS: "a template for the secrets, with placeholders for values", "шаблон секретов с заглушками вместо значений", "шаблон секретів із заглушками замість значень";
    THE_SETTINGS: "the settings that aren't secret", "несекретные настройки", "несекретні налаштування";
    SECRET_VALUES:
        "Provide the values of the secrets for the target cluster: {names}. The repository holds placeholders only; `orch` takes values from the environment or from an env file that git ignores",
        "Задать значения секретов для целевого кластера: {names}. В репозитории хранятся только заглушки; значения `orch` берёт из переменных окружения или из env-файла, который git игнорирует",
        "Задати значення секретів для цільового кластера: {names}. У репозиторії зберігаються лише заглушки; значення `orch` бере зі змінних середовища або з env-файлу, який git ігнорує";

    // What a workload is.
    A_SERVICE: "the service `{service}`", "сервис `{service}`", "сервіс `{service}`";
    A_BUILT_SERVICE: "the service `{service}`, built from `{dockerfile}`", "сервис `{service}`, собирается из `{dockerfile}`", "сервіс `{service}`, збирається за `{dockerfile}`";
    A_JOB: "the one-off job `{service}`", "разовая задача `{service}`", "разове завдання `{service}`";
    A_CRON_JOB: "the scheduled job `{service}`", "периодическая задача `{service}`", "періодичне завдання `{service}`";
    AN_AGENT: "the service `{service}`, one pod on every node", "сервис `{service}`, по одному поду на каждом узле", "сервіс `{service}`, по одному поду на кожному вузлі";

    // Its specification.
    IMAGE: "Image: `{image}`", "Образ: `{image}`", "Образ: `{image}`";
    REPLICAS: "Replicas: {count}", "Реплики: {count}", "Репліки: {count}";
    CLAIM: "PVC: {size}", "PVC: {size}", "PVC: {size}";
    RESOURCES:
        "Resources: requests {memory}/{cpu}, limits {memory_limit}/{cpu_limit}",
        "Ресурсы: requests {memory}/{cpu}, limits {memory_limit}/{cpu_limit}",
        "Ресурси: requests {memory}/{cpu}, limits {memory_limit}/{cpu_limit}";
    PORT: "Port: {list}", "Порт: {list}", "Порт: {list}";
    PORTS: "Ports: {list}", "Порты: {list}", "Порти: {list}";
    PROBE_PORT: "port {number}", "порт {number}", "порт {number}";
    PERIOD: "period {seconds}s", "период {seconds} с", "період {seconds} с";
    TIMEOUT: "timeout {seconds}s", "таймаут {seconds} с", "таймаут {seconds} с";
    FAILURES: "failures {count}", "порог отказов {count}", "поріг відмов {count}";
    DELAY: "delay {seconds}s", "задержка {seconds} с", "затримка {seconds} с";
    INIT_SCRIPTS: "InitDB scripts", "Скрипты инициализации базы", "Скрипти ініціалізації бази";
    ENVIRONMENT: "Environment from {sources}", "Переменные окружения из {sources}", "Змінні середовища з {sources}";
    SCHEDULE: "Schedule: `{cron}`", "Расписание: `{cron}`", "Розклад: `{cron}`";
    RETRIES: "Retries: {count}", "Повторы: {count}", "Повтори: {count}";
    DEADLINE: "Timeout: {seconds}s", "Таймаут: {seconds} с", "Таймаут: {seconds} с";
    FOR_PORT: "{kind} for {port}", "{kind} для {port}", "{kind} для {port}";
    AUTOSCALER:
        "HPA: min {min}, max {max}, target CPU {percent}%",
        "HPA: min {min}, max {max}, целевая загрузка CPU {percent}%",
        "HPA: min {min}, max {max}, цільове завантаження CPU {percent}%";
    BUDGET: "PDB: maxUnavailable 1", "PDB: maxUnavailable 1", "PDB: maxUnavailable 1";

    // Images.
    NAME_IMAGE:
        "Publish the image of {services} and name it in `{settings}`, table `[images]`: the Compose file gives it no name, and a real cluster takes no stand-in",
        "Опубликовать образ сервиса {services} и указать его в `{settings}`, в таблице `[images]`: в Compose у него нет имени, а образ-заглушку настоящий кластер не примет",
        "Опублікувати образ сервісу {services} і вказати його в `{settings}`, у таблиці `[images]`: у Compose він не має назви, а образ-заглушку справжній кластер не прийме";
    NAME_IMAGES:
        "Publish the images of {services} and name them in `{settings}`, table `[images]`: the Compose file gives them no names, and a real cluster takes no stand-ins",
        "Опубликовать образы сервисов {services} и указать их в `{settings}`, в таблице `[images]`: в Compose у них нет имён, а образы-заглушки настоящий кластер не примет",
        "Опублікувати образи сервісів {services} і вказати їх у `{settings}`, у таблиці `[images]`: у Compose вони не мають назв, а образи-заглушки справжній кластер не прийме";
    PUSH_IMAGES:
        "Build {images} and push to the registry that the cluster pulls from",
        "Собрать {images} и отправить в реестр, из которого кластер берёт образы",
        "Зібрати {images} і надіслати до реєстру, з якого кластер бере образи";

    // The way in.
    THE_INGRESS: "Ingress for {services}", "Ingress для {services}", "Ingress для {services}";
    HOST: "Host: {hosts}", "Хост: {hosts}", "Хост: {hosts}";
    HOSTS: "Hosts: {hosts}", "Хосты: {hosts}", "Хости: {hosts}";
    PATHS: "Paths: {list}", "Пути: {list}", "Шляхи: {list}";
    UNKNOWN_HOST:
        "Host: the repository names none. Write it here and take the `orch: manual` comment out of the line above; `orch` then writes this file",
        "Хост: в репозитории не указан. Впишите его сюда и уберите из строки выше комментарий `orch: manual` — после этого файл запишет `orch`",
        "Хост: у репозиторії не вказаний. Впишіть його сюди й приберіть із рядка вище коментар `orch: manual` — після цього файл запише `orch`";
    NOT_ROUTED:
        "Decide whether {services} should be reachable from outside: Compose publishes the ports, but nothing says by which host or path",
        "Решить, нужен ли доступ извне к {services}: порты опубликованы в Compose, но по какому хосту или пути к ним обращаться, нигде не сказано",
        "Вирішити, чи потрібен доступ ззовні до {services}: порти опубліковано в Compose, але за яким хостом чи шляхом до них звертатися, ніде не сказано";
    CHOOSE_CERTIFICATE:
        "Choose where the certificate for {hosts} comes from, and set `cluster_issuer` or `tls_secret` in `{settings}`, table `[ingress]`: without either, the Ingress speaks plain HTTP",
        "Выбрать, откуда берётся сертификат для {hosts}, и указать `cluster_issuer` или `tls_secret` в `{settings}`, в таблице `[ingress]`: без этого Ingress отвечает только по HTTP",
        "Обрати, звідки береться сертифікат для {hosts}, і вказати `cluster_issuer` або `tls_secret` у `{settings}`, у таблиці `[ingress]`: без цього Ingress відповідає лише через HTTP";

    // Assembly.
    THE_KUSTOMIZATION: "Kustomize over all of these files", "Kustomize для всех этих файлов", "Kustomize для всіх цих файлів";
    THE_README: "how to deploy all of it", "инструкция по развёртыванию", "інструкція з розгортання";

    // Adoption.
    APPLY: "Apply `{path}`", "Применить `{path}`", "Застосувати `{path}`";
    STUDY_MANIFESTS: "the manifests that are there", "имеющиеся манифесты", "наявні маніфести";
    DEFINITIONS: "Namespaces and definitions", "Пространства имён и определения", "Простори імен і визначення";
    ACCESS: "Access rights", "Права доступа", "Права доступу";
    CONFIGURATION: "Configuration", "Конфигурация", "Конфігурація";
    OTHER: "Everything else", "Остальные ресурсы", "Решта ресурсів";
    FOR_PEOPLE: "For people", "Решает человек", "Вирішує людина";
    REAL_SECRET:
        "Move the values of the Secret {secrets} out of `{path}`: git keeps them for everyone who can read the repository. Keep placeholders (`CHANGE_ME`) or a sealed form there, and change the values that were published; until then `orch` doesn't apply this file",
        "Убрать из `{path}` значения, записанные в Secret {secrets}: в git их видит каждый, у кого есть доступ к репозиторию. Оставить там заглушки (`CHANGE_ME`) или зашифрованный вид и сменить раскрытые значения; до тех пор `orch` не применяет этот файл",
        "Прибрати з `{path}` значення, записані в Secret {secrets}: у git їх бачить кожен, хто має доступ до репозиторію. Залишити там заглушки (`CHANGE_ME`) або зашифрований вигляд і змінити розкриті значення; доти `orch` не застосовує цей файл";
    HELM_CHART:
        "Decide about the Helm chart `{path}`: `orch` doesn't render templates; apply what `helm template` prints, or go on releasing it with Helm",
        "Решить, что делать с Helm-чартом `{path}`: шаблоны `orch` не рендерит; применить вывод `helm template` или по-прежнему выпускать чарт через Helm",
        "Вирішити, що робити з Helm-чартом `{path}`: шаблонів `orch` не рендерить; застосувати вивід `helm template` або й далі випускати чарт через Helm";
    TEMPLATE:
        "Decide about `{path}`: it is a template, which is no YAML before it is filled in",
        "Решить, что делать с `{path}`: это шаблон, и до подстановки значений он не является YAML",
        "Вирішити, що робити з `{path}`: це шаблон, і до підстановки значень він не є YAML";
    BROKEN:
        "Mend `{path}`: it can't be read as Kubernetes YAML",
        "Исправить `{path}`: файл не читается как YAML Kubernetes",
        "Виправити `{path}`: файл не читається як YAML Kubernetes";
    NAMELESS:
        "Decide about `{path}`: its object gets a new name each time (`generateName`), so `orch`, which knows objects by their names, doesn't apply it; start it with `kubectl create -f`, or give it a name",
        "Решить, что делать с `{path}`: его объект каждый раз получает новое имя (`generateName`), а `orch` различает объекты по именам и этот не применяет; запускать его через `kubectl create -f` или дать ему имя",
        "Вирішити, що робити з `{path}`: його об'єкт щоразу отримує нове ім'я (`generateName`), а `orch` розрізняє об'єкти за іменами й цей не застосовує; запускати його через `kubectl create -f` або дати йому ім'я";
    OVERLAY:
        "Decide about the Kustomize overlay `{path}`: it changes other manifests, and only `kustomize build` tells what comes of it",
        "Решить, что делать с оверлеем Kustomize `{path}`: он изменяет другие манифесты, и результат известен только после `kustomize build`",
        "Вирішити, що робити з оверлеєм Kustomize `{path}`: він змінює інші маніфести, і результат відомий лише після `kustomize build`";
    TRANSFORMED:
        "Decide about `{path}`: besides listing files it changes them ({what}), and `orch` applies files as they are; render what it builds into a file (`kubectl kustomize {folder}`) and apply that, or make the changes in the files",
        "Решить, что делать с `{path}`: он не только перечисляет файлы, но и изменяет их ({what}), а `orch` применяет файлы как есть; собрать результат в файл (`kubectl kustomize {folder}`) и применять его либо внести изменения в сами файлы",
        "Вирішити, що робити з `{path}`: він не лише перелічує файли, а й змінює їх ({what}), а `orch` застосовує файли як є; зібрати результат у файл (`kubectl kustomize {folder}`) і застосовувати його або внести зміни в самі файли";
    MOVED:
        "Decide about `{path}`: a kustomization puts {objects} into the namespace `{namespace}`, and that isn't what the file says; write that namespace into the file, also where the objects refer to each other",
        "Решить, что делать с `{path}`: kustomization помещает {objects} в пространство имён `{namespace}`, а в файле указано не оно; записать это пространство имён в файл, в том числе там, где объекты ссылаются друг на друга",
        "Вирішити, що робити з `{path}`: kustomization поміщає {objects} у простір імен `{namespace}`, а у файлі вказано не його; записати цей простір імен у файл, зокрема там, де об'єкти посилаються один на одного";
    TWICE:
        "Decide between `{path}` and `{other}`: both describe {objects}, and only one of them can be applied",
        "Выбрать между `{path}` и `{other}`: оба описывают {objects}, а применить можно только один",
        "Обрати між `{path}` і `{other}`: обидва описують {objects}, а застосувати можна лише один";
    NO_NAMESPACE:
        "Make sure of the namespace: none is named in {paths}, so those objects go where the kubeconfig context points to, as with `kubectl apply`",
        "Проверить пространство имён: в {paths} оно не указано, и объекты попадут туда, куда указывает контекст kubeconfig, как при `kubectl apply`",
        "Перевірити простір імен: у {paths} його не вказано, і об'єкти потраплять туди, куди вказує контекст kubeconfig, як за `kubectl apply`";
    UNLISTED:
        "Decide about `{path}`: the kustomization beside it doesn't list it",
        "Решить, что делать с `{path}`: kustomization рядом с ним его не перечисляет",
        "Вирішити, що робити з `{path}`: kustomization поруч його не перелічує";
    RENAME:
        "Rename `{path}` or a folder above it: a directive can't hold this path",
        "Переименовать `{path}` или папку над ним: такой путь нельзя записать в директиве",
        "Перейменувати `{path}` або папку над ним: такий шлях не можна записати в директиві";
    NO_MANIFEST:
        "Decide what `{path}` is for: it lies among the manifests and describes no Kubernetes object",
        "Выяснить, зачем нужен `{path}`: он лежит среди манифестов, но объектов Kubernetes не описывает",
        "З'ясувати, навіщо потрібен `{path}`: він лежить серед маніфестів, але об'єктів Kubernetes не описує";
}

#[cfg(test)]
mod tests {
    use super::{ALL, COLUMNS, Row};

    fn blanks(text: &str) -> Vec<&str> {
        let mut found: Vec<&str> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name)
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn every_text_is_there_in_every_language_with_the_same_blanks() {
        for (name, row) in ALL {
            let first = row.of(COLUMNS[0]);
            for language in COLUMNS {
                let text = row.of(language);
                assert!(!text.is_empty(), "{name} in {language:?}");
                assert_eq!(blanks(text), blanks(first), "{name} in {language:?}");
                assert!(!text.contains("--"), "a comment can't hold it: {name}");
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let row = Row(["`{a}` and `{b}`", "", ""]);
        let filled = row.fill(COLUMNS[0], &[("a", "{b}"), ("b", "x")]);
        assert_eq!(filled, "`{b}` and `x`");
        let filled = row.fill(COLUMNS[0], &[("a", "<!-- x"), ("b", "y")]);
        assert_eq!(filled, "`!-- x` and `y`");
    }
}
