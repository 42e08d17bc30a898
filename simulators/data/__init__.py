"""What a simulated Dynamics 365 is filled with: generated rows, or rows from CSV files."""
