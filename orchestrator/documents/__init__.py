"""Runs, events and journals as JSON: shape, schema, writer and reader, each from one description.

What is written is described by the frozen values themselves, and by a few shapes where JSON says
less than they do. Pure. Loads pydantic: what must start quickly, or travels to AWS Lambda, does
without it.
"""
