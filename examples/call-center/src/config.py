"""Everything that the environment decides."""

import os
from functools import lru_cache

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

APP_ENV = os.environ.get("APP_ENV", "development")
LOG_LEVEL = os.getenv("LOG_LEVEL", "info")
HTTP_PORT = int(os.getenv("HTTP_PORT", "8080"))

DATABASE_URL = os.environ["DATABASE_URL"]
REDIS_URL = os.environ["REDIS_URL"]
JWT_SECRET = os.environ["JWT_SECRET"]


class AudioSocketSettings(BaseSettings):
    """The TCP side that the telephone exchange connects to."""

    model_config = SettingsConfigDict(env_prefix="AUDIOSOCKET_")

    port: int = 9092
    max_calls: int = 200
    idle_timeout: float = 30.0


class SpeechSettings(BaseSettings):
    """Speech recognition."""

    model_config = SettingsConfigDict(env_prefix="SPEECH_")

    api_key: SecretStr
    base_url: str = "https://speech.example.com/v1"
    language: str = "uk-UA"


class AdminSettings(BaseSettings):
    """The administration API."""

    model_config = SettingsConfigDict(env_prefix="ADMIN_")

    port: int = 8090
    allowed_origins: str = ""


class WorkerSettings(BaseSettings):
    """Background work."""

    model_config = SettingsConfigDict(env_prefix="WORKER_")

    concurrency: int = 4


@lru_cache
def audiosocket() -> AudioSocketSettings:
    return AudioSocketSettings()


@lru_cache
def speech() -> SpeechSettings:
    return SpeechSettings()


@lru_cache
def admin() -> AdminSettings:
    return AdminSettings()


@lru_cache
def worker() -> WorkerSettings:
    return WorkerSettings()
