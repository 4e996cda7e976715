//! The pieces that generated checklists are made of, and how proptest chooses them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Words as they are written and as they are read; the first ones may begin a line.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("Прогреть", "Прогреть"),
    ("кеш", "кеш"),
    ("їжак", "їжак"),
    ("warm", "warm"),
    ("a\u{301}b", "a\u{301}b"),
    ("no\u{a0}break", "no\u{a0}break"),
    ("`code span`", "code span"),
    ("`k8s/a.yml`", "k8s/a.yml"),
    ("**bold**", "bold"),
    ("a\\*b", "a*b"),
    ("[link](x.md)", "link"),
    // From here on only behind another one: a box behind a sign alone is told.
    ("👩‍🚀", "👩‍🚀"),
    ("&amp;", "&"),
    ("—", "—"),
    ("[ ]", "[ ]"),
    ("[x]", "[x]"),
    ("<b>", "<b>"),
    ("1.", "1."),
    ("#", "#"),
    ("|", "|"),
    ("- [ ]", "- [ ]"),
    ("<!-- a remark -->", ""),
];
const BEGINNINGS: usize = 11;

/// What stands before an item's words and only looks like a box.
pub(super) const LOOKALIKES: &[&str] = &[
    "[х] ",
    "[Х] ",
    "[x]а",
    "[ ]а",
    "[ ]\u{a0}",
    "[\u{a0}] ",
    "[~] ",
    "[✅] ",
    "[] ",
    "[  ] ",
    "[ x] ",
    "[-] ",
];

/// What stands before a line's words and looks like a task that Markdown has none of.
pub(super) const ASTRAY: &[&str] = &[
    "-[ ] ",
    "*[x] ",
    "1.[ ] ",
    "[ ] ",
    "• [ ] ",
    "– [x] ",
    "    - [ ] ",
];

/// A block of a document.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A numbered section; its heading underlined or not.
    Section { words: Words, underlined: bool },
    /// A heading without a number, of that level.
    Group(usize, Words),
    /// Lines of text.
    Paragraph(Vec<Words>),
    /// A list.
    List(List),
    /// What holds boxes and no tasks.
    Other(Other),
    /// A line that looks like a task, by its place in [`ASTRAY`].
    Astray(usize, Words),
    /// The section's files and notes.
    Fields(Words),
}

/// What holds boxes and no tasks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Other {
    Quote,
    Table,
    Fence(Fence),
    Comment,
    Html,
    Rule,
}

/// A fenced block: its mark, and whether it is closed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fence {
    pub(super) tildes: bool,
    pub(super) closed: bool,
}

#[derive(Debug, Clone)]
pub(super) struct List {
    /// `-`, `*`, `+`, or a number with this behind it.
    pub(super) marker: char,
    pub(super) loose: bool,
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) words: Words,
    /// A line that continues the words without an indent.
    pub(super) lazy: Option<Words>,
    pub(super) directive: Option<Directive>,
    pub(super) below: Vec<Below>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// A box with this in it.
    Task(char),
    Plain,
    Lookalike(usize),
}

/// What stands below an item's words.
#[derive(Debug, Clone)]
pub(super) enum Below {
    List(List),
    Fence(Fence),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Directive {
    pub(super) says: Says,
    /// On a line of its own.
    pub(super) apart: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Says {
    Id,
    After,
    Other(&'static str),
}

/// Places in [`WORDS`].
pub(super) type Words = Vec<usize>;

/// How a document is written down.
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is drawn by itself: two-variant enums would say no more"
)]
pub(super) struct Style {
    pub(super) mark: bool,
    pub(super) front_matter: bool,
    pub(super) underlined_title: bool,
    pub(super) status: Option<[bool; 3]>,
    pub(super) dates: Option<(&'static str, &'static str)>,
    pub(super) closing: bool,
    pub(super) tabs: bool,
    /// Line ends, in turn.
    pub(super) ends: Vec<&'static str>,
    pub(super) ended: bool,
}

/// A whole document.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) style: Style,
    pub(super) blocks: Vec<Block>,
}

/// Chooses a document.
pub(super) fn draft() -> impl Strategy<Value = Draft> {
    let blocks = vec(block(), 1..10);
    (style(), blocks).prop_map(|(style, blocks)| Draft { style, blocks })
}

