"""The exercises of ``07_lstm``."""

import numpy as np

from rnn_helpers.activations import sigmoid
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, deal_sizes, draw


def _lstm_step(x_t, a_prev, c_prev, Waa, Wax, ba):
    zc, zu, zf, zo = np.split(Waa @ a_prev + Wax @ x_t + ba, 4)
    candidate = np.tanh(zc)
    update, forget, output = sigmoid(zu), sigmoid(zf), sigmoid(zo)
    c_t = update * candidate + forget * c_prev
    a_t = output * np.tanh(c_t)
    return a_t, c_t


lstm_step = Exercise(
    title="One step of the LSTM",
    reference=_lstm_step,
    takes={
        "x_t": "(n_x, m)",
        "a_prev": "(n_a, m)",
        "c_prev": "(n_a, m)",
        "Waa": "(4*n_a, n_a)",
        "Wax": "(4*n_a, n_x)",
        "ba": "(4*n_a, 1)",
    },
    returns={"a": "(n_a, m)", "c": "(n_a, m)"},
    hints=(
        "Three of the four sums become gates, so they go through `sigmoid`. One becomes the "
        "candidate.",
        "The memory is what is let in plus what is kept: two products, one sum.",
        "The state shows the memory, bent by tanh and turned down by the output gate.",
    ),
    mistakes={
        "output * np.tanh(c_t) → output * c_t": "tanh is missing on c: the memory has no limit, and the state must have one. || Write `output * np.tanh(c_t)`.",
        "update * candidate + forget * c_prev → forget * candidate + update * c_prev": "the forget gate is multiplied with the candidate, and the update gate with the old memory. `forget` decides what is kept of `c_prev`; its rows come third.",
        "update * candidate + forget * c_prev → update * candidate + (1 - update) * c_prev": "this is the GRU's mixture. In the LSTM keeping has a gate of its own. || `forget * c_prev`.",
        "update * candidate + forget * c_prev → update * candidate + (1 - forget) * c_prev": "`1 - forget` stands where `forget` should: in spite of its name, the forget gate keeps when it is open.",
        "zc, zu, zf, zo → zu, zf, zo, zc": "the rows are taken in the order of the GRU, with the candidate last. Here it comes first: candidate, update, forget, output.",
        "zc, zu, zf, zo → zu, zf, zc, zo": "this is PyTorch's order of the rows. Here it is candidate, update, forget, output.",
        "return a_t, c_t → return c_t, a_t": "the two values are swapped: return the state first, then the memory.",
        "return a_t, c_t → return a_t, a_t": "the state came back in the place of the memory. Hand on `c_t` as it is: it is the wire.",
        "candidate = np.tanh(zc) → candidate = sigmoid(zc)": "the candidate is a sigmoid, so nothing below 0 could ever be written. Use `np.tanh`.",
        "sigmoid(zu), sigmoid(zf), sigmoid(zo) → np.tanh(zu), np.tanh(zf), np.tanh(zo)": "the gates are a tanh, which can be negative. A gate is a share, so it needs `sigmoid`.",
        "sigmoid(zu), sigmoid(zf), sigmoid(zo) → zu, zf, zo": "the gates are the bare sums. `sigmoid` makes shares between 0 and 1 of them.",
        "candidate = np.tanh(zc) → candidate = zc": "the candidate is the bare sum, which has no limit. Bend it by `np.tanh`.",
        "output * np.tanh(c_t) → np.tanh(output * c_t)": "the output gate stands inside the tanh. First the memory is bent, then the gate shows a share of it.",
        "output * np.tanh(c_t) → update * np.tanh(c_t)": "the update gate decides what is shown here. That is what the output gate is for.",
        "output * np.tanh(c_t) → forget * np.tanh(c_t)": "the forget gate decides what is shown here. That is what the output gate is for.",
    },
)


WIRE_TAKES = {
    "da": "(n_a, m)",
    "dc_next": "(n_a, m)",
    "output": "(n_a, m)",
    "c_t": "(n_a, m)",
}


def _into_memory(da, dc_next, output, c_t):
    along_c = dc_next
    from_a = da * output * (1 - np.tanh(c_t) ** 2)
    return along_c + from_a


def _wire_cases(rng):
    for case in deal(rng, WIRE_TAKES):
        yield case | {"output": sigmoid(3 * case["output"]), "c_t": 2 * case["c_t"]}


