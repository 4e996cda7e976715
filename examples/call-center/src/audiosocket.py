"""AudioSocket: the exchange opens a TCP connection for each call (type, length, payload)."""

import asyncio
import uuid

from src import config
from src.stores import database, queue

HANGUP, IDENTITY, AUDIO = 0x00, 0x01, 0x10


async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    settings = config.audiosocket()
    call_id = None
    try:
        while True:
            head = await asyncio.wait_for(reader.readexactly(3), settings.idle_timeout)
            payload = await reader.readexactly(int.from_bytes(head[1:], "big"))
            if head[0] == HANGUP:
                break
            if head[0] == IDENTITY:
                caller = str(uuid.UUID(bytes=payload))
                call_id = await (await database()).fetchval(
                    "INSERT INTO calls (caller) VALUES ($1) RETURNING id", caller
                )
                await queue.publish("calls", f"started {call_id}")
    except (asyncio.IncompleteReadError, TimeoutError):
        pass  # the exchange hung up without saying so
    finally:
        writer.close()
        if call_id is not None:
            await (await database()).execute(
                "UPDATE calls SET ended_at = now() WHERE id = $1", call_id
            )
            await queue.rpush("follow-ups", call_id)


async def serve() -> None:
    server = await asyncio.start_server(call, "0.0.0.0", config.audiosocket().port)
    async with server:
        await server.serve_forever()
