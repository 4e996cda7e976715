//! Languages that orch doesn't know, by the words that `orch.toml` gives.

use crate::harness::workspace::{Run, Workspace};

const COMPOSE: &str = "name: shop\nservices:\n  app:\n    image: nginx:1.27\n    ports: [\"8080:80\"]\n  \
                       redis:\n    image: redis:7-alpine\n    volumes: [\"redis:/data\"]\nvolumes: {redis: {}}\n";

const GERMAN: &str = "\
# Etappe 1: Grundlagen

## Stand
- [ ] Noch nicht begonnen
- [ ] In Arbeit
- [ ] Abgeschlossen

**Begonnen:** -
**Abgeschlossen:** -

## 1.1 Bestand

- [ ] Untersuche die Datei `docker-compose.yml`
- [ ] Welche Dienste werden gebraucht: app, Redis

## 1.2 Manifeste

- [ ] Lege `k8s/namespace.yml` an
- [ ] `k8s/redis.yml`: Redis
  - Kopien: 1
  - Platte: 2Gi
- [ ] Grenzen der Ressourcen für jeden Pod
- [ ] Nicht anlegen: `k8s/debug.yml`
- [ ] Lege `k8s/cache.yml` an, falls nötig

**Dateien:** `k8s/`
**Notizen:** -

## Zum Abschluss
- Nächste Etappe: 2
";

