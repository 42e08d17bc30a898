"""Marketing activities from ActiveCampaign into Dynamics: read on one line, written on another."""
