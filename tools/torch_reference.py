"""Write the numbers that the tests compare the package with, computed by PyTorch.

The numbers are in the repository, inputs and all, so the tests need no PyTorch. To make them
again::

    pip install torch==2.13.0
    python tools/torch_reference.py

A case is a cell, a kind of input and a loss. Its arrays have the shapes of the course: time first,
columns are examples. PyTorch's cells put examples before features, stack the gates in another
order, and have a second bias, which is kept at 0 here; ``to_torch`` and ``from_torch`` translate.
"""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

TARGET = Path(__file__).parent.parent / "tests" / "reference" / "torch_numbers.npz"
T, N_X, N_A, N_Y, M = 6, 3, 4, 3, 3
GATES = {"rnn_tanh": 1, "rnn_relu": 1, "gru_after": 3, "gru_before": 3, "lstm": 4}
Arrays = dict[str, np.ndarray]
Tensors = dict[str, torch.Tensor]


def to_torch(kind: str, rows: torch.Tensor) -> torch.Tensor:
    """Return the rows of Waa, Wax or ba in PyTorch's order (and sign) of the gates.

    GRU: ours update, reset, candidate; PyTorch's reset, z, new. Its z keeps the old state and our
    update gate takes the new one, so z = 1 - Γu: the same numbers before σ, negated. LSTM: ours
    candidate, update, forget, output; PyTorch's input (our update), forget, cell, output.
    """
    blocks = rows.chunk(GATES[kind])
    if kind == "gru_after":
        update, reset, candidate = blocks
        return torch.cat([reset, -update, candidate])
    if kind == "lstm":
        candidate, update, forget, output = blocks
        return torch.cat([update, forget, candidate, output])
    return rows


def from_torch(kind: str, rows: torch.Tensor) -> torch.Tensor:
    """Return rows in PyTorch's order as ours: the inverse of ``to_torch``."""
    blocks = rows.chunk(GATES[kind])
    if kind == "gru_after":
        reset, z, candidate = blocks
        return torch.cat([-z, reset, candidate])
    if kind == "lstm":
        update, forget, candidate, output = blocks
        return torch.cat([candidate, update, forget, output])
    return rows


def torch_cell(kind: str, params: Tensors) -> torch.nn.RNNBase:
    """Return PyTorch's own cell with our parameters in it."""
    make = {
        "rnn_tanh": lambda: torch.nn.RNN(N_X, N_A, nonlinearity="tanh"),
        "rnn_relu": lambda: torch.nn.RNN(N_X, N_A, nonlinearity="relu"),
        "gru_after": lambda: torch.nn.GRU(N_X, N_A),
        "lstm": lambda: torch.nn.LSTM(N_X, N_A),
    }
    cell = make[kind]().double()
    with torch.no_grad():
        cell.weight_hh_l0.copy_(to_torch(kind, params["Waa"]))
        cell.weight_ih_l0.copy_(to_torch(kind, params["Wax"]))
        cell.bias_ih_l0.copy_(to_torch(kind, params["ba"])[:, 0])
        cell.bias_hh_l0.zero_()
    return cell


def run_torch_cell(kind: str, params: Tensors, x: torch.Tensor, start: list[torch.Tensor]) -> tuple:
    """Return a (T, n_a, m) and a function that reads the cell's gradients after backward."""
    cell = torch_cell(kind, params)
    first = [s.T[None].contiguous() for s in start]  # (1, m, n_a)
    a, _ = cell(x.transpose(1, 2), tuple(first) if kind == "lstm" else first[0])

    def gradients() -> Tensors:
        return {
            "Waa": from_torch(kind, cell.weight_hh_l0.grad),
            "Wax": from_torch(kind, cell.weight_ih_l0.grad),
            "ba": from_torch(kind, cell.bias_ih_l0.grad[:, None]),
        }

    return a.transpose(1, 2), gradients


