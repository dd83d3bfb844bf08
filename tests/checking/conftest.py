"""Each test of the checks has a progress of its own."""

import pytest

from rnn_helpers.checking import exercise


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setattr(exercise, "_notes_shown", set())
