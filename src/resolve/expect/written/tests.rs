//! Definitions with what lines call them and say of them.

use super::is_asked;
use crate::checklist::parse;
use crate::facts::{Tree, definitions};
use crate::resolve::expect::{Expectation, Symbol};
use crate::resolve::rules;
use crate::resolve::rules::Intent;
use crate::vocabulary::Vocabulary;

/// Returns the symbol that a line asks for.
fn asked(line: &str) -> Symbol {
    let text = format!("# Phase 1: Things\n\n## 1.1 Work\n\n- [ ] {line}\n");
    let vocabulary = Vocabulary::default();
    let checklist = parse("phase-01-things.md", &text, &vocabulary)
        .expect("a checklist")
        .checklist;
    let section = checklist.sections.first().expect("a section");
    let task = section.tasks.first().expect("a task");
    let Intent::Expect(wants, _) = rules::read(section, task, &vocabulary).intent else {
        panic!("{line} isn't read");
    };
    let mut symbols = wants.into_iter().filter_map(|want| match want {
        Expectation::Symbol { symbol, .. } => Some(symbol),
        Expectation::File(_)
        | Expectation::Change(_)
        | Expectation::Absent(_)
        | Expectation::Use { .. }
        | Expectation::Entry { .. }
        | Expectation::Endpoint { .. }
        | Expectation::Variable { .. } => None,
    });
    symbols.next_back().expect("a symbol")
}

#[track_caller]
fn check(line: &str, path: &str, source: &str, expected: bool) {
    let symbol = asked(line);
    let tree: Tree = [(path, source)].into_iter().collect();
    let all = definitions(&tree);
    let found = all.named(&symbol.name);
    let fits = found.iter().any(|it| is_asked(&tree, it, &symbol));
    assert_eq!(fits, expected, "{line}: {symbol:?} by {source}");
}

#[track_caller]
fn fits(line: &str, path: &str, source: &str) {
    check(line, path, source, true);
}

#[track_caller]
fn lacks(line: &str, path: &str, source: &str) {
    check(line, path, source, false);
}

#[test]
fn comments_are_no_parameters() {
    let go = "func (c *Client) Retry(n int) error { // TODO: ctx context.Context\n}\n";
    for verb in ["Add", "Добавить", "Додати"] {
        let line = format!("{verb} `Retry(ctx context.Context, n int)`");
        lacks(&line, "a.go", go);
        fits(
            &line,
            "a.go",
            "func (c *Client) Retry(ctx context.Context, n int) error { run() }\n",
        );
    }
    let line = "Реалізувати `reschedule(appointment_id, new_slot_id)`";
    lacks(
        line,
        "a.py",
        "def reschedule(appointment_id):  # TODO new_slot_id\n    pass\n",
    );
    fits(
        line,
        "a.py",
        "def reschedule(\n    appointment_id: int,  # which\n    new_slot_id: int,\n) -> None:\n    run()\n",
    );
    let line = "Create `useSlots(doctorId, date)`";
    lacks(
        line,
        "a.ts",
        "export function useSlots(doctorId: number) { // TODO: date\n}\n",
    );
    fits(
        line,
        "a.ts",
        "export function useSlots(doctorId: number, date: Date) {\n  run()\n}\n",
    );
    let line = "Реализовать `PatientSerializer(ModelSerializer)`";
    lacks(
        line,
        "a.py",
        "class PatientSerializer(serializers.Serializer): ...  # not ModelSerializer\n",
    );
    fits(
        line,
        "a.py",
        "class PatientSerializer(Mixin, serializers.ModelSerializer):\n    pass\n",
    );
}

