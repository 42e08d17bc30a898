"""Opportunities compared: those of Dynamics that are expected in ActiveCampaign with the records of its custom object,
or with deals, which are read as if they were such records.

phases     what is read, page by page
expected   which opportunities are expected, and why the others aren't
pairs      an opportunity with its record, both as of the same moment
judge      what differs between the two, why, and what would end it
strays     records that no opportunity stands behind
sums       what both sides are worth, by stage and currency
"""
