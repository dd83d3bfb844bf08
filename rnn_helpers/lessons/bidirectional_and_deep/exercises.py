"""The exercises of ``11_bidirectional_and_deep``."""

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal_sizes, draw

CELL = {"Waa": "(n_a, n_a)", "Wax": "(n_a, n_x)", "ba": "(n_a, 1)"}


def states(x, p):
    """Return a⟨1⟩ … a⟨T⟩ of a tanh cell with the parameters p, (T, n_a, m). The notebook's own."""
    a = [np.zeros((len(p["ba"]), x.shape[2]))]
    for x_t in x:
        a.append(np.tanh(p["Waa"] @ a[-1] + p["Wax"] @ x_t + p["ba"]))
    return np.stack(a[1:])


def _both_ways(x, ahead, back):
    a_ahead = states(x, ahead)
    a_back = states(x[::-1], back)[::-1]
    return np.concatenate([a_ahead, a_back], axis=1)


def _both_ways_cases(rng):
    for sizes in deal_sizes(rng, ("T", "n_x", "n_a", "m")):
        x = draw(rng, {"x": "(T, n_x, m)"}, **sizes)["x"]
        ahead, back = (draw(rng, CELL, **sizes) for _ in range(2))
        yield x, ahead, back


both_ways = Exercise(
    title="Both ways",
    reference=_both_ways,
    cases=_both_ways_cases,
    deals={
        "one step": lambda x, **_: len(x) == 1,
        "one example": lambda x, **_: x.shape[2] == 1,
        "many steps": lambda x, **_: len(x) > 3,
    },
    takes={"x": "(T, n_x, m)"},
    returns={"a": "(T, 2 * n_a, m)"},
    hints=(
        "`x[::-1]` is the sequence from right to left: time is the first axis.",
        "What comes out stands in the order in which it was read. Turn it round once more.",
        "`np.concatenate([top, bottom], axis=1)` stacks along the units.",
    ),
    mistakes={
        "states(x[::-1], back)[::-1] → states(x[::-1], back)": "the states of the second cell still stand in the order in which they were read: step 1 holds what it knew at the last word. Turn them round again with `[::-1]`.",
        "states(x[::-1], back)[::-1] → states(x, back)[::-1]": "the second cell has read from left to right as well, and then its states were reversed. || Reverse what it reads, `x[::-1]`, too.",
        "states(x[::-1], back)[::-1] → states(x, back)": "both cells read from left to right, so nothing of the future is known. The second must be given the words in the other order.",
        "states(x[::-1], back)[::-1] → states(x[:, ::-1], back)": "the features of each word are reversed, not the words. Time is the first axis. || `x[::-1]`.",
        "states(x[::-1], back)[::-1] → states(x[:, :, ::-1], back)": "the examples are reversed, not the words. Time is the first axis. || `x[::-1]`.",
        "states(x[::-1], back) → states(x[::-1], ahead)": "the second cell uses the weights of the first. They are two cells, and each learns what matters on its side.",
        "np.concatenate([a_ahead, a_back], axis=1) → a_ahead + a_back": "the two are added, so nobody can tell any more what came from which side. Stack them: `2 * n_a` units.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.concatenate([a_ahead, a_back])": "the two are joined along time, as if there were twice as many steps. Stack them along the units. || `axis=1`.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.concatenate([a_ahead, a_back], axis=-1)": "the two are joined along the examples, for `axis=-1` is the last axis. The units are the one in the middle. || `axis=1`.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.stack([a_ahead, a_back])": "`np.stack` makes a new axis, here in front. Join along one that is there: `np.concatenate(…, axis=1)`.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.stack([a_ahead, a_back], axis=1)": "`np.stack` makes a new axis, here of length 2 before the units. Join along one that is there: `np.concatenate(…, axis=1)`.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.stack([a_ahead, a_back], axis=-1)": "`np.stack` makes a new axis, here at the end. Join along one that is there: `np.concatenate(…, axis=1)`.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.concatenate([a_back, a_ahead], axis=1)": "the right states, in the other order: the cell that reads from the left stands on top.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.concatenate([a_ahead, np.concatenate([a_back[1:], 0 * a_back[:1]])], axis=1)": "the second cell is read one step off: at word t stands its state at word t + 1. Its state at word t has read that word too.",
        "np.concatenate([a_ahead, a_back], axis=1) → np.concatenate([a_ahead, 0 * a_back + a_back[0]], axis=1)": "every step is given the last state of the second cell, the one that has read everything. At word t belongs its state at word t.",
        "a_ahead = states(x, ahead) → a_ahead = states(x, ahead)[::-1]": "the states of the *first* cell are turned round. It has read in the right order already.",
    },
)


