"""All metrics of the process, in the format that the scraper asks for."""

from typing import Annotated

from dependency_injector.wiring import Provide, inject
from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from adapters.inbound.http.dependencies import from_container

router = APIRouter(tags=["operations"])

Registry = Annotated[CollectorRegistry, Provide["metrics_registry"], Depends(from_container)]


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Prometheus metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@inject
async def metrics(request: Request, registry: Registry) -> Response:
    encode, media_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), headers={"Content-Type": media_type})
