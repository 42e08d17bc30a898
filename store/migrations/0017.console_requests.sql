-- depends: 0016.alerts
-- Where it was asked. A row in Dynamics to answer on has only what was asked there.
ALTER TABLE requests ADD COLUMN origin text NOT NULL DEFAULT 'dynamics' CHECK (origin IN ('dynamics', 'console'));
-- Of the console: who asked, as the audit log names them, and their id in the directory, null without an account there.
ALTER TABLE requests ADD COLUMN author text NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN directory_id uuid;
CREATE INDEX requests_of_record ON requests (connection_id, record_id, id) WHERE record_id IS NOT NULL;
