"""The exercises of ``08_sampling``."""

import copy

import numpy as np

from rnn_helpers import sampling
from rnn_helpers.activations import softmax
from rnn_helpers.cells import RNNCell
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import case_number, draw
from rnn_helpers.models import SequenceModel


def _pick(p, u):
    total = np.cumsum(p, axis=0)
    return (u >= total).sum(axis=0)


def _columns(rng):
    """Distributions with a clear favourite that u does not always hit, and one u for each.

    In the last column u is 0 and the first token is impossible, as after top-k.
    """
    case = draw(rng, {"p": "(n_y, m)"}, n_y=int(rng.integers(8, 12)))
    p = softmax(3 * case["p"])
    p[0, -1] = 0
    u = rng.uniform(0.2, 0.95, p.shape[1])
    u[-1] = 0
    return {"p": p / p.sum(axis=0), "u": u}


pick = Exercise(
    title="From a uniform number to an index",
    reference=_pick,
    takes={"p": "(n_y, m)", "u": "(m,)"},
    returns={"index": "(m,)"},
    cases=_columns,
    hints=(
        "The total runs down each column, over the tokens. That is axis 0.",
        "`u >= total` compares each number with all totals of its own column, `(n_y, m)`.",
        "Count the `True` down each column: `.sum(axis=0)`.",
    ),
    mistakes={
        "(u >= total).sum(axis=0) → p.argmax(axis=0)": "this is the likeliest index of each column, whatever `u` is. Nothing is drawn: use `u` and the running total.",
        "(u >= total) → (u < total)": "you count the totals *above* `u`, so likely tokens come out at the wrong end. Count those at or below it: `u >= total`.",
        "u >= total → u > total": "you count only the totals *below* `u`, and one that equals it belongs too. At u = 0 a first token of probability 0 would be drawn, which must never be. Count those at or below `u`.",
        "np.cumsum(p, axis=0) → p": "`u` is compared with each probability by itself. Compare it with the running total, `np.cumsum(p, axis=0)`.",
        "np.cumsum(p, axis=0) → np.cumsum(p, axis=1)": "the total runs along the rows, from one text to the next. It must run down each column, over the tokens: `axis=0`.",
        "np.cumsum(p, axis=0) → np.cumsum(p)": "without `axis` one total runs through all columns, as if they were one long text. Each column needs its own: `np.cumsum(p, axis=0)`.",
        ".sum(axis=0) → .sum(axis=0) + 1": "every index is one too high. The first token has index 0: that is the case where no total lies at or below `u`.",
        ".sum(axis=0) → .sum(axis=0) - 1": "every index is one too low. If one total lies at or below `u`, the first piece ends before `u`, and `u` falls into the second, index 1.",
        "u >= total → u[0] >= total": "all columns use the first number. Every text needs a number of its own, or all texts make the same choices.",
        "(u >= total).sum(axis=0) → (u >= total).sum()": "the counts of all columns are added up into one number. Count down each column: `.sum(axis=0)`.",
    },
)


def _with_temperature(z, temperature):
    z = z - z.max(axis=0)  # the largest becomes 0, so that exp cannot overflow
    e = np.exp(z / temperature)
    return e / e.sum(axis=0)


def _hot_and_cold(rng):
    """Scores at about 10, and a temperature: a check has one low, one near 1 and one high."""
    case = draw(rng, {"z": "(n_y, m)"})
    return {"z": 10 + 3 * case["z"], "temperature": (0.01, 0.7, 1.8)[case_number(rng)]}


