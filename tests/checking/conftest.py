"""Each test of the checks has a progress of its own."""

import pytest

from rnn_helpers.checking import detectors


class NeverError(Exception):
    """No detector raises it, so that one that trips over an answer fails its test."""


@pytest.fixture(autouse=True)
def no_detector_trips(monkeypatch):
    monkeypatch.setattr(detectors, "SKIPPED", NeverError)


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))
