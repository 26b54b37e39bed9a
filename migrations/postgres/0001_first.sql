-- Programmes and all that belongs to them. Every key begins with the tenant. Times are milliseconds since 1970.
CREATE TABLE settings (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);

-- The head of the audit chain stands here, so that a tenant's entries are written one after another.
CREATE TABLE tenants (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    created BIGINT NOT NULL,
    audit_number BIGINT NOT NULL,
    audit_hash TEXT COLLATE "C" NOT NULL
);

CREATE TABLE programmes (
    tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- Revisions are written once. `declarations` is sealed.
CREATE TABLE rosters (
    tenant TEXT COLLATE "C" NOT NULL,
    programme TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    etag TEXT COLLATE "C" NOT NULL,
    instance TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    declarations BYTEA NOT NULL,
    PRIMARY KEY (tenant, programme, revision),
    FOREIGN KEY (tenant, programme) REFERENCES programmes (tenant, id) ON DELETE CASCADE
);

CREATE TABLE runs (
    tenant TEXT COLLATE "C" NOT NULL,
    programme TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    baseline TEXT COLLATE "C" NOT NULL,
    time_limit BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    cancel BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    wanted BIGINT NOT NULL,
    elapsed BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    fence BIGINT NOT NULL,
    heartbeat BIGINT NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    failure TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, programme, id),
    FOREIGN KEY (tenant, programme) REFERENCES programmes (tenant, id) ON DELETE CASCADE
);
CREATE INDEX runs_waiting ON runs (state, created);

-- `document` is sealed. One run makes at most one plan.
CREATE TABLE plans (
    tenant TEXT COLLATE "C" NOT NULL,
    programme TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    run TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'approved', 'published')),
    outcome TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    document BYTEA NOT NULL,
    PRIMARY KEY (tenant, programme, id),
    UNIQUE (tenant, programme, run),
    FOREIGN KEY (tenant, programme) REFERENCES programmes (tenant, id) ON DELETE CASCADE
);

CREATE TABLE approvals (
    tenant TEXT COLLATE "C" NOT NULL,
    programme TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('approved', 'published')),
    author TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, programme, plan, state),
    FOREIGN KEY (tenant, programme, plan) REFERENCES plans (tenant, programme, id) ON DELETE CASCADE
);

-- What a mutation with a request id has made, so that the same request makes nothing more.
CREATE TABLE requests (
    tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    result TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- A token itself is nowhere: `hash` is its keyed hash.
CREATE TABLE tokens (
    tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    scopes TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- A chain: every entry holds the hash of the one before.
CREATE TABLE audit (
    tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    number BIGINT NOT NULL,
    created BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, number)
);

-- The service works as a role that owns nothing, and sees the rows of the tenant it works for alone; `*` is the service's own work:
-- finding tokens and taking up runs.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dyad_app') THEN
        CREATE ROLE dyad_app NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, 'dyad_app', 'MEMBER') THEN
        EXECUTE format('GRANT dyad_app TO %I', current_user);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO dyad_app', current_schema());
END
$$;
GRANT SELECT, INSERT ON settings TO dyad_app;

GRANT SELECT, INSERT, UPDATE ON tenants TO dyad_app;
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON tenants USING (current_setting('dyad.tenant', true) IN (id, '*'));

GRANT SELECT, INSERT, UPDATE, DELETE ON programmes TO dyad_app;
ALTER TABLE programmes ENABLE ROW LEVEL SECURITY;
ALTER TABLE programmes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON programmes USING (current_setting('dyad.tenant', true) IN (tenant, '*'));

GRANT SELECT, INSERT ON rosters TO dyad_app;
ALTER TABLE rosters ENABLE ROW LEVEL SECURITY;
ALTER TABLE rosters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON rosters USING (current_setting('dyad.tenant', true) IN (tenant, '*'));

GRANT SELECT, INSERT, UPDATE, DELETE ON runs TO dyad_app;
ALTER TABLE runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON runs USING (current_setting('dyad.tenant', true) IN (tenant, '*'));

GRANT SELECT, INSERT, UPDATE, DELETE ON plans TO dyad_app;
ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON plans USING (current_setting('dyad.tenant', true) IN (tenant, '*'));

GRANT SELECT, INSERT ON approvals TO dyad_app;
ALTER TABLE approvals ENABLE ROW LEVEL SECURITY;
ALTER TABLE approvals FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON approvals USING (current_setting('dyad.tenant', true) IN (tenant, '*'));

GRANT SELECT, INSERT, DELETE ON requests TO dyad_app;
ALTER TABLE requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE requests FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON requests USING (current_setting('dyad.tenant', true) IN (tenant, '*'));

GRANT SELECT, INSERT, UPDATE ON tokens TO dyad_app;
ALTER TABLE tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON tokens USING (current_setting('dyad.tenant', true) IN (tenant, '*'));

GRANT SELECT, INSERT ON audit TO dyad_app;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_alone ON audit USING (current_setting('dyad.tenant', true) IN (tenant, '*'));
