"""The tool behind `make notebooks`, on small notebooks made here."""

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from queue import Empty

import nbformat
import normalise_notebooks as tool
import pytest
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rnn_helpers.course.saving import VIEW

ROOT = Path(__file__).resolve().parents[2]
LIVE = {"model_id": "0123", "version_major": 2, "version_minor": 0}


def on_slides(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook of these cells, each with a slide type and a fixed id."""
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
        cell.metadata.slideshow = {"slide_type": "slide"}
    return new_notebook(cells=list(cells))


def saved(folder: Path, *sources: str) -> Path:
    """Return the file of a notebook, not yet run, with these code cells."""
    path = folder / "lesson.ipynb"
    cells = [new_markdown_cell("# Does it run?"), *map(new_code_cell, sources)]
    path.write_text(tool.write(on_slides(*cells)), encoding="utf-8")
    return path


def with_output(data: dict) -> NotebookNode:
    shown = new_output("execute_result", data, execution_count=1)
    return on_slides(new_code_cell("panel", execution_count=1, outputs=[shown]))


def counts(notebook: NotebookNode) -> list[int | None]:
    return [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]


# ---- the normal form


def test_what_changes_from_save_to_save_is_dropped_and_the_rest_kept() -> None:
    cell = new_code_cell("1 + 1", execution_count=1)
    notebook = on_slides(cell)
    cell.metadata |= {
        "execution": {"iopub.execute_input": "2026"},
        "trusted": True,
        "scrolled": True,
        "collapsed": False,
        "tags": ["nbval-ignore-output"],
        "ignored_because": "It is drawn by chance.",
    }
    notebook.metadata = {"widgets": {}, "language_info": {"name": "python", "version": "3.11.7"}}
    normal = tool.normalise(nbformat.from_dict(notebook))
    assert normal.metadata == tool.METADATA
    assert "version" not in normal.metadata.language_info
    (cell,) = normal.cells
    assert cell.id == "cell-0"
    assert cell.metadata == {
        "slideshow": {"slide_type": "slide"},
        "tags": ["nbval-ignore-output"],
        "ignored_because": "It is drawn by chance.",
    }


def test_what_nbgrader_keeps_with_a_cell_stays() -> None:
    marks = {"grade": True, "grade_id": "one_step", "points": 2, "schema_version": 3}
    cell = new_code_cell("1 + 1", execution_count=1)
    notebook = on_slides(cell)
    locks = {"deletable": False, "editable": False}
    cell.metadata |= {"nbgrader": marks, "trusted": True, **locks}
    (cell,) = tool.normalise(nbformat.from_dict(notebook)).cells
    assert cell.metadata == {"slideshow": {"slide_type": "slide"}, "nbgrader": marks, **locks}
    notebook.cells[0].metadata.pop("nbgrader")
    (cell,) = tool.normalise(nbformat.from_dict(notebook)).cells
    assert cell.metadata == {"slideshow": {"slide_type": "slide"}}


def test_a_live_view_is_dropped_where_a_picture_stands_beside_it() -> None:
    beside = {"image/png": "iVBORw0=", "text/plain": "the gradient at lag 20"}
    normal = tool.normalise(with_output({VIEW: LIVE, **beside}))
    assert normal.cells[0].outputs[0].data == beside


def test_a_live_view_without_a_picture_is_kept_and_reported() -> None:
    alone = {VIEW: LIVE, "text/plain": "IntSlider(value=0)"}
    normal = tool.normalise(with_output(alone))
    assert normal.cells[0].outputs[0].data == alone
    assert tool.problems(normal) == [
        "cell 1 shows a widget without a picture, which nobody sees without a kernel"
    ]


def test_pieces_of_one_stream_are_joined() -> None:
    pieces = [new_output("stream", name="stdout", text=text) for text in ("a⟨1⟩ ", "a⟨2⟩\n")]
    normal = tool.normalise(on_slides(new_code_cell("", execution_count=1, outputs=pieces)))
    assert [output.text for output in normal.cells[0].outputs] == ["a⟨1⟩ a⟨2⟩\n"]


def test_a_run_in_order_is_counted_from_one() -> None:
    shown = new_output("execute_result", {"text/plain": "2"}, execution_count=9)
    cells = [new_code_cell("x = 1", execution_count=4), new_code_cell("2", execution_count=9)]
    cells[1].outputs = [shown]
    normal = tool.normalise(on_slides(*cells))
    assert counts(normal) == [1, 2]
    assert normal.cells[1].outputs[0].execution_count == 2
    assert tool.problems(normal) == []


@pytest.mark.parametrize("stored", [[2, 1], [1, 1], [1, None]])
def test_any_other_run_keeps_its_counts_and_is_reported(stored: list[int | None]) -> None:
    normal = tool.normalise(on_slides(*(new_code_cell("x", execution_count=n) for n in stored)))
    assert counts(normal) == stored
    assert any("make notebooks" in sentence for sentence in tool.problems(normal))


def test_ids_are_kept_and_missing_or_double_ones_replaced_the_same_way_each_time() -> None:
    notebook = on_slides(*(new_markdown_cell(text) for text in "abcd"))
    raw = json.loads(tool.write(notebook))
    del raw["cells"][1]["id"]
    raw["cells"][3]["id"] = "cell-2"
    ids = [cell.id for cell in tool.read(json.dumps(raw)).cells]
    assert ids[0] == "cell-0" and ids[2] == "cell-2"
    assert len(set(ids)) == 4
    assert ids == [cell.id for cell in tool.read(json.dumps(raw)).cells]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (new_code_cell("  ", execution_count=1), "is empty"),
        (
            new_code_cell(
                "f()",
                execution_count=1,
                outputs=[new_output("error", ename="KeyError", evalue="'Waa'", traceback=[])],
            ),
            "ends in KeyError: 'Waa'",
        ),
        (
            new_code_cell(
                "f()",
                execution_count=1,
                outputs=[new_output("stream", name="stderr", text="overflow\n")],
            ),
            "writes to stderr: overflow",
        ),
    ],
)
def test_what_only_an_author_can_mend_is_reported(cell: NotebookNode, says: str) -> None:
    assert tool.problems(on_slides(cell)) == [f"cell 1 {says}"]


def test_a_cell_without_a_slide_type_is_reported() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("# Why?")])
    assert tool.problems(notebook) == [
        "cell 1 has no slide type: set it in JupyterLab's sidebar",
    ]


@pytest.mark.parametrize(
    ("source", "metadata", "says"),
    [
        ("x", {"tags": [tool.IGNORED]}, "is ignored: say why"),
        ("x", {"tags": [tool.IGNORED], tool.REASON: " "}, "is ignored: say why"),
        ("x", {tool.REASON: "It is drawn by chance."}, "says why it is ignored, and is not"),
        ("# NBVAL_IGNORE_OUTPUT\nx", {}, "has a comment for nbval"),
    ],
)
def test_an_ignored_cell_has_its_tag_and_its_reason(source: str, metadata: dict, says: str) -> None:
    notebook = on_slides(new_code_cell(source, execution_count=1))
    notebook.cells[0].metadata |= metadata
    (sentence,) = tool.problems(notebook)
    assert sentence.startswith(f"cell 1 {says}")
    notebook.cells[0] |= {"source": "x"}
    notebook.cells[0].metadata |= {"tags": [tool.IGNORED], tool.REASON: "It is drawn by chance."}
    assert tool.problems(notebook) == []


# ---- running


def test_a_notebook_is_run_stored_and_then_left_alone(tmp_path: Path) -> None:
    path = saved(tmp_path, "print('a', 1)", "2 + 2")
    assert tool.check(path) != []
    assert tool.renew(path) == []
    assert tool.check(path) == []
    first = path.read_text(encoding="utf-8")
    notebook = tool.read(first)
    assert counts(notebook) == [1, 2]
    assert notebook.cells[1].outputs[0].text == "a 1\n"
    assert notebook.cells[2].outputs[0].data == {"text/plain": "4"}
    assert tool.renew(path) == []
    assert path.read_text(encoding="utf-8") == first
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("raise ValueError('Waa is (3, 4)')", "ValueError: Waa is (3, 4)"),
        ("import os; os._exit(1)", "DeadKernelError"),
        ("import sys; print('overflow', file=sys.stderr)", "writes to stderr: overflow"),
    ],
)
def test_a_run_that_fails_is_told_and_leaves_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture, source: str, says: str
) -> None:
    path = saved(tmp_path, "x = 1", source, "x")
    before = path.read_bytes()
    assert tool.main([str(path)]) == 1
    told = capsys.readouterr().out
    assert "lesson.ipynb, cell 3" in told
    assert says in told
    assert path.read_bytes() == before


def test_a_run_sees_neither_the_users_progress_nor_the_users_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "kernels" / "python3"
    other.mkdir(parents=True)
    wrong = {"argv": ["/bin/false"], "display_name": "Wrong", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(wrong))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("RNN_HELPERS_PROGRESS", str(tmp_path / "mine.json"))
    asks = "import os, sys\nfrom pathlib import Path\nchosen = os.environ['RNN_HELPERS_PROGRESS']"
    path = saved(tmp_path, asks, "Path(chosen).name, Path(chosen).exists(), sys.prefix")
    assert tool.renew(path) == []
    shown = tool.read(path.read_text(encoding="utf-8")).cells[2].outputs[0].data["text/plain"]
    assert eval(shown) == ("lesson-progress.json", False, sys.prefix)


def test_check_and_no_execute_run_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path, "raise SystemExit")
    before = path.read_bytes()
    assert tool.main(["--check", str(path)]) == 1
    assert path.read_bytes() == before
    assert tool.main(["--no-execute", str(path)]) == 1
    assert counts(tool.read(path.read_text(encoding="utf-8"))) == [None]


def test_a_name_that_is_no_notebook_is_told(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit, match="no notebook called 99_missing"):
        tool.main(["99_missing"])


def test_a_message_that_does_not_come_is_told_and_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel is told to say nothing: without a word, the notebook would lack its outputs."""
    monkeypatch.setattr(tool, "OUTPUT_SECONDS", 1)
    silent = (
        "thread = __import__('ipykernel.kernelapp', fromlist=['']).IPKernelApp.instance()"
        ".iopub_thread\nthread.send_multipart = lambda *given, **named: None"
    )
    path = saved(tmp_path, silent, "print('lost')")
    before = path.read_bytes()
    (told,) = tool.renew(path)
    assert "Timeout waiting for IOPub output" in told
    assert path.read_bytes() == before


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, "1")
    before, written = path.read_bytes(), Path.write_text

    def full(self: Path, text: str, **more: object) -> None:
        written(self, text[:3], **more)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert tool.renew(path) == ["could not be written: No space left on device"]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# ---- nbval