#[test]
fn parameters_stand_in_their_order_and_no_others_are_needed() {
    let line = "Добавить функцию `Connect(ctx context.Context, addr string)`";
    lacks(
        line,
        "a.go",
        "func Connect(addr string, ctx context.Context) error { run() }\n",
    );
    lacks(
        line,
        "a.go",
        "func Connect(ctx context.Context) error { run() }\n",
    );
    fits(
        line,
        "a.go",
        "func Connect(ctx context.Context, addr string) error { run() }\n",
    );
    let line = "Create class `LabelService` with method `render(Shipment s)`";
    let java =
        |of: &str| format!("class LabelService {{\n  byte[] render({of}) {{ run(); }}\n}}\n");
    lacks(line, "A.java", &java("List<Shipment> all, String s"));
    lacks(line, "A.java", &java("Shipment s, String name"));
    lacks(line, "A.java", &java("List<Shipment> s"));
    fits(line, "A.java", &java("final Shipment s"));
    fits(line, "A.java", &java("@Valid @RequestBody(x) Shipment s"));
    let line = "Додати `charge(amount, currency)`";
    lacks(line, "a.py", "def charge(currency, amount): run()\n");
    lacks(line, "a.py", "def charge(amount, currency, user): run()\n");
    fits(
        line,
        "a.py",
        "def charge(amount: int, currency: str = 'EUR', *, note=None): run()\n",
    );
    fits(
        line,
        "a.js",
        "const charge = async (amount, currency) => { run() };\n",
    );
    fits(
        line,
        "a.ts",
        "class A {\n  charge(amount: number, currency?: string): void {\n    run()\n  }\n}\n",
    );
    fits(
        line,
        "a.rs",
        "impl A {\n    pub fn charge(&self, amount: u32, currency: &str) { run() }\n}\n",
    );
    lacks(
        line,
        "a.js",
        "const charge = amount => send(amount, currency);\n",
    );
}

#[test]
fn types_are_those_that_are_named() {
    let line = "Implement `verify(token: str, leeway: int = 5) -> bool`";
    let python = |of: &str| format!("def verify({of}) -> bool:\n    run()\n");
    fits(line, "a.py", &python("token: str, leeway: int = 5"));
    lacks(line, "a.py", &python("token: str, leeway: int = 9"));
    lacks(line, "a.py", &python("token: bytes, leeway: int = 5"));
    lacks(line, "a.py", &python("token, leeway=5"));
    lacks(
        line,
        "a.py",
        "def verify(token: str, leeway: int = 5) -> str:\n    run()\n",
    );
    let line = "Implement `Send(to, text string) error`";
    fits(
        line,
        "a.go",
        "func (s *Sender) Send(to, text string) error {\n  run()\n}\n",
    );
    fits(
        line,
        "a.go",
        "func Send(to string, text string) error {\n  run()\n}\n",
    );
    lacks(line, "a.go", "func Send(to, text string) {\n  run()\n}\n");
    let line = "Implement `normalize(raw: string): string`";
    fits(
        line,
        "a.ts",
        "export const normalize = (raw: string): string => raw;\n",
    );
    lacks(
        line,
        "a.ts",
        "export function normalize(raw: string): number {\n  run()\n}\n",
    );
    let line = "Implement `func (s *EmailSender) Send(to string) error`";
    fits(
        line,
        "a.go",
        "type EmailSender struct{ id int }\n\nfunc (s *EmailSender) Send(to string) error {\n  run()\n}\n",
    );
}

#[test]
fn a_type_is_of_the_form_that_is_named() {
    let line = "Add `interface PetSummary`";
    lacks(line, "a.ts", "export type PetSummary = { id: string };\n");
    fits(
        line,
        "a.ts",
        "export interface PetSummary {\n  id: string;\n}\n",
    );
    let line = "Define `struct Clinic`";
    lacks(line, "a.go", "type Clinic interface{}\n");
    fits(line, "a.go", "type Clinic struct{ id int }\n");
    let line = "Add `type EmailSender struct`";
    lacks(line, "a.go", "type EmailSender interface{}\n");
    fits(line, "a.go", "type EmailSender struct {\n\tid int\n}\n");
    let line = "Define `enum Mode`";
    lacks(line, "a.ts", "export type Mode = 'a';\n");
    fits(line, "a.ts", "export enum Mode { A }\n");
}

