//! How long Compose files take to become manifests: read, resolved, rendered and written to disk
//! durably, as a run does it, in a process of its own for each round, with its peak memory; and how
//! that grows with the services. `cargo bench --bench compose` prints a table of times. `cargo bench
//! --bench compose -- --count` counts instructions instead, which are nearly the same on every
//! machine and in every run, and fails where ten times the services take more than eleven times as
//! many; it needs valgrind.
//!
//! The services are as different as those of a real file: servers with probes and URLs to one
//! another, workers, data stores with volumes, settings and secrets, mounted files.

#![allow(clippy::print_stdout, reason = "a benchmark's table is its result")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fs_err as fs;
use orch::facts;
use orch::files::Workspace;
use orch::manifest;
use orch::resolve::{self, Context};
use orch::settings::{PhaseSettings, Settings};
use orch::vocabulary::Vocabulary;
use wait4::Wait4 as _;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of each size; the median is shown.
const ROUNDS: usize = 9;
/// How many services the generated files have.
const SIZES: [usize; 5] = [125, 250, 500, 1000, 2000];
/// How many services are counted, and ten times as many.
const COUNTED: [usize; 2] = [100, 1000];
/// Ten times the services may take as many times the instructions.
const GROWTH: f64 = 11.0;
/// Told to this program when it is to convert a workspace and end.
const CONVERT: &str = "--convert";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let told = arguments.iter().position(|it| it == CONVERT);
    if let Some(at) = told {
        let path = |offset: usize| arguments.get(at + offset).expect("a folder");
        convert(Path::new(path(1)), Path::new(path(2)));
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    if arguments.iter().any(|it| it == "--count") {
        return count(folder.path());
    }
    println!(
        "| application | services | files | wall (median of {ROUNDS}) | processor | a service | peak memory |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let example = folder.path().join("example");
    demo(&example);
    show("the example", 10, &example, folder.path());
    for services in SIZES {
        let workspace = folder.path().join(format!("of-{services}"));
        generate(services, &workspace);
        show("generated", services, &workspace, folder.path());
    }
}

/// Reads a workspace's phase 4 and writes its manifests into another folder.
fn convert(folder: &Path, out: &Path) {
    let workspace = Workspace::open(folder).expect("a workspace");
    let snapshot = workspace.snapshot().expect("its files");
    let set = snapshot.sets.first().expect("a set");
    let phase = set.phase(4).expect("phase 4");
    let text = snapshot.tree.get(&phase.path).expect("a checklist");
    let parsed =
        orch::checklist::parse(&phase.path, text, &Vocabulary::default()).expect("it is read");
    let (settings, own) = (Settings::default(), PhaseSettings::default());
    let inputs = resolve::inputs(&parsed.checklist, &snapshot.tree, &own, None);
    let gathered = facts::gather(&snapshot.tree, &inputs).expect("facts");
    let context = Context {
        set: set.name.clone(),
        settings: &settings,
        phase: &own,
        service_monitors: false,
        seen: None,
        before: None,
    };
    let resolved = resolve::resolve(&parsed.checklist, &gathered.facts, &snapshot.tree, &context);
    let resolved = resolved.expect("it is resolved");
    let rendered = manifest::render(&resolved.application, &resolved.files).expect("manifests");
    let files: Vec<(&str, &[u8])> = rendered
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_bytes()))
        .collect();
    let out = Workspace::open(out).expect("a workspace");
    for written in out.write_all(&files) {
        written.expect("it is written");
    }
}

/// Counts the instructions of two sizes, and how they grow.
fn count(folder: &Path) {
    println!("| services | instructions | a service |");
    println!("| --- | --- | --- |");
    let counts = COUNTED.map(|services| {
        let workspace = folder.join(format!("of-{services}"));
        generate(services, &workspace);
        let counted = instructions(&workspace, folder);
        println!(
            "| {services} | {:.0} M | {:.2} M |",
            counted / 1e6,
            counted / 1e6 / amount(services)
        );
        counted
    });
    let grown = counts[1] / counts[0];
    println!("\nten times the services take {grown:.2} times the instructions");
    assert!(grown <= GROWTH, "the work grows faster than the services");
}

