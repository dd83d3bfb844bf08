"""The exercises of ``10_attention``."""

import numpy as np

from rnn_helpers.activations import softmax
from rnn_helpers.checking.exercise import Exercise
from rnn_helpers.checking.inputs import deal, deal_sizes, draw

LOOK = {"a_t": "(n_a, m)", "memory": "(T_x, n_a, m)"}
ONE_STATE = ("T_x", "m")  # the axes that are 1 in one call more


def _look_back(a_t, memory):
    e = (memory * a_t).sum(axis=1)
    alpha = softmax(e)
    context = (alpha[:, None] * memory).sum(axis=0)
    return context, alpha


def _look_back_cases(rng):
    """States large enough that the weights are far from equal."""
    for case in deal(rng, LOOK, ones=ONE_STATE):
        yield {name: 3 * value for name, value in case.items()}


look_back = Exercise(
    title="Look back",
    reference=_look_back,
    cases=_look_back_cases,
    deals={
        "a single state to look at": lambda a_t, memory: len(memory) == 1,
        "one example": lambda a_t, memory: a_t.shape[1] == 1,
        "weights that differ": lambda a_t, memory: np.ptp(_look_back(a_t, memory)[1]) > 0.5,
    },
    takes=LOOK,
    returns={"context": "(n_a, m)", "alpha": "(T_x, m)"},
    by_hand=("attend",),
    hints=(
        "The dot product of two columns is the sum of the products of their entries. `memory * a_t` "
        "has all the products; over which axis must they be summed?",
        "`softmax` here works down the second axis from the end. In `e`, `(T_x, m)`, these are the "
        "steps.",
        "Each weight belongs to a whole state: `alpha[:, None]` is `(T_x, 1, m)` and meets `memory` "
        "number by number. Then sum over the steps.",
    ),
    mistakes={
        "(memory * a_t).sum(axis=1) → (memory * a_t).sum(axis=0)": "the scores are summed over the steps. A score is a dot product: it sums over the n_a units, the middle axis.",
        "(memory * a_t).sum(axis=1) → (memory * a_t).mean(axis=1)": "the scores are means over the units, so each is n_a times too small. A dot product is a sum.",
        "(memory * a_t).sum(axis=1) → memory.sum(axis=1)": "the decoder's state has no part in the scores: whatever it asks, the weights are the same. || Multiply by `a_t` before you sum.",
        "(memory * a_t).sum(axis=1) → (memory * a_t).sum(axis=1) / np.sqrt(len(a_t))": "the scores are divided by the root of n_a. Transformers do so; here the score is the dot product as it is.",
        "alpha = softmax(e) → alpha = e": "the weights are the bare scores. They need not be positive, nor sum to 1: `softmax` makes shares of them.",
        "alpha = softmax(e) → alpha = softmax(e.T).T": "`softmax` runs over the examples, so each example's weights depend on its neighbours. They must sum to 1 over the *steps*.",
        "alpha = softmax(e) → alpha = np.exp(e)": "the weights are not divided by their sum. They are shares: over the steps they sum to 1.",
        "alpha = softmax(e) → alpha = np.exp(e) / np.exp(e).sum()": "the weights of all examples together sum to 1. Each example has its own: sum over the steps alone. || `axis=0`.",
        "alpha = softmax(e) → alpha = (e == e.max(axis=0)) * 1.0": "the largest score takes all. Every state gets a share, by `softmax`, or nothing could be learned from the scores.",
        "(alpha[:, None] * memory).sum(axis=0) → (alpha[:, None] * memory).mean(axis=0)": "the context is divided by T_x once more. The weights sum to 1 already, so their sum is a mean.",
        "(alpha[:, None] * memory).sum(axis=0) → (e[:, None] * memory).sum(axis=0)": "the context is weighted with the scores. The weights are what `softmax` has made of them, `alpha`.",
        "(alpha[:, None] * memory).sum(axis=0) → memory.mean(axis=0)": "the context is the plain mean of all states: the weights are not used.",
        "(alpha[:, None] * memory).sum(axis=0) → memory[alpha.argmax(axis=0), :, np.arange(alpha.shape[1])].T": "the context is the one state with the largest weight. It is a mean of *all* states, each with its weight.",
        "(alpha[:, None] * memory).sum(axis=0) → (alpha[:, None] * memory).sum(axis=1)": "the context is summed over the units. It is a state like the others, with n_a numbers: sum over the steps.",
        "(alpha[:, None] * memory).sum(axis=0) → (alpha[:, None] * a_t).sum(axis=0)": "the weights multiply the decoder's own state. What is read is the *memory*: weigh its states.",
        "return context, alpha → return alpha, context": "the two values are swapped: first the context, then the weights.",
    },
)


