-- depends: 0017.console_requests
-- With both columns a claim asks this index alone. Without the connection in it the planner would join it, for each row
-- that it looks at, with a list of everything the connection has in the outbox.
DROP INDEX outbox_in_flight_address;
CREATE INDEX outbox_in_flight_address ON outbox (address, connection_id) WHERE claimed_by IS NOT NULL;
