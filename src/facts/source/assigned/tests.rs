use super::super::super::Tree;
use super::assigned;

#[track_caller]
fn check(path: &str, text: &str, name: &str, expected: &[&str]) {
    let tree: Tree = [(path, text)].into_iter().collect();
    let found = assigned(&tree, path, name);
    let found: Vec<&str> = found.iter().map(|it| it.value.as_str()).collect();
    assert_eq!(found, expected, "{path}: {text}");
}

#[test]
fn files_of_settings_give_names_values() {
    check(
        ".env.example",
        "# X=1\nexport LIMIT=500\n",
        "LIMIT",
        &["500"],
    );
    check(".env", "LIMIT=\"a b\" # c\n", "LIMIT", &["a b"]);
    check("app.properties", "a.b-c = 5\n#a.b-c=6\n", "a.b-c", &["5"]);
    check("app.ini", "; limit = 3\nlimit = 4\n", "limit", &["4"]);
    check(
        "c.toml",
        "limit = 500 # so\nlimit_2 = 3\n",
        "limit",
        &["500"],
    );
    check("a.json", "{\"Limit\": 30, \"Other\": 4}", "Limit", &["30"]);
    check(
        "a.yml",
        "limit: 30 # m\nx: {limit: 5, b: 2}\n",
        "limit",
        &["30", "5"],
    );
    check(
        "a.yml",
        "- LOG=info\n- name: LEVEL\n  value: \"3\"\n",
        "LEVEL",
        &["3"],
    );
    check("a.yml", "- LOG=info\n", "LOG", &["info"]);
    check("a.yml", "LOG: ${LOG:-info}\n", "LOG", &["info"]);
    check(
        "nginx.conf",
        "  worker_connections 1024;\n",
        "worker_connections",
        &["1024"],
    );
}

#[test]
fn a_name_with_dots_is_a_way_into_a_file() {
    let yaml = "spring:\n  jpa:\n    open-in-view: false\nopen-in-view: true\n";
    check("a.yml", yaml, "spring.jpa.open-in-view", &["false"]);
    check(
        "a.json",
        "{\"Cache\": {\"Minutes\": 30}}",
        "Cache:Minutes",
        &["30"],
    );
    check("a.json", "{\"Cache\": {}}", "Cache:Minutes", &[]);
}

#[test]
fn source_gives_names_values() {
    check(
        "a.py",
        "LIMIT = 500\nif LIMIT == 3: pass\n",
        "LIMIT",
        &["500"],
    );
    check("a.py", "LIMIT: int = 1_000  # so\n", "LIMIT", &["1_000"]);
    check(
        "a.py",
        "LIMIT = int(os.getenv(\"LIMIT\", \"500\"))\n",
        "LIMIT",
        &["500"],
    );
    check(
        "a.py",
        "# LIMIT = 500\nx = '''\nLIMIT = 3\n'''\n",
        "LIMIT",
        &[],
    );
    check("a.py", "LIMIT = 5 * 100\n", "LIMIT", &["5 * 100"]);
    check("a.py", "LIMIT = count(500)\n", "LIMIT", &[]);
    check(
        "a.ts",
        "const limit: number = 500;\nf(limit, 3)\n",
        "limit",
        &["500"],
    );
    check("a.ts", "x({ limit: 500, a: 1 });\n", "limit", &["500"]);
    check(
        "a.js",
        "const l = process.env.LIMIT || 500;\n",
        "LIMIT",
        &["500"],
    );
    check("a.go", "const Limit int = 500\n", "Limit", &["500"]);
    check("a.go", "limit := 500\n", "limit", &["500"]);
    check("a.rs", "const LIMIT: usize = 500;\n", "LIMIT", &["500"]);
    check(
        "A.java",
        "static final long LIMIT = 500L;\n",
        "LIMIT",
        &["500L"],
    );
    check(
        "A.cs",
        "public int Limit { get; set; } = 30;\n",
        "Limit",
        &["30"],
    );
    check(
        "a.php",
        "'limit' => env('LIMIT', 500),\n",
        "LIMIT",
        &["500"],
    );
    check("a.php", "'limit' => 5,\n", "limit", &["5"]);
}

#[test]
fn a_value_is_the_same_however_it_is_written() {
    let tree: Tree = [("A.java", "int A = 1_000;\nlong B = 500L;\n")]
        .into_iter()
        .collect();
    let is = |name: &str, value: &str| {
        assigned(&tree, "A.java", name)
            .iter()
            .all(|it| it.is(value))
    };
    assert!(is("A", "1000") && is("B", "500") && !is("B", "50"));
}