/// Returns how many instructions a conversion takes.
fn instructions(workspace: &Path, folder: &Path) -> f64 {
    let program = std::env::current_exe().expect("this program");
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .arg(CONVERT)
        .args([workspace, fresh(folder).path()])
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

/// Returns a new workspace to be written to. File systems are slow for a while where many files were
/// just deleted, so none is used twice.
fn fresh(folder: &Path) -> tempfile::TempDir {
    let mut out = tempfile::tempdir_in(folder).expect("a folder");
    // It goes with all that is in the benchmark's own folder.
    out.disable_cleanup(true);
    repository(out.path());
    out
}

fn repository(folder: &Path) {
    let made = Command::new("git")
        .args(["init", "-q"])
        .arg(folder)
        .status();
    assert!(made.expect("git runs").success(), "a repository is made");
}

/// What one conversion took.
struct Taken {
    wall: Duration,
    processor: Duration,
    peak_kib: u64,
    files: usize,
}

fn show(what: &str, services: usize, workspace: &Path, folder: &Path) {
    let mut taken: Vec<Taken> = (0..ROUNDS).map(|_| round(workspace, folder)).collect();
    taken.sort_by_key(|taken| taken.wall);
    let peak = taken.iter().map(|taken| taken.peak_kib).max().unwrap_or(0);
    let median = taken.get(ROUNDS / 2).expect("the rounds");
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let processor = milliseconds(median.processor);
    println!(
        "| {what} | {services} | {} | {:.0} ms | {processor:.0} ms | {:.2} ms | {:.0} MB |",
        median.files,
        milliseconds(median.wall),
        processor / amount(services),
        amount(usize::try_from(peak).unwrap_or(usize::MAX)) / 1e3,
    );
}

fn amount(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn round(workspace: &Path, folder: &Path) -> Taken {
    let out = fresh(folder);
    let program = std::env::current_exe().expect("this program");
    let begun = Instant::now();
    let mut child = Command::new(program)
        .arg(CONVERT)
        .args([workspace, out.path()])
        .stdin(Stdio::null())
        .spawn()
        .expect("it starts");
    let ended = child.wait4().expect("it ends");
    let wall = begun.elapsed();
    assert!(ended.status.success(), "it succeeds");
    Taken {
        wall,
        processor: ended.rusage.utime + ended.rusage.stime,
        peak_kib: ended.rusage.maxrss / 1024,
        files: files(&out.path().join("k8s")),
    }
}

fn files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path: PathBuf| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}

/// Makes the example's workspace.
fn demo(folder: &Path) {
    let made = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["demo", "--no-run"])
        .arg(folder)
        .stderr(Stdio::null())
        .status()
        .expect("orch runs");
    assert!(made.success(), "the example is made");
}

/// Makes a workspace with that many services.
fn generate(services: usize, folder: &Path) {
    let mut compose = String::from("name: large\nservices:\n");
    let mut volumes = String::from("volumes:\n");
    for number in 0..services {
        let group = number / 10;
        match number % 10 {
            0 => {
                store(&mut compose, group);
                writeln!(volumes, "  data-{group}:").expect("a text");
            }
            1 => writeln!(compose, "  cache-{group}:\n    image: redis:7-alpine").expect("a text"),
            2 | 3 => worker(&mut compose, group, number),
            _ => server(&mut compose, group, number),
        }
    }
    let files = [
        ("compose.yaml", format!("{compose}{volumes}")),
        ("config/app.conf", "level = info\n".repeat(40)),
        (
            "checklists/large/phase-04-kubernetes.md",
            CHECKLIST.to_owned(),
        ),
    ];
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, text).expect("it is written");
    }
    repository(folder);
}

fn store(compose: &mut String, group: usize) {
    let text = format!(
        "  db-{group}:
    image: postgres:16-alpine
    environment:
      POSTGRES_USER: app
      POSTGRES_DB: app
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:?set it}}
    volumes: [\"data-{group}:/var/lib/postgresql/data\"]
    healthcheck:
      test: [\"CMD-SHELL\", \"pg_isready -U app\"]
      interval: 10s
"
    );
    compose.push_str(&text);
}

fn worker(compose: &mut String, group: usize, number: usize) {
    let text = format!(
        "  worker-{number}:
    image: registry.example.com/large/worker:1.4.{group}
    command: [\"worker\", \"--queue\", \"q{number}\"]
    environment:
      DATABASE_URL: postgresql://app:${{POSTGRES_PASSWORD:?set it}}@db-{group}:5432/app
      QUEUE_URL: redis://cache-{group}:6379/0
      CONCURRENCY: \"4\"
    depends_on: {{ db-{group}: {{ condition: service_healthy }} }}
    deploy: {{ replicas: 2, resources: {{ limits: {{ cpus: '0.5', memory: 256M }} }} }}
"
    );
    compose.push_str(&text);
}

fn server(compose: &mut String, group: usize, number: usize) {
    let text = format!(
        "  server-{number}:
    image: registry.example.com/large/server:2.1.{group}
    ports: [\"{}:8080\"]
    environment:
      DATABASE_URL: postgresql://app:${{POSTGRES_PASSWORD:?set it}}@db-{group}:5432/app
      CACHE_URL: redis://cache-{group}:6379/1
      UPSTREAM: http://server-{}:8080
      LOG_LEVEL: info
      API_TOKEN: ${{API_TOKEN_{group}:?set it}}
    volumes: [\"./config/app.conf:/etc/app/app.conf:ro\"]
    healthcheck:
      test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:8080/health\"]
      start_period: 20s
    depends_on: [db-{group}, cache-{group}]
",
        10_000 + number,
        group * 10 + 4 + (number + 1) % 6,
    );
    compose.push_str(&text);
}

const CHECKLIST: &str = "\
# Phase 4: Kubernetes

## Tasks

### 4.1 All of it
- [ ] Study `compose.yaml`
- [ ] `k8s/namespace.yml`: namespace `large`
- [ ] `k8s/secrets.yml`: placeholders for the secrets
- [ ] `k8s/configmap.yml`: the settings
- [ ] `k8s/db-0/statefulset.yml`: the first data base
  - PVC: 10Gi
- [ ] `k8s/server-4/deployment.yml`: the first server
  - Replicas: 2

**Files:** `k8s/`
";
