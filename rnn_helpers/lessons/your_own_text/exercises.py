"""The exercises of ``13_your_own_text``."""

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal_sizes


def _training_starts(length, n, a, b):
    starts = np.arange(length - n + 1)
    return starts[(starts + n <= a) | (starts >= b)]


def _held_out_stretches(rng):
    """A stretch in the middle, one at the beginning, one at the end; then windows of one."""
    n = rng.permutation([3, 4, 5, 6])
    yield 40 + int(rng.integers(5)), int(n[0]), int(rng.integers(12, 16)), int(rng.integers(20, 25))
    yield 30 + int(rng.integers(5)), int(n[1]), 0, int(rng.integers(8, 12))
    length = 50 + int(rng.integers(5))
    yield length, int(n[2]), int(rng.integers(26, 40)), length
    yield 20 + int(rng.integers(5)), 1, int(rng.integers(3, 6)), int(rng.integers(7, 11))


training_starts = Exercise(
    title="Windows that hold nothing held out",
    reference=_training_starts,
    cases=_held_out_stretches,
    deals={
        "held out in the middle": lambda length, n, a, b: n < a < b < length - n,
        "held out at the beginning": lambda length, n, a, b: a == 0,
        "held out at the end": lambda length, n, a, b: b == length,
        "windows of one character": lambda length, n, a, b: n == 1,
    },
    kinds={"starts": "tokens"},
    takes={"length": "()", "n": "()", "a": "()", "b": "()"},
    returns={"starts": "(N,)"},
    hints=(
        "A window that begins at s holds the characters s, s + 1, …, s + n - 1. Where may the last "
        "of them stand, if the window lies before the held-out stretch?",
        "Its last character must stand before a: s + n - 1 < a, which is s + n <= a. After the "
        "stretch there is only one condition, on the first character.",
        "Two conditions on an array are joined by `|`, each in brackets, and `starts[...]` keeps "
        "the places where the whole is True.",
    ),
    mistakes={
        "starts + n <= a → starts < a": "a window may *begin* before the held-out stretch and still reach into it: the last `n - 1` of those before it do. Look at where the window ends.",
        "starts + n <= a → starts + n < a": "one window too few before the stretch: the last character of a window is not at s + n, but one before.",
        "starts + n <= a → starts + n - 1 <= a": "one window too many before the stretch: its last character stands at a, which is held out.",
        "starts >= b → starts > b": "one window too few after the stretch. `b` itself is no longer held out.",
        "starts >= b → starts + n >= b": "windows that begin *inside* the held-out stretch are in. After it, the first character decides.",
        "starts >= b → starts >= b + n": "the windows just after the stretch are left out. None of their characters is held out: a gap is not needed.",
        "length - n + 1 → length - n": "the last window of the text is missing: of 10 characters there are 8 windows of 3.",
        "length - n + 1 → length": "the last windows reach beyond the end of the text.",
        "np.arange(length - n + 1) → np.arange(0, length - n + 1, n)": "your windows lie end to end. One begins at *each* place that allows it.",
        "(starts + n <= a) | (starts >= b) → starts + n <= a": "only the text *before* the stretch is used. What comes after it may be trained on as well.",
        "(starts + n <= a) | (starts >= b) → starts >= b": "only the text *after* the stretch is used. What comes before it may be trained on as well.",
        "(starts + n <= a) | → (starts + n <= a) &": "no window lies before *and* after the stretch, so none is left. One of the two is enough.",
        "return starts[(starts + n <= a) | (starts >= b)] → return (starts + n <= a) | (starts >= b)": "this is True or False for each place. Asked for are the places themselves. || Index `starts` with it.",
        "(starts + n <= a) | (starts >= b) → (starts + n > a) & (starts < b)": "these are the windows that *do* hold a held-out character. Asked for are the others.",
    },
)


def _smoothed(counts, p_shorter, s):
    total = counts.sum(axis=0)
    return (counts + s * p_shorter) / (total + s)


def _contexts(rng):
    """Counts with a context that never came, and characters that never came after others."""
    for sizes in deal_sizes(rng, ("n_y", "m"), least=3, ones=("m",)):
        counts = rng.integers(0, 6, size=(sizes["n_y"], sizes["m"]))
        counts[rng.integers(sizes["n_y"]), 0] = 0
        counts[-1, 0] += 2
        if sizes["m"] > 1:
            counts[:, -1] = 0
        p = rng.random(counts.shape) + 0.1
        yield counts, p / p.sum(axis=0), float(rng.uniform(1.5, 8))


