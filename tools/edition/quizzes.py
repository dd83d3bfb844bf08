"""Predictions of the course with other settings: each computes its answer and its wrong options.

What is asked stands in the lessons' ``teaching.toml``, under ``[exam.NAME]``, with numbers left
open in braces. Here stands, under the same name, how the numbers are drawn and what becomes of
them. A wrong option is what a certain mistake gives, and the text beside it says which.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edition import notes
from rnn_helpers import audio, losses, optimizers, sampling
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.dense import DenseModel
from rnn_helpers.models import SequenceModel

Numbers = dict[str, Any]


@dataclass(frozen=True)
class Item:
    """An exam item: what is asked, the answer, the wrong options with the mistake behind each.

    ``about`` names the notebook. Without wrong options the answer is written, not chosen.
    """

    about: str
    asks: str
    answer: str
    because: str
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Quiz:
    """What is asked, with the numbers open, and how they are drawn."""

    about: str
    name: str
    text: Mapping[str, Any]

    def item(self, rng: np.random.Generator) -> Item | None:
        """Return an item with numbers drawn, or None if they suit it badly.

        They do if two options are the same or nearly so, or if nobody could tell which is right.
        """
        numbers = DRAWN[self.name](rng)
        if numbers is None:
            return None
        asks, answer, because = (
            self.text[key].format(**numbers) for key in ("asks", "answer", "because")
        )
        wrong = {
            option.format(**numbers): why.format(**numbers) for option, why in self.text["wrong"]
        }
        options = {_value(option) for option in (answer, *wrong)}
        if len(options) < 1 + len(self.text["wrong"]):
            return None
        if any(
            _is_rounding(one, other) for one, other in itertools.combinations((answer, *wrong), 2)
        ):
            return None
        offered = {option: wrong[option] for option in _offered(answer, list(wrong), rng)}
        return Item(self.about, asks, answer, because, offered)


def _offered(answer: str, wrong: list[str], rng: np.random.Generator) -> tuple[str, ...]:
    """Return two wrong options, such that the right number is now the smallest, now the largest.

    Else who knows nothing would choose by that: mistakes mostly err to one side.
    """
    pairs: dict[int, list[tuple[str, ...]]] = {}
    for pair in itertools.combinations(wrong, min(2, len(wrong))):
        values = [_value(option) for option in (answer, *pair)]
        place = sorted(values).index(values[0]) if len({*map(type, values)}) == 1 else 0
        pairs.setdefault(place, []).append(pair)
    place = list(pairs)[rng.integers(len(pairs))]
    return pairs[place][rng.integers(len(pairs[place]))]


def _is_rounding(one: str, other: str) -> bool:
    """Return whether two numbers differ by less than what rounding on the way to them makes."""
    decimals = [len(option.partition(".")[2]) for option in (one, other)]
    numbers = all(isinstance(_value(option), float) for option in (one, other))
    if not numbers or not min(decimals) or "e" in one + other:
        return False  # words, whole numbers, powers of ten
    return abs(_value(one) - _value(other)) < 2.5 * 10.0 ** -min(decimals)


def _value(option: str) -> float | str:
    """Return what an option says: 880 and 880.0 are the same."""
    with contextlib.suppress(ValueError):
        return float(option.replace(",", ""))
    return option


@functools.cache
def quizzes() -> tuple[Quiz, ...]:
    """Return every quiz of the course, in its order."""
    return tuple(
        Quiz(notebook.name, name, text)
        for notebook in NOTEBOOKS
        for name, text in notes.read(notebook)["exam"].items()
    )


def draw(quiz: Quiz, rng: np.random.Generator) -> Item:
    """Return an item of a quiz: the numbers are drawn until they suit it."""
    return next(item for item in iter(lambda: quiz.item(rng), ...) if item)


# ---- how the numbers are drawn


def padding(rng: np.random.Generator) -> Numbers | None:
    lengths, T = rng.integers(2, 12, size=5), int(rng.integers(7, 12))
    letters = np.minimum(lengths, T).sum() / (5 * T)
    uncut = 1 - lengths.sum() / (5 * T)
    listed = ", ".join(map(str, lengths))
    drawn = {"lengths": listed, "T": T, "share": 1 - letters, "letters": letters, "uncut": uncut}
    return drawn if uncut > 0.01 else None


def parameters(rng: np.random.Generator) -> Numbers:
    T, n_x, n_a = int(rng.integers(8, 40)), int(rng.integers(10, 40)), int(rng.integers(5, 40))
    counts = [DenseModel(steps, n_x, n_a, 2, rng=0).n_weights for steps in (T, T + 1)]
    more = counts[1] - counts[0]
    wrong = {"recurrent": more + n_a * n_a, "biased": more + n_a}
    return {"T": T, "n_x": n_x, "n_a": n_a, "more": more} | wrong


def by_hand(rng: np.random.Generator) -> Numbers:
    w, x = round(rng.uniform(0.3, 0.9), 1), round(rng.uniform(0.5, 1.2), 1)
    first = np.tanh(x)
    inside = w * first + x
    drawn = {"w": w, "x": x, "first": first, "inside": inside, "second": np.tanh(inside)}
    return drawn | {"unsquashed": np.tanh(w * x + x), "alone": np.tanh(w * first)}


def weights(cell: type, rng: np.random.Generator) -> Numbers:
    n_x, n_a, n_y = (int(n) for n in rng.permutation(np.arange(5, 40))[:3])
    made = cell(n_x, n_a, rng=0)
    count, alone = (
        SequenceModel(made, n_y, rng=0).n_weights,
        sum(map(np.size, made.params.values())),
    )
    biases = made.params["ba"].size
    sizes = {"n_x": n_x, "n_a": n_a, "n_y": n_y}
    wrong = {"alone": alone, "unbiased": count - biases - n_y, "doubled": count + biases}
    return sizes | {"count": count} | wrong


def sure(rng: np.random.Generator) -> Numbers:
    p = float(rng.choice([0.9, 0.95, 0.98, 0.995, 0.999]))
    loss = -np.log(1 - p)
    return {"p": p, "loss": loss, "other": -np.log(p), "bits": loss / np.log(2)}


def mean_or_sum(rng: np.random.Generator) -> Numbers:
    T, rate = int(rng.integers(5, 40)), float(rng.choice([0.1, 0.2, 0.5]))
    one, other = rng.permutation(["sum", "mean"])
    rates = (rate * T, rate / T) if one == "sum" else (rate / T, rate * T)
    drawn = {"T": T, "rate": rate, "one": one, "other": other}
    return drawn | dict(zip(("right", "wrong"), rates, strict=True))


def masked(rng: np.random.Generator) -> Numbers:
    loss = rng.integers(1, 9, size=(2, 4)) / 2
    one, two = rng.permutation([4, int(rng.integers(1, 4))])
    mask = np.arange(4) < np.array([[one], [two]])
    listed = "; ".join(", ".join(f"{v:g}" for v in row) for row in loss)
    right, half = loss[mask].mean(), (loss * mask).mean()
    rows = np.mean([row[counts].mean() for row, counts in zip(loss, mask, strict=True)])
    shown = {"losses": listed, "one": one, "two": two}
    return shown | {"right": right, "half": half, "unmasked": loss.mean(), "rows": rows}


def perplexity(rng: np.random.Generator) -> Numbers:
    p = rng.choice([0.02, 0.05, 0.1, 0.2, 0.5, 0.8], size=3, replace=False)
    right = losses.perplexity(float(-np.log(p).mean()))
    wrong = {"exponentials": (1 / p).mean(), "averaged": 1 / p.mean(), "product": 1 / p.prod()}
    return {"p": ", ".join(f"{v:g}" for v in p), "right": right} | wrong


def clipped(rng: np.random.Generator) -> Numbers | None:
    g = rng.permutation([[3.0, 4.0], [5.0, 12.0], [8.0, 15.0], [7.0, 24.0]][rng.integers(4)])
    g *= rng.choice([1, 2]) * rng.choice([-1, 1], size=2)
    limit = int(rng.choice([1, 2, 5]))
    by_norm = optimizers.clip_by_norm({"g": g}, limit)["g"]
    by_value = optimizers.clip_by_value({"g": g}, limit)["g"]
    drawn = {"g": f"({g[0]:g}, {g[1]:g})", "limit": limit, "length": f"{np.linalg.norm(g):g}"}
    drawn |= {"by_norm": _pair(by_norm), "by_value": _pair(by_value)}
    return drawn | {"by_sum": _pair(limit * g / g.sum())} if abs(g.sum()) > limit else None


def _pair(v: np.ndarray) -> str:
    return f"({v[0]:.2f}, {v[1]:.2f})"


def bound(rng: np.random.Generator) -> Numbers | None:
    sigma, lag = round(rng.uniform(0.9, 0.98), 2), int(rng.integers(8, 30))
    added = 1 - lag * (1 - sigma)
    drawn = {"sigma": sigma, "lag": lag, "right": sigma**lag, "added": added}
    drawn["short"] = sigma ** (lag - 1)
    return drawn if added > 0.05 else None  # nobody would choose 0


def promised(rng: np.random.Generator) -> Numbers:
    return {"sigma": round(rng.uniform(1.2, 3), 1), "radius": round(rng.uniform(0, 0.9), 1)}


def gate(rng: np.random.Generator) -> Numbers | None:
    u, k = round(rng.uniform(0.03, 0.25), 2), int(rng.integers(3, 20))
    wrong = {"written": u**k, "added": 1 - k * u, "short": (1 - u) ** (k - 1)}
    drawn = {"u": u, "k": k, "right": (1 - u) ** k} | wrong
    return drawn if wrong["added"] > 0.05 else None  # nobody would choose 0


def wire(rng: np.random.Generator) -> Numbers:
    b, k = float(rng.choice([0.5, 1.0, 2.0, 3.0])), int(rng.integers(10, 40))
    f = float(sigmoid(np.array(b)))
    return {"b": b, "k": k, "f": f, "right": f**k, "shut": (1 - f) ** k, "half": f ** (k / 2)}


def drawn(rng: np.random.Generator) -> Numbers | None:
    p, u = _rounded(rng.dirichlet(np.ones(4))), round(rng.uniform(0.02, 0.97), 2)
    totals = np.cumsum(p)
    if p.min() < 0.01 or np.abs(totals - u).min() < 0.005:  # a total that equals u decides nothing
        return None
    index, listed = int((totals <= u).sum()), ", ".join(f"{v:.2f}" for v in p)
    drawn = {"p": listed, "totals": ", ".join(f"{v:.2f}" for v in totals), "u": u}
    return drawn | {"index": index, "likeliest": p.argmax(), "from_one": index + 1}


def _rounded(p: np.ndarray) -> np.ndarray:
    """Return probabilities with two digits, as they are read: the last one makes up the sum."""
    p = p.round(2)
    p[-1] = round(1 - p[:-1].sum(), 2)
    return p


def hot(rng: np.random.Generator) -> Numbers:
    gap, tau = int(rng.integers(1, 4)), float(rng.choice([0.5, 0.8, 1.5, 2.0]))
    p = sampling.distribution(np.array([[gap], [0.0]]), tau)[:, 0]
    wrong = {"ratio": np.exp(gap) / tau, "times": np.exp(gap * tau)}
    return {"gap": gap, "tau": tau, "right": p[0] / p[1]} | wrong


def tail(rng: np.random.Generator) -> Numbers | None:
    p = _rounded(np.sort(rng.dirichlet(np.ones(6)))[::-1])
    top_p = round(rng.uniform(0.5, 0.95), 2)
    if np.any(np.diff(p) >= 0) or p[-1] <= 0 or np.abs(np.cumsum(p) - top_p).min() < 0.005:
        return None
    count = int((sampling.distribution(np.log(p)[:, None], top_p=top_p) > 0).sum())
    shown = {"p": ", ".join(f"{v:.2f}" for v in p), "top_p": top_p}
    options = {"count": count, "fewer": count - 1, "more": count + 1}
    return shown | options if 1 < count < len(p) else None


def pitch(rng: np.random.Generator) -> Numbers:
    keys = int(rng.choice([-24, -19, -17, -7, -5, 5, 7, 17, 19, 24]))
    added = 440 * (1 + keys / 12) if keys > 0 else 440 / (1 - keys / 12)
    shown = {"keys": abs(keys), "way": "above" if keys > 0 else "below"}
    return shown | {
        "right": audio.frequency(69 + keys), "added": added, "wrong": audio.frequency(69 - keys)
    }  # fmt: skip


def beam(rng: np.random.Generator) -> Numbers:
    first = round(rng.uniform(0.52, 0.65), 2)
    after_a, after_b = round(rng.uniform(0.3, 0.5), 2), round(rng.uniform(0.8, 0.95), 2)
    other = round(1 - first, 2)
    greedy, way = first * after_a, other * after_b
    shown = {"first": first, "other": other, "after_a": after_a, "after_b": after_b}
    found = {"greedy": greedy, "way": way, "right": max(greedy, way), "less": min(greedy, way)}
    return shown | found | {"mixed": first * after_b, "crossed": other * after_a}


def look(rng: np.random.Generator) -> Numbers | None:
    score, times = round(rng.uniform(0.2, 0.8), 1), int(rng.integers(2, 5))
    before, after, both = (
        softmax(k * np.array([[1.0], [score]]))[0, 0] for k in (1, times, times**2)
    )
    odds = times * before / (1 - before)
    scaled = odds / (1 + odds)
    wrong = {"before": before, "scaled": scaled, "both": both}
    drawn = {"score": score, "times": times, "after": after} | wrong
    return None if max(after, both, scaled) > 0.99 else drawn  # rounded, it would be 1


def base_rate(rng: np.random.Generator) -> Numbers:
    q = round(rng.uniform(0.1, 0.45), 2)
    best = -q * np.log(q) - (1 - q) * np.log(1 - q)
    wrong = {"half": np.log(2), "frequent": -np.log(1 - q), "rare": -np.log(q)}
    return {"q": q, "best": best} | wrong


def masks(rng: np.random.Generator) -> Numbers:
    p, k = float(rng.choice([0.1, 0.2, 0.3, 0.4])), int(rng.integers(5, 20))
    wrong = {"one": 1 - p, "dropped": p**k, "half": (1 - p) ** (k / 2)}
    return {"p": p, "k": k, "right": (1 - p) ** k} | wrong


def waves(rng: np.random.Generator) -> Numbers:
    L, T = int(rng.integers(2, 7)), int(rng.integers(8, 60))
    wrong = {"cells": L * T, "longer": max(L, T), "both": L + T}
    return {"L": L, "T": T, "right": L + T - 1} | wrong


def rounds(rng: np.random.Generator) -> Numbers:
    T = int(rng.integers(20, 3000))
    right, chunks = int(np.ceil(np.log2(T))), int(np.ceil(2 * np.sqrt(T)))
    return {"T": T, "right": right, "chunks": chunks, "low": int(np.log2(T))}


def bits(rng: np.random.Generator) -> Numbers:
    J = round(rng.uniform(0.7, 2.5), 2)
    wrong = {"wrong": J * np.log(2), "perplexity": np.exp(J), "power": 2**J}
    return {"J": J, "right": J / np.log(2)} | wrong


DRAWN: Mapping[str, Callable[[np.random.Generator], Numbers | None]] = {
    made.__name__: made
    for made in (
        padding, parameters, by_hand, sure, mean_or_sum, masked, perplexity, clipped, bound,
        promised, gate, wire, drawn, hot, tail, pitch, beam, look, base_rate, masks, waves,
        rounds, bits,
    )
} | {
    "weights_rnn": functools.partial(weights, RNNCell),
    "weights_gru": functools.partial(weights, GRUCell),
    "weights_lstm": functools.partial(weights, LSTMCell),
}  # fmt: skip
