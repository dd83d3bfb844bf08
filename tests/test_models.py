import copy
from pathlib import Path

import numpy as np
import pytest
from helpers import KINDS, random_cell, random_state, random_x, rejects, state_parts
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_helpers.gradients import check_gradients
from rnn_helpers.losses import cross_entropy, logistic_loss
from rnn_helpers.models import EncoderDecoder, SequenceModel
from rnn_helpers.scan import LinearCell
from rnn_helpers.skip import SkipCell
from rnn_helpers.stacks import Stacked

N_X, N_A, N_Y = 2, 3, 4
LOSSES = {"cross_entropy": cross_entropy, "logistic_loss": logistic_loss}
every_kind = pytest.mark.parametrize("kind", KINDS)
every_loss = pytest.mark.parametrize("loss", LOSSES)


def random_model(kind, rng, n_x=N_X, n_y=N_Y, **more):
    model = SequenceModel(random_cell(kind, n_x, N_A, rng, **more), n_y, rng=rng)
    model.params["by"][...] = rng.normal(0.1, 0.5, (n_y, 1))
    return model


def random_y(loss, T, m, rng):
    return rng.integers(N_Y, size=(T, m)) if loss == "cross_entropy" else rng.random((T, N_Y, m))


# -- against PyTorch ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def numbers():
    with np.load(Path(__file__).parent / "reference" / "torch_numbers.npz") as found:
        return dict(found)


@pytest.mark.parametrize("source", ["floats", "tokens", "floats_from_zero"])
@every_loss
@every_kind
def test_everything_equals_pytorch(numbers, kind, loss, source):
    """Forward, loss and all gradients. ``tools/torch_reference.py`` makes the numbers."""
    given_ = {k.rpartition("/")[2]: v for k, v in numbers.items() if k.startswith(f"{kind}/given/")}
    prefix = f"{kind}/{source}/{loss}/"
    want = {k.removeprefix(prefix): v for k, v in numbers.items() if k.startswith(prefix)}

    cell = KINDS[kind](given_["Wax"].shape[1], given_["Waa"].shape[1], rng=0)
    model = SequenceModel(cell, len(given_["Wya"]), rng=0)
    for name, value in model.params.items():
        value[...] = given_[name]
    state = (given_["a0"], given_["c0"]) if kind == "lstm" else given_["a0"]
    x = given_["tokens"] if source == "tokens" else given_["x"]
    y = given_["y_class"] if loss == "cross_entropy" else given_["y_logistic"]

    z, tape = model.forward(x, None if source == "floats_from_zero" else state)
    value, dz = LOSSES[loss](z, y, given_["mask"])
    got = {"a": tape.a.copy(), "z": z, "loss": value, "dz": dz}
    dx, dstate, grads = model.backward(dz, tape)
    got |= {f"d{name}": g for name, g in grads.items()}
    got |= dict(zip(("da0", "dc0"), state_parts(dstate), strict=False))
    got |= {} if dx is None else {"dx": dx}

    assert set(got) == set(want)
    assert all(np.abs(v).max() > 1e-3 for v in want.values())
    for name in want:
        np.testing.assert_allclose(got[name], want[name], rtol=0, atol=1e-10, err_msg=name)


# -- forward, backward and step ----------------------------------------------------------------