#[test]
fn nouns_tell_an_interface_a_structure_and_a_type_in_three_languages() {
    for line in [
        "Create the interface `Sender`",
        "Создать интерфейс `Sender`",
        "Створити інтерфейс `Sender`",
    ] {
        lacks(line, "a.go", "type Sender struct{ id int }\n");
        lacks(
            line,
            "a.ts",
            "export type Sender = string;\nexport const Sender = 1;\n",
        );
        lacks(line, "a.py", "class Sender:\n    pass\n");
        fits(line, "a.go", "type Sender interface {\n}\n");
        fits(line, "a.py", "class Sender(Protocol):\n    pass\n");
        fits(line, "a.rs", "pub trait Sender { fn send(&self); }\n");
    }
    for line in [
        "Add the struct `Limiter`",
        "Создать структуру `Limiter`",
        "Створити структуру `Limiter`",
    ] {
        lacks(line, "a.go", "type Limiter interface{}\n");
        fits(line, "a.go", "type Limiter struct {\n\tid int\n}\n");
    }
    for line in [
        "Create the type `Slot`",
        "Создать тип `Slot`",
        "Створити тип `Slot`",
    ] {
        lacks(line, "a.ts", "export const Slot = 1;\n");
        fits(line, "a.ts", "export type Slot = { id: number };\n");
    }
}

#[test]
fn nouns_tell_an_enum_and_an_exception_in_three_languages() {
    for line in [
        "Create the enum `Status`",
        "Создать перечисление `Status`",
        "Створити перелік `Status`",
    ] {
        lacks(line, "a.py", "Status = None\n");
        lacks(line, "a.py", "class Status:\n    pass\n");
        lacks(line, "a.go", "type Status int\n");
        fits(line, "a.py", "class Status(str, enum.Enum):\n    NEW = 1\n");
        fits(
            line,
            "a.py",
            "class Status(models.TextChoices):\n    NEW = 1\n",
        );
        fits(line, "A.java", "public enum Status { NEW }\n");
    }
    for line in [
        "Add the exception `SmsError`",
        "Добавить исключение `SmsError`",
        "Додати виняток `SmsError`",
    ] {
        lacks(line, "a.py", "class SmsError: pass\n");
        fits(line, "a.py", "class SmsError(Exception): pass\n");
        fits(
            line,
            "A.java",
            "public class SmsError extends RuntimeException {\n}\n",
        );
        fits(line, "a.rb", "class SmsError < StandardError\nend\n");
    }
}

#[test]
fn a_type_is_no_function() {
    for line in [
        "Add function `normalize`",
        "Добавить функцию `normalize`",
        "Додати функцію `normalize`",
        "Add function `normalize()`",
        "Implement `def normalize()`",
    ] {
        lacks(line, "a.py", "class normalize: pass\n");
        fits(line, "a.py", "def normalize(text): run()\n");
    }
    lacks(
        "Создать функцию `ScanBatch`",
        "a.go",
        "type ScanBatch struct {\n\tid int\n}\n",
    );
    lacks(
        "Add `ScanBatch()`",
        "a.go",
        "type ScanBatch struct {\n\tid int\n}\n",
    );
    lacks("Add `ScanBatch()`", "a.ts", "class ScanBatch {\n}\n");
    fits("Add `Scan()`", "a.py", "class Scan:\n    a = 1\n");
    fits(
        "Add the middleware `AuthGuard`",
        "a.ts",
        "export class AuthGuard implements NestMiddleware {\n}\n",
    );
    lacks("Add method `cancel`", "a.py", "def cancel(): run()\n");
    fits(
        "Add method `cancel`",
        "a.py",
        "class A:\n    def cancel(self): run()\n",
    );
    lacks(
        "Добавить функцию `Connect()`",
        "a.go",
        "type Store struct {\n\tid int\n}\n\nfunc (s *Store) Connect() {\n  run()\n}\n",
    );
    fits(
        "Add function `Store.Connect()`",
        "a.go",
        "type Store struct {\n\tid int\n}\n\nfunc (s *Store) Connect() {\n  run()\n}\n",
    );
    fits(
        "Add function `connect()`",
        "A.java",
        "class A {\n  void connect() {\n    run()\n  }\n}\n",
    );
    lacks("Add the constant `MAX_SIZE`", "a.go", "type MAX_SIZE int\n");
}

