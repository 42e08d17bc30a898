"""What both simulators share: the server, faults on demand, request statistics and the control routes."""
