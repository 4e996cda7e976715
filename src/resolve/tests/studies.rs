//! What a line wants to know of what it studies.

use super::{Action, parse, resolved, tree};

/// Checks whether a line is read as a study, in a workspace with a file that nothing is read from.
#[track_caller]
fn check(line: &str, studied: bool) {
    let mut tree = tree();
    tree.insert("web/nginx.conf", "gzip on;\n");
    tree.insert("ops/init.sql", "create database shop;\n");
    tree.insert("src/graph.py", "def shortest(): run()\n");
    let text = format!("# Phase 4: x\n\n## 4.1 y\n- [ ] {line}\n");
    let resolved = resolved(&parse(&text), &tree);
    let task = resolved.tasks.first().expect("a task");
    let found = matches!(task.action, Action::Study { .. });
    assert_eq!(found, studied, "{line}: {:?}", task.action);
}

#[test]
fn a_file_that_tells_nothing_answers_nothing() {
    for line in [
        "Study `web/nginx.conf` — what is cached",
        "Study `web/nginx.conf` (caching)",
        "Study `ops/init.sql`: which databases it creates",
        "Study `src/graph.py`: hot paths",
        "Study `src/config.py` — how the listener starts now",
        "Посмотреть `src/config.py` — как сейчас поднимается слушатель",
        "Переглянути `src/config.py` — як запускається слухач",
        "Посмотреть `web/nginx.conf` — что там с кэшированием",
        "Посмотреть `ops/init.sql` — какие базы создаются",
        "Переглянути `ops/init.sql` — які бази створюються",
    ] {
        check(line, false);
    }
}

#[test]
fn what_is_read_answers_by_what_was_found() {
    for line in [
        "Study `web/nginx.conf`",
        "Study `docker-compose.yml` — services, ports, volumes",
        "Study `src/config.py`: variables",
        "Изучить `Dockerfile` — как собирается приложение",
        "Изучить `docker-compose.yml` — сервисы, порты",
        "Вивчити `src/config.py`",
    ] {
        check(line, true);
    }
}
