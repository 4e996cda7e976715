import os

from fastapi import FastAPI

app = FastAPI()
TRITON_URL = os.environ["TRITON_URL"]
API_TOKEN = os.environ["API_TOKEN"]
MAX_BATCH = int(os.getenv("MAX_BATCH", "8"))


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/ready")
def ready():
    return {"upstream": TRITON_URL}
