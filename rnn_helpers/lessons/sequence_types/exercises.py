"""The exercises of ``09_sequence_types``."""

import math

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal_sizes


def _last_states(a, mask):
    last = mask.sum(axis=0) - 1
    return np.stack([a[last[i], :, i] for i in range(a.shape[2])], axis=1)


def _padded(rng, T, m):
    """A mask (T, m) of sequences from 1 step on, the longest of them as long as T."""
    lengths = np.array([T, 1, *rng.integers(1, T + 1, size=m)])[:m]
    return np.arange(T)[:, None] < np.roll(lengths, int(rng.integers(m)))


def _last_states_cases(rng):
    for sizes in deal_sizes(rng, ("T", "n_a", "m"), least=3):
        T, n_a, m = sizes.values()
        yield rng.normal(size=(T, n_a, m)), _padded(rng, T, m)


last_states = Exercise(
    title="The last state of each sequence",
    reference=_last_states,
    cases=_last_states_cases,
    deals={
        "one sequence": lambda a, mask: mask.shape[1] == 1,
        "one step": lambda a, mask: len(mask) == 1,
        "a single word beside a full column": lambda a, mask: (
            len(mask) > 1 and {1, len(mask)} <= set(mask.sum(axis=0))
        ),
    },
    takes={"a": "(T, n_a, m)", "mask": "(T, m)"},
    returns={"a_last": "(n_a, m)"},
    hints=(
        "True counts as 1, so a sum over the mask counts words. Over which axis?",
        "`mask.sum(axis=0)` is the number of words of each column. A column of 3 words has its "
        "last one at place 2.",
        "In the second blank, column `i` needs its own entry of `last`.",
    ),
    mistakes={
        "last[i] → -1": "every column is read at the end of the array. Only the longest review has its last word there: the others are padding by then. || Use `last[i]`.",
        "mask.sum(axis=0) - 1 → mask.sum(axis=0)": "one step too late: a column of 3 words has them at places 0, 1 and 2. Subtract 1.",
        "last[i] → last": "you take the places of *all* columns at once. Column `i` has its own. || `last[i]`.",
        "last[i] → 0": "this is the state after the *first* word. It has seen nothing of the rest.",
        "np.stack([a[last[i], :, i] for i in range(a.shape[2])], axis=1) → (a * mask[:, None]).sum(axis=0) / mask.sum(axis=0)": "this is the mean over all words of a column. It is a way to read a sequence, but it lets early states count as much as the one that has seen everything.",
        "np.stack([a[last[i], :, i] for i in range(a.shape[2])], axis=1) → a.mean(axis=0)": "this is the mean over all steps, padding included. Asked for is one state: the one after the last word.",
        "mask.sum(axis=0) - 1 → mask.sum(axis=1) - 1": "`axis=1` counts how many columns have a word at each step. To count the words of each column, sum over time. || `axis=0`.",
        "last[i] → last.min()": "all columns are read where the shortest one ends. Each has its own end. || `last[i]`.",
        "mask.sum(axis=0) - 1 → mask.sum(axis=0) - 2": "this is the state one word before the last.",
    },
)


def _share_right(z, y, mask):
    right = z.argmax(axis=1) == y
    return right[mask].mean()


def _share_right_cases(rng):
    for sizes in deal_sizes(rng, ("T", "n_y", "m"), least=3, ones=("m",)):
        yield _tagged(rng, sizes["T"] + 5, sizes["n_y"], sizes["m"])


def _tagged(rng, T, n_y, m):
    """Scores of which some are wrong, but none in the second sentence."""
    y, mask = rng.integers(n_y, size=(T, m)), _padded(rng, T, m)
    places = rng.permutation(np.argwhere(mask)).tolist()
    places.sort(key=lambda place: place[1] != 1)  # the second sentence first
    right = rng.random((T, m)) < 0.5
    right[mask] = False
    for t, i in places[: _no_multiple(rng, len(places), mask[:, 1 % m].sum(), T * n_y * m)]:
        right[t, i] = True
    answer = np.where(right, y, (y + 1) % n_y)
    z = rng.normal(scale=0.5, size=(T, n_y, m)) + 4 * np.eye(n_y)[answer].swapaxes(1, 2)
    return {"z": z, "y": y, "mask": mask}