#[test]
fn a_class_of_tests_is_a_test() {
    let line = "Написать тест `ShipmentServiceTest`";
    fits(
        line,
        "ShipmentServiceTest.java",
        "class ShipmentServiceTest {\n  @Test\n  void a() {\n    assertEquals(1, run());\n  }\n}\n",
    );
    lacks(
        line,
        "ShipmentServiceTest.java",
        "class ShipmentServiceTest {\n  @Test\n  void a() {\n    assertTrue(true);\n  }\n}\n",
    );
    let skipped = "@Disabled(\"flaky\")\nclass ShipmentServiceTest {\n  @Test\n  void a() {\n    \
        assertEquals(1, run());\n  }\n}\n";
    lacks(line, "ShipmentServiceTest.java", skipped);
    let of_one = "def test_a():\n    assert run() == 1\n\ndef test_cancel():\n    assert True\n";
    for line in [
        "Write test `test_cancel` in `tests/test_cancel.py`",
        "Написать тест `test_cancel` в `tests/test_cancel.py`",
        "Implement `test_cancel` in `tests/test_cancel.py`",
    ] {
        lacks(line, "tests/test_cancel.py", of_one);
        let cancels = of_one.replace("True", "cancel() == 1");
        fits(line, "tests/test_cancel.py", &cancels);
    }
    lacks(
        "Написати тест `test_cancel`",
        "tests/test_cancel.py",
        "class test_cancel: pass\n",
    );
}

#[test]
fn what_does_something_is_no_alias_and_no_interface() {
    for line in [
        "Create the component `ResultCard`",
        "Создать компонент `ResultCard`",
        "Створити компонент `ResultCard`",
        "Создать компонент: `ResultCard`",
        "Add the hook `ResultCard`",
        "Добавить обработчик `ResultCard`",
        "Додати валідатор `ResultCard`",
        "Add handler: `ResultCard`",
    ] {
        for other in [
            "export interface ResultCard { id: string }\n",
            "export type ResultCard = { id: string };\n",
            "export enum ResultCard { A }\n",
        ] {
            lacks(line, "a.ts", other);
        }
        fits(
            line,
            "a.tsx",
            "export function ResultCard() {\n  run()\n}\n",
        );
        fits(
            line,
            "a.tsx",
            "export const ResultCard = (a) => {\n  run()\n};\n",
        );
        fits(line, "a.tsx", "export class ResultCard {\n  a = 1;\n}\n");
        lacks(line, "a.go", "type ResultCard = string\n");
        lacks(line, "a.go", "type ResultCard interface {\n}\n");
        fits(line, "a.go", "type ResultCard struct {\n\tid int\n}\n");
        lacks(line, "a.php", "<?php\ninterface ResultCard {\n}\n");
        fits(
            line,
            "a.php",
            "<?php\nfinal class ResultCard {\n  public $a = 1;\n}\n",
        );
    }
    fits(
        "Create the component `ResultCard`",
        "a.tsx",
        "export const ResultCard = styled.div``;\n",
    );
    fits(
        "Add interface `ResultCard`",
        "a.ts",
        "interface ResultCard {\n  id: string;\n}\n",
    );
    fits(
        "Add type `ResultCard`",
        "a.ts",
        "type ResultCard = string;\n",
    );
}

#[test]
fn a_constant_stays_as_it_is() {
    for line in [
        "Add the constant `MAX_SIZE`",
        "Добавить константу `MAX_SIZE`",
        "Додати константу `MAX_SIZE`",
    ] {
        lacks(line, "a.ts", "export let MAX_SIZE = 3;\n");
        lacks(line, "a.js", "var MAX_SIZE = 3;\n");
        fits(line, "a.ts", "export const MAX_SIZE = 3;\n");
        lacks(line, "a.go", "var MAX_SIZE = 3\n");
        fits(line, "a.go", "const MAX_SIZE = 3\n");
        fits(line, "a.py", "MAX_SIZE = 3\n");
    }
}

