"""Print the minutes of each section beside an estimate from what it holds, to correct by hand.

python tools/section_minutes.py 05      one notebook (default: all)
"""

import sys

from edition import minutes, sections

from rnn_helpers.course.map import NOTEBOOKS


def main(numbers: list[str]) -> None:
    for notebook in NOTEBOOKS:
        if numbers and not notebook.name.startswith(tuple(numbers)):
            continue
        found = sections.of(notebook.name)
        print(f"{notebook.name}: {sum(section.minutes for section in found)} minutes")
        for section in found:
            estimate = f"{minutes.estimate(section):5.1f}"
            print(f"  {section.minutes:3} {section.part:5}  estimated {estimate}  {section.title}")


if __name__ == "__main__":
    main(sys.argv[1:])
