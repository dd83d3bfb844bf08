"""The exercises of ``11_one_token_at_a_time``."""

import numpy as np

from rnn_helpers import scan
from rnn_helpers.checking.exercise import Exercise, Mistake, draw


def _earliest(L, T):
    wave = np.zeros((L, T), int)
    for layer in range(L):
        for t in range(T):
            before = wave[layer, t - 1] if t > 0 else 0
            below = wave[layer - 1, t] if layer > 0 else 0
            wave[layer, t] = 1 + max(before, below)
    return wave


def _earliest_cases(rng):
    L, T = rng.permutation([2, 3, 4, 5, 6, 7])[:2]
    return {"L": int(L), "T": int(T)}


earliest = Exercise(
    title="The wave of each cell",
    prompt=r"""
### Exercise 1: the wave of each cell

A stack has `L` layers and reads `T` steps. A cell can run as soon as *both* its inputs are there: the same layer one step before, and the layer below at the same step. Give each cell the number of the wave in which it can run at the earliest; the first wave is number 1. Where there is no cell before or below, the number is 0.
""",
    starter='''
def earliest(L, T):
    """Return the wave of each cell, (L, T)."""
    wave = np.zeros((L, T), int)
    for layer in range(L):
        for t in range(T):
            before = wave[layer, t - 1] if t > 0 else 0
            below = wave[layer - 1, t] if layer > 0 else 0
            wave[layer, t] = ____
    return wave
''',
    reference=_earliest,
    cases=_earliest_cases,
    takes={"L": "()", "T": "()"},
    returns={"wave": "(L, T)"},
    hints=(
        "`before` and `below` are the waves in which the two inputs are made. When are both there?",
        "The later of the two decides, and the cell runs in the wave after it.",
    ),
    mistakes=(
        Mistake(
            "1 + max(before, below)",
            "1 + before",
            "the layer below is left out, so all layers would run at once. A layer reads what the "
            "one below has written at the same step.",
        ),
        Mistake(
            "1 + max(before, below)",
            "1 + below",
            "the step before is left out, so all steps would run at once: that is what a "
            "recurrence forbids.",
        ),
        Mistake(
            "1 + max(before, below)",
            "1 + min(before, below)",
            "a cell starts when the first of its inputs is there. It must wait for the later one: "
            "`max`.",
        ),
        Mistake(
            "1 + max(before, below)",
            "1 + before + below",
            "the two waits are added. The inputs are made side by side, so only the later one "
            "counts.",
        ),
        Mistake(
            "1 + max(before, below)",
            "max(before, below)",
            "no wave comes after another: a cell runs one wave after its later input, so add 1.",
        ),
        Mistake(
            "1 + max(before, below)",
            "layer * T + t + 1",
            "this is the order of the obvious program, one cell after the other. Several cells may "
            "share a wave.",
        ),
    ),
)


PAIR = {"lam_1": "(n, m)", "u_1": "(n, m)", "lam_2": "(n, m)", "u_2": "(n, m)"}


def _compose(lam_1, u_1, lam_2, u_2):
    lam = lam_2 * lam_1
    u = lam_2 * u_1 + u_2
    return lam, u


compose = Exercise(
    title="Two steps in one",
    prompt=r"""
### Exercise 2: two steps in one

First comes the step $a \to \lambda_1 * a + u_1$, then the step $a \to \lambda_2 * a + u_2$. Together they are one step $a \to \lambda * a + u$. Which $\lambda$ and which $u$?
""",
    starter='''
def compose(lam_1, u_1, lam_2, u_2):
    """Return lam and u of the two steps together, each (n, m)."""
    lam = ____
    u = ____
    return lam, u
''',
    reference=_compose,
    takes=PAIR,
    returns={"lam": "(n, m)", "u": "(n, m)"},
    hints=(
        "Put the first step into the second: `lam_2 * (lam_1 * a + u_1) + u_2`.",
        "Multiply it out. What stands before `a` is `lam`, the rest is `u`.",
    ),
    mistakes=(
        Mistake(
            "lam_2 * u_1 + u_2",
            "lam_1 * u_2 + u_1",
            "this is the second step taken first. The order matters: what the first step adds is "
            "still to go through the second one.",
        ),
        Mistake(
            "lam_2 * u_1 + u_2",
            "u_1 + u_2",
            "`u_1` is added in full. It goes through the second step too, so it is multiplied by "
            "`lam_2`.",
        ),
        Mistake(
            "lam_2 * u_1 + u_2",
            "lam_2 * (u_1 + u_2)",
            "`u_2` is multiplied by `lam_2`, but the second step adds it after it has multiplied.",
        ),
        Mistake(
            "lam_2 * u_1 + u_2",
            "lam * u_1 + u_2",
            "`u_1` is multiplied by both factors. It meets only the factor of the second step, "
            "`lam_2`.",
        ),
        Mistake(
            "lam_2 * u_1 + u_2",
            "lam_1 * u_1 + u_2",
            "`u_1` is multiplied by its own `lam_1`. The first step adds it after multiplying; the "
            "factor that it meets later is `lam_2`.",
        ),
        Mistake(
            "lam_2 * lam_1",
            "lam_2 + lam_1",
            "the two factors are added. The state is multiplied by one and then by the other: "
            "`lam_2 * lam_1`.",
        ),
    ),
)


