"""A language model that tells more than the reader has read."""

import pytest
from dependency_injector import providers

from adapters.inbound.cli.talk import MAY_SPOIL
from adapters.outbound.memory.chat_model import ScriptedChatModel
from application.reply import HELD_BACK_NOTE
from bootstrap.container import Container
from domain.leak import HELD_BACK
from tests.integration.cli.command_line import CommandLine

QUESTION = ("talk", "dowager", "--with", "Winifred", "--say", "Whom should I ask?")


def a_talker(container: Container) -> None:
    """Says what chapter 4 tells first."""
    model = ScriptedChatModel(
        ["Ask me. Or ask Miss Cor", "rie, who has it all in wool. Good", "bye."]
    )
    container.chat_model.override(providers.Object(model))


@pytest.mark.parametrize(("chapter", "warned"), [(2, True), (4, False)])
def test_a_reader_is_warned_of_a_reply_that_tells_of_later_pages(
    falsafa: CommandLine, chapter: int, warned: bool
) -> None:
    told = falsafa(*QUESTION, "--up-to", f"chapter:{chapter}", change=a_talker)

    assert "Ask me. Or ask Miss Corrie" in told.stdout
    assert (MAY_SPOIL in told.stderr) == warned


def test_or_what_it_tells_of_them_is_held_back(falsafa: CommandLine) -> None:
    told = falsafa(*QUESTION, "--up-to", "chapter:2", change=a_talker, leak_check="hold")

    assert f"Ask me. {HELD_BACK} Goodbye." in told.stdout
    assert "Corrie" not in told.output
    assert HELD_BACK_NOTE in told.stderr
    assert MAY_SPOIL not in told.stderr