def _mirror(x, lengths):
    turned = x.copy()
    for i, n in enumerate(lengths):
        turned[:n, i] = x[:n, i][::-1]
    return turned


def _mirror_cases(rng):
    """Sentences of one word, of some and of all; a word that is 0; a single sentence.

    What lies behind a sentence need not be 0: it has to stay, whatever it is.
    """
    for sizes in deal_sizes(rng, ("T", "m"), least=4, ones=("m",)):
        T, m = sizes["T"], sizes["m"]
        lengths = np.array([3, T, 1, *rng.integers(2, T, size=m)])[:m]
        lengths = np.roll(lengths, int(rng.integers(m)))
        tokens = _with_a_zero(rng, 60, lengths, T)
        tokens[np.arange(T)[:, None] >= lengths] = rng.integers(1, 60)
        yield tokens, lengths


def _with_a_zero(rng, most, lengths, T):
    """Draw tokens, padded with 0. A 0 among them is a word that is not in the list: no padding."""
    tokens = rng.integers(1, most, size=(T, len(lengths))) * (np.arange(T)[:, None] < lengths)
    tokens[rng.integers(lengths), np.arange(len(lengths))] = 0
    return tokens


def _pushed_to_the_end(x, lengths):
    return np.stack([np.roll(x[:, i], len(x) - n) for i, n in enumerate(lengths)], axis=1)


mirror = Exercise(
    title="Each sentence within its own length",
    reference=_mirror,
    cases=_mirror_cases,
    deals={
        "a sentence of one word": lambda x, lengths: (lengths == 1).any(),
        "a sentence that fills its column": lambda x, lengths: (lengths == len(x)).any(),
        "a single sentence": lambda x, lengths: len(lengths) == 1,
        "a word that is 0": lambda x, lengths: any(
            0 in x[: n - 1, i] for i, n in enumerate(lengths)
        ),
        "padding that is not 0": lambda x, lengths: any(
            x[n:, i].any() for i, n in enumerate(lengths)
        ),
    },
    kinds={"turned": "tokens"},
    takes={"x": "(T, m)", "lengths": "(m,)"},
    returns={"turned": "(T, m)"},
    hints=(
        "The words of column `i` are `x[:n, i]`. The rest stays, because `turned` began as a copy.",
        "`[::-1]` turns a row of words round. It belongs behind the cut, not in front of it.",
    ),
    mistakes={
        "turned[:n, i] = x[:n, i][::-1] → turned[:, i] = x[::-1, i]": "the whole column is reversed, padding and all. Now the padding stands in front and would be read first. Cut at `n`, then turn round.",
        "turned[:n, i] = x[:n, i][::-1] → turned[: n - 1, i] = x[: n - 1, i][::-1]": "the last word of each sentence has stayed where it was. `x[:n]` are n words already: the end of a slice is not part of it.",
        "turned[:n, i] = x[:n, i][::-1] → turned[: n + 1, i] = x[: n + 1, i][::-1]": "one place of padding is taken along and stands in front now. The words are `x[:n]`.",
        "turned[:n, i] = x[:n, i][::-1] → turned[1:n, i] = x[1:n, i][::-1]": "the first word has stayed where it was. Python counts from 0: begin at the beginning.",
        _pushed_to_the_end: "the padding has moved to the front, and the words stand in their old order. It should stay behind, and the words should be reversed.",
        "x[:n, i][::-1] → x[::-1, i][:n]": "these are the last n rows of the column, reversed, with the padding among them. || The words are the first n, `x[:n, i]`: cut there first, then turn.",
        "x[:n, i][::-1] → x[n - 1 : -1 : -1, i]": "this slice is empty: as an end, -1 means the last row, not the place before row 0. || Cut with `[:n]`, then turn with `[::-1]`.",
        "x[:n, i][::-1] → x[n:0:-1, i]": "this slice is one off at both ends: it begins at row n, behind the last word, and stops before it comes to row 0. || Cut with `[:n]`, then turn with `[::-1]`.",
        "x[:n, i][::-1] → x[:n:-1, i]": "with step −1 a slice begins at the end of the column, so `:n` takes what lies *behind* row n. || Cut with `[:n]`, then turn with `[::-1]`.",
        "turned[:n, i] = x[:n, i][::-1] → turned[x[:, i] != 0, i] = x[x[:, i] != 0, i][::-1]": "the words are told from the padding by not being 0. But a word that is not in the list is 0 as well, and it must be turned round with the others: count with `n`.",
        "turned = x.copy() → turned = np.zeros_like(x)": "what lay behind the sentences has become 0, whatever it was. Begin with a copy.",
        "enumerate(lengths) → enumerate(lengths[:1].repeat(len(lengths)))": "every column is cut at the length of the first. Each has its own, `lengths[i]`.",
    },
)


