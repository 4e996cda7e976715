"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter, Response

from src.stores import database, queue

router = APIRouter(prefix="/health", tags=["health"])


@router.get("")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/ready")
async def ready(response: Response) -> dict[str, str]:
    try:
        await (await database()).fetchval("SELECT 1")
        await queue.ping()
    except Exception as error:  # any failure means: don't send calls here
        response.status_code = 503
        return {"status": "unavailable", "reason": type(error).__name__}
    return {"status": "ok"}
