//! How long a checklist takes that has thousands of tasks: to be read, to be checked, to have one
//! box ticked; and how that grows with the tasks. `cargo bench --bench checklist` prints tables of
//! times. `cargo bench --bench checklist -- --count` counts instructions instead, which are nearly
//! the same on every machine and in every run, and fails where ten times the tasks take more than
//! eleven times as many; it needs valgrind.

#![allow(clippy::print_stdout, reason = "a benchmark's tables are its result")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fs_err as fs;
use orch::check::Input;
use orch::checklist::{Checklist, StatusKind, TaskId, parse, review};
use orch::diagnostic::Severity;
use orch::execute::{Document, Projection};
use orch::facts::Tree;
use orch::files::Workspace;
use orch::vocabulary::Vocabulary;
use wait4::Wait4 as _;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of each size; the median is shown.
const ROUNDS: usize = 9;
/// How many tasks the generated documents have.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// What is counted by itself: told to this program with a size.
const PARTS: [&str; 3] = ["read", "check", "tick"];
/// Ten times the tasks may take as many times the instructions.
const GROWTH: f64 = 11.0;
/// Where the document lies in its workspace.
const PATH: &str = "checklists/large/phase-04-large.md";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let told = |name: &str| arguments.iter().position(|it| it == name);
    if let Some(at) = told("--part") {
        let argument = |offset: usize| arguments.get(at + offset).expect("a part and a size");
        let size = argument(2).parse().expect("a size");
        return part(argument(1), size);
    }
    if told("--count").is_some() {
        return count();
    }
    let folder = memory();
    println!(
        "| tasks | document | reading | checking | one tick | `orch check`, whole process: wall | processor | peak memory |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for size in SIZES {
        let text = document(size);
        let workspace = folder.path().join(format!("of-{size}"));
        generate(&text, &workspace);
        let read = median(|| elapsed(|| drop(read(&text))));
        let checked = median(|| elapsed(|| check(&text)));
        let tick = ticks(&workspace);
        let mut runs: Vec<Taken> = (0..ROUNDS).map(|_| run(&workspace)).collect();
        runs.sort_by_key(|taken| taken.wall);
        let run = runs.get(ROUNDS / 2).expect("the rounds");
        println!(
            "| {size} | {:.2} MB | {} | {} | {} | {} | {} | {} MB |",
            amount(text.len()) / 1e6,
            shown(read),
            shown(checked),
            shown(tick),
            shown(run.wall),
            shown(run.processor),
            run.peak_kib / 1000,
        );
    }
}

fn amount(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

fn elapsed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn median(mut round: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| round()).collect();
    times.sort();
    times.get(ROUNDS / 2).copied().expect("the rounds")
}

/// A folder in memory where there is one: what a disk takes to sync is its own.
fn memory() -> tempfile::TempDir {
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() {
        tempfile::tempdir_in(shared)
    } else {
        tempfile::tempdir()
    };
    folder.expect("a temporary folder")
}

fn read(text: &str) -> Checklist {
    let parsed = parse(PATH, text, &Vocabulary::default()).expect("a checklist");
    assert!(review(&parsed.checklist).len() < 9, "few contradictions");
    parsed.checklist
}

/// What `orch check` does with the document, without the disk.
fn check(text: &str) {
    let mut tree = Tree::default();
    tree.insert(PATH, text);
    let found = orch::check::check(&Input {
        tree: &tree,
        journals: &BTreeMap::new(),
        only: &BTreeSet::new(),
    });
    let wrong = found.iter().filter(|one| one.severity == Severity::Error);
    assert_eq!(wrong.count(), 0, "there are warnings at most");
}

/// What the run asks for when one task more is done.
struct Ticks {
    wanted: Projection,
    open: Vec<TaskId>,
}

impl Ticks {
    fn new(checklist: &Checklist) -> Self {
        let of = |ticked: bool| {
            let tasks = checklist.tasks();
            let tasks = tasks.filter(move |task| task.marker.checked == ticked);
            tasks.map(|task| task.id.clone())
        };
        Self {
            wanted: Projection {
                ticked: of(true).collect(),
                opened: BTreeSet::new(),
                status: StatusKind::InProgress,
                started: Some("2026-01-01".to_owned()),
                completed: None,
            },
            open: of(false).collect(),
        }
    }

    fn next(&mut self, document: &mut Document, workspace: &Workspace) {
        self.wanted.ticked.extend(self.open.pop());
        let ticked = document.update(workspace, &self.wanted);
        assert_eq!(ticked.expect("it is written").len(), 1);
    }
}

/// Ticks one box after the other; returns what one takes.
fn ticks(folder: &Path) -> Duration {
    let workspace = Workspace::open(folder).expect("a workspace");
    let text = workspace
        .read(PATH)
        .expect("it is read")
        .expect("a document");
    let checklist = read(&text);
    let mut ticks = Ticks::new(&checklist);
    let mut document = Document::new(checklist);
    median(|| elapsed(|| ticks.next(&mut document, &workspace)))
}

