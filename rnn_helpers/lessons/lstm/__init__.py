"""The panels and exercises of ``07_lstm``."""
