"""How figures are said: each in one way, wherever it stands and from wherever it comes."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis import words
from ecgmm.analysis.words import clock, percent
from ecgmm.web.routes.page import STATIC


@pytest.mark.parametrize(
    ("time_s", "said", "whole"),
    [
        (0.04, "0.0 s", "0 s"),
        (7.349, "7.3 s", "7 s"),
        (0.25, "0.3 s", "0 s"),
        (59.96, "1:00.0", "1:00"),
        (127.34, "2:07.3", "2:07"),
        (3727.3, "1:02:07.3", "1:02:07"),
    ],
)
def test_times_read_like_a_clock(time_s: float, said: str, whole: str) -> None:
    assert clock(time_s) == said
    assert clock(time_s, decimals=0) == whole


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.0, "under 1 %"), (0.29, "29 %"), (0.974, "97 %"), (0.996, "over 99 %"), (1.0, "over 99 %")],
)
def test_nothing_is_said_to_be_certain(probability: float, said: str) -> None:
    assert percent(probability) == said


@pytest.mark.parametrize(
    ("rate_bpm", "said"), [(45.45, "46 bpm"), (45.5, "46 bpm"), (44.5, "45 bpm")]
)
def test_halves_go_upwards(rate_bpm: float, said: str) -> None:
    assert words.rate(rate_bpm) == said
    assert words.rate(round(rate_bpm, 1)) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("II",), "lead II"),
        (("I", "II"), "leads I, II"),
        (("lead 1",), "lead 1"),
        (("lead 1", "lead 2"), "leads 1, 2"),
        (("unknown",), "no lead named"),
        ((), "no lead named"),
    ],
)
def test_leads_have_their_noun_once(names: tuple[str, ...], said: str) -> None:
    assert words.leads(names) == said


@given(rate_bpm=st.floats(1, 400), probability=st.floats(0, 1), time_s=st.floats(0, 1e6))
def test_the_json_is_said_as_what_it_was_made_from(
    rate_bpm: float, probability: float, time_s: float
) -> None:
    assert words.rate(rate_bpm) == words.rate(round(rate_bpm, 1))
    assert percent(probability) == percent(round(probability, 4))
    assert clock(time_s) == clock(round(time_s, 3))


@given(probability=st.floats(0.5, 1))
def test_a_probability_and_its_rest_are_said_of_a_whole(probability: float) -> None:
    said, rest = percent(probability), percent(1 - round(probability, 4))
    numbers = [int(text.split()[-2]) for text in (said, rest)]
    assert sum(numbers) in (100, 101)


def test_the_page_says_figures_as_the_program_does(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the PATH")
    times_s = np.random.default_rng(1).uniform(0, 90_000, 500).round(3).tolist()
    times_s += [0.05, 0.25, 7.35, 59.95, 59.949, 3599.95]
    probabilities = np.linspace(0, 1, 2001).round(4).tolist()
    script = tmp_path / "say.mjs"
    script.write_text(
        f"import {{ clock, percent }} from {json.dumps((STATIC / 'js' / 'words.js').as_uri())};\n"
        f"console.log(JSON.stringify([...{times_s}.flatMap((s) => [clock(s), clock(s, 0)]), "
        f"...{probabilities}.map(percent)]));\n"
    )
    done = subprocess.run([node, script], capture_output=True, text=True, check=True)
    expected = itertools.chain.from_iterable(
        (clock(time_s), clock(time_s, decimals=0)) for time_s in times_s
    )
    assert json.loads(done.stdout) == [*expected, *map(percent, probabilities)]
