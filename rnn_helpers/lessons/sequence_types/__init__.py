"""The panels and exercises of ``09_sequence_types``."""
