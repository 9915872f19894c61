"""Traffic of every kind, from inside a container of the lab."""
