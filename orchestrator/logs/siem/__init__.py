"""What a domain or collection is set up with: mappings, retention, roles and dashboards, as values.

Nothing here speaks with OpenSearch; `adapters/lake/opensearch.py` does.
"""
