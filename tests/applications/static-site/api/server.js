const express = require("express");

const app = express();
const hook = process.env.FORM_WEBHOOK_URL;

app.get("/health", (_, response) => response.json({ ok: true }));
app.post("/contact", (_, response) => response.status(hook ? 202 : 503).end());

app.listen(Number(process.env.PORT || 5000));
