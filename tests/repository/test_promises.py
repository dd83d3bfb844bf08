"""What a notebook says of the package is true: the names exist, and the source shows what it must.

A notebook that tells its reader to type ``RNNCell.forward??`` promises that the source says what
the text beside it says. ``PROMISES`` holds the lines that have to stand there, in that order.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))

PROMISES = {
    # a⟨t⟩ = g1(Waa a⟨t-1⟩ + Wax x⟨t⟩ + ba), inside the loop
    ("02_forward_pass", "RNNCell.forward"): [
        "self._input_part(x)",
        "for a_t in a:",
        "a_t += Waa @ a_prev",
        "a_prev = g1(a_t, out=a_t)",
    ],
    # the three lines of the loop, then the sums over time
    ("03_backpropagation_through_time", "RNNCell.backward"): [
        "for t in reversed(range(",
        "da_t = da[t] + da_next",
        "dz_t = np.multiply(da_t, g1_slope[t]",
        "da_next = Waa.T @ dz_t",
        "'Waa': wide @ side_by_side(a_prev).T",
        "'Wax': wide @ self._x_side_by_side(tape.x).T",
        "'ba': wide @ np.ones(",
    ],
    # forward, loss, backward, clip, step
    ("04_training", "training.train"): [
        "for step, batch in",
        "z, tape = model.read_batch(batch, state)",
        "value, dz = loss(z, batch.y, batch.mask)",
        "grads = model.backward(dz, tape).grads",
        "optimizer.step(clip(grads) if clip else grads)",
    ],
    # the gates, the candidate, and the mix of old and new
    ("06_gru", "GRUCell.forward"): [
        "self._input_part(x)",
        "both += np.dot(W_gates, a_prev)",
        "sigmoid(both, out=both)",
        "candidate += np.dot(Wc, reset * a_prev)",
        "np.tanh(candidate, out=candidate)",
        "update * (candidate - a_prev), a_prev",
    ],
    # takes a mask, finds the end of each column, reverses each on its own, and joins both ways
    ("11_bidirectional_and_deep", "TwoWay.forward"): [
        "x, start, ends = self._read(x, state, mask)",
        "order = _mirror(ends",
        "self.ahead.forward(x, start[0], mask)",
        "self.back.forward(_taken(x, order), start[1], mask)",
        "np.concatenate([a_ahead, _taken(a_back, order)]",
    ],
}


def sources(path: Path, *kinds: str) -> list[str]:
    cells = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type in kinds]


@cache
def imported(path: Path) -> dict[str, object]:
    """Return the names that a notebook imports, anywhere in it."""
    scope: dict[str, object] = {}
    for source in sources(path, "code"):
        for node in ast.parse(TransformerManager().transform_cell(source)).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                exec(compile(ast.Module([node], type_ignores=[]), path.stem, "exec"), scope)
    return scope


def missing(source: str, fragments: list[str]) -> list[str]:
    """Return the fragments that the code lacks, or has not below the one before.

    The code is compared without its comments, each statement on a line of its own.
    """
    code, place, lacking = ast.unparse(ast.parse(textwrap.dedent(source))), 0, []
    for fragment in fragments:
        at = code.find(fragment, place)
        if at < 0:
            lacking.append(fragment)
        else:
            place = at + len(fragment)
    return lacking


def test_every_promise_of_a_source_is_known() -> None:
    asked = {
        (path.stem, name)
        for path in PATHS
        for source in sources(path, "markdown", "code")
        for name in re.findall(r"([A-Za-z_][\w.]*)\?\?", source)
    }
    assert asked == set(PROMISES)


@pytest.mark.parametrize(("stem", "name"), PROMISES)
def test_the_source_shows_what_the_notebook_promises(stem: str, name: str) -> None:
    scope = imported(ROOT / "notebooks" / f"{stem}.ipynb")
    first, _, rest = name.partition(".")
    source = inspect.getsource(attrgetter(rest)(scope[first]) if rest else scope[first])
    assert missing(source, PROMISES[stem, name]) == []


def test_what_is_only_a_comment_or_out_of_order_does_not_count() -> None:
    source = "    a = 1\n    # b = 2\n    c = (\n        3\n    )\n"
    assert missing(source, ["a = 1", "c = 3"]) == []
    assert missing(source, ["b = 2"]) == ["b = 2"]
    assert missing(source, ["c = 3", "a = 1"]) == ["a = 1"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_text_and_code_name_only_what_the_modules_hold(path: Path) -> None:
    modules = {k: value for k, value in imported(path).items() if isinstance(value, ModuleType)}
    pieces = sources(path, "code")
    for text in sources(path, "markdown"):
        pieces += re.findall(r"`[^`\n]*`", text)
    pairs = set(re.findall(r"(?<![\w.])([A-Za-z_]\w*)\.([A-Za-z_]\w*)", "\n".join(pieces)))
    gone = [f"{m}.{name}" for m, name in pairs if m in modules and not hasattr(modules[m], name)]
    assert gone == []
