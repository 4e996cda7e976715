//! What holds of every line and every workspace: from the line's words to the trace that is found
//! or isn't.

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::{prop_assert, prop_assert_eq, proptest};

use super::super::{Intent, Line, Texts};
use super::read;
use crate::checklist::parse;
use crate::facts::{Facts, Tree};
use crate::resolve::expect::{Around, Expectation, Look, Seen, Symbol};
use crate::vocabulary::Vocabulary;

/// A thing that a person's work is to leave.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Path,
    Function,
    Endpoint,
    Variable,
}

/// A thing by its name.
#[derive(Debug, Clone)]
struct Thing {
    kind: Kind,
    name: String,
}

impl Thing {
    /// Returns it as a code span has it.
    fn code(&self) -> String {
        let name = &self.name;
        match self.kind {
            Kind::Path => format!("src/{name}.py"),
            Kind::Function => format!("make_{name}()"),
            Kind::Endpoint => format!("POST /{name}"),
            Kind::Variable => format!("{}_URL", name.to_uppercase()),
        }
    }

    /// Returns the file that is its trace.
    fn file(&self) -> (String, String) {
        let name = &self.name;
        match self.kind {
            Kind::Path => (format!("src/{name}.py"), "x = 1\n".to_owned()),
            Kind::Function => (
                format!("lib/{name}.py"),
                format!("def make_{name}():\n    run()\n"),
            ),
            Kind::Endpoint => {
                let text = format!("app = FastAPI()\n@app.post('/{name}')\ndef f(): run()\n");
                (format!("web/{name}.py"), text)
            }
            Kind::Variable => {
                let text = format!(
                    "import os\nurl = os.environ['{}_URL']\n",
                    name.to_uppercase()
                );
                (format!("conf/{name}.py"), text)
            }
        }
    }
}

fn things() -> impl Strategy<Value = Vec<Thing>> {
    let kind = prop_oneof![
        Just(Kind::Path),
        Just(Kind::Function),
        Just(Kind::Endpoint),
        Just(Kind::Variable)
    ];
    let all = proptest::collection::vec((kind, "[a-z]{2,6}"), 1..6);
    all.prop_map(|all| {
        let named = all.into_iter().enumerate();
        let thing = |(at, (kind, name)): (usize, (Kind, String))| Thing {
            kind,
            name: format!("q{at}{name}"),
        };
        named.map(thing).collect()
    })
}

/// Returns what a task with these lines is to leave.
fn wants(lines: &str) -> Result<Vec<Expectation>, String> {
    let text = format!("# Phase 1: Things\n\n## 1.1 Work\n\n- [ ] {lines}\n");
    let vocabulary = Vocabulary::default();
    let checklist = parse("phase-01-things.md", &text, &vocabulary).expect("a checklist");
    let checklist = checklist.checklist;
    let task = checklist.tasks().next().expect("a task");
    match read(&Line::of(task, &Texts::of(task), &checklist.vocabulary)) {
        Ok((Intent::Expect(wants, _), _)) => Ok(wants),
        Ok((other, _)) => Err(format!("{other:?}")),
        Err(why) => Err(why.into_owned()),
    }
}

/// Returns which of the traces are in a tree.
fn found(tree: &Tree, wants: &[Expectation]) -> Vec<bool> {
    let (facts, seen) = (Facts::default(), Seen::default());
    let look = Look::new(tree, &facts, Some(&seen));
    let found = wants
        .iter()
        .map(|want| look.expect(want, &Around::default()).found.is_ok());
    found.collect()
}

fn tree(files: impl IntoIterator<Item = (String, String)>) -> Tree {
    let mut tree = Tree::default();
    for (path, text) in files {
        tree.insert(path, text);
    }
    tree
}

/// A language: a file's name, a definition, an endpoint that is served, and ways to write either
/// without meaning it. `NAME` stands for the name, `CODE` for what is written.
#[derive(Debug)]
struct Sample {
    path: &'static str,
    /// What stands above.
    head: &'static str,
    definition: &'static str,
    endpoint: &'static str,
    unmeant: &'static [&'static str],
}

