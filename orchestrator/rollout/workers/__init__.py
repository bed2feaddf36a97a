"""A run on many machines: what is handed out, and how a worker answers what it is given.

Each item goes through the same stages as in a run on one machine; here is only what comes of there
being several: duplicates, workers that are lost, a budget and a stop that all of them keep to.
"""
