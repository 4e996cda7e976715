//! Next.js, Rails, Laravel and JAX-RS.

use super::check;

const NEXT: (&str, &str) = ("package.json", "{ \"dependencies\": { \"next\": \"15\" } }");
const ROUTE: &str =
    "export async function GET() {}\nexport const POST = handle;\nfunction DELETE() {}\n";

#[test]
fn nexts_files_are_routes() {
    check(
        &[
            NEXT,
            ("app/api/users/[id]/route.ts", ROUTE),
            ("app/(admin)/api/stats/route.js", "export { get as GET };\n"),
            ("app/_parts/api/route.ts", ROUTE),
            ("app/users/page.tsx", "export default function Page() {}\n"),
            (
                "pages/api/ping/index.ts",
                "export default function handler() {}\n",
            ),
            ("pages/api/helper.ts", "export const x = 1;\n"),
        ],
        &[
            "GET /api/stats app/(admin)/api/stats/route.js:1",
            "GET /api/users/[id] app/api/users/[id]/route.ts:1",
            "POST /api/users/[id] app/api/users/[id]/route.ts:2",
            "* /api/ping pages/api/ping/index.ts:1",
        ],
    );
}

#[test]
fn nexts_base_path_stands_before_all() {
    let route = ("web/src/app/api/a/route.ts", "export function GET() {}\n");
    let package = ("web/package.json", NEXT.1);
    let config = |text| ("web/next.config.mjs", text);
    let at = "web/src/app/api/a/route.ts:1";
    check(
        &[
            route,
            package,
            config("export default { basePath: '/docs' };\n"),
        ],
        &[&format!("GET /docs/api/a {at}")],
    );
    check(
        &[
            route,
            package,
            config("export default { basePath: process.env.BASE };\n"),
        ],
        &[&format!("? GET /api/a {at}")],
    );
    // Nothing says that it is Next.js.
    check(&[route], &[]);
}

fn rails(body: &str, expected: &[&str]) {
    let text = format!("Rails.application.routes.draw do\n{body}\nend\n");
    let expected: Vec<String> = expected
        .iter()
        .map(|it| it.replace('@', "config/routes.rb:"))
        .collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&[("config/routes.rb", &text)], &expected);
}

#[test]
fn rails_routes_stand_below_namespaces_and_scopes() {
    rails(
        "  root 'home#index'\n  get '/up', to: 'health#show'\n  namespace :api do\n    scope '/v1', module: :one do\n      \
         post 'login' => 'auth#login'\n    end\n    get :status, to: 'a#b'\n  end\n  match 'x', to: 'a#x', via: [:get, :post]",
        &[
            "GET / @2",
            "GET /up @3",
            "POST /api/v1/login @6",
            "GET /api/status @8",
            "GET /x @10",
            "POST /x @10",
        ],
    );
}

#[test]
fn rails_resources_serve_their_actions() {
    rails(
        "  resources :users, only: [:index, :show] do\n    member do\n      post :lock\n    end\n    get :recent, on: :collection\n    \
         resources :calls, only: :create\n  end\n  resource :profile, only: %i[show]",
        &[
            "GET /users @2",
            "GET /users/:id @2",
            "POST /users/:id/lock @4",
            "GET /users/recent @6",
            "POST /users/:id/calls @7",
            "GET /profile @9",
        ],
    );
}

#[test]
fn what_rails_may_not_serve_is_open() {
    rails(
        "  get '/a', to: 'a#b' if Rails.env.local?",
        &["? GET /a @2"],
    );
    rails(
        "  constraints(host: 'x') do\n    get '/a', to: 'a#b'\n  end\n  get '/b', to: 'a#b'",
        &["GET /b @5", "? GET /a @3"],
    );
    rails(
        "  if ENV['X']\n    get '/a', to: 'a#b'\n  end",
        &["? GET /a @3"],
    );
    rails(
        "  %w[a b].each do |name|\n    get name, to: 'a#b'\n    get '/c', to: 'a#b'\n  end",
        &["? GET /c @4"],
    );
    rails(
        "  scope path: PREFIX do\n    get '/a', to: 'a#b'\n  end",
        &["? GET /a @3"],
    );
    rails(
        "  get '/a', to: 'a#b', constraints: { host: 'x' }",
        &["? GET /a @2"],
    );
}

