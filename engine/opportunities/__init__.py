"""Opportunities: records of a custom object in ActiveCampaign, each of them the opportunity of one contact; or fields
of these contacts (rollup…), or deals (deal…), where the plan has no custom objects."""
