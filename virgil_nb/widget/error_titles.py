"""What happened, in at most five words: the title of a node's error card. People read it before any class name."""

from __future__ import annotations

TITLES = {
    "OutOfMemoryError": "Not enough GPU memory",
    "MemoryError": "Not enough memory",
    "CheckpointNotFound": "Model file not found",
    "CheckpointTruncated": "Model file is incomplete",
    "CheckpointChanged": "Model file changed meanwhile",
    "PickleRefused": "Unsafe model file refused",
    "UnknownModel": "Unknown kind of model",
    "MissingWeights": "Weights are missing",
    "MismatchedWeights": "Weights don't fit",
    "CheckpointError": "Model file can't be read",
    "InvalidSampling": "These settings can't be sampled",
    "FileMissingError": "File not found",
    "FileNotFoundError": "File not found",
    "FileNameError": "File name not allowed",
    "PictureError": "Picture can't be read",
    "ValueMismatchError": "Values don't fit together",
    "SaveError": "Could not be saved",
    "PermissionError": "No permission",
    "ModuleNotFoundError": "A package is missing",
    "ImportError": "A package can't be loaded",
    "TimeoutError": "It took too long",
    "RunInsideNode": "A run inside a node",
}


def title_of(exception_type: str, *, own_code: bool) -> str:
    """The title for an exception of that class; `own_code`: it was raised in code that the user or a pack wrote."""
    return TITLES.get(exception_type, "The node's code failed" if own_code else "It could not be done")


def text_of(message: str, exception_type: str, *, own_code: bool) -> str:
    """The card's text: the message, and with it the class where the reader is its author or there is nothing else to say."""
    if not message:
        return exception_type
    return f"{exception_type}: {message}" if own_code or exception_type not in TITLES else message