const BOOT: (&str, &str) = (
    "bootstrap/app.php",
    "<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php', api: \
     __DIR__.'/../routes/api.php')->create();\n",
);

fn laravel(file: &str, body: &str, expected: &[&str]) {
    let text = format!("<?php\n{body}\n");
    let expected: Vec<String> = expected
        .iter()
        .map(|it| it.replace('@', &format!("{file}:")))
        .collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    check(&[BOOT, (file, &text)], &expected);
}

#[test]
fn laravels_routes_stand_below_api_and_groups() {
    laravel(
        "routes/api.php",
        "Route::get('/up', fn () => 'ok');\nRoute::prefix('v1')->middleware('auth')->group(function () {\n    \
         Route::post('login', [Auth::class, 'login']);\n    Route::apiResource('users', Users::class);\n});\n\
         Route::group(['prefix' => 'admin', 'middleware' => 'x'], function () {\n    \
         Route::match(['put', 'delete'], '/a', X::class);\n});",
        &[
            "GET /api/up @2",
            "POST /api/v1/login @4",
            "GET /api/v1/users @5",
            "POST /api/v1/users @5",
            "GET /api/v1/users/{id} @5",
            "PUT /api/v1/users/{id} @5",
            "PATCH /api/v1/users/{id} @5",
            "DELETE /api/v1/users/{id} @5",
            "PUT /api/admin/a @8",
            "DELETE /api/admin/a @8",
        ],
    );
    laravel(
        "routes/web.php",
        "Route::get('/', Home::class);",
        &["GET / @2"],
    );
}

#[test]
fn a_laravel_resource_serves_what_is_chosen_of_it() {
    laravel(
        "routes/api.php",
        "Route::apiResource('a', X::class)->only(['index', 'show']);\n\
         Route::apiResource('b', X::class)->except('update', 'destroy')->middleware('auth');\n\
         Route::apiResource('c', X::class)->except($some);\n\
         Route::apiResource('d', X::class)->scoped();",
        &[
            "GET /api/a @2",
            "GET /api/a/{id} @2",
            "GET /api/b @3",
            "POST /api/b @3",
            "GET /api/b/{id} @3",
        ],
    );
}

#[test]
fn what_laravel_may_not_serve_is_open() {
    laravel(
        "routes/api.php",
        "if (app()->isLocal()) {\n    Route::get('/a', X::class);\n}\nRoute::domain('x')->group(function () {\n    \
         Route::get('/b', X::class);\n});\nRoute::prefix($p)->get('/c', X::class);",
        &["? GET /a @3", "? GET /b @6", "? GET /c @8"],
    );
    // Nothing says below which prefix the file is taken in.
    check(
        &[("routes/api.php", "<?php\nRoute::get('/a', X::class);\n")],
        &["? GET /a routes/api.php:2"],
    );
    let provider =
        "<?php\nRoute::middleware('api')->prefix('rest')->group(base_path('routes/api.php'));\n";
    check(
        &[
            ("app/Providers/RouteServiceProvider.php", provider),
            ("routes/api.php", "<?php\nRoute::get('/a', X::class);\n"),
        ],
        &["GET /rest/a routes/api.php:2"],
    );
}

const USERS: &str = "import jakarta.ws.rs.*;\n@Path(\"/users\")\npublic class Users {\n  @GET\n  public List<User> all() { return x; }\n\
                     \n  @POST @Path(\"{id}/lock\")\n  public void lock() {}\n}\n";

#[test]
fn jax_rs_joins_application_class_and_method() {
    let application = "import jakarta.ws.rs.*;\n@ApplicationPath(\"/api\")\npublic class App extends Application {}\n";
    check(
        &[
            ("src/main/java/App.java", application),
            ("src/main/java/Users.java", USERS),
        ],
        &[
            "GET /api/users src/main/java/Users.java:4",
            "POST /api/users/{id}/lock src/main/java/Users.java:7",
        ],
    );
    let pom = ("pom.xml", "<groupId>io.quarkus</groupId>");
    let root = (
        "src/main/resources/application.properties",
        "quarkus.rest.path=/r\n",
    );
    let at = "src/main/java/Users.java";
    check(
        &[pom, root, (at, USERS)],
        &[
            &format!("GET /r/users {at}:4"),
            &format!("POST /r/users/{{id}}/lock {at}:7"),
        ],
    );
}

