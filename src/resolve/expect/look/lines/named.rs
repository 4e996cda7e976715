//! Lines that only name what is to be there, or what tests are on.

use super::is_done;

#[test]
fn what_a_line_without_a_verb_names_is_looked_for() {
    let file = "api/lib/reservation.rb";
    let line = "New class `Reservation` in `api/lib/reservation.rb` with methods `place`, `cancel`";
    let body = |cancel: &str| {
        format!(
            "class Reservation\n  def place(copy)\n    @copy = copy\n    Queue.push(copy)\n  end\n{cancel}\nend\n"
        )
    };
    let cancel = "  def cancel\n    Queue.drop(@copy)\n  end";
    let done = body(cancel);
    assert!(is_done("Loans", line, &[(file, &done)]));
    for (why, path, text) in [
        ("absent", file, body("")),
        ("another file", "api/lib/loan.rb", done.clone()),
        ("another name", file, done.replace("cancel", "revoke")),
        ("another class", file, done.replace("Reservation", "Loan")),
        (
            "a comment",
            file,
            body("  # def cancel\n  #   Queue.drop(@copy)\n  # end"),
        ),
        ("a string", file, body("  TEXT = 'def cancel'")),
        ("an empty body", file, body("  def cancel\n  end")),
        ("outside of it", file, format!("{}\n{cancel}\n", body(""))),
    ] {
        assert!(!is_done("Loans", line, &[(path, &text)]), "{why}");
    }
    let line = "Функция `cancelLoan(id: number)` в `web/client.ts`";
    let function = |head: &str| format!("{head} {{\n  return api.delete(`/loans/${{id}}`);\n}}\n");
    let done = function("export async function cancelLoan(id: number)");
    assert!(is_done("Loans", line, &[("web/client.ts", &done)]));
    for head in [
        "export async function cancelLoan(id: string)",
        "export async function cancelLoans(id: number)",
        "// export async function cancelLoan(id: number)",
    ] {
        assert!(
            !is_done("Loans", line, &[("web/client.ts", &function(head))]),
            "{head}"
        );
    }
    assert!(!is_done("Loans", line, &[("web/other.ts", &done)]));
    let stub =
        "export function cancelLoan(id: number) {\n  throw new Error('not implemented');\n}\n";
    assert!(!is_done("Loans", line, &[("web/client.ts", stub)]));
}

#[test]
fn what_tests_are_on_is_used_in_their_file() {
    let tests = |body: &str| {
        format!(
            "from worker.queue import Queue\n\n\ndef test_it():\n    queue = Queue()\n    {body}\n"
        )
    };
    for line in [
        "Write tests `worker/tests/test_queue.py` on `Queue.retry`",
        "Написать тесты `worker/tests/test_queue.py` на `Queue.retry`",
        "Написати тести `worker/tests/test_queue.py` на `Queue.retry`",
    ] {
        let look = |body: &str| {
            is_done(
                "Loans",
                line,
                &[("worker/tests/test_queue.py", &tests(body))],
            )
        };
        assert!(look("assert queue.retry(1) == 2"), "{line}");
        assert!(!look("assert queue.push(1) == 2"), "{line}");
        assert!(!look("assert queue.push(1) == 2  # retry"), "{line}");
    }
}
