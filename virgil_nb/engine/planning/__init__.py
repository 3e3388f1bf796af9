"""From a document to what is to be computed: checks, order, one key per result. Nothing runs here."""