def run_gru_before(params: Tensors, x: torch.Tensor, start: list[torch.Tensor]) -> tuple:
    """The GRU with the reset gate before the product, which PyTorch lacks: from its equations."""
    for value in params.values():
        value.requires_grad_()
    Wu, Wr, Wc = params["Waa"].chunk(3)
    Uu, Ur, Uc = params["Wax"].chunk(3)
    bu, br, bc = params["ba"].chunk(3)
    a_t, a = start[0], []
    for x_t in x:
        update = torch.sigmoid(Wu @ a_t + Uu @ x_t + bu)
        reset = torch.sigmoid(Wr @ a_t + Ur @ x_t + br)
        candidate = torch.tanh(Wc @ (reset * a_t) + Uc @ x_t + bc)
        a_t = update * candidate + (1 - update) * a_t
        a.append(a_t)
    return torch.stack(a), lambda: {name: value.grad for name, value in params.items()}


def cross_entropy(z: torch.Tensor, y: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean over the steps that count; PyTorch leaves out the targets marked -100."""
    return functional.cross_entropy(z, torch.where(mask, y, -100))


def logistic_loss(z: torch.Tensor, y: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The sum over the steps that count and over the outputs, averaged over the m examples."""
    each = functional.binary_cross_entropy_with_logits(z, y, reduction="none")
    return each[mask[:, None].expand_as(each)].sum() / z.shape[2]


def case(
    kind: str, arrays: Arrays, tokens: bool, loss: Callable, y: np.ndarray, started: bool
) -> Arrays:
    """Return what forward, loss and backward give for one case."""
    params = {name: torch.tensor(arrays[name]) for name in ("Waa", "Wax", "ba")}
    output = {name: torch.tensor(arrays[name], requires_grad=True) for name in ("Wya", "by")}
    x = torch.tensor(arrays["x"])
    if tokens:
        x = functional.one_hot(torch.tensor(arrays["tokens"]), N_X).double().transpose(1, 2)
    x.requires_grad_()
    names = ("a0", "c0") if kind == "lstm" else ("a0",)
    start = [torch.tensor(arrays[name]) * float(started) for name in names]
    for s in start:
        s.requires_grad_()

    a, gradients = (
        run_gru_before(params, x, start)
        if kind == "gru_before"
        else run_torch_cell(kind, params, x, start)
    )
    z = output["Wya"] @ a + output["by"]
    z.retain_grad()
    value = loss(z, torch.tensor(y), torch.tensor(arrays["mask"]))
    value.backward()

    found = {"a": a, "z": z, "loss": value, "dz": z.grad}
    found |= {f"d{name}": g for name, g in gradients().items()}
    found |= {f"d{name}": v.grad for name, v in output.items()}
    found |= {f"d{name}": s.grad for name, s in zip(names, start, strict=True)}
    if not tokens:
        found["dx"] = x.grad
    return {name: v.detach().numpy() for name, v in found.items()}


def inputs(rng: np.random.Generator, n_gates: int) -> Arrays:
    """Return parameters, sequences, targets and a mask, nothing in them symmetric."""
    lengths = np.array([T, T - 1, T - 4])
    return {
        "Waa": rng.normal(0, 0.7, (n_gates * N_A, N_A)),
        "Wax": rng.normal(0, 0.9, (n_gates * N_A, N_X)),
        "ba": rng.normal(0.2, 0.5, (n_gates * N_A, 1)),
        "Wya": rng.normal(0, 1.0, (N_Y, N_A)),
        "by": rng.normal(0.1, 0.5, (N_Y, 1)),
        "x": rng.normal(0.3, 1.0, (T, N_X, M)),
        "tokens": rng.integers(N_X, size=(T, M)),
        "a0": rng.normal(0.1, 0.6, (N_A, M)),
        "c0": rng.normal(-0.2, 0.8, (N_A, M)),
        "y_class": rng.integers(N_Y, size=(T, M)),
        "y_logistic": rng.uniform(0, 1, (T, N_Y, M)).round(1),
        "mask": np.arange(T)[:, None] < lengths,
    }


def adam(rng: np.random.Generator, steps: int = 20) -> Arrays:
    """Return a parameter before and after 20 steps of Adam on given gradients."""
    before = rng.normal(size=(3, 2))
    grads = rng.normal(0.1, 1.0, (steps, 3, 2)) * 10.0 ** rng.integers(-6, 3, (steps, 1, 1))
    theta = torch.tensor(before, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=0.02, betas=(0.8, 0.95), eps=1e-6)
    after = []
    for g in grads:
        theta.grad = torch.tensor(g)
        optimizer.step()
        after.append(theta.detach().numpy().copy())
    return {"before": before, "grads": grads, "after": np.array(after)}


def deep_two_way(kind: str, rng: np.random.Generator) -> Arrays:
    """Return what PyTorch's own two layers, each both ways, give for columns of unequal length.

    PyTorch packs the columns, so that each is reversed within its own length and its last state is
    the one after its own last step. The loss is Σ da * a + Σ dlast * last states.
    """
    make = torch.nn.LSTM if kind == "lstm" else torch.nn.GRU
    net = make(N_X, N_A, num_layers=2, bidirectional=True).double()
    if kind == "gru":  # its hidden bias stands inside the reset product, where ours has none
        with torch.no_grad():
            for name, value in net.named_parameters():
                value *= "bias_hh" not in name
    lengths = torch.tensor([T, T - 1, T - 4])
    x = torch.tensor(rng.normal(0.3, 1.0, (T, N_X, M)), requires_grad=True)
    mask = torch.arange(T)[:, None] < lengths  # (T, M)
    da = torch.tensor(rng.normal(size=(T, 2 * N_A, M))) * mask[:, None]
    packed = torch.nn.utils.rnn.pack_padded_sequence(x.transpose(1, 2), lengths)
    read, last = net(packed)
    a, _ = torch.nn.utils.rnn.pad_packed_sequence(read)
    last = last if kind == "lstm" else (last,)  # each (layers * ways, m, n_a)
    dlast = [torch.tensor(rng.normal(size=part.shape)) for part in last]
    ends = sum((part * d).sum() for part, d in zip(last, dlast, strict=True))
    ((a.transpose(1, 2) * da).sum() + ends).backward()
    numbers = {"x": x, "dx": x.grad, "mask": mask, "a": a.transpose(1, 2), "da": da}
    for name, parts in (("last", last), ("dlast", dlast)):
        numbers |= {f"{name}{i}": part.transpose(1, 2) for i, part in enumerate(parts)}
    for layer, (way, suffix) in product((0, 1), (("ahead", ""), ("back", "_reverse"))):
        names = {"Waa": "weight_hh", "Wax": "weight_ih", "ba": "bias_ih"}
        for ours, theirs in names.items():
            value = getattr(net, f"{theirs}_l{layer}{suffix}")
            hidden = getattr(net, f"bias_hh_l{layer}{suffix}").detach()
            whole = value.detach() + hidden if ours == "ba" and kind == "lstm" else value.detach()
            for prefix, rows in (("", whole), ("d", value.grad)):
                rows = rows[:, None] if ours == "ba" else rows
                numbers[f"{layer + 1}.{way}.{prefix}{ours}"] = from_torch(PACKED[kind], rows)
    return {name: value.detach().numpy() for name, value in numbers.items()}


PACKED = {"lstm": "lstm", "gru": "gru_after"}


def main() -> None:
    numbers: Arrays = {}
    for seed, (kind, n_gates) in enumerate(GATES.items()):
        arrays = inputs(np.random.default_rng(seed), n_gates)
        numbers |= {f"{kind}/given/{name}": value for name, value in arrays.items()}
        for source in ("floats", "tokens", "floats_from_zero"):
            for loss, y in ((cross_entropy, "y_class"), (logistic_loss, "y_logistic")):
                found = case(
                    kind, arrays, source == "tokens", loss, arrays[y], source != "floats_from_zero"
                )
                name = f"{kind}/{source}/{loss.__name__}"
                numbers |= {f"{name}/{key}": value for key, value in found.items()}
    numbers |= {f"adam/{name}": value for name, value in adam(np.random.default_rng(99)).items()}
    torch.manual_seed(0)
    for seed, kind in enumerate(PACKED):
        found = deep_two_way(kind, np.random.default_rng(50 + seed))
        numbers |= {f"deep_two_way/{kind}/{name}": value for name, value in found.items()}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(TARGET, **numbers)
    print(
        f"{len(numbers)} arrays, {TARGET.stat().st_size / 1000:.0f} kB, torch {torch.__version__}"
    )


if __name__ == "__main__":
    main()
