"""A right call of every public function, for ``test_bad_input``, and what each parameter takes.

``CALLS`` makes the function and its arguments anew for every call. ``TAKES`` says which of the
values of ``test_bad_input.BAD`` a parameter takes: none, unless its name stands here.
``WHATEVER`` holds the parameters that are not tried, with the reason.
"""

from __future__ import annotations

import atexit
import datetime
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rnn_helpers import (
    activations,
    attention,
    audio,
    data,
    dropout,
    exchange,
    gradients,
    losses,
    optimizers,
    sampling,
    scan,
    self_attention,
    training,
)
from rnn_helpers.attention import AttentiveDecoder, AttentiveTranslator
from rnn_helpers.cells import Cell, GRUCell, LSTMCell, RNNCell, identity, orthogonal, scaled_uniform
from rnn_helpers.data import (
    dates,
    melodies,
    names_in_text,
    own_text,
    phrases,
    stored,
    tasks,
    words,
)
from rnn_helpers.dense import DenseModel
from rnn_helpers.dropout import Dropout
from rnn_helpers.embedding import Embedded
from rnn_helpers.experiments import (
    at_once,
    cliff,
    counting,
    dense_and_recurrent,
    directions,
    failures,
    gates,
    letter_counts,
    looking_back,
    memory,
    parallel,
    reader,
    sentences,
    text,
    translation,
    units,
    vanishing,
    vowels,
    wirings,
)
from rnn_helpers.models import Batch, EncoderDecoder, SequenceModel
from rnn_helpers.optimizers import SGD, Adam
from rnn_helpers.scan import LinearCell
from rnn_helpers.self_attention import SelfAttention
from rnn_helpers.skip import SkipCell
from rnn_helpers.stacks import Stacked, TwoWay

FOLDER = tempfile.mkdtemp(prefix="bad-input-")  # what the calls below read and write
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

N_X, N_A, T, M = 4, 3, 2, 5
Call = Callable[[], tuple[Callable, dict[str, Any]]]

# ---- what the calls are made of --------------------------------------------------------------


def rnn(seed: int = 0, n_x: int = N_X) -> RNNCell:
    return RNNCell(n_x, N_A, rng=seed)


def lstm() -> LSTMCell:
    return LSTMCell(N_X, N_A, rng=0)


def stacked() -> Stacked:
    return Stacked([rnn(), rnn(1, N_A)])


def two_way() -> TwoWay:
    return TwoWay(rnn(), rnn(1))


def model(cell: Cell | None = None) -> SequenceModel:
    return SequenceModel(cell or rnn(), N_X, rng=1)


def letters() -> SequenceModel:
    return SequenceModel(RNNCell(27, N_A, rng=0), 27, rng=1)


def translator() -> EncoderDecoder:
    return EncoderDecoder(rnn(), model(rnn(1)))


def dates_translator() -> EncoderDecoder:
    decoder = SequenceModel(RNNCell(len(dates.ISO_ALPHABET), N_A, rng=1), 12, rng=1)
    return EncoderDecoder(RNNCell(len(dates.WRITTEN_ALPHABET), N_A, rng=0), decoder)


def attentive_decoder() -> AttentiveDecoder:
    return AttentiveDecoder(rnn(1), N_X, rng=1)


def attentive() -> AttentiveTranslator:
    return AttentiveTranslator(rnn(), attentive_decoder())


def dropped() -> SequenceModel:
    return model(Dropout(rnn(), outputs=0.5, rng=0))


def dense() -> DenseModel:
    return DenseModel(T, N_X, N_A, N_X, rng=0)


def tokens() -> np.ndarray:
    return np.arange(T * M).reshape(T, M) % N_X


def floats(n: int = N_X) -> np.ndarray:
    return np.linspace(-1, 1, T * n * M).reshape(T, n, M)


def mask() -> np.ndarray:
    return np.ones((T, M), bool)


def batch() -> Batch:
    return Batch(tokens(), tokens(), mask(), x_mask=mask())


def params() -> dict[str, np.ndarray]:
    return {"W": np.ones((2, 3)), "b": np.ones((2, 1))}


def loss_of(some: dict[str, np.ndarray]) -> float:
    return sum((value**2).sum() for value in some.values())


def names() -> list[np.ndarray]:
    return [np.array([1, 2, 3]), np.array([2, 1]), np.array([3, 3, 1])]


def saved(kept: SequenceModel) -> Path:
    path = Path(tempfile.mkdtemp(dir=FOLDER)) / "kept.npz"
    kept.save(path)
    return path


def forward(call: Cell) -> Call:
    given = {"x": floats(), "state": None, "mask": mask()}
    return lambda: (call.forward, dict(given))


def backward(make: Callable[[], Cell]) -> Call:
    def good() -> tuple[Callable, dict[str, Any]]:
        cell = make()
        a, tape = cell.forward(floats() if not isinstance(cell, Embedded) else tokens())
        return cell.backward, {"da": a, "tape": tape, "dstate": None}

    return good


def backward_of(make: Callable[[], Any], *given: Any, **more: Any) -> Call:
    def good() -> tuple[Callable, dict[str, Any]]:
        kept = make()
        z, tape = kept.forward(*given)
        return kept.backward, {"dz": z, "tape": tape} | more

    return good


def of_cell(make: Callable, **more: Any) -> Call:
    return lambda: (make, {"n_x": N_X, "n_a": N_A, "rng": 0, "dtype": np.float64} | more)


def lam_and_u(call: Callable, **more: Any) -> Call:
    return lambda: (call, {"lam": floats(), "u": floats(), "start": None} | more)


def attended() -> tuple[np.ndarray, ...]:
    a, kept = floats(N_A), floats(N_A)
    return floats(N_A), a, kept, attention.attend(a, kept)[1]


def recall() -> memory.Task:
    return memory.TASKS["recall"]


def recaller() -> SequenceModel:
    return memory.build_model("tanh", recall(), N_A, np.random.default_rng(0))


def tune() -> melodies.Melody:
    return melodies.in_one_key()[0]


def notes(count: int = 12) -> np.ndarray:
    return melodies.to_note_tokens(tune())[:count]


def block() -> SelfAttention:
    return SelfAttention(N_X, N_A, N_X, rng=0)


def looking() -> AttentiveTranslator:
    return looking_back.build_translator(11, 11, N_A, True, 0)


def vocabulary() -> own_text.Vocabulary:
    return own_text.Vocabulary("abc")


def settings() -> reader.Settings:
    return reader.Settings(n_a=2, T=2, m=2)


def text_model() -> SequenceModel:
    return reader.new_model(settings(), len(vocabulary()))


def kept_text() -> tuple[Path, str]:
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    reader.keep(folder, "mine", text_model(), vocabulary(), settings())
    return folder, "mine"


def file_of_text() -> Path:
    path = Path(tempfile.mkdtemp(dir=FOLDER)) / "text.txt"
    path.write_text("a line of text\n" * 2000, encoding="utf-8")
    return path