#[test]
fn what_jax_rs_may_not_serve_is_open() {
    // No application is known.
    check(
        &[("Users.java", USERS)],
        &["? GET / Users.java:4", "? POST /{id}/lock Users.java:7"],
    );
    let pom = ("pom.xml", "<groupId>io.quarkus</groupId>");
    let client = USERS.replace(
        "@Path(\"/users\")",
        "@RegisterRestClient\n@Path(\"/users\")",
    );
    check(
        &[pom, ("Users.java", &client)],
        &["? GET / Users.java:5", "? POST /{id}/lock Users.java:8"],
    );
    let interface = USERS.replace("class", "interface");
    check(
        &[pom, ("Users.java", &interface)],
        &["? GET / Users.java:4", "? POST /{id}/lock Users.java:7"],
    );
}

#[test]
fn routes_under_a_condition_are_open() {
    let python = "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/a')\ndef a(): ...\n\n\
                  if settings.debug:\n    @app.get('/b')\n    def b(): ...\n\n\
                  def add(app):\n    @app.get('/c')\n    def c(): ...\n";
    check(
        &[("main.py", python)],
        &[
            "GET /a main.py:4",
            "GET /c main.py:12",
            "? GET /b main.py:8",
        ],
    );
    let script = "const express = require('express');\nconst app = express();\n\
                  if (process.env.DEBUG) {\n  app.get('/b', b);\n}\napp.get('/a', a);\n";
    check(
        &[("app.js", script)],
        &["GET /a app.js:6", "? GET /b app.js:4"],
    );
}

#[test]
fn routes_under_a_condition_without_a_block_are_open() {
    let head = "const express = require('express');\nconst app = express();\n";
    for open in [
        "if (process.env.DEBUG) app.get('/b', b);\n",
        "if (isDebug())\n  app.get('/b', b);\n",
        "if (debug) { app.get('/b', b); }\n",
        "process.env.MODE === 'dev' && app.get('/b', b);\n",
        "debug &&\n  app.get('/b', b);\n",
        "debug ? app.get('/b', b) : null;\n",
        "switch (mode) {\n  case 'x':\n    app.get('/b', b);\n}\n",
    ] {
        let script = format!("{head}{open}app.get('/a', a);\n");
        let line = |path: &str| {
            1 + script
                .split('\n')
                .take_while(|it| !it.contains(path))
                .count()
        };
        let (served, loose) = (line("'/a'"), line("'/b'"));
        check(
            &[("app.js", &script)],
            &[
                &format!("GET /a app.js:{served}"),
                &format!("? GET /b app.js:{loose}"),
            ],
        );
    }
    for served in [
        "if (!key) throw new Error('key')\napp.get('/b', b)\n",
        "app.get('/b', (req, res) => res.json(x && y ? 1 : 2))\n",
        "const app2 = x || y\napp.get('/b', b)\n",
    ] {
        let script = format!("{head}{served}");
        let line = 2
            + served
                .split('\n')
                .position(|it| it.contains("app.get"))
                .expect("one")
            + 1;
        check(&[("app.js", &script)], &[&format!("GET /b app.js:{line}")]);
    }
}

#[test]
fn routes_of_csharp_under_a_condition_are_open() {
    let sharp = |routes: &str| {
        format!(
            "var builder = WebApplication.CreateBuilder(args);\nvar app = builder.Build();\n{routes}"
        )
    };
    let open = |routes: &str, line: usize| {
        let program = sharp(routes);
        check(
            &[("Program.cs", &program)],
            &[&format!("? GET /b Program.cs:{line}")],
        );
    };
    open(
        "if (app.Environment.IsDevelopment()) app.MapGet(\"/b\", () => 1);\n",
        3,
    );
    open(
        "if (app.Environment.IsDevelopment())\n    app.MapGet(\"/b\", () => 1);\n",
        4,
    );
    open("if (debug) { app.MapGet(\"/b\", () => 1); }\n", 3);
    open("_ = debug ? app.MapGet(\"/b\", () => 1) : null;\n", 3);
    open("#if DEBUG\napp.MapGet(\"/b\", () => 1);\n#endif\n", 4);
    let served = sharp("#if DEBUG\napp.UseX();\n#endif\napp.MapGet(\"/b\", () => 1);\n");
    check(&[("Program.cs", &served)], &["GET /b Program.cs:6"]);
}
