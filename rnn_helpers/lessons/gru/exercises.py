"""The exercises of ``06_gru``."""

import numpy as np

from rnn_helpers.activations import sigmoid
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, draw


def _update_step(x_t, a_prev, Waa, Wax, ba):
    zu, zc = np.split(Waa @ a_prev + Wax @ x_t + ba, 2)
    update, candidate = sigmoid(zu), np.tanh(zc)
    return update * candidate + (1 - update) * a_prev


update_step = Exercise(
    title="One step with an update gate",
    reference=_update_step,
    takes={
        "x_t": "(n_x, m)",
        "a_prev": "(n_a, m)",
        "Waa": "(2*n_a, n_a)",
        "Wax": "(2*n_a, n_x)",
        "ba": "(2*n_a, 1)",
    },
    returns={"a": "(n_a, m)"},
    hints=(
        "The stacked sum is the one of the tanh cell, `Waa @ a_prev + Wax @ x_t + ba`: its first "
        "n_a rows are for the gate, the others for the candidate.",
        "The gate must lie between 0 and 1, so it is a `sigmoid`. The candidate is a `np.tanh`.",
        "Where the gate is 1 the candidate is written, where it is 0 `a_prev` stays.",
    ),
    mistakes={
        "update * candidate + (1 - update) * a_prev → (1 - update) * candidate + update * a_prev": "`1 - update` stands on the wrong side: your gate keeps where it should write. In this course the update gate multiplies the candidate.",
        "(1 - update) * a_prev → a_prev": "the old state is added in full, so the state is not a mixture and can grow. || Multiply it by `1 - update`.",
        "sigmoid(zu) → np.tanh(zu)": "the gate is a tanh, which can be negative: it would turn the candidate round. A share between 0 and 1 needs `sigmoid`.",
        "np.tanh(zc) → sigmoid(zc)": "the candidate is a sigmoid, so no unit could ever be written below 0. Use `np.tanh`.",
        "np.tanh(zc) → zc": "the candidate is the bare sum, which has no limit. Bend it by `np.tanh`.",
        "zu, zc → zc, zu": "the rows are swapped: the update gate comes first.",
        " + ba → ": "the bias is left out of the sums: add `ba`.",
        " + (1 - update) * a_prev → ": "nothing of the old state is kept. || Add `(1 - update) * a_prev`.",
        "update * candidate + (1 - update) * a_prev → candidate + (1 - update) * a_prev": "the candidate is written in full. Only the share of the open gate is.",
    },
)


def _bias_for(steps):
    update = 1 - 0.5 ** (1 / steps)
    return np.log(update / (1 - update))


def _bias_cases(rng):
    for steps in (rng.uniform(4, 12), rng.uniform(16, 40), 1.0):
        yield {"steps": float(round(steps, 2))}


bias_for = Exercise(
    title="A bias for a memory of given length",
    reference=_bias_for,
    cases=_bias_cases,
    deals={
        "one step": lambda steps: steps == 1,
        "many steps": lambda steps: steps > 15,
        "no whole number": lambda steps: steps % 1 != 0,
    },
    takes={"steps": "()"},
    returns={"bu": "()"},
    hints=(
        "Each step keeps the share `1 - update`. After `steps` steps that share is multiplied "
        "with itself so many times.",
        "`(1 - update) ** steps` must be one half. Solve it for `update`.",
        "`update = 1 - 0.5 ** (1 / steps)`; then the logarithm of `update / (1 - update)`.",
    ),
    mistakes={
        "np.log(update / (1 - update)) → np.log((1 - update) / update)": "the sign is reversed: the share that is kept and the share that is written are exchanged, so this gate stands almost wide open. Which of the two is the update gate?",
        "1 - 0.5 ** (1 / steps) → 0.5 / steps": "`0.5 / steps` would be right if each step took that share of the *first* value. It takes it of what is left, so the shares multiply.",
        "1 - 0.5 ** (1 / steps) → 1 / steps": "with a share of `1 / steps` about 1/e, 37 %, is left after `steps` steps, not half. The shares multiply: solve `(1 - update) ** steps = 0.5`.",
        "1 - 0.5 ** (1 / steps) → 1 - np.exp(-1 / steps)": "`exp(-1 / steps)`, taken `steps` times, leaves exactly 1/e, 37 %. Half is asked for: put 0.5 in the place of 1/e.",
        "1 - 0.5 ** (1 / steps) → np.exp(-1 / steps)": "`exp(-1 / steps)` is a share that is *kept*, and one that leaves 1/e, not half. The update gate is what is written, 1 minus what is kept.",
        "np.log(update → np.log10(update": "`log10` does not undo the sigmoid, which is made with e: use `np.log`.",
        "np.log(update / (1 - update)) → np.log(update)": "the logarithm of the gate alone does not undo the sigmoid. || Divide by `1 - update` first.",
        "1 - 0.5 ** (1 / steps) → 1 - 0.5**steps": "the power is the wrong way round. What one step keeps is a root of one half. || `0.5 ** (1 / steps)`.",
        "return np.log(update / (1 - update)) → return update": "this is the gate itself. The bias is what goes into the sigmoid. || `np.log(update / (1 - update))`.",
        "np.log(update / (1 - update)) → 1 / (1 + np.exp(-update))": "the sigmoid is taken once more. It has to be undone: a logarithm does that.",
    },
)