def _no_multiple(rng, words, least, sizes):
    """Choose how many words are right: more than a third, and no multiple of a size.

    A wrong count is then never the right one times a size: it would look like a sum for a mean.
    """
    counts = [n for n in range(max(least, words // 3) + 1, words) if math.gcd(n, sizes) == 1]
    return int(rng.choice(counts or [words - 1]))


share_right = Exercise(
    title="The share of words with the right tag",
    reference=_share_right,
    cases=_share_right_cases,
    deals={
        "one sentence": lambda z, y, mask: mask.shape[1] == 1,
        "padding": lambda z, y, mask: not mask.all(),
        "a tag of 0 among the words": lambda z, y, mask: (y[mask] == 0).any(),
    },
    takes={"z": "(T, n_y, m)", "y": "(T, m)", "mask": "(T, m)"},
    returns={"share": "()"},
    hints=(
        "`z.argmax(axis=1)` is the answer for each word, `(T, m)`. Compare it with `y`.",
        "`right[mask]` keeps only the entries where the mask is True, in one long row.",
        "The mean of True and False is the share of True.",
    ),
    mistakes={
        "right[mask].mean() → right.mean()": "padding is counted as words. Keep the real ones. || `right[mask]`.",
        "right[mask].mean() → (right & mask).mean()": "padding is never counted as right, but it is still in the number you divide by. || Take the mean over `right[mask]` only.",
        "z.argmax(axis=1) → (z[:, 1] > z[:, 0])": "there are `n_y` tags, not always two. || Take the largest along `axis=1`.",
        "z.argmax(axis=1) → (z[:, 1] > 0)": "a score above 0 need not be the largest, and there are `n_y` tags, not always two. Compare all of them. || The largest along `axis=1`.",
        "z.argmax(axis=1) → z.argmax()": "no word is ever right: what you compare with `y` is no tag. Is it one place in the whole array, or the score itself? Ask at which place along the tags the score is largest. || That is `z.argmax(axis=1)`.",
        "z.argmax(axis=1) → z.argmin(axis=1)": "this takes the tag with the *smallest* score. The answer is the largest: `argmax`.",
        "z.argmax(axis=1) → z.argmax(axis=0)": "`axis=0` looks for the best *step* of each tag. || The tags are along `axis=1`.",
        "right[mask].mean() → right[mask].sum()": "this is the number of right words. The share is that number divided by all words. || `.mean()`.",
        "right[mask].mean() → (right | ~mask).all(axis=0).mean()": "this is the share of *sentences* without any error, a harder test. Asked for is the share of words.",
        "right[mask].mean() → ((right & mask).sum(axis=0) / mask.sum(axis=0)).mean()": "this is the mean over sentences of each sentence's own share, so a word in a short sentence counts more. Here each word counts alike. || `right[mask].mean()`.",
        "right[mask].mean() → 1 - right[mask].mean()": "this is the share of *wrong* words.",
        "right[mask].mean() → right[~mask].mean()": "the mask is turned round: only padding is looked at.",
        "right[mask].mean() → (right & mask).sum() / len(mask)": "this divides by the number of steps. Divide by the number of words.",
        "right[mask].mean() → (right | ~mask).mean()": "all padding counts as right here.",
    },
)


def _frequency(pitch):
    return 440 * 2 ** ((pitch - 69) / 12)


def _pitches(rng):
    """A pitch below the A, one above, one an octave off, and the A itself.

    The first is none that rounding leaves as it is: pitch 43 swings 98.0 times.
    """
    yield {"pitch": int(rng.choice([46, 48, 49, 51, 53]))}
    yield {"pitch": int(rng.integers(73, 80))}
    yield {"pitch": 69 + 12 * int(rng.choice([-2, -1, 2]))}
    yield {"pitch": 69}


frequency = Exercise(
    title="From a note to a frequency",
    reference=_frequency,
    cases=_pitches,
    tolerance=1e-7,  # two decimals are too few
    deals={
        "below the A": lambda pitch: pitch < 69,
        "above the A": lambda pitch: pitch > 69,
        "the A": lambda pitch: pitch == 69,
        "an octave off": lambda pitch: pitch != 69 and (pitch - 69) % 12 == 0,
        "one that cannot be rounded": lambda pitch: 0.1 < _frequency(pitch) % 1 < 0.9,
        "no octave off": lambda pitch: (pitch - 69) % 12 != 0,
    },
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
        "(pitch - 69) / 12 → pitch / 12": "69 is forgotten: these are the octaves above pitch 0. || Count from the A, `pitch - 69`.",
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
    that is longer than the tune. Where one other ends and the next begins, a window of the tune
    stands that is in neither. Then come windows of a single note, and one as long as the tune.
    """
    for n in rng.permutation([2, 3, 4]).tolist():
        end = rng.permutation([4, 5, 6, 8])
        others = [
            rng.integers(1, 4, 11),
            np.concatenate([rng.integers(1, 4, 23), end]),
            np.array([9]),
        ]
        joint = np.concatenate([end[1:], [9]])[-n:]
        new = np.array([7, 1, 7, 1, 7, 1])
        others[0] = np.concatenate([others[0], [7, 7, 1, 1][-n:] if n < 4 else [7, 7, 1, 1]])
        middle = [others[0][:5], end, new, joint, rng.integers(1, 4, 6 - n), end]
        yield np.concatenate(middle), others, n
    tune = rng.integers(1, 6, 7)
    yield tune, [tune[1:3], np.array([9, 9])], 1
    yield tune[:5], [tune[:4], np.concatenate([[3], tune, [2]])], 5


def _copied_but_for_the_last(tune, others, n):
    windows = [tuple(tune[i : i + n]) for i in range(len(tune) - n)]
    known = {tuple(other[i : i + n]) for other in others for i in range(len(other) - n)}
    return sum(window in known for window in windows) / len(windows)


def _copied_or_too_short(tune, others, n):
    windows = [tuple(tune[i : i + n]) for i in range(len(tune))]
    known = {tuple(other[i : i + n]) for other in others for i in range(len(other))}
    return sum(window in known for window in windows) / len(windows)


def _copied_across_joints(tune, others, n):
    joined = np.concatenate(others)
    windows = [tuple(tune[i : i + n]) for i in range(len(tune) - n + 1)]
    known = {tuple(joined[i : i + n]) for i in range(len(joined) - n + 1)}
    return sum(window in known for window in windows) / len(windows)


def _copied_by_notes(tune, others, n):
    windows = [tuple(tune[i : i + n]) for i in range(len(tune))]
    known = {tuple(other[i : i + n]) for other in others for i in range(len(tune))}
    return sum(window in known for window in windows) / len(windows)


copied_share = Exercise(
    title="The share that is copied",
    reference=_copied_share,
    cases=_copied_cases,
    deals={
        "windows of one note": lambda tune, others, n: n == 1,
        "a window as long as the tune": lambda tune, others, n: n == len(tune),
        "another tune too short for a window": lambda tune, others, n: min(map(len, others)) < n,
        "a window across the joint of two others": lambda tune, others, n: (
            _copied_share(tune, [np.concatenate(others)], n) > _copied_share(tune, others, n)
        ),
        "the end of a longer one, copied": lambda tune, others, n: any(
            _copied_share(tune, [other[-n:]], n) > 0 for other in others if len(other) > len(tune)
        ),
        "a window at the very end": lambda tune, others, n: (
            _copied_share(tune[-n:], others, n) == 1 and len(tune) > n
        ),
    },
    takes={"tune": "(T,)", "others": "a list", "n": "()"},
    returns={"share": "()"},
    hints=(
        "A tune of 5 notes has three windows of 3 notes: they begin at 0, 1 and 2.",
        "So there are `len(tune) - n + 1` of them. The same holds for each of `others`.",
        "`sum(window in known for window in windows)` counts those that are copied.",
    ),
    mistakes={
        "range(len(tune) - n + 1) → range(len(tune) - n)": "the last window of the tune is missing: a tune of 5 notes has *three* windows of 3.",
        "range(len(tune) - n + 1) → range(len(tune))": "you divide by the number of *notes*, but there are fewer windows: one that begins at the last note has no room for n. || There are `len(tune) - n + 1`.",
        "range(len(other) - n + 1) → range(len(tune) - n + 1)": "each other tune has its own length. || `len(other)`. Of a longer one the windows at its end are not looked at.",
        "range(len(other) - n + 1) → range(len(other) - n)": "the last window of each *other* tune is missing. Count there as in the tune. || `len(other) - n + 1`.",
        _copied_but_for_the_last: "the last window is missing in *both* places. A tune of 5 notes has three windows of 3: add 1.",
        _copied_or_too_short: "in *both* places the last windows are too short: one that begins at the last note has no room for n. || There are `len(tune) - n + 1`, and `len(other) - n + 1`.",
        _copied_by_notes: "in both places you count the notes of `tune`, and not the windows. || There are `len(tune) - n + 1` of them in the tune, and each other has its own length.",
        _copied_across_joints: "joined end to end, the other tunes also have windows that run from one into the next. Cut each tune by itself.",
        "window in known → window not in known": "this is the share that is *new*. Count the windows that are `in known`.",
        "range(len(tune) - n + 1) → range(0, len(tune) - n + 1, n)": "the windows do not overlap, so most places where a copy could begin are never looked at. One window begins at *each* note.",
        "sum(window in known for window in windows) / len(windows) → sum(window in known for window in windows)": "this is how many windows are copied. The share is that divided by the number of windows.",
        "sum(window in known for window in windows) / len(windows) → len(known & set(windows)) / len(set(windows))": "this counts each *different* window once. A phrase that comes twice has been copied twice: go through the list.",
        "sum(window in known for window in windows) / len(windows) → len(known & set(windows)) / len(known)": "this is the share of what is *known* that the tune uses. Divide by the windows of the tune.",
        "sum(window in known for window in windows) / len(windows) → np.isin(tune, np.concatenate(others)).mean()": "single notes are compared, not windows of n. Nearly every note occurs somewhere, so this is near 1 for any tune.",
        "sum(window in known for window in windows) → sum(sorted(w) in [sorted(k) for k in known] for w in windows)": "the order of the notes does not count here. A window is copied if its notes come in the same order.",
    },
)


def _decoder_inputs(y, start):
    first = np.full_like(y[:1], start)
    return np.concatenate([first, y[:-1]])


def _decoder_inputs_cases(rng):
    starts = (*rng.permutation(np.arange(20, 30))[:3].tolist(), 0, 11)
    for start, sizes in zip(
        starts, deal_sizes(rng, ("T_y", "m"), least=3, ones=("T_y", "m")), strict=True
    ):
        yield rng.integers(1, 10, size=(sizes["T_y"], sizes["m"])), start


decoder_inputs = Exercise(
    title="Shift for teacher forcing",
    reference=_decoder_inputs,
    cases=_decoder_inputs_cases,
    deals={
        "one step": lambda y, start: len(y) == 1,
        "one example": lambda y, start: y.shape[1] == 1,
        "a start token of 0": lambda y, start: start == 0,
        "another start token": lambda y, start: start != 0,
    },
    kinds={"x": "tokens"},
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
        "y[:-1] → y": "the last token is kept, so there is one input more than there are outputs. Leave out the last row of y. || `y[:-1]`.",
        "y[:-1] → y[1:]": "the start token *replaces* y⟨1⟩ and nothing moves: from the second step on the decoder still reads what it should write. Push y down by one row. || `y[:-1]`.",
        "np.concatenate([first, y[:-1]]) → np.roll(y, 1, axis=0)": "`np.roll` brings the last token to the top: the decoder would read how the output ends before it begins. The first input is `start`.",
        "first = np.full_like(y[:1], start) → first = y[:1]": "the first input is y⟨1⟩, which is what the first step should write. It must be `start`.",
        "np.concatenate([first, y[:-1]]) → np.concatenate([np.full_like(y[:, :1], start), y[:, :-1]], axis=1)": "the shift goes along the examples: each date is shown its neighbour. Time is the *first* axis.",
        "np.concatenate([first, y[:-1]]) → np.full_like(y, start)": "the start token is read at every step. Only the first step reads it.",
        "np.concatenate([first, y[:-1]]) → np.concatenate([y[:-1], first])": "the start token stands at the end. It is what the *first* step reads.",
        "np.concatenate([first, y[:-1]]) → np.concatenate([0 * first, y[:-1]])": "the first row is 0. What is read first is `start`.",
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
    """A cell that writes a few different tokens and then the end, or does not end at all.

    The end is token 0 once; and once it comes first, so that nothing is written.
    """
    longest = rng.permutation([10, 11, 12]).tolist()
    yield _decoded(rng, int(rng.integers(2, 7)), range(4, 9), longest[0], start_comes=True)
    yield _decoded(rng, 0, range(3, 9), longest[1])
    yield _decoded(rng, int(rng.integers(2, 7)), range(12, 13), 12) | {"longest": 7}
    yield _decoded(rng, int(rng.integers(2, 7)), range(1), longest[2])


def _decoded(rng, end, lengths, longest, start_comes=False):
    """Look for a cell whose text has one of some lengths, and perhaps the start token in it."""
    start = int(rng.choice(np.delete(np.arange(1, 7), end - 1 if end else [])))
    while True:
        step, state = _random_step(rng)
        text = _greedy(step, state, start, end, longest)
        comes = start in text[:-1] or not start_comes
        if comes and len(text) in lengths and len(set(text)) >= min(3, len(text)):
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
    deals={
        "an end token of 0": lambda end, **_: end == 0,
        "the start token written": lambda **case: case["start"] in _greedy(**case)[:-1],
        "nothing written": lambda **case: len(_greedy(**case)) == 0,
        "a text cut off": lambda **case: len(_greedy(**case)) == case["longest"],
        "a text that ends": lambda **case: 0 < len(_greedy(**case)) < case["longest"],
    },
    kinds={"tokens": "tokens"},
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
        "step(token, state) → step(np.array([token]), state)": "this `step` has no batch axis. || Give it the number itself, `step(token, state)`.",
        "int(np.argmax(z)) → np.max(z)": "a score is not a token. || Ask *where* it is largest, `np.argmax(z)`.",
        "np.argmax(z) → np.max(z)": "this is the largest score itself, cut to a whole number, and a score is not a token. Ask *where* it is largest. || `np.argmax(z)`.",
        "token == end → token == 0": "the end is not token 0 here. It is handed to you as `end`.",
        "token == end → False": "it never stops before `longest`: whatever comes after the end token is noise. || Ask whether `token == end`.",
        "token == end → token == start": "it stops at the *start* token. What ends an output is `end`.",
        "token == end → z[end] > 0": "the end's score is above 0, but another one may be larger. The end is written only if it wins. || `token == end`.",
        _with_end: "the end token is part of your result. Stop *before* it is appended.",
    },
)
