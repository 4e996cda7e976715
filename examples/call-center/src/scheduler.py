"""Once a minute, asks for a digest of the calls that nobody followed up."""

import asyncio
import logging

from src import config
from src.stores import queue


async def main() -> None:
    while True:
        await queue.publish("digest", "unanswered")
        await asyncio.sleep(60)


if __name__ == "__main__":
    logging.basicConfig(level=config.LOG_LEVEL.upper())
    asyncio.run(main())
