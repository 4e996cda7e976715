//! Writes a generated checklist down, and knows what it wrote: the boxes that are tasks, and how
//! many only look like some.

use super::pieces::{
    ASTRAY, Below, Block, Directive, Draft, Fence, Item, Kind, LOOKALIKES, List, Other, Says,
    WORDS, Words,
};

/// A document and what is to be found in it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) text: String,
    pub(super) tasks: Vec<Expected>,
    /// How many places look like a box and are none.
    pub(super) lookalikes: usize,
}

/// A task that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) id: String,
    pub(super) checked: bool,
    /// Its words as they are read, single spaces between them.
    pub(super) words: String,
}

/// Returns the document of a draft.
pub(super) fn page(draft: &Draft) -> Page {
    let mut writer = Writer {
        tabs: draft.style.tabs,
        ..Writer::default()
    };
    writer.head(draft);
    // Without a section, tasks are counted from the phase's number.
    writer.scopes.push(("4".to_owned(), 0));
    if let Some(Block::Section { .. }) = draft.blocks.first() {
        draft.blocks.iter().for_each(|block| writer.block(block));
    } else {
        let unnumbered = draft
            .blocks
            .iter()
            .filter(|block| !matches!(block, Block::Section { .. }));
        unnumbered.for_each(|block| writer.block(block));
    }
    writer.line("* [ ] the last one");
    writer.expect(' ', "the last one".to_owned(), None);
    writer.line("");
    if draft.style.closing {
        for line in [
            "## On completion",
            "",
            "- [x] Completed",
            "- [ ] Tell",
            "",
            "```bash",
            "git add . # - [ ]",
            "```",
        ] {
            writer.line(line);
        }
    }
    writer.finish(draft)
}

#[derive(Default)]
struct Writer {
    lines: Vec<String>,
    tasks: Vec<Expected>,
    lookalikes: usize,
    tabs: bool,
    sections: usize,
    /// What tasks are counted in, the innermost last: its number, and how many it has.
    scopes: Vec<(String, usize)>,
}

impl Writer {
    fn head(&mut self, draft: &Draft) {
        let style = &draft.style;
        if style.front_matter {
            self.lines(&[
                "---",
                "# - [ ] a remark",
                "title: Тест",
                "tags: [x]",
                "---",
                "",
            ]);
        }
        if style.underlined_title {
            self.lines(&["Phase 4: Ёж", "===========", ""]);
        } else {
            self.lines(&["# Phase 4: Ёж", ""]);
        }
        if let Some(boxes) = style.status {
            self.lines(&["## Статус", ""]);
            for (ticked, name) in boxes
                .into_iter()
                .zip(["Не начата", "In progress", "Завершено"])
            {
                let mark = if ticked { 'x' } else { ' ' };
                self.line(&format!("- [{mark}] {name}"));
            }
            self.line("");
        }
        if let Some((started, completed)) = style.dates {
            self.lines(&[started, completed, ""]);
        }
        // What comes is no part of the status.
        if style.status.is_some() {
            self.lines(&["## Tasks", ""]);
        }
    }

