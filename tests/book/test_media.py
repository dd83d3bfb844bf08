"""Pictures and sounds of the book: small, once each, and looking as they did."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
from book.media import COLOURS, Media, small
from PIL import Image

from rnn_helpers.course import figures


def picture() -> bytes:
    x = np.linspace(-3, 3, 60)
    curves = {"tanh": np.tanh(x), "ReLU": np.maximum(x, 0)}
    return figures.lines(x, curves, x_label="z", y_label="g1(z)").png


def test_a_picture_keeps_its_size_and_nearly_its_colours() -> None:
    png = picture()
    before, after = (Image.open(io.BytesIO(data)) for data in (png, small(png)))
    pixels = [np.asarray(image.convert("RGB"), int) for image in (before, after)]
    assert before.size == after.size and after.mode == "P"
    assert len(np.unique(pixels[1].reshape(-1, 3), axis=0)) <= COLOURS
    assert np.abs(pixels[0] - pixels[1]).max() < 60
    assert np.abs(pixels[0] - pixels[1]).mean() < 0.5
    assert (pixels[1][0, 0] == 255).all()  # white stays white


def test_equal_content_is_stored_once(tmp_path: Path) -> None:
    media = Media(tmp_path / "media")
    links = [media.add(b"one", "wav"), media.add(b"two", "wav"), media.add(b"one", "wav")]
    assert links[0] == links[2] != links[1]
    assert [path.read_bytes() for path in sorted((tmp_path / "media").iterdir())] in (
        [b"one", b"two"],
        [b"two", b"one"],
    )


def test_what_is_written_into_a_page_becomes_a_file(tmp_path: Path) -> None:
    media = Media(tmp_path)
    png, wav = (base64.b64encode(data).decode() for data in (picture(), b"RIFF of a sound"))
    markup = (
        f'<img src="data:image/png;base64,{png}" alt="A"><source src="data:audio/wav;base64,{wav}">'
    )
    shown = media.taken_out(markup)
    assert "base64" not in shown and ' alt="A">' in shown
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".png", ".wav"]
