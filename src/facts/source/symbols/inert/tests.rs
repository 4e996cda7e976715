//! Functions that come to nothing, and those that don't.

use super::super::stub::tests::sends_nothing;
use crate::facts::Tree;
use crate::facts::source::symbols::Definitions;

#[test]
fn locals_guards_locks_and_loops_before_an_empty_value_do_nothing() {
    for (path, source) in [
        (
            "A.kt",
            "class A {\n  fun send(isbn: String): Book? {\n    val plain = isbn.replace(\"-\", \"\").trim()\n    log.debug(\"looking for {}\", plain)\n    return null\n  }\n}\n",
        ),
        (
            "A.kt",
            "class A {\n  fun send(isbn: String): List<Book> {\n    require(isbn.isNotBlank())\n    return emptyList()\n  }\n}\n",
        ),
        (
            "A.java",
            "class A {\n  List<Book> send(String isbn) {\n    if (isbn == null) throw new IllegalArgumentException(\"isbn\");\n    String plain = isbn.trim();\n    return List.of();\n  }\n}\n",
        ),
        (
            "A.java",
            "class A {\n  synchronized Optional<Book> send(String isbn) {\n    synchronized (lock) {\n      return Optional.empty();\n    }\n  }\n}\n",
        ),
        (
            "a.ts",
            "export async function send(id: number): Promise<Loan[]> {\n  const url = `/members/${id}/loans`;\n  return [];\n}\n",
        ),
        (
            "a.ts",
            "const send = (input: Input): Loan | null => {\n  const { id } = input;\n  if (!id) {\n    return null;\n  }\n  return null;\n};\n",
        ),
        (
            "a.py",
            "def send(to):\n    key = f\"hold:{to}\"\n    return None\n",
        ),
        (
            "a.py",
            "def send(to):\n    if to < 0: raise ValueError(\"to\")\n    return []\n",
        ),
        (
            "a.py",
            "class A:\n    def send(self, to):\n        with self._lock:\n            for it in to:\n                log.info(\"%s\", it)\n        return {}\n",
        ),
        (
            "a.py",
            "async def send(member: int, loans: list) -> int:\n    sent = 0\n    for loan in loans:\n        logger.info(\"overdue %s\", loan)\n        sent += 1\n    return sent\n",
        ),
    ] {
        assert!(sends_nothing(path, source), "{source}");
    }
}

#[test]
fn an_empty_value_is_one_in_each_language() {
    for (path, source) in [
        (
            "a.go",
            "func send(id string) (*Loan, error) {\n\tif id == \"\" {\n\t\treturn nil, ErrEmpty\n\t}\n\treturn nil, nil\n}\n",
        ),
        (
            "a.go",
            "func (q *Queue) send() (Reservation, bool) {\n\tq.mu.Lock()\n\tdefer q.mu.Unlock()\n\treturn Reservation{}, false\n}\n",
        ),
        (
            "a.go",
            "func send(ids []string) []loan.Loan {\n\tall := []loan.Loan{}\n\tfor _, id := range ids {\n\t\tslog.Info(\"id\", \"id\", id)\n\t}\n\treturn []loan.Loan{}\n}\n",
        ),
        (
            "a.rs",
            "fn send(&self, id: &str) -> Option<Loan> {\n    let key = format!(\"loan:{id}\");\n    tracing::debug!(\"{key}\");\n    None\n}\n",
        ),
        (
            "a.rs",
            "fn send(id: u8) -> Result<Vec<Loan>> {\n    if id == 0 {\n        return Err(Error::Empty);\n    }\n    Ok(Vec::new())\n}\n",
        ),
        (
            "a.cs",
            "class A {\n  public List<Loan> send(int id) {\n    if (id < 0) throw new ArgumentException();\n    var key = $\"a{id}\";\n    return new List<Loan>();\n  }\n}\n",
        ),
        (
            "a.php",
            "<?php\nfunction send(string $id): array {\n  $key = trim($id);\n  if ($key === '') { return []; }\n  return [];\n}\n",
        ),
    ] {
        assert!(sends_nothing(path, source), "{source}");
    }
}

