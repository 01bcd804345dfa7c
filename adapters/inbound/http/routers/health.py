"""Is it alive, and can it work: for orchestrators, so open to everybody."""

from dependency_injector.wiring import inject
from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from adapters.inbound.http.dependencies import Readiness
from adapters.inbound.http.schemas.health import ReadyOut

router = APIRouter(tags=["operations"])


@router.get("/health", operation_id="health", summary="Alive; checks nothing else")
async def health() -> PlainTextResponse:
    return PlainTextResponse("ok")


@router.get(
    "/ready",
    operation_id="ready",
    summary="Whether each dependency works",
    description="200 also while one is away that is not needed: then answers are degraded.",
    responses={503: {"model": ReadyOut, "description": "A needed dependency does not work."}},
)
@inject
async def ready(response: Response, readiness: Readiness) -> ReadyOut:
    answer = ReadyOut.of(await readiness.check())
    if answer.status == "unavailable":
        response.status_code = 503
    return answer
