"""checkov over plans. `scanner` starts one process; only what runs in it imports checkov.

scanner ─ stdin: plans ─▶ batch ─ one plan at a time ─▶ engine ─ policies/checks
   ▲                        │
   └── one line a plan ─────┘

The process runs in checkov's own environment, which `environment` finds or makes: batch, codec,
engine and documents import the standard library, checkov, and each other.
"""
