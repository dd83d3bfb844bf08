"""What a check says must not depend on how busy the machine is."""

import pytest

from rnn_helpers.checking import exercise


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercise, "_FOR_THE_CAUSE", 60.0)
