-- depends: 0007.verifications
-- Contacts of ActiveCampaign that a record stood for until it went over to another contact. Their tags are left over: they
-- ask for nothing.
CREATE TABLE left_contacts (
    connection_id integer NOT NULL REFERENCES connections,
    ac_id bigint NOT NULL,
    left_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, ac_id)
);
