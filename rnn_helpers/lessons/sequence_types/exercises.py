"""The exercises of ``09_sequence_types``."""

import math

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import case_number


def _last_states(a, mask):
    last = mask.sum(axis=0) - 1
    return np.stack([a[last[i], :, i] for i in range(a.shape[2])], axis=1)


def _padded(rng, T, m):
    """A mask (T, m) of sequences from 2 steps on, the longest of them first, as long as T."""
    lengths = np.array([T, *rng.choice(np.arange(2, T), size=m - 1, replace=False)])
    return np.arange(T)[:, None] < lengths


def _sizes(rng, least, most, count):
    return (int(n) for n in rng.choice(np.arange(least, most), size=count, replace=False))


def _last_states_cases(rng):
    T, n_a, m = 7 + int(rng.integers(2)), *_sizes(rng, 3, 6, 2)
    return {"a": rng.normal(size=(T, n_a, m)), "mask": _padded(rng, T, m)}


last_states = Exercise(
    title="The last state of each sequence",
    reference=_last_states,
    cases=_last_states_cases,
    takes={"a": "(T, n_a, m)", "mask": "(T, m)"},
    returns={"a_last": "(n_a, m)"},
    hints=(
        "True counts as 1, so a sum over the mask counts words. Over which axis?",
        "`mask.sum(axis=0)` is the number of words of each column. A column of 3 words has its "
        "last one at place 2.",
        "In the second blank, column `i` needs its own entry of `last`.",
    ),
    mistakes={
        "last[i] → -1": "every column is read at the end of the array. Only the longest review has its last word there: the others are padding by then. Use `last[i]`.",
        "mask.sum(axis=0) - 1 → mask.sum(axis=0)": "one step too late: a column of 3 words has them at places 0, 1 and 2. Subtract 1.",
        "last[i] → last": "you take the places of *all* columns at once. Column `i` has its own: `last[i]`.",
        "last[i] → 0": "this is the state after the *first* word. It has seen nothing of the rest.",
        "np.stack([a[last[i], :, i] for i in range(a.shape[2])], axis=1) → (a * mask[:, None]).sum(axis=0) / mask.sum(axis=0)": "this is the mean over all words of a column. It is a way to read a sequence, but it lets early states count as much as the one that has seen everything.",
        "np.stack([a[last[i], :, i] for i in range(a.shape[2])], axis=1) → a.mean(axis=0)": "this is the mean over all steps, padding included. Asked for is one state: the one after the last word.",
        "mask.sum(axis=0) - 1 → mask.sum(axis=1) - 1": "`axis=1` counts how many columns have a word at each step. To count the words of each column, sum over time: `axis=0`.",
        "last[i] → last.min()": "all columns are read where the shortest one ends. Each has its own end: `last[i]`.",
    },
)


def _share_right(z, y, mask):
    right = z.argmax(axis=1) == y
    return right[mask].mean()


def _share_right_cases(rng):
    """Return answers of which more than a third are right, but no multiple of a size.

    A wrong count is then never the right one times a size: it would look like a sum for a mean.
    """
    while True:
        case = _tagged(rng)
        right = ((case["z"].argmax(axis=1) == case["y"]) & case["mask"]).sum()
        if 3 * right > case["mask"].sum() and math.gcd(right, math.prod(case["z"].shape)) == 1:
            return case


def _tagged(rng):
    """Scores of which some are wrong, but none in the second sentence."""
    T, n_y, m = 7 + int(rng.integers(2)), *_sizes(rng, 3, 6, 2)
    y = rng.integers(n_y, size=(T, m))
    wrong = rng.random((T, m)) < 0.4
    wrong[:3] = np.array([True, False, True])[:, None]
    wrong[:, 1] = False
    answer = np.where(wrong, (y + 1) % n_y, y)
    z = rng.normal(scale=0.5, size=(T, n_y, m)) + 4 * np.eye(n_y)[answer].swapaxes(1, 2)
    return {"z": z, "y": y, "mask": _padded(rng, T, m)}