def counts() -> letter_counts.TextCounts:
    return letter_counts.TextCounts(np.arange(9) % 3, np.arange(9) % 3, 3, most=2)


def history() -> training.History:
    some = reader.fit(text_model(), settings(), np.arange(60) % 4, 11, np.arange(60) % 4)
    return some


REST = np.array([[0.1], [0.2]])
START = ("orthogonal", "identity")[0]

# ---- the calls -------------------------------------------------------------------------------

CALLS: dict[str, Call] = {
    "self_attention.places": lambda: (self_attention.places, {"T": 3, "n": 4}),
    "self_attention.SelfAttention": lambda: (
        SelfAttention,
        {"n_x": N_X, "n_a": N_A, "n_y": 2, "order": True, "rng": 0, "dtype": np.float64},
    ),
    "self_attention.SelfAttention.forward": lambda: (
        block().forward,
        {"x": tokens(), "state": None, "mask": None},
    ),
    "self_attention.SelfAttention.read_batch": lambda: (
        block().read_batch,
        {"batch": Batch(tokens(), tokens(), mask()), "state": None},
    ),
    "self_attention.SelfAttention.backward": backward_of(block, tokens()),
    "experiments.looking_back.build_translator": lambda: (
        looking_back.build_translator,
        {"n_x": 3, "n_y": 3, "n_a": 2, "attentive": True, "rng": 0},
    ),
    "experiments.looking_back.rows_right": lambda: (
        looking_back.rows_right,
        {"model": looking(), "length": 2, "m": 3},
    ),
    "experiments.looking_back.date_batch": lambda: (
        looking_back.date_batch,
        {"pairs": dates.dates(2, 0)},
    ),
    "experiments.looking_back.dates_right": lambda: (
        looking_back.dates_right,
        {"model": dates_translator(), "pairs": dates.dates(2, 0)},
    ),
    "experiments.looking_back.digits": lambda: (looking_back.digits, {"lengths": (1, 2)}),
    "experiments.looking_back.look": lambda: (
        looking_back.look,
        {"model": looking(), "x": np.array([1, 2]), "longest": 3},
    ),
    "experiments.looking_back.looked_right": lambda: (
        looking_back.looked_right,
        {"model": looking(), "length": 2, "m": 3},
    ),
    "experiments.at_once.alike_batch": lambda: (
        at_once.alike_batch,
        {"rng": 0, "lag": 3, "m": 2},
    ),
    "experiments.at_once.build": lambda: (
        at_once.build,
        {"name": "GRU", "n_x": 2, "n_y": 2, "rng": 0, "weights": 100},
    ),
    "experiments.reader.Settings": lambda: (
        reader.Settings,
        {"cell": "GRU", "n_a": 2, "T": 2, "m": 2, "learning_rate": 0.1, "clip": 1.0}
        | {"dropout": 0.0, "seed": 1},
    ),
    "experiments.reader.new_model": lambda: (
        reader.new_model,
        {"settings": settings(), "n_y": 4},
    ),
    "experiments.reader.fit": lambda: (
        reader.fit,
        {"model": text_model(), "settings": settings(), "reading": np.arange(60) % 4}
        | {"steps": 1, "validation": None, "watch": None},
    ),
    "experiments.reader.seconds_a_step": lambda: (
        reader.seconds_a_step,
        {"settings": settings(), "tokens": np.arange(60) % 4, "n_y": 4, "steps": 1},
    ),
    "experiments.reader.steps_in": lambda: (reader.steps_in, {"minutes": 1, "seconds": 0.5}),
    "experiments.reader.held_out_batch": lambda: (
        reader.held_out_batch,
        {"tokens": np.arange(60) % 4, "n_y": 4},
    ),
    "experiments.reader.character_losses": lambda: (
        reader.character_losses,
        {"model": text_model(), "tokens": np.arange(60) % 4, "m": 2},
    ),
    "experiments.reader.bits_per_character": lambda: (
        reader.bits_per_character,
        {"losses": np.ones(3), "unknown": np.zeros(3), "others": 2.0},
    ),
    "experiments.reader.gain": lambda: (
        reader.gain,
        {"losses": np.ones(9), "rival": np.ones(9), "stretches": 3},
    ),
    "experiments.reader.verdict": lambda: (
        reader.verdict,
        {"gained": reader.Gain(-1.0, 0.1), "history": history(), "rival": "counting"},
    ),
    "experiments.reader.repeat": lambda: (
        reader.repeat,
        {"content": "one two three\n" * 60, "settings": settings(), "steps": 1}
        | {"split_seed": 0, "at_least": 1},
    ),
    "experiments.reader.write": lambda: (
        reader.write,
        {"model": text_model(), "vocabulary": vocabulary(), "prompt": "a", "length": 2}
        | {"rng": 0, "temperature": 1.0},
    ),
    "experiments.reader.keep": lambda: (
        reader.keep,
        {"folder": tempfile.mkdtemp(dir=FOLDER), "name": "mine", "model": text_model()}
        | {"vocabulary": vocabulary(), "settings": settings()},
    ),
    "experiments.reader.fetch": lambda: (
        reader.fetch,
        dict(zip(("folder", "name"), kept_text(), strict=True)),
    ),
    "data.own_text.read": lambda: (
        own_text.read,
        {"path": file_of_text(), "encoding": "utf-8", "megabytes": 0.02},
    ),
    "data.own_text.decode": lambda: (
        own_text.decode,
        {"raw": b"a line of text\n" * 2000, "name": "text", "encoding": "utf-8", "whole": True},
    ),
    "data.own_text.there": lambda: (own_text.there, {"name": "tunes"}),
    "data.own_text.likely_encoding": lambda: (own_text.likely_encoding, {"raw": b"text"}),
    "data.own_text.Vocabulary": lambda: (own_text.Vocabulary, {"characters": "ab"}),
    "data.own_text.Vocabulary.to_tokens": lambda: (vocabulary().to_tokens, {"content": "abz"}),
    "data.own_text.Vocabulary.to_text": lambda: (vocabulary().to_text, {"tokens": [0, 1]}),
    "data.own_text.split": lambda: (
        own_text.split,
        {"content": "one two\n" * 60, "rng": 0, "blocks": 10, "held_out": 2},
    ),
    "data.own_text.distinct": lambda: (own_text.distinct, {"content": "a\na"}),
    "experiments.letter_counts.TextCounts": lambda: (
        letter_counts.TextCounts,
        {"reading": np.arange(9) % 3, "asked": np.arange(9) % 3, "n_y": 3, "most": 2},
    ),
    "experiments.letter_counts.TextCounts.losses": lambda: (
        counts().losses,
        {"letters": 1, "strength": 2.0},
    ),
    "experiments.letter_counts.TextCounts.best": lambda: (
        counts().best,
        {"letters": 1, "strengths": (1, 2)},
    ),
    "experiments.text.Copies": lambda: (text.Copies, {"reading": "one two"}),
    "experiments.text.Copies.covered": lambda: (
        text.Copies("one two").covered,
        {"text": "one", "n": 2},
    ),
    "experiments.text.Copies.found": lambda: (
        text.Copies("one two").found,
        {"text": "one", "n": 2},
    ),
    "experiments.text.Copies.longest": lambda: (
        text.Copies("one two").longest,
        {"text": "one"},
    ),
    "data.stored.trial": lambda: (stored.trial, {"name": next(iter(stored._read("trials.json")))}),
    "activations.sigmoid": lambda: (activations.sigmoid, {"z": floats(), "out": None}),
    "activations.softmax": lambda: (activations.softmax, {"z": floats()}),
    "activations.relu": lambda: (activations.relu, {"z": floats(), "out": None}),
    "activations.tanh_slope": lambda: (activations.tanh_slope, {"a": floats()}),
    "activations.relu_slope": lambda: (activations.relu_slope, {"a": floats()}),
    "attention.attend": lambda: (
        attention.attend,
        {
            "a": floats(N_A),
            "memory": floats(N_A),
            "mask": mask(),
            "values": floats(N_A),
            "causal": False,
        },
    ),
    "attention.attend_backward": lambda: (
        attention.attend_backward,
        dict(zip(("dcontext", "a", "memory", "weights"), attended())) | {"values": floats(N_A)},
    ),
    "attention.AttentiveDecoder": lambda: (AttentiveDecoder, {"cell": rnn(), "n_y": N_X, "rng": 0}),
    "attention.AttentiveDecoder.forward": lambda: (
        attentive_decoder().forward,
        {"x": tokens(), "state": attentive().encoded(tokens())},
    ),
    "attention.AttentiveDecoder.backward": backward_of(
        attentive_decoder, tokens(), attentive().encoded(tokens())
    ),
    "attention.AttentiveDecoder.step": lambda: (
        attentive_decoder().step,
        {"x_t": tokens()[0], "state": attentive().encoded(tokens())},
    ),
    "attention.AttentiveTranslator": lambda: (
        AttentiveTranslator,
        {"encoder": rnn(), "decoder": attentive_decoder(), "start": 0},
    ),
    "attention.AttentiveTranslator.encoded": lambda: (
        attentive().encoded,
        {"x": tokens(), "x_mask": mask()},
    ),
    "attention.AttentiveTranslator.forward": lambda: (
        attentive().forward,
        {"x": tokens(), "y": tokens(), "x_mask": mask()},
    ),
    "attention.AttentiveTranslator.backward": backward_of(attentive, tokens(), tokens()),
    "audio.frequency": lambda: (audio.frequency, {"pitch": 69}),
    "audio.tone": lambda: (audio.tone, {"frequency": 440, "seconds": 0.01, "rate": 2000}),
    "audio.render": lambda: (
        audio.render,
        {"notes": [(60, 1)], "beats_per_minute": 600, "rate": 2000, "level": 0.5},
    ),
    "audio.wav_bytes": lambda: (audio.wav_bytes, {"samples": np.zeros(3), "rate": 2000}),
    "cells.scaled_uniform": lambda: (scaled_uniform, {"n_out": 2, "n_in": 3, "rng": 0}),
    "cells.orthogonal": lambda: (orthogonal, {"n": 2, "rng": 0}),
    "cells.identity": lambda: (identity, {"n": 2, "rng": 0}),
    "cells.Cell": of_cell(Cell, recurrent_start=START),
    "cells.Cell.block": lambda: (rnn().block, {"name": "state"}),
    "cells.Cell.zero_state": lambda: (rnn().zero_state, {"m": M}),
    "cells.Cell.step": lambda: (rnn().step, {"x_t": floats()[0], "state": None}),
    "cells.RNNCell": of_cell(RNNCell, recurrent_start=START, activation="tanh"),
    "cells.RNNCell.forward": forward(rnn()),
    "cells.RNNCell.backward": backward(rnn),
    "cells.GRUCell": of_cell(GRUCell, recurrent_start=START, reset="before", update_bias=0.0),
    "cells.GRUCell.forward": forward(GRUCell(N_X, N_A, rng=0)),
    "cells.GRUCell.backward": backward(lambda: GRUCell(N_X, N_A, rng=0)),
    "cells.LSTMCell": of_cell(LSTMCell, recurrent_start=START, forget_bias=1.0),
    "cells.LSTMCell.zero_state": lambda: (lstm().zero_state, {"m": M}),
    "cells.LSTMCell.forward": forward(lstm()),
    "cells.LSTMCell.backward": backward(lstm),
    "data.split": lambda: (data.split, {"items": [1, 2, 3], "held_out": 2, "rng": 0}),
    "data.to_tokens": lambda: (data.to_tokens, {"text": "abc", "alphabet": data.ALPHABET}),
    "data.to_text": lambda: (data.to_text, {"tokens": [1, 2], "alphabet": data.ALPHABET}),
    "data.one_hot": lambda: (data.one_hot, {"tokens": tokens(), "n_x": N_X}),
    "data.dates.dates": lambda: (dates.dates, {"count": 2, "rng": 0}),
    "data.dates.written": lambda: (
        dates.written,
        {"date": datetime.date(2001, 2, 3), "spelling": "standard"},
    ),
    "data.dates.parse": lambda: (dates.parse, {"iso": "2001-02-03"}),
    "data.melodies.pitch_of": lambda: (melodies.pitch_of, {"name": "A4"}),
    "data.melodies.read_notes": lambda: (melodies.read_notes, {"text": "C4 r:.5"}),
    "data.melodies.write_notes": lambda: (melodies.write_notes, {"notes": [(60, 1), (None, 0.5)]}),
    "data.melodies.transposed": lambda: (melodies.transposed, {"melody": tune(), "semitones": 2}),
    "data.melodies.on_white_keys": lambda: (melodies.on_white_keys, {"melody": tune()}),
    "data.melodies.to_note_tokens": lambda: (melodies.to_note_tokens, {"melody": tune()}),
    "data.melodies.to_notes": lambda: (melodies.to_notes, {"tokens": notes()}),
    "data.melodies.bar_line_share": lambda: (
        melodies.bar_line_share,
        {"notes": tune().notes, "beats": 4},
    ),
    "data.melodies.copied_share": lambda: (
        melodies.copied_share,
        {"tokens": notes(), "tunes": [notes()], "n": 3},
    ),
    "data.melodies.copied_windows": lambda: (
        melodies.copied_windows,
        {"tokens": notes(), "tunes": [notes()], "n": 3},
    ),
    "data.melodies.copied_notes": lambda: (
        melodies.copied_notes,
        {"tokens": notes(), "tunes": [notes()], "n": 3},
    ),
    "data.names_in_text.tagged": lambda: (
        names_in_text.tagged,
        {"count": 5, "rng": 0, "kind": "plain"},
    ),
    "data.names_in_text.to_tokens": lambda: (names_in_text.to_tokens, {"words": ["teddy"]}),
    "data.names_in_text.sentences": lambda: (
        names_in_text.sentences,
        {"kind": "plain", "person": True},
    ),
    "data.phrases.phrases": lambda: (phrases.phrases, {"count": 2, "rng": 0}),
    "data.phrases.to_tokens": lambda: (phrases.to_tokens, {"words": ["film"]}),
    "data.phrases.twin_share": lambda: (phrases.twin_share, {"examples": [(("a", "b"), 1)]}),
    "data.phrases.bag_limit": lambda: (phrases.bag_limit, {"examples": [(("a", "b"), 1)]}),
    "data.stored.pytorch_numbers": lambda: (stored.pytorch_numbers, {"kind": "GRU"}),
    "data.tasks.recall_batch": lambda: (tasks.recall_batch, {"rng": 0, "lag": 3, "m": 2}),
    "data.tasks.adding_batch": lambda: (tasks.adding_batch, {"rng": 0, "lag": 3, "m": 2}),
    "data.tasks.pair_batch": lambda: (
        tasks.pair_batch,
        {"rng": 0, "T": 4, "starts": [1, 2], "m": 2},
    ),
    "data.tasks.parity_batch": lambda: (tasks.parity_batch, {"rng": 0, "T": 3, "m": 2}),
    "data.tasks.repeat_batch": lambda: (
        tasks.repeat_batch,
        {"rng": 0, "shortest": 1, "longest": 3, "m": 2},
    ),
    "data.words.words_of": lambda: (words.words_of, {"sentence": "He said"}),
    "data.words.tokens_of": lambda: (words.tokens_of, {"words": ["b"], "vocabulary": ("a", "b")}),
    "dense.DenseModel": lambda: (
        DenseModel,
        {"T": T, "n_x": N_X, "n_a": N_A, "n_y": 2, "rng": 0, "dtype": np.float64},
    ),
    "dense.DenseModel.forward": lambda: (dense().forward, {"x": tokens()}),
    "dense.DenseModel.read_batch": lambda: (dense().read_batch, {"batch": batch(), "state": None}),
    "dense.DenseModel.backward": backward_of(dense, tokens()),
    "dropout.Dropout": lambda: (
        Dropout,
        {"cell": rnn(), "outputs": 0.5, "inputs": 0.5, "same_mask": True, "rng": 0},
    ),
    "dropout.Dropout.zero_state": lambda: (dropped().cell.zero_state, {"m": M}),
    "dropout.Dropout.step": lambda: (dropped().cell.step, {"x_t": floats()[0], "state": None}),
    "dropout.Dropout.forward": forward(dropped().cell),
    "dropout.Dropout.backward": backward(lambda: dropped().cell),
    "dropout.drop_next": lambda: (dropout.drop_next, {"model": dropped()}),
    "dropout.dropping": lambda: (
        lambda model, batches: list(dropout.dropping(model, batches)),
        {"model": dropped(), "batches": [batch()]},
    ),
    "embedding.Embedded": lambda: (Embedded, {"cell": rnn(), "n_x": 6, "rng": 0}),
    "embedding.Embedded.zero_state": lambda: (Embedded(rnn(), 6, rng=0).zero_state, {"m": M}),
    "embedding.Embedded.forward": lambda: (
        Embedded(rnn(), 6, rng=0).forward,
        {"x": tokens(), "state": None, "mask": mask()},
    ),
    "embedding.Embedded.backward": backward(lambda: Embedded(rnn(), 6, rng=0)),
    "exchange.to_pytorch": lambda: (exchange.to_pytorch, {"cell": lstm(), "layer": 0}),
    "exchange.from_pytorch": lambda: (
        exchange.from_pytorch,
        {
            "arrays": exchange.to_pytorch(rnn()),
            "layer": 0,
            "activation": "tanh",
            "dtype": np.float64,
        },
    ),
    "exchange.to_keras": lambda: (exchange.to_keras, {"cell": lstm()}),
    "exchange.from_keras": lambda: (
        exchange.from_keras,
        {"weights": exchange.to_keras(rnn()), "activation": "tanh", "dtype": np.float64},
    ),
    "exchange.to_onnx": lambda: (exchange.to_onnx, {"cell": lstm()}),
    "exchange.from_onnx": lambda: (
        exchange.from_onnx,
        {
            "arrays": exchange.to_onnx(rnn()),
            "linear_before_reset": 0,
            "activation": "tanh",
            "dtype": np.float64,
        },
    ),
    "experiments.cliff.edge": lambda: (cliff.edge, {"w": 1.5}),
    "experiments.cliff.unit_loss": lambda: (cliff.unit_loss, {"w": 1.5, "b": 0.1, "T": 3}),
    "experiments.cliff.unit_gradient": lambda: (cliff.unit_gradient, {"w": 1.5, "b": 0.1, "T": 3}),
    "experiments.cliff.steepest": lambda: (cliff.steepest, {"w": 1.5, "T": 2}),
    "experiments.cliff.angle": lambda: (cliff.angle, {"first": params(), "second": params()}),
    "experiments.counting.vowel_counter": lambda: (counting.vowel_counter, {"stage": "wire"}),
    "experiments.dense_and_recurrent.fitted": lambda: (
        dense_and_recurrent.fitted,
        {"lengths": np.array([1, 2]), "T": 3},
    ),
    "experiments.dense_and_recurrent.alike": lambda: (
        dense_and_recurrent.alike,
        {"names": ["ab", "ac"], "T": 1},
    ),
    "experiments.dense_and_recurrent.share_right": lambda: (
        dense_and_recurrent.share_right,
        {
            "model": SequenceModel(RNNCell(8, N_A, rng=0), 2, rng=0, read="last"),
            "T": 3,
            "start": 1,
            "m": 4,
        },
    ),
    "experiments.dense_and_recurrent.parameters_of": lambda: (
        dense_and_recurrent.parameters_of,
        {"T": 3, "n_x": 2, "n_a": 2, "n_y": 2},
    ),
    "experiments.directions.name_probabilities": lambda: (
        directions.name_probabilities,
        {"model": model(), "tokens": np.array([0, 1])},
    ),
    "experiments.directions.reading_order": lambda: (
        directions.reading_order,
        {"lengths": [1, 2], "T": 3, "whole_column": True},
    ),
    "experiments.directions.states_from_right": lambda: (
        directions.states_from_right,
        {"cell": rnn(), "sequences": names(), "T": 4, "whole_column": True},
    ),
    "experiments.directions.changed_by_padding": lambda: (
        directions.changed_by_padding,
        {"cell": rnn(), "sequences": names(), "T": 4, "whole_column": True},
    ),
    "experiments.directions.build_stack": lambda: (
        directions.build_stack,
        {"n_x": 2, "n_a": 2, "layers": 2, "both_ways": True, "rng": 0},
    ),
    "experiments.directions.influence": lambda: (
        directions.influence,
        {"cell": rnn(), "tokens": np.array([0, 1]), "late": 1, "from_right": True},
    ),
    "experiments.failures.run_recipe": lambda: (
        failures.run_recipe,
        {"name": "healthy", "names": names(), "held_out": names(), "steps": 1, "watch": None},
    ),
    "experiments.gates.first_letter_batch": lambda: (gates.first_letter_batch, {"names": names()}),
    "experiments.gates.share_right": lambda: (
        gates.share_right,
        {"model": model(), "names": names()},
    ),
    "experiments.gates.gate_names": lambda: (gates.gate_names, {"cell": lstm()}),
    "experiments.gates.with_gate_forced": lambda: (
        gates.with_gate_forced,
        {"network": lstm(), "gate": "update", "value": 0.5},
    ),
    "experiments.gates.clip_and_hold": lambda: (
        gates.clip_and_hold,
        {"cell": lstm(), "gate": "update", "max_norm": 1.0},
    ),
    "experiments.gates.read_name": lambda: (
        gates.read_name,
        {
            "model": SequenceModel(LSTMCell(27, N_A, rng=0), 27, rng=1),
            "name": "abc",
            "gate": "update",
            "value": 0.5,
            "steps": (1, 2),
        },
    ),
    "experiments.letter_counts.counting_loss": lambda: (
        letter_counts.counting_loss,
        {
            "names": names(),
            "held_out": names(),
            "letters": 2,
            "strength": 16,
            "n_y": 27,
            "end": 0,
        },
    ),
    "experiments.memory.learn": lambda: (
        memory.learn,
        {"model": recaller(), "task": recall(), "lag": 2, "steps": 1, "rng": 0}
        | {"learning_rate": 0.1, "m": 2, "watch": None, "until": None},
    ),
    "experiments.memory.score": lambda: (
        memory.score,
        {"model": recaller(), "task": recall(), "lag": 2, "rng": 0, "m": 2},
    ),
    "experiments.memory.is_solved": lambda: (
        memory.is_solved,
        {"model": recaller(), "task": recall(), "lag": 2, "rng": 0}
        | {"every": 2, "in_a_row": 2, "m": 2},
    ),
    "experiments.memory.build_model": lambda: (
        memory.build_model,
        {"name": "tanh", "task": recall(), "n_a": 2, "rng": 0},
    ),
    "experiments.memory.largest_within": lambda: (
        memory.largest_within,
        {"weights": 300, "name": "tanh", "task": recall()},
    ),
    "experiments.memory.furthest": lambda: (
        memory.furthest,
        {"results": stored.recall_results(), "task": "recall"},
    ),
    "experiments.parallel.waves": lambda: (parallel.waves, {"L": 2, "T": 3}),
    "experiments.parallel.scan_progress": lambda: (
        parallel.scan_progress,
        {"method": "loop", "T": 4, "lam": 0.5},
    ),
    "experiments.parallel.final_states": lambda: (
        parallel.final_states,
        {"progress": parallel.scan_progress("loop", 4, 0.5)},
    ),
    "experiments.parallel.after_steps": lambda: (
        parallel.after_steps,
        {"activation": "tanh", "steps": 2, "scale": 0.5, "n_a": 2},
    ),
    "experiments.parallel.straightness": lambda: (
        parallel.straightness,
        {"x": np.arange(3.0), "y": np.array([0.0, 1.0, 3.0])},
    ),
    "experiments.sentences.BagOfWords.after_each_word": lambda: (
        sentences.BagOfWords(np.ones((1, 4)), 0.0).after_each_word,
        {"tokens": np.array([0, 1])},
    ),
    "experiments.sentences.after_each_word": lambda: (
        sentences.after_each_word,
        {"model": model(), "tokens": np.array([0, 1])},
    ),
    "experiments.text.text_quality": lambda: (text.text_quality, {"text": "abcd", "reading": "a"}),
    "experiments.text.loop_length": lambda: (text.loop_length, {"text": "abcd"}),
    "experiments.translation.readable": lambda: (translation.readable, {"text": "3 May"}),
    "experiments.translation.translate_text": lambda: (
        translation.translate_text,
        {"model": dates_translator(), "text": "3 May"},
    ),
    "experiments.translation.translate_dates": lambda: (
        translation.translate_dates,
        {"model": dates_translator(), "pairs": dates.dates(2, 0)},
    ),
    "experiments.units.count_since": lambda: (
        units.count_since,
        {"mark": np.array([False, True]), "counted": np.array([1, 1])},
    ),
    "experiments.units.text_features": lambda: (units.text_features, {"text": "a (b)"}),
    "experiments.units.correlations": lambda: (
        units.correlations,
        {"a": floats()[0], "f": np.arange(4.0)},
    ),
    "experiments.units.slowest_first": lambda: (units.slowest_first, {"a": floats()[0]}),
    "experiments.units.read_holding": lambda: (
        units.read_holding,
        {"model": model(), "x": tokens(), "unit": 1, "values": np.zeros(N_A)},
    ),
    "experiments.vanishing.row_of_names": lambda: (vanishing.row_of_names, {"steps": 3}),
    "experiments.vanishing.random_letters": lambda: (
        vanishing.random_letters,
        {"steps": 3, "seed": 0},
    ),
    "experiments.vanishing.build_cell": lambda: (
        vanishing.build_cell,
        {"name": "GRU", "scale": 1.0, "d": 1, "gate_bias": 0.0},
    ),
    "experiments.vanishing.reach_of_all": lambda: (
        vanishing.reach_of_all,
        {"scale": 1.0, "d": 1, "gate_bias": 0.0, "text": "names"},
    ),
    "experiments.vanishing.recurrent_numbers": lambda: (
        vanishing.recurrent_numbers,
        {"name": "tanh", "scale": 1.0, "text": "names"},
    ),
    "experiments.vanishing.norm": lambda: (vanishing.norm, {"W": np.ones((2, 3))}),
    "experiments.vanishing.spectral_radius": lambda: (
        vanishing.spectral_radius,
        {"W": np.ones((2, 2))},
    ),
    "experiments.vanishing.resting_bias": lambda: (
        vanishing.resting_bias,
        {"Waa": np.ones((2, 2)), "rest": REST},
    ),
    "experiments.vanishing.jacobian_at_rest": lambda: (
        vanishing.jacobian_at_rest,
        {"Waa": np.ones((2, 2)), "rest": REST},
    ),
    "experiments.vanishing.powers": lambda: (vanishing.powers, {"J": np.ones((2, 2)), "steps": 2}),
    "experiments.vanishing.paths": lambda: (
        vanishing.paths,
        {"Waa": np.ones((2, 2)), "rest": REST, "start": np.ones((2, 4)), "steps": 2},
    ),
    "experiments.vowels.next_is_vowel": lambda: (vowels.next_is_vowel, {"name": "abc"}),
    "experiments.vowels.way_back": lambda: (
        vowels.way_back,
        {"params": SequenceModel(RNNCell(27, N_A, rng=0), 1, rng=1).params, "name": "abc"},
    ),
    "experiments.vowels.nudged_loss": lambda: (
        vowels.nudged_loss,
        {"params": SequenceModel(RNNCell(27, N_A, rng=0), 1, rng=1).params, "name": "abc"}
        | {"nudge": 0.1},
    ),
    "experiments.wirings.traced": lambda: (
        wirings.traced,
        {"name": "many to many, different lengths", "T_x": 2, "T_y": 2},
    ),
    "gradients.numerical_gradients": lambda: (
        gradients.numerical_gradients,
        {"loss": loss_of, "params": params(), "method": "central", "h": None},
    ),
    "gradients.check_gradients": lambda: (
        gradients.check_gradients,
        {"loss": loss_of, "params": params(), "grads": params()}
        | {"method": "central", "tolerance": 1e-7},
    ),
    "gradients.reach": lambda: (
        gradients.reach,
        {"cell": lstm(), "x": tokens()[:, :1], "state": None, "of": "a"},
    ),
    "gradients.jacobians": lambda: (
        gradients.jacobians,
        {"cell": lstm(), "x": tokens()[:, :1], "state": None, "of": "a"},
    ),
    "gradients.without_the_wire": lambda: (
        gradients.without_the_wire,
        {"cell": lstm(), "x": tokens()[:, :1]},
    ),
    "losses.logistic_loss": lambda: (
        losses.logistic_loss,
        {"z": floats(), "y": np.abs(floats()), "mask": mask(), "over_time": "sum"},
    ),
    "losses.cross_entropy": lambda: (
        losses.cross_entropy,
        {"z": floats(), "y": tokens(), "mask": mask(), "over_time": "sum"},
    ),
    "losses.squared_error": lambda: (
        losses.squared_error,
        {"z": floats(), "y": floats(), "mask": mask()},
    ),
    "losses.perplexity": lambda: (losses.perplexity, {"mean_loss": 1.0}),
    "models.Model.scores": lambda: (
        model().scores,
        {"x": tokens(), "y": tokens(), "x_mask": mask()},
    ),
    "models.Model.loss_and_grads": lambda: (
        model().loss_and_grads,
        {"x": tokens(), "y": tokens(), "mask": mask(), "state": None}
        | {"loss": losses.cross_entropy, "x_mask": mask()},
    ),
    "models.Model.save": lambda: (model().save, {"path": saved(model())}),
    "models.Model.load": lambda: (model().load, {"path": saved(model())}),
    "models.SequenceModel": lambda: (
        SequenceModel,
        {"cell": rnn(), "n_y": 2, "rng": 0, "read": "last"},
    ),
    "models.SequenceModel.forward": lambda: (
        model().forward,
        {"x": tokens(), "state": None, "mask": mask()},
    ),
    "models.SequenceModel.read_batch": lambda: (
        model().read_batch,
        {"batch": batch(), "state": None},
    ),
    "models.SequenceModel.backward": backward_of(model, tokens(), dstate=None),
    "models.SequenceModel.step": lambda: (model().step, {"x_t": tokens()[0], "state": None}),
    "models.EncoderDecoder": lambda: (
        EncoderDecoder,
        {"encoder": rnn(), "decoder": model(rnn(1)), "start": 0},
    ),
    "models.EncoderDecoder.forward": lambda: (
        translator().forward,
        {"x": tokens(), "y": tokens(), "x_mask": mask()},
    ),
    "models.EncoderDecoder.one_step_late": lambda: (translator().one_step_late, {"y": tokens()}),
    "models.EncoderDecoder.encoded": lambda: (
        translator().encoded,
        {"x": tokens(), "x_mask": mask()},
    ),
    "models.EncoderDecoder.read_batch": lambda: (
        translator().read_batch,
        {"batch": batch(), "state": None},
    ),
    "models.EncoderDecoder.backward": backward_of(translator, tokens(), tokens()),
    "optimizers.SGD": lambda: (SGD, {"params": params(), "learning_rate": 0.1}),
    "optimizers.SGD.step": lambda: (SGD(params()).step, {"grads": params()}),
    "optimizers.Adam": lambda: (
        Adam,
        {"params": params(), "learning_rate": 0.1, "beta1": 0.9, "beta2": 0.9, "epsilon": 1e-8},
    ),
    "optimizers.Adam.step": lambda: (Adam(params()).step, {"grads": params()}),
    "optimizers.global_norm": lambda: (optimizers.global_norm, {"grads": params()}),
    "optimizers.clip_by_norm": lambda: (
        optimizers.clip_by_norm,
        {"grads": params(), "max_norm": 1.0},
    ),
    "optimizers.clip_by_value": lambda: (
        optimizers.clip_by_value,
        {"grads": params(), "limit": 1.0},
    ),
    "sampling.distribution": lambda: (
        sampling.distribution,
        {"z": floats()[0], "temperature": 1.0, "top_k": 2, "top_p": 0.9},
    ),
    "sampling.entropy": lambda: (sampling.entropy, {"p": np.full((2, 3), 0.5)}),
    "sampling.draw": lambda: (sampling.draw, {"p": np.full((2, 3), 0.5), "rng": 0}),
    "sampling.steps": lambda: (
        lambda **given: next(sampling.steps(**given)),
        {"model": model(), "rng": 0, "m": 2, "start": 0, "prompt": [1], "state": None}
        | {"temperature": 1.0, "top_k": 2, "top_p": 0.9},
    ),
    "sampling.sample": lambda: (
        sampling.sample,
        {"model": model(), "rng": 0, "m": 2, "start": 0, "end": 0, "longest": 3},
    ),
    "sampling.translate": lambda: (
        sampling.translate,
        {"model": translator(), "x": tokens(), "x_mask": mask(), "end": 0, "longest": 3}
        | {"rng": 0, "temperature": 0.5},
    ),
    "sampling.beam_search": lambda: (
        sampling.beam_search,
        {"model": translator(), "x": tokens(), "x_mask": mask(), "end": 0, "longest": 3}
        | {"width": 2, "length_power": 0.5},
    ),
    "scan.compose": lambda: (
        scan.compose,
        dict.fromkeys(("lam_1", "u_1", "lam_2", "u_2"), np.ones((2, 3))),
    ),
    "scan.by_loop": lam_and_u(scan.by_loop),
    "scan.by_doubling": lam_and_u(scan.by_doubling),
    "scan.by_chunks": lam_and_u(scan.by_chunks, size=1),
    "scan.total_derivative": lambda: (
        scan.total_derivative,
        {"lam": floats(), "da": floats(), "dstate": None, "scan": "loop"},
    ),
    "scan.LinearCell": of_cell(LinearCell, scan="loop", update_bias=0.0),
    "scan.LinearCell.forward": forward(LinearCell(N_X, N_A, rng=0)),
    "scan.LinearCell.backward": backward(lambda: LinearCell(N_X, N_A, rng=0)),
    "skip.SkipCell": of_cell(SkipCell, d=2, recurrent_start=START),
    "skip.SkipCell.zero_state": lambda: (SkipCell(N_X, N_A, d=2, rng=0).zero_state, {"m": M}),
    "skip.SkipCell.forward": forward(SkipCell(N_X, N_A, d=2, rng=0)),
    "skip.SkipCell.backward": backward(lambda: SkipCell(N_X, N_A, d=2, rng=0)),
    "stacks.Stacked": lambda: (Stacked, {"layers": [rnn(), rnn(1, N_A)]}),
    "stacks.Stacked.zero_state": lambda: (stacked().zero_state, {"m": M}),
    "stacks.Stacked.forward": forward(stacked()),
    "stacks.Stacked.backward": backward(stacked),
    "stacks.TwoWay": lambda: (TwoWay, {"ahead": rnn(), "back": rnn(1)}),
    "stacks.TwoWay.zero_state": lambda: (two_way().zero_state, {"m": M}),
    "stacks.TwoWay.forward": forward(two_way()),
    "stacks.TwoWay.backward": backward(two_way),
    "training.pad": lambda: (training.pad, {"sequences": names()}),
    "training.name_batch": lambda: (training.name_batch, {"names": names(), "end": 0}),
    "training.name_batches": lambda: (
        training.name_batches,
        {"names": names(), "m": 2, "rng": 0, "end": 0},
    ),
    "training.random_batches": lambda: (
        training.random_batches,
        {"items": names(), "make": training.name_batch, "m": 2, "rng": 0},
    ),
    "training.text_batches": lambda: (
        training.text_batches,
        {"tokens": np.arange(9), "T": 2, "m": 2},
    ),
    "training.train": lambda: (training.train, _trained()),
    "training.batch_loss": lambda: (
        training.batch_loss,
        {"model": model(), "batch": batch(), "loss": losses.cross_entropy},
    ),
}


