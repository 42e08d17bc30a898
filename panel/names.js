// What ac365 has in Dynamics, by name. Every value is JSON, so that a test can compare it with mapping/companion.py.

export const USER_ROLE = "ActiveCampaign User";

export const KIND = {
  "SENT": 365000000, "OPENED": 365000001, "CLICKED": 365000002, "REPLIED": 365000003, "FORWARDED": 365000004,
  "BOUNCED": 365000005, "SUBSCRIBED": 365000006, "UNSUBSCRIBED": 365000007, "AUTOMATION_ENTERED": 365000008,
  "AUTOMATION_COMPLETED": 365000009, "OTHER": 365000010
};

export const ASK = {"ADD_TO_AUTOMATION": 365000000, "REMOVE_FROM_AUTOMATION": 365000001, "SEND_CAMPAIGN": 365000002};

export const STATE = {
  "ASKED": 365000000, "WORKING": 365000001, "DONE": 365000002, "REFUSED": 365000003, "FAILED": 365000004,
  "UNCONFIRMED": 365000005
};

export const OFFER = {"AUTOMATION": 365000000, "CAMPAIGN": 365000001};

// How a column is called in rows, under the word that the panel uses for it.
export const ACTIVITY = {
  "table": "ac365_activity",
  "id": "ac365_activityid",
  "columns": {
    "name": "ac365_name", "kind": "ac365_kind", "at": "ac365_occurredon", "source": "ac365_source",
    "sourceId": "ac365_sourceid", "subject": "ac365_subject", "detail": "ac365_detail", "machine": "ac365_machine",
    "enrolment": "ac365_enrolmentid"
  }
};

export const CHOICE = {
  "table": "ac365_choice",
  "id": "ac365_choiceid",
  "columns": {
    "name": "ac365_name", "kind": "ac365_kind", "key": "ac365_key", "subject": "ac365_subject",
    "sender": "ac365_sender", "preheader": "ac365_preheader", "offered": "ac365_offered"
  }
};

export const REQUEST = {
  "table": "ac365_request",
  "id": "ac365_requestid",
  "columns": {
    "name": "ac365_name", "kind": "ac365_kind", "target": "ac365_target", "state": "ac365_state",
    "answer": "ac365_answer", "answeredOn": "ac365_answeredon"
  }
};

// The two tables that the panel stands on, and the lookups that lead to them.
export const PERSON = {
  "lead": {"set": "leads", "bound": "ac365_LeadId", "value": "_ac365_leadid_value"},
  "contact": {"set": "contacts", "bound": "ac365_ContactId", "value": "_ac365_contactid_value"}
};
