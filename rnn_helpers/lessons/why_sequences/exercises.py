"""The exercises of ``01_why_sequences``."""

import numpy as np

from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal_sizes


def _fit(names, T):
    x = np.zeros((T, len(names)), int)
    for i, name in enumerate(names):
        kept = name[:T]
        x[: len(kept), i] = kept
    return x


def _keeps_a_number(names, T):
    x = np.zeros((T, len(names)), int)
    for i, name in enumerate(names):
        kept = min(len(name), T)
        x[:kept, i] = kept
    return x


def _fit_cases(rng):
    """Names longer than T, as long as T and shorter, in any order; one name; one place."""
    for sizes in deal_sizes(rng, ("T", "m"), least=4):
        T, m = sizes["T"], sizes["m"]
        lengths = [T + 1 + int(rng.integers(T)), T, *rng.integers(1, max(T, 2), 3), T + 2, 1, 2]
        while len(lengths) < m:
            lengths.append(int(rng.integers(1, 2 * T)))
        yield [rng.integers(1, 27, n) for n in rng.permutation(lengths[:m])], T


fit = Exercise(
    title="Pad or cut",
    reference=_fit,
    cases=_fit_cases,
    deals={
        "a name longer than T": lambda names, T: max(map(len, names)) > T,
        "a name shorter than T": lambda names, T: min(map(len, names)) < T,
        "a name as long as T": lambda names, T: T in map(len, names),
        "one name": lambda names, T: len(names) == 1,
        "one place": lambda names, T: T == 1,
        "more names than places": lambda names, T: len(names) > T,
        "more places than names": lambda names, T: len(names) < T,
    },
    kinds={"x": "tokens"},
    takes={"names": "a list", "T": "()"},
    returns={"x": "(T, m)"},
    hints=(
        "`name[:3]` is the first three tokens of a name, or all of them if there are fewer.",
        "The first blank keeps at most `T` tokens. The second says which rows they go to.",
        "The rows are a slice from the top that is as long as `kept`: `x[: len(kept), i]`.",
    ),
    mistakes={
        "name[:T] → name[-T:]": "a long name keeps its end and loses its beginning. Keep the first T letters. || `name[:T]`.",
        "x[: len(kept), i] → x[T - len(kept) :, i]": "the letters stand at the bottom, with the padding above them. || Put them at the top, into `x[: len(kept), i]`.",
        "name[:T] → name": "long names are not cut, so there is no room for them. || Keep `name[:T]`.",
        "x[: len(kept), i] → x[:, i]": "a short name does not fill a whole column. || Write to as many rows as were kept, `x[: len(kept), i]`.",
        "x[: len(kept), i] → x[len(kept), i]": "this is a single row, and `kept` needs one for each of its tokens. With a colon they are the rows from the top. || `x[: len(kept), i]`.",
        "name[:T] → name[T:]": "this is the part that should be lost. || Keep `name[:T]`.",
        _keeps_a_number: "`kept` is a number here. It should be the tokens themselves. || `name[:T]`.",
        "name[:T] → min(len(name), T)": "`kept` is a number here, and has no length. It should be the tokens themselves. || `name[:T]`.",
        "name[:T] → name[: T - 1]": "the last place is never used. || `name[:T]` holds T letters, numbers 0 to T - 1.",
        "kept = name[:T] → kept = name[: min(map(len, names))]": "every name is cut to the shortest one. A name keeps what `T` has room for.",
        "x[: len(kept), i] = kept → x[1 : len(kept), i] = kept[1:]": "the first place stays empty. Python counts places from 0.",
    },
)


def _share_of_padding(lengths, T):
    padding = np.maximum(T - lengths, 0).sum()
    places = T * len(lengths)
    return padding / places


def _share_cases(rng):
    """Names that are too short, too long and as long as T; one name; no padding at all."""
    for sizes in deal_sizes(rng, ("m", "T"), least=5, ones=("m",)):
        m, T = sizes["m"], sizes["T"]
        lengths = [T - 2, T + 3, T + 1, T, *rng.integers(1, T, 8)]
        yield rng.permutation(lengths[:m]), T
    T = int(rng.integers(12, 15))
    yield T + rng.permutation(3), T