#[test]
fn a_test_is_no_variable() {
    lacks(
        "Add `TestParseOBX`",
        "obx_test.go",
        "var TestParseOBX = 1\n",
    );
    fits(
        "Add `TestParseOBX`",
        "obx_test.go",
        "func TestParseOBX(t *testing.T) {\n  check(t, run())\n}\n",
    );
}

#[test]
fn a_function_in_a_function_is_no_method() {
    let line = "Add method `cancel`";
    lacks(
        line,
        "a.py",
        "class A:\n    def run(self):\n        def cancel():\n            run()\n",
    );
    lacks(
        line,
        "a.ts",
        "class A {\n  run(a: string): void {\n    function cancel() {\n      run()\n    }\n  }\n}\n",
    );
    fits(
        line,
        "a.ts",
        "class A {\n  run(): void {\n    go();\n  }\n\n  cancel(): void {\n    run()\n  }\n}\n",
    );
    fits(
        line,
        "A.kt",
        "class A {\n  fun run() = 1\n\n  fun cancel() {\n    run()\n  }\n}\n",
    );
    fits(
        line,
        "a.py",
        "def make():\n    class A:\n        def cancel(self): run()\n",
    );
}

#[test]
fn the_root_of_a_namespace_is_no_other_type() {
    let line =
        "Добавить метод `Slots::reserve(string $clinic, DateTimeImmutable $at): DateTimeImmutable`";
    let php = |of: &str| {
        format!(
            "<?php\nclass Slots {{\n  public function reserve(string $clinic, {of} $at): {of} {{ \
             run(); }}\n}}\n"
        )
    };
    fits(line, "a.php", &php("\\DateTimeImmutable"));
    fits(line, "a.php", &php("DateTimeImmutable"));
    lacks(line, "a.php", &php("\\DateTime"));
    lacks(line, "a.php", &php("Clock\\DateTimeImmutables"));
}

#[test]
fn how_a_method_borrows_is_part_of_its_signature() {
    let line = "Add `Bucket::take(&mut self, n: u32) -> bool`";
    let source = |of: &str| {
        format!(
            "impl Bucket {{\n    pub fn take({of}, n: u32) -> bool {{\n        self.left >= n\n    }}\n}}\n"
        )
    };
    fits(line, "a.rs", &source("&mut self"));
    lacks(line, "a.rs", &source("&self"));
    let any = "Add `Bucket::take(n: u32) -> bool`";
    fits(any, "a.rs", &source("&self"));
}

#[test]
fn methods_of_go_are_taken_as_asked() {
    for (asked, other) in [("*Graph", "Graph"), ("Graph", "*Graph")] {
        let of =
            |taken: &str| format!("func (g {taken}) Shortest(from NodeID) error {{\nrun()\n}}\n");
        for verb in ["Implement", "Реализовать", "Реалізувати"] {
            let line = format!("{verb} `func (g {asked}) Shortest(from NodeID) error`");
            fits(&line, "a.go", &of(asked));
            lacks(&line, "a.go", &of(other));
        }
    }
    let line = "Add `func (s *Store) Get(key string) error`";
    fits(
        line,
        "a.go",
        "func (s *Store[K, V]) Get(key string) error {\n  run()\n}\n",
    );
    lacks(
        line,
        "a.go",
        "func (s Store[K, V]) Get(key string) error {\n  run()\n}\n",
    );
    fits(
        "Add `Store.Get(key string)`",
        "a.go",
        "func (s Store) Get(key string) {\n  run()\n}\n",
    );
}

#[test]
fn kotlins_extensions_are_found_as_they_are_written() {
    let source = "fun Ticket.masked(): String = plate.take(2)\n";
    for line in [
        "Add `fun Ticket.masked(): String`",
        "Добавить `fun Ticket.masked(): String`",
        "Додати `masked()`",
    ] {
        fits(line, "A.kt", source);
    }
    lacks("Add `fun Ticket.masked(): Int`", "A.kt", source);
}

