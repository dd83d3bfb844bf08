"""The exercises of ``04_training``."""

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, deal_sizes


def _inputs_and_targets(name, end):
    x = np.concatenate([[end], name])
    y = np.concatenate([name, [end]])
    return x, y


def _names(rng):
    """Names of many lengths, down to one letter; the end token is 0, or another one."""
    lengths = rng.permutation(np.arange(4, 15))[:3]
    for end, length in zip((0, *rng.permutation(np.arange(20, 40)[:2])), lengths, strict=True):
        yield {"name": rng.permutation(np.arange(1, 20))[:length], "end": int(end)}
    yield {"name": np.array([5, 5, 2]), "end": 0}
    yield {"name": rng.integers(1, 20, 1), "end": 0}


inputs_and_targets = Exercise(
    title="Inputs and targets",
    reference=_inputs_and_targets,
    takes={"name": "(T,)"},
    returns={"x": "(T + 1,)", "y": "(T + 1,)"},
    cases=_names,
    deals={
        "an end token of 0": lambda name, end: end == 0,
        "another end token": lambda name, end: end != 0,
        "a name of one letter": lambda name, end: len(name) == 1,
        "a letter twice in a row": lambda name, end: (np.diff(name) == 0).any(),
    },
    kinds={"x": "tokens", "y": "tokens"},
    hints=(
        "The model first sees the full stop, and its last target is the full stop.",
        "`x` is `end` and then the name. What comes one step later is `y`.",
        "Begin with `x = np.concatenate([[end], name])`.",
    ),
    mistakes={
        "return x, y → return y, x": "the shift goes the wrong way: here the model sees a letter and must say the one before it. `x` begins with `end`, `y` ends with it.",
        "np.concatenate([name, [end]]) → np.concatenate([[end], name])": "`y` is a copy of `x`, so the model would learn to repeat what it just read. Each target is one step later.",
        "return x, y → return x[:-1], y[:-1]": "no target is the end token, so the model would never learn to stop. Keep the `end` at the end of `y`.",
        "return x, y → return x[1:], y[1:]": "`x` does not begin with `end`, so nobody asks for the first letter and the model never learns how names begin.",
        "return x, y → return x[1:-1], y[1:-1]": "the shift is right, but both ends are missing: `x` begins with `end` and `y` ends with it.",
        "return x, y → return x[:-1], y[1:]": "the target is two steps ahead of the input. Shift by one.",
        "x = np.concatenate([[end], name]) → x = [end] + name": "with an array `+` adds the numbers: `end` was added to each of them. Only for two lists does it join.",
        "    x = np.concatenate([[end], name])\n    y = np.concatenate([name, [end]]) →     x = [end] + name\n    y = name + [end]": "with an array `+` adds the numbers, in both lines: `end` was added to each of them. Only for two lists does it join.",
    },
)


def _masked_mean(loss, mask):
    return (loss * mask).sum() / mask.sum()


def _padded(rng):
    """Columns of unequal lengths, one of them as long as the array and with a loss of 0.

    Then a mask with a hole, one name, one step, and nothing but what counts.
    """
    for sizes in deal_sizes(rng, ("T", "m"), least=3):
        T, m = sizes["T"], sizes["m"]
        lengths = np.concatenate([[T], rng.integers(1, max(T - 1, 2), size=m - 1)])
        loss = rng.uniform(0.5, 4, (T, m)).round(2)
        loss[-1, 0] = 0
        yield loss, np.arange(T)[:, None] < lengths
    yield np.array([[0.5, 1, 2], [0, 4, 3]]), np.array([[True, False, True], [True, True, False]])
    yield rng.uniform(1, 4, (2, 3)).round(1), np.ones((2, 3), bool)