CELLS = KINDS | {
    "skip": lambda n_x, n_a, **more: SkipCell(n_x, n_a, d=2, **more),
    "linear": lambda n_x, n_a, **more: LinearCell(n_x, n_a, **more),
    "stacked": lambda n_x, n_a, **more: Stacked(
        [KINDS["lstm"](n_x, 5, **more), KINDS["gru_after"](5, n_a, **more)]
    ),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", CELLS)
def test_a_quick_step_is_a_step(kind, dtype):
    rng = np.random.default_rng(3)
    model = SequenceModel(CELLS[kind](N_X, N_A, rng=rng, dtype=dtype), N_Y, rng=rng)
    for value in model.params.values():
        value += rng.normal(0.1, 0.5, value.shape).astype(dtype)
    quick, state, tokens = model.quick_step(), model.cell.zero_state(3), np.array([1, 0, 1])
    for _ in range(4):
        kept = copy.deepcopy(state)
        z, wanted = model.step(tokens, state)
        z_quick, found = quick(tokens, state)
        assert z_quick.dtype == dtype
        close = {"rtol": 0, "atol": 1e-12 if dtype == np.float64 else 1e-5}
        np.testing.assert_allclose(z_quick, z, **close)
        np.testing.assert_allclose(model.cell.a_of(found), model.cell.a_of(wanted), **close)
        np.testing.assert_equal(state, kept)  # neither has changed it
        state = found


@every_kind
def test_forward_reads_the_cell_at_every_step(kind):
    rng = np.random.default_rng(0)
    model = random_model(kind, rng)
    x, state = random_x(False, 5, N_X, 2, rng), random_state(model.cell, 2, rng)
    z, tape = model.forward(x, state)
    a, _ = model.cell.forward(x, state)
    for t in range(5):
        expected = model.params["Wya"] @ a[t] + model.params["by"]
        np.testing.assert_allclose(z[t], expected, rtol=0, atol=1e-13)
        z_t, state = model.step(x[t], state)
        np.testing.assert_allclose(z_t, expected, rtol=0, atol=1e-13)
    for got, want in zip(state_parts(state), state_parts(tape.state), strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-13)


@pytest.mark.parametrize("tokens", [False, True], ids=["floats", "tokens"])
@every_loss
@every_kind
def test_gradients_through_the_output_layer_agree_with_central_differences(kind, loss, tokens):
    rng = np.random.default_rng(7)
    model = random_model(kind, rng)
    x, state = random_x(tokens, 7, N_X, 5, rng), random_state(model.cell, 5, rng)
    y, mask = random_y(loss, 7, 5, rng), rng.random((7, 5)) < 0.7
    _, grads, _ = model.loss_and_grads(x, y, mask, state, LOSSES[loss])

    def loss_of(params):
        for name, value in params.items():
            twin.params[name][...] = value
        return LOSSES[loss](twin.forward(x, state)[0], y, mask)[0]

    twin = SequenceModel(KINDS[kind](N_X, N_A, rng=0), N_Y, rng=0)
    found = check_gradients(loss_of, model.params, grads)
    assert found.ok, f"\n{found}"
    assert set(grads) == {"Waa", "Wax", "ba", "Wya", "by"}


@every_kind
def test_loss_and_grads_is_forward_loss_backward(kind):
    rng = np.random.default_rng(1)
    model = random_model(kind, rng)
    x, y = random_x(True, 6, N_X, 3, rng), random_y("cross_entropy", 6, 3, rng)
    state = random_state(model.cell, 3, rng)
    value, grads, last = model.loss_and_grads(x, y, state=state)
    z, tape = model.forward(x, state)
    expected, dz = cross_entropy(z, y)
    assert value == expected
    for name, g in model.backward(dz, tape)[2].items():
        np.testing.assert_array_equal(grads[name], g)
    for got, want in zip(state_parts(last), state_parts(tape.state), strict=True):
        np.testing.assert_array_equal(got, want)


@every_kind
def test_nothing_given_is_changed(kind):
    rng = np.random.default_rng(1)
    model = random_model(kind, rng)
    x, y, mask = random_x(False, 6, N_X, 3, rng), rng.integers(N_Y, size=(6, 3)), np.ones((6, 3))
    state = random_state(model.cell, 3, rng)
    held = [x, y, mask, *state_parts(state), *model.params.values()]
    before = [v.copy() for v in held]
    model.loss_and_grads(x, y, mask, state)
    dz = rng.normal(size=(6, N_Y, 3))
    dz_before = dz.copy()
    model.backward(dz, model.forward(x)[1])
    np.testing.assert_array_equal(dz, dz_before)
    for now, then in zip(held, before, strict=True):
        np.testing.assert_array_equal(now, then)


@every_loss
@every_kind
def test_float32_stays_float32(kind, loss):
    rng = np.random.default_rng(2)
    model = random_model(kind, rng, dtype=np.float32)
    x, y, mask = random_x(True, 6, N_X, 3, rng), random_y(loss, 6, 3, rng), np.ones((6, 3), bool)
    z, tape = model.forward(x)
    value, dz = LOSSES[loss](z, y, mask)
    dx, dstate, grads = model.backward(dz, tape)
    z_t, _ = model.step(x[0])
    arrays = [z, dz, z_t, *state_parts(dstate), *grads.values(), *model.params.values()]
    assert {v.dtype for v in arrays} == {np.dtype(np.float32)}
    assert type(value) is float


def test_the_cell_and_the_model_share_their_arrays():
    model = random_model("lstm", np.random.default_rng(0))
    for name in ("Waa", "Wax", "ba"):
        assert model.params[name] is model.cell.params[name]
    assert model.params["Wya"].shape == (N_Y, N_A)
    assert not SequenceModel(model.cell, 5, rng=0).params["by"].any()
    assert repr(model) == "SequenceModel(LSTMCell(n_x=2, n_a=3, dtype=float64), n_y=4)"


# -- padding -----------------------------------------------------------------------------------


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(sorted(LOSSES)),
    st.sampled_from(["mean", "sum"]),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.integers(1, 4),
    st.integers(0, 10_000),
)
def test_padding_changes_neither_loss_nor_gradients(kind, loss, over_time, lengths, more, seed):
    """The same examples, padded with other junk, and with ``more`` steps of it."""
    rng = np.random.default_rng(seed)
    model = random_model(kind, rng)
    T, m = max(lengths) + more, len(lengths)
    x, y = random_x(True, T, N_X, m, rng), random_y(loss, T, m, rng)
    state = random_state(model.cell, m, rng)
    mask = np.arange(T)[:, None] < np.array(lengths)

    def measured(x, y, mask):
        return model.loss_and_grads(
            x, y, mask, state, lambda *args: LOSSES[loss](*args, over_time=over_time)
        )[:2]

    value, grads = measured(x, y, mask)
    n = max(lengths)
    junk = np.where(mask, x, (x + 1) % N_X)
    for other in ((x[:n], y[:n], mask[:n]), (junk, y, mask)):
        other_value, other_grads = measured(*other)
        assert other_value == pytest.approx(value, rel=1e-12)
        for name in grads:
            np.testing.assert_allclose(other_grads[name], grads[name], rtol=0, atol=1e-12)


