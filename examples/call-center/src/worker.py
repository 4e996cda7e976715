"""Works off the follow-ups of ended calls."""

import asyncio
import logging

from src import config
from src.stores import database, queue

log = logging.getLogger(__name__)


async def work() -> None:
    while True:
        _, call_id = await queue.blpop("follow-ups")
        await (await database()).execute(
            "UPDATE calls SET followed_up_at = now() WHERE id = $1", int(call_id)
        )
        log.info("followed up call %s", call_id)


async def main() -> None:
    await asyncio.gather(*(work() for _ in range(config.worker().concurrency)))


if __name__ == "__main__":
    logging.basicConfig(level=config.LOG_LEVEL.upper())
    asyncio.run(main())