with_temperature = Exercise(
    title="Temperature",
    reference=_with_temperature,
    takes={"z": "(n_y, m)", "temperature": "()"},
    returns={"p": "(n_y, m)"},
    cases=_hot_and_cold,
    hints=(
        "The scores are divided, before the exponential.",
        "Softmax divides the exponentials by their sum, down each column.",
        "`e / e.sum(axis=0)`.",
    ),
    mistakes={
        "z / temperature → z * temperature": "you multiply, so hot and cold are exchanged: a temperature below 1 would flatten the distribution. Divide the scores.",
        "z / temperature → z / np.log(temperature)": "here the scores are divided by the *logarithm* of the temperature, which is 0 at temperature 1 and negative below. Divide by the temperature itself.",
        "z - z.max(axis=0) → softmax(z)": "the *probabilities* are divided by the temperature, and softmax is taken a second time. They lie between 0 and 1, so the result is nearly flat. Divide the scores.",
        "return e / e.sum(axis=0) → return softmax(z) / temperature": "the probabilities are divided by the temperature, so they no longer add up to 1 and their proportions are what they were. Divide the scores, before the exponential.",
        "return e / e.sum(axis=0) → return softmax(z)": "the temperature has no effect: it is not used, or it changes all exponentials by one factor, which cancels when they are made to add up to 1. Divide the scores.",
        "z - z.max(axis=0) → z": "right as a formula, but at a low temperature z/τ gets large and `np.exp` overflows. Subtract the largest score of each column first, as in `02_forward_pass`.",
        "e.sum(axis=0) → e.sum(axis=1, keepdims=True)": "softmax runs over the wrong axis: each *row* adds up to 1. The tokens of one text stand in a column, so sum over `axis=0`.",
        "e.sum(axis=0) → e.sum()": "you divide by the sum over all columns, so only all texts together add up to 1. Each column needs its own sum: `axis=0`.",
        "e / e.sum(axis=0) → e": "the exponentials do not add up to 1 yet: divide by their sum down each column.",
    },
)


def _nucleus(p, top_p):
    order = np.argsort(-p)
    total = np.cumsum(p[order])
    count = (total < top_p).sum() + 1
    kept = np.zeros_like(p)
    kept[order[:count]] = p[order[:count]]
    return kept / kept.sum()


def _long_tail(rng):
    """A total that equals top_p; tokens as likely as the last one kept; or neither."""
    kind, n_y = case_number(rng), int(rng.integers(7, 13))
    if kind == 0:
        halves = 0.5 ** np.arange(1, n_y)  # 1/2, 1/4, 1/8, ...: their totals are exact
        return {"p": rng.permutation(np.r_[halves, halves[-1]]), "top_p": 0.75}
    if kind == 1:  # totals 4/8, 5/8, 6/8, ...: two of the four that are alike are kept
        p = rng.permutation([0.5, 0.125, 0.125, 0.125, 0.125])
        return {"p": p, "top_p": float(rng.uniform(0.65, 0.73))}
    p = softmax(rng.permutation(np.linspace(0, 3, n_y))[:, None])[:, 0]
    return {"p": p, "top_p": float(rng.uniform(0.75, 0.9))}


nucleus = Exercise(
    title="Top-p",
    reference=_nucleus,
    takes={"p": "(n_y,)", "top_p": "()"},
    returns={"p": "(n_y,)"},
    cases=_long_tail,
    hints=(
        "`total[0]` is the probability of the likeliest token, `total[1]` that of the two likeliest.",
        "Count the totals that have not reached `top_p` yet. The next token is the one that crosses "
        "it, and it is kept too.",
        "`(total < top_p).sum() + 1`; then divide what is kept by its sum.",
    ),
    mistakes={
        "(total < top_p).sum() + 1 → (total < top_p).sum()": "the token that crosses `top_p` is dropped, so what you keep stays below it. Where the likeliest token alone reaches `top_p`, nothing would be left. Keep one more.",
        "(total < top_p).sum() + 1 → (total < top_p).sum() + 2": "one token too many is kept: the first total that reaches `top_p` is enough.",
        "(total < top_p).sum() + 1 → (total <= top_p).sum() + 1": "right, except where a total *equals* `top_p`: it has reached it, and you keep one token more. Count the totals below, strictly.",
        "(total < top_p).sum() + 1 → (p > 1 - top_p).sum()": "each probability is held against a threshold by itself. Top-p looks at the running total: `total` against `top_p`.",
        "(total < top_p).sum() + 1 → (p < top_p).sum()": "each single probability is compared with `top_p`, so nearly all tokens are kept. Compare the running `total`.",
        "(total < top_p).sum() + 1 → (total > top_p).sum()": "you count the tokens that come *after* `top_p` is reached. Count those before, and add the one that crosses it.",
        "(total < top_p).sum() + 1 → int(top_p * len(p))": "this keeps a share of the *tokens*, always the same number. Top-p keeps a share of the *probability*: count along the running total.",
        "kept[order[:count]] = p[order[:count]] → kept = np.where(p >= p[order[count - 1]], p, 0)": "right, except where others are just as likely as the last token kept: you keep them too, and these are not the fewest. Keep the first `count` of the `order`.",
        "kept / kept.sum() → kept": "what is kept adds up to less than 1, so it is no distribution. Divide by its sum.",
        "kept / kept.sum() → np.exp(kept) / np.exp(kept).sum()": "softmax brings the dropped tokens back: exp(0) is 1. Divide by the sum instead.",
    },
)