GRU_TAKES = {
    "x_t": "(n_x, m)",
    "a_prev": "(n_a, m)",
    "Waa": "(3*n_a, n_a)",
    "Wax": "(3*n_a, n_x)",
    "ba": "(3*n_a, 1)",
}


def _gru_step(x_t, a_prev, Waa, Wax, ba):
    Wu, Wr, Wc = np.split(Waa, 3)
    xu, xr, xc = np.split(Wax @ x_t + ba, 3)
    update = sigmoid(Wu @ a_prev + xu)
    reset = sigmoid(Wr @ a_prev + xr)
    candidate = np.tanh(Wc @ (reset * a_prev) + xc)
    return update * candidate + (1 - update) * a_prev


# Written out: the teacher's edition shows this mistake as lines that can be typed.
def _reset_first(x_t, a_prev, Waa, Wax, ba):
    Wr, Wu, Wc = np.split(Waa, 3)
    xr, xu, xc = np.split(Wax @ x_t + ba, 3)
    update = sigmoid(Wu @ a_prev + xu)
    reset = sigmoid(Wr @ a_prev + xr)
    candidate = np.tanh(Wc @ (reset * a_prev) + xc)
    return update * candidate + (1 - update) * a_prev


gru_step = Exercise(
    title="One step of the GRU",
    reference=_gru_step,
    takes=GRU_TAKES,
    returns={"a": "(n_a, m)"},
    hints=(
        "The reset gate is built like the update gate, from its own rows and its own part of the "
        "input. It sees the whole old state.",
        "Only the candidate sees `reset * a_prev` in the place of `a_prev`.",
        "`Wc @ (reset * a_prev) + xc`, bent by `np.tanh`. Mind the brackets.",
    ),
    mistakes={
        "Wc @ (reset * a_prev) → reset * (Wc @ a_prev)": "the reset gate acts after the product. That is PyTorch's form and another function. || Here it is `Wc @ (reset * a_prev)`.",
        "Wc @ (reset * a_prev) → Wc @ reset * a_prev": "without brackets Python reads `(Wc @ reset) * a_prev`: the gate was mixed by `Wc`, the state was not. || Write `Wc @ (reset * a_prev)`.",
        "reset = sigmoid(Wr @ a_prev + xr) → reset = sigmoid(Wu @ a_prev + xu)": "this is the update gate once more. The reset gate has rows of its own: `Wr` and `xr`.",
        "sigmoid(Wr → np.tanh(Wr": "the reset gate is a tanh, which can be negative. A share needs `sigmoid`.",
        "(reset * a_prev) → a_prev": "the reset gate is computed but not used. || The candidate reads `reset * a_prev`.",
        "(reset * a_prev) → ((1 - reset) * a_prev)": "`1 - reset` stands where `reset` should: at 1 the candidate sees the unit.",
        "np.tanh(Wc @ (reset * a_prev) + xc) → np.tanh(reset * (Wc @ a_prev + xc))": "the reset gate also shuts out the new input. It is there for the old state only.",
        "np.tanh(Wc @ (reset * a_prev) + xc) → np.tanh(Wc @ (reset * a_prev))": "the candidate does not read the new letter: add `xc`.",
        "np.tanh(Wc → sigmoid(Wc": "the candidate is a sigmoid, so no unit could ever be written below 0. Use `np.tanh`.",
        "update * candidate + (1 - update) * a_prev → (1 - update) * candidate + update * a_prev": "`1 - update` stands on the wrong side: your gate keeps where it should write.",
        _reset_first: "the rows are taken as reset, update, candidate, which is PyTorch's order. Here they are update, reset, candidate.",
    },
)


STEP_TAKES = {
    "da": "(n_a, m)",
    "a_prev": "(n_a, m)",
    "update": "(n_a, m)",
    "reset": "(n_a, m)",
    "candidate": "(n_a, m)",
    "Wc": "(n_a, n_a)",
}


def _gate_gradients(da, a_prev, update, reset, candidate, Wc):
    dzu = da * (candidate - a_prev) * update * (1 - update)
    dzc = da * update * (1 - candidate**2)
    d_heeded = Wc.T @ dzc
    dzr = d_heeded * a_prev * reset * (1 - reset)
    return dzu, dzc, dzr


