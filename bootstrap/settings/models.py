"""Who finds the cast, words the answers, embeds and reranks, and what that may cost."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from bootstrap.settings.server import ServerSettings
from domain.leak import LeakPolicy


class ModelSettings(ServerSettings):
    character_extractor: Literal["builtin", "booknlp"] = Field(
        "builtin",
        validation_alias="CHARACTER_EXTRACTOR",
        description="Who finds the cast: `builtin`, or `booknlp` (needs the extra of that name).",
    )
    booknlp_model: Literal["small", "big"] = Field(
        "small",
        validation_alias="FALSAFA_BOOKNLP_MODEL",
        description="BookNLP's models: `small` takes about 6 GB of memory, `big` more.",
    )
    booknlp_threads: int = Field(
        1,
        ge=1,
        validation_alias="FALSAFA_BOOKNLP_THREADS",
        description="Processor threads that BookNLP may use.",
    )
    llm_provider: str = Field(
        "extractive",
        validation_alias="LLM_PROVIDER",
        description="Who words the answers: `extractive` (the book's own words), `openai`, "
        "`anthropic`, `ollama`.",
    )
    llm_model: str | None = Field(
        None, validation_alias="LLM_MODEL", description="The provider's model."
    )
    llm_fallback_provider: str | None = Field(
        None,
        validation_alias="FALSAFA_LLM_FALLBACK_PROVIDER",
        description="Who answers, and is reported, where the first provider is away before it has "
        "said a word.",
    )
    llm_fallback_model: str | None = Field(
        None,
        validation_alias="FALSAFA_LLM_FALLBACK_MODEL",
        description="The second provider's model.",
    )
    llm_context_tokens: int = Field(
        8192,
        ge=1024,
        validation_alias="FALSAFA_LLM_CONTEXT_TOKENS",
        description="Context window asked of a local model, in tokens.",
    )
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="OpenAI's key."
    )
    openai_base_url: str | None = Field(
        None,
        validation_alias="OPENAI_BASE_URL",
        description="A compatible server instead: vLLM, LM Studio, OpenRouter.",
    )
    anthropic_api_key: SecretStr | None = Field(
        None, validation_alias="ANTHROPIC_API_KEY", description="Anthropic's key."
    )
    anthropic_base_url: str | None = Field(
        None, validation_alias="ANTHROPIC_BASE_URL", description="A proxy instead."
    )
    ollama_host: str = Field(
        "http://127.0.0.1:11434",
        validation_alias="OLLAMA_HOST",
        description="Where Ollama answers.",
    )
    ollama_api_key: SecretStr | None = Field(
        None, validation_alias="OLLAMA_API_KEY", description="For Ollama's cloud."
    )
    persona_count: int = Field(
        20,
        ge=0,
        le=500,
        validation_alias="FALSAFA_PERSONA_COUNT",
        description="How many of the speaking characters get a persona written.",
    )
    persona_writer: Literal["auto", "profile", "model"] = Field(
        "auto",
        validation_alias="FALSAFA_PERSONA_WRITER",
        description="Who writes personas: `profile` (by rule), `model` (the language model, two "
        "calls a character), `auto` (the model where there is one).",
    )
    persona_layers: int = Field(
        3,
        ge=1,
        le=12,
        validation_alias="FALSAFA_PERSONA_LAYERS",
        description="At how many places of a book (ends of chapters, the last of them the book's) "
        "the language model writes a persona of each, for readers who have come so far. 1: for "
        "those of the whole book alone; the others meet people as composed by rule.",
    )
    leak_check: LeakPolicy = Field(
        LeakPolicy.FLAG,
        validation_alias="FALSAFA_LEAK_CHECK",
        description="What becomes of names and wordings in a reply that first come past the "
        "reader's page: `off`, `flag` (told with the reply), `hold` (the sentence is held back; "
        "each comes when it is whole).",
    )
    llm_price_input: float | None = Field(
        None,
        ge=0,
        validation_alias="FALSAFA_LLM_PRICE_INPUT",
        description="The model's price in USD for a million tokens read, for estimates.",
    )
    llm_price_output: float | None = Field(
        None,
        ge=0,
        validation_alias="FALSAFA_LLM_PRICE_OUTPUT",
        description="The same for a million tokens written.",
    )
    ingest_budget_tokens: int | None = Field(
        None,
        ge=0,
        validation_alias="FALSAFA_INGEST_BUDGET_TOKENS",
        description="Most tokens that the personas of one book may take; those beyond it are "
        "written by rule, and the book says so.",
    )
    ingest_budget_usd: float | None = Field(
        None,
        ge=0,
        validation_alias="FALSAFA_INGEST_BUDGET_USD",
        description="The same in USD; needs both prices.",
    )
    embedding_provider: str = Field(
        "minilm",
        validation_alias="EMBEDDING_PROVIDER",
        description="Who embeds: `minilm` (built in), `openai`, `cohere`, `jina`.",
    )
    embedding_model: str | None = Field(
        None,
        validation_alias="EMBEDDING_MODEL",
        description="The provider's model; not set: its usual one.",
    )
    embedding_dimension: int | None = Field(
        None,
        ge=1,
        validation_alias="EMBEDDING_DIMENSION",
        description="Width of the vectors; not set: the model's full one.",
    )
    embedding_threads: int = Field(
        2,
        ge=1,
        validation_alias="FALSAFA_EMBEDDING_THREADS",
        description="Processor threads that the built-in embedder may use.",
    )
    reranker: Literal["auto", "score", "jina"] = Field(
        "auto",
        validation_alias="RERANKER",
        description="Who orders what was found: `score` (our own ranker), `jina`, `auto` (Jina "
        "where it has a key).",
    )
    reranker_model: str = Field(
        "jina-reranker-v3", validation_alias="RERANKER_MODEL", description="The reranker's model."
    )
    cohere_api_key: SecretStr | None = Field(
        None, validation_alias="COHERE_API_KEY", description="Cohere's key."
    )
    cohere_base_url: str | None = Field(
        None, validation_alias="COHERE_BASE_URL", description="A proxy instead."
    )
    jina_api_key: SecretStr | None = Field(
        None, validation_alias="JINA_API_KEY", description="Jina's key."
    )
    jina_base_url: str | None = Field(
        None, validation_alias="JINA_BASE_URL", description="A proxy instead."
    )

    @property
    def chosen_reranker(self) -> str | None:
        """None: our own ranker has the last word."""
        if self.reranker == "auto":
            return "jina" if self.jina_api_key else None
        return None if self.reranker == "score" else self.reranker

    @property
    def models_dir(self) -> Path:
        """What is built once from installed packages, and BookNLP's fetched models."""
        return self.data_dir / "models"
