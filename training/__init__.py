"""Training of the default cross-encoder: raw data sets in, a Hugging Face checkpoint out.

`python -m training --data DIR --work DIR` runs everything; see README.md.
"""
