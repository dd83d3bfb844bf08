"""Measure one training step of the package against others, and print ratios.

    make bench                      # PyTorch is installed for it alone: pip install torch==2.13.0
    python tools/bench.py --quick   # fewer sizes, fewer rounds
    python tools/bench.py --only training drawing --kinds lstm    # some of the tables

A step is forward, loss, backward and Adam, in float32. Each side runs in a process of its own, for
one and for two threads; they are asked in turn, one at a time, so that all meet the same machine.
A figure is the median of the rounds. Each library takes the kernels it thinks best for the CPU: a
variable that forces others on NumPy's products (OPENBLAS_…) is not handed on. The sides:

    ours      rnn_helpers: tokens in, cross-entropy, Adam
    torch     PyTorch's nn.RNN, nn.GRU, nn.LSTM on the same one-hot input, nn.Linear, fused Adam
    literal   a loop as courses write it, at the same dtype: one product for all gates of a step
    taught    as usually taught: float64, a product of [a, x] for each gate
    products  the bare matrix products of the same step and nothing else
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from math import exp, log
from pathlib import Path

KINDS = ("rnn", "gru", "lstm")
TABLES = ("training", "loops", "drawing", "growth", "memory")
ROUNDS = 7
SECONDS = 0.06  # each figure of a round is the mean over steps that take about this long


# -- the sides: each returns a function that takes one training step ------------------------------


def ours(kind: str, n_a: int, m: int, T: int, n_x: int) -> Callable[[], object]:
    """The package."""
    import numpy as np

    from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
    from rnn_helpers.models import SequenceModel
    from rnn_helpers.optimizers import Adam

    cell = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}[kind](n_x, n_a, dtype=np.float32)
    model = SequenceModel(cell, n_x, rng=0)
    adam, (x, y) = Adam(model.params), _tokens(m, T, n_x)

    def step():
        loss, grads, _ = model.loss_and_grads(x, y)
        adam.step(grads)
        return loss

    return step


def torch(kind: str, n_a: int, m: int, T: int, n_x: int) -> Callable[[], object]:
    """PyTorch on the CPU. The one-hot input is made once, outside the step."""
    import torch as pytorch

    pytorch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    pytorch.manual_seed(0)
    cell = {"rnn": pytorch.nn.RNN, "gru": pytorch.nn.GRU, "lstm": pytorch.nn.LSTM}[kind](n_x, n_a)
    output = pytorch.nn.Linear(n_a, n_x)
    adam = pytorch.optim.Adam([*cell.parameters(), *output.parameters()], fused=True)
    x, y = (pytorch.from_numpy(tokens) for tokens in _tokens(m, T, n_x))
    x = pytorch.nn.functional.one_hot(x, n_x).float()

    def step():
        adam.zero_grad()
        z = output(cell(x)[0])
        loss = pytorch.nn.functional.cross_entropy(z.reshape(-1, n_x), y.reshape(-1))
        loss.backward()
        adam.step()
        return loss.item()

    return step


def literal(kind: str, n_a: int, m: int, T: int, n_x: int) -> Callable[[], object]:
    """A loop over time as courses write it: each step's products where they are needed."""
    import numpy as np

    return _course_loop(kind, n_a, m, T, n_x, np.float32, stacked=True)


def taught(kind: str, n_a: int, m: int, T: int, n_x: int) -> Callable[[], object]:
    """As usually taught: float64, [a, x] stacked anew, a product for each gate."""
    import numpy as np

    return _course_loop(kind, n_a, m, T, n_x, np.float64, stacked=False)


def products(kind: str, n_a: int, m: int, T: int, n_x: int) -> Callable[[], object]:
    """The matrix products of a step alone: T small ones each way, and the wide ones once."""
    import numpy as np

    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind] * n_a
    draw = np.random.default_rng(0).standard_normal
    Waa, Wya = draw((gates, n_a), np.float32), draw((n_x, n_a), np.float32)
    a, dz = draw((T, n_a, m), np.float32), draw((T, gates, m), np.float32)
    wide_a, wide_dz = draw((n_a, T * m), np.float32), draw((gates, T * m), np.float32)
    one_hot, dz_y = draw((n_x, T * m), np.float32), draw((n_x, T * m), np.float32)

    def step():
        for t in range(T):
            Waa @ a[t]
        Wya @ a  # z
        for t in range(T):
            Waa.T @ dz[t]
        wide_dz @ wide_a.T, wide_dz @ one_hot.T, dz_y @ wide_a.T, Wya.T @ dz_y

    return step


def _tokens(m: int, T: int, n_x: int):
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.integers(n_x, size=(T, m)), rng.integers(n_x, size=(T, m))