const SAMPLES: &[Sample] = &[
    Sample {
        path: "src/a.py",
        head: "app = FastAPI()\n",
        definition: "def NAME():\n    run()\n",
        endpoint: "@app.post(\"/NAME\")\ndef f(): run()\n",
        unmeant: &[
            "\"\"\"\nCODE\n\"\"\"\n",
            "x = '''\nCODE\n'''\n",
            "f(\n    '''CODE'''\n)\n",
        ],
    },
    Sample {
        path: "src/a.rs",
        head: "",
        definition: "fn NAME() { run() }\n",
        endpoint: "fn main() { let r = Router::new().route(\"/NAME\", post(f)); }\n",
        unmeant: &[
            "/*\nCODE\n*/\n",
            "/* /* */ CODE */\n",
            "const A: &str = r#\"\nCODE\n\"#;\n",
        ],
    },
    Sample {
        path: "src/a.go",
        head: "package a\n",
        definition: "func NAME() {\n  run()\n}\n",
        endpoint: "func main() {\n  http.HandleFunc(\"POST /NAME\", f)\n}\n",
        unmeant: &["/*\nCODE\n*/\n", "var a = `\nCODE\n`\n"],
    },
    Sample {
        path: "src/a.ts",
        head: "const app = express();\n",
        definition: "function NAME() { run() }\n",
        endpoint: "app.post(\"/NAME\", f);\n",
        unmeant: &[
            "/*\nCODE\n*/\n",
            "const a = `\nCODE\n`;\n",
            "const a = `${`\nCODE\n`} ${b}`;\n",
        ],
    },
    Sample {
        path: "src/A.java",
        head: "",
        definition: "class A {\n  void NAME() {\n    run();\n  }\n}\n",
        endpoint: "@RestController\nclass B {\n  @PostMapping(\"/NAME\")\n  void f() {\n    run();\n  }\n}\n",
        unmeant: &["/**\nCODE\n*/\n"],
    },
    Sample {
        path: "src/A.cs",
        head: "var app = builder.Build();\n",
        definition: "class A {\n  void NAME() {\n    run();\n  }\n}\n",
        endpoint: "app.MapPost(\"/NAME\", F);\n",
        unmeant: &["/*\nCODE\n*/\n", "var a = \"\"\"\nCODE\n\"\"\";\n"],
    },
    Sample {
        path: "src/a.php",
        head: "<?php\n",
        definition: "function NAME() { run() }\n",
        endpoint: "",
        unmeant: &[
            "/*\nCODE\n*/\n",
            "$a = '\nCODE\n';\n",
            "$a = <<<EOT\nCODE\nEOT;\n",
        ],
    },
    Sample {
        path: "src/a.rb",
        head: "",
        definition: "def NAME\n  run\nend\n",
        endpoint: "",
        unmeant: &[
            "=begin\nCODE\n=end\n",
            "a = \"\nCODE\n\"\n",
            "a = <<~EOS\nCODE\nEOS\n",
        ],
    },
];

fn symbol(name: &str) -> Expectation {
    Expectation::Symbol {
        symbol: Symbol {
            name: name.to_owned(),
            within: None,
            call: true,
            ..Symbol::default()
        },
        paths: Vec::new(),
    }
}

