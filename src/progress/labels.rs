//! The words of PROGRESS.md in each language: those orch writes, and those it recognises.

use crate::checklist::{Language, StatusKind};

/// The words that orch writes in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The title before the set's name.
    pub title: &'static str,
    /// The heading of the current status.
    pub standing: &'static str,
    /// `Current phase`.
    pub current: &'static str,
    /// `Status`.
    pub status: &'static str,
    /// `Last change`.
    pub updated: &'static str,
    /// The heading of the phases.
    pub phases: &'static str,
    /// `Phase`.
    pub phase: &'static str,
    /// `Tasks`.
    pub tasks: &'static str,
    /// `Started`, of a phase.
    pub started: &'static str,
    /// `Completed`, of a phase.
    pub completed: &'static str,
    /// The heading of the history.
    pub history: &'static str,
    /// `Date`.
    pub date: &'static str,
    /// `Event`.
    pub event: &'static str,
    /// The status words: not started, in progress, completed.
    pub statuses: [&'static str; 3],
    /// Said of a phase that ran against the rehearsal.
    pub rehearsed: &'static str,
    /// Said before the number of written files.
    pub written: &'static str,
    /// Said before the number of ready objects.
    pub ready: &'static str,
    /// Said before the number of commands.
    pub commands: &'static str,
    /// Said before the number of boxes that a person ticked.
    pub by_person: &'static str,
    /// Said before the number of boxes that a person, or a directive, left out.
    pub left_out: &'static str,
    /// Said before the number of boxes, where nothing else is to be said.
    pub checked: &'static str,
    /// Said before the numbers of the phases that a phase was begun before.
    pub early: &'static str,
    /// Said of a phase that was turned back.
    pub undone: &'static str,
}

const ENGLISH: Words = Words {
    title: "Progress",
    standing: "Current status",
    current: "Current phase",
    status: "Status",
    updated: "Last updated",
    phases: "Phases",
    phase: "Phase",
    tasks: "Tasks",
    started: "Started",
    completed: "Completed",
    history: "History",
    date: "Date",
    event: "Event",
    statuses: ["Not started", "In progress", "Completed"],
    rehearsed: "rehearsed",
    written: "files written",
    ready: "objects ready",
    commands: "commands run",
    by_person: "boxes by a person",
    left_out: "boxes left out",
    checked: "boxes ticked",
    early: "early, before phase",
    undone: "turned back",
};

const RUSSIAN: Words = Words {
    title: "Прогресс",
    standing: "Текущий статус",
    current: "Текущая фаза",
    status: "Статус",
    updated: "Последнее обновление",
    phases: "Фазы",
    phase: "Фаза",
    tasks: "Задачи",
    started: "Начата",
    completed: "Завершена",
    history: "История",
    date: "Дата",
    event: "Действие",
    statuses: ["Не начата", "В процессе", "Завершена"],
    rehearsed: "репетиция",
    written: "файлов записано",
    ready: "объектов готово",
    commands: "команд выполнено",
    by_person: "отмечено человеком",
    left_out: "пропущено",
    checked: "отмечено задач",
    early: "досрочно, до фазы",
    undone: "возвращена назад",
};

const UKRAINIAN: Words = Words {
    title: "Прогрес",
    standing: "Поточний стан",
    current: "Поточна фаза",
    status: "Статус",
    updated: "Останнє оновлення",
    phases: "Фази",
    phase: "Фаза",
    tasks: "Завдання",
    started: "Розпочата",
    completed: "Завершена",
    history: "Історія",
    date: "Дата",
    event: "Дія",
    statuses: ["Не розпочата", "У процесі", "Завершена"],
    rehearsed: "репетиція",
    written: "файлів записано",
    ready: "об'єктів готово",
    commands: "команд виконано",
    by_person: "позначено людиною",
    left_out: "пропущено",
    checked: "позначено завдань",
    early: "достроково, до фази",
    undone: "повернута назад",
};

impl Words {
    /// Returns the words of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Russian => &RUSSIAN,
            Language::Ukrainian => &UKRAINIAN,
        }
    }

    /// Returns the word for a status.
    pub fn status_word(&self, status: StatusKind) -> &'static str {
        let [not_started, in_progress, completed] = self.statuses;
        match status {
            StatusKind::NotStarted => not_started,
            StatusKind::InProgress => in_progress,
            StatusKind::Completed => completed,
        }
    }
}

/// What a table's column or a list's label is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Number,
    Phase,
    Status,
    Progress,
    Started,
    Completed,
    Date,
    Event,
    Current,
    Updated,
}