    fn line(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.line(line);
        }
    }

    fn expect(&mut self, mark: char, words: String, id: Option<String>) -> String {
        let (number, count) = self.scopes.last_mut().expect("a scope");
        *count += 1;
        let id = id.unwrap_or(format!("{number}.{count}"));
        let checked = matches!(mark, 'x' | 'X');
        self.tasks.push(Expected {
            id: id.clone(),
            checked,
            words,
        });
        id
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Section { words, underlined } => {
                self.sections += 1;
                let number = format!("4.{}", self.sections);
                let title = format!("{number} {}", source(words));
                if *underlined {
                    self.lines(&[title.as_str(), "---"]);
                } else {
                    self.line(&format!("## {title}"));
                }
                self.scopes = vec![(number, 0)];
            }
            Block::Group(level, words) => {
                self.line(&format!("{} {}", "#".repeat(*level), source(words)));
            }
            Block::Paragraph(lines) => lines.iter().for_each(|words| self.line(&source(words))),
            Block::List(list) => self.list(list, ""),
            Block::Other(other) => self.other(*other),
            Block::Astray(kind, words) => {
                // An indent would continue a list above.
                self.lines(&["A line.", ""]);
                self.line(&format!("{}{}", ASTRAY[*kind], source(words)));
                self.lookalikes += 1;
            }
            Block::Fields(words) => {
                self.line("**Files:** `k8s/`, `k8s/b.yml`");
                self.line(&format!("**Заметки:** {}", source(words)));
            }
        }
        self.line("");
    }

    fn other(&mut self, other: Other) {
        let lines: &[&str] = match other {
            Other::Quote => &["> - [ ] quoted", "> ", "> > * [x] twice", "lazy"],
            Other::Table => &["| a | b |", "| --- | :-: |", "| - [ ] no | [x] |"],
            Other::Comment => &["<!-- - [ ] a", "", "- [x] b", "* [ ] c -->"],
            Other::Html => &["<details>", "- [ ] no task", "</details>"],
            Other::Rule => &["***"],
            Other::Fence(fence) => return self.fence(fence, ""),
        };
        if matches!(other, Other::Quote | Other::Table | Other::Html) {
            self.lookalikes += 1;
        }
        self.lines(lines);
    }

    fn fence(&mut self, fence: Fence, indent: &str) {
        let mark = if fence.tildes { "~~~" } else { "```" };
        self.line(&format!("{indent}{mark}yaml"));
        self.line(&format!(
            "{indent}- [ ] їж: \"{}\"",
            if fence.tildes { "```" } else { "~~~" }
        ));
        if fence.closed {
            self.line(&format!("{indent}{mark}"));
        } else {
            // That it hides a box is told.
            self.lookalikes += 1;
        }
    }

    fn list(&mut self, list: &List, indent: &str) {
        for (index, item) in list.items.iter().enumerate() {
            if list.loose && index > 0 {
                self.line("");
            }
            let marker = match list.marker {
                behind @ ('.' | ')') => format!("{}{behind}", index + 1),
                bullet => bullet.to_string(),
            };
            self.item(item, (list.loose, &marker), indent);
        }
    }

    fn item(&mut self, item: &Item, (loose, marker): (bool, &str), indent: &str) {
        let inner = if self.tabs {
            format!("{indent}\t")
        } else {
            format!("{indent}{}", " ".repeat(marker.len() + 1))
        };
        let mark = match item.kind {
            Kind::Task(inside) => format!("[{inside}] "),
            Kind::Plain => String::new(),
            Kind::Lookalike(which) => LOOKALIKES[which].to_owned(),
        };
        let directive = item
            .directive
            .filter(|_| matches!(item.kind, Kind::Task(_)));
        let (id, comment) = directive.map_or((None, String::new()), |it| self.directive(it));
        let apart = directive.is_some_and(|it| it.apart);
        let trailing = if apart || comment.is_empty() {
            String::new()
        } else {
            format!(" {comment}")
        };
        self.line(&format!(
            "{indent}{marker} {mark}{}{trailing}",
            source(&item.words)
        ));
        let mut read = plain(&item.words);
        if let Some(lazy) = &item.lazy {
            self.line(&source(lazy));
            read = single(&format!("{read} {}", plain(lazy)));
        }
        if apart {
            self.line(&format!("{inner}{comment}"));
        }
        let opened = match item.kind {
            Kind::Task(inside) => {
                let id = self.expect(inside, read, id);
                self.scopes.push((id, 0));
                true
            }
            Kind::Lookalike(_) => {
                self.lookalikes += 1;
                false
            }
            Kind::Plain => false,
        };
        self.below(item, loose, &inner);
        if opened {
            self.scopes.pop();
        }
    }

    /// Writes what is within an item.
    fn below(&mut self, item: &Item, loose: bool, inner: &str) {
        for below in &item.below {
            if loose {
                self.line("");
            }
            match below {
                Below::List(list) => self.list(list, inner),
                Below::Fence(fence) => self.fence(
                    Fence {
                        closed: fence.closed || loose,
                        ..*fence
                    },
                    inner,
                ),
            }
            if let Below::Fence(Fence { closed: false, .. }) = below
                && !loose
            {
                // All that follows in this item is the fence's.
                break;
            }
        }
    }

    /// Returns the id that a directive gives, and its comment.
    fn directive(&mut self, directive: Directive) -> (Option<String>, String) {
        let number = self.tasks.len();
        let (id, says) = match directive.says {
            Says::Id => (Some(format!("own-{number}")), format!("id=own-{number}")),
            Says::After => match self.tasks.last() {
                Some(before) => (None, format!("after={}", before.id)),
                None => return (None, String::new()),
            },
            Says::Other(says) => (None, says.to_owned()),
        };
        (id, format!("<!-- orch: {says} -->"))
    }

    fn finish(self, draft: &Draft) -> Page {
        let style = &draft.style;
        let mut text = String::from(if style.mark { "\u{feff}" } else { "" });
        let ends = style.ends.iter().cycle();
        for (line, end) in self.lines.iter().zip(ends) {
            text.push_str(line);
            text.push_str(end);
        }
        if !style.ended {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        Page {
            text,
            tasks: self.tasks,
            lookalikes: self.lookalikes,
        }
    }
}

/// Returns the words as they are written.
fn source(words: &Words) -> String {
    let words: Vec<&str> = words.iter().map(|word| WORDS[*word].0).collect();
    words.join(" ")
}

/// Returns the words as they are read.
fn plain(words: &Words) -> String {
    let words: Vec<&str> = words.iter().map(|word| WORDS[*word].1).collect();
    single(&words.join(" "))
}

/// Returns the text with single spaces; a no-break space is a letter.
pub(super) fn single(text: &str) -> String {
    let words: Vec<&str> = text
        .split([' ', '\n', '\r', '\t'])
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}
