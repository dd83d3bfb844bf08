"""The exercises of ``12_one_token_at_a_time``."""

import numpy as np

from rnn_helpers import scan
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, draw


def _earliest(L, T):
    wave = np.zeros((L, T), int)
    for layer in range(L):
        for t in range(T):
            before = wave[layer, t - 1] if t > 0 else 0
            below = wave[layer - 1, t] if layer > 0 else 0
            wave[layer, t] = 1 + max(before, below)
    return wave


def _earliest_cases(rng):
    """More steps than layers and the other way round; one layer; one step."""
    few, more, many, most = sorted(rng.permutation(np.arange(2, 9))[:4].tolist())
    yield few, many
    yield most, more
    yield 1, few
    yield more, 1


earliest = Exercise(
    title="The wave of each cell",
    reference=_earliest,
    cases=_earliest_cases,
    deals={
        "one layer": lambda L, T: L == 1,
        "one step": lambda L, T: T == 1,
        "more layers": lambda L, T: L > T > 1,
        "more steps": lambda L, T: 1 < L < T,
    },
    takes={"L": "()", "T": "()"},
    returns={"wave": "(L, T)"},
    hints=(
        "`before` and `below` are the waves in which the two inputs are made. When are both there?",
        "The later of the two decides, and the cell runs in the wave after it.",
    ),
    mistakes={
        "1 + max(before, below) → 1 + before": "the layer below is left out, so all layers would run at once. A layer reads what the one below has written at the same step.",
        "1 + max(before, below) → 1 + below": "the step before is left out, so all steps would run at once: that is what a recurrence forbids.",
        "1 + max(before, below) → 1 + min(before, below)": "a cell starts when the first of its inputs is there. It must wait for the later one: `max`.",
        "1 + max(before, below) → 1 + before + below": "the two waits are added. The inputs are made side by side, so only the later one counts.",
        "1 + max(before, below) → max(before, below)": "no wave comes after another: a cell runs one wave after its later input, so add 1.",
        "1 + max(before, below) → layer * T + t + 1": "this is the order of the obvious program, one cell after the other. Several cells may share a wave.",
        "1 + max(before, below) → 1 + max(layer, t)": "the larger of the two places decides here. The two waits are joined along the way, not compared at the end.",
    },
)


PAIR = {"lam_1": "(n, m)", "u_1": "(n, m)", "lam_2": "(n, m)", "u_2": "(n, m)"}


def _compose(lam_1, u_1, lam_2, u_2):
    lam = lam_2 * lam_1
    u = lam_2 * u_1 + u_2
    return lam, u


compose = Exercise(
    title="Two steps in one",
    reference=_compose,
    takes=PAIR,
    returns={"lam": "(n, m)", "u": "(n, m)"},
    hints=(
        "Put the first step into the second: `lam_2 * (lam_1 * a + u_1) + u_2`.",
        "Multiply it out. What stands before `a` is `lam`, the rest is `u`.",
    ),
    mistakes={
        "lam_2 * u_1 + u_2 → lam_1 * u_2 + u_1": "this is the second step taken first. The order matters: what the first step adds is still to go through the second one.",
        "lam_2 * u_1 + u_2 → u_1 + u_2": "`u_1` is added in full. It goes through the second step too, so it is multiplied by `lam_2`.",
        "lam_2 * u_1 + u_2 → lam_2 * (u_1 + u_2)": "`u_2` is multiplied by `lam_2`, but the second step adds it after it has multiplied.",
        "lam_2 * u_1 + u_2 → lam * u_1 + u_2": "`u_1` is multiplied by both factors. It meets only the factor of the second step, `lam_2`.",
        "lam_2 * u_1 + u_2 → lam_1 * u_1 + u_2": "`u_1` is multiplied by its own `lam_1`. The first step adds it after multiplying; the factor that it meets later is `lam_2`.",
        "lam_2 * lam_1 → lam_2 + lam_1": "the two factors are added. The state is multiplied by one and then by the other. || `lam_2 * lam_1`.",
        "lam_2 * lam_1 → lam_2": "only the second factor is left. The state goes through both steps.",
        "lam_2 * lam_1 → lam_1": "only the first factor is left. The state goes through both steps.",
    },
)