#[test]
fn what_is_only_declared_isnt_made() {
    for line in [
        "Implement function `save(id: string): number`",
        "Реализовать функцию `save(id: string): number`",
        "Реалізувати функцію `save(id: string): number`",
    ] {
        let head = "function save(id: string): number";
        lacks(line, "a.ts", &format!("export declare {head};\n"));
        lacks(
            line,
            "a.ts",
            &format!("export declare {head}\nexport const a = 1\n"),
        );
        lacks(line, "a.ts", &format!("export {head};\n"));
        lacks(
            line,
            "a.ts",
            &format!("export {head}\nexport function other() {{\nrun()\n}}\n"),
        );
        fits(
            line,
            "a.ts",
            &format!("export {head};\nexport {head} {{\n  run()\n}}\n"),
        );
        fits(
            line,
            "a.ts",
            "export const save = (id: string): number => id.length;\n",
        );
    }
    let line = "Add `charge()`";
    lacks(
        line,
        "a.rs",
        "trait Gateway {\n    fn charge(&self) -> [u8; 4];\n}\n",
    );
    fits(
        line,
        "a.rs",
        "impl Card {\n    fn charge(&self) -> [u8; 4] {\n        run()\n    }\n}\n",
    );
    lacks(
        line,
        "a.php",
        "<?php\ninterface Gateway {\n  public function charge(): int;\n}\n",
    );
    fits(
        line,
        "a.php",
        "<?php\nclass Card {\n  public function charge(): int\n  {\n    run();\n  }\n}\n",
    );
    let line = "Add trait `Gateway` with method `charge()`";
    fits(line, "a.rs", "trait Gateway {\n    fn charge(&self);\n}\n");
    let line = "Add `Gateway.charge()`";
    lacks(
        line,
        "a.php",
        "<?php\nabstract class Gateway {\n  abstract public function charge(): int;\n}\n",
    );
}

#[test]
fn what_a_framework_makes_of_classes_is_derived_from_one_of_its_own() {
    let plain = "class VoucherForm:\n    def __init__(self):\n        run()\n";
    for line in [
        "Add model `VoucherForm` to `a.py`",
        "Add form `VoucherForm` to `a.py`",
        "Add serializer `VoucherForm` to `a.py`",
        "Добавить модель `VoucherForm` в `a.py`",
        "Добавить форму `VoucherForm` в `a.py`",
        "Добавить сериализатор `VoucherForm` в `a.py`",
        "Додати модель `VoucherForm` у `a.py`",
        "Додати форму `VoucherForm` у `a.py`",
        "Додати серіалізатор `VoucherForm` у `a.py`",
    ] {
        lacks(line, "a.py", plain);
        lacks(line, "a.py", "class VoucherForm(object):\n    code = 1\n");
        lacks(
            line,
            "a.py",
            "def VoucherForm(code):\n    return {'code': code}\n",
        );
        lacks(
            line,
            "a.py",
            "@dataclass\nclass A: pass\nclass VoucherForm:\n    code = 1\n",
        );
        fits(
            line,
            "a.py",
            "class VoucherForm(framework.Derived):\n    code = 1\n",
        );
        fits(
            line,
            "a.py",
            "@dataclass(\n    frozen=True,\n)\nclass VoucherForm:\n    code: str\n",
        );
    }
    fits("Add class `VoucherForm` to `a.py`", "a.py", plain);
    fits(
        "Add mixin `VoucherMixin` to `a.py`",
        "a.py",
        "class VoucherMixin:\n    code = 1\n",
    );
    fits(
        "Add model `VoucherForm` to `A.kt`",
        "A.kt",
        "data class VoucherForm(val code: String)\n",
    );
    fits(
        "Add form `VoucherForm`",
        "a.tsx",
        "export function VoucherForm() {\n  return run();\n}\n",
    );
}

