"""What a teacher uses: where the class is stuck.

``class_view`` shows what a class shared, as ``received`` reads it and ``counts`` counts it, so
that no small group shows.
"""
