"""Each widget has its JavaScript in one, with what all of them share."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import rnn_helpers
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


def test_the_package_can_be_imported_from_a_zip(tmp_path) -> None:
    """Data, pictures, panels and exercises work; only `rnn-course` needs the notebooks beside."""
    archive, package = tmp_path / "course.zip", Path(rnn_helpers.__file__).parent
    with zipfile.ZipFile(archive, "w") as file:
        for path in package.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                file.write(path, path.relative_to(package.parent))
    code = (
        "import rnn_helpers; from rnn_helpers.lessons.forward_pass import exercises, panels; "
        "from rnn_helpers.lessons.vanishing_gradients import panels as stored; "
        "from rnn_helpers.course import predict; from rnn_helpers.course.map import check_setup; "
        "panels.one_unit(); predict('Which?', ['a', 'b']); exercises.softmax.check(lambda z: z); "
        "check_setup(); print(rnn_helpers.__file__)"
    )
    environment = os.environ | {"PYTHONPATH": str(archive)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert str(archive) in run.stdout
