"""What people in Dynamics ask ActiveCampaign for: heard, checked, done once, answered."""