#[test]
fn a_model_is_no_controller_of_the_same_name() {
    let models = [
        (
            "app/models/top_up.rb",
            "class TopUp < Something\n  def pay = run\nend\n",
        ),
        (
            "app/top_up.rb",
            "class TopUp < ApplicationRecord\n  has_many :a\nend\n",
        ),
        ("api/models.py", "class TopUp(Thing):\n    amount = 1\n"),
        ("api/pay.py", "class TopUp(models.Model):\n    amount = 1\n"),
        (
            "src/top-up.entity.ts",
            "@Entity()\nexport class TopUp {\n  amount = 1;\n}\n",
        ),
        (
            "app/Models/TopUp.php",
            "<?php\nclass TopUp extends Model {\n  public $a = 1;\n}\n",
        ),
        (
            "src/Entities/TopUp.cs",
            "public class TopUp {\n  public int A { get; set; }\n}\n",
        ),
    ];
    for line in [
        "Add `TopUp` controller",
        "Add `TopUp` service",
        "Add `TopUp` component",
        "Add handler `TopUp`",
        "Add `TopUp` serializer",
        "Добавить контроллер `TopUp`",
        "Додати сервіс `TopUp`",
    ] {
        for (path, source) in models {
            lacks(line, path, source);
        }
        let ruby = "class TopUp < ApplicationController\n  def create = run\nend\n";
        fits(line, "app/controllers/top_up.rb", ruby);
    }
    for (path, source) in models {
        fits("Add `TopUp` model", path, source);
        fits("Add `TopUp` class", path, source);
    }
}

#[test]
fn a_migration_lies_among_those() {
    let migration = "class TopUp < ActiveRecord::Migration[7.1]\n  def change = run\nend\n";
    for line in [
        "Add `TopUp` migration",
        "Добавить миграцию `TopUp`",
        "Додати міграцію `TopUp`",
    ] {
        fits(line, "db/migrate/20260101_top_up.rb", migration);
        fits(
            line,
            "src/Migrations/1_TopUp.cs",
            "public class TopUp : Migration {\n  int a = 1;\n}\n",
        );
        lacks(
            line,
            "app/models/top_up.rb",
            "class TopUp < ApplicationRecord\n  has_many :a\nend\n",
        );
        lacks(line, "app/top_up.rb", "class TopUp\n  def pay = run\nend\n");
    }
}

#[test]
fn a_type_that_says_nothing_is_none_yet() {
    for (line, path, empty, filled) in [
        (
            "Створити модель `Payment`",
            "app/Models/Payment.php",
            "<?php\nclass Payment {\n}\n",
            "<?php\nclass Payment extends Model {\n}\n",
        ),
        (
            "Создать enum `ParcelStatus`",
            "src/models.rs",
            "pub enum ParcelStatus {}\n",
            "pub enum ParcelStatus { New }\n",
        ),
        (
            "Добавить трейт `Clock`",
            "src/clock.rs",
            "pub trait Clock {}\n",
            "pub trait Clock { fn now(&self) -> u64; }\n",
        ),
        (
            "Add interface `Tariff`",
            "lib/tariff.ts",
            "export interface Tariff {}\n",
            "export interface Tariff { id: string }\n",
        ),
        (
            "Додати клас `InvoicePolicy`",
            "app/InvoicePolicy.php",
            "<?php\nclass InvoicePolicy\n{\n    // rules later\n}\n",
            "<?php\nclass InvoicePolicy\n{\n    public function see($a) { return $a->own(); }\n}\n",
        ),
        (
            "Добавить сериализатор `RewardSerializer`",
            "points/serializers.py",
            "class RewardSerializer(serializers.Serializer):\n    pass\n",
            "class RewardSerializer(serializers.Serializer):\n    id = IntegerField()\n",
        ),
        (
            "Add model `Coupon`",
            "points/models.py",
            "class Coupon(models.Model):\n    \"\"\"Later.\"\"\"\n",
            "class Coupon(models.Model):\n    code = CharField()\n",
        ),
    ] {
        lacks(line, path, empty);
        fits(line, path, filled);
    }
    // What an exception is says its name.
    let exception = "class NotFound(Exception):\n    pass\n";
    fits("Add exception `NotFound`", "a.py", exception);
    fits("Add class `NotFound`", "a.py", exception);
}