#[test]
fn what_calls_keeps_or_returns_something_does_something() {
    for (path, source) in [
        (
            "a.go",
            "func send(x int) bool {\n\tif x > 3 {\n\t\treturn true\n\t}\n\treturn false\n}\n",
        ),
        (
            "a.go",
            "func send(id string) error {\n\tif id == \"\" {\n\t\treturn ErrEmpty\n\t}\n\treturn nil\n}\n",
        ),
        (
            "a.go",
            "func (s *S) send(id string) error {\n\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n\ts.last = id\n\treturn nil\n}\n",
        ),
        (
            "a.go",
            "func (s *S) send(id string) error {\n\tdelete(s.all, id)\n\treturn nil\n}\n",
        ),
        ("a.go", "func send(x int) bool {\n\treturn x > 0\n}\n"),
        (
            "a.go",
            "func (s *S) send(id string) (T, error) {\n\treturn T{}, ErrNotFound\n}\n",
        ),
        (
            "a.go",
            "func send(all []int) int {\n\tn := 0\n\tfor _, it := range all {\n\t\tn += it\n\t}\n\treturn n\n}\n",
        ),
        (
            "a.go",
            "func send(all []int) int {\n\tn := 0\n\tfor _, it := range all {\n\t\tif it > 2 {\n\t\t\tslog.Info(\"a\")\n\t\t\tn++\n\t\t}\n\t}\n\treturn n\n}\n",
        ),
    ] {
        assert!(!sends_nothing(path, source), "{source}");
    }
}

#[test]
fn what_fails_finds_or_gives_away_does_something() {
    for (path, source) in [
        (
            "a.py",
            "def send(slug):\n    if not slug: raise ValueError('slug')\n",
        ),
        (
            "a.py",
            "def send(slug):\n    if \" \" in slug:\n        raise ValueError('slug')\n    return None\n",
        ),
        (
            "a.py",
            "def send(rows):\n    for row in rows:\n        if row.id:\n            return row\n    return None\n",
        ),
        (
            "a.py",
            "def send(to):\n    global last\n    last = to\n    return None\n",
        ),
        ("a.py", "def send(status):\n    return status == \"paid\"\n"),
        (
            "a.py",
            "def send(to):\n    found = store.take(to)\n    return None\n",
        ),
        (
            "a.py",
            "def send(items):\n    while items:\n        items.pop()\n    return []\n",
        ),
        (
            "a.ts",
            "function send(id: number) {\n  cache[id] = 1;\n  return null;\n}\n",
        ),
        (
            "a.ts",
            "function send(id: number) {\n  useEffect(() => { load(id); }, [id]);\n  return null;\n}\n",
        ),
        (
            "a.ts",
            "function send(id: number) {\n  last = id;\n  return null;\n}\n",
        ),
        (
            "a.ts",
            "function send(id: number) {\n  const a = { id };\n  return a;\n}\n",
        ),
    ] {
        assert!(!sends_nothing(path, source), "{source}");
    }
}

#[test]
fn what_types_keep_does_something() {
    for (path, source) in [
        (
            "A.kt",
            "class A {\n  fun send(id: Int): Book? {\n    val all = repo.all() ?: return null\n    return null\n  }\n}\n",
        ),
        (
            "A.kt",
            "class A {\n  fun send(id: Int) {\n    count = count + id\n  }\n}\n",
        ),
        ("A.kt", "class A {\n  override fun send() = false\n}\n"),
        (
            "A.java",
            "class A {\n  int send(int a) {\n    int b = a * 2;\n    return b;\n  }\n}\n",
        ),
        (
            "A.java",
            "class A {\n  void send(int a) {\n    this.a = a;\n  }\n}\n",
        ),
        (
            "a.rs",
            "fn send(id: u8) -> Result<()> {\n    if id == 0 {\n        return Err(Error::Empty);\n    }\n    Ok(())\n}\n",
        ),
        (
            "a.rs",
            "fn send(&mut self, id: u8) -> bool {\n    self.last = id;\n    false\n}\n",
        ),
        (
            "a.rs",
            "fn send(kind: Kind) -> u8 {\n    match kind {\n        Kind::A => 0,\n        Kind::B => 1,\n    }\n}\n",
        ),
    ] {
        assert!(!sends_nothing(path, source), "{source}");
    }
}

#[track_caller]
fn check(name: &str, path: &str, source: &str, idle: bool) {
    let tree = Tree::from_iter([(path, source)]);
    let all = Definitions::of(&tree);
    let found = all.named(name).first().expect(source);
    let head = Definitions::head(&tree, name, found).expect(source);
    assert_eq!(!head.is_implemented(), idle, "{source}");
}

