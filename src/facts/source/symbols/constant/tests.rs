//! Handlers whose answer is the same each time, and those whose isn't.

use super::super::Definitions;
use super::answers_the_same;
use crate::facts::{Endpoint, Tree};

#[track_caller]
fn check((method, path): (&str, &str), (file, source): (&str, &str), constant: bool) {
    let tree = Tree::from_iter([(file, source)]);
    let all = Definitions::of(&tree);
    let found = all.named("handle").first().expect(source);
    let route = Endpoint {
        method: Some(method.to_owned()),
        path: path.to_owned(),
        origin: found.origin.clone(),
    };
    let found = answers_the_same(&tree, ("handle", found), &route);
    assert_eq!(found, constant, "{method} {path}: {source}");
}

fn go(body: &str) -> String {
    format!("func (s *server) handle(w http.ResponseWriter, r *http.Request) {{\n{body}}}\n")
}

#[test]
fn a_status_alone_or_an_empty_list_answers_nothing() {
    let renew = "\tid := r.PathValue(\"id\")\n\tif id == \"\" {\n\t\thttp.Error(w, \"id is missing\", http.StatusBadRequest)\n\t\treturn\n\t}\n\tw.WriteHeader(http.StatusAccepted)\n";
    check(("POST", "/loans/{id}/renew"), ("a.go", &go(renew)), true);
    let list = "\tw.Header().Set(\"Content-Type\", \"application/json\")\n\t_ = json.NewEncoder(w).Encode([]loan.Loan{})\n";
    check(("GET", "/members/{id}/loans"), ("a.go", &go(list)), true);
    check(("GET", "/loans"), ("a.go", &go(list)), true);
    let gone = "\tdefer r.Body.Close()\n\tw.WriteHeader(200)\n";
    check(("DELETE", "/loans/{id}"), ("a.go", &go(gone)), true);
    for source in [
        "class A {\n  @DeleteMapping(\"/{id}\")\n  fun handle(@PathVariable id: Long): ResponseEntity<Void> = ResponseEntity.noContent().build()\n}\n",
        "class A {\n  fun handle(id: Long): ResponseEntity<Void> {\n    log.info(\"gone $id\")\n    return ResponseEntity.noContent().build()\n  }\n}\n",
    ] {
        check(("DELETE", "/loans/{id}"), ("A.kt", source), true);
    }
    check(
        ("GET", "/branches"),
        ("a.py", "def handle():\n    return []\n"),
        true,
    );
    check(
        ("POST", "/notices/{member_id}"),
        (
            "a.py",
            "def handle(member_id: int):\n    return {\"member_id\": member_id, \"status\": \"queued\"}\n",
        ),
        true,
    );
    let pay = "class A {\n  fun handle(id: UUID, body: Map<String, String>): ResponseEntity<Any> {\n    val token = body[\"token\"] ?: return ResponseEntity.badRequest().build()\n    return ResponseEntity.ok(mapOf(\"id\" to id, \"status\" to \"paid\"))\n  }\n}\n";
    check(("POST", "/tickets/{id}/pay"), ("A.kt", pay), true);
    let guarded = "class A {\n  fun handle(request: Refund): ResponseEntity<Void> {\n    if (request.reason.isBlank()) return ResponseEntity.badRequest().build()\n    return ResponseEntity.accepted().build()\n  }\n}\n";
    check(("POST", "/refunds"), ("A.kt", guarded), true);
    check(
        ("POST", "/imports"),
        (
            "a.ts",
            "function handle(req, res) {\n  console.log(req.body);\n  res.status(202).json({ status: 'queued' });\n}\n",
        ),
        true,
    );
}

#[test]
fn the_status_of_one_thing_is_read_somewhere() {
    let lane = "\tlane := r.PathValue(\"lane\")\n\tw.Header().Set(\"Content-Type\", \"application/json\")\n\tjson.NewEncoder(w).Encode(map[string]string{\"lane\": lane, \"status\": \"closed\"})\n";
    check(
        ("GET", "/v1/lanes/{lane}/status"),
        ("a.go", &go(lane)),
        true,
    );
    let all = "\tjson.NewEncoder(w).Encode(map[string]string{\"status\": \"ok\"})\n";
    for path in ["/v1/status", "/tenants/{tenant}/health"] {
        check(("GET", path), ("a.go", &go(all)), false);
    }
}

