"""The panels and exercises of ``11_one_token_at_a_time``."""
