const express = require("express");
const { WebSocketServer } = require("ws");

const app = express();
const secret = process.env.SESSION_SECRET;
const redis = process.env.REDIS_URL;

app.get("/health", (_, response) => response.json({ ok: true }));
app.get("/ready", (_, response) => response.status(secret && redis ? 200 : 503).end());

const server = app.listen(4000);
new WebSocketServer({ server, path: "/ws" });
