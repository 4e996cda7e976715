CREATE TABLE IF NOT EXISTS calls (
    id bigserial PRIMARY KEY,
    caller text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    followed_up_at timestamptz
);
CREATE INDEX IF NOT EXISTS calls_started_at ON calls (started_at DESC);

CREATE TABLE IF NOT EXISTS operators (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    on_shift boolean NOT NULL DEFAULT false
);