def _gate_cases(rng):
    for case in deal(rng, STEP_TAKES):
        gates = {name: sigmoid(3 * case[name]) for name in ("update", "reset")}
        yield case | gates | {"candidate": np.tanh(2 * case["candidate"])}


gate_gradients = Exercise(
    title="Back into the gates",
    reference=_gate_gradients,
    cases=_gate_cases,
    takes=STEP_TAKES,
    returns={"dzu": "(n_a, m)", "dzc": "(n_a, m)", "dzr": "(n_a, m)"},
    hints=(
        "In a⟨t⟩ the update gate multiplies the candidate with a plus and `a_prev` with a minus.",
        "The slope of a sigmoid, from its output, is `s * (1 - s)`; of tanh, `1 - s**2`.",
        "`d_heeded` is the gradient of `reset * a_prev`: `Wc.T @ dzc`. From there to the reset "
        "gate it is multiplied by `a_prev`.",
    ),
    mistakes={
        "(candidate - a_prev) * update * (1 - update) → (candidate - a_prev)": "the slope of the sigmoid is missing in `dzu`. || Multiply by `update * (1 - update)`.",
        "update * (1 - update) → (1 - update**2)": "`dzu` has the slope of tanh. The gate is a sigmoid. || Its slope is `update * (1 - update)`.",
        "(candidate - a_prev) → candidate": "`dzu` leaves out that an open gate also drops `a_prev`. || The factor is `candidate - a_prev`.",
        "(candidate - a_prev) → (a_prev - candidate)": "the sign of `dzu` is reversed. || Opening the gate moves the state towards the candidate, so it is `candidate - a_prev`.",
        "Wc.T @ dzc → Wc @ dzc": "`Wc` must be transposed on the way back. || Write `Wc.T @ dzc`.",
        " * (1 - candidate**2) → ": "the slope of tanh is missing in `dzc`. || Multiply by `1 - candidate**2`.",
        "(1 - candidate**2) → candidate * (1 - candidate)": "`dzc` has the slope of a sigmoid. The candidate is a tanh. || Its slope is `1 - candidate**2`.",
        "da * update * (1 - candidate**2) → da * (1 - candidate**2)": "`dzc` lacks the factor `update`: only this share of the candidate was written.",
        "da * update * (1 - candidate**2) → da * (1 - update) * (1 - candidate**2)": "`1 - update` stands on the wrong side in `dzc`: the candidate was multiplied by `update`.",
        "d_heeded * a_prev * reset → d_heeded * reset": "`dzr` lacks the factor `a_prev`, which is what the reset gate was multiplied with.",
        " * reset * (1 - reset) → ": "the slope of the sigmoid is missing in `dzr`. || Multiply by `reset * (1 - reset)`.",
        "reset * (1 - reset) → (1 - reset**2)": "`dzr` has the slope of tanh. The gate is a sigmoid. || Its slope is `reset * (1 - reset)`.",
        "Wc.T @ dzc → reset * (Wc.T @ dzc)": "the reset gate counts twice in `dzr`: `d_heeded` is the gradient of the product `reset * a_prev`, so it is `Wc.T @ dzc` alone.",
        "return dzu, dzc, dzr → return dzu, dzr, dzc": "`dzr` and `dzc` are exchanged in the return: the order is dzu, dzc, dzr.",
        "d_heeded = Wc.T @ dzc → d_heeded = dzc": "the matrix is missing on the way to the reset gate: the candidate read the product with `Wc`.",
    },
)


BACK_TAKES = {
    "da": "(n_a, m)",
    "update": "(n_a, m)",
    "reset": "(n_a, m)",
    "dzu": "(n_a, m)",
    "dzr": "(n_a, m)",
    "dzc": "(n_a, m)",
    "Waa": "(3*n_a, n_a)",
}


def _to_the_past(da, update, reset, dzu, dzr, dzc, Waa):
    Wu, Wr, Wc = np.split(Waa, 3)
    kept = (1 - update) * da
    through_candidate = reset * (Wc.T @ dzc)
    through_gates = Wu.T @ dzu + Wr.T @ dzr
    return kept + through_candidate + through_gates


def _back_cases(rng):
    for case in deal(rng, BACK_TAKES):
        yield case | {name: sigmoid(3 * case[name]) for name in ("update", "reset")}


def _no_transposes(da, update, reset, dzu, dzr, dzc, Waa):
    Wu, Wr, Wc = np.split(Waa, 3)
    return (1 - update) * da + reset * (Wc @ dzc) + Wu @ dzu + Wr @ dzr