masked_mean = Exercise(
    title="The mean over what counts",
    reference=_masked_mean,
    takes={"loss": "(T, m)", "mask": "(T, m)"},
    returns={"J": "()"},
    cases=_padded,
    deals={
        "a real loss of 0": lambda loss, mask: (loss[mask] == 0).any(),
        "a mask with a hole": lambda loss, mask: (np.diff(mask.astype(int), axis=0) > 0).any(),
        "nothing to leave out": lambda loss, mask: mask.all(),
        "one name": lambda loss, mask: mask.shape[1] == 1,
        "one step": lambda loss, mask: len(mask) == 1,
        "a loss of 0 in what counts, and padding": lambda loss, mask: (
            not mask.all() and (loss[mask] == 0).any()
        ),
    },
    hints=(
        "Two things depend on the mask: what is added up, and how many there are.",
        "`True` counts as 1, so `mask.sum()` is the number of characters that count.",
        "The sum is `(loss * mask).sum()`.",
    ),
    mistakes={
        "(loss * mask).sum() / mask.sum() → loss.mean()": "the mask is ignored, so padding counts like letters. Leave it out of the sum and out of the number you divide by.",
        "mask.sum() → mask.size": "padding is left out of the sum, but you divide by all T*m steps. || Divide by `mask.sum()`.",
        "loss * mask → loss": "you divide by the right number, but padding is still in the sum. || Take `(loss * mask).sum()`.",
        "(loss * mask).sum() / mask.sum() → ((loss * mask).sum(axis=0) / mask.sum(axis=0)).mean()": "this is the mean of each name's own mean: a letter of a short name weighs more than one of a long name. Add up everything first, then divide once.",
        "(loss * mask).sum() / mask.sum() → ((loss * mask).sum(axis=1) / mask.sum(axis=1)).mean()": "this is the mean of each step's own mean: a letter late in the longest name weighs more than the others. Add up everything first, then divide once.",
        " / mask.sum() → ": "this is the sum. Divide by the number of characters that count.",
        "mask.sum() → mask.shape[1]": "you divided by the number of names, which gives the loss of a whole name. Divide by the number of characters that count.",
    },
)


def _perplexity(p):
    return np.exp(-np.log(p).mean())


def _probabilities(rng):
    """Texts of many sizes; one text; one character; one that was certain; and a long text.

    The product of all the probabilities of the long one is 0 in floats: its root is no way.
    """
    for case in deal(rng, {"p": "(T, m)"}):
        p = rng.uniform(0.02, 0.9, case["p"].shape).round(2)
        yield {"p": p}
    yield {"p": np.array([[1.0, 0.5], [0.001, 0.25], [0.3, 0.8]])}
    yield {"p": rng.uniform(0.02, 0.9, (600, 2)).round(2)}


perplexity = Exercise(
    title="Perplexity",
    reference=_perplexity,
    takes={"p": "(T, m)"},
    returns={"perplexity": "()"},
    cases=_probabilities,
    deals={
        "one text": lambda p: p.shape[1] == 1,
        "one step": lambda p: len(p) == 1,
        "a probability of 1": lambda p: p.max() == 1,
        "a very small one": lambda p: p.min() < 0.01,
        "a text whose product is 0": lambda p: p.prod() == 0,
    },
    hints=(
        "First the loss of each character, then the mean, then the exponential.",
        "The loss of a character is `-np.log(p)`.",
        "The mean runs over all characters: `.mean()` without an axis.",
    ),
    mistakes={
        "np.exp(-np.log(p).mean()) → (1 / p).mean()": "this is the mean of the exponentials, which one very unlikely character can make huge. || Take the mean of `-np.log(p)` first, the exponential last.",
        ".mean() → .sum()": "the losses are added up, so the result grows with the length of the text. Take their mean.",
        "np.exp( → np.exp2(": "`np.log` gives nats, and 2 to the power of nats is no perplexity. The base must match: `np.exp` with `np.log`.",
        "np.log(p) → np.log2(p)": "`np.log2` gives bits, and `np.exp` of bits is no perplexity. The base must match: `np.exp` with `np.log`.",
        "np.exp(-np.log(p).mean()) → 1 / p.mean()": "the probabilities are averaged before the logarithm. || Average the losses, `-np.log(p)`.",
        "-np.log(p) → np.log(p)": "the sign is missing, so this is 1 divided by the perplexity. || A loss is `-np.log(p)`.",
        "np.exp(-np.log(p).mean()) → -np.log(p).mean()": "this is the loss J, in nats. The perplexity is its exponential.",
        "np.exp(-np.log(p).mean()) → np.exp(-np.log(p).mean(axis=0)).mean()": "each text got a perplexity of its own, and these were averaged. Average over all characters before the exponential.",
        "np.log(p) → np.log10(p)": "`np.log10` counts powers of 10, and `np.exp` undoes powers of e. The base must match.",
        "np.exp(-np.log(p).mean()) → np.exp(-(p * np.log(p)).sum())": "each loss is weighted with its own probability, as in an entropy. What really came counts once each.",
    },
)


