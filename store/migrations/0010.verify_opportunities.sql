-- depends: 0009.opportunities
-- `ac365 verify` compares opportunities as well. All of it goes when the comparison ends.

-- Records of ActiveCampaign that were judged, by their ids there: its lists may show one twice.
CREATE TABLE verify_records (
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    ac_record text NOT NULL,
    PRIMARY KEY (verification_id, ac_record)
);

-- Sums over the opportunities that are expected, and over the records found for them.
CREATE TABLE verify_sums (
    verification_id bigint NOT NULL REFERENCES verifications ON DELETE CASCADE,
    side text NOT NULL CHECK (side IN ('dynamics', 'activecampaign')),
    stage text NOT NULL,
    currency text NOT NULL,
    number bigint NOT NULL,
    estimated numeric NOT NULL,
    actual numeric NOT NULL,
    PRIMARY KEY (verification_id, side, stage, currency)
);

-- What names a record of a custom object, whose ids are no numbers.
ALTER TABLE verify_differences ADD COLUMN ac_record text NOT NULL DEFAULT '';