to_the_past = Exercise(
    title="Four ways into the past",
    reference=_to_the_past,
    cases=_back_cases,
    takes=BACK_TAKES,
    returns={"da_prev": "(n_a, m)"},
    hints=(
        "What was kept was multiplied by `1 - update`, and so is its error.",
        "The candidate read `Wc @ (reset * a_prev)`: first `Wc.T`, then `reset`.",
        "The gates read `Wu @ a_prev` and `Wr @ a_prev`: transpose both.",
    ),
    mistakes={
        "return kept + through_candidate → return through_candidate": "the straight way is left out, the very one for which the gate was built: add `(1 - update) * da`.",
        "kept = (1 - update) * da → kept = update * da": "the wrong share is handed on: the gate was open for what was written, and this is what was kept. || It was multiplied by `1 - update`.",
        "kept = (1 - update) * da → kept = da": "the straight way hands on everything. || It kept only the share `1 - update`.",
        "Wc.T @ dzc → Wc @ dzc": "`Wc` must be transposed on the way back. || Write `Wc.T @ dzc`.",
        "reset * (Wc.T @ dzc) → Wc.T @ dzc": "the reset gate is missing: the candidate read `reset * a_prev`, so the error is multiplied by `reset` too.",
        "reset * (Wc.T @ dzc) → Wc.T @ (reset * dzc)": "here the reset acts before `Wc.T`. Going forward it came first, so going back it comes last. || `reset * (Wc.T @ dzc)`.",
        "Wu.T @ dzu + Wr.T @ dzr → Wu.T @ dzu": "the way through the reset gate is left out. || Add `Wr.T @ dzr`.",
        "Wu.T @ dzu + Wr.T @ dzr → Wr.T @ dzr": "the way through the update gate is left out. || Add `Wu.T @ dzu`.",
        "Wu.T @ dzu + Wr.T @ dzr → Wu @ dzu + Wr @ dzr": "`Wu` and `Wr` must be transposed on the way back.",
        "Wu.T @ dzu + Wr.T @ dzr → Wr.T @ dzu + Wu.T @ dzr": "`dzu` and `dzr` are exchanged: each goes back through its own rows.",
        "Wu.T @ dzu + Wr.T @ dzr → Wu.T @ (dzu * update * (1 - update)) + Wr.T @ (dzr * reset * (1 - reset))": "the slopes of the gates count twice: `dzu` and `dzr` stand before the sigmoid already.",
        _no_transposes: "none of the three matrices is transposed. On the way back every one of them must be.",
        "reset * (Wc.T @ dzc) → (1 - reset) * (Wc.T @ dzc)": "`1 - reset` stands where `reset` should: what the candidate heeded was multiplied by `reset`.",
        "return kept + through_candidate → return kept + Wc.T @ dzc + through_candidate": "the way through the candidate is counted twice.",
    },
)


def _from_pytorch(rows):
    reset, z, new = np.split(rows, 3)
    return np.concatenate([-z, reset, new])


def _row_cases(rng):
    """Weights, and a flat bias."""
    yield from deal(rng, {"rows": "(3*n_a, n_x)"})
    yield draw(rng, {"rows": "(3*n_a,)"}, n_a=int(rng.integers(3, 7)))


from_pytorch = Exercise(
    title="Weights from another library",
    reference=_from_pytorch,
    takes={"rows": "(3*n_a, n_x)"},
    cases=_row_cases,
    deals={
        "weights": lambda rows: rows.ndim == 2,
        "a flat bias": lambda rows: rows.ndim == 1,
    },
    returns={"rows": "(3*n_a, n_x)"},
    hints=(
        "Our order is update, reset, candidate. Which of the three is z?",
        "We need a gate that is 1 - z. What must happen to the numbers inside the sigmoid?",
        "Negate the rows of z, and put them first.",
    ),
    mistakes={
        "[-z, reset, new] → [z, reset, new]": "the order is right, but z keeps where our gate writes: negate its rows.",
        "[-z, reset, new] → [1 - z, reset, new]": "`1 - z` is right for the gate, after the sigmoid. For the weights inside it is `-z`.",
        "[-z, reset, new] → [sigmoid(-z), reset, new]": "`sigmoid(-z)` is what the gate becomes when the cell runs. Weights go into the sigmoid: only negate them.",
        "[-z, reset, new] → [reset, z, new]": "nothing has changed: these are PyTorch's rows, in PyTorch's order.",
        "[-z, reset, new] → [-z, reset, -new]": "`new` is negated too. It is the candidate in both libraries, with the same sign.",
        "[-z, reset, new] → [reset, -z, new]": "the rows are still in PyTorch's order: the update gate comes first here.",
        "[-z, reset, new] → [-reset, z, new]": "the blocks are mixed up: PyTorch's first block is the reset gate, its second is z.",
        "[-z, reset, new] → [z, -reset, new]": "this is the way from ours to PyTorch's: what comes in here is stacked reset, z, new, and the second block is z.",
        "[-z, reset, new] → [-z, -reset, -new]": "all three blocks are negated. Only z has the opposite meaning.",
    },
)