def _gates(rng, shapes):
    """Draw arrays, with every lam between 0 and 1, as a gate is."""
    case = draw(rng, shapes)
    return case | {name: 1 / (1 + np.exp(-4 * v)) for name, v in case.items() if "lam" in name}


def _doubling(lam, u):
    d = 1
    while d < len(u):
        joined_u = lam[d:] * u[:-d] + u[d:]
        joined_lam = lam[d:] * lam[:-d]
        u = np.concatenate([u[:d], joined_u])
        lam = np.concatenate([lam[:d], joined_lam])
        d = 2 * d
    return u


def _doubling_of_neighbours(lam, u):
    d = 1
    while d < len(u):
        joined_u = lam[d:] * u[d - 1 : -1] + u[d:]
        joined_lam = lam[d:] * lam[d - 1 : -1]
        u = np.concatenate([u[:d], joined_u])
        lam = np.concatenate([lam[:d], joined_lam])
        d = 2 * d
    return u


SEQUENCE = {"lam": "(T, n, m)", "u": "(T, n, m)"}


doubling = Exercise(
    title="A scan by doubling",
    prompt=r"""
### Exercise 3: a scan by doubling

Before a round, entry `t` of `lam` and `u` stands for the last `d` steps up to `t`, joined into one. Join it with the entry `d` places earlier, for all `t` at once, with the formula of exercise 2: the earlier entry is the first step, the later one the second. The first `d` entries have nothing before them and stay. Then `d` grows. The start is $a^{\langle 0\rangle} = 0$, so `u` ends as $a$.
""",
    starter='''
def doubling(lam, u):
    """Return a⟨1⟩ … a⟨T⟩, (T, n, m), from a⟨0⟩ = 0."""
    d = 1
    while d < len(u):
        joined_u = ____
        joined_lam = ____
        u = np.concatenate([u[:d], joined_u])
        lam = np.concatenate([lam[:d], joined_lam])
        d = ____
    return u
''',
    reference=_doubling,
    cases=lambda rng: _gates(rng, dict.fromkeys(SEQUENCE, "(15 + T, n, m)")),
    takes=SEQUENCE,
    returns={"a": "(T, n, m)"},
    hints=(
        "`u[d:]` are the later entries, `u[:-d]` the ones `d` places before them.",
        "Exercise 2 again: `u = lam_2 * u_1 + u_2`, `lam = lam_2 * lam_1`, where 2 is the later.",
        "After a round each entry stands for twice as many steps.",
    ),
    mistakes=(
        Mistake(
            "d = 2 * d",
            "d = d + 1",
            "`d` grows by 1, but after a round an entry stands for `2 * d` steps. Joined with its "
            "neighbour too near, it counts the same steps twice.",
        ),
        Mistake(
            "joined_u = lam[d:] * u[:-d] + u[d:]",
            "joined_u = lam[:-d] * u[d:] + u[:-d]",
            "earlier and later are exchanged. The later entry is the second step: its `lam` "
            "multiplies what the earlier one has made.",
        ),
        Mistake(
            "joined_u = lam[d:] * u[:-d] + u[d:]",
            "joined_u = u[:-d] + u[d:]",
            "nothing fades: the earlier entry must be multiplied by the `lam` of the later one.",
        ),
        Mistake(
            "joined_lam = lam[d:] * lam[:-d]",
            "joined_lam = lam[d:]",
            "`lam` is not joined. After the first round it must be the product over all steps that "
            "the entry stands for.",
        ),
        Mistake(
            "joined_u = lam[d:] * u[:-d] + u[d:]",
            "joined_u = lam[:-d] * u[:-d] + u[d:]",
            "the earlier entry is multiplied by its own `lam`. The factor is that of the later "
            "entry, `lam[d:]`.",
        ),
        Mistake(
            function=_doubling_of_neighbours,
            says="every round joins with the entry one place earlier. It must be `d` places "
            "earlier: `u[:-d]`, and `lam[:-d]` likewise.",
        ),
        Mistake(
            "joined_u = lam[d:] * u[:-d] + u[d:]",
            "joined_u = lam[d:] * u[d - 1 : -1] + u[d:]",
            "`u` is joined with the entry one place earlier, in every round. It must be `d` places "
            "earlier: `u[:-d]`.",
        ),
        Mistake(
            "joined_u = lam[d:] * u[:-d] + u[d:]",
            "joined_u = lam[d:] * u[d:] + u[d:]",
            "each entry is joined with itself. The first step is the entry `d` places earlier: "
            "`u[:-d]`.",
        ),
    ),
)


CHUNKS = {"first": "(T_1, n, m)", "second": "(T_2, n, m)", "lam": "(T_2, n, m)"}


def _hand_over(first, second, lam):
    carried = np.cumprod(lam, axis=0) * first[-1]
    return np.concatenate([first, second + carried])


