"""checkov over plans. `scanner` starts one process; only what runs in it imports checkov.

scanner ─ stdin: plans ─▶ batch ─ one plan at a time ─▶ engine ─ policies/checks
   ▲                        │
   └── one line a plan ─────┘
"""
