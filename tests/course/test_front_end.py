"""Each widget has its JavaScript in one, with what all of them share."""

import pytest

from rnn_helpers.course.front_end import front_end
from rnn_helpers.course.panel import LivePicture
from rnn_helpers.course.prediction import Prediction, Reveal
from rnn_helpers.course.walkthrough import Walkthrough


@pytest.mark.parametrize("widget", [LivePicture, Prediction, Reveal, Walkthrough])
def test_every_widget_keeps_its_keys(widget: type) -> None:
    code = widget._esm
    assert code.count("export default") == 1
    assert code.count("function keepKeys(") == 1
    assert "keepKeys(" in code.partition("function render(")[2]


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no_such\.js"):
        front_end("no_such.js")
