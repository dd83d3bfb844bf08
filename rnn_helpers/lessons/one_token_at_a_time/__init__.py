"""The panels and exercises of ``12_one_token_at_a_time``."""
