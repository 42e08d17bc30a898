"""Opportunities: records of a custom object in ActiveCampaign, each of them the opportunity of one contact."""
