"""Prompts: their syntax, their tokens, and the encoder that turns them into conditioning."""