into_memory = Exercise(
    title="Two paths into the memory",
    reference=_into_memory,
    cases=_wire_cases,
    takes=WIRE_TAKES,
    returns={"dc": "(n_a, m)"},
    hints=(
        "What step t + 1 sent back along the wire already has the forget gate in it.",
        "The state is `output * np.tanh(c_t)`: on its way back the error passes the output gate "
        "and the slope of tanh.",
        "The slope of tanh at `c_t` is `1 - np.tanh(c_t) ** 2`.",
    ),
    mistakes={
        "along_c + from_a → from_a": "dc is overwritten at each step, not accumulated: what came along the wire is lost. Add `dc_next`.",
        "along_c + from_a → along_c": "the path through the output gate is left out, so nothing ever enters the wire. Add `da * output * (1 - np.tanh(c_t) ** 2)`.",
        "da * output * (1 - np.tanh(c_t) ** 2) → da * output": "the slope of tanh is missing. || Multiply by `1 - np.tanh(c_t) ** 2`.",
        "(1 - np.tanh(c_t) ** 2) → (1 - c_t**2)": "`c_t` is not the output of the tanh. || The slope is `1 - np.tanh(c_t) ** 2`.",
        "da * output * (1 → da * (1": "the output gate is missing: the state showed only this share of the memory.",
        "(1 - np.tanh(c_t) ** 2) → (1 - np.tanh(c_t))": "the square is missing in the slope of tanh. || `1 - np.tanh(c_t) ** 2`.",
        "(1 - np.tanh(c_t) ** 2) → np.tanh(c_t)": "this multiplies by tanh itself. || On the way back it is the slope, `1 - np.tanh(c_t) ** 2`.",
        "along_c = dc_next → along_c = output * dc_next": "the output gate does not stand on the wire: what comes along it is `dc_next` as it is.",
        "along_c = dc_next → along_c = forget * dc_next": "step t + 1 has multiplied by its forget gate before it sent `dc_next`: take it as it is.",
        "da * output * (1 - np.tanh(c_t) ** 2) → da * np.tanh(c_t)": "this is the way into the output gate. Into the memory it is the other factor. || `da * output`, times the slope of tanh.",
        "(1 - np.tanh(c_t) ** 2) → (1 - np.tanh(c_t)) ** 2": "the bracket stands too far out in the slope of tanh: first the square, then the difference.",
        "(1 - np.tanh(c_t) ** 2) → (1 - (output * np.tanh(c_t)) ** 2)": "the slope is taken of the state, with the output gate in it. tanh was taken of the memory alone.",
    },
)


GATE_TAKES = {
    "da": "(n_a, m)",
    "dc": "(n_a, m)",
    "c_prev": "(n_a, m)",
    "c_t": "(n_a, m)",
    "candidate": "(n_a, m)",
    "update": "(n_a, m)",
    "forget": "(n_a, m)",
    "output": "(n_a, m)",
}


def _into_gates(da, dc, c_prev, c_t, candidate, update, forget, output):
    dzc = dc * update * (1 - candidate**2)
    dzu = dc * candidate * update * (1 - update)
    dzf = dc * c_prev * forget * (1 - forget)
    dzo = da * np.tanh(c_t) * output * (1 - output)
    return dzc, dzu, dzf, dzo


def _gate_cases(rng):
    for case in deal(rng, GATE_TAKES):
        gates = {name: sigmoid(3 * case[name]) for name in ("update", "forget", "output")}
        yield case | gates | {"candidate": np.tanh(2 * case["candidate"])}