def _without_padding(e, mask):
    masked = np.where(mask, e, -np.inf)
    return softmax(masked)


def _without_padding_cases(rng):
    """Rows that end early, one that is full, and padding with the largest score."""
    for sizes in deal_sizes(rng, ("T_x", "m"), least=3, ones=ONE_STATE):
        e = draw(rng, {"e": "(T_x, m)"}, **sizes)["e"] * 3
        lengths = rng.integers(1, sizes["T_x"] + 1, size=sizes["m"])
        lengths[0] = max(1, sizes["T_x"] - 1)
        if sizes["m"] > 1:
            lengths[1] = sizes["T_x"]
        mask = np.arange(sizes["T_x"])[:, None] < lengths
        e[~mask] += 4
        yield e, mask


without_padding = Exercise(
    title="Padding gets no weight",
    reference=_without_padding,
    cases=_without_padding_cases,
    deals={
        "padding": lambda e, mask: not mask.all(),
        "a row that is full": lambda e, mask: mask.all(axis=0).any(),
        "one example": lambda e, mask: e.shape[1] == 1,
        "the largest score on padding": lambda e, mask: (~mask)[
            e.argmax(axis=0), range(e.shape[1])
        ].any(),
    },
    takes={"e": "(T_x, m)", "mask": "(T_x, m)"},
    kinds={"mask": "mask"},
    returns={"alpha": "(T_x, m)"},
    hints=(
        "Which score gives a weight of exactly 0? Think of exp.",
        "`np.where(mask, e, other)` keeps e where mask is True and takes `other` elsewhere.",
        "exp(-∞) is 0, and NumPy has `-np.inf`.",
    ),
    mistakes={
        "    masked = np.where(mask, e, -np.inf)\n    return softmax(masked) →     return softmax(e) * mask": "padding has no weight any more, but what it had is missing: the weights of such an example sum to less than 1. Hide the scores *before* `softmax`.",
        "np.where(mask, e, -np.inf) → e * mask": "padding has a score of 0, and that is no weight of 0: exp(0) is 1, so it still gets its share. (Nor does it help to take the same from *every* score.) Its score alone must be so low that exp makes 0 of it. || `-np.inf`.",
        "np.where(mask, e, -np.inf) → np.where(mask, e, -1)": "the scores of padding are low, but not low enough: it still gets some weight. || Only `-np.inf` gives exactly 0.",
        "np.where(mask, e, -np.inf) → np.where(mask, e, -e)": "the scores of padding only change their sign, and some weight is left on them. || `-np.inf` gives exactly 0.",
        "np.where(mask, e, -np.inf) → np.where(mask, e, np.inf)": "the scores of padding are +∞ or nan, and exp makes no weight of them that could be divided: all of it becomes nan. The other end is needed. || `-np.inf`.",
        "np.where(mask, e, -np.inf) → e + -np.inf * ~mask": "where the mask is True this takes -∞ times 0, which is nan and not 0. Choose between two numbers instead of multiplying. || `np.where`.",
        "return softmax(masked) → return softmax(e * mask) * mask": "padding had a score of 0 and took its share in `softmax`. To take it off afterwards does not give it back to the others.",
        "return softmax(masked) → return softmax(e) * ~mask": "the mask is read the other way round, and the weights do not sum to 1: it is True where there *is* a symbol.",
        "np.where(mask, e, -np.inf) → np.where(mask, e, -10)": "the scores of padding are low, and small is not 0: some weight is left. || Only `-np.inf` gives exactly 0.",
        "np.where(mask, e, -np.inf) → e": "the mask has no effect: padding is weighed like the rest.",
        "return softmax(masked) → return softmax(masked.T).T": "`softmax` runs over the examples. The weights of each example must sum to 1 over its own steps.",
        "return softmax(masked) → return masked": "these are still scores. `softmax` makes weights of them.",
        "return softmax(masked) → return np.where(mask, np.exp(e), 0)": "the weights are not divided by their sum: those of each example must sum to 1.",
    },
)


