"""What a check says must not depend on how busy the machine is."""

import pytest

from rnn_helpers.checking import detectors, exercise
from rnn_helpers.checking.repairs import search


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercise, "_FOR_THE_CAUSE", 60.0)
    monkeypatch.setattr(exercise, "_FOR_A_MUTANT", 0.5)
    monkeypatch.setattr(detectors, "_BY_THE_CLOCK", 60.0)
    monkeypatch.setattr(search, "BY_THE_CLOCK", 60.0)
    monkeypatch.setattr(search, "_EACH", 1.0)
