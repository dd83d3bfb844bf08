"""Write the numbers that show what PyTorch does where the course does the same in another form.

The numbers are in the repository, so the tests need no PyTorch. To make them again::

    pip install torch==2.13.0
    python tools/pytorch_conventions.py
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

TARGET = Path(__file__).parent.parent / "tests" / "reference" / "pytorch_conventions.npz"
T, N_X, N_A, N_Y, M = 5, 3, 4, 6, 3
LENGTHS = (5, 2, 4)
Arrays = dict[str, np.ndarray]


def drawn(module: torch.nn.Module) -> torch.nn.Module:
    """Return a module in float64 with weights drawn anew."""
    module = module.double()
    with torch.no_grad():
        for value in module.parameters():
            value.normal_(0, 0.6)
    return module


def state_dict(module: torch.nn.Module) -> Arrays:
    return {name: value.numpy() for name, value in module.state_dict().items()}


def padded(x: np.ndarray) -> Iterator[tuple[str, Arrays]]:
    """Columns of unlike lengths, packed: all states, and the last one of each column.

    Once with time first, as in the course, and once with ``batch_first``.
    """
    cell = drawn(torch.nn.LSTM(N_X, N_A))
    first = torch.nn.LSTM(N_X, N_A, batch_first=True).double()
    first.load_state_dict(cell.state_dict())
    lengths = torch.tensor(LENGTHS)
    x = torch.tensor(x).transpose(1, 2)  # (T, m, n_x)
    with torch.no_grad():
        packed, (h, c) = cell(pack_padded_sequence(x, lengths, enforce_sorted=False))
        a, _ = pad_packed_sequence(packed)
        of_batch, _ = first(x.transpose(0, 1))
        plain, _ = cell(x)
    arrays = {"a": a, "h": h, "c": c, "batch_first": of_batch, "time_first": plain}
    yield "padded", state_dict(cell) | {name: value.numpy() for name, value in arrays.items()}


def embedded() -> Iterator[tuple[str, Arrays]]:
    """``nn.Embedding``: one row for each token; the course has one column."""
    layer, tokens = drawn(torch.nn.Embedding(7, N_X)), torch.tensor([[0, 6], [3, 3]])
    with torch.no_grad():
        yield (
            "embedding",
            state_dict(layer) | {"tokens": tokens.numpy(), "out": layer(tokens).numpy()},
        )


def clipped() -> Iterator[tuple[str, Arrays]]:
    """``clip_grad_norm_`` of two arrays together, longer than the limit and shorter."""
    rng = np.random.default_rng(1)
    grads = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=(3, 1))}
    for name, limit in (("long", 1.0), ("short", 100.0)):
        params = [torch.nn.Parameter(torch.zeros(g.shape).double()) for g in grads.values()]
        for p, g in zip(params, grads.values(), strict=True):
            p.grad = torch.tensor(g)
        clip_grad_norm_(params, limit)
        out = {f"clipped {k}": p.grad.numpy() for k, p in zip(grads, params, strict=True)}
        yield f"clip {name}", grads | out | {"limit": np.array(limit)}


def losses() -> Iterator[tuple[str, Arrays]]:
    """``CrossEntropyLoss`` with padding left out by ``ignore_index``: loss and its gradient."""
    rng = np.random.default_rng(2)
    z, y = rng.normal(size=(T, N_Y, M)), rng.integers(N_Y, size=(T, M))
    mask = np.arange(T)[:, None] < np.array(LENGTHS)
    scores = torch.tensor(z, requires_grad=True)
    target = torch.tensor(np.where(mask, y, -100))
    loss = torch.nn.CrossEntropyLoss()(scores, target)  # classes on the second axis, as here
    loss.backward()
    found = {"loss": loss.detach().numpy(), "dz": scores.grad.numpy()}
    yield "cross-entropy", {"z": z, "y": y, "mask": mask} | found


def dropped() -> Iterator[tuple[str, Arrays]]:
    """Where ``nn.LSTM(dropout=1)`` drops: between the layers, and not behind the last.

    With all dropped, the second layer reads zeros, and the outputs do not depend on x.
    """
    cell = drawn(torch.nn.LSTM(N_X, N_A, num_layers=2, dropout=1.0))
    with torch.no_grad():
        first, _ = cell(torch.ones(T, 1, N_X).double())
        other, _ = cell(-torch.ones(T, 1, N_X).double())
        kept = torch.nn.Dropout(0.25)(torch.ones(1000).double())
    yield (
        "dropout",
        {"first": first.numpy(), "other": other.numpy(), "values": np.unique(kept.numpy())},
    )


def main() -> None:
    torch.manual_seed(1)
    x = np.random.default_rng(0).normal(size=(T, N_X, M))
    numbers = {"x": x, "lengths": np.array(LENGTHS)}
    for cases in (padded(x), embedded(), clipped(), losses(), dropped()):
        for kind, arrays in cases:
            numbers |= {f"{kind}/{key}": value for key, value in arrays.items()}
    np.savez_compressed(TARGET, **numbers)


if __name__ == "__main__":
    main()
