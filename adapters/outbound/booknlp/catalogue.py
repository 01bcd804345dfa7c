"""What BookNLP's models consist of, where they lie, and how they are known again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file as published. The digest is that of the file on its server."""

    name: str
    url: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The three networks of one BookNLP model, and what both models share."""

    entities: Artefact
    coref: Artefact
    speaker: Artefact
    vocabulary: Artefact  # of BERT, uncased
    pipeline: Artefact  # spaCy's, as a wheel

    @property
    def networks(self) -> tuple[Artefact, ...]:
        return self.entities, self.coref, self.speaker

    @property
    def all(self) -> tuple[Artefact, ...]:
        return (*self.networks, self.vocabulary, self.pipeline)


# BookNLP itself asks this server over plain HTTP; it answers over HTTPS too.
_BERKELEY = "https://people.ischool.berkeley.edu/~dbamman/booknlp_models"


def _network(name: str, size: int, sha256: str) -> Artefact:
    return Artefact(name, f"{_BERKELEY}/{name}", size, sha256)


# One and the same for every size of uncased BERT.
_VOCABULARY = Artefact(
    "vocab.txt",
    "https://huggingface.co/bert-base-uncased/resolve/"
    "86b5e0934494bd15c9632b12f734a8a67f723594/vocab.txt",
    231_508,
    "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
)
_PIPELINE = Artefact(
    "en_core_web_sm-3.8.0-py3-none-any.whl",
    "https://github.com/explosion/spacy-models/releases/download/en_core_web_sm-3.8.0/"
    "en_core_web_sm-3.8.0-py3-none-any.whl",
    12_806_118,
    "1932429db727d4bff3deed6b34cfc05df17794f4a52eeb26cf8928f7c1a0fb85",
)

CATALOGUES: Mapping[str, Catalogue] = {
    "small": Catalogue(
        entities=_network(
            "entities_google_bert_uncased_L-4_H-256_A-4-v1.0.model",
            61_979_735,
            "0620eed33c32c9b15dcbf3303bb3809b4f7ea29eef5311ba55db361a848cda5a",
        ),
        coref=_network(
            "coref_google_bert_uncased_L-2_H-256_A-4-v1.0.model",
            40_831_851,
            "eadd62a0b5d6f1d8908ee31c9949f863b731046e0e64df8c0c46bedf07a56116",
        ),
        speaker=_network(
            "speaker_google_bert_uncased_L-8_H-256_A-4-v1.0.1.model",
            57_586_985,
            "1f530622219b8d6d90881f0d2eaeeec08ff6b73287d9eac66a1505ee0e6887e5",
        ),
        vocabulary=_VOCABULARY,
        pipeline=_PIPELINE,
    ),
    "big": Catalogue(
        entities=_network(
            "entities_google_bert_uncased_L-6_H-768_A-12-v1.0.model",
            311_346_637,
            "c67654ac10b3b49371544ccaf8ed76d224f0d274d23f7f7ea09e74f173ddbe06",
        ),
        coref=_network(
            "coref_google_bert_uncased_L-12_H-768_A-12-v1.0.model",
            446_250_373,
            "9b301a05eff4573d34ad2672f310110b716801759470044b07d1979a0dbb50d8",
        ),
        speaker=_network(
            "speaker_google_bert_uncased_L-12_H-768_A-12-v1.0.1.model",
            438_641_129,
            "5f3cdf9880f4f70b3aa0a88a5f4fea78aafaeff52b8f1a4a8712a47939bb1d0d",
        ),
        vocabulary=_VOCABULARY,
        pipeline=_PIPELINE,
    ),
}
