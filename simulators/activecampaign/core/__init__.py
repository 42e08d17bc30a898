"""What every part of the simulated ActiveCampaign stands on: clock, dates, switches, limits, answers."""