def _trained() -> dict[str, Any]:
    learner = model()
    return {
        "model": learner,
        "batches": [batch()],
        "optimizer": SGD(learner.params),
        "steps": 1,
        "clip": 1.0,
        "held_out": batch(),
        "every": 1,
        "watch": None,
        "loss": losses.cross_entropy,
        "keep_best": False,
        "patience": 2,
    }


# ---- what a parameter takes of the bad values ------------------------------------------------

ABOVE_ZERO = ("half", "one and a half", "a thousand million", "1e300")
NUMBERS = ("zero", "minus one", *ABOVE_ZERO)
NOT_FINITE = ("NaN", "infinity", "minus infinity")
SEEDS = ("zero", "a thousand million", "10**400")
ROWS = ("empty list", "pair", "negative pair", "row of seven", "empty array")
BLOCKS = ("block of seven", "NaN array", "complex array")
ANY_SHAPE = ("True", "1j", *NUMBERS, *NOT_FINITE, *ROWS, *BLOCKS)
TEXT = ("text", "empty text", "digits")
LISTS = ("pair", "negative pair", "unequal rows", "list of text", "list of None", "generator")
LISTS += ("row of seven", *BLOCKS, "array of text", "array of objects")
WORDS = ("empty list", "list of text", "empty array", "array of text")
RAGGED = ("unequal rows",)
OF_ANY_SHAPE = ("True", *NUMBERS, *ROWS, "block of seven")
FUNCTIONS, EMPTY = ("function", "class"), ("empty dict",)
NONE, CELL, SEVEN = ("None",), ("cell",), ("block of seven",)