def _one_text(step, rng, end, longest):
    token, state, written = np.array([end]), None, []
    while len(written) < longest:
        z, state = step(token, state)
        token = sampling.draw(softmax(z), rng)
        if token[0] == end:
            break
        written.append(token[0])
    return np.array(written, int)


def _feeds_the_likeliest(step, rng, end, longest):
    token, state, written = np.array([end]), None, []
    while len(written) < longest:
        z, state = step(token, state)
        token, drawn = z.argmax(axis=0), sampling.draw(softmax(z), rng)
        if drawn[0] == end:
            break
        written.append(drawn[0])
    return np.array(written, int)


def _keeps_the_end(step, rng, end, longest):
    text = _one_text(step, rng, end, longest)
    return text if len(text) == longest else np.append(text, end)


def _ends_only_what_is_begun(step, rng, end, longest):
    token, state, written = np.array([end]), None, []
    while len(written) < longest:
        z, state = step(token, state)
        token = sampling.draw(softmax(z), rng)
        if token[0] == end and written:
            break
        written.append(token[0])
    return np.array(written, int)


def _a_network(rng):
    """The step of a small network whose text is empty, or has a 0 in it and ends by itself.

    The first call of a check gets an empty text. A 0 in the text tells who stops there.
    """
    while True:
        case = _any_network(rng, at_once=case_number(rng) == 0)
        text = _one_text(**copy.deepcopy(case))
        if case_number(rng) == 0 or (0 in text[1:-1] and len(text) < case["longest"]):
            return case


def _any_network(rng, at_once):
    n_y = int(rng.integers(6, 10))
    model = SequenceModel(RNNCell(n_y, 5, rng=rng), n_y, rng=rng)
    for name in ("Wax", "Wya"):
        model.params[name] *= 2
    end = int(rng.integers(1, n_y))
    model.params["by"][end] = -2
    longest = int(rng.integers(14, 18))

    def step(token, state):
        """Take a step of the model, or one that ends the text at once."""
        z, new = model.step(token, state)
        if state is None and at_once:
            z = z + 50 * (np.arange(n_y) == end)[:, None]
        return z, new

    return {"step": step, "rng": rng, "end": end, "longest": longest}


