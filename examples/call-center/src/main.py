"""The call processor: HTTP API and AudioSocket in one process."""

import asyncio

import uvicorn
from fastapi import FastAPI
from prometheus_client import make_asgi_app

from src import audiosocket, config
from src.api import calls, health

app = FastAPI(title="Call processor")
app.include_router(health.router)
app.include_router(calls.router)
app.include_router(calls.live)
app.mount("/metrics", make_asgi_app())


async def main() -> None:
    server = uvicorn.Server(
        uvicorn.Config(app, host="0.0.0.0", port=config.HTTP_PORT, log_level=config.LOG_LEVEL)
    )
    await asyncio.gather(server.serve(), audiosocket.serve())


if __name__ == "__main__":
    asyncio.run(main())
