"""What judges an answer.

``exercise`` is the engine. It asks ``blanks`` what is left to fill in and ``inputs`` for what to
call the answer with, runs it under ``guard``, lets ``compare`` hold it against the reference and
``diagnosis`` say what went wrong, and shows the ``feedback``.
"""
