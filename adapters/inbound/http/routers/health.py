"""Is it alive, and can it work: for orchestrators, so open to everybody."""

import asyncio

from dependency_injector.wiring import inject
from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from adapters.inbound.http.dependencies import HealthChecks
from adapters.inbound.http.schemas.health import DependencyOut, ReadyOut
from application.ports.health import Health, HealthCheck

_PATIENCE = 5.0  # seconds for a dependency to answer

router = APIRouter(tags=["operations"])


@router.get("/health", operation_id="health", summary="Alive; checks nothing else")
async def health() -> PlainTextResponse:
    return PlainTextResponse("ok")


@router.get(
    "/ready",
    operation_id="ready",
    summary="Whether each dependency works",
    responses={503: {"model": ReadyOut, "description": "At least one dependency does not work."}},
)
@inject
async def ready(response: Response, checks: HealthChecks) -> ReadyOut:
    found = await asyncio.gather(*(_checked(check) for check in checks))
    all_ok = all(health.ok for health in found)
    if not all_ok:
        response.status_code = 503
    return ReadyOut(
        status="ready" if all_ok else "unavailable",
        dependencies=[DependencyOut.of(health) for health in found],
    )


async def _checked(check: HealthCheck) -> Health:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await check.check()
    except TimeoutError:
        name = type(check).__name__
        return Health(name, ok=False, detail=f"no answer in {_PATIENCE:.0f} s")
