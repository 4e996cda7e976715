//! Go, Rust, Java and C#.

use super::check;

#[test]
fn gos_groups_are_followed() {
    let gin = "package main\nfunc main() {\n  r := gin.Default()\n  r.GET(\"/health\", h)\n  api := r.Group(\"/api\")\n  {\n    \
               v1 := api.Group(\"/v1\")\n    v1.POST(\"/calls\", add)\n  }\n  users.Register(api.Group(\"/users\"))\n  \
               // r.GET(\"/x\", h)\n  s := `r.GET(\"/y\", h)`\n}\n";
    let users = "package users\nfunc Register(rg *gin.RouterGroup) {\n  rg.GET(\"/:id\", one)\n}\n";
    check(
        &[("main.go", gin), ("users/users.go", users)],
        &[
            "GET /health main.go:4",
            "POST /api/v1/calls main.go:8",
            "GET /api/users/:id users/users.go:3",
        ],
    );
}

#[test]
fn gos_packages_are_followed_by_the_name_that_they_are_imported_under() {
    let module = "module parkline/gate\n\ngo 1.22\n";
    let main = |import: &str| {
        format!(
            "package main\n\nimport (\n\t\"net/http\"\n\n\tgatehttp \"{import}\"\n)\n\nfunc main() {{\n\tmux := \
             http.NewServeMux()\n\tgatehttp.Register(mux)\n}}\n"
        )
    };
    let lanes = "package http\n\nfunc Register(mux *http.ServeMux) {\n\tmux.HandleFunc(\"GET /lanes\", list)\n}\n";
    let all = |import: &str, expected: &[&str]| {
        let main = main(import);
        check(
            &[
                ("gate/go.mod", module),
                ("gate/cmd/gate/main.go", &main),
                ("gate/internal/http/lanes.go", lanes),
            ],
            expected,
        );
    };
    let served = ["GET /lanes gate/internal/http/lanes.go:4"];
    all("parkline/gate/internal/http", &served);
    let open = ["? GET /lanes gate/internal/http/lanes.go:4"];
    all("example.com/other/internal/http", &open);
    all("parkline/gate/internal/other", &open);
}

#[test]
fn of_packages_that_are_called_the_same_the_imported_one_is_followed() {
    let main = "package main\nimport \"shop/b/api\"\nfunc main() {\n  r := gin.Default()\n  api.Register(r)\n}\n";
    let api = "package api\nfunc Register(r *gin.Engine) {\n  r.GET(\"/x\", x)\n}\n";
    check(
        &[
            ("go.mod", "module shop\n"),
            ("main.go", main),
            ("a/api/api.go", api),
            ("b/api/api.go", api),
        ],
        &["GET /x b/api/api.go:3", "? GET /x a/api/api.go:3"],
    );
}

#[test]
fn chis_closures_and_mounts_are_followed() {
    let chi = "package main\nfunc main() {\n  r := chi.NewRouter()\n  r.Route(\"/api\", func(r chi.Router) {\n    \
               r.Use(auth)\n    r.With(page).Get(\"/calls\", list)\n    r.Group(func(r chi.Router) {\n      \
               r.Delete(\"/all\", drop)\n    })\n  })\n  r.Mount(\"/admin\", adminRouter())\n  \
               r.Mount(\"/debug\", middleware.Profiler())\n}\n\nfunc adminRouter() http.Handler {\n  \
               r := chi.NewRouter()\n  r.Get(\"/users\", users)\n  return r\n}\n";
    check(
        &[("main.go", chi)],
        &[
            "GET /api/calls main.go:6",
            "DELETE /api/all main.go:8",
            "GET /admin/users main.go:17",
        ],
    );
}

#[test]
fn other_routers_of_go_are_followed() {
    let mux = "package main\nfunc main() {\n  r := mux.NewRouter()\n  api := r.PathPrefix(\"/api\").Subrouter()\n  \
               api.HandleFunc(\"/calls\", c).Methods(\"GET\", http.MethodPost)\n  mux := http.NewServeMux()\n  \
               mux.HandleFunc(\"GET /ready\", f)\n  http.HandleFunc(\"/health\", f)\n  \
               mux.Handle(\"/v2/\", http.StripPrefix(\"/v2\", inner()))\n}\nfunc inner() http.Handler {\n  \
               m := http.NewServeMux()\n  m.HandleFunc(\"/x\", f)\n  return m\n}\n";
    check(
        &[("main.go", mux)],
        &[
            "GET /api/calls main.go:5",
            "POST /api/calls main.go:5",
            "GET /ready main.go:7",
            "* /health main.go:8",
            "* /v2/x main.go:13",
        ],
    );
    let echo = "package main\ntype Server struct { e *echo.Echo }\nfunc New() *Server {\n  return &Server{\n    \
                e: echo.New(),\n  }\n}\nfunc (s *Server) Routes() {\n  s.e.GET(\"/ready\", s.ready)\n}\n";
    check(&[("server.go", echo)], &["GET /ready server.go:9"]);
}

