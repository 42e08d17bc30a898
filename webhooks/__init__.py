"""The receiver of ActiveCampaign's webhooks: `python -m webhooks`."""
