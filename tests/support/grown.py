"""A database that grew up with ac365: every migration came to what the versions before had written.

What each of them wrote stands here as SQL, since today's code would write it another way.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
from support.cast import ADA, ADA_AT, BEN, CLEO, DOV
from yoyo.migrations import MigrationList, read_migrations

import store.migrate

FIRST_DOCUMENT = """{"version": 1, "sync": {"enabled": true, "frequency": "1h"}, "zone": "UTC",
    "limits": {"headroom": 0, "calls_per_second": 5},
    "entities": {
        "account": {"enabled": false, "direction": "outbound", "scope": "all", "criteria": null, "standard": {},
                    "fields": [], "list": null, "on_deleted": "nothing"},
        "contact": {"enabled": true, "direction": "outbound", "scope": "all", "criteria": null, "standard": {},
                    "fields": [], "list": null, "on_deleted": "tag"},
        "lead": {"enabled": false, "direction": "outbound", "scope": "all", "criteria": null, "standard": {},
                 "fields": [], "list": null, "on_deleted": "tag"}}}"""
AGREED = f'{{"email": "{ADA_AT}", "firstName": "Ada", "lastName": "Byron"}}'
WRITTEN = {
    "0001.connections": f"""
        INSERT INTO connections (name, secrets) VALUES ('default', '');
        INSERT INTO configurations (connection_id, version, document, author) VALUES (1, 1, '{FIRST_DOCUMENT}', 'mira');
        INSERT INTO pauses (connection_id, entity, author, reason) VALUES (1, 'lead', 'mira', 'trade fair');
        INSERT INTO counterparts (connection_id, ac_id, name_key, domain) VALUES (1, 3, 'contoso', 'contoso.example');
        INSERT INTO audit (connection_id, author, action) VALUES (1, 'mira', 'configure');
        INSERT INTO heartbeats (name) VALUES ('sync')""",
    "0002.cycles": """
        INSERT INTO watermarks (connection_id, entity, direction, kind, link, select_hash, established)
            VALUES (1, 'contact', 'outbound', 'modified', '2020-01-01T00:00:00Z', 'of then', 'initial');
        INSERT INTO cycles (connection_id, kind, lane, state, config_version, request, started_at, finished_at)
            VALUES (1, 'initial', 'backfill', 'complete', 1, 'contact:outbound', now(), now());
        INSERT INTO streams (cycle_id, connection_id, entity, direction, position, lane, state, pages, read, created,
                             skipped, failed, finished_at)
            VALUES (1, 1, 'contact', 'outbound', 1, 'backfill', 'done', 1, 3, 1, 1, 1, now());
        INSERT INTO pages (stream_id, connection_id, number, rows, state) VALUES (1, 1, 1, '[]', 'done')""",
    "0003.records": f"""
        INSERT INTO records (connection_id, entity, record_id, state, version, address)
            VALUES (1, 'contact', '{ADA}', 'linked', 7, '{ADA_AT}'), (1, 'contact', '{BEN}', 'no_address', 8, NULL);
        INSERT INTO links (connection_id, entity, record_id, address, ac_id, agreed, agreed_version, delivered_at,
                           tagged)
            VALUES (1, 'contact', '{ADA}', '{ADA_AT}', 1, '{AGREED}', 7, now(),
                    '{{"[D365: Contact]","[D365: Pushed from Dynamics]"}}'),
                   (1, 'account', '{CLEO}', NULL, 1, '{{"name": "Contoso"}}', 7, now(), '{{}}');
        INSERT INTO belongings (connection_id, address, ac_account) VALUES (1, '{ADA_AT}', 3);
        INSERT INTO wanted (connection_id, entity, lane, record_id) VALUES (1, 'contact', 'sync', '{BEN}')""",
    "0004.outbox": f"""
        INSERT INTO outbox (connection_id, stream_id, entity, record_id, version, change, lane)
            VALUES (1, 1, 'lead', '{DOV}', 9, '{{}}', 'sync');
        INSERT INTO imports (connection_id, lane, state, service_id, rows) VALUES (1, 'backfill', 'done', 'a-1', 1)""",
    "0005.history": f"""
        INSERT INTO outcomes (connection_id, cycle_id, stream_id, entity, record_id, outcome, reason, version)
            VALUES (1, 1, 1, 'contact', '{ADA}', 'created', '', 7),
                   (1, 1, 1, 'contact', '{BEN}', 'skipped', 'has no e-mail address', 8),
                   (1, 1, 1, 'contact', '{DOV}', 'failed', 'refused', 9);
        INSERT INTO failures (connection_id, entity, direction, record_id, stage, class, cycle_id)
            VALUES (1, 'contact', 'outbound', '{DOV}', 'upsert', 'bad_record', 1)""",
    "0006.two_way": f"""
        INSERT INTO outbox (connection_id, stream_id, entity, record_id, version, change, lane, direction, action)
            VALUES (1, 1, 'lead', '{DOV}', 9, '{{}}', 'sync', 'inbound', 'create');
        INSERT INTO asked (connection_id, lane, kind, ac_id, entity) VALUES (1, 'sync', 'person', 77, 'lead');
        INSERT INTO conflicts (connection_id, entity, record_id, key, policy, state)
            VALUES (1, 'contact', '{ADA}', 'phone', 'ask', 'open'), (1, 'contact', '{ADA}', 'x', 'ask', 'resolved');
        INSERT INTO memberships (connection_id, ac_contact, ac_account) VALUES (1, 1, 3);
        INSERT INTO account_values (connection_id, ac_id, field_values) VALUES (1, 3, '{{}}')""",
    "0007.verifications": """
        INSERT INTO verifications (connection_id, fingerprint, phase) VALUES (1, 'of then', 'here')""",
    "0008.left_contacts": "INSERT INTO left_contacts (connection_id, ac_id) VALUES (1, 99)",
    "0009.opportunities": f"""
        INSERT INTO records (connection_id, entity, record_id, state, version)
            VALUES (1, 'opportunity', '{DOV}', 'waiting', 12);
        INSERT INTO outbox (connection_id, stream_id, entity, record_id, version, change, lane)
            VALUES (1, 1, 'opportunity', '{DOV}', 12, '{{}}', 'sync');
        INSERT INTO picks (connection_id, opportunity_id, author) VALUES (1, '{DOV}', 'mira')""",
    "0012.console": """
        INSERT INTO users (login, role, password_hash) VALUES ('mira', 'administrator', 'a hash')""",
    "0020.overwritten": f"""
        INSERT INTO overwritten (connection_id, cycle_id, entity, direction, record_id, before, after)
            VALUES (1, 1, 'contact', 'outbound', '{ADA}', '{{"firstName": null}}', '{{"firstName": "Ada"}}')""",
}


def steps(dsn: str) -> Iterator[str]:
    """Migrates step by step; the name of each is given once it has been applied and written to."""
    with store.migrate._backend(dsn) as backend:
        for migration in read_migrations(str(store.migrate.FOLDER)):
            backend.apply_migrations(MigrationList([migration]))
            if migration.id in WRITTEN:
                with psycopg.connect(dsn) as connection:
                    connection.execute(WRITTEN[migration.id].encode())
            yield migration.id


def grow(dsn: str) -> None:
    """The whole way."""
    for _ in steps(dsn):
        pass
    store.migrate.migrate(dsn)


def broken(folder: Path) -> Path:
    """All migrations and one more, which changes a table and then fails."""
    for path in store.migrate.FOLDER.glob("*.sql"):
        (folder / path.name).write_bytes(path.read_bytes())
    last = sorted(folder.glob("*.sql"))[-1].stem
    text = (
        f"-- depends: {last}\nALTER TABLE links ADD COLUMN hat text;\n\nUPDATE links SET hat = 'x';\n\nSELECT 1 / 0;\n"
    )
    (folder / "9000.broken.sql").write_text(text)
    return folder
