"""BookNLP's models in miniature, as their servers would offer them: `python -m … FOLDER`.

The networks have the shapes of "small" and random weights, but that two of them have learned one
short text by heart: who its people are, and that whoever is named nearest has spoken. Made in a
process of its own, for BookNLP finds its encoders where the environment says when it is imported.
"""

import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from string import printable, punctuation
from typing import Any

from adapters.outbound.booknlp.catalogue import CATALOGUES, Artefact, Catalogue
from adapters.outbound.booknlp.installation import install
from adapters.outbound.booknlp.model_folder import ModelFolder
from tests.contract.test_character_extractor import TEXT

SMALL = CATALOGUES["small"]
PEOPLE = {"Ada", "Ben"}
LEARNED = f"{TEXT}\n\nIt rained all day."
_PRONOUNS = [
    ["he", "him", "his"],
    ["she", "her"],
    ["they", "them", "their"],
    ["xe", "xem", "xyr", "xir"],
    ["ze", "zem", "zir", "hir"],
]
_STEPS = 60


def catalogue_of(published: Path, url: str) -> Catalogue:
    """What the folder holds, as offered under an address."""

    def offered(artefact: Artefact) -> Artefact:
        content = (published / artefact.name).read_bytes()
        return replace(
            artefact,
            url=f"{url}/{artefact.name}",
            size=len(content),
            sha256=sha256(content).hexdigest(),
        )

    return Catalogue(*map(offered, SMALL.all))


def write_vocabulary(path: Path) -> None:
    """Every letter, and the words of the text."""
    letters = [c for c in dict.fromkeys(printable.lower()) if not c.isspace()] + list("“”‘’—")
    words = [word.strip(punctuation).lower() for word in LEARNED.split()]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    entries = dict.fromkeys([*special, *letters, *(f"##{c}" for c in letters), *words])
    path.write_text("".join(f"{entry}\n" for entry in entries), encoding="utf-8")


def write_pipeline(path: Path, workplace: Path) -> Any:
    """A spaCy pipeline that knows sentences, and names by their capitals; zipped like a wheel."""
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    ruler: Any = pipeline.add_pipe("attribute_ruler")
    ruler.add([[{"IS_TITLE": True}]], {"POS": "PROPN", "TAG": "NNP"})
    pipeline.to_disk(workplace)
    name = path.name.removesuffix("-py3-none-any.whl")
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.dist-info/METADATA", "Name: en_core_web_sm\n")
        for file in sorted(workplace.rglob("*")):
            if file.is_file():
                inside = file.relative_to(workplace).as_posix()
                wheel.write(file, f"{name.rpartition('-')[0]}/{name}/{inside}")
    return pipeline


def write_networks(folder: Path, pipeline: Any) -> None:
    import booknlp.english
    import torch
    from booknlp.common.pipelines import SpacyPipeline
    from booknlp.common.sequence_layered_reader import read_tagset
    from booknlp.english.bert_coref_quote_pronouns import BERTCorefTagger
    from booknlp.english.speaker_attribution import BERTSpeakerID
    from booknlp.english.tagger import Tagger

    torch.manual_seed(0)
    torch.set_num_threads(1)
    data = Path(booknlp.english.__file__).parent / "data"
    tags = read_tagset(data / "entity_cat.tagset")
    senses = read_tagset(data / "supersense.tagset")
    tagger = Tagger(
        base_model=_encoder(SMALL.entities),
        tagset=tags,
        supersense_tagset=senses,
        tagset_flat={"EVENT": 1, "O": 1},
        device=torch.device("cpu"),
    )
    with torch.no_grad():
        for layer in (tagger.hidden2tag2, tagger.hidden2tag3):
            layer.bias[tags["O"]] += 20.0  # no names within names
        tagger.supersense_hidden2tag1.bias[senses["O"]] += 2.0
        tagger.flat_classifier.bias[0] += 0.3  # an event beyond a sentence's end would end the run
        tagger.crf.transitions.mul_(0.01)
    coref = BERTCorefTagger(gender_cats=_PRONOUNS, base_model=_encoder(SMALL.coref))
    speaker = BERTSpeakerID(base_model=_encoder(SMALL.speaker))
    _save(tagger, folder / SMALL.entities.name)
    _save(speaker, folder / SMALL.speaker.name)
    _save(coref, folder / SMALL.coref.name)

    tokens = SpacyPipeline(pipeline).tag(LEARNED)
    _learn_people(tagger, tokens, tags, folder)
    _learn_speakers(speaker, tokens, folder)


