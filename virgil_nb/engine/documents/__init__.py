"""The workflow document: immutable snapshots, and the edits that lead from one to the next and back."""
