import os

from fastapi import FastAPI

app = FastAPI()
STRIPE_SECRET_KEY = os.environ["STRIPE_SECRET_KEY"]


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