#[test]
fn no_class_is_called_like_a_hook() {
    let class = "export class useVoucher {\n  code = 1;\n}\n";
    let store = "export const useVoucher = defineStore('voucher', () => { return run(); });\n";
    for line in ["Add store `useVoucher`", "Add `useVoucher` to `a.ts`"] {
        lacks(line, "a.ts", class);
        fits(line, "a.ts", store);
    }
}

#[test]
fn methods_of_interfaces_are_promised_there() {
    let line = "Add interface `Exporter` with method `Export(ctx context.Context) error`";
    let go = |of: &str| format!("package a\n\ntype Exporter interface {{\n{of}}}\n");
    fits(
        line,
        "a.go",
        &go("\tClose()\n\tExport(ctx context.Context) error\n"),
    );
    lacks(line, "a.go", &go("\tExport(ctx context.Context)\n"));
    lacks(
        line,
        "a.go",
        &(go("\tClose()\n") + "\ntype Other interface {\n\tExport(ctx context.Context) error\n}\n"),
    );
    lacks("Add `Export()`", "a.go", &go("\tExport()\n"));
    let line = "Добавить интерфейс `Sender` с методом `send(x: number): void`";
    let script = |of: &str| format!("export interface Sender {{\n{of}}}\n");
    fits(
        line,
        "a.ts",
        &script("  id: string;\n  send(x: number): void;\n"),
    );
    lacks(line, "a.ts", &script("  send(x: string): void;\n"));
    lacks(
        "Додати `sendAll()`",
        "a.ts",
        &script("  sendAll(): void;\n"),
    );
}

#[test]
fn types_of_other_packages_are_named_without_them() {
    let line = "Add `Overdue(now time.Time) []Loan`";
    let go = |of: &str| format!("func Overdue(now time.Time) {of} {{\n\treturn run(now)\n}}\n");
    fits(line, "a.go", &go("[]Loan"));
    fits(line, "a.go", &go("[]loan.Loan"));
    lacks(line, "a.go", &go("[]*loan.Loan"));
    lacks(line, "a.go", &go("[]loan.Fine"));
    let line = "Add `Find(l Loan) (*Loan, error)`";
    fits(
        line,
        "a.go",
        "func Find(l loan.Loan) (*loan.Loan, error) {\n\treturn run(l)\n}\n",
    );
    let line = "Add `find(ids: List<Loan>): Loan?`";
    fits(
        line,
        "A.kt",
        "fun find(ids: List<lib.Loan>): lib.loans.Loan? {\n  return run(ids)\n}\n",
    );
    let line = "Add `find(all: list[Loan]) -> Loan`";
    fits(
        line,
        "a.py",
        "def find(all: list[loan.Loan]) -> loan.Loan:\n    return run(all)\n",
    );
    lacks(
        line,
        "a.py",
        "def find(all: list[loan.Loan]) -> loan.Fine:\n    return run(all)\n",
    );
}

#[test]
fn enumerations_and_methods_of_kotlins_are_found() {
    fits(
        "Create enum class `Branch` in `Branch.kt`",
        "Branch.kt",
        "package a\n\nenum class Branch {\n    CENTRAL,\n    NORTH\n}\n",
    );
    fits(
        "Создать enum `Branch` в `Branch.kt`",
        "Branch.kt",
        "enum class Branch(val code: Int) { A(1), B(2) }\n",
    );
    lacks(
        "Створити enum `Branch` у `Branch.kt`",
        "Branch.kt",
        "class Branch(val code: Int)\n",
    );
    let line = "Add `suspend fun reindex(branch: Branch): Int` to `Indexer.kt`";
    let text = |of: &str| {
        format!(
            "class Indexer(val a: A) {{\n    {of}fun reindex(branch: Branch): Int {{\n        return a.put(branch)\n    }}\n}}\n"
        )
    };
    fits(line, "Indexer.kt", &text("suspend "));
    lacks(line, "Indexer.kt", &text(""));
}