INTO_SCORES = {"dcontext": "(n_a, m)", "alpha": "(T_x, m)", "memory": "(T_x, n_a, m)"}


def _into_scores(dcontext, alpha, memory):
    dalpha = (memory * dcontext).sum(axis=1)
    mean = (alpha * dalpha).sum(axis=0)
    return alpha * (dalpha - mean)


def _into_scores_cases(rng):
    """Weights that sum to 1, one of them exactly 0 in one call, as padding has."""
    for k, case in enumerate(deal(rng, INTO_SCORES, ones=ONE_STATE)):
        e = 4 * case["alpha"]
        if k == 0:
            e[-1, 0] = -np.inf
        yield case | {"alpha": softmax(e)}


into_scores = Exercise(
    title="Back into the scores",
    reference=_into_scores,
    cases=_into_scores_cases,
    deals={
        "a weight of 0": lambda dcontext, alpha, memory: (alpha == 0).any(),
        "a single state": lambda dcontext, alpha, memory: len(alpha) == 1,
        "one example": lambda dcontext, alpha, memory: alpha.shape[1] == 1,
    },
    takes=INTO_SCORES,
    returns={"de": "(T_x, m)"},
    hints=(
        "The context is a sum of weights times states. So a weight's gradient is the state it was "
        "multiplied with, times `dcontext`, summed over the units.",
        "`mean` is the mean of `dalpha` over the steps, each with its weight.",
        "What all weights have in common cannot change a softmax: the mean is taken off.",
    ),
    mistakes={
        "alpha * (dalpha - mean) → dalpha": "`softmax` is passed as if it were not there. On the way back it has its part. || `alpha * (dalpha - mean)`.",
        "alpha * (dalpha - mean) → alpha * dalpha": "the mean is not taken off. A weight can only grow if others shrink, since they sum to 1.",
        "alpha * (dalpha - mean) → dalpha - alpha * mean": "`alpha` multiplies the mean alone. It must multiply both terms: the whole difference.",
        "alpha * (dalpha - mean) → alpha - dalpha": "this is the difference of a weight and its gradient, as in softmax *with* cross-entropy. Here there is no target: the mean is taken off `dalpha`, and `alpha` is a factor.",
        "alpha * (dalpha - mean) → dalpha - mean": "the factor `alpha` is missing: a state that hardly counted can hardly be blamed.",
        "alpha * (dalpha - mean) → dalpha * alpha * (1 - alpha)": "this is the slope of a *sigmoid*, each weight for itself. In a softmax every score acts on every weight, through the sum.",
        "alpha * (dalpha - mean) → alpha * (dalpha + mean)": "the mean is added; it must be taken off.",
        "alpha * (dalpha - mean) → alpha * (mean - dalpha)": "the sign is turned round: the mean is taken off `dalpha`, not the other way.",
        "(alpha * dalpha).sum(axis=0) → dalpha.mean(axis=0)": "the mean is the plain one. Each step counts with its weight, `alpha`.",
        "(alpha * dalpha).sum(axis=0) → dalpha.sum(axis=0)": "`mean` is the sum of all `dalpha`, each counted in full. It counts with its weight, `alpha`.",
        "(alpha * dalpha).sum(axis=0) → (alpha * dalpha).mean(axis=0)": "`mean` is divided by T_x once more. The weights sum to 1 already.",
        "(alpha * dalpha).sum(axis=0) → (alpha * dalpha).sum()": "the mean runs over all examples together. Each has its own. || `axis=0`.",
        "(memory * dcontext).sum(axis=1) → (memory * dcontext).sum(axis=0)": "`dalpha` is summed over the steps. Each step has a weight of its own: sum over the units, the middle axis.",
        "(memory * dcontext).sum(axis=1) → (memory * dcontext).mean(axis=1)": "`dalpha` is a mean over the units, so it is n_a times too small. It is a dot product, a sum.",
        "(memory * dcontext).sum(axis=1) → memory.sum(axis=1)": "the error does not come in: `dalpha` must have `dcontext` in it.",
        "alpha * (dalpha - mean) → alpha * (1 - alpha) * (dalpha - mean)": "one factor too many: `1 - alpha` belongs to a sigmoid. Taking off the mean has done its work.",
    },
)