PANEL = """
class Panel(VBox):
    def _repr_mimebundle_(self, **kwargs):
        live = super()._repr_mimebundle_(**kwargs)
        return live | {"text/plain": "at lag 20", "image/png": "iVBORw0KGgo="}
Panel([IntSlider()])
"""
MANY = "for number in range(8000):\n    shown.value = number"


def test_nbval_finds_a_live_panel_equal_to_its_stored_picture(tmp_path: Path) -> None:
    path = saved(tmp_path, "from ipywidgets import IntSlider, VBox", PANEL)
    assert tool.renew(path) == []
    text = path.read_text(encoding="utf-8")
    assert VIEW not in text
    path.with_name("changed.ipynb").write_text(text.replace('"at lag 20"\n', '"at lag 21"\n'))
    run = nbval(tmp_path)
    assert "1 failed, 3 passed" in run.stdout, run.stdout + run.stderr
    assert "changed.ipynb::Cell 1" in run.stdout.partition("short test summary")[2]


def test_nbval_ignores_the_output_of_a_cell_with_the_tag(tmp_path: Path) -> None:
    path = saved(tmp_path, "import random", "random.random()")
    assert tool.renew(path) == []
    assert "1 failed, 1 passed" in nbval(tmp_path).stdout
    notebook = tool.read(path.read_text(encoding="utf-8"))
    notebook.cells[2].metadata |= {"tags": [tool.IGNORED], tool.REASON: "It is drawn by chance."}
    path.write_text(tool.write(notebook), encoding="utf-8")
    assert "2 passed" in nbval(tmp_path).stdout
    assert tool.check(path) == []


