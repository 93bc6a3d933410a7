-- Questions to people, each with what it showed. A new round replaces one whose facts have changed.
CREATE TABLE approval (
  id         VARCHAR(26) NOT NULL PRIMARY KEY,
  execution  VARCHAR(26) NOT NULL,
  step       VARCHAR     NOT NULL,
  visit      INT         NOT NULL,
  round      INT         NOT NULL,
  gate       VARCHAR     NOT NULL,
  requester  VARCHAR     NOT NULL,
  approvers  VARCHAR     NOT NULL,
  needed     INT         NOT NULL,
  shown      TEXT        NOT NULL,
  hash       VARCHAR(64) NOT NULL,
  state      VARCHAR(10) NOT NULL,
  created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  settled_at TIMESTAMP(6) WITH TIME ZONE,
  CONSTRAINT approval_once UNIQUE (execution, step, visit, round)
);
CREATE INDEX approval_state ON approval (state);

-- One word of one person; he has no second one.
CREATE TABLE decision (
  approval VARCHAR(26) NOT NULL,
  who      VARCHAR     NOT NULL,
  approved BOOLEAN     NOT NULL,
  reason   VARCHAR     NOT NULL,
  source   VARCHAR,
  at       TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (approval, who)
);