def _delayed(x, y, mask, d):
    wait = np.zeros((d, x.shape[1]), int)
    return np.vstack([x, wait]), np.vstack([wait, y]), np.vstack([wait, mask]) > 0


def _delayed_cases(rng):
    """Waits of one step, of some, and of more than there are words."""
    for k, sizes in enumerate(deal_sizes(rng, ("T", "m"), least=4)):
        T, m = sizes["T"], sizes["m"]
        lengths = np.array([T, *rng.integers(1, max(T, 2), size=m)])[:m]
        mask = np.arange(T)[:, None] < lengths
        x, y = _with_a_zero(rng, 60, lengths, T), _with_a_zero(rng, 9, lengths, T)
        yield x, y, mask, (2, 1, 3, T + 1, 4)[k]


def _rolled(x, y, mask, d):
    return x, np.roll(y, d, axis=0), np.roll(mask, d, axis=0)


def _cut_off(x, y, mask, d):
    wait = np.zeros((d, x.shape[1]), int)
    return x, np.vstack([wait, y])[: len(x)], np.vstack([wait, mask])[: len(x)]


delayed = Exercise(
    title="Answers that come late",
    reference=_delayed,
    cases=_delayed_cases,
    deals={
        "a wait of one step": lambda d, **_: d == 1,
        "a wait longer than the sentence": lambda x, d, **_: d > len(x),
        "one example": lambda x, **_: x.shape[1] == 1,
        "a tag of 0 that counts": lambda y, mask, **_: (y[mask] == 0).any(),
        "padding": lambda mask, **_: not mask.all(),
    },
    kinds={"x_late": "tokens", "y_late": "tokens", "mask_late": "mask"},
    takes={"x": "(T, m)", "y": "(T, m)", "mask": "(T, m)", "d": "()"},
    returns={"x_late": "(T + d, m)", "y_late": "(T + d, m)", "mask_late": "(T + d, m)"},
    hints=(
        "`np.vstack([first, then])` puts rows of time behind each other.",
        "The target of word 1 must stand in row `d`, counted from 0. What stands before it?",
        "The input waits at the end, targets and mask at the beginning.",
    ),
    mistakes={
        "np.vstack([x, wait]), np.vstack([wait, y]), np.vstack([wait, mask]) → np.vstack([wait, x]), np.vstack([y, wait]), np.vstack([mask, wait])": "this is shifted the wrong way: the answer about a word is asked for d steps *before* the word is read.",
        "np.vstack([x, wait]) → np.vstack([wait, x])": "input and targets are both moved, so nothing comes late: each word still meets its own answer. The input waits at the *end*.",
        "np.vstack([wait, y]) → np.vstack([y, wait])": "the targets have not moved: word 1 is still to be answered at step 1. Put `wait` in front of `y`.",
        "np.vstack([wait, mask]) → np.vstack([mask, wait])": "the mask has not moved along. It counts the first d steps, where no answer is due, and leaves out the last words.",
        "np.vstack([wait, y]), np.vstack([wait, mask]) → np.vstack([y, wait]), np.vstack([mask, wait])": "the targets have not moved: each still stands beside its own word. Targets and mask wait at the *beginning*.",
        "np.vstack([wait, mask]) > 0 → np.vstack([wait, y]) != 0": "the mask is read off the targets, but a target may be 0 and count: the tag “not a name” is one. Move the `mask` that was handed in.",
        "np.vstack([wait, mask]) > 0 → np.vstack([wait, x]) != 0": "the mask is read off the input, but a word may be 0 and count: one that is not in the list. Move the `mask` that was handed in.",
        "np.vstack([wait, mask]) → np.vstack([wait == 0, mask])": "the first d steps are counted. No word can be answered there, so the mask must be 0.",
        _rolled: "`np.roll` brings the last targets round to the front, where they meet the wrong words, and no steps are added. Put d rows in front instead.",
        _cut_off: "the targets are late, but there are only T steps: the last d words are never answered. The input needs d more steps.",
    },
)


