"""The workbench in a Jupyter cell: the only room that imports anywidget, ipywidgets and IPython.

It knows the engine's objects and nothing above them. Importing this package imports none of Jupyter, and no torch.
"""
