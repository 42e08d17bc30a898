"""Stand-ins for Dynamics 365 and ActiveCampaign that speak real HTTP and are as strict as the services."""