def _gates(case):
    """Turn every lam into a gate between 0 and 1, of which one is closed: 0."""
    gates = {name: 1 / (1 + np.exp(-4 * v)) for name, v in case.items() if "lam" in name}
    for lam in gates.values():
        lam[len(lam) // 2, 0] = 0
    return case | gates


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


def _doubling_cases(rng):
    """Sequences of all kinds of lengths, of one step and of more than five rounds can reach."""
    lengths = (int(rng.integers(17, 30)), int(rng.choice([8, 16])), int(rng.integers(34, 60)), 1, 2)
    for T, sizes in zip(lengths, ({}, {}, {}, {}, {"m": 1}), strict=True):
        case = _gates(draw(rng, SEQUENCE, T=T, **sizes))
        yield case | {"lam": case["lam"] ** (0.1 if T > 33 else 1)}  # nearly 1: it reaches far back


doubling = Exercise(
    title="A scan by doubling",
    reference=_doubling,
    cases=_doubling_cases,
    deals={
        "one step": lambda lam, u: len(u) == 1,
        "two steps": lambda lam, u: len(u) == 2,
        "a power of two": lambda lam, u: len(u) in (8, 16),
        "more than five rounds reach": lambda lam, u: len(u) > 33,
        "a gate that is closed": lambda lam, u: (lam == 0).any(),
        "one example": lambda lam, u: u.shape[2] == 1,
    },
    takes=SEQUENCE,
    returns={"a": "(T, n, m)"},
    by_hand=("by_doubling", "by_chunks", "by_loop"),
    hints=(
        "`u[d:]` are the later entries, `u[:-d]` the ones `d` places before them.",
        "Exercise 2 again: `u = lam_2 * u_1 + u_2`, `lam = lam_2 * lam_1`, where 2 is the later.",
        "After a round each entry stands for twice as many steps.",
    ),
    mistakes={
        "d = 2 * d → d = d + 1": "`d` grows by 1, but after a round an entry stands for `2 * d` steps. Joined with its neighbour too near, it counts the same steps twice.",
        "joined_u = lam[d:] * u[:-d] + u[d:] → joined_u = lam[:-d] * u[d:] + u[:-d]": "earlier and later are exchanged. The later entry is the second step: its `lam` multiplies what the earlier one has made.",
        "joined_u = lam[d:] * u[:-d] + u[d:] → joined_u = u[:-d] + u[d:]": "nothing fades: the earlier entry must be multiplied by the `lam` of the later one.",
        "joined_lam = lam[d:] * lam[:-d] → joined_lam = lam[d:]": "`lam` is not joined. After the first round it must be the product over all steps that the entry stands for.",
        "joined_u = lam[d:] * u[:-d] + u[d:] → joined_u = lam[:-d] * u[:-d] + u[d:]": "the earlier entry is multiplied by its own `lam`. The factor is that of the later entry, `lam[d:]`.",
        _doubling_of_neighbours: "every round joins with the entry one place earlier. It must be `d` places earlier. || `u[:-d]`, and `lam[:-d]` likewise.",
        "joined_u = lam[d:] * u[:-d] + u[d:] → joined_u = lam[d:] * u[d - 1 : -1] + u[d:]": "`u` is joined with the entry one place earlier, in every round. It must be `d` places earlier. || `u[:-d]`.",
        "joined_u = lam[d:] * u[:-d] + u[d:] → joined_u = lam[d:] * u[d:] + u[d:]": "each entry is joined with itself. The first step is the entry `d` places earlier. || `u[:-d]`.",
        "joined_u = lam[d:] * u[:-d] + u[d:] → joined_u = lam[d:] * u[:-d]": "what the later entry adds itself is missing in `u`.",
        "d = 2 * d → d = 3 * d": "`d` is tripled, but after a round an entry stands for twice as many steps.",
    },
)


CHUNKS = {"first": "(T_1, n, m)", "second": "(T_2, n, m)", "lam": "(T_2, n, m)"}


def _hand_over(first, second, lam):
    carried = np.cumprod(lam, axis=0) * first[-1]
    return np.concatenate([first, second + carried])


hand_over = Exercise(
    title="Two chunks in a row",
    reference=_hand_over,
    cases=lambda rng: map(_gates, deal(rng, CHUNKS, ones=("T_1", "T_2", "m"))),
    deals={
        "a first chunk of one step": lambda first, second, lam: len(first) == 1,
        "a second chunk of one step": lambda first, second, lam: len(second) == 1,
        "a gate that is closed": lambda first, second, lam: (lam == 0).any(),
        "one example": lambda first, second, lam: lam.shape[2] == 1,
    },
    takes=CHUNKS,
    returns={"a": "(T, n, m)"},
    by_hand=("by_doubling", "by_chunks", "by_loop"),
    hints=(
        "At the first step of the second chunk `lam[0] * first[-1]` is missing.",
        "At its second step it is `lam[1] * lam[0] * first[-1]`, and so on.",
        "`np.cumprod(lam, axis=0)` holds these products.",
    ),
    mistakes={
        "np.cumprod(lam, axis=0) * first[-1] → first[-1]": "the last state of `first` is added undiminished. At every step on its way it is multiplied by a `lam`.",
        "np.cumprod(lam, axis=0) * first[-1] → lam * first[-1]": "each step has only its own `lam`. On the way to a later step the state passes all the ones before as well: take their product so far.",
        "np.cumprod(lam, axis=0) → np.cumprod(lam, axis=1)": "the product runs over the units. Time is the first axis. || `axis=0`.",
        "np.cumprod(lam, axis=0) → np.prod(lam, axis=0)": "this is the product over the whole chunk, right for its last step only. Each step needs the product up to itself.",
        "first[-1] → first[0]": "the second chunk goes on from the first state of the first one. It follows on the last. || `first[-1]`.",
        "np.cumprod(lam, axis=0) → np.cumprod(lam).reshape(lam.shape)": "without an axis the running product goes through all units and examples in a row. Each has its own: give the axis of time.",
        "first[-1] → second[-1]": "the last state of the *second* chunk is carried. What is missing is that of the first.",
        "np.cumprod(lam, axis=0) → np.concatenate([np.ones_like(lam[:1]), np.cumprod(lam, axis=0)[:-1]])": "the products are one step late: already the first step of the second chunk multiplies by its `lam`.",
    },
)


BACK = {"lam": "(T, n, m)", "da": "(T, n, m)"}


def _way_back(lam, da):
    lam_next = np.concatenate([lam[1:], np.zeros_like(lam[:1])])
    return scan.by_doubling(lam_next[::-1], da[::-1])[::-1]


way_back = Exercise(
    title="The way back is a scan",
    reference=_way_back,
    cases=lambda rng: map(_gates, deal(rng, BACK)),
    deals={
        "one step": lambda lam, da: len(da) == 1,
        "one example": lambda lam, da: da.shape[2] == 1,
        "a gate that is closed": lambda lam, da: (lam == 0).any(),
    },
    takes=BACK,
    returns={"g": "(T, n, m)"},
    by_hand=("total_derivative",),
    hints=(
        "`lam_next[t]` should be the `lam` of the step after: all of `lam` but its first.",
        "`v[::-1]` turns an array round in time. Turn both round, scan, and turn the result back.",
    ),
    mistakes={
        "lam_next = np.concatenate([lam[1:], np.zeros_like(lam[:1])]) → lam_next = lam": "`lam` is not shifted. From step t + 1 the error comes to step t through the `lam` of step t + 1.",
        "np.concatenate([lam[1:], np.zeros_like(lam[:1])]) → np.concatenate([np.zeros_like(lam[:1]), lam[:-1]])": "`lam` is shifted the wrong way. || Step t needs the `lam` of the step after it, `lam[1:]`.",
        "by_doubling(lam_next[::-1], da[::-1])[::-1] → by_doubling(lam_next, da)": "this runs from left to right, so the error would come from the past. Turn both arrays round in time, and the result back.",
        "da[::-1])[::-1] → da[::-1])": "the result still runs backwards in time: reverse it with `[::-1]`.",
        "lam_next[::-1], da[::-1] → lam_next, da[::-1]": "only `da` is reversed, so each error meets the `lam` of another step.",
        "lam_next[::-1], da[::-1] → lam_next[::-1], da": "only `lam_next` is reversed. The scan must meet `da` in the same order: reverse it as well.",
        "np.concatenate([lam[1:], np.zeros_like(lam[:1])]) → np.concatenate([lam[2:], np.zeros_like(lam[:2])])[: len(lam)]": "`lam` is shifted by two steps. From step t + 1 the error comes through the `lam` of step t + 1.",
    },
)
