"""Connections to PostgreSQL and Redis, opened on first use."""

import asyncpg
import redis.asyncio as redis

from src import config

_pool: asyncpg.Pool | None = None


async def database() -> asyncpg.Pool:
    global _pool
    if _pool is None:
        _pool = await asyncpg.create_pool(config.DATABASE_URL, min_size=1, max_size=10)
    return _pool


queue = redis.from_url(config.REDIS_URL, decode_responses=True)