hand_over = Exercise(
    title="Two chunks in a row",
    prompt=r"""
### Exercise 4: two chunks in a row

Both chunks were run from a state of 0, side by side. `first` `(T_1, n, m)` is therefore right. `second` `(T_2, n, m)` is not: it should have begun with the last state of `first`. Add what is missing. That state is multiplied by every `lam` (those of the second chunk) on its way to each step.
""",
    starter='''
def hand_over(first, second, lam):
    """Return the states of both chunks, (T_1 + T_2, n, m)."""
    carried = ____
    return np.concatenate([first, second + carried])
''',
    reference=_hand_over,
    cases=lambda rng: _gates(rng, CHUNKS),
    takes=CHUNKS,
    returns={"a": "(T, n, m)"},
    hints=(
        "At the first step of the second chunk `lam[0] * first[-1]` is missing.",
        "At its second step it is `lam[1] * lam[0] * first[-1]`, and so on.",
        "`np.cumprod(lam, axis=0)` holds these products.",
    ),
    mistakes=(
        Mistake(
            "np.cumprod(lam, axis=0) * first[-1]",
            "first[-1]",
            "the last state of `first` is added undiminished. At every step on its way it is "
            "multiplied by a `lam`.",
        ),
        Mistake(
            "np.cumprod(lam, axis=0) * first[-1]",
            "lam * first[-1]",
            "each step has only its own `lam`. On the way to a later step the state passes all the "
            "ones before as well: take their product so far.",
        ),
        Mistake(
            "np.cumprod(lam, axis=0)",
            "np.cumprod(lam, axis=1)",
            "the product runs over the units. Time is the first axis: `axis=0`.",
        ),
        Mistake(
            "np.cumprod(lam, axis=0)",
            "np.prod(lam, axis=0)",
            "this is the product over the whole chunk, right for its last step only. Each step "
            "needs the product up to itself.",
        ),
        Mistake(
            "first[-1]",
            "first[0]",
            "the second chunk goes on from the first state of the first one. It follows on the "
            "last: `first[-1]`.",
        ),
    ),
)


BACK = {"lam": "(T, n, m)", "da": "(T, n, m)"}


def _way_back(lam, da):
    lam_next = np.concatenate([lam[1:], np.zeros_like(lam[:1])])
    return scan.by_doubling(lam_next[::-1], da[::-1])[::-1]


way_back = Exercise(
    title="The way back is a scan",
    prompt=r"""
### Exercise 5: the way back is a scan

`da` `(T, n, m)` is how each $a^{\langle t\rangle}$ acts on the loss directly. Its total derivative is $g^{\langle t\rangle} = \mathrm{d}a^{\langle t\rangle} + \lambda^{\langle t+1\rangle} * g^{\langle t+1\rangle}$. That is a linear recurrence from right to left. Compute it with `scan.by_doubling(lam, u)`, which runs from left to right, and no loop. After the last step there is nothing: any number will do as its $\lambda^{\langle T+1\rangle}$ (turned round it stands first, and only multiplies the start, 0).
""",
    starter='''
def way_back(lam, da):
    """Return the total derivative g⟨1⟩ … g⟨T⟩, (T, n, m)."""
    lam_next = np.concatenate([____, np.zeros_like(lam[:1])])
    return ____
''',
    reference=_way_back,
    cases=lambda rng: _gates(rng, BACK),
    takes=BACK,
    returns={"g": "(T, n, m)"},
    hints=(
        "`lam_next[t]` should be the `lam` of the step after: all of `lam` but its first.",
        "`v[::-1]` turns an array round in time. Turn both round, scan, and turn the result back.",
    ),
    mistakes=(
        Mistake(
            "lam_next = np.concatenate([lam[1:], np.zeros_like(lam[:1])])",
            "lam_next = lam",
            "`lam` is not shifted. From step t + 1 the error comes to step t through the `lam` of "
            "step t + 1.",
        ),
        Mistake(
            "np.concatenate([lam[1:], np.zeros_like(lam[:1])])",
            "np.concatenate([np.zeros_like(lam[:1]), lam[:-1]])",
            "`lam` is shifted the wrong way: step t needs the `lam` of the step after it, "
            "`lam[1:]`.",
        ),
        Mistake(
            "by_doubling(lam_next[::-1], da[::-1])[::-1]",
            "by_doubling(lam_next, da)",
            "this runs from left to right, so the error would come from the past. Turn both arrays "
            "round in time, and the result back.",
        ),
        Mistake(
            "da[::-1])[::-1]",
            "da[::-1])",
            "the result still runs backwards in time: turn it round with `[::-1]`.",
        ),
        Mistake(
            "lam_next[::-1], da[::-1]",
            "lam_next, da[::-1]",
            "only `da` is turned round, so each error meets the `lam` of another step.",
        ),
        Mistake(
            "lam_next[::-1], da[::-1]",
            "lam_next[::-1], da",
            "only `lam_next` is turned round. The scan must meet `da` in the same order: turn it "
            "round as well.",
        ),
    ),
)