share_right = Exercise(
    title="The share of words with the right tag",
    reference=_share_right,
    cases=_share_right_cases,
    takes={"z": "(T, n_y, m)", "y": "(T, m)", "mask": "(T, m)"},
    returns={"share": "()"},
    hints=(
        "`z.argmax(axis=1)` is the answer for each word, `(T, m)`. Compare it with `y`.",
        "`right[mask]` keeps only the entries where the mask is True, in one long row.",
        "The mean of True and False is the share of True.",
    ),
    mistakes={
        "right[mask].mean() → right.mean()": "padding is counted as words. Keep the real ones: `right[mask]`.",
        "right[mask].mean() → (right & mask).mean()": "padding is never counted as right, but it is still in the number you divide by. Take the mean over `right[mask]` only.",
        "z.argmax(axis=1) → (z[:, 1] > z[:, 0])": "there are `n_y` tags, not always two. Take the largest along `axis=1`.",
        "z.argmax(axis=1) → (z[:, 1] > 0)": "a score above 0 need not be the largest, and there are `n_y` tags, not always two. Compare all of them: the largest along `axis=1`.",
        "z.argmax(axis=1) → z.argmax()": "this is *one* place in the whole array. Give the axis along which the tags stand: `axis=1`.",
        "z.argmax(axis=1) → z.argmin(axis=1)": "this takes the tag with the *smallest* score. The answer is the largest: `argmax`.",
        "z.argmax(axis=1) → z.argmax(axis=0)": "`axis=0` looks for the best *step* of each tag. The tags are along `axis=1`.",
        "right[mask].mean() → right[mask].sum()": "this is the number of right words. The share is that number divided by all words: `.mean()`.",
        "right[mask].mean() → (right | ~mask).all(axis=0).mean()": "this is the share of *sentences* without any error, a harder test. Asked for is the share of words.",
        "right[mask].mean() → ((right & mask).sum(axis=0) / mask.sum(axis=0)).mean()": "this is the mean over sentences of each sentence's own share, so a word in a short sentence counts more. Here each word counts alike: `right[mask].mean()`.",
        "right[mask].mean() → 1 - right[mask].mean()": "this is the share of *wrong* words.",
    },
)


def _frequency(pitch):
    return 440 * 2 ** ((pitch - 69) / 12)


