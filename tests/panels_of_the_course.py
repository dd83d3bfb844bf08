"""The panels of the course, each made with small networks in the place of trained ones.

A panel is a function without arguments, or one that takes parameters, in a file of
``rnn_helpers/lessons``. A new one is found here by itself.
"""

import importlib
import inspect

import numpy as np
import sequence_networks

from rnn_helpers import data
from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell
from rnn_helpers.course import gates
from rnn_helpers.course.map import NOTEBOOKS
from rnn_helpers.course.panel import Panel
from rnn_helpers.data import names_in_text
from rnn_helpers.dense import DenseModel
from rnn_helpers.experiments import failures
from rnn_helpers.experiments.text import Copies
from rnn_helpers.models import Model, SequenceModel
from rnn_helpers.stacks import TwoWay


def _small_network() -> dict[str, np.ndarray]:
    """Parameters like those of 03_backpropagation_through_time."""
    rng, n_a = np.random.default_rng(5), 4
    shapes = {"Waa": (n_a, n_a), "Wax": (n_a, 27), "ba": (n_a, 1), "Wya": (1, n_a), "by": (1, 1)}
    return {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}


def _short_runs() -> dict[str, failures.Run]:
    """Runs like those of 04_training, of a few steps each."""
    names = [data.to_tokens(name) for name in data.dinosaurs()[:100]]
    train_on, held_out = names[10:], names[:10]
    return {
        name: failures.run_recipe(name, train_on, held_out, steps=30) for name in failures.RECIPES
    }


def _gated_model() -> SequenceModel:
    """A model of names like those of 06_gru and 07_lstm, untrained."""
    return SequenceModel(LSTMCell(27, 6, rng=5), 27, rng=5)


def _dense_and_recurrent() -> dict[str, Model]:
    """A dense and a recurrent network like those of 01_why_sequences, untrained."""
    recurrent = SequenceModel(GRUCell(8, 5, rng=5), 2, rng=5, read="last")
    return {"dense": DenseModel(16, 8, 4, 2, rng=5), "recurrent": recurrent}


def _readers_one_and_two_way() -> dict[str, SequenceModel]:
    """Taggers like those of 11_bidirectional_and_deep, untrained."""
    n_x = len(names_in_text.WORDS)
    two_way = TwoWay(RNNCell(n_x, 3, rng=5), RNNCell(n_x, 3, rng=6))
    one_way = RNNCell(n_x, 6, rng=5)
    return {
        "one-way": SequenceModel(one_way, 2, rng=5),
        "two-way": SequenceModel(two_way, 2, rng=5),
    }


CHARACTERS = "\n" + "".join(map(chr, range(32, 127)))


def _text_model() -> SequenceModel:
    """A model of running text like that of 08_sampling, untrained."""
    return SequenceModel(GRUCell(len(CHARACTERS), 6, rng=5), len(CHARACTERS), rng=5)


ARGUMENTS = {
    "alphabet": lambda: CHARACTERS,
    "content": lambda: data.language_reference()[:3000],
    "copies": lambda: Copies(data.language_reference()[:9000]),
    "model": _gated_model,
    "networks": _dense_and_recurrent,
    "params": _small_network,
    "pass_seconds": lambda: {"GRU 64": 0.3, "GRU 128": 1.1, "LSTM 128": 40.0},
    "passage": lambda: data.language_reference()[:3000],
    "reader": _text_model,
    "readers": _readers_one_and_two_way,
    "real": lambda: data.language_reference()[9000:10_000],
    "runs": _short_runs,
    "samples": lambda: [data.language_reference()[k : k + 400] for k in (8900, 9500, 20_000)],
    **sequence_networks.ARGUMENTS,
}  # what a panel may ask for, by the name of its argument


def factories() -> dict[str, object]:
    """Return "file.function" and the function, for every function annotated to return a Panel."""
    panels_by_name = {}
    lessons = {
        notebook.lesson: importlib.import_module(f"rnn_helpers.lessons.{notebook.lesson}.panels")
        for notebook in NOTEBOOKS
    }
    for lesson, content in {**lessons, "gates": gates}.items():
        for name, function in inspect.getmembers(content, inspect.isfunction):
            own = function.__module__ == content.__name__ and not name.startswith("_")
            if own and inspect.signature(function).return_annotation is Panel:
                panels_by_name[f"{lesson}.{name}"] = function
    return panels_by_name


FACTORIES = factories()


def make(name: str) -> Panel:
    function = FACTORIES[name]
    asked = [
        argument.name
        for argument in inspect.signature(function).parameters.values()
        if argument.default is argument.empty
    ]
    return function(**{argument: ARGUMENTS[argument]() for argument in asked})