INTO_STATES = {
    "de": "(T_x, m)",
    "dcontext": "(n_a, m)",
    "alpha": "(T_x, m)",
    "a_t": "(n_a, m)",
    "memory": "(T_x, n_a, m)",
}


def _into_states(de, dcontext, alpha, a_t, memory):
    da_t = (de[:, None] * memory).sum(axis=0)
    as_key = de[:, None] * a_t
    as_value = alpha[:, None] * dcontext
    return da_t, as_key + as_value


def _into_states_cases(rng):
    for case in deal(rng, INTO_STATES, ones=ONE_STATE):
        yield case | {"alpha": softmax(4 * case["alpha"])}


into_states = Exercise(
    title="Back into both networks",
    reference=_into_states,
    cases=_into_states_cases,
    takes=INTO_STATES,
    returns={"da_t": "(n_a, m)", "dmemory": "(T_x, n_a, m)"},
    hints=(
        "The decoder's state stands in every score, multiplied with the state it was compared with. "
        "So its gradient is a sum over the steps.",
        "A state of the encoder is used twice: it is compared with `a_t`, and it is read with its "
        "weight. Each use sends something back.",
        "`[:, None]` makes `(T_x, 1, m)` of `(T_x, m)`, so that it meets `(n_a, m)` for every step.",
    ),
    mistakes={
        "as_key + as_value → as_value": "the states get what comes from being *read*, but nothing from being *compared*: what the scores send back is missing.",
        "as_key + as_value → as_key": "the states get what comes from being *compared*, but nothing from being *read*: what the context sends back is missing.",
        "as_key = de[:, None] * a_t → as_key = de[:, None] * memory": "in a score a state is multiplied with `a_t`, so `a_t` is the factor on the way back to it.",
        "(de[:, None] * memory).sum(axis=0) → (de[:, None] * memory).sum(axis=1)": "`da_t` is summed over the units. It is a state with n_a numbers: sum over the steps.",
        "(de[:, None] * memory).sum(axis=0) → (de[:, None] * memory).mean(axis=0)": "`da_t` is a mean over the steps. Every score sends its part back, and parts are added.",
        "(de[:, None] * memory).sum(axis=0) → (alpha[:, None] * memory).sum(axis=0)": "`da_t` is the context again. What comes back from a score is `de`.",
        "(de[:, None] * memory).sum(axis=0) → (de[:, None] * memory).sum(axis=0) + dcontext": "the context's error is added to the decoder's state. The context is not made of `a_t`; it reaches it through the scores alone.",
        "as_value = alpha[:, None] * dcontext → as_value = dcontext": "every state gets the whole error. It was read with its weight only. || Multiply by `alpha[:, None]`.",
        "as_value = alpha[:, None] * dcontext → as_value = de[:, None] * dcontext": "the read states are weighed with `de`. In the context they stand with `alpha`.",
        "as_key = de[:, None] * a_t → as_key = alpha[:, None] * a_t": "on the way back from the scores the factor is `de`, the gradient of the score.",
        "(de[:, None] * memory).sum(axis=0) → de.sum(axis=0) * a_t": "in a score `a_t` is multiplied with a state, so the state is the factor on the way back to `a_t`.",
        "return da_t, as_key + as_value → return as_key + as_value, da_t": "the two values are swapped: first the decoder's, then the encoder's.",
        "return da_t, as_key + as_value → return da_t, (as_key, as_value)": "`dmemory` is one array, and these are two. What comes back on two ways is added.",
        "as_value = alpha[:, None] * dcontext → as_value = alpha[:, None] * memory": "this is what was read, and not its gradient: on the way back a state gets the *error* of the context, with its weight.",
        "as_key + as_value → as_key * as_value": "the two ways are multiplied. What comes back on two ways is added.",
        "as_key + as_value → as_key - as_value": "the two ways are subtracted. What comes back on two ways is added.",
    },
)


