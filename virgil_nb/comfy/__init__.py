"""Compatibility with ComfyUI, at the side: its two workflow formats, and the PNG files that carry them.

`register()` adds openers and writers to the engine's formats; nothing else in the package knows about ComfyUI's files.

    UI format   what its editor saves: nodes with places, links by number, widget values by position   ui_reader, ui_writer
    API format  what its server runs: {id: {class_type, inputs}}                                       api_format
    PNG         either of them as text chunks `workflow` and `prompt`                                  png
"""

from __future__ import annotations

_registered: list[bool] = []


def register() -> None:
    """Makes `open_document` and `write_document` know ComfyUI's formats. Cheap, and harmless when done again."""
    if _registered:
        return
    from virgil_nb.comfy.api_format import is_api, open_api, write_api
    from virgil_nb.comfy.files import is_file_or_text, open_file_or_text
    from virgil_nb.comfy.png import holds_workflow, open_png
    from virgil_nb.comfy.ui_reader import is_ui, open_ui
    from virgil_nb.comfy.ui_writer import write_ui
    from virgil_nb.engine import register_opener, register_writer

    register_opener("comfyui-ui", is_ui, open_ui)
    register_opener("comfyui-api", is_api, open_api)
    register_opener("a file or JSON text", is_file_or_text, open_file_or_text)
    register_opener("comfyui-png", holds_workflow, open_png)
    register_writer("comfyui-api", write_api)
    register_writer("comfyui-ui", write_ui)
    _registered.append(True)