TAKES: dict[str, tuple[str, ...]] = {
    "rng": SEEDS,
    "mask": NONE,
    "x_mask": NONE,
    "state": NONE,
    "dstate": NONE,
    "out": NONE,
    "start": ("zero",),
    "cell": CELL,
    "encoder": CELL,
    "learning_rate": ABOVE_ZERO,
    "update_bias": NUMBERS,
    "forget_bias": NUMBERS,
    "z": SEVEN,
    "activations.sigmoid(z)": ANY_SHAPE,
    "order": ("True",),
    "attentive": ("True",),
    "whole": ("True",),
    "megabytes": ("None", "half", "one and a half"),
    "raw": ("bytes",),
    "data.own_text.decode(name)": TEXT,
    "data.own_text.Vocabulary(characters)": ("digits",),
    "data.own_text.Vocabulary.to_tokens(content)": TEXT,
    "data.own_text.Vocabulary.to_text(tokens)": ("empty list", "pair", "empty array"),
    "data.own_text.distinct(content)": TEXT,
    "asked": ("pair",),
    "experiments.letter_counts.TextCounts(reading)": ("pair",),
    "strengths": ("pair",),
    "experiments.looking_back.look(x)": ("pair",),
    "dropout": ("zero", "half"),
    "split_seed": SEEDS,
    "validation": ("None", "pair"),
    "experiments.reader.fit(reading)": (),
    "minutes": ABOVE_ZERO,
    "experiments.reader.steps_in(seconds)": ABOVE_ZERO,
    "others": ABOVE_ZERO,
    "rival": TEXT,
    "experiments.reader.gain(rival)": (),
    "experiments.reader.write(prompt)": ("text", "digits"),
    "folder": ("text", "empty text", "digits", "path"),
    "experiments.reader.keep(name)": ("text", "digits"),
    "experiments.reader.fetch(folder)": ("text", "digits", "path"),
    "experiments.reader.fetch(name)": ("text", "digits"),
    "experiments.reader.bits_per_character(losses)": ("pair", "negative pair", "row of seven"),
    "experiments.reader.gain(losses)": ("pair", "negative pair", "row of seven"),
    "activations.softmax(z)": BLOCKS,
    "activations.relu(z)": ANY_SHAPE,
    "activations.tanh_slope(a)": ANY_SHAPE,
    "activations.relu_slope(a)": ANY_SHAPE,
    "attention.attend(a)": SEVEN,
    "attention.attend(values)": ("None",),
    "attention.attend(causal)": ("True",),
    "attention.attend_backward(values)": ("None",),
    "training.train(patience)": ("None", "a thousand million"),
    "attention.attend_backward(a)": SEVEN,
    "audio.tone(frequency)": ("half", "one and a half"),
    "audio.tone(seconds)": ("half", "one and a half"),
    "audio.render(level)": ("half",),
    "losses.perplexity(mean_loss)": (*NUMBERS, *NOT_FINITE, "10**400"),
    "audio.render(beats_per_minute)": ("half", "one and a half"),
    "x_t": ("pair",),
    "outputs": ("zero", "half"),
    "inputs": ("zero", "half"),
    "same_mask": ("True",),
    "layer": SEEDS,
    "linear_before_reset": ("zero",),
    "loss": FUNCTIONS,
    "clip": ("None", *ABOVE_ZERO, *FUNCTIONS),
    "watch": ("None", *FUNCTIONS),
    "until": ("None", *FUNCTIONS),
    "make": FUNCTIONS,
    "params": EMPTY,
    "optimizers.global_norm(grads)": EMPTY,
    "optimizers.clip_by_norm(grads)": EMPTY,
    "optimizers.clip_by_value(grads)": EMPTY,
    "gradients.numerical_gradients(h)": (*NONE, *ABOVE_ZERO),
    "tolerance": ABOVE_ZERO,
    "path": ("text", "digits", "path"),
    "alphabet": TEXT,
    "data.to_text(tokens)": ("empty list", "pair", "empty array"),
    "data.melodies.write_notes(notes)": ("empty list", "empty array"),
    "semitones": SEEDS[:1] + ("minus one",),
    "data.melodies.to_notes(tokens)": ("empty list", "pair", "empty array"),
    "beats": ABOVE_ZERO,
    "tunes": ("empty list", "empty array", "unequal rows"),
    "data.melodies.copied_notes(tokens)": ("empty list", "pair", "empty array"),
    "data.melodies.pitch_of(name)": TEXT,
    "data.words.words_of(sentence)": TEXT,
    "words": WORDS,
    "vocabulary": WORDS,
    "person": ("True",),
    "starts": ("pair",),
    "data.dates.parse(iso)": TEXT,
    "temperature": ("zero", *ABOVE_ZERO),
    "top_k": NONE,
    "top_p": ("None", "half"),
    "sampling.steps(start)": ("None", "zero"),
    "sampling.sample(start)": ("None", "zero"),
    "prompt": ("None", "empty list", "pair", "empty array"),
    "end": ("zero",),
    "sampling.sample(end)": ("None", "zero"),
    "length_power": ("zero", "half", "one and a half"),
    "scan.compose(lam_1)": ("NaN array", "complex array"),
    "u": SEVEN,
    "da": SEVEN,
    "scan.by_loop(start)": NONE,
    "scan.by_doubling(start)": NONE,
    "scan.by_chunks(start)": NONE,
    "size": NONE,
    "ahead": CELL,
    "sequences": RAGGED,
    "names": RAGGED,
    "held_out": RAGGED,
    "data.split(held_out)": (),
    "training.train(held_out)": NONE,
    "items": LISTS,
    "batches": ("empty list", "empty array"),
    "keep_best": ("True",),
    "w": NUMBERS,
    "b": NUMBERS,
    "experiments.cliff.unit_loss(w)": OF_ANY_SHAPE,
    "experiments.cliff.unit_loss(b)": OF_ANY_SHAPE,
    "first": EMPTY,
    "lengths": ("pair",),
    "experiments.dense_and_recurrent.alike(names)": WORDS,
    "tokens": ("pair",),
    "whole_column": ("True",),
    "both_ways": ("True",),
    "from_right": ("True",),
    "late": ("zero",),
    "network": CELL,
    "value": ("zero", "half"),
    "experiments.gates.read_name(name)": TEXT[:2],
    "experiments.gates.read_name(steps)": ("empty list", "pair", "empty array"),
    "strength": ABOVE_ZERO,
    "lam": (),
    "experiments.parallel.scan_progress(lam)": NUMBERS,
    "progress": SEVEN,
    "experiments.parallel.after_steps(steps)": ("zero",),
    "experiments.vanishing.powers(steps)": ("zero",),
    "experiments.vanishing.paths(steps)": ("zero",),
    "scale": NUMBERS,
    "gate_bias": NUMBERS,
    "experiments.parallel.straightness(x)": ("pair", "negative pair", "row of seven"),
    "text": TEXT,
    "reading": TEXT,
    "experiments.vanishing.reach_of_all(text)": (),
    "experiments.vanishing.recurrent_numbers(text)": (),
    "mark": ("empty list", "pair", "negative pair", "row of seven", "empty array"),
    "counted": ("pair", "negative pair"),
    "unit": ("None", "zero"),
    "seed": SEEDS,
    "experiments.vowels.next_is_vowel(name)": ("text", "digits"),
    "experiments.vowels.way_back(name)": ("text",),
    "experiments.vowels.nudged_loss(name)": ("text",),
    "nudge": ("1j", *NUMBERS),
    "beta1": ("zero", "half"),
    "beta2": ("zero", "half"),
    "epsilon": ABOVE_ZERO,
    "max_norm": ABOVE_ZERO,
    "limit": ABOVE_ZERO,
}