fn style() -> impl Strategy<Value = Style> {
    let ends = prop_oneof![
        4 => Just(vec!["\n"]),
        2 => Just(vec!["\r\n"]),
        1 => Just(vec!["\r"]),
        2 => vec(select(vec!["\n", "\r\n"]), 2..7),
        1 => vec(select(vec!["\r", "\r\n"]), 2..7),
    ];
    let dates = select(vec![
        None,
        Some(("**Started:** -", "**Completed:** -")),
        Some(("**Начата:**", "**Завершена:** 2026-01-02  ")),
        Some(("Розпочата: 2026-01-01", "__Завершено:__ -")),
    ]);
    let flags = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    (flags, proptest::option::of(any::<[bool; 3]>()), dates, ends).prop_map(
        |((mark, front_matter, underlined_title, closing, tabs, ended), status, dates, ends)| {
            Style {
                mark,
                front_matter,
                underlined_title,
                status,
                dates,
                closing,
                tabs,
                ends,
                ended,
            }
        },
    )
}

fn block() -> impl Strategy<Value = Block> {
    prop_oneof![
        2 => (words(), any::<bool>()).prop_map(|(words, underlined)| Block::Section { words, underlined }),
        1 => (3_usize..7, words()).prop_map(|(level, words)| Block::Group(level, words)),
        1 => vec(words(), 1..3).prop_map(Block::Paragraph),
        8 => list(2).prop_map(Block::List),
        3 => other().prop_map(Block::Other),
        1 => (0..ASTRAY.len(), words()).prop_map(|(kind, words)| Block::Astray(kind, words)),
        1 => words().prop_map(Block::Fields),
    ]
}

fn other() -> impl Strategy<Value = Other> {
    prop_oneof![
        Just(Other::Quote),
        Just(Other::Table),
        fence().prop_map(|fence| Other::Fence(Fence {
            closed: true,
            ..fence
        })),
        Just(Other::Comment),
        Just(Other::Html),
        Just(Other::Rule),
    ]
}

fn fence() -> impl Strategy<Value = Fence> {
    (any::<bool>(), any::<bool>()).prop_map(|(tildes, closed)| Fence { tildes, closed })
}

/// Chooses a list with as many levels below it.
fn list(depth: u32) -> BoxedStrategy<List> {
    let below = if depth == 0 {
        vec(fence().prop_map(Below::Fence), 0..2).boxed()
    } else {
        let one = prop_oneof![
            3 => list(depth - 1).prop_map(Below::List),
            1 => fence().prop_map(Below::Fence),
        ];
        vec(one, 0..3).boxed()
    };
    let item = (
        kind(),
        words(),
        proptest::option::weighted(0.1, words()),
        directive(),
        below,
    );
    let item = item.prop_map(|(kind, words, lazy, directive, below)| Item {
        kind,
        words,
        lazy,
        directive,
        below,
    });
    let marker = select(vec!['-', '*', '+', '.', ')']);
    (marker, any::<bool>(), vec(item, 1..4))
        .prop_map(|(marker, loose, items)| List {
            marker,
            loose,
            items,
        })
        .boxed()
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        6 => select(vec![' ', ' ', 'x', 'X', '\t']).prop_map(Kind::Task),
        3 => Just(Kind::Plain),
        1 => (0..LOOKALIKES.len()).prop_map(Kind::Lookalike),
    ]
}

fn directive() -> impl Strategy<Value = Option<Directive>> {
    let says = select(vec![
        Says::Id,
        Says::After,
        Says::Other("manual"),
        Says::Other("run=\"./x.sh \\\"a b\\\"\" timeout=1h30m"),
        Says::Other("retries=3 wait=Job/ready"),
        Says::Other("skip"),
    ]);
    let directive = (says, any::<bool>()).prop_map(|(says, apart)| Directive { says, apart });
    proptest::option::weighted(0.2, directive)
}

fn words() -> impl Strategy<Value = Words> {
    (0..BEGINNINGS, vec(0..WORDS.len(), 0..4)).prop_map(|(first, rest)| {
        let mut words = vec![first];
        words.extend(rest);
        words
    })
}