def _course_loop(kind, n_a, m, T, n_x, dtype, stacked):
    """Return a step written from the equations; ``stacked`` joins the gates' products."""
    import numpy as np

    from rnn_helpers.optimizers import Adam

    rng = np.random.default_rng(0)
    names = {"rnn": "c", "gru": "urc", "lstm": "cufo"}[kind]
    draw = lambda *shape: (0.1 * rng.standard_normal(shape)).astype(dtype)  # noqa: E731
    params = {f"W{g}": draw(n_a, n_a + n_x) for g in names} | {f"b{g}": draw(n_a, 1) for g in names}
    params |= {"Wy": draw(n_x, n_a), "by": draw(n_x, 1)}
    adam, (tokens, targets) = Adam(params), _tokens(m, T, n_x)
    x = np.moveaxis(np.eye(n_x, dtype=dtype)[tokens], -1, 1).copy()
    y = np.moveaxis(np.eye(n_x, dtype=dtype)[targets], -1, 1).copy()
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731

    def gates_of(ax, which):
        """Return W @ [a, x] + b for each gate in ``which``: one product, or one for each."""
        if stacked:
            z = np.vstack([params[f"W{g}"] for g in which]) @ ax
            return [z[i * n_a : (i + 1) * n_a] + params[f"b{g}"] for i, g in enumerate(which)]
        return [params[f"W{g}"] @ ax + params[f"b{g}"] for g in which]

    def forward(a, c, x_t):
        ax = np.concatenate([a, x_t])
        if kind == "rnn":
            new = np.tanh(gates_of(ax, "c")[0])
            return new, c, (ax, a, c, new)
        if kind == "gru":
            u, r = map(sigmoid, gates_of(ax, "ur"))
            rax = np.concatenate([r * a, x_t])
            k = np.tanh(gates_of(rax, "c")[0])
            new = u * k + (1 - u) * a
            return new, c, (ax, a, c, new, rax, u, r, k)
        k, u, f, o = gates_of(ax, "cufo")
        k, u, f, o = np.tanh(k), sigmoid(u), sigmoid(f), sigmoid(o)
        c_new = u * k + f * c
        new = o * np.tanh(c_new)
        return new, c_new, (ax, a, c, new, k, u, f, o, c_new)

    def into(grads, dz, ax):
        """Add one step's share to each gate's gradient and return what goes back to [a, x]."""
        if stacked:
            W = np.vstack([params[f"W{g}"] for g in dz])
            wide = np.vstack(list(dz.values()))
            dW, db = wide @ ax.T, wide.sum(axis=1, keepdims=True)
            for i, g in enumerate(dz):
                grads[f"W{g}"] += dW[i * n_a : (i + 1) * n_a]
                grads[f"b{g}"] += db[i * n_a : (i + 1) * n_a]
            return W.T @ wide
        for g, each in dz.items():
            grads[f"W{g}"] += each @ ax.T
            grads[f"b{g}"] += each.sum(axis=1, keepdims=True)
        return sum(params[f"W{g}"].T @ each for g, each in dz.items())

    def backward(da, dc, kept, grads):
        if kind == "rnn":
            ax, _, _, new = kept
            return into(grads, {"c": da * (1 - new**2)}, ax)[:n_a], dc
        if kind == "gru":
            ax, a, _, _, rax, u, r, k = kept
            d_rax = into(grads, {"c": da * u * (1 - k**2)}, rax)[:n_a]
            gates = {"u": da * (k - a) * u * (1 - u), "r": d_rax * a * r * (1 - r)}
            return da * (1 - u) + d_rax * r + into(grads, gates, ax)[:n_a], dc
        ax, _, c, _, k, u, f, o, c_new = kept
        dc = dc + da * o * (1 - np.tanh(c_new) ** 2)
        dz = {
            "c": dc * u * (1 - k**2),
            "u": dc * k * u * (1 - u),
            "f": dc * c * f * (1 - f),
            "o": da * np.tanh(c_new) * o * (1 - o),
        }
        return into(grads, dz, ax)[:n_a], dc * f

    def step():
        a = c = np.zeros((n_a, m), dtype)
        tape, loss, d_scores = [], 0.0, []
        for x_t, y_t in zip(x, y, strict=True):
            a, c, kept = forward(a, c, x_t)
            scores = params["Wy"] @ a + params["by"]
            p = np.exp(scores - scores.max(axis=0))
            p /= p.sum(axis=0)
            loss -= (y_t * np.log(p)).sum() / (T * m)
            d_scores.append((p - y_t) / dtype(T * m))
            tape.append(kept)
        grads = {name: np.zeros_like(value) for name, value in params.items()}
        da = dc = np.zeros((n_a, m), dtype)
        for kept, dz_y in zip(reversed(tape), reversed(d_scores), strict=True):
            grads["Wy"] += dz_y @ kept[3].T
            grads["by"] += dz_y.sum(axis=1, keepdims=True)
            da, dc = backward(da + params["Wy"].T @ dz_y, dc, kept, grads)
        adam.step(grads)
        return loss

    return step