frequency = Exercise(
    title="From a note to a frequency",
    reference=_frequency,
    cases=lambda rng: {"pitch": int(rng.choice([(40, 52), (73, 79), (64, 83)][case_number(rng)]))},
    takes={"pitch": "()"},
    returns={"hertz": "()"},
    hints=(
        "Count the keys from the A: `pitch - 69`. Twelve of them make an octave.",
        "One octave up is 440 · 2, two octaves up 440 · 2 · 2, one octave down 440 / 2. Which "
        "power of 2 is that?",
        "`2 ** octaves` works for fractions and for negative numbers too.",
    ),
    mistakes={
        "(pitch - 69) / 12 → (pitch - 69)": "every single key doubles the frequency. An octave has twelve keys: divide by 12.",
        "440 * 2 ** ((pitch - 69) / 12) → 440 * (1 + (pitch - 69) / 12)": "each key *adds* the same amount here. It reaches 880 an octave up, but one octave down it gives 0. Each key *multiplies*: take 2 to a power.",
        "(pitch - 69) / 12 → (pitch - 69) / 8": "an octave has eight notes of a scale, but twelve keys, black ones included. Divide by 12.",
        "(pitch - 69) / 12 → (69 - pitch) / 12": "the sign is reversed: higher notes come out lower. Count from 69 *upwards*.",
        "(pitch - 69) / 12 → (pitch - 60) / 12": "this counts from pitch 60, which is middle C. 440 belongs to pitch 69.",
        "440 * 2 ** ((pitch - 69) / 12) → 440 * np.exp((pitch - 69) / 12)": "an octave multiplies by e = 2.72 here. It should double: use `2 **`.",
        "(pitch - 69) / 12 → (pitch - 69) // 12": "`//` rounds down to whole octaves, so twelve keys in a row sound the same. Use `/`.",
        "440 * 2 ** ((pitch - 69) / 12) → 440 * 2 * ((pitch - 69) / 12)": "this *multiplies* by the number of octaves, so the A itself, 0 octaves up, does not swing at all. Each octave doubles: `2 ** octaves`.",
        "(pitch - 69) / 12 → pitch / 12": "69 is forgotten: these are the octaves above pitch 0. Count from the A, `pitch - 69`.",
        **{
            f"2 ** ((pitch - 69) / 12) → {factor} ** (pitch - 69)": f"each key multiplies by 2^(1/12), 1.059463094… . Twelve factors of {factor} make {factor**12:.4f}, which is no octave. Take the power of 2 and do not round."
            for factor in (1.06, 1.059, 1.0595, 1.05946)
        },
        "440 * 2 ** ((pitch - 69) / 12) → round(440 * 2 ** ((pitch - 69) / 12), 0)": "your answer is rounded to a whole number. Return all digits, and round where you print.",
        "440 * 2 ** ((pitch - 69) / 12) → round(440 * 2 ** ((pitch - 69) / 12), 1)": "your answer is rounded to one decimal. Return all digits, and round where you print.",
        "440 * 2 ** ((pitch - 69) / 12) → round(440 * 2 ** ((pitch - 69) / 12), 2)": "your answer is rounded to two decimals. Return all digits, and round where you print.",
    },
)


def _copied_share(tune, others, n):
    windows = [tuple(tune[i : i + n]) for i in range(len(tune) - n + 1)]
    known = {tuple(other[i : i + n]) for other in others for i in range(len(other) - n + 1)}
    return sum(window in known for window in windows) / len(windows)


def _copied_cases(rng):
    """Tunes of few tokens; the last window is a copied one, and a new one is there twice.

    The copied one is there twice too, and among the others it stands only at the very end of one
    that is longer than the tune.
    """
    n, end = int(rng.integers(3, 5)), rng.permutation([4, 5, 6, 8])
    others = [rng.integers(1, 4, size=11), np.concatenate([rng.integers(1, 4, size=23), end])]
    new = np.array([7, 1, 7, 1, 7, 1])
    tune = np.concatenate([others[0][:5], end, new, rng.integers(1, 4, 6 - n), end])
    return {"tune": tune, "others": others, "n": n}


def _copied_but_for_the_last(tune, others, n):
    return _copied_share(tune[:-1], [other[:-1] for other in others], n)


def _copied_or_too_short(tune, others, n):
    windows = [tuple(tune[i : i + n]) for i in range(len(tune))]
    known = {tuple(other[i : i + n]) for other in others for i in range(len(other))}
    return sum(window in known for window in windows) / len(windows)


def _copied_by_notes(tune, others, n):
    windows = [tuple(tune[i : i + n]) for i in range(len(tune))]
    known = {tuple(other[i : i + n]) for other in others for i in range(len(tune))}
    return sum(window in known for window in windows) / len(windows)


