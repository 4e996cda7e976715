//! What a line says of a definition, beside its name.

use super::is_done;

#[test]
fn what_a_function_is_given_by_name_is_used_in_it() {
    let file = "src/HoldService.kt";
    let text = |body: &str| {
        format!(
            "class HoldService(val repo: Repo) {{\n  fun extend(holdId: UUID, minutes: Int) = {body}\n}}\n"
        )
    };
    for line in [
        "Add `extend(holdId: UUID, minutes: Int)` to `HoldService`",
        "Добавить `extend(holdId: UUID, minutes: Int)` в `HoldService`",
        "Додати `extend(holdId: UUID, minutes: Int)` до `HoldService`",
    ] {
        let done = |body: &str| is_done("Work", line, &[(file, &text(body))]);
        assert!(!done("repo.find(holdId)"), "{line}");
        assert!(done("repo.find(holdId).plus(minutes)"), "{line}");
    }
}

#[test]
fn what_stands_before_a_class_or_a_function_is_so() {
    let path = "src/Fees.kt";
    for (line, no, yes) in [
        (
            "Add sealed class `FeeRule` in `src/Fees.kt`",
            "class FeeRule(val a: Int)",
            "sealed class FeeRule(val a: Int)",
        ),
        (
            "Додати sealed клас `FeeRule` у `src/Fees.kt`",
            "class FeeRule(val a: Int)",
            "sealed class FeeRule(val a: Int)",
        ),
        (
            "Add data class `FeeRule` in `src/Fees.kt`",
            "class FeeRule(val a: Int)",
            "data class FeeRule(val a: Int)",
        ),
        (
            "Добавить data класс `FeeRule` в `src/Fees.kt`",
            "class FeeRule(val a: Int)",
            "data class FeeRule(val a: Int)",
        ),
        (
            "Add sealed interface `FeeRule` in `src/Fees.kt`",
            "interface FeeRule",
            "sealed interface FeeRule",
        ),
        (
            "Add value class `FeeRule` in `src/Fees.kt`",
            "class FeeRule(val a: Int)",
            "@JvmInline\nvalue class FeeRule(val a: Int)",
        ),
        (
            "Add suspend function `charge` in `src/Fees.kt`",
            "fun charge() = run()",
            "suspend fun charge() = run()",
        ),
    ] {
        assert!(!is_done("Work", line, &[(path, no)]), "{line}");
        assert!(is_done("Work", line, &[(path, yes)]), "{line}");
    }
    let line = "Add data class `FeeRule` in `src/fees.py`";
    let done = |text| is_done("Work", line, &[("src/fees.py", text)]);
    assert!(!done("class FeeRule:\n    a = 1\n"));
    assert!(done(
        "@dataclass(frozen=True)\nclass FeeRule:\n    a: int\n"
    ));
}

#[test]
fn a_constant_has_a_value() {
    for line in [
        "Add constant `BOOKING_FEE` to `src/fees`",
        "Добавить константу `BOOKING_FEE` в `src/fees`",
        "Додати константу `BOOKING_FEE` до `src/fees`",
    ] {
        for (ending, no, yes) in [
            (
                "py",
                "BOOKING_FEE: Decimal | None = None\n",
                "BOOKING_FEE: Decimal = Decimal('1')\n",
            ),
            (
                "ts",
                "export const BOOKING_FEE = undefined;\n",
                "export const BOOKING_FEE = null ?? 1;\n",
            ),
            (
                "kt",
                "const val BOOKING_FEE = \"\"\n",
                "const val BOOKING_FEE = \"1\"\n",
            ),
            (
                "go",
                "package a\n\nconst BOOKING_FEE = \"\"\n",
                "package a\n\nconst BOOKING_FEE = 1\n",
            ),
        ] {
            let path = format!("src/fees.{ending}");
            let line = line.replace("src/fees", &path);
            assert!(!is_done("Work", &line, &[(&path, no)]), "{line}");
            assert!(is_done("Work", &line, &[(&path, yes)]), "{line}");
        }
    }
}

#[test]
fn what_an_interface_of_kotlins_promises_is_found_in_it() {
    let path = "src/RefundPolicy.kt";
    for line in [
        "Add interface `RefundPolicy` with `refundable(hold: Hold): Boolean`",
        "Добавить интерфейс `RefundPolicy` с `refundable(hold: Hold): Boolean`",
        "Додати інтерфейс `RefundPolicy` з `refundable(hold: Hold): Boolean`",
    ] {
        for (text, done) in [
            (
                "interface RefundPolicy { fun refundable(hold: Hold): Boolean }\n",
                true,
            ),
            (
                "interface RefundPolicy {\n  fun refundable(hold: Hold): Boolean\n  fun fee(hold: Hold): List<Int>\n  fun cost(): Int\n}\n\nclass A { fun b() = 1 }\n",
                true,
            ),
            (
                "interface RefundPolicy {\n  fun refundable(\n    hold: Hold,\n  ): Boolean\n\n  fun fee() = 1\n}\n",
                true,
            ),
            (
                "interface RefundPolicy { fun refundable(hold: Hold): Int }\n",
                false,
            ),
            (
                "interface RefundPolicy\n\nfun refundable(hold: Hold): Boolean = true\n",
                false,
            ),
        ] {
            assert_eq!(
                is_done("Work", line, &[(path, text)]),
                done,
                "{line}: {text}"
            );
        }
    }
}
