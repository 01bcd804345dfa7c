import base64
import hashlib
import hmac
import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from starlette.types import Receive, Scope, Send

from adapters.inbound.http.middleware.metrics import EndpointTemplates, MetricsMiddleware
from adapters.outbound.metrics.prometheus import PrometheusMetrics
from bootstrap.settings import Settings
from bootstrap.settings.limits import LimitSettings
from bootstrap.settings.models import ModelSettings
from bootstrap.settings.server import ServerSettings
from bootstrap.settings.stores import StoreSettings

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("api", "worker", "worker-booknlp")
MAKE_ENV = runpy.run_path(str(ROOT / "deploy" / "make_env.py"))

# Set by Docker or read by other programs; the rest must be settings of ours.
FOREIGN = {"PATH", "HOME", "PYTHONUNBUFFERED", "PYTHONUTF8"}


async def nobody(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError


def variables() -> set[str]:
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_cannot_write_but_where_they_keep_things(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert {v.split(":")[1] for v in service["volumes"]} == {"/data", "/prompts"}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_our_containers_is_a_setting(name: str) -> None:
    assert SERVICES[name]["environment"].keys() <= variables()


@pytest.mark.parametrize("name", OURS)
def test_what_is_chosen_in_the_environment_file_reaches_our_containers(name: str) -> None:
    """A budget, say, that is passed over costs money."""
    passed = SERVICES[name]["environment"]
    for group in (StoreSettings, ModelSettings, LimitSettings):
        fields = group.model_fields.keys() - ServerSettings.model_fields.keys()
        chosen = {str(group.model_fields[field].validation_alias) for field in fields}
        assert chosen - passed.keys() <= {"CHARACTER_EXTRACTOR", "SYSTEM_PROMPT_STORAGE_PATH"}


def test_every_variable_of_the_image_is_a_setting() -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    runtime = text[text.index("AS base") :]
    lines = [line[4:] for line in runtime.splitlines() if line.startswith("ENV ")]
    told = {pair.partition("=")[0] for line in lines for pair in line.split()}
    assert told - FOREIGN <= variables()


def test_the_image_runs_as_nobody_special_and_serves_on_its_port() -> None:
    text = (ROOT / "Dockerfile").read_text()
    default = text[text.rindex("FROM ") :]
    assert 'CMD ["falsafa", "serve"]' in default
    assert "EXPOSE 8001" in default
    assert "USER 10001:10001" in text


def test_only_the_api_and_the_dashboards_are_reached_from_outside() -> None:
    assert [n for n, s in SERVICES.items() if "traefik" in s.get("networks", ())] == ["api"]
    published = {n: s["ports"] for n, s in SERVICES.items() if "ports" in s}
    assert published == {"grafana": ["127.0.0.1:3000:3000"]}


def test_redis_keeps_jobs_on_disk_and_evicts_none() -> None:
    command = SERVICES["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--appendfsync") + 1] == "always"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_secrets_file_has_all_that_compose_asks_for() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))
    assert required <= MAKE_ENV["environment"]().keys()


def test_the_service_role_key_is_signed_for_postgrest() -> None:
    made = MAKE_ENV["environment"]()
    signed, _, signature = made["SUPABASE_SERVICE_ROLE_KEY"].rpartition(".")
    expected = hmac.digest(made["PGRST_JWT_SECRET"].encode(), signed.encode(), hashlib.sha256)
    assert base64.urlsafe_b64decode(signature + "=") == expected
    claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
    assert claims["role"] == "service_role"
    assert claims["exp"] > claims["iat"]


def test_two_calls_give_other_secrets() -> None:
    assert (
        MAKE_ENV["environment"]()["BACKEND_API_KEY"]
        != (MAKE_ENV["environment"]()["BACKEND_API_KEY"])
    )


def test_the_dashboard_asks_for_series_that_there_are() -> None:
    registry = CollectorRegistry()
    PrometheusMetrics(registry)
    MetricsMiddleware(nobody, templates=EndpointTemplates([]), registry=registry)
    told = set(re.findall(r"^# TYPE (\w+)", generate_latest(registry).decode(), re.MULTILINE))
    dashboard = (ROOT / "deploy" / "grafana" / "dashboards" / "falsafa.json").read_text()
    asked = set(re.findall(r"\b((?:falsafa|processing|http)_\w+)", dashboard))
    bare = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked}
    assert bare
    assert bare <= told


def test_prometheus_scrapes_every_kind_of_container_of_ours() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    scraped = {
        (name, found["port"])
        for job in config["scrape_configs"]
        for found in job["dns_sd_configs"]
        for name in found["names"]
    }
    assert scraped == {("api", 8001), ("worker", 8002), ("worker-booknlp", 8002)}