#[test]
fn gos_routers_that_cant_be_followed_serve_nothing() {
    let given =
        "package users\nfunc Register(rg *gin.RouterGroup) {\n  rg.GET(\"/users\", one)\n}\n";
    check(&[("a.go", given)], &["? GET /users a.go:3"]);
    let computed = "package main\nfunc main() {\n  r := gin.New()\n  api := r.Group(prefix)\n  api.GET(\"/users\", one)\n}\n";
    check(&[("a.go", computed)], &["? GET /users a.go:5"]);
    let mounted = "package main\nfunc main() {\n  r := chi.NewRouter()\n  r.Mount(base+\"/x\", admin())\n}\n\
                   func admin() http.Handler {\n  r := chi.NewRouter()\n  r.Get(\"/users\", users)\n  return r\n}\n";
    check(&[("a.go", mounted)], &["? GET /users a.go:8"]);
    check(
        &[(
            "a.go",
            "package a\nfunc f() {\n  client.Get(\"/users\", x)\n}\n",
        )],
        &["? GET /users a.go:3"],
    );
}

#[test]
fn axums_routers_are_followed() {
    let main = "mod users;\nasync fn main() {\n    let api = Router::new()\n        .route(\"/calls\", get(list).post(add))\n        \
                .nest(\"/users\", users::router());\n    let app = Router::new()\n        .route(\"/health\", get(ok))\n        \
                .nest(\"/api\", api)\n        .merge(SwaggerUi::new(\"/docs\"));\n    // .route(\"/x\", get(ok))\n    \
                let s = r#\".route(\"/y\", get(ok))\"#;\n    axum::serve(listener, app).await;\n}\n";
    let users = "pub fn router() -> Router {\n    Router::new().route(\"/{id}\", axum::routing::delete(one))\n}\n";
    check(
        &[("src/main.rs", main), ("src/users.rs", users)],
        &[
            "GET /api/calls src/main.rs:4",
            "POST /api/calls src/main.rs:4",
            "GET /health src/main.rs:7",
            "DELETE /api/users/{id} src/users.rs:2",
        ],
    );
}

#[test]
fn axums_routers_that_cant_be_followed_serve_nothing() {
    let main = "async fn main() {\n    let app = Router::new().nest(&prefix, router());\n}\nfn router() -> Router {\n    \
                Router::new().route(\"/users\", get(list))\n}\n";
    check(&[("src/main.rs", main)], &["? GET /users src/main.rs:5"]);
    let tests = "#[cfg(test)]\nmod tests {\n    fn it() {\n        let app = Router::new().route(\"/users\", get(list));\n    }\n}\n";
    check(&[("src/a.rs", tests)], &[]);
    let given = "fn add(router: Router) -> Router {\n    router.route(\"/users\", get(list))\n}\n";
    check(&[("src/a.rs", given)], &["? GET /users src/a.rs:2"]);
}

#[test]
fn actix_scopes_and_rockets_mounts_are_followed() {
    let actix = "#[post(\"/login\")]\nasync fn login() {}\n#[get(\"/unused\")]\nasync fn unused() {}\n\
                 fn config(cfg: &mut web::ServiceConfig) {\n    cfg.service(web::scope(\"/auth\").service(login));\n}\n\
                 async fn main() {\n    HttpServer::new(|| App::new().service(web::scope(\"/api\").configure(config)).route(\"/health\", web::get().to(ok)));\n}\n";
    check(
        &[("src/main.rs", actix)],
        &[
            "POST /api/auth/login src/main.rs:1",
            "GET /health src/main.rs:9",
            "? GET /unused src/main.rs:3",
        ],
    );
    let rocket = "#[get(\"/users\")]\nfn list() {}\nfn rocket() -> _ {\n    rocket::build().mount(\"/api\", routes![list])\n}\n";
    check(
        &[("src/main.rs", rocket)],
        &["GET /api/users src/main.rs:1"],
    );
}

#[test]
fn springs_mappings_stand_below_their_class_and_context() {
    let class = "@RestController\n@RequestMapping(path = \"/api\", produces = \"a/b\")\npublic class A {\n  \
                 @GetMapping(\"/health\")\n  void h() {}\n  @PostMapping\n  void p() {}\n  \
                 @RequestMapping(value = {\"/x\", \"/y\"}, method = RequestMethod.PUT)\n  void x() {}\n  \
                 // @GetMapping(\"/no\")\n}\n";
    let path = "src/main/java/A.java";
    check(
        &[(path, class)],
        &[
            "GET /api/health src/main/java/A.java:4",
            "POST /api src/main/java/A.java:6",
            "PUT /api/x src/main/java/A.java:8",
            "PUT /api/y src/main/java/A.java:8",
        ],
    );
    let small = "@RestController\nclass A {\n  @GetMapping(\"/health\")\n  void h() {}\n}\n";
    let settings = "src/main/resources/application.properties";
    check(
        &[
            (path, small),
            (settings, "server.servlet.context-path=/shop\n"),
        ],
        &["GET /shop/health src/main/java/A.java:3"],
    );
    check(
        &[
            (path, small),
            (settings, "server.servlet.context-path=${BASE:/shop}\n"),
        ],
        &["? GET /health src/main/java/A.java:3"],
    );
    let computed = "@RestController\n@RequestMapping(Paths.API)\nclass A {\n  @GetMapping(\"/health\")\n  void h() {}\n}\n";
    check(
        &[(path, computed)],
        &["? GET /health src/main/java/A.java:4"],
    );
    let client =
        "@FeignClient(\"users\")\ninterface A {\n  @GetMapping(\"/users\")\n  void h();\n}\n";
    check(&[(path, client)], &["? GET /users src/main/java/A.java:3"]);
}

