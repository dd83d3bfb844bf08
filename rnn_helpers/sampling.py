"""Writing: draw the next token, feed it back in, repeat.

From the scores z a model gives at a step to the distribution that is drawn from: divide by the
temperature, take the softmax, then leave out unlikely tokens (top-k, top-p).
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import State, map_state
from rnn_helpers.models import EncoderDecoder, SequenceModel

HIGHEST_POWER = 10  # of a length in a beam search: far above any use, and T_y**10 is no infinity
COLDEST = 1e-30  # a temperature below it gives the same p, but in float32 it might be 0


class Step(NamedTuple):
    """One step of writing, for m texts: what was drawn, from which p, and the state then.

    ``token`` is (m,), ``p`` (n_y, m) the distribution it was drawn from, after temperature, top-k
    and top-p. ``weights`` is what p is proportional to: p is worked out when it is asked for.
    """

    token: np.ndarray
    weights: np.ndarray
    state: State

    @property
    def p(self) -> np.ndarray:
        return self.weights / self.weights.sum(axis=0)


def distribution(
    z: np.ndarray,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray:
    """Return the distribution to draw from, p (n_y, m), for scores z (n_y, m).

    ``temperature`` τ: p = softmax(z / τ). Below 1 the likely becomes likelier; at 0 all of p lies
    on the largest score (*greedy*). ``top_k`` keeps the k likeliest tokens, ``top_p`` the fewest
    whose probabilities reach that sum; the rest becomes 0 and what is left is scaled to sum to 1.
    With both, top-k comes first. Of equal probabilities the earlier token is kept.

    Raise ValueError for a temperature below 0, a top_k outside 1..n_y, or a top_p outside
    0 < p ≤ 1.
    Sources: Ackley, Hinton and Sejnowski (1985) for the temperature; Fan, Lewis and Dauphin (2018)
    for top-k; Holtzman et al. (2020) for top-p.
    """
    z = checks.numeric("z", z)
    z = checks.array("z", z, "n_y m", {}, z.dtype if z.dtype.kind == "f" else np.dtype(float))
    choice = _checked_choice(len(z), temperature, top_k, top_p)
    with np.errstate(over="ignore"):  # z / τ may be -infinity, whose exp is 0
        weights = _weights(z, *choice)
    return weights / weights.sum(axis=0)


def entropy(p: np.ndarray) -> np.ndarray:
    """Return H = -Σ_k p_k log p_k of each column of p (n_y, m), in nats, (m,).

    0 where one token is certain, log n_y where all are equally likely; exp(H) is the number of
    equally likely tokens that would be as hard to guess. Source: Shannon (1948).
    """
    p = _probabilities(p)
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=0) + 0.0  # no negative zero


def draw(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw one class from each column of p (n_y, m), whose columns sum to 1. Return (m,).

    A uniform number falls somewhere on the running total of the probabilities: its place is the
    class. Raise ValueError if p is no distribution in every column.
    """
    return _draw(_probabilities(p), checks.generator(rng))


