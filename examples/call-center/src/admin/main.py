"""The administration API: operators and their shifts."""

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src import config
from src.api import health
from src.stores import database

app = FastAPI(title="Call centre administration")
app.include_router(health.router)
app.add_middleware(
    CORSMiddleware,
    allow_origins=[origin for origin in config.admin().allowed_origins.split(",") if origin],
    allow_methods=["*"],
    allow_headers=["*"],
)


def operator(token: HTTPAuthorizationCredentials = Depends(HTTPBearer())) -> str:
    try:
        return jwt.decode(token.credentials, config.JWT_SECRET, algorithms=["HS256"])["sub"]
    except jwt.PyJWTError as error:
        raise HTTPException(401, "not signed in") from error


@app.get("/admin/operators")
async def operators(_: str = Depends(operator)) -> list[dict]:
    rows = await (await database()).fetch("SELECT id, name, on_shift FROM operators ORDER BY name")
    return [dict(row) for row in rows]


@app.post("/admin/operators/{operator_id}/shift", status_code=204)
async def shift(operator_id: int, on: bool, _: str = Depends(operator)) -> None:
    await (await database()).execute(
        "UPDATE operators SET on_shift = $2 WHERE id = $1", operator_id, on
    )


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=config.admin().port, log_level=config.LOG_LEVEL)
