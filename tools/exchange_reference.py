"""Write the numbers that PyTorch, Keras and ONNX give with weights of their own.

The numbers are in the repository, so the tests need none of the three. To make them again::

    pip install torch==2.13.0 keras onnx
    python tools/exchange_reference.py

Every format draws its own weights, reads the same x, (T, n_x, m) as the course lays it out, and
writes the states a, (T, n_a, m). The second bias of a GRU's candidate is set to 0 where it stands
inside the reset: the course's cell has none there.
"""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import onnx
import torch
from onnx.reference import ReferenceEvaluator

TARGET = Path(__file__).parent.parent / "tests" / "reference" / "exchange_numbers.npz"
T, N_X, N_A, M = 5, 3, 4, 2
Arrays = dict[str, np.ndarray]


def from_pytorch(x: np.ndarray) -> Iterator[tuple[str, Arrays]]:
    """RNN with tanh and with ReLU, GRU and LSTM, all with both biases."""
    makes = {
        "rnn tanh": lambda: torch.nn.RNN(N_X, N_A),
        "rnn relu": lambda: torch.nn.RNN(N_X, N_A, nonlinearity="relu"),
        "gru": lambda: torch.nn.GRU(N_X, N_A),
        "lstm": lambda: torch.nn.LSTM(N_X, N_A),
    }
    for kind, make in makes.items():
        torch.manual_seed(1)
        cell = make().double()
        with torch.no_grad():
            for value in cell.parameters():
                value.normal_(0, 0.6)
            if kind == "gru":
                cell.bias_hh_l0[2 * N_A :] = 0
            a, _ = cell(torch.tensor(x).transpose(1, 2))
        arrays = {name: value.numpy() for name, value in cell.state_dict().items()}
        yield kind, arrays | {"a": a.transpose(1, 2).numpy()}


def from_keras(x: np.ndarray) -> Iterator[tuple[str, Arrays]]:
    """SimpleRNN, both forms of the GRU, and LSTM.

    SimpleRNN and the GRU that resets before the product come out in float32's precision, although
    all their weights and states are float64.
    """
    keras.config.set_floatx("float64")
    how = {"return_sequences": True}
    makes = {
        "rnn tanh": lambda: keras.layers.SimpleRNN(N_A, **how),
        "gru": lambda: keras.layers.GRU(N_A, **how),
        "gru before": lambda: keras.layers.GRU(N_A, reset_after=False, **how),
        "lstm": lambda: keras.layers.LSTM(N_A, **how),
    }
    rng = np.random.default_rng(2)
    for kind, make in makes.items():
        layer = make()
        layer.build((M, T, N_X))
        weights = [rng.normal(0, 0.6, w.shape) for w in layer.get_weights()]
        if kind == "gru":
            weights[2][1, 2 * N_A :] = 0
        layer.set_weights(weights)
        a = keras.ops.convert_to_numpy(layer(x.transpose(2, 0, 1)))  # (m, T, n_a)
        yield kind, {f"{i}": w for i, w in enumerate(weights)} | {"a": a.transpose(1, 2, 0)}


def from_onnx(x: np.ndarray) -> Iterator[tuple[str, Arrays]]:
    """RNN, both forms of the GRU, and LSTM, by ONNX's reference evaluator."""
    rng = np.random.default_rng(3)
    kinds = {
        "rnn tanh": ("RNN", 1, {}),
        "gru": ("GRU", 3, {"linear_before_reset": 1}),
        "gru before": ("GRU", 3, {"linear_before_reset": 0}),
        "lstm": ("LSTM", 4, {}),
    }
    for kind, (op, gates, how) in kinds.items():
        rows = gates * N_A
        arrays = {"W": (1, rows, N_X), "R": (1, rows, N_A), "B": (1, 2 * rows)}
        arrays = {name: rng.normal(0, 0.6, shape) for name, shape in arrays.items()}
        if kind == "gru":
            arrays["B"][0, rows + 2 * N_A :] = 0
        node = onnx.helper.make_node(op, ["X", "W", "R", "B"], ["Y"], hidden_size=N_A, **how)
        doubles = onnx.TensorProto.DOUBLE
        given = [
            onnx.helper.make_tensor_value_info(name, doubles, None) for name in ("X", "W", "R", "B")
        ]
        out = onnx.helper.make_tensor_value_info("Y", doubles, None)
        graph = onnx.helper.make_graph([node], kind.replace(" ", "_"), given, [out])
        model = onnx.helper.make_model(graph)
        (Y,) = ReferenceEvaluator(model).run(None, {"X": x.transpose(0, 2, 1)} | arrays)
        yield kind, arrays | {"a": Y[:, 0].transpose(0, 2, 1)}  # Y is (T, directions, m, n_a)


def main() -> None:
    x = np.random.default_rng(0).normal(size=(T, N_X, M))
    numbers = {"x": x}
    for name, cases in {"PyTorch": from_pytorch, "Keras": from_keras, "ONNX": from_onnx}.items():
        for kind, arrays in cases(x):
            numbers |= {f"{name}/{kind}/{key}": value for key, value in arrays.items()}
    np.savez_compressed(TARGET, **numbers)
    versions = {"torch": torch.__version__, "keras": keras.__version__, "onnx": onnx.__version__}
    print(f"{len(numbers)} arrays in {TARGET.name}, by {versions}")


if __name__ == "__main__":
    main()
