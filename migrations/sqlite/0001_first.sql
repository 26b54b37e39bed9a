-- Programmes and all that belongs to them. Every key begins with the tenant. Times are milliseconds since 1970.
CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- The head of the audit chain stands here, so that a tenant's entries are written one after another.
CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    created INTEGER NOT NULL,
    audit_number INTEGER NOT NULL,
    audit_hash TEXT NOT NULL
) STRICT;

CREATE TABLE programmes (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

-- Revisions are written once. `declarations` is sealed.
CREATE TABLE rosters (
    tenant TEXT NOT NULL,
    programme TEXT NOT NULL,
    revision INTEGER NOT NULL,
    etag TEXT NOT NULL,
    instance TEXT NOT NULL,
    author TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL,
    declarations BLOB NOT NULL,
    PRIMARY KEY (tenant, programme, revision),
    FOREIGN KEY (tenant, programme) REFERENCES programmes (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE runs (
    tenant TEXT NOT NULL,
    programme TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    baseline TEXT NOT NULL,
    time_limit INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    cancel INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    matched INTEGER NOT NULL,
    wanted INTEGER NOT NULL,
    elapsed INTEGER NOT NULL,
    author TEXT NOT NULL,
    created INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    heartbeat INTEGER NOT NULL,
    plan TEXT NOT NULL,
    failure TEXT NOT NULL,
    PRIMARY KEY (tenant, programme, id),
    FOREIGN KEY (tenant, programme) REFERENCES programmes (tenant, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX runs_waiting ON runs (state, created);

-- `document` is sealed. One run makes at most one plan.
CREATE TABLE plans (
    tenant TEXT NOT NULL,
    programme TEXT NOT NULL,
    id TEXT NOT NULL,
    run TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'published')),
    outcome TEXT NOT NULL,
    hash TEXT NOT NULL,
    created INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (tenant, programme, id),
    UNIQUE (tenant, programme, run),
    FOREIGN KEY (tenant, programme) REFERENCES programmes (tenant, id) ON DELETE CASCADE
) STRICT;

CREATE TABLE approvals (
    tenant TEXT NOT NULL,
    programme TEXT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('approved', 'published')),
    author TEXT NOT NULL,
    note TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (tenant, programme, plan, state),
    FOREIGN KEY (tenant, programme, plan) REFERENCES plans (tenant, programme, id) ON DELETE CASCADE
) STRICT;

-- What a mutation with a request id has made, so that the same request makes nothing more.
CREATE TABLE requests (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    result TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

-- A token itself is nowhere: `hash` is its keyed hash.
CREATE TABLE tokens (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;

-- A chain: every entry holds the hash of the one before.
CREATE TABLE audit (
    tenant TEXT NOT NULL REFERENCES tenants (id),
    number INTEGER NOT NULL,
    created INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (tenant, number)
) STRICT;
