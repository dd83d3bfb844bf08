"""Read what learners shared: files of a folder or of a zip file, or lines from a form.

Nothing of it is trusted. No file is opened that is not an ordinary one, no link is followed,
nothing is unpacked to the disk, and nothing is read beyond ``LARGEST``, whatever a header promises.
What is no share of this course's is named, with the reason, and skipped.

A checksum finds what was changed by accident or by a careless hand. It cannot find who takes the
trouble to compute it anew, or who shares under many pseudonyms: a share is a kindness, not a proof.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnn_helpers.course import facts
from rnn_helpers.course.share import START

LARGEST = 200_000  # bytes of one share; a full one has less than 100,000
MOST = 3_000  # shares, files of a folder or members of a zip file
TEXT = 20_000_000  # bytes of a file of lines
LINE = re.compile(rf"{re.escape(START)}([\w-]{{1,{LARGEST}}})\.([0-9a-f]{{8}})", re.ASCII)

Source = str | os.PathLike | Iterable[str]


@dataclass(frozen=True)
class Received:
    """The shares of a class, one for each pseudonym, and what was skipped: (name, why)."""

    shares: list[dict[str, Any]]
    skipped: list[tuple[str, str]]


class _SkippedError(Exception):
    """Carries why something is no share."""


def receive(source: Source) -> Received:
    """Read a folder, a zip file, a text or CSV file of lines, or the lines themselves.

    Of several shares under one pseudonym the newest is kept. Raise FileNotFoundError for a path
    where nothing is, TypeError for what is neither a path nor lines.
    """
    found: dict[str, tuple[str, dict]] = {}
    skipped = []
    for name, read in _pieces(source):
        try:
            share = _share(read)
        except _SkippedError as error:
            skipped.append((name, str(error)))
            continue
        before = found.get(share["pseudonym"])
        if before and _age(before[1]) >= _age(share):
            skipped.append((name, f"doubled: {before[0]} is of the same pseudonym and as new"))
            continue
        if before:
            skipped.append((before[0], f"doubled: {name} is of the same pseudonym and newer"))
        found[share["pseudonym"]] = name, share
    return Received([share for _, share in found.values()], skipped)


def _age(share: dict[str, Any]) -> tuple[str, int]:
    return share["week"], share["number"]


Piece = tuple[str, bytes | str]  # a name, and the content, or why there is none


def _pieces(source: Source) -> Iterator[Piece]:
    if isinstance(source, str) and (START in source or "\n" in source):
        return _lines([source])
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_dir():
            return _files(path)
        if not path.exists():
            raise FileNotFoundError(f"source is {str(path)!r}, and there is nothing of that name")
        if path.is_file() and zipfile.is_zipfile(path):
            return _members(path)
        return _lines_of(path)
    if isinstance(source, Iterable) and not isinstance(source, bytes):
        return _lines(source)
    kind = type(source).__name__
    raise TypeError(f"source is a {kind}, expected a folder, a zip file, a file of lines, or lines")


def _share(read: bytes | str) -> dict[str, Any]:
    if isinstance(read, str):
        raise _SkippedError(read)
    content = _parsed(read)
    if says := facts.problem_of(content):
        raise _SkippedError(says)
    return content


# --- folders and zip files -----------------------------------------------------------------------


def _files(folder: Path) -> Iterator[Piece]:
    """Walk the files of a folder and of those in it, in order of their names."""
    count = 0
    for place, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            count += 1
            if count > MOST:
                yield str(path.relative_to(folder)), f"there are more than {MOST} files"
                return
            yield str(path.relative_to(folder)), _content(path)
        for name in folders:
            if Path(place, name).is_symlink():
                yield str(Path(place, name).relative_to(folder)), "a link"


def _content(path: Path, largest: int = LARGEST) -> bytes | str:
    """Return what an ordinary file holds, or why it is not read."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # opening a pipe would wait for ever
            return "a link" if path.is_symlink() else "no file"
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(handle, "rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    return content if len(content) <= largest else "too large for a share"


def _members(path: Path) -> Iterator[Piece]:
    """Walk the members of a zip file; each is read as a stream, up to what a share may have."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members[:MOST]:
                yield member.filename, _member(archive, member)
            if len(members) > MOST:
                yield path.name, f"there are more than {MOST} files in it"
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield path.name, f"damaged: {error}"


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | str:
    if stat.S_ISLNK(member.external_attr >> 16):
        return "a link"
    try:
        with archive.open(member) as file:
            content = file.read(LARGEST + 1)
    except Exception as error:  # zipfile raises many kinds: no such method, a password, damage
        return f"damaged or locked ({type(error).__name__})"
    return content if len(content) <= LARGEST else "too large for a share"


# --- lines ---------------------------------------------------------------------------------------


def _lines_of(path: Path) -> Iterator[Piece]:
    content = _content(path.resolve(), TEXT)
    if isinstance(content, str):
        yield path.name, content
        return
    text = content.decode("utf-8", errors="replace")
    if START in text:
        yield from _lines(text.splitlines())
    else:
        yield path.name, content[: LARGEST + 1]  # one share by itself, or something else


def _lines(lines: Iterable[str]) -> Iterator[Piece]:
    """Find the shares in lines as a form hands them out, with whatever else stands there."""
    count = 0
    for number, line in enumerate(lines, start=1):
        if not isinstance(line, str):
            yield f"line {number}", "no text"
            continue
        if START not in line:
            continue
        found = list(LINE.finditer(line))
        for match in found:
            yield f"line {number}", _unpacked(match[1], match[2])
        if len(found) < line.count(START):
            yield f"line {number}", "damaged: the line is not whole"
        count += len(found)
        if count > MOST:
            yield f"line {number}", f"there are more than {MOST} shares"
            return


def _unpacked(packed: str, check: str) -> bytes | str:
    padded = packed + "=" * (-len(packed) % 4)
    if f"{zlib.crc32(padded.encode()):08x}" != check:
        return "damaged: the line is not what was sent"
    try:
        opened = zlib.decompressobj()
        content = opened.decompress(base64.urlsafe_b64decode(padded), LARGEST + 1)
    except (zlib.error, binascii.Error, ValueError):
        return "damaged: the line cannot be unpacked"
    return content if len(content) <= LARGEST else "too large for a share"


# --- what stands in a file -----------------------------------------------------------------------


def _parsed(content: bytes) -> Any:
    """Return what JSON says; it has no fractions, no double keys and no huge numbers here."""
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_int=_small,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except _SkippedError:
        raise
    except (ValueError, RecursionError):
        raise _SkippedError("of another kind, or damaged: it cannot be read as JSON") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _SkippedError("forged: a key occurs twice")
    return found


def _small(digits: str) -> int:
    return int(digits) if len(digits) <= 6 else _no_number(digits)


def _no_number(digits: str) -> Any:
    raise _SkippedError("forged: it has a number that no share has")
