"""The endpoints, one module per family, plus the control routes under /_sim."""