share_of_padding = Exercise(
    title="The share of padding",
    reference=_share_of_padding,
    cases=_share_cases,
    deals={
        "a name longer than T": lambda lengths, T: (lengths > T).any(),
        "a name as long as T": lambda lengths, T: (lengths == T).any(),
        "a name shorter than T": lambda lengths, T: (lengths < T).any(),
        "one name": lambda lengths, T: len(lengths) == 1,
        "no padding": lambda lengths, T: (lengths >= T).all(),
    },
    takes={"lengths": "(m,)", "T": "()"},
    returns={"share": "()"},
    hints=(
        "A name of 6 letters in 10 places has 4 places of padding.",
        "A name of 12 letters in 10 places has 0, not -2: `np.maximum(T - lengths, 0)`.",
        "The first blank is the sum of these. The second is the number of all places, `T` for each "
        "of the `len(lengths)` names.",
    ),
    mistakes={
        "np.maximum(T - lengths, 0) → (T - lengths)": "long names count as less than no padding, and cancel the padding of others. Set them to 0. || `np.maximum(T - lengths, 0)`.",
        "np.maximum(T - lengths, 0) → (lengths < T)": "this counts the names that have padding. Count the places. || `T - length` for each.",
        "T * len(lengths) → lengths.sum()": "this compares the padding with the letters. Divide by the number of all places.",
        "T * len(lengths) → len(lengths)": "this is the number of padded places in the mean name. Divide by all places, `T` for each name.",
        "T * len(lengths) → T": "`T` is the room of a single name. || There are `len(lengths)` names.",
        "T * len(lengths) → T * m": "there is no `m` here. || The number of names is `len(lengths)`.",
        "padding / places → padding / T * len(lengths)": "a share cannot exceed 1: `padding / T * m` divides by T and then multiplies by m. Put brackets round `T * m`.",
        "padding / places → 1 - padding / places": "this is the share of places that hold a letter. Padding is the rest.",
        "np.maximum(T - lengths, 0) → max(T - lengths, 0)": "`max` asks which of two things is larger as a whole, and with several names there is no answer to that. || `np.maximum(T - lengths, 0)` compares number by number.",
        "np.maximum(T - lengths, 0).sum() → np.maximum(T - lengths, 0)": "this is a number for each name. Add up the padding of all of them. || `.sum()`.",
        "np.maximum(T - lengths, 0) → np.maximum(lengths - T, 0)": "this counts the letters that are cut off. Padding is what is missing up to `T`.",
        "places = T * len(lengths) → places = T * (lengths <= T).sum()": "names that are too long are left out of the places. They fill theirs with letters, and these are read too.",
        "padding / places → padding // places": "`//` rounds down to a whole number, and a share lies between 0 and 1.",
        "places = T * len(lengths) → places = lengths.max() * len(lengths)": "the longest name sets the room here. Each name gets `T` places, whatever its length.",
    },
)


def _count_parameters(T, n_x, n_a, n_y):
    output = n_y * n_a + n_y
    dense = n_a * T * n_x + n_a + output
    recurrent = n_a * (n_x + n_a) + n_a + output
    return dense, recurrent


def _count_cases(rng):
    """Four numbers that all differ; a word of one letter; a single unit."""
    numbers = rng.permutation(np.arange(2, 30)).tolist()
    for k in range(0, 12, 4):
        yield tuple(numbers[k : k + 4])
    yield 1, *numbers[12:15]
    yield *numbers[15:17], 1, numbers[17]


count_parameters = Exercise(
    title="Parameters against length",
    reference=_count_parameters,
    cases=_count_cases,
    deals={
        "a word of one letter": lambda T, n_x, n_a, n_y: T == 1,
        "a single unit": lambda T, n_x, n_a, n_y: n_a == 1,
        "more units than inputs": lambda T, n_x, n_a, n_y: n_a != n_x,
    },
    takes={"T": "()", "n_x": "()", "n_a": "()", "n_y": "()"},
    returns={"dense": "()", "recurrent": "()"},
    hints=(
        "A layer with `n_in` numbers coming in and `n_out` units has `n_out * n_in` weights and "
        "`n_out` biases.",
        "The dense units have `T * n_x` numbers coming in.",
        "The recurrent units have `n_x + n_a` numbers coming in. Add `output` to both.",
    ),
    mistakes={
        "n_a * (n_x + n_a) + n_a + output → T * (n_a * (n_x + n_a) + n_a) + output": "the recurrent units are counted once for each letter. They are the same units at every letter, so `T` does not come in.",
        "return dense, recurrent → return dense - n_a, recurrent - n_a": "the biases of the units are missing. Each of the `n_a` units has one.",
        "n_a * T * n_x + n_a + output → n_a * T * n_x + output": "the dense units have no biases here. Each of the `n_a` units has one.",
        "n_a * (n_x + n_a) + n_a + output → n_a * (n_x + n_a) + output": "the recurrent units have no biases here. Each of the `n_a` units has one.",
        "return dense, recurrent → return dense - n_a + 1, recurrent - n_a + 1": "there is one bias for the whole layer. Each of its `n_a` units has its own.",
        "n_a * T * n_x + n_a + output → T * (n_a * n_x + n_a) + output": "the dense biases are counted once for each place. A unit has one bias, however much it reads.",
        "n_a * T * n_x + n_a + output → T * n_x + n_a + output": "these are the dense weights of a single unit. Each of the `n_a` units has `T * n_x`.",
        "n_a * (n_x + n_a) + n_a + output → n_x + n_a + n_a + output": "these are the recurrent weights of a single unit. Each of the `n_a` units has `n_x + n_a`.",
        "return dense, recurrent → return T * n_x + n_a + output, n_x + n_a + n_a + output": "in both networks these are the weights of a single unit. There are `n_a` units.",
        "n_a * T * n_x → n_a * n_x": "the dense units read one letter only. They have weights for each of the `T` places.",
        "(n_x + n_a) → n_x": "the recurrent units do not read their memory. `n_a` numbers more come in.",
        "return dense, recurrent → return dense - output, recurrent - output": "the output layer is missing. Add `output` to both.",
        "return dense, recurrent → return recurrent, dense": "the two numbers are swapped. Return the dense network's first.",
    },
)


