"""A stand-in for ActiveCampaign: REST API v3, the v1 calls and the event endpoint that v3 does not replace."""