#[test]
fn what_reads_or_calls_something_answers() {
    for (route, file, source) in [
        (("GET", "/health"), "a.go", go("\tw.WriteHeader(200)\n")),
        (("OPTIONS", "/loans"), "a.go", go("\tw.WriteHeader(204)\n")),
        (
            ("POST", "/loans/{id}/renew"),
            "a.go",
            go(
                "\tif err := s.svc.Renew(r.PathValue(\"id\")); err != nil {\n\t\treturn\n\t}\n\tw.WriteHeader(202)\n",
            ),
        ),
        (
            ("GET", "/loans"),
            "a.go",
            go("\t_ = json.NewEncoder(w).Encode(s.all)\n"),
        ),
        (
            ("GET", "/config"),
            "a.py",
            "def handle():\n    return {\"currency\": \"eur\"}\n".to_owned(),
        ),
        (
            ("GET", "/branches"),
            "a.py",
            "def handle():\n    return BRANCHES\n".to_owned(),
        ),
        (
            ("GET", "/me"),
            "a.py",
            "def handle(user: User = Depends(current)):\n    return user\n".to_owned(),
        ),
        (
            ("POST", "/loans"),
            "a.py",
            "def handle(body: LoanIn):\n    return body\n".to_owned(),
        ),
    ] {
        check(route, (file, &source), false);
    }
}

#[test]
fn what_looks_for_something_or_leads_elsewhere_answers() {
    for (route, file, source) in [
        (
            ("GET", "/loans/{id}"),
            "a.py",
            "def handle(id: int):\n    return f\"{store.find(id)}\"\n".to_owned(),
        ),
        (
            ("GET", "/loans/{id}"),
            "a.py",
            "def handle(id: int):\n    if id not in LOANS:\n        raise HTTPException(404)\n    return LOANS[id]\n".to_owned(),
        ),
        (
            ("POST", "/loans"),
            "a.ts",
            "async function handle(req, res) {\n  await lend(req.body);\n  res.sendStatus(204);\n}\n".to_owned(),
        ),
        (
            ("POST", "/loans"),
            "A.kt",
            "class A {\n  fun handle(id: Long) = ResponseEntity\n    .ok(service.lend(id))\n}\n".to_owned(),
        ),
        (
            ("GET", "/loans/{id}"),
            "A.java",
            "class A {\n  ResponseEntity<Loan> handle(long id) {\n    return ResponseEntity.of(repo.findById(id));\n  }\n}\n".to_owned(),
        ),
        (
            ("POST", "/tickets/{id}/pay"),
            "A.kt",
            pay_by_token().to_owned(),
        ),
        (
            ("POST", "/login"),
            "a.ts",
            "function handle(req, res) {\n  if (req.body.password !== config.password) return res.sendStatus(401);\n  res.sendStatus(204);\n}\n".to_owned(),
        ),
        (
            ("GET", "/old/{id}"),
            "a.py",
            "def handle(id):\n    return RedirectResponse(\"/new\")\n".to_owned(),
        ),
    ] {
        check(route, (file, &source), false);
    }
}

fn pay_by_token() -> &'static str {
    "class A {\n  fun handle(id: UUID, body: Map<String, String>): ResponseEntity<Any> {\n    val token = body[\"token\"] ?: return ResponseEntity.badRequest().build()\n    return ResponseEntity.ok(payments.pay(id, token))\n  }\n}\n"
}

#[test]
fn figures_that_are_always_the_same_measure_nothing() {
    for (path, file, source, constant) in [
        (
            "/metrics",
            "a.py",
            "def handle():\n    return PlainTextResponse(\"up 1\\n\")\n",
            true,
        ),
        (
            "/metrics",
            "a.js",
            "function handle(req, res) {\n  res.type('text/plain').send('app_up 1');\n}\n",
            true,
        ),
        (
            "/metrics",
            "a.py",
            "def handle():\n    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)\n",
            false,
        ),
        (
            "/stats",
            "a.py",
            "def handle():\n    return {\"total\": 0, \"late\": 0}\n",
            true,
        ),
        (
            "/stats",
            "a.py",
            "def handle():\n    return {\"total\": late(), \"late\": 0}\n",
            false,
        ),
        (
            "/plan",
            "a.py",
            "def handle():\n    return {\"name\": \"standard\"}\n",
            false,
        ),
    ] {
        check(("GET", path), (file, source), constant);
    }
}
