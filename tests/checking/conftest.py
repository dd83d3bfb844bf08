"""Each test of the checks has a progress of its own."""

import pytest

from rnn_helpers.checking import detectors, exercise
from rnn_helpers.checking.repairs import search


class NeverError(Exception):
    """No detector raises it, so that one that trips over an answer fails its test."""


@pytest.fixture(autouse=True)
def no_detector_trips(monkeypatch):
    monkeypatch.setattr(detectors, "SKIPPED", NeverError)


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    """Let no sentence depend on how busy the machine is: only what it computes is limited."""
    monkeypatch.setattr(exercise, "_FOR_THE_CAUSE", 60.0)
    monkeypatch.setattr(exercise, "_FOR_A_MUTANT", 0.5)
    monkeypatch.setattr(detectors, "_FOR_MUTANTS", 10.0)
    monkeypatch.setattr(detectors, "_BY_THE_CLOCK", 60.0)
    monkeypatch.setattr(search, "SECONDS", 0.5)
    monkeypatch.setattr(search, "BY_THE_CLOCK", 60.0)
    monkeypatch.setattr(search, "_EACH", 1.0)


@pytest.fixture
def from_the_numbers_alone(monkeypatch):
    """Leave no time for repairs, so that what comes after them is seen."""
    monkeypatch.setattr(search, "SECONDS", -1.0)
