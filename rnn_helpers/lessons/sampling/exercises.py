"""The exercises of ``08_sampling``."""

import copy

import numpy as np

from rnn_helpers import sampling
from rnn_helpers.activations import softmax
from rnn_helpers.checking.compare import same
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, deal_sizes, draw


def _pick(p, u):
    total = np.cumsum(p, axis=0)
    return (u >= total).sum(axis=0)


def _columns(rng):
    """Distributions with a clear favourite that u does not always hit, and one u for each.

    In the last column u is 0 and the first token is impossible, as after top-k. Then come totals
    that u equals.
    """
    for sizes in deal_sizes(rng, ("n_y", "m"), least=5):
        p = softmax(3 * draw(rng, {"p": "(n_y, m)"}, **sizes)["p"])
        p[0, -1] = 0
        u = rng.uniform(0.2, 0.95, p.shape[1])
        u[-1] = 0
        yield p / p.sum(axis=0), u
    quarters = rng.permutation(np.array([0.25, 0.25, 0.5]))
    yield np.stack([quarters, quarters], axis=1), np.array([quarters[0], rng.uniform(0.8, 0.99)])


pick = Exercise(
    title="From a uniform number to an index",
    reference=_pick,
    takes={"p": "(n_y, m)", "u": "(m,)"},
    returns={"index": "(m,)"},
    cases=_columns,
    deals={
        "u = 0 and a first token that cannot be": lambda p, u: ((u == 0) & (p[0] == 0)).any(),
        "u equals a total": lambda p, u: (np.cumsum(p, axis=0) == u).any(),
        "one text": lambda p, u: len(u) == 1,
        "more tokens than texts": lambda p, u: len(p) > len(u),
        "more texts than tokens": lambda p, u: len(p) < len(u),
    },
    kinds={"index": "tokens"},
    by_hand=("draw",),
    hints=(
        "The total runs down each column, over the tokens. That is axis 0.",
        "`u >= total` compares each number with all totals of its own column, `(n_y, m)`.",
        "Count the `True` down each column: `.sum(axis=0)`.",
    ),
    mistakes={
        "(u >= total).sum(axis=0) → p.argmax(axis=0)": "this is the likeliest index of each column, whatever `u` is. Nothing is drawn: use `u` and the running total.",
        "(u >= total) → (u < total)": "you count the totals *above* `u`, so likely tokens come out at the wrong end. Count those at or below it. || `u >= total`.",
        "u >= total → u > total": "you count only the totals *below* `u`, and one that equals it belongs too. At u = 0 a first token of probability 0 would be drawn, which must never be. Count those at or below `u`.",
        "np.cumsum(p, axis=0) → p": "`u` is compared with each probability by itself. || Compare it with the running total, `np.cumsum(p, axis=0)`.",
        "np.cumsum(p, axis=0) → np.cumsum(p, axis=1)": "the total runs along the rows, from one text to the next. It must run down each column, over the tokens: `axis=0`.",
        "np.cumsum(p, axis=0) → np.cumsum(p)": "without `axis` one total runs through all columns, as if they were one long text. Each column needs its own. || `np.cumsum(p, axis=0)`.",
        ".sum(axis=0) → .sum(axis=0) + 1": "every index is one too high. The first token has index 0: that is the case where no total lies at or below `u`.",
        ".sum(axis=0) → .sum(axis=0) - 1": "every index is one too low. If one total lies at or below `u`, the first piece ends before `u`, and `u` falls into the second, index 1.",
        "u >= total → u[0] >= total": "all columns use the first number. Every text needs a number of its own, or all texts make the same choices.",
        "(u >= total).sum(axis=0) → (u >= total).sum()": "the counts of all columns are added up into one number. Count down each column. || `.sum(axis=0)`.",
        "(u >= total).sum(axis=0) → np.abs(total - u).argmin(axis=0)": "the nearest total is looked for. It is not the distance that counts, but in which piece `u` lies.",
    },
)


def _with_temperature(z, temperature):
    z = z - z.max(axis=0)  # the largest becomes 0, so that exp cannot overflow
    e = np.exp(z / temperature)
    return e / e.sum(axis=0)


def _hot_and_cold(rng):
    """Scores at about 10, and a temperature: a low one, one near 1, a high one, and 1 itself."""
    temperatures = (0.01, rng.uniform(0.5, 0.8), rng.uniform(1.5, 2.5), 1.0)
    for case, temperature in zip(deal(rng, {"z": "(n_y, m)"}), temperatures, strict=True):
        z = 10 + 3 * case["z"]
        if temperature < 0.1:  # one column spread wide, and one far from the others
            z[0, 0] -= 12
            z[:, -1] += 20
        yield z, float(temperature)


