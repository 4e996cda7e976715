"""Calls: what was said, and what follows from it."""

from fastapi import APIRouter, HTTPException, WebSocket

from src.stores import database, queue

router = APIRouter(prefix="/api/calls", tags=["calls"])
live = APIRouter()


@router.get("")
async def recent(limit: int = 50) -> list[dict]:
    rows = await (await database()).fetch(
        "SELECT id, caller, started_at, ended_at FROM calls ORDER BY started_at DESC LIMIT $1",
        min(limit, 500),
    )
    return [dict(row) for row in rows]


@router.get("/{call_id}")
async def one(call_id: int) -> dict:
    row = await (await database()).fetchrow("SELECT * FROM calls WHERE id = $1", call_id)
    if row is None:
        raise HTTPException(404, "no such call")
    return dict(row)


@router.post("/{call_id}/follow-up", status_code=202)
async def follow_up(call_id: int) -> dict[str, int]:
    await queue.rpush("follow-ups", call_id)
    return {"queued": call_id}


@live.websocket("/ws")
async def events(socket: WebSocket) -> None:
    await socket.accept()
    channel = queue.pubsub()
    await channel.subscribe("calls")
    async for message in channel.listen():
        if message["type"] == "message":
            await socket.send_text(message["data"])
