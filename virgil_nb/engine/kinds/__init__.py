"""Kinds of nodes: what one takes and gives (spec), how it is read off a function, what tells one version of its code from another."""
