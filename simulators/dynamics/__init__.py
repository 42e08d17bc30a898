"""A simulated Dynamics 365: the Dataverse Web API with its token authority."""
