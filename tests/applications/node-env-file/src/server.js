const express = require("express");

const app = express();
const password = process.env.DB_PASSWORD;
const session = process.env.SESSION_SECRET;

app.get("/healthz", (_, response) => response.send("ok"));
app.get("/readyz", (_, response) => response.status(password && session ? 200 : 503).end());
app.get("/dishes", (_, response) => response.json([]));

app.listen(process.env.PORT || 3000);
