from pathlib import Path

import pytest

from bootstrap.checks import check_listening, check_settings
from bootstrap.settings import load_settings
from domain.errors import Misconfigured

pytestmark = pytest.mark.usefixtures("bare_environment")


def test_with_nothing_set_the_embedded_parts_serve() -> None:
    settings = load_settings()

    check_settings(settings)
    assert (settings.llm_provider, settings.embedding_provider) == ("extractive", "minilm")
    assert settings.prompts_dir == settings.data_dir / "prompts"


def test_variables_are_read_and_an_empty_one_counts_as_not_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FALSAFA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FALSAFA_PORT", "")
    monkeypatch.setenv("CORS_ORIGINS", "http://a.example, http://b.example")

    settings = load_settings()

    assert settings.data_dir == tmp_path
    assert settings.port == 8001
    assert settings.cors_origin_list == ("http://a.example", "http://b.example")


def test_a_wrong_value_is_told_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_PROCESSING_WORKERS", "many")

    with pytest.raises(Misconfigured, match="MAX_PROCESSING_WORKERS"):
        load_settings()


@pytest.mark.parametrize(
    ("variable", "value", "line"),
    [
        ("AUTH_MODE", "key", "BACKEND_API_KEY="),
        ("EMBEDDING_DIMENSION", "768", "EMBEDDING_DIMENSION=384"),
        ("LLM_PROVIDER", "ollama", "LLM_MODEL="),
        ("FALSAFA_LLM_FALLBACK_PROVIDER", "ollama", "LLM_PROVIDER=ollama"),
        ("FALSAFA_LLM_FALLBACK_MODEL", "llama3.2", "FALSAFA_LLM_FALLBACK_PROVIDER="),
        ("FALSAFA_PERSONA_WRITER", "model", "LLM_PROVIDER="),
        ("FALSAFA_INGEST_BUDGET_USD", "2", "FALSAFA_LLM_PRICE_INPUT"),
        ("SUPABASE_URL", "http://tables.example", "SUPABASE_SERVICE_ROLE_KEY="),
        ("SUPABASE_SERVICE_ROLE_KEY", "k", "SUPABASE_URL="),
        ("SUPABASE_BUCKET", "books", "SUPABASE_URL="),
        ("QDRANT_API_KEY", "k", "QDRANT_URL="),
        ("QDRANT_COLLECTION", "books", "QDRANT_URL="),
        ("TYPESENSE_NODES", "http://words.example:8108", "TYPESENSE_API_KEY="),
        ("TYPESENSE_API_KEY", "k", "TYPESENSE_NODES="),
    ],
)
def test_a_half_configured_part_names_the_line_to_add(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, line: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(Misconfigured, match=line):
        check_settings(load_settings())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUPABASE_URL", "tables.example"),
        ("QDRANT_URL", "localhost:6333"),
        ("QDRANT_URL", "http://vectors.example:port"),
        ("TYPESENSE_NODES", "http://words.example:8108,words.example:port"),
        ("TYPESENSE_NODES", "ftp://words.example"),
        ("TYPESENSE_NODES", ","),
        ("OPENAI_BASE_URL", "localhost:8000/v1"),
        ("ANTHROPIC_BASE_URL", "proxy.example"),
        ("COHERE_BASE_URL", "proxy.example"),
        ("JINA_BASE_URL", "proxy.example"),
    ],
)
def test_an_address_that_is_none_is_told_before_anything_is_asked_there(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(Misconfigured, match=f"{variable}=https://"):
        check_settings(load_settings())


def test_a_node_of_typesense_may_be_a_host_and_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPESENSE_NODES", "http://words.example:8108,words.example:8109,words")
    monkeypatch.setenv("TYPESENSE_API_KEY", "k")

    check_settings(load_settings())


@pytest.mark.parametrize("key", ["clé", "of a file\n"])
def test_a_key_that_no_header_can_carry_is_told_before_the_start(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("QDRANT_URL", "http://vectors.example:6333")
    monkeypatch.setenv("QDRANT_API_KEY", key)

    with pytest.raises(Misconfigured, match="QDRANT_API_KEY is no key") as refused:
        check_settings(load_settings())
    assert key not in refused.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_no_key_is_asked_on_loopback(host: str) -> None:
    check_listening(load_settings(), host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "books.example"])
def test_beyond_loopback_a_key_is_needed(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured, match="BACKEND_API_KEY"):
        check_listening(load_settings(), host)

    monkeypatch.setenv("AUTH_MODE", "key")
    monkeypatch.setenv("BACKEND_API_KEY", "s3cret")
    check_listening(load_settings(), host)


def test_a_key_never_shows_in_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_API_KEY", "s3cret")

    assert "s3cret" not in repr(load_settings())


def test_a_fallback_without_its_model_names_the_line_to_add(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "LLM_PROVIDER": "anthropic",
        "LLM_MODEL": "m",
        "ANTHROPIC_API_KEY": "k",
        "FALSAFA_LLM_FALLBACK_PROVIDER": "ollama",
    }.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(Misconfigured, match="FALSAFA_LLM_FALLBACK_MODEL="):
        check_settings(load_settings())