def _clip_by_norm(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    scale = min(1, max_norm / norm)
    return {name: g * scale for name, g in grads.items()}


CLIPPED = {
    "Waa": "(n_a, n_a)",
    "Wax": "(n_a, n_x)",
    "ba": "(n_a, 1)",
    "Wya": "(n_y, n_a)",
    "by": "(n_y, 1)",
}


def _gradients(rng):
    """Five tensors of unlike size and shape. The limit lies below their length, above it, at it.

    Last, gradients that are all 0: they have no direction, and stay as they are.
    """
    for share, grads in zip((0.15, 1.3, 0.4, 1.0, 0.6), [*deal(rng, CLIPPED), *deal(rng, CLIPPED)]):
        grads["ba"] *= 0.1
        norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
        yield {"grads": grads, "max_norm": float(share * norm)}
    yield {"grads": {name: 0 * g for name, g in grads.items()}, "max_norm": 1.0}


def _length(grads):
    return np.sqrt(sum((g**2).sum() for g in grads.values()))


clip_by_norm = Exercise(
    title="Clip by norm",
    reference=_clip_by_norm,
    takes={"max_norm": "()"},
    returns=CLIPPED,
    cases=_gradients,
    deals={
        "longer than the limit": lambda grads, max_norm: _length(grads) > 2 * max_norm,
        "shorter than the limit": lambda grads, max_norm: _length(grads) < 0.9 * max_norm,
        "a gradient of zeros": lambda grads, max_norm: _length(grads) == 0,
        "arrays with unequal numbers of rows": lambda grads, max_norm: (
            len({len(g) for g in grads.values()}) > 1
        ),
    },
    by_hand=("global_norm",),
    hints=(
        "One number for all arrays: add up the squares of all of them, then take one root.",
        "`sum((g**2).sum() for g in grads.values())` adds up all squares.",
        "`scale` is `max_norm / norm`, but never above 1.",
    ),
    mistakes={
        "g * scale → np.clip(g, -max_norm, max_norm)": "this cuts every entry by itself, which is clipping by value and turns the direction. Multiply all entries with one number.",
        "g * scale → g * min(1, max_norm / np.linalg.norm(g))": "each array is clipped on its own, so large ones shrink more than small ones and the direction turns. Take one length of all arrays together.",
        "min(1, max_norm / norm) → max_norm / norm": "short gradients are stretched to `max_norm`. Leave them as they are: `scale` is never above 1.",
        "np.sqrt(sum((g**2).sum() for g in grads.values())) → sum((g**2).sum() for g in grads.values())": "the root is missing, so this is the squared length. Take `np.sqrt` of the sum.",
        "np.sqrt(sum((g**2).sum() for g in grads.values())) → sum(np.linalg.norm(g) for g in grads.values())": "the lengths of the arrays are added up, which is more than the length of all together. Add up the squares, and take one root at the end.",
        "np.sqrt(sum((g**2).sum() for g in grads.values())) → max(np.abs(g).max() for g in grads.values())": "this is the largest entry, not the length. Add up all squares and take the root.",
        "min(1, max_norm / norm) → max(1, max_norm / norm)": "`max` never lets the factor go below 1, so nothing is shortened. Use `min`.",
        "min(1, max_norm / norm) → min(1, norm / max_norm)": "the fraction is upside down: short gradients shrink and long ones stay. || It is `max_norm / norm`.",
        "np.sqrt(sum((g**2).sum() for g in grads.values())) → max(np.linalg.norm(g) for g in grads.values())": "this is the length of the longest array alone. Add up the squares of all of them, then take one root.",
        "max_norm / norm → 1 / norm": "long gradients get the length 1 here, whatever `max_norm` is. || Scale by `max_norm / norm`.",
        "np.sqrt(sum((g**2).sum() for g in grads.values())) → np.sqrt(sum(g.sum() ** 2 for g in grads.values()))": "each array is added up before it is squared, so entries of unlike sign cancel. Square every entry first.",
        "np.sqrt(sum((g**2).sum() for g in grads.values())) → np.sqrt(sum((g**2).mean() for g in grads.values()))": "the mean of the squares is taken. A length is the root of their sum.",
        "min(1, max_norm / norm) → norm / max_norm": "the fraction is upside down, and short gradients are changed too.",
        "min(1, max_norm / norm) → max_norm": "the limit itself is the factor here. The factor is what makes the length equal to the limit.",
        "norm = np.sqrt(sum((g**2).sum() for g in grads.values())) → norm = np.sqrt((list(grads.values())[-1] ** 2).sum())": "this is the length of the last array alone. All of them together are one gradient.",
        "norm = np.sqrt(sum((g**2).sum() for g in grads.values())) → norm = np.sqrt((list(grads.values())[0] ** 2).sum())": "this is the length of the first array alone. All of them together are one gradient.",
    },
)