into_gates = Exercise(
    title="Back into the gates",
    reference=_into_gates,
    cases=_gate_cases,
    takes=GATE_TAKES,
    returns=dict.fromkeys(("dzc", "dzu", "dzf", "dzo"), "(n_a, m)"),
    hints=(
        "Three of the four stand in the formula of the memory, so they are fed by `dc`. "
        "One stands in the formula of the state.",
        "Each is the error, times what the gate was multiplied with, times its own slope.",
        "The forget gate was multiplied with `c_prev`, the output gate with `np.tanh(c_t)`.",
    ),
    mistakes={
        "dc * c_prev * forget → dc * c_t * forget": "the forget gate was multiplied with the memory before this step: use `c_prev`.",
        " * forget * (1 - forget) → ": "the slope of the sigmoid is missing in `dzf`. || Multiply by `forget * (1 - forget)`.",
        "* forget * (1 - forget) → * (1 - forget**2)": "`dzf` has the slope of tanh. The gate is a sigmoid. || `forget * (1 - forget)`.",
        "dc * c_prev * forget → dc * (c_prev - candidate) * forget": "a difference such as `candidate - c_prev` belongs to the GRU. Here the forget gate multiplies the old memory alone: `c_prev`.",
        "dc * update * (1 → dc * (1": "`dzc` lacks the factor `update`: only this share of the candidate was let in.",
        "(1 - candidate**2) → (1 - np.tanh(candidate) ** 2)": "`candidate` is the output of the tanh already: it is taken twice here. || The slope is `1 - candidate**2`.",
        "dc * candidate * update → dc * (candidate - c_prev) * update": "the difference `candidate - c_prev` belongs to the GRU. Here the update gate multiplies the candidate alone.",
        " * output * (1 - output) → ": "the slope of the sigmoid is missing in `dzo`. || Multiply by `output * (1 - output)`.",
        "* output * (1 - output) → * (1 - output**2)": "`dzo` has the slope of tanh. The gate is a sigmoid. || `output * (1 - output)`.",
        "da * np.tanh(c_t) * output → dc * np.tanh(c_t) * output": "the output gate stands in the formula of the state, so it is fed by `da`, not `dc`.",
        "da * np.tanh(c_t) * output → da * c_t * output": "tanh is missing on c. || The output gate was multiplied with `np.tanh(c_t)`.",
        " * (1 - candidate**2) → ": "the slope of tanh is missing in `dzc`. || Multiply by `1 - candidate**2`.",
        "return dzc, dzu, dzf, dzo → return dzu, dzf, dzc, dzo": "this is PyTorch's order of the blocks. Here it is candidate, update, forget, output.",
    },
)


def _along_the_wire(forget):
    T, n_a = forget.shape
    kept = np.ones((T + 1, n_a))
    for lag in range(1, T + 1):
        kept[lag] = kept[lag - 1] * forget[T - lag]
    return kept


def _forget_cases(rng):
    """Gates of many sizes; then one step; then gates that are closed, or wide open."""
    for sizes in deal_sizes(rng, ("T", "n_a"), least=3):
        yield {"forget": sigmoid(rng.normal(1, 1, (sizes["T"], sizes["n_a"])))}
    forget = sigmoid(rng.normal(1, 1, (5, 2)))
    forget[2, 0], forget[3, 1] = 0, 1
    yield {"forget": forget}


along_the_wire = Exercise(
    title="Straight along the wire",
    reference=_along_the_wire,
    cases=_forget_cases,
    deals={
        "one step": lambda forget: len(forget) == 1,
        "a gate that is closed": lambda forget: (forget == 0).any(),
        "a gate that is wide open": lambda forget: (forget == 1).any(),
    },
    takes={"forget": "(T, n_a)"},
    returns={"kept": "(T + 1, n_a)"},
    hints=(
        "At lag 0 it is 1. Every further step back multiplies by one more forget gate.",
        "Lag 1 needs the gate of the last step, T, which is row T - 1.",
        "`kept[lag - 1]` times `forget[T - lag]`.",
    ),
    mistakes={
        "forget[T - lag] → forget[lag - 1]": "the product starts at the first step. Going back from the end, the gates come in the opposite order. || `forget[T - lag]`.",
        "kept[lag - 1] * forget[T - lag] → forget[T - lag]": "each row holds one gate only. Over several steps the gates multiply. || Start from `kept[lag - 1]`.",
        "kept[lag - 1] * forget[T - lag] → kept[lag - 1] * (1 - forget[T - lag])": "`1 - forget` is what is lost. What is kept, forward and backward, is `forget`.",
        "forget[T - lag] → forget[T - lag - 1]": "the gates are one step off: the way from step T to T - 1 passes the gate of step T, `forget[T - 1]`.",
        "kept[lag - 1] * forget[T - lag] → kept[lag - 1] + forget[T - lag]": "the gates are added. Along one path derivatives multiply.",
        "kept[lag - 1] * forget[T - lag] → forget[T - lag :].sum(axis=0)": "the gates are added up. Along one path derivatives multiply.",
        "kept[lag - 1] * forget[T - lag] → forget.mean(axis=0) ** lag": "every step is given the mean gate. Each step has its own.",
        "kept[lag - 1] * forget[T - lag] → forget[0] ** lag": "every step is given the first gate. Each step has its own.",
        "kept[lag - 1] * forget[T - lag] → np.prod(forget[T - lag :])": "the product runs over the units as well. Each unit has a wire of its own: give the axis of time.",
    },
)