one_text = Exercise(
    title="Write a text",
    reference=_one_text,
    returns={"tokens": "(T,)"},
    cases=_a_network,
    hints=(
        "What was drawn at one step is what is read at the next, with the state it was drawn from.",
        "`z` holds scores. `softmax(z)` is the distribution to draw from.",
        "The text is over when `token[0] == end`, and this is tested before the token is written.",
    ),
    mistakes={
        "step(token, state) → step(np.array([end]), state)": "the network reads `end` at every step: what it has drawn is never fed back in, so it does not know what it wrote. Hand it `token`.",
        _feeds_the_likeliest: "the network reads its *likeliest* token, while another one was drawn and written. It goes on from a text that does not exist. Feed back what was drawn.",
        "z, state = step(token, state) → z, _ = step(token, None)": "the state is not carried: each token is drawn as if only one had been read before. Hand the state from step to step.",
        _keeps_the_end: "the end token is part of your text. It only closes it: test for it before the token is written.",
        "sampling.draw(softmax(z), rng) → z.argmax(axis=0)": "the likeliest token is always taken, so every text would be the same. Draw from `softmax(z)`.",
        "softmax(z) → z": "`z` holds scores, which can be negative and do not add up to 1. Draw from `softmax(z)`.",
        "sampling.draw(softmax(z), rng) → sampling.draw(softmax(z), rng)[0]": "the token is taken out of its array too early: `step` reads an array, `(1,)`. Leave `token` as `sampling.draw` returns it.",
        "token[0] == end → token is end": "your test for the end never comes true, so every text runs to `longest`. Compare the number: `token[0] == end`.",
        "token[0] == end → token[0] == 0": "the text stops at token 0. The end token may be another one: compare with `end`.",
        "token[0] == end → token[0] == end or token[0] == 0": "the text stops at `end`, but at token 0 as well, which is a token like the others here. Test for `end` and nothing else.",
        "token[0] == end → len(written) > 0 and token[0] == written[-1]": "the text stops where a token comes twice in a row. It is over when the token is `end`.",
        _ends_only_what_is_begun: "an `end` that is drawn first does not end your text. It ends every text; the text is then empty. Test for `end` and nothing else.",
        "break → continue": "your loop goes on after the end, and the next text is joined to this one. Leave the loop when `end` is drawn.",
    },
)


def _correlations(a, f):
    a, f = a - a.mean(axis=0), f - f.mean()
    covariance = (a * f[:, None]).mean(axis=0)
    return covariance / (a.std(axis=0) * f.std())


def _units_and_a_feature(rng):
    """States, some of which follow a feature that is 1 or 0, and none with a mean of 0."""
    case = draw(rng, {"a": "(T, n_a)"}, T=int(rng.integers(20, 30)))
    f = (rng.random(len(case["a"])) < 0.4).astype(float)
    follows = rng.uniform(-0.6, 0.6, case["a"].shape[1])
    return {"a": 0.3 + case["a"] * rng.uniform(0.2, 1, len(follows)) + f[:, None] * follows, "f": f}


correlations = Exercise(
    title="The correlation of every unit with a feature",
    reference=_correlations,
    takes={"a": "(T, n_a)", "f": "(T,)"},
    returns={"r": "(n_a,)"},
    cases=_units_and_a_feature,
    hints=(
        "Time is axis 0, so the mean of each unit is `a.mean(axis=0)`.",
        "The covariance still depends on how strongly a unit moves. Divide by both spreads.",
        "`covariance / (a.std(axis=0) * f.std())`.",
    ),
    mistakes={
        "covariance / (a.std(axis=0) * f.std()) → covariance": "this is the covariance: a unit that moves strongly gets a large number whatever it follows. Divide by the spread of the unit and of the feature.",
        "(a.std(axis=0) * f.std()) → a.std(axis=0)": "the spread of the feature is missing, so your numbers do not reach from -1 to 1.",
        "(a.std(axis=0) * f.std()) → a.std(axis=0) * f.std()": "without brackets Python divides by the first spread and *multiplies* by the second. Put the product in brackets.",
        "(a.std(axis=0) * f.std()) → (a.std() * f.std())": "all units are divided by one common spread. Each needs its own: `a.std(axis=0)`.",
        "(a.std(axis=0) * f.std()) → (a.var(axis=0) * f.var())": "you divide by the variances, which are the spreads squared. Use `.std`.",
        "(a.std(axis=0) * f.std()) → (a.std(axis=0, ddof=1) * f.std(ddof=1))": "every number is a little too small: T − 1 in the spread, T in the mean. Leave `ddof` out, so that all of them divide by T.",
        "a - a.mean(axis=0), f - f.mean() → a, f": "the means are still in: a unit that is always high gets a large number without following anything. Take both means away first.",
        "a - a.mean(axis=0) → a - a.mean(axis=1, keepdims=True)": "the mean is taken over the units at each step. It must be taken over time, for each unit: `a.mean(axis=0)`.",
        "return covariance / (a.std(axis=0) * f.std()) → return abs(covariance) / (a.std(axis=0) * f.std())": "the sign is gone. A unit that is low where the feature is high has a negative correlation; keep it.",
    },
)
