"""Predictions of the course with other settings: each computes its answer and its wrong options.

A wrong option is what a certain mistake gives, and the key says which mistake that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from rnn_helpers import audio, losses, optimizers, sampling
from rnn_helpers.activations import sigmoid, softmax
from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
from rnn_helpers.dense import DenseModel
from rnn_helpers.models import SequenceModel


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


def _item(about: str, asks: str, right: str, because: str, **wrong: tuple[str, str]) -> Item | None:
    """Make an item, or None if two of its options read alike."""
    others = dict(wrong.values())
    alike = len({right, *others}) < len(wrong) + 1
    return None if alike else Item(about, asks, right, because, others)


def padding(rng: np.random.Generator) -> Item | None:
    lengths, T = rng.integers(2, 12, size=5), int(rng.integers(7, 12))
    cut = np.minimum(lengths, T)
    share, wrong = 1 - cut.sum() / (5 * T), 1 - lengths.sum() / (5 * T)
    asks = f"Words of {', '.join(map(str, lengths))} letters get {T} places each; longer ones are cut. Which share of the places is padding?"
    return _item(
        "01_why_sequences", asks, f"{share:.2f}", "Cut words have none.",
        a=(f"{1 - share:.2f}", "the share of letters"),
        b=(f"{wrong:.2f}", "what is cut off was counted as negative padding"),
    )  # fmt: skip


def parameters(rng: np.random.Generator) -> Item | None:
    T, n_x, n_a = int(rng.integers(8, 40)), int(rng.integers(10, 40)), int(rng.integers(5, 40))
    dense = DenseModel(T, n_x, n_a, 2, rng=0).n_weights
    recurrent = SequenceModel(RNNCell(n_x, n_a, rng=0), 2, rng=0).n_weights
    asks = f"A dense network and a tanh RNN with n_a = {n_a}, n_x = {n_x} and n_y = 2 read words of T = {T}. How many more weights has the dense one, if T grows by 1?"
    more = DenseModel(T + 1, n_x, n_a, 2, rng=0).n_weights - dense
    return _item(
        "01_why_sequences", asks, str(more), f"One more column of n_x inputs for each unit; now {dense} against {recurrent}.",
        a=(str(n_x), "only one unit reads the new letter"),
        b=(str(more + n_a * n_a), "the weights from state to state belong to the RNN"),
    )  # fmt: skip


def by_hand(rng: np.random.Generator) -> Item | None:
    w, x = round(rng.uniform(0.3, 0.9), 1), round(rng.uniform(0.5, 1.2), 1)
    first = np.tanh(x)
    inside = w * first + x
    asks = f"One unit, Waa = {w}, Wax = 1, no bias, a⟨0⟩ = 0, tanh. The input is {x} at both steps. What is a⟨2⟩?"
    return _item(
        "02_forward_pass", asks, f"{np.tanh(inside):.2f}", f"a⟨1⟩ = {first:.2f}, then tanh({inside:.2f}).",
        a=(f"{first:.2f}", "the state before was left out"),
        b=(f"{inside:.2f}", "the sum, without tanh"),
    )  # fmt: skip


def weights(rng: np.random.Generator) -> Item | None:
    kind, blocks = [(RNNCell, 1), (GRUCell, 3), (LSTMCell, 4)][rng.integers(3)]
    n_x, n_a, n_y = (int(n) for n in rng.permutation(np.arange(5, 40))[:3])
    count = SequenceModel(kind(n_x, n_a, rng=0), n_y, rng=0).n_weights
    biases = blocks * n_a + n_y
    asks = f"How many numbers learn in an {kind.__name__} with n_x = {n_x}, n_a = {n_a} and an output layer with n_y = {n_y}?"
    cell_alone = count - n_y * n_a - n_y
    return _item(
        "02_forward_pass", asks, f"{count:,}", f"{blocks} block(s) of n_a (n_a + n_x + 1), and n_y (n_a + 1).",
        a=(f"{count - biases:,}", "the biases are missing"),
        b=(f"{cell_alone:,}", "the output layer is missing"),
    )  # fmt: skip


def sure(rng: np.random.Generator) -> Item | None:
    p = float(rng.choice([0.9, 0.95, 0.98, 0.995, 0.999]))
    asks = f"The truth is 0 and the network says {p}. What is its logistic loss at this step?"
    return _item(
        "03_backpropagation_through_time", asks, f"{-np.log(1 - p):.2f}", "It is -log(1 - ŷ), and has no limit above.",
        a=(f"{-np.log(p):.2f}", "the term for a truth of 1"),
        b=(f"{p:.2f}", "the error ŷ - y, which is the gradient for the score"),
    )  # fmt: skip


def mean_or_sum(rng: np.random.Generator) -> Item | None:
    T, rate = int(rng.integers(5, 40)), float(rng.choice([0.1, 0.2, 0.5]))
    asks = f"Gradient descent on a loss summed over T = {T} steps works well at a rate of {rate}. Which rate makes the same steps on the mean?"
    return _item(
        "03_backpropagation_through_time", asks, f"{rate * T:g}", "The mean's gradient is shorter by T.",
        a=(f"{rate:g}", "the gradient of a mean is shorter"),
        b=(f"{rate / T:.3g}", "the wrong way round"),
    )  # fmt: skip


def masked(rng: np.random.Generator) -> Item | None:
    loss = rng.integers(1, 9, size=(2, 4)) / 2
    lengths = rng.permutation([4, int(rng.integers(1, 4))])
    mask = np.arange(4) < lengths[:, None]
    shown = "; ".join(", ".join(f"{v:g}" for v in row) for row in loss)
    asks = f"Two names, a row each, with these losses: {shown}. Only the first {lengths[0]} and the first {lengths[1]} count. What is the mean loss?"
    return _item(
        "04_training", asks, f"{loss[mask].mean():.2f}", "The mask stands in the sum and in what it is divided by.",
        a=(f"{loss.mean():.2f}", "without the mask"),
        b=(f"{(loss * mask).sum() / mask.size:.2f}", "the mask in the sum only"),
    )  # fmt: skip


def perplexity(rng: np.random.Generator) -> Item | None:
    p = rng.choice([0.02, 0.05, 0.1, 0.2, 0.5, 0.8], size=3, replace=False)
    right = losses.perplexity(float(-np.log(p).mean()))
    asks = f"The right characters got the probabilities {', '.join(f'{v:g}' for v in p)}. What is the perplexity?"
    return _item(
        "04_training", asks, f"{right:.1f}", "First the mean of -log p, then the exponential.",
        a=(f"{(1 / p).mean():.1f}", "the mean of the exponentials"),
        b=(f"{1 / p.mean():.1f}", "the probabilities were averaged first"),
    )  # fmt: skip


def clipped(rng: np.random.Generator) -> Item | None:
    scale, limit = int(rng.integers(2, 6)), 1.0
    g = scale * np.array([3.0, 4.0])
    by_norm = optimizers.clip_by_norm({"g": g}, limit)["g"]
    by_value = optimizers.clip_by_value({"g": g}, limit)["g"]
    asks = f"The gradient ({g[0]:g}, {g[1]:g}) is clipped by norm to {limit:g}. What becomes of it?"
    return _item(
        "04_training", asks, _pair(by_norm), f"Its length is {5 * scale}; both numbers are divided by that.",
        a=(_pair(by_value), "clipped by value: it points elsewhere"),
        b=(_pair(g / g.sum()), "divided by the sum of the numbers, not by the length"),
    )  # fmt: skip


def _pair(v: np.ndarray) -> str:
    return f"({v[0]:.2f}, {v[1]:.2f})"


def bound(rng: np.random.Generator) -> Item | None:
    sigma, lag = round(rng.uniform(0.7, 0.95), 2), int(rng.integers(10, 40))
    asks = f"A tanh cell whose Waa has the largest singular value {sigma}. What does the norm of ∂a⟨T⟩/∂a⟨T-{lag}⟩ never exceed?"
    return _item(
        "05_vanishing_gradients", asks, f"{sigma**lag:.2g}", "Each step stretches by σ_max at most, and tanh by 1 at most.",
        a=(f"{sigma:.2g}", "that is one step"),
        b=(f"{1 - lag * (1 - sigma):.2g}", "the losses were added up; they are multiplied"),
    )  # fmt: skip


def promised(rng: np.random.Generator) -> Item | None:
    sigma, radius = round(rng.uniform(1.2, 3), 1), round(rng.uniform(0, 0.9), 1)
    asks = f"Waa of a tanh network has σ_max = {sigma} and the spectral radius {radius}; nothing is known of its states. Over many steps its gradient ..."
    return _item(
        "05_vanishing_gradients", asks, "may explode and need not", "σ_max above 1 is necessary for exploding, not sufficient; the radius promises nothing in general.",
        a=("must vanish, for the radius is below 1", "that holds where the state rests at 0"),
        b=("must explode, for σ_max is above 1", "the slopes may shrink more than the matrix stretches"),
    )  # fmt: skip


def gate(rng: np.random.Generator) -> Item | None:
    u, k = round(rng.uniform(0.05, 0.4), 2), int(rng.integers(5, 20))
    asks = f"An update gate stands at Γu = {u} at every step. Straight along, what share of a unit is left after {k} steps?"
    return _item(
        "06_gru", asks, f"{(1 - u) ** k:.3g}", "Each step keeps 1 - Γu.",
        a=(f"{u**k:.3g}", "Γu is what is written, not what is kept"),
        b=(f"{max(0, 1 - k * u):.3g}", "the losses were added up"),
    )  # fmt: skip


def wire(rng: np.random.Generator) -> Item | None:
    b, k = float(rng.choice([0.0, 0.5, 1.0, 2.0, 3.0])), int(rng.integers(10, 40))
    f = float(sigmoid(np.array(b)))
    asks = f"The forget gates stand at σ({b:g}). Straight along the wire, what is left of a gradient after {k} steps?"
    return _item(
        "07_lstm", asks, f"{f**k:.2g}", f"σ({b:g}) = {f:.3f}, to the power {k}.",
        a=(f"{f:.2g}", "that is one step"),
        b=(f"{(1 - f) ** k:.2g}", "an open forget gate keeps"),
    )  # fmt: skip


def drawn(rng: np.random.Generator) -> Item | None:
    p = rng.dirichlet(np.ones(4)).round(2)
    p[-1] = round(1 - p[:-1].sum(), 2)
    u = round(rng.uniform(0.02, 0.97), 2)
    index, likeliest = int((np.cumsum(p) <= u).sum()), int(p.argmax())
    asks = f"p = ({', '.join(f'{v:.2f}' for v in p)}) and u = {u}. Which index, counted from 0, is drawn?"
    return _item(
        "08_sampling", asks, str(index), "So many running totals lie at or below u.",
        a=(str(likeliest), "the likeliest: that is greedy"),
        b=(str(index + 1), "counted from 1"),
    )  # fmt: skip


def hot(rng: np.random.Generator) -> Item | None:
    gap, tau = int(rng.integers(1, 4)), float(rng.choice([0.5, 0.8, 1.5, 2.0]))
    p = sampling.distribution(np.array([[gap], [0.0]]), tau)[:, 0]
    asks = f"Two letters whose scores lie {gap} apart. At temperature {tau:g}, how many times as probable is the better one?"
    return _item(
        "08_sampling", asks, f"{p[0] / p[1]:.1f}", "The scores are divided by τ before the exponential.",
        a=(f"{np.exp(gap) / tau:.1f}", "the ratio was divided, not the scores"),
        b=(f"{np.exp(gap * tau):.1f}", "multiplied by τ"),
    )  # fmt: skip


def tail(rng: np.random.Generator) -> Item | None:
    p = np.sort(rng.dirichlet(np.ones(6)))[::-1]
    top_p = round(rng.uniform(0.5, 0.95), 2)
    count = int((sampling.distribution(np.log(p)[:, None], top_p=top_p) > 0).sum())
    if np.abs(np.cumsum(p) - top_p).min() < 0.02:  # the rounded numbers could not tell
        return None
    shown = ", ".join(f"{v:.2f}" for v in p)
    asks = f"Probabilities (rounded) {shown}. With top-p at {top_p}, how many tokens are left?"
    return _item(
        "08_sampling", asks, str(count), "The fewest that reach the sum, the likeliest first.",
        a=(str(count - 1), "one too few: their sum is below top-p"),
        b=(str(count + 1), "the sum was reached one earlier"),
    )  # fmt: skip


def pitch(rng: np.random.Generator) -> Item | None:
    keys = int(rng.choice([-24, -12, -7, 7, 12, 24]))
    asks = f"A pitch {abs(keys)} keys {'above' if keys > 0 else 'below'} the A of 440 Hz. How often does it swing in a second?"
    return _item(
        "09_sequence_types", asks, f"{audio.frequency(69 + keys):.0f}", "Twelve keys double the frequency.",
        a=(f"{440 * (1 + keys / 12) if keys > 0 else 440 / (1 - keys / 12):.1f}", "an octave was added as 440, not doubled"),
        b=(f"{440 * 2.0 ** (-keys / 12):.1f}", "the wrong direction"),
    )  # fmt: skip


def beam(rng: np.random.Generator) -> Item | None:
    first = round(rng.uniform(0.52, 0.65), 2)
    after = round(rng.uniform(0.3, 0.5), 2), round(rng.uniform(0.8, 0.95), 2)
    greedy, other = first * after[0], (1 - first) * after[1]
    asks = f"A has {first}, B has {1 - first:.2f}. After A the best sign has {after[0]}, after B {after[1]}. How probable is the likeliest text of two signs?"
    return _item(
        "09_sequence_types", asks, f"{max(greedy, other):.3f}", f"Greedy finds {greedy:.3f}; the other way gives {other:.3f}.",
        a=(f"{min(greedy, other):.3f}", "the other of the two texts"),
        b=(f"{first * after[1]:.3f}", "the best first sign with the best second one, which does not follow it"),
    )  # fmt: skip


def look(rng: np.random.Generator) -> Item | None:
    q, times = np.array([1.0, round(rng.uniform(0.2, 0.8), 1)]), int(rng.integers(2, 5))
    before, after = softmax(q[:, None])[:, 0], softmax(times * q[:, None])[:, 0]
    asks = f"Two states score 1 and {q[1]} against a query. The query is made {times} times as long. What is the larger weight then?"
    return _item(
        "10_attention", asks, f"{after[0]:.2f}", f"It was {before[0]:.2f}; softmax sees differences, and these are {times} times as large.",
        a=(f"{before[0]:.2f}", "the dot product compares lengths, too"),
        b=(f"{min(1, times * before[0]):.2f}", "the weight was multiplied, not the score"),
    )  # fmt: skip


def base_rate(rng: np.random.Generator) -> Item | None:
    q = round(rng.uniform(0.1, 0.45), 2)
    best = -q * np.log(q) - (1 - q) * np.log(1 - q)
    asks = f"A network cannot know which of two cases it is; one comes in {q:.0%} of the cases. What is the lowest mean loss it can have, in nats?"
    return _item(
        "11_bidirectional_and_deep", asks, f"{best:.2f}", f"It says p = {q} to all of them.",
        a=(f"{np.log(2):.2f}", "that is the loss of always saying one half"),
        b=(f"{-np.log(1 - q):.2f}", "that is paid in the frequent cases only"),
    )  # fmt: skip


def masks(rng: np.random.Generator) -> Item | None:
    p, k = float(rng.choice([0.1, 0.2, 0.3, 0.5])), int(rng.integers(5, 20))
    asks = f"A state is dropped with p = {p}, drawn anew at each step. Which share of the units still holds its number after {k} steps?"
    return _item(
        "11_bidirectional_and_deep", asks, f"{(1 - p) ** k:.2g}", "Each step is a new drawing.",
        a=(f"{1 - p:.2g}", "with one mask for all steps"),
        b=(f"{p**k:.2g}", "that is the share that is dropped every time"),
    )  # fmt: skip


def waves(rng: np.random.Generator) -> Item | None:
    L, T = int(rng.integers(2, 7)), int(rng.integers(8, 60))
    asks = f"A one-way stack of {L} layers reads {T} steps. In how many waves can it be done?"
    return _item(
        "12_one_token_at_a_time", asks, str(L + T - 1), "A cell waits for its left and its lower neighbour.",
        a=(str(L * T), "that many cells, one after the other"),
        b=(str(max(L, T)), "the front slants"),
    )  # fmt: skip


def rounds(rng: np.random.Generator) -> Item | None:
    T = int(rng.integers(20, 3000))
    asks = f"A linear recurrence over {T} steps, by doubling. How many rounds follow each other?"
    right = int(np.ceil(np.log2(T)))
    return _item(
        "12_one_token_at_a_time", asks, str(right), "After k rounds each entry stands for 2ᵏ steps.",
        a=(str(T), "that is the loop"),
        b=(str(int(np.ceil(2 * np.sqrt(T)))), "that is by chunks"),
    )  # fmt: skip


def bits(rng: np.random.Generator) -> Item | None:
    J = round(rng.uniform(0.7, 2.5), 2)
    asks = f"Nothing is unknown, and the mean loss is {J} nats. How many bits a character is that?"
    return _item(
        "13_your_own_text", asks, f"{J / np.log(2):.2f}", "A bit is log 2 nats.",
        a=(f"{J * np.log(2):.2f}", "multiplied by log 2"),
        b=(f"{np.exp(J):.2f}", "that is the perplexity"),
    )  # fmt: skip


QUIZZES: tuple[Callable[[np.random.Generator], Item | None], ...] = (
    padding, parameters, by_hand, weights, sure, mean_or_sum, masked, perplexity, clipped, bound,
    promised, gate, wire, drawn, hot, tail, pitch, beam, look, base_rate, masks, waves, rounds, bits,
)  # fmt: skip


def draw(quiz: Callable[[np.random.Generator], Item | None], rng: np.random.Generator) -> Item:
    """Return an item whose options all differ: the settings are drawn until that is so."""
    return next(item for item in iter(lambda: quiz(rng), ...) if item)