copied_share = Exercise(
    title="The share that is copied",
    reference=_copied_share,
    cases=_copied_cases,
    takes={"tune": "(T,)", "others": "a list", "n": "()"},
    returns={"share": "()"},
    hints=(
        "A tune of 5 notes has three windows of 3 notes: they begin at 0, 1 and 2.",
        "So there are `len(tune) - n + 1` of them. The same holds for each of `others`.",
        "`sum(window in known for window in windows)` counts those that are copied.",
    ),
    mistakes={
        "range(len(tune) - n + 1) → range(len(tune) - n)": "the last window of the tune is missing: a tune of 5 notes has *three* windows of 3.",
        "range(len(tune) - n + 1) → range(len(tune))": "you divide by the number of *notes*, but there are fewer windows: one that begins at the last note has no room for n. There are `len(tune) - n + 1`.",
        "range(len(other) - n + 1) → range(len(tune) - n + 1)": "each other tune has its own length: `len(other)`. Of a longer one the windows at its end are not looked at.",
        "range(len(other) - n + 1) → range(len(other) - n)": "the last window of each *other* tune is missing. Count there as in the tune: `len(other) - n + 1`.",
        _copied_but_for_the_last: "the last window is missing in *both* places. A tune of 5 notes has three windows of 3: add 1.",
        _copied_or_too_short: "in *both* places the last windows are too short: one that begins at the last note has no room for n. There are `len(tune) - n + 1`, and `len(other) - n + 1`.",
        _copied_by_notes: "in both places you count the notes of `tune`, and not the windows. There are `len(tune) - n + 1` of them in the tune, and each other has its own length.",
        "window in known → window not in known": "this is the share that is *new*. Count the windows that are `in known`.",
        "range(len(tune) - n + 1) → range(0, len(tune) - n + 1, n)": "the windows do not overlap, so most places where a copy could begin are never looked at. One window begins at *each* note.",
        "sum(window in known for window in windows) / len(windows) → sum(window in known for window in windows)": "this is how many windows are copied. The share is that divided by the number of windows.",
        "sum(window in known for window in windows) / len(windows) → len(known & set(windows)) / len(set(windows))": "this counts each *different* window once. A phrase that comes twice has been copied twice: go through the list.",
        "sum(window in known for window in windows) / len(windows) → len(known & set(windows)) / len(known)": "this is the share of what is *known* that the tune uses. Divide by the windows of the tune.",
        "sum(window in known for window in windows) / len(windows) → np.isin(tune, np.concatenate(others)).mean()": "single notes are compared, not windows of n. Nearly every note occurs somewhere, so this is near 1 for any tune.",
    },
)


def _decoder_inputs(y, start):
    first = np.full_like(y[:1], start)
    return np.concatenate([first, y[:-1]])


def _decoder_inputs_cases(rng):
    T_y, m = _sizes(rng, 3, 7, 2)
    return {"y": rng.integers(1, 10, size=(T_y, m)), "start": int(rng.integers(20, 30))}


decoder_inputs = Exercise(
    title="Shift for teacher forcing",
    reference=_decoder_inputs,
    cases=_decoder_inputs_cases,
    takes={"y": "(T_y, m)", "start": "()"},
    returns={"x": "(T_y, m)"},
    hints=(
        "Write both rows down for a date of three signs. In: start, y1, y2. Out: y1, y2, y3. Which "
        "token is never read?",
        "The last right token is never an input: after it there is nothing left to write. `y[:-1]` "
        "leaves it out.",
        "`np.concatenate([above, below])` puts one array on top of the other, along time.",
    ),
    mistakes={
        "np.concatenate([first, y[:-1]]) → y": "the target is not shifted, so the decoder reads the very token that it should write. It only has to copy, and learns nothing for the time when nobody shows it.",
        "[first, y[:-1]] → [y[1:], first]": "shifted the wrong way: at each step the decoder would read the token *after* the one it should write. It must read the one *before*.",
        "np.concatenate([first, y[:-1]]) → y[:-1]": "the start token is missing, so the first input is already y⟨1⟩ and one step is lost. Put `first` on top.",
        "y[:-1] → y": "the last token is kept, so there is one input more than there are outputs. Leave out the last row of y: `y[:-1]`.",
        "y[:-1] → y[1:]": "the start token *replaces* y⟨1⟩ and nothing moves: from the second step on the decoder still reads what it should write. Push y down by one row: `y[:-1]`.",
        "np.concatenate([first, y[:-1]]) → np.roll(y, 1, axis=0)": "`np.roll` brings the last token to the top: the decoder would read how the output ends before it begins. The first input is `start`.",
        "first = np.full_like(y[:1], start) → first = y[:1]": "the first input is y⟨1⟩, which is what the first step should write. It must be `start`.",
        "np.concatenate([first, y[:-1]]) → np.concatenate([np.full_like(y[:, :1], start), y[:, :-1]], axis=1)": "the shift goes along the examples: each date is shown its neighbour. Time is the *first* axis.",
    },
)


