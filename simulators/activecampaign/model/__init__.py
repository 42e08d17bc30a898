"""What the simulated account holds: compact contacts, plain tables for everything else."""
