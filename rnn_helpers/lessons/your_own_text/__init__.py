"""The panels and exercises of ``13_your_own_text``."""
