"""The measure for intake: FastAPI that validates a body and produces it once, acks=all, by county; nothing else."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from kafka import KafkaProducer
from pydantic import BaseModel


class Report(BaseModel):
    """As little as a framework makes of a body."""

    children: list[dict[str, Any]]
    narrative: str


def application(bootstrap: str, topic: str) -> FastAPI:
    """One route, one produce, one answer."""
    producers: list[KafkaProducer] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5)
        producer.partitions_for(topic)
        producers.append(producer)
        yield
        producer.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/reports", status_code=202)
    async def file(report: Report) -> dict[str, int]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        key = str(report.children[0]["area_code"])[:6].encode()
        future = producers[0].send(topic, report.model_dump_json().encode(), key=key)
        future.add_callback(lambda found: loop.call_soon_threadsafe(done.set_result, found))
        future.add_errback(lambda error: loop.call_soon_threadsafe(done.set_exception, error))
        return {"offset": (await done).offset}

    @app.get("/readyz")
    async def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(os.environ["WARDLINE_KAFKA"], os.environ["BENCH_TOPIC"]),
        port=int(os.environ["WARDLINE_INTAKE_PORT"]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