const GERMAN_WORDS: &str = "\
[words]
phase = \"Etappe\"
status = \"Stand\"
not-started = \"Noch nicht begonnen\"
in-progress = \"In Arbeit\"
done = \"Abgeschlossen\"
started = \"Begonnen\"
completed = \"Abgeschlossen\"
files = \"Dateien\"
notes = \"Notizen\"
closing = \"Zum Abschluss\"
current-phase = \"Nächste Etappe\"
study = \"untersuch\"
create = [\"anleg\", \"lege$\", \"erstell\"]
object = [\"die$\", \"datei$\", \"an$\"]
which = \"welche$\"
needed = [\"gebraucht\", \"werden$\"]
services = \"dienst\"
replicas = \"kopie\"
claim = \"platte\"
limits = \"grenz\"
resources = \"ressourc\"
around = [\"für$\", \"jede\", \"der$\"]
negation = \"nicht$\"
condition = [\"falls$\", \"wenn$\"]
";

const POLISH: &str = "\
# Etap 1: Podstawy

## Stan
- [ ] Nierozpoczęty
- [ ] W toku
- [ ] Zakończony

**Rozpoczęto:** -
**Zakończono:** -

## 1.1 Przegląd

- [ ] Przeczytaj plik `docker-compose.yml`
- [ ] Jakie usługi są potrzebne: app, Redis

## 1.2 Manifesty

- [ ] Utwórz `k8s/namespace.yml`
- [ ] `k8s/redis.yml` — Redis:
  - Liczba replik: 1
  - Dysk: 2Gi
- [ ] Limity zasobów dla każdego poda
- [ ] Nie twórz `k8s/debug.yml`
- [ ] Utwórz `k8s/cache.yml` w razie potrzeby

**Pliki:** `k8s/`
**Uwagi:** -
";

const POLISH_WORDS: &str = "\
[words]
phase = \"Etap\"
status = \"Stan\"
not-started = \"Nierozpoczęty\"
in-progress = \"W toku\"
done = \"Zakończony\"
started = \"Rozpoczęto\"
completed = \"Zakończono\"
files = \"Pliki\"
notes = \"Uwagi\"
study = [\"przeczyta\", \"przejrzyj\"]
create = [\"utwórz\", \"twórz$\", \"stwórz\"]
object = \"plik$\"
which = \"jakie$\"
needed = [\"potrzebn\", \"są$\"]
services = \"usług\"
replicas = \"replik\"
claim = \"dysk\"
limits = \"limit\"
resources = \"zasob\"
around = [\"dla$\", \"każd\", \"poda$\"]
idle = \"liczba$\"
negation = \"nie$\"
condition = \"w razie\"
";

#[track_caller]
fn check(checklist: &str, words: &str, status: [&str; 2], dates: [&str; 2]) {
    let path = "checklists/demo/phase-01-basics.md";
    let workspace = Workspace::new()
        .file("docker-compose.yml", COMPOSE)
        .file("orch.toml", words)
        .file(path, checklist)
        .commit_all();
    let checked = workspace.orch(&["check"]);
    assert!(!checked.said().contains("orch.toml"), "{checked:?}");
    let run = workspace.orch(&["phase", "1", "run"]).expect(3);
    let text = workspace.read(path);
    let open: Vec<&str> = text.lines().filter(|it| it.starts_with("- [ ]")).collect();
    let left = [status[0], status[1]].map(|status| format!("- [ ] {status}"));
    assert_eq!(open.len(), 4, "{open:#?}\n{run:?}");
    assert!(left.iter().all(|it| open.contains(&it.as_str())), "{text}");
    let by_hand = open
        .iter()
        .filter(|it| it.contains("k8s/debug.yml"))
        .count();
    let conditional = open.iter().filter(|it| it.contains("k8s/cache.yml"));
    assert_eq!((by_hand, conditional.count()), (1, 1), "{text}");
    assert!(
        text.contains(&format!("**{}:** 2026-01-02", dates[0])),
        "{text}"
    );
    assert!(text.contains(&format!("**{}:** -", dates[1])), "{text}");
    let redis = workspace.read("k8s/redis.yml");
    assert!(
        redis.contains("replicas: 1") && redis.contains("storage: 2Gi"),
        "{redis}"
    );
    let explained = workspace
        .orch(&["phase", "1", "explain", "1.2.2"])
        .expect(0);
    assert!(
        explained.stdout.contains("replicas 1"),
        "{}",
        explained.stdout
    );
}

trait Said {
    fn said(&self) -> String;
}

impl Said for Run {
    fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

#[test]
fn a_phase_in_german_is_read_by_the_teams_words() {
    let status = ["Noch nicht begonnen", "Abgeschlossen"];
    check(GERMAN, GERMAN_WORDS, status, ["Begonnen", "Abgeschlossen"]);
}

#[test]
fn a_phase_in_polish_is_read_by_the_teams_words() {
    let status = ["Nierozpoczęty", "Zakończony"];
    check(POLISH, POLISH_WORDS, status, ["Rozpoczęto", "Zakończono"]);
}

#[test]
fn words_that_clash_or_mean_nothing_are_told() {
    let workspace = Workspace::new()
        .file("orch.toml", "[words]\ncreate = [\"review\"]\n")
        .file(
            "checklists/demo/phase-01-a.md",
            "# Phase 1: A\n\n- [ ] Ask Ann\n",
        )
        .commit_all();
    let checked = workspace.orch(&["check"]);
    let said = checked.said();
    assert!(said.contains("orch.toml:2"), "{said}");
    assert!(
        said.contains("means `other-work` and `judgement` already"),
        "{said}"
    );
    workspace.write("orch.toml", "[words]\ncreat = [\"mach\"]\n");
    let refused = workspace.orch(&["check"]).expect(2).said();
    assert!(refused.contains("did you mean `create`?"), "{refused}");
}

#[test]
fn words_around_work_on_code_may_be_added_as_well() {
    let text = "# Phase 1: Code\n\n## 1.1 Code\n\n- [ ] Erstelle die Klasse `Konto`\n\
                - [ ] Erstelle `src/a.py` oder `src/b.py`\n- [ ] Erstelle `src/a.py` und prüfe sie\n";
    let workspace = |words: &str| {
        Workspace::new()
            .file("checklists/code/phase-01-code.md", text)
            .file(
                "orch.toml",
                format!("[words]\ncreate = \"erstell\"\n{words}"),
            )
            .file("src/a.py", "class Konto:\n    pass\n")
            .commit_all()
    };
    let plan = |words: &str| {
        let run = workspace(words).orch(&["phase", "1", "plan"]).expect(0);
        run.stdout + &run.stderr
    };
    let words = "due = \"die$\"\ntype-noun = \"klasse\"\nuncertain = \"oder$\"\nand = \"und$\"\njudgement = \"prüf\"\n";
    let said = plan(words);
    assert!(said.contains("expect symbol"), "{said}");
    assert!(!said.contains("expect file"), "{said}");
}