SIDES = {f.__name__: f for f in (ours, torch, literal, taught, products)}


# -- drawing characters one by one ----------------------------------------------------------------


def drawing(kind: str, n_a: int, m: int, T: int, n_x: int, pytorch_side: bool) -> Callable:
    """Return a function that draws T characters for m texts, each fed back in."""
    import numpy as np

    if not pytorch_side:
        from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
        from rnn_helpers.models import SequenceModel
        from rnn_helpers.sampling import sample

        cell = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}[kind](n_x, n_a, dtype=np.float32)
        model, rng = SequenceModel(cell, n_x, rng=0), np.random.default_rng(0)
        model.params["by"][0] = -50  # the end is never drawn: all T characters are
        return lambda: sample(model, rng, m=m, longest=T)
    import torch as pytorch

    pytorch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    cells = {"rnn": pytorch.nn.RNNCell, "gru": pytorch.nn.GRUCell, "lstm": pytorch.nn.LSTMCell}
    cell, output = cells[kind](n_x, n_a), pytorch.nn.Linear(n_a, n_x)
    one_hot = pytorch.eye(n_x)

    @pytorch.inference_mode()
    def draw():
        token, state = pytorch.zeros(m, dtype=pytorch.long), None
        for _ in range(T):
            state = cell(one_hot[token], state)
            a = state[0] if kind == "lstm" else state
            token = pytorch.multinomial(pytorch.softmax(output(a), 1), 1)[:, 0]
        return token

    return draw


# -- a worker answers questions, the parent asks in turn ------------------------------------------


def work() -> None:
    """Answer each line of standard input, a question in JSON, with the seconds a step takes."""
    for line in sys.stdin:
        question = json.loads(line)
        side, job, size = question["side"], question["job"], question["size"]
        draws = job == "draw"
        step = drawing(*size, pytorch_side=side == "torch") if draws else SIDES[side](*size)
        step()
        once = _timed(step, 1)
        print(json.dumps(_timed(step, max(1, round(SECONDS / once)))), flush=True)


def _timed(step: Callable, times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - begin) / times


class Worker:
    """A process of its own for one side and one number of threads."""

    def __init__(self, side: str, threads: int) -> None:
        self.side = side
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = os.environ | dict.fromkeys(variables, str(threads))
        for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # they would hold back NumPy's
            environment.pop(variable, None)  # products alone: PyTorch's do not read them
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def ask(self, size: tuple, job: str = "train") -> float:
        """Return the seconds of one step at this size: (kind, n_a, m, T, n_x)."""
        print(json.dumps({"side": self.side, "job": job, "size": size}), file=self.process.stdin)
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def measure(workers: dict, size: tuple, rounds: int, job: str = "train") -> dict:
    """Ask every worker in turn, ``rounds`` times over; return the median of each."""
    found = {key: [] for key in workers}
    for _ in range(rounds):
        for key, worker in workers.items():
            found[key].append(worker.ask(size, job))
    return {key: statistics.median(times) for key, times in found.items()}


def best(found: dict, side: str) -> float:
    """Return a side's time with the number of threads that suits it best."""
    return min(seconds for (name, _), seconds in found.items() if name == side)


def geometric_mean(values: list[float]) -> float:
    """Return exp of the mean logarithm."""
    return exp(statistics.fmean(map(log, values)))


# -- what is printed -------------------------------------------------------------------------------


def against_torch(workers: dict, kinds: tuple, rounds: int, quick: bool) -> None:
    """Time of PyTorch over ours, best thread count of each side."""
    ms, lengths = ((32,), (50,)) if quick else ((16, 32, 64), (25, 50, 100))
    vocabularies = (27,) if quick else (27, 65)
    print("\nOne training step, time of PyTorch over ours (above 1: ours is faster)\n")
    print("| cell | n_a | sizes | geometric mean, best threads | least | one thread each |")
    print("|---|---|---|---|---|---|")
    for kind in kinds:
        small, small_one = [], []
        for n_a in (64, 128, 256):
            ratios, one = [], []
            few = n_a == 256  # the course works below; the largest is there to be stated
            sizes = itertools.product((32,) if few else ms, (50,) if few else lengths, vocabularies)
            for m, T, n_x in sizes:
                found = measure(workers, (kind, n_a, m, T, n_x), rounds)
                ratios.append(best(found, "torch") / best(found, "ours"))
                one.append(found["torch", 1] / found["ours", 1])
            _row(kind, n_a, ratios, one)
            if n_a < 256:
                small, small_one = small + ratios, small_one + one
        _row(kind, "64 and 128", small, small_one)


