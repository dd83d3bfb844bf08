"""What ``docs/pytorch.md`` says of PyTorch, against numbers that PyTorch gave."""

from pathlib import Path

import numpy as np
import pytest

from rnn_helpers import exchange
from rnn_helpers.cells import GRUCell
from rnn_helpers.embedding import Embedded
from rnn_helpers.losses import cross_entropy
from rnn_helpers.optimizers import clip_by_norm

NUMBERS = np.load(Path(__file__).parent / "reference" / "pytorch_conventions.npz")


def of(kind: str) -> dict[str, np.ndarray]:
    return {k.partition("/")[2]: NUMBERS[k] for k in NUMBERS.files if k.startswith(f"{kind}/")}


def test_a_mask_does_what_a_packed_sequence_does():
    given, x, lengths = of("padded"), NUMBERS["x"], NUMBERS["lengths"]
    cell = exchange.from_pytorch(given)
    mask = np.arange(len(x))[:, None] < lengths
    a, tape = cell.forward(x, mask=mask)
    kept = np.where(mask[:, None], a, 0)
    np.testing.assert_allclose(kept, given["a"].transpose(0, 2, 1), rtol=0, atol=1e-12)
    for found, expected in zip(tape.state, (given["h"], given["c"]), strict=True):
        np.testing.assert_allclose(found, expected[0].T, rtol=0, atol=1e-12)


def test_batch_first_only_lays_the_same_numbers_out_another_way():
    given, x = of("padded"), NUMBERS["x"]
    a, _ = exchange.from_pytorch(given).forward(x)
    np.testing.assert_allclose(a, given["time_first"].transpose(0, 2, 1), rtol=0, atol=1e-12)
    np.testing.assert_allclose(a, given["batch_first"].transpose(1, 2, 0), rtol=0, atol=1e-12)


def test_an_embedding_is_our_matrix_turned():
    given = of("embedding")
    cell = Embedded(GRUCell(3, 2, rng=0), 7, rng=0)
    cell.params["E"][...] = given["weight"].T
    np.testing.assert_array_equal(cell.looked_up(given["tokens"]), given["out"].transpose(0, 2, 1))


@pytest.mark.parametrize("kind", ["clip long", "clip short"])
def test_clipping_by_norm_is_theirs_but_for_a_millionth(kind):
    given = of(kind)
    ours = clip_by_norm({"W": given["W"], "b": given["b"]}, float(given["limit"]))
    for name, value in ours.items():
        np.testing.assert_allclose(value, given[f"clipped {name}"], rtol=1e-6)


def test_a_mask_in_the_loss_is_an_ignored_index():
    given = of("cross-entropy")
    loss, dz = cross_entropy(given["z"], given["y"], given["mask"])
    np.testing.assert_allclose(loss, given["loss"], rtol=1e-12)
    np.testing.assert_allclose(dz, given["dz"], rtol=0, atol=1e-14)


def test_their_dropout_stands_between_the_layers_and_scales_what_is_kept():
    given = of("dropout")
    np.testing.assert_array_equal(given["first"], given["other"])
    assert given["first"].any()
    np.testing.assert_allclose(given["values"], [0, 1 / 0.75])
