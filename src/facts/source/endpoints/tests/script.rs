//! JavaScript's and TypeScript's frameworks.

use super::check;

#[test]
fn express_routers_hang_where_they_are_used() {
    let main = "const express = require('express');\nconst users = require('./routes/users');\n\
                const app = express();\napp.get('/health', ok);\napp.use('/api', express.json(), users);\n\
                app.use('/auth', require('./routes/auth').router);\n// app.get('/x', x);\n\
                const note = \"app.get('/y', y)\";\nconst more = `app.get('/z', z)`;\n";
    let users = "const { Router } = require('express');\nconst router = Router();\nrouter.route('/users')\n  .get(list)\n  \
                 .post(add);\nconst admin = Router();\nadmin.delete('/all', drop);\nrouter.use('/admin', admin);\n\
                 module.exports = router;\n";
    let auth = "const express = require('express');\nconst router = express.Router();\nrouter.post('/login', login);\n\
                module.exports = { router };\n";
    check(
        &[
            ("src/app.js", main),
            ("src/routes/users.js", users),
            ("src/routes/auth.js", auth),
        ],
        &[
            "GET /health src/app.js:4",
            "POST /auth/login src/routes/auth.js:3",
            "GET /api/users src/routes/users.js:4",
            "POST /api/users src/routes/users.js:5",
            "DELETE /api/admin/all src/routes/users.js:7",
        ],
    );
}

#[test]
fn modules_are_followed_through_their_exports() {
    let main = "import express from 'express';\nimport { users, calls as phone } from './routes/index.js';\n\
                const API = '/api/v1';\nexport const app = express();\napp.use(`${API}/users`, users);\n\
                app.use(API, phone);\n";
    let index = "export { default as users } from './users';\nexport * from './calls';\n";
    let users = "import { Router } from 'express';\nconst router: Router = Router();\nrouter.get('/:id', one);\n\
                 export default router;\n";
    let calls = "import express from 'express';\nexport const calls = express.Router();\ncalls.post('/calls', add);\n";
    check(
        &[
            ("src/app.ts", main),
            ("src/routes/index.ts", index),
            ("src/routes/users.ts", users),
            ("src/routes/calls.ts", calls),
        ],
        &[
            "POST /api/v1/calls src/routes/calls.ts:3",
            "GET /api/v1/users/:id src/routes/users.ts:3",
        ],
    );
}

#[test]
fn what_cant_be_followed_is_served_nowhere() {
    let users = "const router = require('express').Router();\nrouter.get('/users', list);\nmodule.exports = router;\n";
    let loose = ["? GET /users users.js:2"];
    let known = ["GET /api/users users.js:2"];
    let main = |line: &str| {
        format!("const users = require('./users');\nconst app = require('express')();\n{line}\n")
    };
    for line in [
        "app.use('/api', users);",
        "app.use('/api', check, require('./users'));",
    ] {
        check(&[("users.js", users), ("app.js", &main(line))], &known);
    }
    for line in [
        "",
        "app.use(config.prefix, users);",
        "app.use(prefix(), './users');",
        "const all = [users];",
        "other.use('/api', users);",
    ] {
        check(&[("users.js", users), ("app.js", &main(line))], &loose);
    }
    check(
        &[("a.js", "axios.get('/users', f);\nclient.post('/x', f);\n")],
        &["? GET /users a.js:1", "? POST /x a.js:2"],
    );
}

#[test]
fn functions_and_plugins_are_given_what_they_hang_in() {
    let main = "import Fastify from 'fastify';\nimport users from './users.js';\nconst app = Fastify();\n\
                app.register(users, { prefix: '/api' });\nconst fastify = app;\n\
                app.register(async function (fastify) {\n  fastify.get('/inner', f);\n}, { prefix: '/v2' });\n\
                app.register(users, options);\n";
    let users = "export default async function routes(fastify, options) {\n  fastify.get('/users', list);\n  \
                 fastify.route({ method: 'POST', url: '/users', handler: add });\n}\n";
    check(
        &[("app.js", main), ("users.js", users)],
        &[
            "GET /v2/inner app.js:7",
            "GET /api/users users.js:2",
            "POST /api/users users.js:3",
        ],
    );
    let main = "const app = require('express')();\nrequire('./routes')(app);\n";
    let routes = "module.exports = function (server) {\n  server.get('/ready', ready);\n};\n";
    check(
        &[("app.js", main), ("routes.js", routes)],
        &["GET /ready routes.js:2"],
    );
}

#[test]
fn members_of_classes_and_honos_routes_are_followed() {
    let class = "import express from 'express';\nexport class Server {\n  private app = express();\n  routes() {\n    \
                 this.app.get('/health', ok);\n  }\n}\n";
    check(&[("a.ts", class)], &["GET /health a.ts:5"]);
    let hono = "import { Hono } from 'hono';\nconst users = new Hono();\nusers.get('/users', list);\n\
                const app = new Hono();\napp.route('/api', users);\n";
    check(&[("a.ts", hono)], &["GET /api/users a.ts:3"]);
}

#[test]
fn nests_controllers_stand_below_the_global_prefix() {
    let calls =
        "@Controller('calls')\nexport class A {\n  @Get(':id')\n  h() {}\n  @Get()\n  p() {}\n}\n";
    check(
        &[("a.ts", calls)],
        &["GET /calls/:id a.ts:3", "GET /calls a.ts:5"],
    );
    let main = "const app = await NestFactory.create(M);\napp.setGlobalPrefix('api');\n";
    check(
        &[("a.ts", calls), ("main.ts", main)],
        &["GET /api/calls/:id a.ts:3", "GET /api/calls a.ts:5"],
    );
    let computed = "app.setGlobalPrefix(config.prefix);\n";
    check(
        &[("a.ts", calls), ("main.ts", computed)],
        &["? GET :id a.ts:3", "? GET  a.ts:5"],
    );
    check(
        &[("a.ts", "class A {\n  @Get('/x')\n  h() {}\n}\n")],
        &["? GET /x a.ts:2"],
    );
}
