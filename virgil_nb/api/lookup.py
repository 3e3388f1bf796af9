"""Finding a node in a document the way a person names it: by id, then by title, then by type."""

from __future__ import annotations

from virgil_nb.engine import Document, Registry, close_names


def find_node(document: Document, key: str, registry: Registry) -> str:
    """Id of the one node that `key` names: its id, else its title, else its type (or the type's display name).

    Raises KeyError with close names if there is none, and with the candidates if there are several.
    """
    if not isinstance(key, str):
        raise TypeError(f"A node is looked up by id, title or type, which are text; got {type(key).__name__}.")
    if key in document.nodes:
        return key
    titles: dict[str, list[str]] = {}
    types: dict[str, list[str]] = {}
    for node in document.nodes.values():
        if node.title:
            titles.setdefault(node.title, []).append(node.id)
        types.setdefault(node.type, []).append(node.id)
        spec = registry.get(node.type)
        if spec is not None and spec.display_name != node.type:
            types.setdefault(spec.display_name, []).append(node.id)
    for names in (titles, types):
        found = names.get(key, [])
        if len(found) == 1:
            return found[0]
        if found:
            candidates = ", ".join(f"{node_id!r} ({_label(document, node_id)})" for node_id in found)
            raise KeyError(f"{len(found)} nodes are called {key!r}: {candidates}. Use one of the ids, or give them titles.")
    known = [*document.nodes, *titles, *types]
    close = close_names(key, known)
    if close:
        hint = "Did you mean " + " or ".join(repr(name) for name in close) + "?"
    elif known:
        hint = "There are: " + ", ".join(sorted({node.title or node.type for node in document.nodes.values()})) + "."
    else:
        hint = "The workflow is empty."
    raise KeyError(f"No node is called {key!r}. {hint}")


def _label(document: Document, node_id: str) -> str:
    node = document.nodes[node_id]
    return f"{node.title}, {node.type}" if node.title else node.type