# -- saving and loading ------------------------------------------------------------------------


def contents(model):
    return {name: value.copy() for name, value in model.params.items()}


def same(model, before):
    return all(np.array_equal(model.params[name], before[name]) for name in before)


@pytest.mark.parametrize("name", ["model", "model.npz", "model.v2"])
def test_what_is_saved_can_be_loaded(tmp_path, name):
    model = random_model("gru_before", np.random.default_rng(0))
    other = random_model("gru_before", np.random.default_rng(1))
    held = other.cell.params["Waa"]
    model.save(tmp_path / name)
    other.load(str(tmp_path / name))
    assert same(other, contents(model))
    assert other.params["Waa"] is other.cell.params["Waa"] is held
    assert [file.suffix for file in tmp_path.iterdir()] == [".npz"]


def test_a_save_that_fails_leaves_the_old_file_and_no_scratch(tmp_path, monkeypatch):
    model = random_model("rnn_tanh", np.random.default_rng(0))
    model.save(tmp_path / "model")
    before = contents(model)
    model.params["ba"] += 1

    def full(file, **arrays):
        file.write(b"half")
        raise OSError("the disk is full")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="the disk is full"):
        model.save(tmp_path / "model")
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]
    model.load(tmp_path / "model")
    assert same(model, before)


def test_a_saved_file_may_be_read_by_whoever_may_read_its_neighbours(tmp_path):
    (tmp_path / "neighbour").touch()
    random_model("rnn_tanh", np.random.default_rng(0)).save(tmp_path / "model")
    modes = {file.stat().st_mode for file in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_save_that_cannot_be_names_the_path_that_was_asked_for(tmp_path):
    model = random_model("rnn_tanh", np.random.default_rng(0))
    for path in (tmp_path / "absent" / "model.npz", tmp_path / "folder.npz"):
        (tmp_path / "folder.npz").mkdir(exist_ok=True)
        with pytest.raises(OSError) as caught:
            model.save(path)
        assert caught.value.filename == str(path) and caught.value.filename2 is None
        assert isinstance(caught.value, FileNotFoundError if "absent" in str(path) else OSError)
    assert [file.name for file in tmp_path.iterdir()] == ["folder.npz"]


def stored(tmp_path, **changed):
    """A file of a model's parameters, some of them changed, and another model to load it into."""
    source, model = (random_model("rnn_tanh", np.random.default_rng(seed)) for seed in (0, 1))
    arrays = source.params | changed
    np.savez(tmp_path / "m.npz", **{name: v for name, v in arrays.items() if v is not None})
    return model, contents(model)


@pytest.mark.parametrize(
    ("changed", "error", "parts"),
    [
        ({"by": None}, ValueError, ["the stored parameters must have the keys", "got ['Waa',"]),
        ({"more": np.ones(1)}, ValueError, ["the stored parameters must have the keys", "'more'"]),
        ({"by": np.ones((9, 1))}, ValueError, ["parameters['by'] must be (4, 1)", "got (9, 1)"]),
        ({"by": np.full((4, 1), np.nan)}, ValueError, ["stored by must hold finite", "got nan"]),
        (
            {"by": np.full((4, 1), "a")},
            TypeError,
            ["parameters['by'] must hold numbers", "got <U1"],
        ),
        ({"by": np.ones((4, 1), complex)}, TypeError, ["stored by must hold real numbers"]),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(tmp_path, changed, error, parts):
    model, before = stored(tmp_path, **changed)
    with rejects(error, *parts):
        model.load(tmp_path / "m")
    assert same(model, before)


@pytest.mark.parametrize("content", [b"", b"some text", b"PK\x03\x04 torn", "an array", "pickle"])
def test_a_file_of_another_kind_is_called_that(tmp_path, content):
    model, before = stored(tmp_path)
    path = tmp_path / "m.npz"
    if content == "an array":
        with path.open("wb") as file:
            np.save(file, np.ones(3))
    elif content == "pickle":
        np.savez(path, **model.params | {"by": np.array([None], object)})
    else:
        path.write_bytes(content)
    with rejects(ValueError, "path must be a file that save wrote", str(path)):
        model.load(path)
    assert same(model, before)


def test_a_missing_file_is_missing(tmp_path):
    model = random_model("rnn_tanh", np.random.default_rng(0))
    with pytest.raises(FileNotFoundError, match=r"absent\.npz"):
        model.load(tmp_path / "absent")


# -- bad input ---------------------------------------------------------------------------------


def test_bad_sizes_and_seeds_are_explained():
    cell = KINDS["rnn_tanh"](2, 3, rng=0)
    with rejects(ValueError, "n_y must be 1 or more", "got 0"):
        SequenceModel(cell, 0, rng=0)
    with rejects(TypeError, "rng must be a numpy.random.Generator", "'one'"):
        SequenceModel(cell, 2, rng="one")


@every_kind
def test_bad_calls_of_backward_are_explained(kind):
    rng = np.random.default_rng(0)
    model, other = random_model(kind, rng), random_model(kind, rng)
    z, tape = model.forward(np.zeros((5, 2), int))
    with rejects(ValueError, "dz must be (T, n_y, m) with T = 5, n_y = 4, m = 2", "got (4, 4, 2)"):
        model.backward(z[1:], tape)
    with rejects(TypeError, "tape must be a tape from forward", "got an array of shape"):
        model.backward(tape, z)
    with rejects(ValueError, "tape must come from this cell's forward"):
        other.backward(z, tape)


def test_targets_that_do_not_fit_are_explained():
    model = random_model("rnn_tanh", np.random.default_rng(0))
    x = np.zeros((5, 2), int)
    with rejects(ValueError, "y must be (T, m) with T = 5, m = 2", "got (4, 2)"):
        model.loss_and_grads(x, x[1:])
    with rejects(ValueError, "y must hold tokens from 0 to 3", "got 4"):
        model.loss_and_grads(x, x + 4)
    with rejects(ValueError, "mask must be (T, m) = (5, 2)", "got (5, 1)"):
        model.loss_and_grads(x, x, np.ones((5, 1), bool))


# -- reading the last state ----------------------------------------------------------------------


@every_kind
def test_reading_the_last_state_is_the_last_row_of_reading_every_state(kind):
    rng = np.random.default_rng(0)
    every = random_model(kind, rng)
    last = SequenceModel(every.cell, N_Y, read="last", rng=0)
    for name in ("Wya", "by"):
        last.params[name][...] = every.params[name]
    x, lengths = rng.normal(size=(5, N_X, 3)), np.array([5, 2, 3])
    z, _ = every.forward(x)
    np.testing.assert_allclose(last.forward(x)[0], z[-1:], rtol=0, atol=1e-12)
    got, _ = last.forward(x, mask=np.arange(5)[:, None] < lengths)
    want = np.stack([z[n - 1, :, i] for i, n in enumerate(lengths)], axis=1)[None]
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def test_unknown_readings_and_wrong_dz_are_refused():
    with rejects(ValueError, "read must be one of every, last, got 'first'"):
        SequenceModel(KINDS["lstm"](2, 3, rng=0), 4, read="first", rng=0)
    model = SequenceModel(KINDS["lstm"](2, 3, rng=0), 4, read="last", rng=0)
    z, tape = model.forward(np.zeros((5, 2, 1)))
    with rejects(ValueError, "dz must be (T, n_y, m) with T = 1, n_y = 4, m = 1, got (5, 4, 1)"):
        model.backward(np.zeros((5, 4, 1)), tape)


@pytest.mark.parametrize("kind", ["lstm", "gru_before"])
def test_a_gradient_for_the_last_state_is_added_to_that_of_the_reading(kind):
    rng = np.random.default_rng(5)
    model = SequenceModel(random_cell(kind, N_X, N_A, rng), N_Y, rng=rng, read="last")
    x, dz = rng.normal(size=(4, N_X, 2)), rng.normal(size=(1, N_Y, 2))
    dstate = random_state(model.cell, 2, rng)
    z, tape = model.forward(x)
    both = model.backward(dz, tape, dstate)[2]
    read = model.backward(dz, model.forward(x)[1])[2]
    given = model.backward(0 * dz, model.forward(x)[1], dstate)[2]
    for name, value in both.items():
        np.testing.assert_allclose(value, read[name] + given[name], rtol=0, atol=1e-12)


def test_a_wrong_gradient_for_the_last_state_is_explained_before_it_is_added():
    model = SequenceModel(KINDS["lstm"](2, 3, rng=0), 4, read="last", rng=0)
    z, tape = model.forward(np.zeros((5, 2, 6)))
    with rejects(TypeError, "dstate must be the pair (a, c) for an LSTM"):
        model.backward(z, tape, np.zeros((3, 6)))
    with rejects(ValueError, "dstate[0] must be (n_a, m) with n_a = 3, m = 6", "got (3, 1)"):
        model.backward(z, tape, (np.zeros((3, 1)), np.zeros((3, 6))))
    with rejects(ValueError, "dstate must be (n_a, m) with n_a = 3, m = 6", "got (1, 6)"):
        plain = SequenceModel(KINDS["rnn_tanh"](2, 3, rng=0), 4, read="last", rng=0)
        plain.backward(z, plain.forward(np.zeros((5, 2, 6)))[1], np.zeros((1, 6)))
    model.backward(z, tape)  # the tape is still fresh


# -- encoder and decoder ---------------------------------------------------------------------------

LENGTHS = np.array([4, 1, 3])
X_MASK = np.arange(4)[:, None] < LENGTHS


def pair(kind, rng, start=0):
    encoder = random_cell(kind, 5, N_A, rng)
    decoder = SequenceModel(random_cell(kind, N_Y, N_A, rng), N_Y, rng=rng)
    return EncoderDecoder(encoder, decoder, start)


@every_kind
def test_a_pair_is_an_encoder_then_a_decoder_one_column_at_a_time(kind):
    rng = np.random.default_rng(1)
    model = pair(kind, rng, start=2)
    x, y = rng.integers(5, size=(4, 3)), rng.integers(N_Y, size=(6, 3))
    z, _ = model.forward(x, y, X_MASK)
    for i, length in enumerate(LENGTHS):
        state, token = None, np.array([2])
        for x_t in x[:length, i : i + 1]:
            _, state = model.encoder.step(x_t, state)
        for t in range(6):
            z_t, state = model.decoder.step(token, state)
            np.testing.assert_allclose(z[t, :, i], z_t[:, 0], rtol=0, atol=1e-12)
            token = y[t, i : i + 1]


@every_kind
@pytest.mark.parametrize("tokens", [False, True])
def test_gradients_of_a_pair(kind, tokens):
    rng = np.random.default_rng(2)
    model = pair(kind, rng)
    x = rng.integers(5, size=(4, 3)) if tokens else rng.normal(size=(4, 5, 3))
    y, y_mask = rng.integers(N_Y, size=(5, 3)), np.arange(5)[:, None] < np.array([2, 5, 3])

    def loss(params):
        for name, value in params.items():
            model.params[name][...] = value
        return cross_entropy(model.scores(x, y, X_MASK), y, y_mask)[0]

    params = {name: value.copy() for name, value in model.params.items()}
    _, grads, state = model.loss_and_grads(x, y, y_mask, x_mask=X_MASK)
    assert state is None
    found = check_gradients(loss, params, grads)
    assert found.ok, found
    if not tokens:
        z, tapes = model.forward(x, y, X_MASK)
        dx = model.backward(cross_entropy(z, y, y_mask)[1], tapes).dx

        def of_x(given):
            return cross_entropy(model.scores(given["x"], y, X_MASK), y, y_mask)[0]

        assert check_gradients(of_x, {"x": x}, {"x": dx}).ok


def test_a_pair_of_stacks_checks_too():
    rng = np.random.default_rng(3)
    deep = [Stacked([random_cell("lstm", n, 3, rng), random_cell("gru_after", 3, 2, rng)])
            for n in (5, N_Y)]  # fmt: skip
    model = EncoderDecoder(deep[0], SequenceModel(deep[1], N_Y, rng=rng))
    x, y = rng.integers(5, size=(4, 3)), rng.integers(N_Y, size=(5, 3))

    def loss(params):
        for name, value in params.items():
            model.params[name][...] = value
        return cross_entropy(model.scores(x, y, X_MASK), y)[0]

    params = {name: value.copy() for name, value in model.params.items()}
    assert check_gradients(loss, params, model.loss_and_grads(x, y, x_mask=X_MASK)[1]).ok


def test_a_pair_is_saved_and_read_back(tmp_path):
    one, other = (pair("lstm", np.random.default_rng(seed)) for seed in (0, 1))
    one.save(tmp_path / "pair")
    other.load(tmp_path / "pair")
    for name, value in one.params.items():
        np.testing.assert_array_equal(other.params[name], value)
        assert not np.shares_memory(other.params[name], value)


def test_pairs_that_do_not_fit_are_refused():
    encoder = KINDS["lstm"](5, 3, rng=0)
    with rejects(ValueError, "decoder must start in a state like the encoder's last one"):
        EncoderDecoder(encoder, SequenceModel(KINDS["gru_before"](4, 3, rng=0), 4, rng=0))
    with rejects(ValueError, 'decoder must have read="every" and n_y = n_x'):
        EncoderDecoder(encoder, SequenceModel(KINDS["lstm"](4, 3, rng=0), 5, rng=0))
    with rejects(ValueError, "start must be a token from 0 to 3, got 4"):
        EncoderDecoder(encoder, SequenceModel(KINDS["lstm"](4, 3, rng=0), 4, rng=0), start=4)
    model = EncoderDecoder(encoder, SequenceModel(KINDS["lstm"](4, 3, rng=0), 4, rng=0))
    with rejects(ValueError, "state must be None"):
        model.loss_and_grads(np.zeros((2, 1), int), np.zeros((2, 1), int), state=np.zeros((3, 1)))
