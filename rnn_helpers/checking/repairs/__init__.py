"""Undo a mistake in the answer's own text, to learn which one it was.

If a small change makes an answer right in every call, the mistake is where that change is. So each
of ``operations``, ``calls``, ``places`` and ``lines`` walks the mistakes that such changes undo,
one :class:`~rnn_helpers.checking.repairs.edit.Edit` each, with a sentence that is true of the text
that stands there. ``search`` tries them. One that makes the answer do what another known mistake
does shows that there are two.
"""