STEP = {"x_t": "(n_x, m)", "a1_prev": "(n_a, m)", "a2_prev": "(n_a, m)"}
UPPER = {"Waa": "(n_a, n_a)", "Wax": "(n_a, n_a)", "ba": "(n_a, 1)"}


def _two_layers(x_t, a1_prev, a2_prev, low, high):
    a1 = np.tanh(low["Waa"] @ a1_prev + low["Wax"] @ x_t + low["ba"])
    a2 = np.tanh(high["Waa"] @ a2_prev + high["Wax"] @ a1 + high["ba"])
    return a1, a2


def _two_layers_cases(rng):
    for sizes in deal_sizes(rng, ("n_x", "n_a", "m")):
        given = draw(rng, STEP, **sizes)
        yield given | {"low": draw(rng, CELL, **sizes), "high": draw(rng, UPPER, **sizes)}


two_layers = Exercise(
    title="One step of two layers",
    reference=_two_layers,
    cases=_two_layers_cases,
    takes=STEP,
    returns={"a1": "(n_a, m)", "a2": "(n_a, m)"},
    hints=(
        "The first line is the cell that you know, with the parameters of `low`.",
        "The second line is the same formula, with the parameters of `high`.",
        "In the place of $x^{\\langle t\\rangle}$ stands what the layer below has just computed.",
    ),
    mistakes={
        'high["Wax"] @ a1 + → high["Wax"] @ a1_prev +': "the upper layer reads the lower one's state of the step before. It may read the new one, `a1`: that has just been computed.",
        'high["Waa"] @ a2_prev → high["Waa"] @ a1_prev': "the upper layer carries on the lower one's past. Each layer has a memory of its own: `a2_prev`.",
        'high["Waa"] @ a2_prev + high["Wax"] @ a1 → high["Waa"] @ a1 + high["Wax"] @ a2_prev': "the two matrices are exchanged: `Waa` goes with the layer's own past, `Wax` with what it reads.",
        'high["Waa"] @ a2_prev → high["Waa"] @ a1': "both matrices of the upper layer meet `a1`. That is what it reads; its own past is `a2_prev`, and that goes with `Waa`.",
        'low["Waa"] @ a1_prev → low["Waa"] @ a2_prev': "the lower layer carries on the upper one's past. Each layer has a memory of its own: `a1_prev`.",
        'high["ba"] → low["ba"]': "the upper layer uses the lower one's `ba`. Every layer has its own three parameters.",
        ' + high["ba"] → ': "the bias of the upper layer is missing, `ba`.",
        ' + low["ba"] → ': "the bias of the lower layer is missing, `ba`.",
        'np.tanh(low["Waa"] @ a1_prev + low["Wax"] @ x_t + low["ba"]) → low["Waa"] @ a1_prev + low["Wax"] @ x_t + low["ba"]': "the tanh of the lower layer is missing.",
        'high["Waa"] @ a2_prev + high → high': "the upper layer has no past, so it is no recurrent layer: `Waa @ a2_prev` is missing.",
        'high["Waa"] @ a2_prev → low["Waa"] @ a2_prev': "the upper layer uses the lower one's `Waa`. Weights are shared along time, not from layer to layer.",
        'np.tanh(high["Waa"] @ a2_prev + high["Wax"] @ a1 + high["ba"]) → high["Waa"] @ a2_prev + high["Wax"] @ a1 + high["ba"]': "the tanh of the upper layer is missing.",
        'high["Wax"] @ a1 + → high["Wax"] @ (high["Waa"] @ a1) +': "`a1` goes through both matrices of the upper layer. What a layer reads meets `Wax` only.",
    },
)


