"""``python -m rnn_helpers`` is the command ``rnn-course``."""

import sys

from rnn_helpers.course.command import main

if __name__ == "__main__":
    sys.exit(main())
