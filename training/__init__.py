"""How the shipped model is made and measured: `python -m training` fetches the data, trains every part and writes the model file.

    icons ─ scenes ─┬─ autoencoder ─┐
                    ├─ denoiser ────┼─ export ─ evaluate
    concepts ─ captions ─┘          │
                    └─ judge ───────┘

Not part of the installed package.
"""
