"""The exercises of ``06_gru``."""

import numpy as np

from rnn_helpers.activations import sigmoid
from rnn_helpers.exercises.engine import Exercise, Mistake, draw

NOTEBOOK = "06_gru"


def _update_step(x_t, a_prev, Waa, Wax, ba):
    Wu, Wc = np.split(Waa, 2)
    Uu, Uc = np.split(Wax, 2)
    bu, bc = np.split(ba, 2)
    update = sigmoid(Wu @ a_prev + Uu @ x_t + bu)
    candidate = np.tanh(Wc @ a_prev + Uc @ x_t + bc)
    return update * candidate + (1 - update) * a_prev


update_step = Exercise(
    title="One step with an update gate",
    prompt=r"""
### Exercise 1: one step with an update gate

Write one step of the cell with an update gate and nothing else. The rows of `Waa`, `Wax` and `ba` are stacked, update gate first, candidate second. They are cut apart for you.
""",
    starter='''
def update_step(x_t, a_prev, Waa, Wax, ba):
    """Return a⟨t⟩, (n_a, m)."""
    Wu, Wc = np.split(Waa, 2)
    Uu, Uc = np.split(Wax, 2)
    bu, bc = np.split(ba, 2)
    update = ____
    candidate = ____
    return ____
''',
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
        "The gate and the candidate have the same sum inside, each with its own weights.",
        "The gate must lie between 0 and 1, so it is a `sigmoid`. The candidate is a `np.tanh`.",
        "Where the gate is 1 the candidate is written, where it is 0 `a_prev` stays.",
    ),
    mistakes=(
        Mistake(
            "update * candidate + (1 - update) * a_prev",
            "(1 - update) * candidate + update * a_prev",
            "`1 - update` stands on the wrong side: your gate keeps where it should write. In this "
            "course the update gate multiplies the candidate.",
        ),
        Mistake(
            "(1 - update) * a_prev",
            "a_prev",
            "the old state is added in full, so the state is not a mixture and can grow. Multiply "
            "it by `1 - update`.",
        ),
        Mistake(
            "sigmoid(Wu",
            "np.tanh(Wu",
            "the gate is a tanh, which can be negative: it would turn the candidate round. "
            "A share between 0 and 1 needs `sigmoid`.",
        ),
        Mistake(
            "np.tanh(Wc",
            "sigmoid(Wc",
            "the candidate is a sigmoid, so no unit could ever be written below 0. Use `np.tanh`.",
        ),
        Mistake(
            "Wu, Wc = np.split(Waa, 2)",
            "Wc, Wu = np.split(Waa, 2)",
            "the rows of `Waa` are swapped: the update gate comes first.",
        ),
        Mistake(
            " + (1 - update) * a_prev",
            "",
            "nothing of the old state is kept. Add `(1 - update) * a_prev`.",
        ),
    ),
)


def _bias_for(steps):
    update = 1 - 0.5 ** (1 / steps)
    return np.log(update / (1 - update))


