"""account_configs/ to model: layers, overlay, explain, and the schema for editors.

Reads files and nothing else of the world.
"""
