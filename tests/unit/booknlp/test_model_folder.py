import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.outbound.booknlp.catalogue import CATALOGUES
from adapters.outbound.booknlp.installation import install
from adapters.outbound.booknlp.model_folder import Fault, ModelFolder
from domain.errors import Misconfigured

SMALL = CATALOGUES["small"]
WHEEL = SMALL.pipeline.name


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tmp_path / "models", SMALL)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / WHEEL
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("en_core_web_sm/en_core_web_sm-3.8.0/config.cfg", "[nlp]")
        archive.writestr("en_core_web_sm/en_core_web_sm-3.8.0/vocab/strings.json", "[]")
        archive.writestr("en_core_web_sm/en_core_web_sm-3.8.0/../../../escaped", "no")
        archive.writestr("en_core_web_sm/__init__.py", "raise SystemExit")
    return path


def faults_of(folder: ModelFolder, name: str, *, thorough: bool = False) -> list[str]:
    return [fault.what for fault in folder.faults(thorough=thorough) if fault.name == name]


def test_an_empty_folder_lacks_everything(folder: ModelFolder) -> None:
    assert folder.faults() == [Fault(artefact.name, "is not there") for artefact in SMALL.all]
    assert folder.missing() == list(SMALL.all)


def test_of_a_wheel_only_the_pipeline_is_unpacked(folder: ModelFolder, wheel: Path) -> None:
    install(folder, SMALL.pipeline, wheel)
    unpacked = {p.relative_to(folder.pipeline).as_posix() for p in folder.pipeline.rglob("*")}
    assert unpacked == {"config.cfg", "vocab", "vocab/strings.json"}
    assert not list(folder.root.parent.rglob("escaped"))
    assert faults_of(folder, WHEEL, thorough=True) == []


def test_installed_again_it_takes_the_place_of_what_was_there(
    folder: ModelFolder, wheel: Path
) -> None:
    install(folder, SMALL.pipeline, wheel)
    (folder.pipeline / "left over").touch()
    install(folder, SMALL.pipeline, wheel)
    assert not (folder.pipeline / "left over").exists()
    assert [p.name for p in folder.root.iterdir() if p.name.startswith(".")] == []


def test_what_is_no_wheel_is_refused_and_leaves_nothing(
    folder: ModelFolder, tmp_path: Path
) -> None:
    path = tmp_path / WHEEL
    path.write_bytes(b"<html>")
    with pytest.raises(Misconfigured):
        install(folder, SMALL.pipeline, path)
    assert list(folder.root.iterdir()) == []


def test_damage_is_found_by_size_at_once_and_by_content_when_read(
    folder: ModelFolder, wheel: Path
) -> None:
    install(folder, SMALL.pipeline, wheel)
    config = folder.pipeline / "config.cfg"
    config.write_text("[nlq]")
    assert faults_of(folder, WHEEL) == []
    assert faults_of(folder, WHEEL, thorough=True) == ["en_core_web_sm-3.8.0/config.cfg is damaged"]
    config.write_text("[nlp")
    assert faults_of(folder, WHEEL) == ["en_core_web_sm-3.8.0/config.cfg has 4 bytes, not 5"]
    config.unlink()
    assert faults_of(folder, WHEEL) == ["en_core_web_sm-3.8.0/config.cfg is gone"]


def test_models_of_another_version_are_not_those_that_are_wanted(
    folder: ModelFolder, wheel: Path
) -> None:
    install(folder, SMALL.pipeline, wheel)
    newer = replace(SMALL, pipeline=replace(SMALL.pipeline, sha256="0" * 64))
    assert faults_of(ModelFolder(folder.root, newer), WHEEL) == ["is not there"]


@pytest.mark.parametrize("content", ["", "[]", "{", "null"])
def test_a_manifest_that_cannot_be_read_counts_as_none(folder: ModelFolder, content: str) -> None:
    folder.root.mkdir()
    (folder.root / "manifest.json").write_text(content)
    assert folder.missing() == list(SMALL.all)


@pytest.mark.parametrize("model", ["small", "big"])
def test_each_network_finds_the_sizes_and_words_of_its_encoder(tmp_path: Path, model: str) -> None:
    folder = ModelFolder(tmp_path / "models", CATALOGUES[model])
    words = tmp_path / "vocab.txt"
    words.write_text("[PAD]\n[UNK]\nemma\n")
    install(folder, folder.catalogue.vocabulary, words)
    for network in folder.catalogue.networks:
        name = network.name.split("_", 1)[1].removeprefix("google_").partition("-v")[0]
        repository = folder.hub / "hub" / f"models--google--{name}"
        snapshot = repository / "snapshots" / (repository / "refs/main").read_text()
        config = json.loads((snapshot / "config.json").read_text())
        sizes = f"L-{config['num_hidden_layers']}_H-{config['hidden_size']}"
        assert name == f"bert_uncased_{sizes}_A-{config['num_attention_heads']}"
        assert config["vocab_size"] == 3
        assert (snapshot / "vocab.txt").read_bytes() == words.read_bytes()
