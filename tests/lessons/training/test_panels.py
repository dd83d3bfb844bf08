"""The panels of ``04_training``."""

import pytest

from rnn_helpers.lessons.training import panels


def test_clipping_by_norm_keeps_the_direction_and_by_value_turns_it() -> None:
    panel = panels.cliff()
    ways = panel._data["ways"]
    assert panel._data["norm"] > panels.LIMIT
    assert ways["clipped by norm"]["angle"] == pytest.approx(0, abs=1e-9)
    assert ways["clipped by value"]["angle"] > 10
    assert ways["clipped by norm"]["length"] == pytest.approx(panels.RATE * panels.LIMIT)
    assert ways["unclipped"]["after"] < 1e-4 < ways["clipped by norm"]["after"]
