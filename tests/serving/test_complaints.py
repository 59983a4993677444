"""What the graph wrote for people is found in whatever stands around it."""

from __future__ import annotations

import pytest

from ecgmm.serving.complaints import graph_complaint, refusal

SENTENCE = "Expected signal of shape [batch, samples]. Received samples: 7"
ASSERTED = "assertion failed: [Expected signal of shape [batch, samples]. Received samples:] [7]"


@pytest.mark.parametrize(
    "said",
    [
        ASSERTED,
        f"{{{{function_node __inference_signal_1}}}} {ASSERTED}\n\t [[{{{{node Assert/Assert}}}}]]",
        "Graph execution error:\n\nDetected at node Assert defined at (most recent call last):\n"
        f"<stack traces unavailable>\n{ASSERTED}\n\t [[{{{{node Assert}}}}]] [Op:__inference_9]",
        SENTENCE,
    ],
    ids=["bare", "server", "Python", "no assertion"],
)
def test_the_sentence_is_found(said: str) -> None:
    assert graph_complaint(said) == SENTENCE


def test_a_message_without_words_is_no_crash() -> None:
    assert graph_complaint("") == "it does not say why"


def test_a_server_is_named_and_the_code_is_the_same() -> None:
    here, there = refusal(ASSERTED), refusal(ASSERTED, by="grpc://host:8500")
    assert here.code == there.code == "refused_by_model"
    assert there.message == f"grpc://host:8500 refused the input: {SENTENCE}"
