"""Terraform: where it is, where its provider comes from, and what it is asked to do.

Arguments are built by python-terraform, processes are started by `adapters.process`. What
Terraform writes becomes a value here; nothing past this package sees its JSON.
"""