def test_nbval_reads_a_cell_that_sends_thousands_of_messages(tmp_path: Path) -> None:
    saved(tmp_path, "from ipywidgets import IntText", "shown = IntText()", MANY, "shown.value")
    assert tool.renew(tmp_path / "lesson.ipynb") == []
    run = nbval(tmp_path)
    assert "4 passed" in run.stdout, run.stdout + run.stderr


@pytest.mark.parametrize("arguments", [tool.KERNEL_ARGUMENTS, []], ids=["ours", "as usual"])
def test_a_kernel_drops_nothing_while_nobody_reads(arguments: list[str]) -> None:
    """A client whose own queue holds one message stands for one that has no time to read."""
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=tool._ThisPython())
    manager.start_kernel(extra_arguments=arguments)
    client = manager.client()
    client.context.rcvhwm, client.context.rcvbuf = 1, 4096
    client.start_channels()
    try:
        client.wait_for_ready(60)
        text = "for k in range(8000): display({'text/plain': str(k) + 500 * ' '}, raw=True)"
        client.execute(text)
        assert client.get_shell_msg(timeout=120)["content"]["status"] == "ok"
        shown = 0
        with contextlib.suppress(Empty):
            while shown < 8000:
                shown += client.get_iopub_msg(timeout=5)["msg_type"] == "display_data"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if not arguments and shown == 8000:
        pytest.skip("these versions lose nothing, whatever they are told")
    assert (shown == 8000) == bool(arguments)  # so that the test can fail: as usual, some are lost


def nbval(folder: Path) -> subprocess.CompletedProcess:
    """Compare the notebooks in `folder` as a plain `pytest --nbval notebooks/` would."""
    (folder / "tests").mkdir(exist_ok=True)
    for file in ("conftest.py", "tests/sanitize.cfg"):
        shutil.copy(ROOT / file, folder / file)
    options = ["-p", "no:cacheprovider", "--nbval", "-c", str(ROOT / "pyproject.toml")]
    command = [sys.executable, "-m", "pytest", *options, "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=400)