def _scan(word):
    memory, seen = -1, []
    for letter in word:
        if memory == -1 and letter < 2:
            memory = letter
        seen.append(memory)
    return np.array(seen)


def _scan_cases(rng):
    """Words that begin with b, with a, with noise; that are nothing but noise; of one letter.

    Each of them lets some wrong rule pass, so every check has all of them.
    """
    noise = rng.permutation(np.arange(3, 8))
    noise = np.insert(noise, rng.integers(1, 5), 2)  # the noise that is nearest to b, but not first
    later = rng.permutation([0, 0, 1, 1, 3])
    place = int(rng.integers(2, 6))
    yield {"word": np.array([1, 1, *later, *noise])}
    yield {"word": np.array([noise[0], 0, *later, *noise[1:]])}
    yield {"word": noise}
    yield {"word": np.array([*noise[:place], 1, 0, *noise[place:], 0])}
    yield {"word": np.array([0, 1, 2, *later[:2]])}
    yield {"word": rng.integers(0, 2, 1)}


scan = Exercise(
    title="A memory, written by hand",
    reference=_scan,
    cases=_scan_cases,
    deals={
        "b at once, and both later": lambda word: word[0] == 1 and {0, 1} <= set(word[1:].tolist()),
        "a at once, and b later": lambda word: word[0] == 0 and 1 in word,
        "noise, then a": lambda word: len(word) > 1 and word[0] > 1 and word[1] == 0,
        "noise alone, a 2 not first": lambda word: word.min() == 2 and word[0] > 2,
        "much noise first": lambda word: len(word) > 2 and word[:2].min() > 1 and word.min() < 2,
        "one letter": lambda word: len(word) == 1,
    },
    kinds={"seen": "tokens"},
    takes={"word": "(T,)"},
    returns={"seen": "(T,)"},
    hints=(
        "Write only if two things are true: the letter matters, and nothing is noted yet.",
        "A letter matters if it is `a` or `b`: `letter < 2`.",
        "The condition is `memory == -1 and letter < 2`, and what is noted is the letter.",
    ),
    mistakes={
        "memory == -1 and letter < 2 → letter < 2": "every `a` or `b` overwrites what was noted. Write only while the memory is still -1.",
        "memory == -1 and letter < 2 → memory == -1": "the first letter of the word is noted, even if it is noise. Only 0 and 1 matter.",
        "memory == -1 and letter < 2 → True": "each letter is noted and forgotten at the next. This memory keeps nothing.",
        "memory == -1 and letter < 2 → memory == -1 or letter < 2": "with `or` either is enough: noise is noted at the start, and later letters overwrite it. Both must be true: `and`.",
        "memory == -1 and letter < 2 → memory == -1 & letter < 2": "nothing is ever noted: the memory stays at -1. If you wrote `&`: it binds before `==`. Write `and`.",
        "memory == -1 and letter < 2 → memory and letter < 2": "a noted `b` is overwritten by a later `a`. If you wrote `memory and …`: 0 counts as false, and all else as true. || Ask `memory == -1`.",
        "memory == -1 and letter < 2 → seen[-1:] == [-1] and letter < 2": "an `a` or `b` that is the first letter of all is not noted. If you looked at `seen`: it is still empty then. || Ask `memory == -1`.",
        "memory == -1 and letter < 2 → memory == -1 and letter == 0": "only `a` is noted. A `b` may come first. || `letter < 2` is true of both.",
        "memory == -1 and letter < 2 → memory == -1 and letter == 1": "only `b` is noted. An `a` may come first. || `letter < 2` is true of both.",
        "memory == -1 and letter < 2 → memory == -1 and letter <= 2": "a 2 is noted, and 2 is noise. Only 0 and 1 matter. || `letter < 2`.",
        "memory = letter → memory = 0": "0 is noted whichever letter came: the same answer whatever was read. Note `letter`.",
        "memory = letter → memory = 1": "1 is noted whichever letter came: the same answer whatever was read. Note `letter`.",
        "memory = letter → memory = 1 - letter": "the other letter of the pair is noted. Note the one that was read.",
        "np.array(seen) → np.full(len(word), memory)": "the memory knows the answer before the letter has been read. After t letters it can depend on these t letters only.",
        "np.array(seen) → memory": "this is the memory after the last letter. Return it after each letter, `(T,)`.",
        "    for letter in word:\n        if memory == -1 and letter < 2:\n            memory = letter →     for place, letter in enumerate(word):\n        if memory == -1 and letter < 2:\n            memory = place": "the place of the letter is noted. Note its token.",
    },
)