fn endpoint(name: &str) -> Expectation {
    Expectation::Endpoint {
        method: Some("POST".to_owned()),
        route: format!("/{name}"),
        within: None,
        by: None,
        paths: Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_only_a_comment_or_a_string_says_is_no_evidence(
        sample in (0..SAMPLES.len()).prop_map(|at| &SAMPLES[at]),
        name in "[a-z]{3,6}_[a-z]{3,6}",
        way in any::<Index>(),
    ) {
        for (code, want) in [(sample.definition, symbol(&name)), (sample.endpoint, endpoint(&name))] {
            if code.is_empty() {
                continue;
            }
            let code = code.replace("NAME", &name);
            let unmeant = way.get(sample.unmeant).replace("CODE", &code);
            let file = |text: &str| tree([(sample.path.to_owned(), format!("{}{text}", sample.head))]);
            prop_assert_eq!(found(&file(&unmeant), std::slice::from_ref(&want)), [false], "{}", unmeant);
            prop_assert_eq!(found(&file(&code), std::slice::from_ref(&want)), [true], "{}", code);
            let both = format!("{unmeant}{code}");
            prop_assert_eq!(found(&file(&both), &[want]), [true], "{}", both);
        }
    }

    #[test]
    fn what_a_test_alone_has_is_no_evidence(things in things()) {
        let wanted: Vec<Thing> = things
            .into_iter()
            .filter(|it| matches!(it.kind, Kind::Function | Kind::Endpoint))
            .collect();
        let inside = |thing: &Thing| {
            let (path, text) = thing.file();
            (format!("tests/{path}"), text)
        };
        let all: Vec<Expectation> = wanted
            .iter()
            .map(|thing| match thing.kind {
                Kind::Function => symbol(&format!("make_{}", thing.name)),
                Kind::Path | Kind::Endpoint | Kind::Variable => endpoint(&thing.name),
            })
            .collect();
        let found = found(&tree(wanted.iter().map(inside)), &all);
        prop_assert!(!found.contains(&true));
    }

    #[test]
    fn each_trace_is_needed_and_gone_when_it_is_deleted(
        things in things(),
        verb in select(vec!["Create the modules", "Создать модули", "Створити модулі"]),
        removed in any::<Index>(),
    ) {
        let bullets: Vec<String> = things.iter().map(|it| format!("  - `{}`", it.code())).collect();
        let wants = wants(&format!("{verb}:\n{}", bullets.join("\n")));
        let wants = wants.map_err(proptest::test_runner::TestCaseError::fail)?;
        prop_assert_eq!(wants.len(), things.len(), "each is asked for");
        let all: Vec<(String, String)> = things.iter().map(Thing::file).collect();
        prop_assert!(!found(&tree(all.clone()), &wants).contains(&false));
        let removed = removed.index(things.len());
        let left = all.iter().enumerate().filter(|(at, _)| *at != removed);
        let left = tree(left.map(|(_, file)| file.clone()));
        let expected: Vec<bool> = (0..things.len()).map(|at| at != removed).collect();
        prop_assert_eq!(found(&left, &wants), expected);
        prop_assert!(!found(&Tree::default(), &wants).contains(&true));
    }

    #[test]
    fn each_path_of_a_line_is_asked_for(
        names in proptest::collection::vec("[a-z]{2,6}", 1..5),
        (verb, and) in select(vec![("Create", "and"), ("Создать", "и"), ("Створити", "та")]),
    ) {
        let named = names.iter().enumerate();
        let paths: Vec<String> = named.map(|(at, name)| format!("src/{name}{at}.py")).collect();
        let codes: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
        let listed = match codes.split_last() {
            Some((last, before)) if !before.is_empty() => format!("{} {and} {last}", before.join(", ")),
            _ => codes.join(""),
        };
        let expected: Vec<Expectation> = paths.into_iter().map(Expectation::File).collect();
        prop_assert_eq!(wants(&format!("{verb} {listed}")), Ok(expected));
    }

    #[test]
    fn other_files_change_nothing(
        things in things(),
        kept in proptest::collection::vec(any::<bool>(), 6),
        others in proptest::collection::vec(("[a-p]{2,5}", 0..SAMPLES.len()), 0..6),
    ) {
        let bullets: Vec<String> = things.iter().map(|it| format!("  - `{}`", it.code())).collect();
        let wants = wants(&format!("Create the modules:\n{}", bullets.join("\n")));
        let wants = wants.map_err(proptest::test_runner::TestCaseError::fail)?;
        let own = things.iter().zip(&kept).filter(|(_, kept)| **kept);
        let own: Vec<(String, String)> = own.map(|(thing, _)| thing.file()).collect();
        let other = others.iter().map(|(name, sample)| {
            let sample = &SAMPLES[*sample];
            let text = format!("{}{}{}", sample.head, sample.definition, sample.endpoint);
            (format!("other/{name}/{}", sample.path), text.replace("NAME", name))
        });
        let more = tree(own.iter().cloned().chain(other));
        prop_assert_eq!(found(&tree(own), &wants), found(&more, &wants));
    }

    #[test]
    fn doubt_and_judgement_leave_a_line_to_a_person(
        name in "[a-z]{2,6}",
        word in select(vec![
            "if needed", "or not", "and review it", "and agree on it", "unless it is there",
            "при необходимости", "или нет", "и согласовать", "если нужно",
            "за потреби", "або ні", "та узгодити", "якщо треба",
        ]),
    ) {
        let verbs = ["Create", "Создать", "Створити"];
        for verb in verbs {
            let line = format!("{verb} `src/{name}.py`");
            let read = wants(&line);
            prop_assert!(read.is_ok(), "{}: {:?}", line, read);
            let line = format!("{line} {word}");
            let read = wants(&line);
            prop_assert!(read.is_err(), "{}: {:?}", line, read);
        }
    }
}
