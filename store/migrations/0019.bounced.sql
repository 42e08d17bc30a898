-- depends: 0018.in_flight_address
-- Whether what was agreed on about mail includes a bounce: one that comes after somebody cleared the opt-out in Dynamics
-- is something new. Of what was agreed on before this version nobody knows any more, so it counts as included.
ALTER TABLE links ADD COLUMN bounced boolean NOT NULL DEFAULT false;
UPDATE links SET bounced = true WHERE opted_out;
