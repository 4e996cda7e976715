//! A checklist as it is written: title, status, dates, numbered sections, the closing list.

use super::texts::{self, Row};
use crate::checklist::Language;

/// A document on its way.
pub(super) struct Page {
    pub(super) language: Language,
    number: u32,
    sections: u32,
    text: String,
}

impl Page {
    /// Returns the page of a phase with its title and status.
    pub(super) fn new(language: Language, number: u32, title: &str) -> Self {
        let mut page = Self {
            language,
            number,
            sections: 0,
            text: String::new(),
        };
        let number = number.to_string();
        let title = texts::PHASE.fill(language, &[("number", &number), ("title", title)]);
        page.line(&format!("# {title}\n"));
        page.heading(texts::STATUS);
        for status in [texts::NOT_STARTED, texts::IN_PROGRESS, texts::COMPLETED] {
            page.line(&format!("- [ ] {}", status.of(language)));
        }
        page.line("");
        page.line(&format!("**{}:** -", texts::STARTED_ON.of(language)));
        page.line(&format!("**{}:** -", texts::COMPLETED_ON.of(language)));
        page
    }

    /// Writes what the phase is for, a paragraph each, and begins its tasks.
    pub(super) fn goal(&mut self, paragraphs: &[String]) {
        self.line("");
        self.heading(texts::GOAL);
        for paragraph in paragraphs {
            self.line(&format!("{paragraph}\n"));
        }
        self.line(&format!("## {}", texts::TASKS.of(self.language)));
    }

    /// Begins a numbered section.
    pub(super) fn section(&mut self, title: Row) {
        if self.sections > 0 {
            self.line("\n---");
        }
        self.sections += 1;
        let (number, section) = (self.number, self.sections);
        let title = title.of(self.language);
        self.line(&format!("\n### {number}.{section} {title}\n"));
    }

    /// Begins a group of tasks in a section.
    pub(super) fn group(&mut self, letter: char, title: Row) {
        if !self.text.ends_with("\n\n") {
            self.line("");
        }
        let title = title.of(self.language);
        self.line(&format!("#### {letter}. {title}"));
    }

    /// Writes a task.
    pub(super) fn task(&mut self, line: &str) {
        self.line(&format!("- [ ] {line}"));
    }

    /// Writes a task for a person.
    pub(super) fn manual(&mut self, line: &str) {
        self.line(&format!("- [ ] {line} <!-- orch: manual -->"));
    }

    /// Writes what a task is, joined as the language joins them.
    pub(super) fn described(&mut self, head: &str, what: &str) {
        let line = self.joined(head, what);
        self.task(&line);
    }

    /// Returns a head and what it is, joined as the language joins them.
    pub(super) fn joined(&self, head: &str, what: &str) -> String {
        format!("{head}{}{what}", texts::JOIN.of(self.language))
    }

    /// Writes a bullet of the task above.
    pub(super) fn bullet(&mut self, line: &str) {
        self.line(&format!("  - {line}"));
    }

    /// Ends a section with the folders of its files and a field for notes.
    pub(super) fn notes(&mut self, folders: &[String]) {
        self.line("");
        if !folders.is_empty() {
            let list: Vec<String> = folders.iter().map(|it| format!("`{it}`")).collect();
            let label = texts::FILES.of(self.language);
            self.line(&format!("**{label}:** {}", list.join(", ")));
        }
        self.line(&format!("**{}:** -", texts::NOTES.of(self.language)));
    }

    /// Returns the whole text, with what is done at the phase's end.
    pub(super) fn close(mut self, commit: &str, next: Option<u32>) -> String {
        let language = self.language;
        self.line("\n---\n");
        self.heading(texts::CLOSING);
        self.line(&format!("{}\n", texts::CLOSING_IS_ORCHS.of(language)));
        let steps = [
            texts::CLOSING_TASKS,
            texts::CLOSING_STATUS,
            texts::CLOSING_DATE,
            texts::CLOSING_COMMIT,
        ];
        for (at, step) in steps.iter().enumerate() {
            self.line(&format!("{}. {}", at + 1, step.of(language)));
        }
        self.line(&format!(
            "   ```bash\n   git commit -m \"{commit}\"\n   ```"
        ));
        let last = steps.len() + 1;
        self.line(&format!("{last}. {}", texts::CLOSING_PROGRESS.of(language)));
        if let Some(next) = next {
            let next = next.to_string();
            let line = texts::NEXT_PHASE.fill(language, &[("number", &next)]);
            self.line(&format!("   - {line}"));
        }
        self.text
    }

    fn heading(&mut self, title: Row) {
        let title = title.of(self.language);
        self.line(&format!("## {title}"));
    }

    /// Writes a line, without what would drive the terminal that it is shown on.
    fn line(&mut self, line: &str) {
        let shown = line
            .chars()
            .filter(|it| *it == '\n' || texts::is_shown(*it));
        self.text.extend(shown);
        self.text.push('\n');
    }
}

/// Returns names in code marks, separated by commas.
pub(super) fn codes<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("`{}`", name.as_ref().replace('`', "")))
        .collect();
    names.join(", ")
}