def _greedy(step, state, start, end, longest):
    token, written = start, []
    while len(written) < longest:
        z, state = step(token, state)
        token = int(np.argmax(z))
        if token == end:
            break
        written.append(token)
    return np.array(written, int)


def _random_step(rng):
    """A step of a random tanh cell with 7 tokens."""
    Waa, Wax, Wya = (rng.normal(scale=1.5, size=shape) for shape in ((6, 6), (6, 7), (7, 6)))

    def step(token, state):
        if not isinstance(token, int | np.integer):
            kind = "an array" if np.ndim(token) else "another number"
            raise TypeError(f"token must be a whole number, got {kind}")
        state = np.tanh(Waa @ state + Wax[:, token])
        return Wya @ state, state

    return step, rng.normal(size=6)


def _greedy_cases(rng):
    """A cell that writes a few different tokens and then the end, or does not end at all."""
    start, end = (int(token) for token in rng.permutation(7)[:2])
    ends = end > 1
    while True:
        step, state = _random_step(rng)
        long = _greedy(step, state, start, end, 12)
        if len(set(long)) >= 3 and (5 <= len(long) <= 8 if ends else len(long) == 12):
            longest = 12 if ends else 7
            return {"step": step, "state": state, "start": start, "end": end, "longest": longest}


def _with_end(step, state, start, end, longest):
    """Write as ``_greedy`` does, end token included: a known mistake."""
    token, written = start, []
    while len(written) < longest and token != end:
        z, state = step(token, state)
        token = int(np.argmax(z))
        written.append(token)
    return np.array(written, int)


greedy = Exercise(
    title="A decoder that feeds itself",
    reference=_greedy,
    cases=_greedy_cases,
    takes={"longest": "()"},
    returns={"tokens": "(T_y,)"},
    hints=(
        "The loop carries two things from step to step: `state` and `token`.",
        "`np.argmax(z)` is the place of the largest score, and places are tokens. Nothing is drawn "
        "here: an answer that differs from one check to the next was drawn.",
        "What was written last is read next: `step(token, state)`.",
    ),
    mistakes={
        "step(token, state) → step(start, state)": "the start token is read at every step, so nothing is fed back: the decoder never learns what it has written. Read `token`.",
        "z, state = step → z, _ = step": "the state is not carried along, so every step begins with what the encoder left. Keep the new state: `z, state = ...`.",
        "np.argmax(z) → np.argmin(z)": "this takes the *least* likely token. The largest score wins: `np.argmax`.",
        "step(token, state) → step(np.array([token]), state)": "this `step` has no batch axis: give it the number itself, `step(token, state)`.",
        "int(np.argmax(z)) → np.max(z)": "a score is not a token: ask *where* it is largest, `np.argmax(z)`.",
        "np.argmax(z) → np.max(z)": "this is the largest score itself, cut to a whole number, and a score is not a token. Ask *where* it is largest: `np.argmax(z)`.",
        "token == end → token == 0": "the end is not token 0 here. It is handed to you as `end`.",
        "token == end → False": "it never stops before `longest`: whatever comes after the end token is noise. Ask whether `token == end`.",
        "token == end → token == start": "it stops at the *start* token. What ends an output is `end`.",
        "token == end → z[end] > 0": "the end's score is above 0, but another one may be larger. The end is written only if it wins: `token == end`.",
        _with_end: "the end token is part of your result. Stop *before* it is appended.",
    },
)
