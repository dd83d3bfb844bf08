"""Make the trials that sentences of the notebooks rest on and that take too long to run in one.

    python tools/trials.py                 every trial: about twenty minutes on one core
    python tools/trials.py depth dropout   only these

A trial is one function below, called for every combination of what stands in its grid: networks,
learning rates, starts. Where it can, it uses the very definitions of its notebook. What it returns
is stored in rnn_helpers/data/trials.json, rounded, in the order of the grid; a notebook reads it by
``rnn_helpers.data.stored.trial``. A test compares the stored grids, and the code they were made
with, with this file and with the notebooks.

Every run is written down at once, in a file for temporary data, and a second call goes on there.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
from resumable import Runs

from rnn_helpers import data
from rnn_helpers.cells import Cell, GRUCell, RNNCell
from rnn_helpers.data import phrases, tasks
from rnn_helpers.dropout import dropping
from rnn_helpers.experiments import gates as holding
from rnn_helpers.experiments import memory
from rnn_helpers.gradients import reach
from rnn_helpers.models import SequenceModel
from rnn_helpers.optimizers import Adam
from rnn_helpers.scan import LinearCell
from rnn_helpers.stacks import Stacked
from rnn_helpers.training import Batch, batch_loss, name_batch, name_batches, random_batches, train

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "rnn_helpers" / "data" / "trials.json"
RUNS = Path(tempfile.gettempdir()) / "trial_runs.jsonl"  # one run a line
FLOAT32 = np.float32

Result = dict[str, float | list[float]]


# ---- what a trial is -------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """One function over a grid; ``uses`` names the definitions it takes from a notebook."""

    run: Callable[..., Result]
    notebook: str
    uses: tuple[str, ...]
    grid: dict[str, tuple]

    @property
    def code(self) -> str:
        """Return a digest of the function and of what it uses here and in the notebook."""
        text = plain_code(*_reached_by(self.run), *definitions(self.notebook, self.uses))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


TRIALS: dict[str, Trial] = {}


def trial(notebook: str, *uses: str, **grid: tuple) -> Callable:
    """Enter a function into ``TRIALS`` under its name."""

    def enter(run: Callable[..., Result]) -> Callable[..., Result]:
        TRIALS[run.__name__] = Trial(run, notebook, uses, {k: tuple(v) for k, v in grid.items()})
        return run

    return enter


def definitions(notebook: str, names: tuple[str, ...]) -> list[ast.stmt]:
    """Return the statements of a notebook that define these names, in order."""
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    code = (ast.parse(cell.source).body for cell in cells if cell.cell_type == "code")
    return [node for body in code for node in body if _defined_by(node) & set(names)]


@cache
def taken_from(notebook: str, names: tuple[str, ...]) -> SimpleNamespace:
    """Run a notebook's imports of the package, and these definitions; return what they define."""
    cells = nbformat.read(ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    code = (ast.parse(cell.source).body for cell in cells if cell.cell_type == "code")
    imports = [n for body in code for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
    module = ast.Module([*imports, *definitions(notebook, names)], type_ignores=[])
    space: dict = {}
    exec(compile(module, notebook, "exec"), space)
    return SimpleNamespace(**{name: space[name] for name in names})


def _reached_by(run: Callable) -> list[ast.stmt]:
    """Return the statements of this file that define a function and all that it calls and names."""
    body = ast.parse(Path(__file__).read_text("utf-8")).body
    own = {name: node for node in body for name in _defined_by(node)}
    ahead, found = [run.__name__], {}
    while ahead:
        name = ahead.pop()
        if name in own and name not in found:
            found[name] = node = own[name]
            if isinstance(node, ast.FunctionDef):
                node.decorator_list = []  # the grid is compared by itself
            ahead += [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    return list({id(found[name]): found[name] for name in sorted(found)}.values())


def _defined_by(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    inside = (part for target in targets if target for part in ast.walk(target))
    return {part.id for part in inside if isinstance(part, ast.Name)}


def plain_code(*statements: ast.stmt) -> str:
    """Return statements as text, without comments and docstrings: no result depends on these."""
    for node in (part for statement in statements for part in ast.walk(statement)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = None
    return "\n".join(map(ast.unparse, statements))


@cache
def split_names(held_out: int) -> tuple[list, list]:
    """Return the names to learn from and those held out, as the notebooks split them."""
    tokens = [data.to_tokens(name) for name in data.dinosaurs()]
    return data.split(tokens, held_out=held_out, rng=np.random.default_rng(0))


# ---- 04: a rule learned within short stretches; weights that begin too large ------------------

KEYS, NOISE, ASK = 2, 4, 6  # tokens 0 and 1 are keys, 2 to 5 noise, 6 asks for the last key


def ask_in_time(rng: np.random.Generator, nearest: int, furthest: int, T: int, m: int):
    """Return tokens, the last key so far, and where it is asked for, all (T, m).

    Each column is key, noise, question, again and again; from key to question are ``nearest`` to
    ``furthest`` steps.
    """
    x, y = rng.integers(KEYS, ASK, size=(T, m)), np.zeros((T, m), int)
    for i in range(m):
        t = 0
        while t < T:
            wait, key = rng.integers(nearest, furthest + 1), rng.integers(KEYS)
            x[t, i], y[t:, i] = key, key
            if t + wait < T:
                x[t + wait, i] = ASK
            t += wait + 1
    return x, y, x == ASK


def in_stretches(x, y, mask, T: int = 10):
    """Yield batches of T steps whose state is carried on and whose gradient is cut."""
    for t in range(0, len(x) - T + 1, T):
        part = slice(t, t + T)
        yield Batch(x[part], y[part], mask[part], continues=t > 0)


@trial("04_training", cell=("tanh", "GRU"), start=range(6))
def stretches(nb, cell: str, start: int) -> Result:
    """Share right of questions asked 21 to 40 steps after the key, learned from 1 to 8."""
    rng, kind = np.random.default_rng(start), {"tanh": RNNCell, "GRU": GRUCell}[cell]
    model = SequenceModel(kind(ASK + 1, 32, rng=rng, dtype=FLOAT32), KEYS, rng=rng)
    batches = in_stretches(*ask_in_time(rng, 1, 8, 6000, 32))
    train(model, batches, Adam(model.params, 0.003), 600, clip=1.0)
    right = {}
    for name, lags in {"near": (1, 8), "far": (21, 40)}.items():
        x, y, asked = ask_in_time(rng, *lags, 400, 100)
        right[name] = float((model.forward(x)[0].argmax(axis=1) == y)[asked].mean())
    return right


@trial("04_training", scale=(0.1, 1, 10), rate=(0.003, 0.01, 0.03), start=range(3))
def scaled(nb, scale: float, rate: float, start: int) -> Result:
    """Names, 300 batches, all matrices times the scale at first: the held-out perplexity."""
    rng, (names, unseen) = np.random.default_rng(start), split_names(200)
    model = SequenceModel(RNNCell(27, 64, rng=rng, dtype=FLOAT32), 27, rng=rng)
    for matrix in ("Wax", "Waa", "Wya"):
        model.params[matrix] *= scale
    train(model, name_batches(names, 32, rng=rng), Adam(model.params, rate), 300)
    return {"perplexity": float(np.exp(batch_loss(model, name_batch(unseen))))}


# ---- 05: recall, by start and by rate ----------------------------------------------------------


def loudest(model: SequenceModel, lag: int) -> float:
    """Return the largest ‖∂a⟨T⟩/∂a⟨0⟩‖ of four examples of recall, the same ones for all."""
    rng = np.random.default_rng(3)
    norms = [reach(model.cell, tasks.recall_batch(rng, lag, 1)[0])[lag] for _ in range(4)]
    return float(f"{max(norms):.1e}")


@trial("05_vanishing_gradients", rate=(0.001, 0.003, 0.01, 0.03), start=range(24))
def recall_by_start(nb, rate: float, start: int) -> Result:
    """Tanh at lag 30, up to 200 steps: the share right, the norm, and the share 800 steps later.

    Only runs that stood at about half right go on; for all others the last number is 0.
    """
    recall, same = memory.TASKS["recall"], np.random.default_rng(1)
    model = memory.build_model("tanh", recall, 24, np.random.default_rng(start))
    until = memory.is_solved(model, recall, 30, np.random.default_rng(2))
    memory.learn(model, recall, 30, 200, same, rate, until=until)
    result = {"right": memory.score(model, recall, 30, np.random.default_rng(2))}
    result |= {"norm": loudest(model, 30), "later": 0.0}
    if abs(result["right"] - 0.5) < 0.1:
        memory.learn(model, recall, 30, 800, same, rate)
        result["later"] = memory.score(model, recall, 30, np.random.default_rng(2))
    return result


WAYS = ("40 steps at 0.1, nothing to learn", "nothing before")


@trial("05_vanishing_gradients", "no_message", before=WAYS, start=range(6))
def moved_first(nb, before: str, start: int) -> Result:
    """The half-open GRU, lag 80, at 0.003 for up to 1,000 steps: the share right in the end."""
    recall, rng = memory.TASKS["recall"], np.random.default_rng(start)
    model = memory.build_model("GRU", recall, 24, rng)
    if before == WAYS[0]:
        memory.learn(model, replace(recall, batch=nb.no_message), 80, 40, rng, 0.1)
    norm = loudest(model, 80)
    until = memory.is_solved(model, recall, 80, np.random.default_rng([start, 1]))
    losses = memory.learn(model, recall, 80, 1000, rng, 0.003, until=until)
    right = memory.score(model, recall, 80, np.random.default_rng([start, 2]))
    return {"norm": norm, "right": right, "steps": len(losses)}


# ---- 06 and 07: gates, by rate -----------------------------------------------------------------

HELD = {"both gates": None, "reset held open": "reset", "update held open": "update"}


@trial("06_gru", network=HELD, rate=(0.003, 0.01, 0.03), start=range(12))
def held_gates(nb, network: str, rate: float, start: int) -> Result:
    """Say a name's first letter: the share right on held-out names, the loss after 100 steps."""
    cell, clip = GRUCell(27, 16, rng=start, dtype=FLOAT32), 1.0
    if gate := HELD[network]:
        clip = holding.clip_and_hold(cell, gate, 1.0)
        cell = holding.with_gate_forced(cell, gate, 1.0)
    model, (names, held_out) = SequenceModel(cell, 27, rng=start), split_names(200)
    rng = np.random.default_rng([start, 1])
    batches = random_batches(names, holding.first_letter_batch, m=32, rng=rng)
    history = train(model, batches, Adam(model.params, rate), 600, clip)
    right = holding.share_right(model, held_out)
    return {"right": right, "early": float(np.mean(history.loss[75:100]))}


AXIS = ("tanh", "ReLU, identity", "GRU", "GRU, gates open", "LSTM", "LSTM, gates open")


@trial("07_lstm", cell=AXIS, rate=(0.001, 0.003, 0.01, 0.03, 0.1), start=range(6))
def recall_by_rate(nb, cell: str, rate: float, start: int) -> Result:
    """The race of the notebook, lag 60, 250 steps: the share right."""
    recall, rng = memory.TASKS["recall"], np.random.default_rng(start)
    n_a = memory.largest_within(1500, cell, recall)
    model = memory.build_model(cell, recall, n_a, rng)
    memory.learn(model, recall, 60, 250, rng, learning_rate=rate)
    return {"right": memory.score(model, recall, 60, rng)}


# ---- 09: reviews, by rate ---------------------------------------------------------------------


@trial("09_sequence_types", "review_batch", "labels", rate=(0.003, 0.01), start=range(6))
def twins(nb, rate: float, start: int) -> Result:
    """Reviews, 400 batches: the share right of held-out twins, and the training loss."""
    reviews, size = phrases.phrases(2400, np.random.default_rng(0)), len(phrases.WORDS)
    pairs = [(a, b) for a, b in zip(reviews[2000::2], reviews[2001::2], strict=True)]
    alike = [
        review for pair in pairs if len({tuple(sorted(w)) for w, _ in pair}) == 1 for review in pair
    ]
    model = SequenceModel(GRUCell(size, 32, rng=start, dtype=FLOAT32), 2, rng=start, read="last")
    stream = random_batches(reviews[:2000], nb.review_batch, m=64, rng=start)
    loss = train(model, stream, Adam(model.params, rate), 400, clip=5).loss
    batch = nb.review_batch(alike)
    right = model.scores(batch.x, batch.y, batch.x_mask).argmax(axis=1) == batch.y
    return {"right": float(right.mean()), "loss": float(np.mean(loss[-20:]))}


# ---- 11: depth and dropout ---------------------------------------------------------------------

DEPTHS = ("1 layer", "2 layers", "3 layers")
DEEP = "11_bidirectional_and_deep"


@trial(
    DEEP,
    "stacked",
    "models",
    network=(*DEPTHS, "GRU, 1 layer"),
    rate=(0.003, 0.01, 0.03),
    start=range(3),
)
def depth(nb, network: str, rate: float, start: int) -> Result:
    """Names, 600 batches: the held-out loss after every 50 of them, from 0 on."""
    model, (names, unseen) = nb.stacked(*nb.models[network], start), split_names(300)
    batches, adam = name_batches(names, 32, rng=start), Adam(model.params, rate)
    how = {"clip": 1.0, "held_out": name_batch(unseen), "every": 50}
    return {"held_out": [loss for _, loss in train(model, batches, adam, 600, **how).held_out]}


@trial(
    DEEP,
    "stacked",
    "counters",
    "repeats",
    network=DEPTHS,
    rate=(0.0025, 0.005, 0.01, 0.02),
    start=range(3),
)
def counting(nb, network: str, rate: float, start: int) -> Result:
    """Repeats in threes: the share right after 600 batches; with one layer also after 2,400."""
    model, rng = nb.stacked(*nb.counters[network], start), np.random.default_rng(start)
    test, adam, right = nb.repeats(np.random.default_rng(99), m=1000), Adam(model.params, rate), []
    for steps in (600, 600, 1200)[: 3 if network == DEPTHS[0] else 1]:
        fresh = (nb.repeats(rng) for _ in range(steps))
        train(model, fresh, adam, steps, clip=1.0)
        right.append(float((model.forward(test.x)[0].argmax(axis=1) == test.y).mean()))
    return {"right": right[0], "after_1200": right[-2:][0], "after_2400": right[-1]}


@trial(DEEP, "large", dropped=(0.0, 0.3), rate=(0.0025, 0.005, 0.01), start=range(4))
def dropout(nb, dropped: float, rate: float, start: int) -> Result:
    """Two GRU layers of 64, 900 batches: the held-out loss after every 25 of them, from 0 on."""
    model, (names, unseen) = nb.large(dropped, start), split_names(300)
    batches = dropping(model, name_batches(names, 32, rng=start))
    how = {"clip": 1.0, "held_out": name_batch(unseen), "every": 25}
    history = train(model, batches, Adam(model.params, rate), 900, **how)
    return {"held_out": [loss for _, loss in history.held_out]}


# ---- 12: linear layers, by rate ----------------------------------------------------------------

ONE_TOKEN = "12_one_token_at_a_time"


def linear(*sizes: int, rng: np.random.Generator, **options) -> Stacked:
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    return Stacked([LinearCell(*pair, rng=rng, dtype=FLOAT32, **options) for pair in pairs])


@trial(
    ONE_TOKEN,
    "alike_batch",
    layers=("one layer", "two layers"),
    rate=(0.003, 0.01, 0.03),
    start=range(4),
)
def first_of_many(nb, layers: str, rate: float, start: int) -> Result:
    """The first of 41 symbols, the noise made of the same ones, 400 batches: the share right."""
    rng, sizes = np.random.default_rng(start), (8, 113) if layers == "one layer" else (8, 30, 30)
    alike = replace(memory.TASKS["recall"], batch=nb.alike_batch)
    model = SequenceModel(linear(*sizes, rng=rng, update_bias=-3.0), 4, rng=rng)
    memory.learn(model, alike, 40, 400, rng, learning_rate=rate)
    return {"right": memory.score(model, alike, 40, rng)}


TRACKERS = ("tanh cell", "GRU", "two linear layers", "three linear layers")


def tracker(network: str, rng: np.random.Generator) -> Cell:
    """Return one of the four cells of about 2,500 weights."""
    if network == "tanh cell":
        return RNNCell(2, 48, rng=rng, dtype=FLOAT32)
    if network == "GRU":
        return GRUCell(2, 27, rng=rng, dtype=FLOAT32)
    return linear(*((2, 32, 32) if network == "two linear layers" else (2, 24, 24, 24)), rng=rng)


@trial(ONE_TOKEN, network=TRACKERS, rate=(0.003, 0.01, 0.03), start=range(4))
def parity(nb, network: str, rate: float, start: int) -> Result:
    """Parity, learned on 20 bits, 800 batches: the share right after 20 bits and after 60."""
    rng, recall = np.random.default_rng(start), memory.TASKS["recall"]
    task = replace(recall, n_x=2, n_y=2, batch=tasks.parity_batch)
    model = SequenceModel(tracker(network, rng), 2, rng=rng)
    memory.learn(model, task, 20, 800, rng, learning_rate=rate)
    return {f"after_{T}": memory.score(model, task, T, rng) for T in (20, 60)}


# ---- run, resume, store ------------------------------------------------------------------------


def made(name: str) -> list[Result]:
    """Return the results of one trial in the order of its grid, each recorded or made now."""
    chosen = TRIALS[name]
    nb = taken_from(chosen.notebook, chosen.uses)

    def one_run(_name: str, _code: str, *place: object) -> Result:
        return {k: np.round(v, 12).tolist() for k, v in chosen.run(nb, *place).items()}

    runs = Runs(RUNS, one_run)
    return [runs.made(name, chosen.code, *place) for place in product(*chosen.grid.values())]


def rounded(value: float) -> float:
    """Return three digits behind the point, or two that count where that would be 0."""
    return round(value, 3) if abs(value) >= 0.01 else float(f"{value:.1e}")


def as_stored(name: str) -> dict:
    """Return a trial as trials.json holds it: its grid, its code, its results as flat lists."""
    chosen, results = TRIALS[name], made(name)
    fields = {
        field: [
            [rounded(v) for v in result[field]]
            if isinstance(result[field], list)
            else rounded(result[field])
            for result in results
        ]
        for field in results[0]
    }
    grid = {axis: list(values) for axis, values in chosen.grid.items()}
    return {"notebook": chosen.notebook, "grid": grid, "code": chosen.code, "results": fields}


def main(names: list[str]) -> int:
    """Make the trials named, or all, and store them beside the others."""
    stored = json.loads(STORED.read_text("utf-8")) if STORED.exists() else {}
    for name in names or TRIALS:
        stored[name] = as_stored(name)
        in_order = {known: stored[known] for known in TRIALS if known in stored}
        lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in in_order.items())
        STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