def _reachable_lag(forget_bias, share):
    forget = sigmoid(forget_bias)
    return np.log(share) / np.log(forget)


def _reach_cases(rng):
    biases = (rng.uniform(0.3, 2), rng.uniform(3.1, 4), rng.uniform(-1, -0.2), 1.0)
    shares = (rng.uniform(0.1, 0.3), rng.uniform(0.01, 0.04), rng.uniform(0.4, 0.6), 1.0)
    for bias, share in zip(biases, shares, strict=True):
        yield np.array(round(bias, 2)), float(round(share, 3))


reachable_lag = Exercise(
    title="How far a forget bias reaches",
    reference=_reachable_lag,
    cases=_reach_cases,
    deals={
        "a bias below 0": lambda forget_bias, share: forget_bias < 0,
        "a large bias": lambda forget_bias, share: forget_bias > 3,
        "all of it": lambda forget_bias, share: share == 1,
        "little of it": lambda forget_bias, share: share < 0.05,
    },
    takes={"forget_bias": "()", "share": "()"},
    returns={"lag": "()"},
    hints=(
        "After `lag` steps the wire is down to `forget ** lag`.",
        "Which power makes that equal to `share`? Take logarithms of both sides.",
        "`np.log(share) / np.log(forget)`.",
    ),
    mistakes={
        "forget = sigmoid(forget_bias) → forget = forget_bias": "the bias is not the gate. || The gate is `sigmoid(forget_bias)`.",
        "forget = sigmoid(forget_bias) → forget = 1 - sigmoid(forget_bias)": "`1 - sigmoid` is what is lost at each step. What is kept is `sigmoid(forget_bias)`.",
        "np.log(share) / np.log(forget) → np.log(forget) / np.log(share)": "the fraction is upside down: this is 1 / lag.",
        "np.log(share) / np.log(forget) → (1 - share) / (1 - forget)": "this takes the same amount away at each step. The gate takes the same share of what is left, so it needs logarithms.",
        "np.log(share) / np.log(forget) → share / forget": "`forget` times a number is not `forget` to a power. Solve `forget ** lag = share`.",
        "np.log(share) / np.log(forget) → np.log(share / forget)": "the logarithm of the quotient is a difference of two logarithms. What is asked for is the quotient of the two.",
        "np.log(share) / np.log(forget) → np.ceil(np.log(share) / np.log(forget))": "the lag is rounded up to a whole step. It need not be a whole number.",
    },
)


def _from_pytorch(rows):
    update, forget, candidate, output = np.split(rows, 4)
    return np.concatenate([candidate, update, forget, output])


def _row_cases(rng):
    """Weights, and a flat bias."""
    yield from deal(rng, {"rows": "(4*n_a, n_x)"})
    yield draw(rng, {"rows": "(4*n_a,)"}, n_a=int(rng.integers(3, 7)))


from_pytorch = Exercise(
    title="LSTM weights from another library",
    reference=_from_pytorch,
    takes={"rows": "(4*n_a, n_x)"},
    cases=_row_cases,
    deals={
        "weights": lambda rows: rows.ndim == 2,
        "a flat bias": lambda rows: rows.ndim == 1,
    },
    returns={"rows": "(4*n_a, n_x)"},
    hints=(
        "`np.split(rows, 4)` cuts the rows into four equal blocks.",
        "Name the blocks in PyTorch's order, then put them in ours.",
        "Ours is candidate, update, forget, output. Nothing is negated this time.",
    ),
    mistakes={
        "np.concatenate([candidate, update, forget, output]) → rows": "nothing has moved: the candidate still stands third.",
        "[candidate, update, forget, output] → [candidate, forget, update, output]": "the forget gate stands before the update gate: ours is candidate, update, forget, output.",
        "[candidate, update, forget, output] → [candidate, update, -forget, output]": "the forget gate is negated. Only the GRU's z has the opposite meaning; PyTorch's forget gate keeps, as ours does.",
        "[candidate, update, forget, output] → [forget, candidate, update, output]": "you have gone the wrong way round: this applies the change of order backwards.",
        "[candidate, update, forget, output] → [update, forget, output, candidate]": "the candidate stands last. In this course it is the first block.",
    },
)