#[test]
fn what_holds_things_tells_of_them() {
    check(
        "size",
        "a.py",
        "class Digest:\n    def size(self):\n        return 0\n",
        true,
    );
    check(
        "Len",
        "a.go",
        "func (q *Queue) Len() int {\n\treturn 0\n}\n",
        true,
    );
    check(
        "size",
        "A.java",
        "class A {\n  int size() {\n    return 0;\n  }\n}\n",
        true,
    );
    check(
        "size",
        "a.py",
        "class NoopQueue:\n    def size(self):\n        return 0\n",
        false,
    );
    check(
        "isEnabled",
        "A.kt",
        "class A {\n  override fun isEnabled() = false\n}\n",
        false,
    );
    check(
        "order",
        "A.java",
        "class A {\n  public int order() {\n    return 0;\n  }\n}\n",
        false,
    );
}

#[test]
fn what_is_called_to_make_or_to_tell_may_be_as_little() {
    check(
        "NewQueue",
        "a.go",
        "func NewQueue(size int) *Queue {\n\treturn &Queue{}\n}\n",
        false,
    );
    check(
        "show_total",
        "a.py",
        "def show_total(order):\n    total = order.a + order.b\n    print(total)\n",
        false,
    );
    check(
        "emptyCart",
        "a.ts",
        "export function emptyCart(id: number): Cart {\n  const a = id;\n  return {};\n}\n",
        false,
    );
}

#[test]
fn what_gives_back_what_it_is_given_does_nothing() {
    for (path, source) in [
        (
            "a.go",
            "func send(raw string) string {\n\tif strings.TrimSpace(raw) == \"\" {\n\t\treturn \"\"\n\t}\n\treturn raw\n}\n",
        ),
        (
            "a.py",
            "def send(amount: Decimal, code: str) -> Decimal:\n    if not code:\n        return amount\n    log.info(code)\n    return amount\n",
        ),
        (
            "a.go",
            "func send(next http.Handler) http.Handler {\n\treturn next\n}\n",
        ),
        ("A.kt", "fun send(amount: Int): Int {\n  return amount\n}\n"),
        (
            "a.ts",
            "export function send(raw: string): string {\n  return raw;\n}\n",
        ),
    ] {
        assert!(sends_nothing(path, source), "{source}");
    }
    for (path, source) in [
        (
            "a.go",
            "func send(raw string) (string, error) {\n\tif raw == \"\" {\n\t\treturn \"\", ErrEmpty\n\t}\n\treturn raw, nil\n}\n",
        ),
        (
            "a.go",
            "func send[T any](v T, err error) T {\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\treturn v\n}\n",
        ),
        (
            "A.kt",
            "class NoDiscount {\n  fun send(amount: Int): Int {\n    return amount\n  }\n}\n",
        ),
        (
            "a.py",
            "def send(fn):\n    HANDLERS.append(fn)\n    return fn\n",
        ),
        (
            "a.ts",
            "function send(state: State, action: Action): State {\n  switch (action.type) {\n    case 'a':\n      return { ...state, a: 1 };\n    default:\n      return state;\n  }\n}\n",
        ),
    ] {
        assert!(!sends_nothing(path, source), "{source}");
    }
}

#[test]
fn what_was_given_does_nothing_behind_a_local_either() {
    for (path, source) in [
        (
            "A.java",
            "class A {\n  BigDecimal send(BigDecimal net) { BigDecimal gross = net; return gross; }\n}\n",
        ),
        (
            "A.kt",
            "class A {\n  fun send(net: Long): Long {\n    val gross = net\n    return gross\n  }\n}\n",
        ),
        (
            "A.cs",
            "class A {\n  public decimal send(decimal net) {\n    var gross = net;\n    return gross;\n  }\n}\n",
        ),
        (
            "a.ts",
            "export function send(net: number): number {\n  const gross = net;\n  return gross;\n}\n",
        ),
        (
            "a.go",
            "func send(net int) int {\n\tgross := net\n\treturn gross\n}\n",
        ),
        (
            "a.py",
            "def send(net):\n    gross = net\n    return gross\n",
        ),
        (
            "a.py",
            "def send(net):\n    a = net\n    b = a\n    return b\n",
        ),
    ] {
        assert!(sends_nothing(path, source), "{source}");
    }
    for (path, source) in [
        (
            "a.py",
            "def send(net):\n    gross = net * 2\n    return gross\n",
        ),
        (
            "a.py",
            "def send(net):\n    gross = net\n    gross += 2\n    return gross\n",
        ),
        (
            "a.ts",
            "function send(net) {\n  let gross = net;\n  gross = gross * 2;\n  return gross;\n}\n",
        ),
        (
            "A.java",
            "class A {\n  int send(int net) { int gross = net; gross++; return gross; }\n}\n",
        ),
    ] {
        assert!(!sends_nothing(path, source), "{source}");
    }
}
