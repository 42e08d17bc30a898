"""The panel on leads and contacts of Dynamics: a page without a server of its own. It talks to Dataverse only."""
