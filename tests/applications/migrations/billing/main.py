import os

from fastapi import FastAPI

app = FastAPI()
DATABASE_URL = os.environ["DATABASE_URL"]
JWT_SECRET = os.environ["JWT_SECRET"]


@app.get("/health")
def health():
    return {"ok": True}


@app.get("/ready")
def ready():
    return {"database": bool(DATABASE_URL)}