smoothed = Exercise(
    title="A smoothed guess",
    reference=_smoothed,
    cases=_contexts,
    deals={
        "a context that never came": lambda counts, p_shorter, s: (counts.sum(axis=0) == 0).any(),
        "a character that never came after one that did": lambda counts, p_shorter, s: (
            (counts == 0) & (counts.sum(axis=0) > 0)
        ).any(),
        "one context": lambda counts, p_shorter, s: counts.shape[1] == 1,
        "more contexts than characters": lambda counts, p_shorter, s: (
            counts.shape[1] > counts.shape[0]
        ),
        "more characters than contexts": lambda counts, p_shorter, s: (
            1 < counts.shape[1] < counts.shape[0]
        ),
    },
    takes={"counts": "(n_y, m)", "p_shorter": "(n_y, m)", "s": "()"},
    returns={"p": "(n_y, m)"},
    hints=(
        "N(h) is how often the context came at all: the sum of its column.",
        "Where a column holds only zeros, the answer must be `p_shorter`. What remains of the "
        "formula then?",
        "`counts + s * p_shorter` above, and one number for each column below.",
    ),
    mistakes={
        "total + s → total": "the columns add up to more than 1, and a context that never came is divided by 0. What is added above, s in all, must be added below too.",
        "s * p_shorter → s": "each character gets the whole of s, whatever the shorter context says. s is to be shared out as `p_shorter` has it.",
        "s * p_shorter → p_shorter": "above, the shorter guess counts once, and not s times: the columns do not add up to 1.",
        "counts.sum(axis=0) → counts.sum(axis=1, keepdims=True)": "the sum runs along the rows: how often a *character* came. N(h) is how often the *context* came, down each column.",
        "counts.sum(axis=0) → counts.sum()": "one sum over all contexts is divided by. Each has its own. || `axis=0`.",
        "return (counts + s * p_shorter) / (total + s) → return counts / np.maximum(total, 1)": "nothing is smoothed: what did not come gets probability 0. Lean on `p_shorter`.",
        "return (counts + s * p_shorter) / (total + s) → return np.where(counts > 0, counts / np.maximum(total, 1), p_shorter)": "the shorter guess is put in only where a count is 0, so the columns add up to more than 1. Both belong into every entry.",
        "return (counts + s * p_shorter) / (total + s) → return (counts + s) / (total + s * len(counts))": "this adds s to every count and ignores `p_shorter`: all characters that did not come are alike. The shorter context knows better.",
        "return (counts + s * p_shorter) / (total + s) → return (counts / np.maximum(total, 1) + p_shorter) / 2": "here both guesses always count half. How far the counts are to be trusted depends on how many there are: compare `total` with s.",
        "return (counts + s * p_shorter) / (total + s) → return (s * counts + p_shorter) / (s * total + 1)": "s is on the wrong side: here a *large* s trusts the counts more. It is the weight of the shorter guess.",
        "return (counts + s * p_shorter) / (total + s) → return p_shorter": "the counts have no effect: this is the guess of the shorter context.",
        "counts + s * p_shorter → counts * s * p_shorter": "the two are multiplied, so what never came gets probability 0 again. Add them.",
    },
)


def _bits_per_character(losses, unknown, others):
    nats = losses.sum() + unknown.sum() * np.log(others)
    return nats / len(losses) / np.log(2)


def _texts_with_unknowns(rng):
    """Some characters unknown; none; all but one; and a text of a single one, which is unknown."""
    T = rng.permutation([6, 7, 9, 11]).tolist()
    others = rng.permutation([30, 50, 200, 1000]).tolist()
    for k, (length, many) in enumerate(zip(T, others, strict=True)):
        unknown = np.zeros(length, bool)
        unknown[rng.permutation(length)[: (2, 3, 0, length - 1)[k]]] = True
        yield rng.uniform(0.1, 4, length), unknown, many
    yield rng.uniform(0.1, 4, 1), np.array([True]), 70