def steps(
    model: SequenceModel,
    rng: np.random.Generator,
    m: int = 1,
    start: int | None = 0,
    prompt: np.ndarray | None = None,
    state: State | None = None,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Iterator[Step]:
    """Write m texts at once, without end, one ``Step`` after the other.

    The first input is the token ``start``, or with ``start=None`` a vector of zeros: take what the
    model saw in training. Then comes the ``prompt``, tokens (T,) that are read before anything is
    drawn, and then each token drawn is the next input. ``state`` is where the model begins, zeros
    if not given. Leave the model's parameters as they are until you are done. Everything is checked
    before the first step; ValueError or TypeError as for ``distribution``, or if the model cannot
    read its own output or its first scores are not finite.
    """
    m, rng = checks.size("m", m), checks.generator(rng)
    n_x = _own_reader(model)
    choice = _checked_choice(model.n_y, temperature, top_k, top_p)
    if start is None:
        first = np.zeros((n_x, m), model.cell.dtype)
    else:
        first = np.full(m, checks.token("start", start, n_x))
    prompt = checks.token_row("prompt", [] if prompt is None else prompt)
    if prompt.size:
        checks.tokens("prompt", prompt, n_x, "T")
    inputs = [first, *(np.full(m, token) for token in prompt)]
    return _written(model, rng, inputs, state, choice)


def sample(
    model: SequenceModel,
    rng: np.random.Generator,
    m: int = 1,
    start: int | None = 0,
    end: int | None = 0,
    longest: int = 40,
    **how: object,
) -> list[np.ndarray]:
    """Draw m sequences of tokens at once, each until ``end`` is drawn or it is ``longest`` long.

    ``end=None`` means that no token ends a text. Neither the end token nor the prompt is part of
    what is returned. ``how`` holds prompt, state, temperature, top_k and top_p: see ``steps``,
    which also says what is raised.
    """
    m, longest = checks.size("m", m), checks.size("longest", longest)
    if end is not None:
        checks.token("end", end, _own_reader(model))
    drawn, ended = [], np.zeros(m, bool)
    for step in islice(steps(model, rng, m, start, **how), longest):
        drawn.append(step.token)
        if end in step.token.tolist():
            ended |= step.token == end
            if ended.all():
                break
    return [_up_to(end, column) for column in np.array(drawn).T]


def translate(
    model: EncoderDecoder,
    x: np.ndarray,
    x_mask: np.ndarray | None = None,
    end: int = 0,
    longest: int = 40,
    rng: checks.Seed = 0,
    temperature: float = 0.0,
    **how: object,
) -> list[np.ndarray]:
    """Let the encoder read x and the decoder write, fed with its own output: m token rows.

    x is (T, n_x, m) floats or (T, m) tokens, x_mask (T, m) False where a column has ended. Greedy
    unless a ``temperature`` is given; the rest is as for ``sample``.
    """
    checks.instance("model", model, EncoderDecoder, "an EncoderDecoder")
    checks.token("end", end, model.decoder.n_y)
    how |= {"state": model.encoded(x, x_mask), "temperature": temperature}
    return sample(model.decoder, rng, np.shape(x)[-1], model.start, end, longest, **how)


class Hypothesis(NamedTuple):
    """A text that ``beam_search`` kept: its tokens (T_y,), log p, and the score it is ranked by."""

    tokens: np.ndarray
    log_p: float
    score: float


def beam_search(
    model: EncoderDecoder,
    x: np.ndarray,
    x_mask: np.ndarray | None = None,
    end: int = 0,
    longest: int = 40,
    width: int = 4,
    length_power: float = 0.0,
) -> list[list[Hypothesis]]:
    """Let the decoder write the ``width`` best beginnings side by side; return the best first.

    Greedy writing never takes back a token. Beam search keeps ``width`` beginnings of each column
    of x at every step, continues each with every token, and keeps the best of all that come of it::

        log p = Σ_t log ŷ⟨t⟩ of the token written        score = log p / T_y ** length_power

    where T_y counts the end token too. Each further token makes log p smaller, so with
    ``length_power`` 0 short texts are favoured; 1 ranks by the mean. A text that has ended keeps
    its place until better ones push it out. Width 1 is greedy; a width of all texts finds the very
    best. Return, for each column of x, up to ``width`` hypotheses, without their end token.

    Raise ValueError or TypeError for an x, x_mask or end as ``translate`` does, a width or longest
    below 1, or a length_power below 0 or above ``HIGHEST_POWER``.
    Sources: Graves (2012) for beams over a recurrent network's output; Wu et al. (2016) for the
    power of the length, though theirs is of (5 + T_y) / 6.
    """
    width, longest = checks.size("width", width), checks.size("longest", longest)
    if not 0 <= checks.number("length_power", length_power) <= HIGHEST_POWER:
        raise ValueError(f"length_power must be from 0 to {HIGHEST_POWER}, got {length_power}")
    checks.instance("model", model, EncoderDecoder, "an EncoderDecoder")
    checks.token("end", end, _own_reader(model.decoder))
    read, step = model.encoded(x, x_mask), model.decoder.quick_step()
    m = np.shape(x)[-1]
    state = _columns(read, np.repeat(np.arange(m), width))
    beams = _Beams.one_each(m, width, model.start)
    for _ in range(longest):
        z, state = step(beams.token.ravel(), state)
        beams, kept = beams.continued(z, end, length_power)
        state = _columns(state, kept)
        if beams.ended.all():
            break
    return beams.hypotheses(end, length_power)


class _Beams(NamedTuple):
    """The texts of a beam search: m columns of x, ``width`` beginnings of each, all (m, width).

    ``written`` (T_y, m, width) holds their tokens and ``token`` the last of them; ``length`` counts
    the tokens up to the end, the end token too. A place without a beginning has log p = -∞.
    """

    written: np.ndarray
    token: np.ndarray
    log_p: np.ndarray
    length: np.ndarray
    ended: np.ndarray

    @classmethod
    def one_each(cls, m: int, width: int, start: int) -> "_Beams":
        log_p = np.full((m, width), -np.inf)
        log_p[:, 0] = 0
        shape, written = (m, width), np.zeros((0, m, width), int)
        return cls(written, np.full(shape, start), log_p, np.zeros(shape), np.zeros(shape, bool))

    def continued(
        self, z: np.ndarray, end: int, length_power: float
    ) -> tuple["_Beams", np.ndarray]:
        """Return the best continuations, and which column of z (n_y, m * width) each is from."""
        (m, width), n_y = self.token.shape, len(z)
        gain = _log_softmax(z).T.reshape(m, width, n_y)
        gain[self.ended] = np.where(np.arange(n_y) == end, 0, -np.inf)  # they stay as they are
        log_p, length = self.log_p[:, :, None] + gain, self.length + ~self.ended
        score = log_p / length[:, :, None] ** length_power
        best = np.argsort(-score.reshape(m, -1), axis=1, kind="stable")[:, :width]
        beam, token = np.divmod(best, n_y)

        def of(v: np.ndarray) -> np.ndarray:
            return np.take_along_axis(v, beam, axis=1)

        written = np.stack([*map(of, self.written), token])
        log_p = np.take_along_axis(log_p.reshape(m, -1), best, axis=1)
        ended = of(self.ended) | (token == end)
        kept = (np.arange(m)[:, None] * width + beam).ravel()
        return _Beams(written, token, log_p, of(length), ended), kept

    def hypotheses(self, end: int, length_power: float) -> list[list[Hypothesis]]:
        score, (m, width) = self.log_p / self.length**length_power, self.token.shape
        return [
            [
                Hypothesis(
                    _up_to(end, self.written[:, i, k]), float(self.log_p[i, k]), float(score[i, k])
                )
                for k in range(width)
                if self.log_p[i, k] > -np.inf
            ]
            for i in range(m)
        ]


def _columns(state: State, chosen: np.ndarray) -> State:
    """Return the chosen columns of every array of a state."""
    return map_state(lambda _, part: part[..., chosen], state)


def _log_softmax(z: np.ndarray) -> np.ndarray:
    z = z.astype(float) - z.max(axis=0)
    return z - np.log(np.exp(z).sum(axis=0))


def _written(
    model: SequenceModel,
    rng: np.random.Generator,
    inputs: list[np.ndarray],
    state: State | None,
    choice: tuple[float, int | None, float | None],
) -> Iterator[Step]:
    for x_t in inputs:
        z, state = model.step(x_t, state)
    checks.array("the scores of model", z, "n_y m", {}, z.dtype)
    step = model.quick_step()  # what has been drawn need not be checked
    while True:
        weights = _weights(z, *choice)
        token = _draw(weights, rng)
        yield Step(token, weights, state)
        z, state = step(token, state)


def _own_reader(model: SequenceModel) -> int:
    if not all(hasattr(model, part) for part in ("n_y", "cell", "step", "quick_step")):
        raise TypeError(f"model must be a SequenceModel, got {checks.shown(model)}")
    if model.n_y != model.cell.n_x:
        raise ValueError(
            "model must have n_y = n_x to be fed its own output, "
            f"got {model.n_y} and {model.cell.n_x}"
        )
    return model.n_y


def _checked_choice(
    n_y: int, temperature: float, top_k: int | None, top_p: float | None
) -> tuple[float, int | None, float | None]:
    """Return temperature, top_k and top_p as ``_weights`` takes them."""
    if checks.number("temperature", temperature) < 0:
        raise ValueError(f"temperature must be 0 or more, got {temperature}")
    if top_k is not None and checks.size("top_k", top_k) > n_y:
        raise ValueError(f"top_k must be from 1 to n_y = {n_y}, got {top_k}")
    if top_p is not None and checks.positive("top_p", top_p) > 1:
        raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
    return max(temperature, COLDEST) if temperature else 0, top_k, top_p


def _weights(
    z: np.ndarray, temperature: float, top_k: int | None, top_p: float | None
) -> np.ndarray:
    """Return what ``distribution`` is proportional to: drawing can do without the division."""
    if temperature == 0:
        return (np.arange(len(z))[:, None] == z.argmax(axis=0)).astype(z.dtype)
    z = z - z.max(axis=0)  # as in softmax, so that exp cannot overflow
    weights = np.exp(z if temperature == 1 else z / temperature)
    if top_k is not None:
        weights = _likeliest(weights, lambda ordered: np.arange(len(ordered))[:, None] < top_k)
    if top_p is not None:
        p = weights / weights.sum(axis=0)
        weights = _likeliest(p, lambda ordered: np.cumsum(ordered, axis=0) - ordered < top_p)
    return weights


def _likeliest(p: np.ndarray, which: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Keep the entries of p for which ``which`` of the ordered p, largest first, is True."""
    order = np.argsort(-p, axis=0, kind="stable")
    chosen = np.zeros(p.shape, bool)
    np.put_along_axis(chosen, order, which(np.take_along_axis(p, order, axis=0)), axis=0)
    p = p * chosen
    return p / p.sum(axis=0)


def _draw(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw as ``draw`` does, from weights that need not sum to 1."""
    total = weights.cumsum(axis=0)
    return (total > rng.random(total.shape[1]) * total[-1]).argmax(axis=0)  # the first above


def _probabilities(p: np.ndarray) -> np.ndarray:
    p = checks.array("p", p, "n_y m", {}, np.dtype(float))
    sums = p.sum(axis=0)
    if p.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            "p must hold probabilities that sum to 1 down each column, "
            f"got entries from {p.min():.3g} and sums from {sums.min():.3g} to {sums.max():.3g}"
        )
    return p


def _up_to(end: int | None, column: np.ndarray) -> np.ndarray:
    """Return a column up to its first end token, all of it if there is none."""
    ends = np.flatnonzero(column == end) if end is not None else []
    return column[: ends[0]] if len(ends) else column
