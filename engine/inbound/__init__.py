"""The way back: what ActiveCampaign holds is read, compared and written to Dynamics."""
