import os

from fastapi import FastAPI

app = FastAPI()
DATABASE_URL = os.environ["DATABASE_URL"]
CACHE_URL = os.environ["CACHE_URL"]
WORKERS = int(os.getenv("WORKERS", "2"))


@app.get("/health")
def health():
    return {"ok": True}


@app.get("/health/ready")
def ready():
    return {"ok": bool(DATABASE_URL)}