#[test]
fn springs_mappings_are_served_where_the_class_is_a_controller() {
    let path = "src/main/kotlin/A.kt";
    let class = |of: &str| {
        format!(
            "{of}\n@RequestMapping(\"/api\")\nclass A {{\n  @GetMapping(\"/a\")\n  fun a() = 1\n}}\n"
        )
    };
    for of in ["@Controller", "@RestController", "@ApiController"] {
        check(
            &[(path, &class(of))],
            &["GET /api/a src/main/kotlin/A.kt:4"],
        );
    }
    // A class without a body above it is another one.
    for above in [
        "data class B(val a: Int)\n\n",
        "class B(val a: Int)\n",
        "@Suppress(\"a\")\ndata class B(\n  val a: Int,\n) : C(a)\n\n",
        "object B\n",
    ] {
        check(
            &[(path, &format!("{above}{}", class("@RestController")))],
            &[&format!(
                "GET /api/a src/main/kotlin/A.kt:{}",
                above.lines().count() + 4
            )],
        );
    }
    for of in ["", "@Service", "@Component"] {
        check(
            &[(path, &class(of))],
            &["? GET /api/a src/main/kotlin/A.kt:4"],
        );
    }
}

#[test]
fn springs_routes_under_a_condition_are_served_nowhere_that_is_known() {
    let path = "src/main/kotlin/A.kt";
    for condition in [
        "@Profile(\"dev\")",
        "@Profile({\"dev\", \"qa\"})",
        "@ConditionalOnProperty(\"reports.enabled\", havingValue = \"true\")",
        "@ConditionalOnBean(B::class)",
        "@Requires(env = [\"dev\"])",
    ] {
        let of_class = format!(
            "@RestController\n{condition}\n@RequestMapping(\"/api\")\nclass A(private val b: B) {{\n  \
             @GetMapping(\"/a\")\n  fun a() = 1\n}}\n"
        );
        check(&[(path, &of_class)], &[&format!("? GET /api/a {path}:5")]);
        let above = format!(
            "{condition} @RestController\nclass A {{\n  @GetMapping(\"/a\")\n  fun a() = 1\n}}\n"
        );
        check(&[(path, &above)], &[&format!("? GET /a {path}:3")]);
        let of_method = format!(
            "@RestController\nclass A {{\n  @GetMapping(\"/a\")\n  {condition}\n  fun a() = 1\n  \
             @GetMapping(\"/b\")\n  fun b() = 1\n}}\n"
        );
        let served = format!("GET /b {path}:6");
        check(
            &[(path, &of_method)],
            &[&served, &format!("? GET /a {path}:3")],
        );
        let other = format!(
            "{condition}\nclass C {{\n}}\n@RestController\nclass A {{\n  @GetMapping(\"/a\")\n  fun a() = 1\n}}\n"
        );
        check(&[(path, &other)], &[&format!("GET /a {path}:6")]);
    }
}

#[test]
fn aspnets_groups_and_controllers_are_followed() {
    let program = "var app = builder.Build();\napp.MapGet(\"/health\", () => \"ok\");\nvar api = app.MapGroup(\"/api\");\n\
                   api.MapPost(\"/calls\", Add);\napi.MapGroup(\"/users\").MapUsers();\n";
    let users = "static class Users {\n  public static void MapUsers(this IEndpointRouteBuilder group) {\n    \
                 group.MapGet(\"/{id}\", One);\n  }\n}\n";
    check(
        &[("Program.cs", program), ("Users.cs", users)],
        &[
            "GET /health Program.cs:2",
            "POST /api/calls Program.cs:4",
            "GET /api/users/{id} Users.cs:3",
        ],
    );
    let controller = "[ApiController]\n[Route(\"api/[controller]\")]\npublic class UsersController : ControllerBase {\n  \
                      [HttpGet(\"{id}\")]\n  public User Get(int id) { return null; }\n  [HttpPost]\n  \
                      public User Add() { return null; }\n  [HttpGet(\"/ready\")]\n  public void Ready() { }\n}\n";
    check(
        &[("A.cs", controller)],
        &[
            "GET /api/users/{id} A.cs:4",
            "POST /api/users A.cs:6",
            "GET /ready A.cs:8",
        ],
    );
}