# ---- what is not tried -----------------------------------------------------------------------

INNER = "an inner part: it is called, many times a step, with what has been checked already"
PICTURED = "shown to the learner as it stands, in a panel: checks would hide the loop"
HOW = "what it holds are arguments of sampling.steps, and tried there"
RECORD = "a record that holds what it is given: who reads it checks it"

ABSTRACT = "it does nothing: each kind of cell and model has its own, and those are tried"

WHATEVER: dict[str, str] = {
    "threads.wanted": "it reads os.environ, before the package may import its checks",
    "data.stored.Trial": RECORD,
    "data.own_text.Text": RECORD,
    "data.own_text.Split": RECORD,
    "cells.Cell.forward": ABSTRACT,
    "cells.Cell.backward": ABSTRACT,
    "models.Model.read_batch": ABSTRACT,
    "models.Model.backward": ABSTRACT,
    "stacks.TwoWay.step": "it always raises: there are no single steps",
    "data.dates.is_date": "it says of anything at all whether it is a date",
    "models.Model.scores(y)": "only a translator looks at it: models.EncoderDecoder.forward(y)",
    "sampling.sample(how)": HOW,
    "sampling.translate(how)": HOW,
    "parameters.Parameters.update": "as for any dict: what is added is kept as it is",
    "parameters.WithParameters.set": "the caller names its arguments: it has a test of its own",
    "cells.Tape": RECORD,
    "dropout.DropoutTape": RECORD,
    "data.melodies.Melody": RECORD,
    "experiments.failures.Recipe": RECORD,
    "experiments.failures.Run": RECORD,
    "experiments.memory.Task": RECORD,
    "experiments.sentences.BagOfWords": RECORD,
    "experiments.wirings.Node": RECORD,
    "gradients.GradientCheck": RECORD,
    "gradients.TensorCheck": RECORD,
    "models.Batch": RECORD,
    "training.History": RECORD,
    "experiments.wirings.one_to_one": PICTURED,
    "experiments.wirings.one_to_many": PICTURED,
    "experiments.wirings.many_to_one": PICTURED,
    "experiments.wirings.many_to_many": PICTURED,
    "experiments.wirings.encoder_decoder": PICTURED,
    "checks": "the checks themselves: tests/test_checks.py gives each of them what is bad",
    "layout": INNER,
    "cells.any_number": INNER,
    "cells.map_state": INNER,
    "*.a_of": INNER,
    "*.gradient_of_state": INNER,
    "*.read_x": INNER,
    "*.read_state": INNER,
    "embedding.Embedded.looked_up": INNER,
    "stacks.joined": INNER,
    "data.words.vocabulary_of": INNER,
}