bias_for = Exercise(
    title="A bias for a memory of given length",
    prompt=r"""
### Exercise 2: a bias for a memory of given length

A unit shall still hold *half* of what it held after `steps` steps, and read nothing but its bias: $\Gamma_u = \sigma(b_u)$ at every step. Which $b_u$ does that? First find the gate, then undo the sigmoid: $\sigma(b) = u$ where $b = \log\frac{u}{1-u}$.
""",
    starter='''
def bias_for(steps):
    """Return the bias b_u with which half is left after so many steps."""
    update = ____
    return ____
''',
    reference=_bias_for,
    cases=lambda rng: {"steps": float(rng.uniform(4, 40))},
    takes={"steps": "()"},
    returns={"bu": "()"},
    hints=(
        "Each step keeps the share `1 - update`. After `steps` steps that share is multiplied "
        "with itself so many times.",
        "`(1 - update) ** steps` must be one half. Solve it for `update`.",
        "`update = 1 - 0.5 ** (1 / steps)`; then the logarithm of `update / (1 - update)`.",
    ),
    mistakes=(
        Mistake(
            "np.log(update / (1 - update))",
            "np.log((1 - update) / update)",
            "the sign is reversed, so this gate stands wide open: the share kept and the share "
            "written are exchanged. The gate is `1 - 0.5 ** (1 / steps)`, its bias is negative.",
        ),
        Mistake(
            "1 - 0.5 ** (1 / steps)",
            "0.5 / steps",
            "`0.5 / steps` would be right if each step took that share of the *first* value. It "
            "takes it of what is left, so the shares multiply.",
        ),
        Mistake(
            "1 - 0.5 ** (1 / steps)",
            "1 - 0.5**steps",
            "the power is the wrong way round. What one step keeps is a root of one half: "
            "`0.5 ** (1 / steps)`.",
        ),
        Mistake(
            "return np.log(update / (1 - update))",
            "return update",
            "this is the gate itself. The bias is what goes into the sigmoid: "
            "`np.log(update / (1 - update))`.",
        ),
    ),
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
    from_x = Wax @ x_t + ba
    xu, xr, xc = np.split(from_x, 3)
    update = sigmoid(Wu @ a_prev + xu)
    reset = sigmoid(Wr @ a_prev + xr)
    candidate = np.tanh(Wc @ (reset * a_prev) + xc)
    return update * candidate + (1 - update) * a_prev


gru_step = Exercise(
    title="One step of the GRU",
    prompt=r"""
### Exercise 3: one step of the GRU

Now the whole cell. Three blocks of rows, in the order update, reset, candidate. The part that comes from the input is computed for you, for all three at once. The reset gate acts *before* the product.
""",
    starter='''
def gru_step(x_t, a_prev, Waa, Wax, ba):
    """Return a⟨t⟩, (n_a, m)."""
    Wu, Wr, Wc = np.split(Waa, 3)
    from_x = Wax @ x_t + ba
    xu, xr, xc = np.split(from_x, 3)
    update = ____
    reset = ____
    candidate = ____
    return ____
''',
    reference=_gru_step,
    takes=GRU_TAKES,
    returns={"a": "(n_a, m)"},
    hints=(
        "Both gates see the whole old state: `Wu @ a_prev + xu`, and likewise for the reset.",
        "Only the candidate sees `reset * a_prev` in the place of `a_prev`.",
        "The last line is the mixture of exercise 1.",
    ),
    mistakes=(
        Mistake(
            "Wc @ (reset * a_prev)",
            "reset * (Wc @ a_prev)",
            "the reset gate acts after the product. That is PyTorch's form and another function: "
            "here it is `Wc @ (reset * a_prev)`.",
        ),
        Mistake(
            "update * candidate + (1 - update) * a_prev",
            "(1 - update) * candidate + update * a_prev",
            "`1 - update` stands on the wrong side: the update gate multiplies the candidate here.",
        ),
        Mistake(
            "Wu, Wr, Wc = np.split(Waa, 3)\n    from_x = Wax @ x_t + ba\n    xu, xr, xc",
            "Wr, Wu, Wc = np.split(Waa, 3)\n    from_x = Wax @ x_t + ba\n    xr, xu, xc",
            "the two gates are swapped: the rows come in the order update, reset, candidate.",
        ),
        Mistake(
            "(reset * a_prev)",
            "a_prev",
            "the reset gate is computed but not used: the candidate reads `reset * a_prev`.",
        ),
        Mistake(
            "np.tanh(Wc @ (reset * a_prev) + xc)",
            "np.tanh(reset * (Wc @ a_prev + xc))",
            "the reset gate also shuts out the new input. It is there for the old state only.",
        ),
        Mistake(
            "(1 - update) * a_prev",
            "(1 - update) * reset * a_prev",
            "the reset gate also erases what is kept. It acts only on what the candidate reads; "
            "keeping is the update gate's part.",
        ),
    ),
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
    d_kept = Wc.T @ dzc
    dzr = d_kept * a_prev * reset * (1 - reset)
    return dzu, dzr, dzc


def _gate_cases(rng):
    case = draw(rng, STEP_TAKES)
    gates = {name: sigmoid(3 * case[name]) for name in ("update", "reset")}
    return case | gates | {"candidate": np.tanh(2 * case["candidate"])}


gate_gradients = Exercise(
    title="Back into the gates",
    prompt=r"""
### Exercise 4: back into the gates

Given $\mathrm{d}a^{\langle t\rangle}$, compute the three gradients *before* the activations: $\mathrm{d}z_u$, $\mathrm{d}z_r$ and $\mathrm{d}z_c$. All arrays are `(n_a, m)` but `Wc`.
""",
    starter='''
def gate_gradients(da, a_prev, update, reset, candidate, Wc):
    """Return dzu, dzr and dzc, each (n_a, m)."""
    dzu = ____
    dzc = ____
    d_kept = ____
    dzr = ____
    return dzu, dzr, dzc
''',
    reference=_gate_gradients,
    cases=_gate_cases,
    takes=STEP_TAKES,
    returns={"dzu": "(n_a, m)", "dzr": "(n_a, m)", "dzc": "(n_a, m)"},
    hints=(
        "In a⟨t⟩ the update gate multiplies the candidate with a plus and `a_prev` with a minus.",
        "The slope of a sigmoid, from its output, is `s * (1 - s)`; of tanh, `1 - s**2`.",
        "`d_kept` is the gradient of `reset * a_prev`: `Wc.T @ dzc`. From there to the reset gate "
        "it is multiplied by `a_prev`.",
    ),
    mistakes=(
        Mistake(
            "(candidate - a_prev) * update * (1 - update)",
            "(candidate - a_prev)",
            "the slope of the sigmoid is missing in `dzu`: multiply by `update * (1 - update)`.",
        ),
        Mistake(
            "(candidate - a_prev)",
            "candidate",
            "`dzu` leaves out that an open gate also drops `a_prev`: the factor is "
            "`candidate - a_prev`.",
        ),
        Mistake(
            "(candidate - a_prev)",
            "(a_prev - candidate)",
            "the sign of `dzu` is reversed: opening the gate moves the state towards the "
            "candidate, so it is `candidate - a_prev`.",
        ),
        Mistake(
            "Wc.T @ dzc",
            "Wc @ dzc",
            "`Wc` must be transposed on the way back: `Wc.T @ dzc`.",
        ),
        Mistake(
            " * (1 - candidate**2)",
            "",
            "the slope of tanh is missing in `dzc`: multiply by `1 - candidate**2`.",
        ),
        Mistake(
            "da * update * (1 - candidate**2)",
            "da * (1 - update) * (1 - candidate**2)",
            "`1 - update` stands on the wrong side in `dzc`: the candidate was multiplied by "
            "`update`.",
        ),
        Mistake(
            "d_kept * a_prev * reset",
            "d_kept * reset",
            "`dzr` lacks the factor `a_prev`, which is what the reset gate was multiplied with.",
        ),
    ),
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
    case = draw(rng, BACK_TAKES)
    return case | {name: sigmoid(3 * case[name]) for name in ("update", "reset")}


to_the_past = Exercise(
    title="Four ways into the past",
    prompt=r"""
### Exercise 5: four ways into the past

$a^{\langle t-1\rangle}$ entered the step in four places: it was kept, it went into the candidate, and it went into both gates. Collect the error of all four.
""",
    starter='''
def to_the_past(da, update, reset, dzu, dzr, dzc, Waa):
    """Return da⟨t-1⟩, as far as it comes from step t, (n_a, m)."""
    Wu, Wr, Wc = np.split(Waa, 3)
    kept = ____
    through_candidate = ____
    through_gates = ____
    return kept + through_candidate + through_gates
''',
    reference=_to_the_past,
    cases=_back_cases,
    takes=BACK_TAKES,
    returns={"da_prev": "(n_a, m)"},
    hints=(
        "What was kept was multiplied by `1 - update`, and so is its error.",
        "The candidate read `Wc @ (reset * a_prev)`: first `Wc.T`, then `reset`.",
        "The gates read `Wu @ a_prev` and `Wr @ a_prev`: transpose both.",
    ),
    mistakes=(
        Mistake(
            "return kept + through_candidate",
            "return through_candidate",
            "the straight way is left out, the very one for which the gate was built: add "
            "`(1 - update) * da`.",
        ),
        Mistake(
            "kept = (1 - update) * da",
            "kept = update * da",
            "`1 - update` stands on the wrong side: what was kept was multiplied by `1 - update`.",
        ),
        Mistake(
            "reset * (Wc.T @ dzc)",
            "Wc.T @ dzc",
            "the reset gate is missing: the candidate read `reset * a_prev`, so the error is "
            "multiplied by `reset` too.",
        ),
        Mistake(
            "reset * (Wc.T @ dzc)",
            "Wc.T @ (reset * dzc)",
            "here the reset acts before `Wc.T`. Going forward it came first, so going back it "
            "comes last: `reset * (Wc.T @ dzc)`.",
        ),
        Mistake(
            "Wu.T @ dzu + Wr.T @ dzr",
            "Wu.T @ dzu",
            "the way through the reset gate is left out: add `Wr.T @ dzr`.",
        ),
        Mistake(
            "Wu.T @ dzu + Wr.T @ dzr",
            "Wu @ dzu + Wr @ dzr",
            "`Wu` and `Wr` must be transposed on the way back.",
        ),
    ),
)


def _from_pytorch(rows):
    reset, z, new = np.split(rows, 3)
    return np.vstack([-z, reset, new])


from_pytorch = Exercise(
    title="Weights from another library",
    prompt=r"""
### Exercise 6: weights from another library

A colleague sends you the weights of a GRU from PyTorch. Its rows are stacked reset, z, new, and its z *keeps* where our update gate *writes*. Turn `rows` (any one of its arrays) into the course's order and meaning. $1 - \sigma(v) = \sigma(-v)$ is all the algebra you need.
""",
    starter='''
def from_pytorch(rows):
    """Return the rows as update, reset, candidate."""
    reset, z, new = np.split(rows, 3)
    return np.vstack([____, ____, ____])
''',
    reference=_from_pytorch,
    takes={"rows": "(3*n_a, n_x)"},
    returns={"rows": "(3*n_a, n_x)"},
    hints=(
        "Our order is update, reset, candidate. Which of the three is z?",
        "We need a gate that is 1 - z. What must happen to the numbers inside the sigmoid?",
        "Negate the rows of z, and put them first.",
    ),
    mistakes=(
        Mistake(
            "[-z, reset, new]",
            "[z, reset, new]",
            "the order is right, but z keeps where our gate writes: negate its rows.",
        ),
        Mistake(
            "[-z, reset, new]",
            "[1 - z, reset, new]",
            "`1 - z` is right for the gate, after the sigmoid. For the weights inside it is `-z`.",
        ),
        Mistake(
            "[-z, reset, new]",
            "[reset, -z, new]",
            "the rows are still in PyTorch's order: the update gate comes first here.",
        ),
        Mistake(
            "[-z, reset, new]",
            "[-reset, z, new]",
            "the blocks are mixed up: PyTorch's first block is the reset gate, its second is z.",
        ),
        Mistake(
            "[-z, reset, new]",
            "[-z, -reset, -new]",
            "all three blocks are negated. Only z has the opposite meaning.",
        ),
    ),
)