def _learn_people(tagger: Any, tokens: Any, tags: dict[str, int], folder: Path) -> None:
    import torch
    from booknlp.english.entity_tagger import LitBankEntityTagger

    def tag(whole: Any) -> None:
        whole.tag(tokens)

    tagset = Path(sys.modules["booknlp.english"].__file__ or "").parent / "data/entity_cat.tagset"
    whole = LitBankEntityTagger(str(_loadable(folder, SMALL.entities)), str(tagset))
    seen = _inputs(whole.model.lstm1, lambda: tag(whole))
    right = [tags["B-PROP_PER"] if token.text in PEOPLE else tags["O"] for token in tokens]
    wanted = torch.full(seen.shape[:2], tags["O"])
    wanted[0, : len(right)] = torch.tensor(right)
    parts = [tagger.lstm1, tagger.hidden2tag1]
    _train(parts, lambda: tagger.hidden2tag1(tagger.lstm1(seen)[0]).flatten(0, 1), wanted.flatten())
    _save(tagger, folder / SMALL.entities.name)


def _learn_speakers(speaker: Any, tokens: Any, folder: Path) -> None:
    import torch
    from booknlp.english.bert_qa import QuotationAttribution
    from booknlp.english.litbank_quote import QuoteTagger

    quotes = QuoteTagger().tag(tokens)
    named = [(t.token_id, t.token_id, "PROP_PER", t.text) for t in tokens if t.text in PEOPLE]
    whole = QuotationAttribution(str(_loadable(folder, SMALL.speaker)))
    seen = _inputs(whole.model.fc, lambda: whole.tag(quotes, named, tokens))
    nearest = torch.zeros(len(quotes), dtype=torch.long)  # candidates come by their distance
    _train(
        [speaker.fc, speaker.fc2],
        lambda: speaker.fc2(torch.tanh(speaker.fc(seen))).squeeze(2),
        nearest,
    )
    _save(speaker, folder / SMALL.speaker.name)


def _train(parts: list[Any], answer: Callable[[], Any], wanted: Any) -> None:
    import torch

    optimizer = torch.optim.Adam([p for part in parts for p in part.parameters()], lr=0.01)
    for _ in range(_STEPS):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(answer(), wanted).backward()
        optimizer.step()


def _inputs(layer: Any, use: Callable[[], object]) -> Any:
    """What reaches a layer of a network while it is in use."""
    import torch

    seen: list[Any] = []
    hook = layer.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach().clone()))
    with torch.no_grad():
        use()
    hook.remove()
    return seen[0]


def _encoder(artefact: Artefact) -> str:
    return artefact.name.removesuffix(".model").replace("google_bert", "google/bert")


def _save(network: Any, path: Path) -> None:
    """With the buffer that networks of before 2023 still hold."""
    import torch

    torch.save({**network.state_dict(), "bert.embeddings.position_ids": torch.arange(512)}, path)


def _loadable(folder: Path, artefact: Artefact) -> Path:
    models = ModelFolder(folder / "workplace", SMALL)
    install(models, artefact, folder / artefact.name)
    return models.network(artefact)


def main(folder: Path) -> None:
    models = ModelFolder(folder / "workplace", SMALL)
    write_vocabulary(folder / SMALL.vocabulary.name)
    install(models, SMALL.vocabulary, folder / SMALL.vocabulary.name)
    os.environ.update(HF_HOME=str(models.hub), HF_HUB_OFFLINE="1")
    import booknlp.booknlp  # noqa: F401 - it quietens transformers

    pipeline = write_pipeline(folder / SMALL.pipeline.name, folder / "workplace" / "pipeline")
    write_networks(folder, pipeline)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
