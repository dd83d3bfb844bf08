"""A character model of one long text: set up, timed, judged, made to write, kept.

``Settings`` says all that a run depends on, so that it can be repeated, reported and kept.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import numpy as np

from rnn_helpers import checks
from rnn_helpers.cells import GRUCell, LSTMCell, RNNCell, map_state
from rnn_helpers.data.own_text import Vocabulary, split
from rnn_helpers.dropout import Dropout, dropping
from rnn_helpers.experiments.letter_counts import TextCounts
from rnn_helpers.models import Batch, SequenceModel
from rnn_helpers.optimizers import Adam
from rnn_helpers.sampling import sample
from rnn_helpers.training import History, text_batches, train

CELLS = {"RNN": RNNCell, "GRU": GRUCell, "LSTM": LSTMCell}
ENTRIES = 12_000_000  # of the scores of a held-out batch: 48 MB in float32
LEAD = 64  # characters that each column reads before its losses count
STRETCHES = 20  # into which a comparison is cut, to see how much it varies


@dataclass(frozen=True)
class Settings:
    """What a run depends on. Raise ValueError or TypeError for a cell or a number that is not one.

    Stretches of ``T`` characters, ``m`` side by side; ``clip`` is the longest gradient; ``dropout``
    the share of what enters and of what leaves the cell that is dropped in training.
    """

    cell: str = "GRU"
    n_a: int = 96
    T: int = 32
    m: int = 16
    learning_rate: float = 0.005
    clip: float = 1.0
    dropout: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        checks.choice("cell", self.cell, tuple(CELLS))
        for name in ("n_a", "T", "m"):
            checks.size(name, getattr(self, name))
        for name in ("learning_rate", "clip"):
            checks.positive(name, getattr(self, name))
        checks.fraction("dropout", self.dropout)
        with checks.known_as("rng", "seed"):
            checks.generator(self.seed)


def _checked(settings: Settings) -> Settings:
    return checks.instance("settings", settings, Settings, "of the class reader.Settings")


def _checked_name(name: str) -> str:
    if not checks.text("name", name):
        raise ValueError("name must be one character or more, got ''")
    return name


def _checked_model(model: SequenceModel) -> SequenceModel:
    return checks.instance("model", model, SequenceModel, "a SequenceModel")


def _checked_vocabulary(vocabulary: Vocabulary) -> Vocabulary:
    return checks.instance("vocabulary", vocabulary, Vocabulary, "an own_text.Vocabulary")


def new_model(settings: Settings, n_y: int) -> SequenceModel:
    """Return an untrained model of ``n_y`` tokens, in float32."""
    rng, n_y = np.random.default_rng(_checked(settings).seed), checks.size("n_y", n_y)
    cell = CELLS[settings.cell](n_y, settings.n_a, rng=rng, dtype=np.float32)
    if settings.dropout:
        cell = Dropout(cell, inputs=settings.dropout, outputs=settings.dropout, rng=rng)
    return SequenceModel(cell, n_y, rng=rng)


def fit(
    model: SequenceModel,
    settings: Settings,
    reading: np.ndarray,
    steps: int,
    validation: np.ndarray | None = None,
    watch: Callable[[int, History], None] | None = None,
) -> History:
    """Train a model of ``new_model`` on the text ``reading`` (T,): ``training.train`` with Adam.

    With a ``validation`` text its loss is taken twice in every pass through ``reading`` (but at
    least 40 times in all, and not more often than every 10 steps). Training ends when ten times in
    a row brought no lower one, and the parameters of the lowest are kept.
    """
    n_y, steps = _checked_model(model).n_y, checks.size("steps", steps)
    reading = checks.tokens("reading", reading, n_y, "T")
    with checks.known_as("tokens", "reading"):
        stream = text_batches(reading, _checked(settings).T, settings.m)
    if settings.dropout:
        stream = dropping(model, stream)
    how = {"clip": settings.clip, "watch": watch}
    if validation is not None:
        half_a_pass = len(reading) // (2 * settings.T * settings.m)
        how |= {"every": max(10, min(half_a_pass, steps // 40)), "keep_best": True}
        with checks.known_as("tokens", "validation"):
            how |= {"held_out": held_out_batch(validation, n_y), "patience": 10}
    return train(model, stream, Adam(model.params, settings.learning_rate), steps, **how)


def seconds_a_step(settings: Settings, tokens: np.ndarray, n_y: int, steps: int = 5) -> float:
    """Return how long a step of training takes here: the median of a few, after two to warm up."""
    model, times = new_model(settings, n_y), [perf_counter()]
    steps = checks.size("steps", steps) + 2
    with checks.known_as("reading", "tokens"):
        fit(model, settings, tokens, steps, watch=lambda step, _: times.append(perf_counter()))
    return median(np.diff(times[2:]).tolist())


def steps_in(minutes: float, seconds: float) -> int:
    """Return how many steps of so many seconds fit into a budget of minutes, 1 or more."""
    minutes, seconds = checks.positive("minutes", minutes), checks.positive("seconds", seconds)
    return max(1, int(60 * minutes / seconds))


def held_out_batch(tokens: np.ndarray, n_y: int) -> Batch:
    """Return a held-out text (T,) as one batch: up to 32 columns, of 250 characters or more.

    Of a text so long that the scores would fill the memory, only a part of each column is taken.
    """
    tokens = _two_or_more(tokens, checks.size("n_y", n_y))
    m = max(1, min(32, len(tokens) // 250))
    T = min((len(tokens) - 1) // m, max(1, ENTRIES // (m * n_y)))
    return next(text_batches(tokens, T, m))


def character_losses(model: SequenceModel, tokens: np.ndarray, m: int = 16) -> np.ndarray:
    """Return -log p of every character but the first, in order, (T - 1,), in nats.

    The text is read in m columns side by side. Each column but the first begins ``LEAD`` characters
    early, so that its state is warm when its losses count. Raise ValueError or TypeError for tokens
    that are not the model's, or fewer than two of them.
    """
    tokens = _two_or_more(tokens, _checked_model(model).n_y)
    m = min(checks.size("m", m), len(tokens) - 1)
    length = -(-(len(tokens) - 1) // m)
    lead = min(LEAD, length)
    padded = np.r_[np.zeros(lead, int), tokens, np.zeros(m * length + 1 - len(tokens), int)]
    starts = np.arange(m) * length
    columns = padded[starts + np.arange(lead + length + 1)[:, None]]  # (lead + length + 1, m)
    _, tape = model.forward(columns[:lead])
    state = map_state(lambda _, part: part * (starts > 0), tape.state)  # the text begins at zero
    losses = _losses(model, columns[lead:], state)
    return losses.T.ravel()[: len(tokens) - 1]


def _two_or_more(tokens: np.ndarray, n_y: int) -> np.ndarray:
    tokens = checks.tokens("tokens", tokens, n_y, "T")
    if len(tokens) < 2:
        raise ValueError(f"tokens must be two or more, got {len(tokens)}")
    return tokens


def _losses(model: SequenceModel, columns: np.ndarray, state: object) -> np.ndarray:
    """Return the loss of each character of columns (T + 1, m) but the first row, (T, m)."""
    x, y, found = columns[:-1], columns[1:], []
    for t in range(0, len(x), 64):
        z, tape = model.forward(x[t : t + 64], state)
        state, z = tape.state, z.astype(float)
        z -= z.max(axis=1, keepdims=True)
        right = np.take_along_axis(z, y[t : t + 64, None], axis=1)[:, 0]
        found.append(np.log(np.exp(z).sum(axis=1)) - right)
    return np.concatenate(found)


def bits_per_character(losses: np.ndarray, unknown: np.ndarray, others: float) -> float:
    """Return the mean of losses (T,) in bits, with what it costs to name the unknown characters.

    ``unknown`` (T,) says where a character stands for any of ``others``: to say which costs
    log ``others`` more. So models with different vocabularies can be compared on one text.
    """
    losses = checks.array("losses", losses, "T", {}, np.dtype(float))
    unknown = checks.array("unknown", unknown, "T", {"T": len(losses)}, np.dtype(float))
    named = unknown.sum() * np.log(checks.positive("others", others))
    return float((losses.sum() + named) / len(losses) / np.log(2))


class Gain(NamedTuple):
    """By how many bits a character one model beats another, and the standard error of that."""

    bits: float
    error: float


def gain(losses: np.ndarray, rival: np.ndarray, stretches: int = STRETCHES) -> Gain:
    """Compare the losses (T,) of a model with those of a rival on the same characters.

    The error is that of the mean over ``stretches`` of the text, since what makes one character
    hard makes its neighbours hard as well. Raise ValueError if there are fewer characters.
    """
    losses = checks.array("losses", losses, "T", {}, np.dtype(float))
    rival = checks.array("rival", rival, "T", {"T": len(losses)}, np.dtype(float))
    if not 2 <= checks.size("stretches", stretches) <= len(losses):
        raise ValueError(f"stretches must be from 2 to {len(losses)}, got {stretches}")
    difference = (rival - losses) / np.log(2)
    means = [part.mean() for part in np.array_split(difference, stretches)]
    return Gain(float(difference.mean()), float(np.std(means, ddof=1) / np.sqrt(stretches)))


def verdict(gained: Gain, history: History, rival: str = "the 4-grams") -> str:
    """Say in a sentence or two whether the network beat a rival; if not, what may be the reason."""
    checks.instance("gained", gained, Gain, "of the class reader.Gain")
    checks.instance("history", history, History, "of the class training.History")
    checks.text("rival", rival)
    how_much = f"{gained.bits:+.3f} ± {gained.error:.3f} bits a character"
    if gained.bits > 2 * gained.error:
        return f"The network beats {rival} on the test part: {how_much}."
    if gained.bits >= -2 * gained.error:
        said = f"The network and {rival} are too close to call on the test part"
    else:
        said = f"The network does not beat {rival} on the test part"
    return f"{said}: {how_much}. {_reason(history)}"


def repeat(
    content: str, settings: Settings, steps: int, split_seed: int, at_least: int = 1
) -> Gain:
    """Split, count, train and judge once more: return the gain over 4-grams on the test part.

    For another start or another split, with everything else as it was. What is chosen (the strength
    of the 4-grams, when to stop) is chosen on the validation part of this split.
    """
    _checked(settings)
    with checks.known_as("rng", "split_seed"):
        parts = split(content, split_seed)
    vocabulary = Vocabulary.of(parts.training, at_least)
    n_y, model = len(vocabulary), new_model(settings, len(vocabulary))
    seen, chosen_on, judged_on = map(
        vocabulary.to_tokens, (parts.training, parts.validation, parts.test)
    )
    _, strength = TextCounts(seen, chosen_on, n_y, most=3).best(3)
    fit(model, settings, seen, steps, chosen_on)
    by_counts = TextCounts(seen, judged_on, n_y, most=3).losses(3, strength)
    return gain(character_losses(model, judged_on), by_counts)


def _reason(history: History) -> str:
    steps, losses = zip(*history.held_out)
    lowest = losses.index(min(losses))
    if lowest == len(losses) - 1:
        return "Its validation loss was still falling when training ended: train it longer."
    if losses[-1] > 1.01 * losses[lowest]:
        return (
            f"It overfits: after step {steps[lowest]} its validation loss rose. Take more text, "
            "more dropout, or a smaller cell."
        )
    return "Training had come to a stand: try a larger cell or another learning rate."


# -- writing and keeping ----------------------------------------------------------------------


def write(
    model: SequenceModel,
    vocabulary: Vocabulary,
    prompt: str = "\n",
    length: int = 300,
    rng: checks.Seed = 0,
    temperature: float = 1.0,
) -> str:
    """Return ``length`` characters that the model writes after ``prompt``, without the prompt.

    Raise ValueError or TypeError for an empty prompt, or as ``sampling.sample`` does.
    """
    if not checks.text("prompt", prompt):
        raise ValueError("prompt must be one character or more, got ''")
    first, *rest = _checked_vocabulary(vocabulary).to_tokens(prompt)
    how = {"start": first, "prompt": rest, "end": None, "longest": length}
    with checks.known_as("longest", "length"):
        (drawn,) = sample(model, checks.generator(rng), temperature=temperature, **how)
    return vocabulary.to_text(drawn)


def keep(
    folder: str | Path, name: str, model: SequenceModel, vocabulary: Vocabulary, settings: Settings
) -> list[Path]:
    """Write a model to ``folder``: its parameters in name.npz, all else in name.json.

    Return the two paths. The folder is made if it is not there. Raise OSError if that fails.
    """
    folder = Path(checks.instance("folder", folder, (str, Path), "a path"))
    _checked_name(name), _checked_model(model)
    _checked_vocabulary(vocabulary), _checked(settings)
    folder.mkdir(parents=True, exist_ok=True)
    about = {"characters": vocabulary.characters, "settings": asdict(settings)}
    paths = [folder / f"{name}.npz", folder / f"{name}.json"]
    model.save(paths[0])
    paths[1].write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return paths


def fetch(folder: str | Path, name: str) -> tuple[SequenceModel, Vocabulary, Settings]:
    """Return the model, the vocabulary and the settings that ``keep`` has written.

    Raise FileNotFoundError if they are not there, ValueError if they are something else.
    """
    if isinstance(folder, str) and not folder:
        raise ValueError("folder must be a path, got an empty text")
    folder = Path(checks.instance("folder", folder, (str, Path), "a path"))
    path = folder / f"{_checked_name(name)}.json"
    if not path.is_file():
        raise FileNotFoundError(f"folder must hold {path.name}, which keep writes, got {folder}")
    about = _read_about(path)
    vocabulary, settings = Vocabulary(about["characters"]), Settings(**about["settings"])
    model = new_model(settings, len(vocabulary))
    model.load(path.with_suffix(".npz"))
    return model, vocabulary, settings


def _read_about(path: Path) -> Mapping:
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        if set(about) == {"characters", "settings"} and isinstance(about["settings"], dict):
            return about
    except ValueError:
        pass
    raise ValueError(f"name must be that of a model that keep wrote, got {path}")
