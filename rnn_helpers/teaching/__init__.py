"""What a teacher uses: where the class is stuck, and what homework holds.

``class_view`` shows what a class shared, as ``received`` reads it and ``counts`` counts it, so
that no small group shows. ``grade`` judges a folder of notebooks: ``functions`` finds the answers
in them, ``judging`` holds them against the course's own, ``answering`` runs them in a process of
its own, and ``values`` is all that the two say to each other. ``handing_out`` writes what
nbgrader and Otter take.
"""