/// The labels that are recognised, without case and marks.
const TOPICS: [(Topic, &[&str]); 10] = [
    (Topic::Number, &["#", "№", "no", "no.", "n", "номер"]),
    (
        Topic::Phase,
        &[
            "фаза",
            "phase",
            "этап",
            "етап",
            "название",
            "назва",
            "name",
            "title",
            "stage",
        ],
    ),
    (
        Topic::Status,
        &[
            "статус",
            "status",
            "стан",
            "состояние",
            "state",
            "общий статус",
        ],
    ),
    (
        Topic::Progress,
        &[
            "прогресс",
            "прогрес",
            "progress",
            "задачи",
            "задач",
            "завдання",
            "tasks",
            "done",
            "выполнено",
            "виконано",
            "%",
            "готово",
        ],
    ),
    (
        Topic::Started,
        &[
            "начата",
            "начато",
            "начало",
            "дата начала",
            "розпочата",
            "розпочато",
            "почата",
            "початок",
            "started",
            "start",
            "start date",
        ],
    ),
    (
        Topic::Completed,
        &[
            "завершена",
            "завершено",
            "завершение",
            "дата завершения",
            "завершення",
            "дата завершення",
            "completed",
            "finished",
            "end",
            "end date",
            "completion date",
        ],
    ),
    (Topic::Date, &["дата", "date", "когда", "коли", "when"]),
    (
        Topic::Event,
        &[
            "действие",
            "дія",
            "action",
            "событие",
            "подія",
            "event",
            "описание",
            "опис",
            "description",
            "что сделано",
            "що зроблено",
            "change",
            "изменение",
            "зміна",
            "запись",
            "запис",
            "entry",
            "what",
            "what happened",
            "комментарий",
            "коментар",
            "notes",
        ],
    ),
    (
        Topic::Current,
        &[
            "текущая фаза",
            "поточна фаза",
            "current phase",
            "текущий этап",
        ],
    ),
    (
        Topic::Updated,
        &[
            "последнее обновление",
            "обновлено",
            "останнє оновлення",
            "оновлено",
            "last updated",
            "last update",
            "updated",
            "last change",
        ],
    ),
];

/// Returns what a label is about.
pub(super) fn topic(label: &str) -> Option<Topic> {
    let label = label.trim_matches(|c: char| c.is_whitespace() || "*_`:".contains(c));
    let label = label.to_lowercase();
    TOPICS
        .iter()
        .find(|(_, labels)| labels.contains(&label.as_str()))
        .map(|(topic, _)| *topic)
}

/// Returns whether a heading begins the history.
pub(super) fn is_history(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    ["истори", "істор", "history", "журнал", "changelog", "log"]
        .iter()
        .any(|word| {
            heading
                .split_whitespace()
                .any(|part| part.starts_with(word))
        })
}

/// Marks and stems of words by status; "not started" first, since it may contain another's.
const STATUSES: [(StatusKind, &[&str]); 3] = [
    (
        StatusKind::NotStarted,
        &[
            "⬜",
            "☐",
            "⏳",
            "⚪",
            "[ ]",
            "не нача",
            "не розпоч",
            "не почат",
            "not started",
            "ожида",
            "очіку",
            "pending",
            "todo",
            "заплан",
            "planned",
        ],
    ),
    (
        StatusKind::InProgress,
        &[
            "🔄",
            "🚧",
            "🟡",
            "⏸",
            "[~]",
            "не заверш",
            "в процес",
            "у процес",
            "в работ",
            "в робот",
            "у робот",
            "in progress",
            "ongoing",
            "wip",
            "started",
            "incomplete",
        ],
    ),
    (
        StatusKind::Completed,
        &[
            "✅",
            "☑",
            "✔",
            "🟢",
            "[x]",
            "заверш",
            "готов",
            "выполнен",
            "виконан",
            "complete",
            "done",
            "finished",
        ],
    ),
];

/// Returns the status that a text tells.
pub(super) fn status_of(text: &str) -> Option<StatusKind> {
    let text = text.to_lowercase();
    STATUSES
        .iter()
        .find(|(_, stems)| stems.iter().any(|stem| text.contains(stem)))
        .map(|(status, _)| *status)
}

/// Returns the mark that stands before a status word in a document that uses marks.
pub(super) fn mark(status: StatusKind) -> &'static str {
    match status {
        StatusKind::NotStarted => "⬜",
        StatusKind::InProgress => "🔄",
        StatusKind::Completed => "✅",
    }
}

/// Returns whether a text says that a phase was rehearsed.
pub(super) fn says_rehearsed(text: &str) -> bool {
    let text = text.to_lowercase();
    [ENGLISH, RUSSIAN, UKRAINIAN]
        .iter()
        .any(|words| text.contains(words.rehearsed))
}