bits_per_character = Exercise(
    title="Bits for every character",
    reference=_bits_per_character,
    cases=_texts_with_unknowns,
    deals={
        "none unknown": lambda losses, unknown, others: not unknown.any(),
        "some unknown": lambda losses, unknown, others: 1 < unknown.sum() < len(unknown) / 2,
        "most unknown": lambda losses, unknown, others: unknown.sum() > len(unknown) / 2,
        "one character": lambda losses, unknown, others: len(losses) == 1,
    },
    takes={"losses": "(T,)", "unknown": "(T,)", "others": "()"},
    returns={"bits": "()"},
    hints=(
        "One of `others` equally likely characters has the probability 1 / others. What is minus "
        "the logarithm of that, in nats?",
        "True counts as 1: `unknown.sum()` is how many characters have to be named. Add up the "
        "nats of the whole text first.",
        "There are log 2 = 0.693 nats in a bit: divide by `np.log(2)`, and by the number of "
        "characters.",
    ),
    mistakes={
        "losses.sum() + unknown.sum() * np.log(others) → losses.sum()": "unknown characters are free here, beyond the word that they are unknown. So a model that knows nothing but unknowns would need 0 bits. Each has to be named.",
        "losses.sum() + unknown.sum() * np.log(others) → losses[~unknown].sum() + unknown.sum() * np.log(others)": "the name of an unknown character stands *in place of* its loss. To predict that something rare comes costs the loss; to say which costs the name on top.",
        "losses.sum() + unknown.sum() * np.log(others) → losses[~unknown].sum()": "the unknown characters are left out of the loss. They stand in the text, and somebody has to predict them.",
        "nats / len(losses) → nats / (~unknown).sum()": "you divide by the *known* characters. Every character of the text counts.",
        "nats / len(losses) → nats / unknown.sum()": "you divide by the *unknown* characters. Every character of the text counts.",
        "unknown.sum() * np.log(others) → len(losses) * np.log(others)": "every character is named from `others` here. Only the unknown ones have to be.",
        "unknown.sum() * np.log(others) → np.log(others)": "one name is paid for. There are as many to pay for as there are unknown characters.",
        "unknown.sum() * np.log(others) → unknown.sum() * others": "a name costs the *logarithm* of how many there are to choose from. || `np.log(others)`.",
        "unknown.sum() * np.log(others) → unknown.sum() * np.log2(others)": "the names are counted in bits already, and the losses in nats. Use one unit until the end. || `np.log`.",
        "losses.sum() + unknown → losses.sum() - unknown": "the names are subtracted. To name a character costs *more*.",
        "nats / len(losses) / np.log(2) → nats / len(losses)": "this is in nats. A bit is log 2 of a nat. || Divide by `np.log(2)`.",
        "nats / len(losses) / np.log(2) → nats / len(losses) * np.log(2)": "there are *more* bits than nats. || Divide by `np.log(2)`.",
        "nats / len(losses) / np.log(2) → nats / np.log(2)": "these are the bits of the whole text. Asked for is the mean over its characters.",
        "nats / len(losses) / np.log(2) → np.exp(nats / len(losses))": "this is a perplexity. Asked for are bits: no exponential, and a division by the nats in a bit.",
        "nats / len(losses) / np.log(2) → np.log2(nats / len(losses))": "this takes the logarithm of the loss, which is one already. To change its unit, divide.",
    },
)


def _covered_share(found, n):
    covered = np.zeros(len(found) + n - 1, bool)
    for start in np.flatnonzero(found):
        covered[start : start + n] = True
    return covered.mean()


def _found_windows(rng):
    """Windows found that overlap, and others apart; the last one; none; all; then single ones."""
    for n, length in zip(rng.permutation([3, 4, 5]).tolist(), (17, 19, 23), strict=True):
        found = np.zeros(length, bool)
        found[[1, 2, 2 + n - 1]] = True
        found[[length - 3, length - 1]] = True
        yield found, n
    yield np.zeros(8 + int(rng.integers(3)), bool), 2
    yield np.ones(5 + int(rng.integers(3)), bool), 6
    yield rng.permutation(np.array([True, False, False, True, False])), 1


covered_share = Exercise(
    title="How much of a text is copied",
    reference=_covered_share,
    cases=_found_windows,
    deals={
        "windows that overlap": lambda found, n: n > 1 and (found[1:] & found[:-1]).any(),
        "a window at the very end": lambda found, n: found[-1] and not found.all(),
        "none": lambda found, n: not found.any(),
        "all": lambda found, n: found.all(),
        "windows of one character": lambda found, n: n == 1,
    },
    takes={"found": "(N,)", "n": "()"},
    returns={"share": "()"},
    hints=(
        "A text of 5 characters has 3 windows of 3, so from N windows you know the length of the "
        "text.",
        "The text has `len(found) + n - 1` characters. A window that begins at `start` covers the "
        "characters from `start` to `start + n - 1`.",
        "A slice leaves out its end: `start : start + n` has n characters.",
    ),
    mistakes={
        "return covered.mean() → return found.mean()": "this is the share of *windows*. A character may lie in a copied window without one beginning at it.",
        "return covered.mean() → return found.sum() * n / len(covered)": "a character in two copied windows is counted twice. Mark the characters, then count the marks.",
        "return covered.mean() → return min(1, found.sum() * n / len(covered))": "a character in two copied windows is counted twice, even if you stop at 1. Mark the characters, then count the marks.",
        "len(found) + n - 1 → len(found)": "the text has more characters than windows: the last window covers n - 1 characters behind its start. || `len(found) + n - 1`.",
        "len(found) + n - 1 → len(found) + n": "one character too many: a text with a single window has n characters.",
        "covered[start : start + n] → covered[start : start + n - 1]": "the last character of each window is missing: a slice leaves out its end anyway.",
        "covered[start : start + n] → covered[start : start + n + 1]": "each window covers one character too many: a slice leaves out its end, so n of them go up to `start + n`.",
        "covered[start : start + n] → covered[start]": "only the first character of each window is marked. All n of them are copied.",
        "covered[start : start + n] → covered[max(0, start - n + 1) : start + 1]": "the characters *before* each place are marked. A window begins at its place and goes on from there.",
        "covered[start : start + n] → covered[start : start + n : n - 1 or 1]": "only the two ends of each window are marked. All n characters are copied.",
        "return covered.mean() → return covered.sum()": "this is the number of copied characters. The share is that divided by all of them.",
        "return covered.mean() → return 1 - covered.mean()": "this is the share that is *new*.",
    },
)
