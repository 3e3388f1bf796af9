"""The networks, with the key names that checkpoints use below their prefixes."""