def _row(kind, n_a, ratios, one):
    print(
        f"| {kind.upper()} | {n_a} | {len(ratios)} | {geometric_mean(ratios):.2f} | "
        f"{min(ratios):.2f} | {geometric_mean(one):.2f} |",
        flush=True,
    )


def against_loops(workers: dict, kinds: tuple, rounds: int) -> None:
    """The literal loop, the usual form and the bare products, one thread."""
    print("\nOther ways to write the step, m = 32, T = 50, vocabulary 27, one thread\n")
    print("| cell | n_a | literal over ours | as taught over ours | ours over bare products |")
    print("|---|---|---|---|---|")
    for kind, n_a in itertools.product(kinds, (64, 128, 256)):
        found = measure(workers, (kind, n_a, 32, 50, 27), rounds)
        mine = best(found, "ours")
        loops = " | ".join(f"{best(found, side) / mine:.2f}" for side in ("literal", "taught"))
        print(
            f"| {kind.upper()} | {n_a} | {loops} | {mine / best(found, 'products'):.2f} |",
            flush=True,
        )


def drawing_characters(workers: dict, kinds: tuple, rounds: int) -> None:
    """Characters one by one, each fed back in."""
    print("\nDrawing 100 characters one by one, time of PyTorch's cells over ours\n")
    print("| cell | n_a | m = 1 | m = 16 |\n|---|---|---|---|")
    for kind, n_a in itertools.product(kinds, (64, 128)):
        ratios = []
        for m in (1, 16):
            found = measure(workers, (kind, n_a, m, 100, 27), rounds, "draw")
            ratios.append(best(found, "torch") / best(found, "ours"))
        print(f"| {kind.upper()} | {n_a} | {ratios[0]:.2f} | {ratios[1]:.2f} |", flush=True)


def growth(workers: dict, kinds: tuple, rounds: int) -> None:
    """How the time of a step grows: the exponent p in time ~ size**p, between neighbours."""
    print("\nGrowth of our step: exponent between neighbouring sizes, one thread\n")
    print("| cell | grows with | sizes | exponents |\n|---|---|---|---|")
    ranges = {"T": (25, 50, 100, 200), "m": (8, 16, 32, 64, 128), "n_a": (32, 64, 128, 256, 512)}
    for kind, (name, sizes) in itertools.product(kinds, ranges.items()):
        times = []
        for value in sizes:
            size = {"n_a": 64, "m": 32, "T": 50} | {name: value}
            asked = (kind, size["n_a"], size["m"], size["T"], 27)
            times.append(best(measure(workers, asked, rounds), "ours"))
        pairs = zip(itertools.pairwise(times), itertools.pairwise(sizes), strict=True)
        powers = [f"{log(t[1] / t[0]) / log(s[1] / s[0]):.2f}" for t, s in pairs]
        print(
            f"| {kind.upper()} | {name} | {', '.join(map(str, sizes))} | {', '.join(powers)} |",
            flush=True,
        )


def memory(kinds: tuple) -> None:
    """Peak memory of one step against T, as NumPy's allocations report it."""
    import tracemalloc

    print("\nPeak memory of one step, n_a = 64, m = 32, vocabulary 27\n")
    lengths = (25, 50, 100, 200)
    print(f"| cell | {' | '.join(f'T = {T}' for T in lengths)} |\n|---|{'---|' * len(lengths)}")
    for kind in kinds:
        peaks = []
        for T in lengths:
            step = ours(kind, 64, 32, T, 27)
            step()
            tracemalloc.start()
            step()
            peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
            tracemalloc.stop()
        print(f"| {kind.upper()} | {' | '.join(f'{peak:.1f} MiB' for peak in peaks)} |", flush=True)


def machine() -> str:
    """Say where this was measured."""
    from importlib.metadata import version

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].split(":")[1].strip() if names else cpu
    return (
        f"{cpu}, {os.cpu_count()} cores; {platform.system()}, Python {platform.python_version()}, "
        f"NumPy {version('numpy')}, PyTorch {version('torch')}"
    )


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer sizes, three rounds")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=TABLES, help="these tables")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, help="these cells")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return work()
    rounds = 3 if options.quick else ROUNDS
    both = {(side, n): Worker(side, n) for side in ("ours", "torch") for n in (1, 2)}
    loops = {(side, 1): Worker(side, 1) for side in ("literal", "taught", "products")}
    alone = {("ours", 1): both["ours", 1]}
    print(machine())
    kinds = tuple(options.kinds)
    tables = {
        "training": lambda: against_torch(both, kinds, rounds, options.quick),
        "loops": lambda: against_loops(alone | loops, kinds, rounds),
        "drawing": lambda: drawing_characters(both, kinds, rounds),
        "growth": lambda: growth(alone, kinds, rounds),
        "memory": lambda: memory(kinds),
    }
    for name in options.only:
        tables[name]()
    return None


if __name__ == "__main__":
    main()
