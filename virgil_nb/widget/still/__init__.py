"""The graph and its last pictures as one still image, for readers who have no kernel.

    document ─▶ layout.py ─▶ boxes.py ─▶ picture.py, pen.py ─▶ output.py ─▶ the notebook
                places.py    lines.py    fonts.py, colours.py     ▲
                                                              refresh.py: when

Measures are the live editor's. Needs Pillow only.
"""
