"""The wire: Dynamics 365, ActiveCampaign and the shared request budget. JSON in, JSON out."""
