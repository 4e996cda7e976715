//! Definitions in each language, and what is none.

use super::{Definitions, Sort};
use crate::facts::Tree;

/// Checks the lines on which a name is defined, with what it is and in which type.
#[track_caller]
fn check(path: &str, source: &str, name: &str, expected: &[(usize, Sort, Option<&str>)]) {
    let tree: Tree = [(path, source)].into_iter().collect();
    let all = Definitions::of(&tree);
    let found: Vec<_> = all
        .named(name)
        .iter()
        .map(|it| (it.origin.line, it.sort, it.within.as_deref()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn python_is_read() {
    let source = "import jwt\n\n# def verify_token(): no\nclass RateLimiter(Base):\n    \
                  \"\"\"def check(): no\"\"\"\n    async def check(self):\n        pass\n\n\ndef \
                  verify_token(token: str) -> bool:\n    return True\n\n\nLIMIT: int = 3\nx = \
                  'def other(): no'\n__tablename__ = \"users\"\nif LIMIT == 3:\n    pass\n";
    let function = Sort::Function;
    check("a.py", source, "verify_token", &[(10, function, None)]);
    check(
        "a.py",
        source,
        "check",
        &[(6, function, Some("RateLimiter"))],
    );
    check("a.py", source, "RateLimiter", &[(4, Sort::Type, None)]);
    check("a.py", source, "LIMIT", &[(14, Sort::Value, None)]);
    check("a.py", source, "users", &[(16, Sort::Table, None)]);
    check("a.py", source, "other", &[]);
    check("a.py", source, "jwt", &[]);
}

#[test]
fn rust_and_go_are_read() {
    let source = "use a::verify;\npub struct Limiter<T> { t: T }\nimpl<T: Clone> Limiter<T> {\n    \
                  pub async fn check(&self) {}\n}\nimpl fmt::Display for Limiter<u8> {\n    fn \
                  fmt(&self) {}\n}\nfn verify() {}\n// fn no() {}\nconst MAX: u8 = 1;\n";
    check(
        "a.rs",
        source,
        "check",
        &[(4, Sort::Function, Some("Limiter"))],
    );
    check(
        "a.rs",
        source,
        "fmt",
        &[(7, Sort::Function, Some("Limiter"))],
    );
    check("a.rs", source, "verify", &[(9, Sort::Function, None)]);
    check("a.rs", source, "MAX", &[(11, Sort::Value, None)]);
    check("a.rs", source, "no", &[]);
    let source =
        "fn own() {}\n#[cfg(test)]\nmod tests {\n    fn helper() {}\n    fn test_own() {}\n}\n";
    check("a.rs", source, "own", &[(1, Sort::Function, None)]);
    check("a.rs", source, "helper", &[]);
    check(
        "a.rs",
        source,
        "test_own",
        &[(5, Sort::Function, Some("tests"))],
    );
    let source = "package a\n\ntype Limiter struct {\n\tn int\n}\n\nfunc (l *Limiter) Check(n int) \
                  bool {\n\treturn helper(n)\n}\n\nfunc helper(n int) bool { return n > 0 }\n";
    check(
        "a.go",
        source,
        "Check",
        &[(7, Sort::Function, Some("Limiter"))],
    );
    check("a.go", source, "helper", &[(11, Sort::Function, None)]);
    check("a.go", source, "Limiter", &[(3, Sort::Type, None)]);
}

#[test]
fn scripts_are_read() {
    let source = "import { verify } from './a';\nexport class Auth {\n  async login(user, \
                  pass) {\n    if (user) {\n      return verify(user);\n    }\n  }\n}\nexport \
                  const sign = async (a: string): Promise<void> => {};\nexport interface \
                  Claims { sub: string }\nconst LIMIT = 3;\nsign('x');\n";
    check(
        "a.ts",
        source,
        "login",
        &[(3, Sort::Function, Some("Auth"))],
    );
    check("a.ts", source, "sign", &[(9, Sort::Function, None)]);
    check("a.ts", source, "Claims", &[(10, Sort::Type, None)]);
    check("a.ts", source, "LIMIT", &[(11, Sort::Value, None)]);
    check("a.ts", source, "verify", &[]);
    check("a.ts", source, "if", &[]);
}

#[test]
fn scripts_arrows_with_type_parameters_are_read() {
    let source = "export class Client {\n  get = <T>(path: string): Promise<T> => this.send(path);\n  private readonly post = async <T,>(path: string, body: unknown): Promise<T> => {\n    return this.send(path, body);\n  };\n  put = async (path: string) => this.send(path);\n  drop: Drop<X> = <T extends Record<string, unknown>>(path: T) => this.send(path);\n  run() {\n    later = (x: string) => x + 1;\n  }\n}\nexport const first = <T,>(all: T[]): T | undefined => all[0];\nconst last = async <K extends string, V = Map<K, string>>(all: Map<K, V>): Promise<V> => {\n  return all.get();\n};\nconst seen = <T>all;\n";
    let of = Some("Client");
    check("a.ts", source, "get", &[(2, Sort::Function, of)]);
    check("a.ts", source, "post", &[(3, Sort::Function, of)]);
    check("a.ts", source, "put", &[(6, Sort::Function, of)]);
    check("a.ts", source, "drop", &[(7, Sort::Function, of)]);
    check("a.ts", source, "later", &[]);
    check("a.ts", source, "first", &[(12, Sort::Function, None)]);
    check("a.ts", source, "last", &[(13, Sort::Function, None)]);
    check("a.ts", source, "seen", &[(16, Sort::Value, None)]);
}

#[test]
fn kotlins_extensions_belong_to_the_type_before_their_name() {
    let source = "package parking\n\nfun Ticket.masked(): String = plate.take(2)\nfun <T> List<T>.second(): T? = getOrNull(1)\nfun String?.orDash() = this ?: \"-\"\nval x = Ticket.masked()\n";
    let of = |name, of, line| check("A.kt", source, name, &[(line, Sort::Function, Some(of))]);
    of("masked", "Ticket", 3);
    of("second", "List", 4);
    of("orDash", "String", 5);
}

#[test]
fn languages_with_types_before_names_are_read() {
    let source = "package a;\n@Service\npublic class Tokens {\n  @Override\n  public \
                  Optional<Claims> verify(String token) throws Bad {\n    if (token == null) {\n      \
                  return make(token);\n    } else if (x) {\n    }\n  }\n}\n";
    check(
        "A.java",
        source,
        "verify",
        &[(5, Sort::Function, Some("Tokens"))],
    );
    check("A.java", source, "make", &[]);
    check("A.java", source, "if", &[]);
    let source = "data class Claims(val sub: String)\nobject Tokens {\n  fun verify(t: String) = \
                  true\n}\n";
    check(
        "A.kt",
        source,
        "verify",
        &[(3, Sort::Function, Some("Tokens"))],
    );
    check("A.kt", source, "Claims", &[(1, Sort::Type, None)]);
    let source = "namespace A;\npublic class Tokens {\n  public async Task<bool> Verify(string t) \
                  => await Run(t);\n}\n";
    check(
        "A.cs",
        source,
        "Verify",
        &[(3, Sort::Function, Some("Tokens"))],
    );
}

#[test]
fn ruby_php_and_sql_are_read() {
    let source = "class Tokens < Base\n  # def no\n  def verify(token)\n    true\n  end\nend\n\ndef \
                  other\nend\n";
    check(
        "a.rb",
        source,
        "verify",
        &[(3, Sort::Function, Some("Tokens"))],
    );
    check("a.rb", source, "other", &[(8, Sort::Function, None)]);
    check("a.rb", source, "no", &[]);
    let source = "<?php\nfinal class Tokens {\n  # function no() {}\n  public function \
                  verify(string $t): bool { return true; }\n}\n";
    check(
        "a.php",
        source,
        "verify",
        &[(4, Sort::Function, Some("Tokens"))],
    );
    check("a.php", source, "no", &[]);
    let source = "-- create table no (id int);\nCREATE TABLE IF NOT EXISTS public.\"users\" (id \
                  int);\ncreate or replace function touch() returns trigger as $$ $$;\n";
    check("a.sql", source, "users", &[(2, Sort::Table, None)]);
    check("a.sql", source, "touch", &[(3, Sort::Function, None)]);
    check("a.sql", source, "no", &[]);
    // It is gone with its session.
    check(
        "a.sql",
        "CREATE TEMP TABLE \"users\" (id int);\n",
        "users",
        &[],
    );
}

#[test]
fn what_is_compiled_for_some_builds_alone_isnt_known_to_be_there() {
    let source = "#if NEVER\npublic class Retry {\n}\n#endif\npublic class Policy {\n}\n";
    check("a.cs", source, "Retry", &[]);
    check("a.cs", source, "Policy", &[(5, Sort::Type, None)]);
}

#[test]
fn what_others_wrote_and_prose_are_left_out() {
    check("vendor/a.py", "def verify(): pass\n", "verify", &[]);
    check(
        "node_modules/a/a.js",
        "function verify() {}\n",
        "verify",
        &[],
    );
    check("docs/a.md", "def verify(): pass\n", "verify", &[]);
}