def _count_deep(n_x, sizes, n_y):
    total, below = 0, n_x
    for n_a in sizes:
        total += n_a * (n_a + below + 1)
        below = n_a
    return total + n_y * (below + 1)


def _count_deep_cases(rng):
    """Three layers, one, two that are alike, and four."""
    numbers = rng.permutation(np.arange(2, 24)).tolist()
    for layers, begin in ((3, 0), (1, 5), (4, 8)):
        n_x, n_y, *sizes = numbers[begin : begin + layers + 2]
        yield n_x, sizes, n_y
    yield numbers[14], [numbers[15]] * 2, numbers[16]


count_deep = Exercise(
    title="How many weights?",
    reference=_count_deep,
    cases=_count_deep_cases,
    deals={
        "one layer": lambda n_x, sizes, n_y: len(sizes) == 1,
        "layers that are alike": lambda n_x, sizes, n_y: len(sizes) > len(set(sizes)),
        "three layers": lambda n_x, sizes, n_y: len(sizes) == 3,
        "four layers": lambda n_x, sizes, n_y: len(sizes) == 4,
    },
    takes={"n_x": "()", "n_y": "()"},
    returns={"total": "()"},
    hints=(
        "`Waa` is `(n_a, n_a)`, `Wax` is `(n_a, below)`, `ba` is `(n_a, 1)`.",
        "The next layer reads the states of this one. How many numbers are they?",
        "The output layer reads the top layer only: `Wya` is `(n_y, n_a)`, `by` is `(n_y, 1)`.",
    ),
    mistakes={
        "below = n_a → below = n_x": "every layer is counted as if it read the input. The second reads the states of the first: its `Wax` is `(n_a, n_a of the layer below)`.",
        "n_a * (n_a + below + 1) → n_a * (n_a + n_x + 1)": "the `Wax` of every layer is counted as wide as the input, `n_a * n_x`. Only the first layer reads the input; `below` is what the others read.",
        "total + n_y * (below + 1) → total - sum(sizes) + n_y * below": "all biases are missing: `ba`, `n_a` numbers in each layer, and `by`, `n_y` numbers.",
        "below = n_a → below = below + n_a": "each layer is counted as if it read everything below it, input included. It reads the layer right under it and nothing else.",
        " + n_y * (below + 1) → ": "the output layer is missing: `Wya` and `by`.",
        "n_y * (below + 1) → n_y * below": "the bias of the output layer is missing, `n_y` numbers.",
        "n_y * (below + 1) → n_y * (sum(sizes) + 1)": "the output layer is counted as if it read all layers. It reads the top one.",
        "n_y * (below + 1) → n_y * (sizes[0] + 1)": "the output layer is counted as if it read the first layer. It reads the top one.",
        "n_a * (n_a + below + 1) → n_a * (n_a + below)": "the biases `ba` are missing, `n_a` numbers in each layer.",
        "n_a * (n_a + below + 1) → n_a * (below + 1)": "`Waa` is missing: every layer has a memory of its own, `n_a * n_a` weights.",
        "n_y * (below + 1) → len(sizes) * n_y * (below + 1)": "every layer is given an output layer of its own. There is one, on top.",
        "        below = n_a\n    return total + n_y * (below + 1) →         below = n_a\n        total += n_y * (below + 1)\n    return total": "the output layer is counted in every round of the loop. There is one, on top.",
        "n_a * (n_a + below + 1) → n_a * (n_a + below + 2)": "each layer is given two biases for a unit. It has one.",
    },
)