/// What one run of the program took.
struct Taken {
    wall: Duration,
    processor: Duration,
    peak_kib: u64,
}

fn run(workspace: &Path) -> Taken {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_orch"))
        .arg("check")
        .current_dir(workspace)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let ended = child.wait4().expect("it ends");
    let wall = begun.elapsed();
    assert!(ended.status.success(), "there are warnings at most");
    Taken {
        wall,
        processor: ended.rusage.utime + ended.rusage.stime,
        peak_kib: ended.rusage.maxrss / 1024,
    }
}

/// Does one part once; what it needs is made in any case, so that it can be counted apart.
fn part(name: &str, size: usize) {
    let text = document(size);
    match name {
        "nothing" => {}
        "read" => drop(read(&text)),
        "check" => check(&text),
        "read first" | "tick" => {
            let folder = memory();
            generate(&text, folder.path());
            let workspace = Workspace::open(folder.path()).expect("a workspace");
            let checklist = read(&text);
            let mut ticks = Ticks::new(&checklist);
            let mut document = Document::new(checklist);
            if name == "tick" {
                ticks.next(&mut document, &workspace);
            }
        }
        other => panic!("no part is called {other}"),
    }
}

/// Counts the instructions of each part, and how they grow.
fn count() {
    println!("| part | 1,000 tasks | 10,000 tasks | times | 100,000 tasks | times |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for name in PARTS {
        let before = if name == "tick" {
            "read first"
        } else {
            "nothing"
        };
        let counts = SIZES.map(|size| instructions(name, size) - instructions(before, size));
        let millions = counts.map(|count| format!("{:.1} M", count / 1e6));
        let grown = [counts[1] / counts[0], counts[2] / counts[1]];
        println!(
            "| {name} | {} | {} | {:.2} | {} | {:.2} |",
            millions[0], millions[1], grown[0], millions[2], grown[1]
        );
        assert!(
            grown.iter().all(|times| *times <= GROWTH),
            "{name} grows faster than the tasks"
        );
    }
}

/// Returns how many instructions this program takes for a part.
fn instructions(name: &str, size: usize) -> f64 {
    let program = std::env::current_exe().expect("this program");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--part", name, &size.to_string()])
        .output()
        .expect("valgrind runs");
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{said}");
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.expect("a count");
    count.trim().parse().expect("a number")
}

/// Writes a workspace that holds the document.
fn generate(text: &str, folder: &Path) {
    let path: PathBuf = folder.join(PATH);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
    fs::write(path, text).expect("it is written");
    let made = Command::new("git")
        .args(["init", "-q"])
        .arg(folder)
        .status();
    assert!(made.expect("git runs").success(), "a repository is made");
}

/// Returns a document with that many tasks, a third of them ticked, as a team writes them: about
/// code, half of them for people, in three languages.
fn document(size: usize) -> String {
    let mut text = String::from(HEAD);
    let mut tasks = 0;
    for section in 1.. {
        write!(text, "\n### 4.{section} Part {section}\n\n").expect("a text");
        for number in 1..=2 {
            for (task, lines) in TASKS.iter().enumerate() {
                if tasks >= size {
                    return text;
                }
                let mark = if task % 3 == 0 { 'x' } else { ' ' };
                let lines = lines.replace("{mark}", &mark.to_string());
                let lines = lines.replace("{n}", &format!("{section}_{number}"));
                text.push_str(&lines.replace("{first}", &format!("4.{section}.1")));
                tasks += lines.matches("- [").count();
            }
        }
        text.push_str("\n**Files:** `src/`\n**Notes:** -\n");
    }
    text
}

const HEAD: &str = "\
# Phase 4: Large

## Status
- [ ] Not started
- [x] In progress
- [ ] Completed

**Started:** 2026-01-01
**Completed:** -
";

/// Tasks, as teams write them.
const TASKS: [&str; 10] = [
    "- [{mark}] Изучить `src/part_{n}.py` и понять, что там есть\n  - как хранится `state_{n}`\n",
    "- [{mark}] Створити `src/module_{n}/main.rs`: обробник подій\n  - повертає `Result`\n  - \
     тести для `handler_{n}`\n",
    "- [{mark}] Ask the team of part {n} what they expect <!-- orch: manual -->\n",
    "- [{mark}] Согласовать с командой **сроки** по части {n}\n  - кто отвечает: см. `OWNERS`\n",
    "- [{mark}] Add the endpoint `/api/v1/items/{n}` and document it in `docs/api_{n}.md`\n",
    "- [{mark}] Wait for the review <!-- orch: manual after={first} timeout=5m -->\n  - nothing \
     special about {n}\n",
    "- [{mark}] Перевірити, що `make test-{n}` проходить без помилок\n  - також на CI\n",
    "- [{mark}] Написать тесты для `module_{n}`\n  - [ ] и для ошибок\n",
    "- [{mark}] Review the change of `config/part_{n}.yml`, line by line\n",
    "- [{mark}] Оновити документацію частини {n}\n  - приклади з `examples/{n}`\n",
];