with_temperature = Exercise(
    title="Temperature",
    reference=_with_temperature,
    takes={"z": "(n_y, m)", "temperature": "()"},
    returns={"p": "(n_y, m)"},
    cases=_hot_and_cold,
    deals={
        "cold": lambda z, temperature: temperature < 0.05,
        "cold, and columns far apart": lambda z, temperature: (
            temperature < 0.05 and np.ptp(z.max(axis=0)) > 8
        ),
        "cool": lambda z, temperature: 0.4 < temperature < 0.9,
        "hot": lambda z, temperature: temperature > 1.4,
        "a temperature of 1": lambda z, temperature: temperature == 1,
        "one text": lambda z, temperature: z.shape[1] == 1,
    },
    by_hand=("distribution",),
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
        "z / temperature → z // temperature": "`//` rounds the scores down to whole numbers.",
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
    """A total that equals top_p; tokens as likely as the last one kept; neither; one is enough."""
    n_y = int(rng.integers(7, 13))
    halves = 0.5 ** np.arange(1, n_y)  # 1/2, 1/4, 1/8, ...: their totals are exact
    yield rng.permutation(np.r_[halves, halves[-1]]), 0.75
    # totals 4/8, 5/8, 6/8, ...: two of the four that are alike are kept
    p = rng.permutation([0.5, 0.125, 0.125, 0.125, 0.125])
    yield p, float(rng.uniform(0.65, 0.73))
    p = softmax(rng.permutation(np.linspace(0, 3, n_y))[:, None])[:, 0]
    yield p, float(rng.uniform(0.75, 0.9))
    yield rng.permutation([0.6, 0.3, 0.1]), float(rng.uniform(0.2, 0.5))
    yield rng.permutation([0.05, 0.15, 0.2, 0.6]), float(rng.uniform(0.96, 0.99))


def _equally_likely(inputs, expected, got):
    """Accept any choice among tokens that are equally likely."""
    p = inputs["p"]
    if np.shape(got) != p.shape or not same(np.sort(expected), np.sort(got), 1e-9):
        return False
    kept = got > 0
    return same(got[kept], p[kept] / p[kept].sum(), 1e-9)


def _kept(p, top_p):
    return int((np.cumsum(np.sort(p)[::-1]) < top_p).sum()) + 1


nucleus = Exercise(
    title="Top-p",
    reference=_nucleus,
    takes={"p": "(n_y,)", "top_p": "()"},
    returns={"p": "(n_y,)"},
    cases=_long_tail,
    agree=_equally_likely,
    deals={
        "a total equals top_p": lambda p, top_p: (np.cumsum(np.sort(p)[::-1]) == top_p).any(),
        "the last kept has its like": lambda p, top_p: (
            np.sort(p)[::-1][_kept(p, top_p) - 1] == np.sort(p)[::-1][_kept(p, top_p) % len(p)]
        ),
        "one is enough": lambda p, top_p: p.max() >= top_p,
        "all are needed": lambda p, top_p: _kept(p, top_p) == len(p),
        "some are kept": lambda p, top_p: 2 < _kept(p, top_p) < len(p),
    },
    by_hand=("distribution",),
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
        "kept / kept.sum() → softmax(kept)": "softmax brings the dropped tokens back: exp(0) is 1. (It also asks for columns, and `kept` is a single row of numbers.) Divide by the sum instead.",
        "(total < top_p).sum() + 1 → (p >= top_p).sum()": "each single probability is held against `top_p`. If none reaches it by itself, nothing is kept, and 0 is divided by 0. Compare the running `total`.",
        "(total < top_p).sum() + 1 → (total >= top_p).sum()": "you count the totals that have reached `top_p`. As many tokens are needed as have *not* reached it yet, and one more.",
        "(total < top_p).sum() + 1 → (total <= top_p).sum()": "the token that crosses `top_p` is dropped, but where a total equals `top_p`. Count those strictly below, and keep one more.",
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
    token, state, written = np.array([end]), None, []
    while len(written) < longest:
        z, state = step(token, state)
        token = sampling.draw(softmax(z), rng)
        written.append(token[0])
        if token[0] == end:
            break
    return np.array(written, int)


def _draws_twice(step, rng, end, longest):
    token, state, written = np.array([end]), None, []
    while len(written) < longest:
        z, state = step(token, state)
        if sampling.draw(softmax(z), rng)[0] == end:
            break
        token = sampling.draw(softmax(z), rng)
        written.append(token[0])
    return np.array(written, int)


def _ends_only_what_is_begun(step, rng, end, longest):
    token, state, written = np.array([end]), None, []
    while len(written) < longest:
        z, state = step(token, state)
        token = sampling.draw(softmax(z), rng)
        if token[0] == end and written:
            break
        written.append(token[0])
    return np.array(written, int)


DRAWN = 700  # tokens of the text of which only the distribution is compared
SHORT, ROOM = 14, 40  # texts, with room for so many tokens, that may end at every step
JUMPS = np.array([0.6, 0.3, 0.1])  # how likely the next token lies 1, 2 or 3 further on


def _networks(rng):
    """Steps that leave no choice, so that every way to draw writes one text; then one that does.

    The texts are ended by the end token, at once or after a 0 in their midst, or by ``longest``.
    """
    n_y, longest = rng.permutation([6, 7, 8, 9]).tolist(), (14, 15, 16, 5)
    lengths = (int(rng.integers(6, 10)), 0, 1, 40)
    for size, limit, length in zip(n_y, longest, lengths, strict=True):
        end = int(rng.integers(1, size))
        text = rng.choice(np.delete(np.arange(size), end), length)
        text[1:-1:3] = 0
        yield {"step": _told(text, end, size), "rng": rng, "end": end, "longest": limit}
    yield {"step": _free(9, 8, 0), "rng": rng, "end": 8, "longest": DRAWN}
    for own in rng.spawn(SHORT):
        yield {"step": _free(9, 8, 0.3), "rng": own, "end": 8, "longest": ROOM}


def _read(token):
    if np.shape(token) != (1,) or np.asarray(token).dtype.kind not in "iu":
        raise TypeError(f"token must be an array of one whole number, (1,), got {token!r}")
    return int(token[0])


def _told(text, end, n_y):
    """Make a step that writes ``text`` and then ``end``, if it is handed what it has written."""
    others = [token for token in range(n_y) if token != end]
    text = [*map(int, text), end, *others * 9]  # what comes after the end is never to be seen

    def step(token, state):
        """Take one step. The state counts the steps; the scores are largest for the next token."""
        done = 0 if state is None else int(state[0, 0])
        chosen, right = text[done % len(text)], text[done - 1] if done else end
        z = np.linspace(-2, 1, n_y)[:, None].copy()
        z[chosen if _read(token) == right else (chosen + 1) % n_y] = 60
        return z, np.full((3, 1), done + 1.0)

    return step


def _free(n_y, end, ends):
    """Make a step that goes from each token 1, 2 or 3 further on, or ends with this probability."""

    def step(token, state):
        z = np.full((n_y, 1), -60.0)
        z[(_read(token) + np.arange(1, 4)) % (n_y - 1), 0] = np.log(JUMPS * (1 - ends)) + 2
        z[end, 0] = np.log(ends) + 2 if ends else -60
        return z, np.ones((3, 1)) if state is None else state

    return step


def _drawn_alike(inputs, expected, got):
    """Accept any text with the right distribution, where there is a choice."""
    got = np.asarray(got)
    if inputs["longest"] == ROOM:
        return got.ndim == 1 and not (got == inputs["end"]).any()
    if inputs["longest"] != DRAWN or np.shape(got) != (DRAWN,) or np.shape(expected) != (DRAWN,):
        return False
    shares = [
        np.bincount(np.diff(text).astype(int) % 8, minlength=8) / DRAWN for text in (expected, got)
    ]
    spread = np.sqrt(2 * np.mean(shares, axis=0) / DRAWN)
    return bool((np.abs(shares[0] - shares[1]) <= 4.5 * spread).all()) and max(got) < 8


one_text = Exercise(
    title="Write a text",
    reference=_one_text,
    returns={"tokens": "(T,)"},
    cases=_networks,
    agree=_drawn_alike,
    kinds={"tokens": "tokens"},
    deals={
        "an empty text": lambda **case: len(_one_text(**copy.deepcopy(case))) == 0,
        "a text with a 0": lambda **case: 0 in _one_text(**copy.deepcopy(case))[1:-1],
        "a text of one token": lambda **case: len(_one_text(**copy.deepcopy(case))) == 1,
        "a text cut off": lambda **case: len(_one_text(**copy.deepcopy(case))) == case["longest"],
        "a text that is drawn": lambda longest, **_: longest == DRAWN,
    },
    by_hand=("sample", "steps"),
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
        "sampling.draw(softmax(z), rng) → z.argmax(axis=0)": "the likeliest token is always taken, so every text would be the same. || Draw from `softmax(z)`.",
        "softmax(z) → z": "`z` holds scores, which can be negative and do not add up to 1. || Draw from `softmax(z)`.",
        "sampling.draw(softmax(z), rng) → sampling.draw(softmax(z), rng)[0]": "the token is taken out of its array too early: `step` reads an array, `(1,)`. Leave `token` as `sampling.draw` returns it.",
        "token[0] == end → token is end": "your test for the end never comes true, so every text runs to `longest`. Compare the number. || `token[0] == end`.",
        "token[0] == end → token[0] == 0": "the text stops at token 0. The end token may be another one: compare with `end`.",
        "token[0] == end → token[0] == end or token[0] == 0": "the text stops at `end`, but at token 0 as well, which is a token like the others here. Test for `end` and nothing else.",
        "token[0] == end → len(written) > 0 and token[0] == written[-1]": "the text stops where a token comes twice in a row. It is over when the token is `end`.",
        _draws_twice: "two draws are made at each step: one is asked whether it is the end, and another one is written. Draw once, and keep it.",
        _ends_only_what_is_begun: "an `end` that is drawn first does not end your text. It ends every text; the text is then empty. Test for `end` and nothing else.",
        "break → continue": "your loop goes on after the end, and the next text is joined to this one. Leave the loop when `end` is drawn.",
    },
)


def _correlations(a, f):
    a, f = a - a.mean(axis=0), f - f.mean()
    covariance = (a * f[:, None]).mean(axis=0)
    return covariance / (a.std(axis=0) * f.std())


def _units_and_a_feature(rng):
    """States, some of which follow a feature, and none with a mean of 0.

    The feature is 1 or 0, and once any number.
    """
    for sizes in deal_sizes(rng, ("T", "n_a"), ones=("n_a",)):
        a = draw(rng, {"a": "(T, n_a)"}, T=20 + 2 * sizes["T"], n_a=sizes["n_a"])["a"]
        f = (rng.random(len(a)) < 0.4).astype(float)
        f[:2] = 0, 1
        if sizes["n_a"] == 1:
            f = 2 + f + rng.uniform(0, 1, len(f))
        follows = rng.uniform(-0.6, 0.6, a.shape[1])
        follows[0] = -0.6
        yield 0.3 + a * rng.uniform(0.2, 1, len(follows)) + f[:, None] * follows, f


correlations = Exercise(
    title="The correlation of every unit with a feature",
    reference=_correlations,
    takes={"a": "(T, n_a)", "f": "(T,)"},
    returns={"r": "(n_a,)"},
    cases=_units_and_a_feature,
    deals={
        "one unit": lambda a, f: a.shape[1] == 1,
        "a feature of any number": lambda a, f: len(set(f)) > 2,
        "a feature of 0 and 1": lambda a, f: set(f) == {0, 1},
        "a unit that is low where the feature is high": lambda a, f: (
            np.corrcoef(a.T, f)[-1, :-1].min() < -0.2
        ),
        "means that are not 0": lambda a, f: np.abs(a.mean(axis=0)).min() > 0.02 and f.mean() > 0,
    },
    hints=(
        "Time is axis 0, so the mean of each unit is `a.mean(axis=0)`.",
        "The covariance still depends on how strongly a unit moves. Divide by both spreads.",
        "`covariance / (a.std(axis=0) * f.std())`.",
    ),
    mistakes={
        "covariance / (a.std(axis=0) * f.std()) → covariance": "this is the covariance: a unit that moves strongly gets a large number whatever it follows. Divide by the spread of the unit and of the feature.",
        "(a.std(axis=0) * f.std()) → a.std(axis=0)": "the spread of the feature is missing, so your numbers do not reach from -1 to 1.",
        "(a.std(axis=0) * f.std()) → a.std(axis=0) * f.std()": "without brackets Python divides by the first spread and *multiplies* by the second. Put the product in brackets.",
        "(a.std(axis=0) * f.std()) → (a.std() * f.std())": "all units are divided by one common spread. Each needs its own. || `a.std(axis=0)`.",
        "(a.std(axis=0) * f.std()) → (a.var(axis=0) * f.var())": "you divide by the variances, which are the spreads squared. Use `.std`.",
        "(a.std(axis=0) * f.std()) → (a.std(axis=0, ddof=1) * f.std(ddof=1))": "every number is a little too small: T − 1 in the spread, T in the mean. Leave `ddof` out, so that all of them divide by T.",
        "a - a.mean(axis=0), f - f.mean() → a, f": "the means are still in: a unit that is always high gets a large number without following anything. Take both means away first.",
        "a - a.mean(axis=0) → a - a.mean(axis=1, keepdims=True)": "the mean is taken over the units at each step. It must be taken over time, for each unit. || `a.mean(axis=0)`.",
        "return covariance / (a.std(axis=0) * f.std()) → return abs(covariance) / (a.std(axis=0) * f.std())": "the sign is gone. A unit that is low where the feature is high has a negative correlation; keep it.",
    },
)
