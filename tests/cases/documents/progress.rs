//! PROGRESS.md that people wrote in any manner: what isn't orch's stays byte for byte, and updating
//! it twice is updating it once.

use orch::progress::update;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::invariants::documents::view;

/// A person's lines; each gets a number, so that none is like another.
const FOREIGN: &[&str] = &[
    "Просто текст",
    "- [ ] a box, їжак 👩‍🚀",
    "> a quote",
    "<!-- a remark -->",
    "## Heading",
    "#### Заголовок",
    "| left | over |",
    "\tindented\t",
    "two spaces  ",
    "no\u{a0}break: a\u{301}",
    "***",
];

/// What orch keeps up to date: the lines of which it may change, and those of which it may not.
const STANDING: &[&[&str]] = &[
    &[
        "## Now",
        "- **Current phase:** 3 (Storage)",
        "- **Status:** in progress",
        "- **Updated:** 2025-12-01",
    ],
    &["Текущая фаза: 4", "Статус: **не начата**"],
    &["* __Поточна фаза:__ 5. Ingress  "],
];
const TABLES: &[&[&str]] = &[
    &[
        "| # | Phase | Status | Progress | Started | Completed | Owner |",
        "|---|:------|--------|---------:|---------|-----------|-------|",
        "| 3 | Storage | ✅ Done | 3/3 (100%) | 2025-11-01 | 2025-11-02 | Ada |",
        "| 4 | Kubernetes | ⏳ in progress | 2/12 | - | - | Bob \\| Eve |",
    ],
    &[
        "| Фаза | Статус |",
        "| --- | --- |",
        "| 4. Kubernetes | не начата |",
        "| 6. Later | ? |",
    ],
    &["Phase | Done", "--- | ---", "4 | 40%"],
];
const HISTORIES: &[&[&str]] = &[
    &[
        "## History",
        "",
        "| Date | Event |",
        "|---|---|",
        "| 2025-11-02 | Phase 3 done |",
        "| 2025-11-01 | began |",
    ],
    &[
        "## История",
        "- **01.12.2025** — начата фаза 3",
        "- **02.12.2025** — готова",
    ],
];

#[derive(Debug, Clone)]
struct Draft {
    foreign: [Vec<usize>; 4],
    standing: Option<usize>,
    table: Option<usize>,
    history: Option<usize>,
    fenced: bool,
    mark: bool,
    ends: Vec<&'static str>,
    ended: bool,
}

fn draft() -> impl Strategy<Value = Draft> {
    let lines = || vec(0..FOREIGN.len(), 0..4);
    let foreign = [lines(), lines(), lines(), lines()];
    let one = |of: &'static [&[&str]]| proptest::option::of(0..of.len());
    let ends = prop_oneof![
        Just(vec!["\n"]),
        Just(vec!["\r\n"]),
        vec(select(vec!["\n", "\r\n"]), 2..6),
    ];
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (
        foreign,
        one(STANDING),
        one(TABLES),
        one(HISTORIES),
        flags,
        ends,
    )
        .prop_map(
            |(foreign, standing, table, history, (fenced, mark, ended), ends)| Draft {
                foreign,
                standing,
                table,
                history,
                fenced,
                mark,
                ends,
                ended,
            },
        )
}

/// Returns the document, and the lines in it that nobody but a person changes.
fn written(draft: &Draft) -> (String, Vec<String>) {
    let part = |from: &[&[&str]], which: Option<usize>| -> Vec<String> {
        let lines = which.map(|which| from[which].to_vec()).unwrap_or_default();
        lines.into_iter().map(str::to_owned).collect()
    };
    let parts = [
        part(STANDING, draft.standing),
        part(TABLES, draft.table),
        part(HISTORIES, draft.history),
    ];
    let mut lines = vec![("# Progress".to_owned(), true)];
    if draft.fenced {
        let code = [
            "```",
            "Current phase: 9",
            "| # | Status |",
            "|---|---|",
            "| 4 | ? |",
            "```",
        ];
        lines.extend(code.map(|line| (line.to_owned(), true)));
    }
    for (index, foreign) in draft.foreign.iter().enumerate() {
        for which in foreign {
            lines.push((format!("{} {}", FOREIGN[*which], lines.len()), true));
        }
        // What orch reads stands apart from a person's tables.
        lines.push((String::new(), false));
        lines.extend(
            parts
                .get(index)
                .into_iter()
                .flatten()
                .map(|line| (line.clone(), false)),
        );
        lines.push((String::new(), false));
    }
    let mut text = String::from(if draft.mark { "\u{feff}" } else { "" });
    let mut foreign = Vec::new();
    for ((line, is_foreign), end) in lines.iter().zip(draft.ends.iter().cycle()) {
        text.push_str(line);
        text.push_str(end);
        if *is_foreign {
            foreign.push(format!("{line}{end}"));
        }
    }
    if !draft.ended {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    (text, foreign)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn foreign_lines_stay_and_updating_again_changes_nothing(draft in draft(), chosen in any::<u8>()) {
        let (text, foreign) = written(&draft);
        let view = view(chosen);
        let once = update(Some(&text), &view).expect("no markers");
        prop_assert_eq!(&update(Some(&once), &view).expect("its own markers"), &once, "of {:?}", text);
        // Where the text ends without a line's end, its last line gets one.
        let mut left = once.as_str();
        for line in &foreign {
            let ending = text.len() - text.trim_end().len();
            let last = text.trim_start_matches('\u{feff}').ends_with(line.trim_end_matches(['\r', '\n'])) && ending == 0;
            let wanted = if last { line.trim_end_matches(['\r', '\n']) } else { line.as_str() };
            let at = left.find(wanted);
            prop_assert!(at.is_some(), "{:?} is gone from {:?}, of {:?}", wanted, once, text);
            left = left.split_at(at.unwrap_or_default() + wanted.len()).1;
        }
        // The same update of what a later state asks for stays within the same lines.
        let later = update(Some(&once), &later(chosen)).expect("its own markers");
        let kept = foreign.iter().filter(|line| later.contains(line.trim_end())).count();
        prop_assert_eq!(kept, foreign.len(), "{:?}", later);
    }
}

/// What PROGRESS.md is to say later: the phase is completed.
fn later(chosen: u8) -> orch::progress::View {
    // Its status is the byte third of nine.
    view(chosen % 3 + 6)
}
