"""Warm provider processes, to which Terraform reattaches instead of starting its own.

A plain plan spends nine tenths of its time on starting up: the provider checks its own schemas,
Terraform decodes all of them, process after process. Here the processes stay, and answers that
are always the same are kept. What a resource's plan, read or apply says is the provider's own
answer, passed on as bytes.

    Terraform ─ a socket for each run ─ relay ─ server ─ conversation ─ a leased provider process

`gateway` is the way in to all of it, and the only part that other packages call. Each connection
of Terraform is one provider block of one run; its conversation has a process to itself from the
first question that only a process can answer until the connection ends. Nothing here decides
anything about a plan, and every doubt ends in the plain way: without a gateway Terraform starts
its providers itself.
"""