ADDITIVE = {
    "a_t": "(n_a, m)",
    "memory": "(T_x, n_a, m)",
    "Wa": "(n_e, n_a)",
    "Wh": "(n_e, n_a)",
    "v": "(n_e, 1)",
}


def _additive_scores(a_t, memory, Wa, Wh, v):
    hidden = np.tanh(Wa @ a_t + Wh @ memory)
    return (v * hidden).sum(axis=1)


def _additive_cases(rng):
    for sizes in deal_sizes(rng, ("T_x", "n_a", "n_e", "m"), ones=ONE_STATE):
        yield draw(rng, ADDITIVE, **sizes)


additive_scores = Exercise(
    title="The additive score",
    reference=_additive_scores,
    cases=_additive_cases,
    takes=ADDITIVE,
    returns={"e": "(T_x, m)"},
    hints=(
        "`Wh @ memory` multiplies every state of the memory: it is `(T_x, n_e, m)`.",
        "`Wa @ a_t` is `(n_e, m)`, and meets that for every step by itself.",
        "`v` has a number for each of the n_e sums. `v * hidden`, summed over the middle axis, is "
        "their dot product.",
    ),
    mistakes={
        "np.tanh(Wa @ a_t + Wh @ memory) → Wa @ a_t + Wh @ memory": "tanh is missing. Without it the score is a sum of one part from the decoder and one from the encoder, and the decoder's part is the same for every step: softmax would not see it.",
        "np.tanh(Wa @ a_t + Wh @ memory) → np.tanh(Wa @ a_t) + np.tanh(Wh @ memory)": "tanh stands on each part. It goes over their sum, or the decoder's part would be the same for every step.",
        "np.tanh(Wa @ a_t + Wh @ memory) → np.tanh((Wa @ a_t) * (Wh @ memory))": "the two parts are multiplied. Here they are *added*: hence the name.",
        "Wa @ a_t + Wh @ memory → Wh @ memory": "the decoder's state has no part in the scores.",
        "Wa @ a_t + Wh @ memory → Wa @ a_t + 0 * (Wh @ memory)": "the memory has no part in the scores: all steps get the same.",
        "Wa @ a_t + Wh @ memory → Wh @ a_t + Wa @ memory": "the two matrices are exchanged: `Wa` goes with the decoder's state, `Wh` with the memory.",
        "np.tanh(Wa @ a_t + Wh @ memory) → 1 / (1 + np.exp(-(Wa @ a_t + Wh @ memory)))": "this is a sigmoid. The formula has tanh.",
        "np.tanh(Wa @ a_t + Wh @ memory) → np.maximum(Wa @ a_t + Wh @ memory, 0)": "this is ReLU. The formula has tanh.",
        "(v * hidden).sum(axis=1) → hidden.sum(axis=1)": "`v` is not used: each of the n_e sums has its own weight.",
        "(v * hidden).sum(axis=1) → (v * hidden).sum(axis=0)": "the scores are summed over the steps. Each step has its own: sum over the n_e sums, the middle axis.",
        "(v * hidden).sum(axis=1) → (v * hidden).mean(axis=1)": "the score is a mean, so it is n_e times too small. It is a dot product, a sum.",
        "(v * hidden).sum(axis=1) → softmax((v * hidden).sum(axis=1))": "these are the weights already. Asked for are the scores.",
        "(v * hidden).sum(axis=1) → np.tanh((v * Wa @ a_t + v * Wh @ memory).sum(axis=1))": "`v` stands inside tanh. First tanh of the sum, then the dot product with `v`.",
    },
)
