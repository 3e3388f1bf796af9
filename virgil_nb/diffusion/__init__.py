"""Diffusion models and sampling in torch: networks, text, schedules, samplers, weights, previews.

Usable from a plain script. No engine, no Jupyter. Importing this package imports torch only when a name is used.
"""
