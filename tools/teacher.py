"""Make the teacher's edition: pages to read and print, an exam with its key, solved notebooks.

The notebook on what a class shared, ``class_view.ipynb``, is laid beside them.

    python tools/teacher.py                     everything, into build/teacher
    python tools/teacher.py 02_forward_pass     run this notebook anew; the pages are all made
    python tools/teacher.py --no-run            the pages alone, in seconds
    python tools/teacher.py --seed 7            another exam
    python tools/teacher.py --path "a day"      an exam on what this path takes

A notebook is run with its exercises solved, and its panels are asked what they say; that takes some
minutes for all. The pages are Markdown and, beside it, HTML that needs no network.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import time
from pathlib import Path

from edition import exam, formulas, graph, notes, pages, sessions, solutions
from edition.notes import Lesson

from rnn_helpers.course import copies, paths

BUILD = Path(__file__).resolve().parents[1] / "build" / "teacher"
STYLE = Path(__file__).with_name("edition") / "edition.css"
GRAPH = "graph.svg"


def write_pages(
    lessons: list[Lesson], folder: Path, seed: int, on: paths.Path | None = None
) -> list[Path]:
    """Write all pages, as Markdown and as HTML, and the picture of the graph."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {of.notebook.name: solutions.kept(of, folder / "solutions") for of in lessons}
    made = {"index": pages.course_page(lessons, GRAPH, any(told.values())), "paths": ""}
    made |= {of.notebook.name: pages.lesson_page(of, told[of.notebook.name]) for of in lessons}
    made["exam"], made["exam-key"] = exam.paper(seed, on)
    top = list(made)
    made["paths"] = sessions.paths_page(lessons)
    made |= sessions.session_pages(lessons, told)
    (folder / GRAPH).write_bytes(graph.svg(lessons))
    copies.write_class_notebook(folder)
    return [path for name, text in made.items() for path in _write(folder, name, text, top)]


def _write(folder: Path, name: str, text: str, top: list[str]) -> list[Path]:
    markdown, page = folder / f"{name}.md", folder / f"{name}.html"
    markdown.write_text(text, encoding="utf-8")
    page.write_text(_html(name, text, top), encoding="utf-8")
    return [markdown, page]


def _html(name: str, text: str, names: list[str]) -> str:
    """Return a page that needs nothing beside it but the picture of the graph."""
    body = re.sub(r'href="([\w-]+)\.md(#[^"]*)?"', r'href="\1.html\2"', formulas.to_html(text))
    title = html.escape(text.splitlines()[0].lstrip("# "))
    here = name if name in names else "paths"
    links = " ".join(
        f'<a href="{other}.html"{" aria-current=page" * (other == here)}>{_short(other)}</a>'
        for other in names
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head>\n"
        f"<body><nav>{links}</nav><main>\n{body}</main></body></html>\n"
    )


def _short(name: str) -> str:
    return {"index": "course", "exam-key": "key"}.get(name, name[:2] if name[0].isdigit() else name)


def problems(lessons: list[Lesson]) -> list[str]:
    """Return what is amiss with the hand-written fields, one sentence each."""
    return [f"{of.notebook.lesson}: {what}" for of in lessons for what in notes.problems(of)]


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NOTEBOOK", help="run these (default: all)")
    parser.add_argument("--no-run", action="store_true", help="run no notebook, write the pages")
    parser.add_argument("--seed", type=int, default=0, help="of the exam (default: 0)")
    parser.add_argument("--path", default="", help="of the exam, by its name (default: all)")
    chosen = parser.parse_args(arguments)
    on = _path_of(chosen.path)
    lessons = notes.lessons()
    if amiss := problems(lessons):
        sys.exit("\n".join(amiss))
    names = [lesson.notebook.name for lesson in lessons]
    if unknown := [name for name in chosen.names if name not in names]:
        sys.exit(f"There is no notebook called {', '.join(unknown)}, only {', '.join(names)}.")
    wanted = [lesson for lesson in lessons if lesson.notebook.name in (chosen.names or names)]
    good = chosen.no_run or _run(wanted)
    paths = write_pages(lessons, BUILD, chosen.seed, on)
    print(f"{len(paths)} pages, in build/teacher; begin with index.html")
    return 0 if good else 1


def _path_of(name: str) -> paths.Path | None:
    try:
        return paths.path_named(name) if name else None
    except ValueError:
        known = ", ".join(f'"{path.name}"' for path in paths.PATHS)
        sys.exit(f'There is no path called "{name}", only {known}.')


def _run(lessons: list[Lesson]) -> bool:
    good = True
    for lesson in lessons:
        start = time.perf_counter()
        try:
            solutions.keep(lesson, BUILD / "solutions")
            verdict = "solved and run"
        except solutions.SolutionError as error:
            good, verdict = False, f"to mend: {error}"
        seconds = time.perf_counter() - start
        print(f"{lesson.notebook.name}: {verdict} ({seconds:.0f} s)", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
