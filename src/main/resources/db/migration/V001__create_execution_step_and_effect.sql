-- Text of unknown length is VARCHAR, not TEXT: H2 keeps TEXT apart as a large object, which makes each small row three writes.
-- What is longer than a VARCHAR of H2 goes on in the …_rest column.

-- Who drives executions: one row a process. A fenced runner writes nothing more.
CREATE TABLE runner (
  id          VARCHAR(60) PRIMARY KEY,
  host        VARCHAR     NOT NULL,
  started_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  lease_until TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  fenced_at   TIMESTAMP(6) WITH TIME ZONE,
  fenced_by   VARCHAR(60)
);

CREATE TABLE execution (
  id               VARCHAR(26) PRIMARY KEY,
  runbook          VARCHAR     NOT NULL,
  version          VARCHAR(64) NOT NULL,
  parent           VARCHAR(26),
  child_key        VARCHAR,
  root             VARCHAR(26) NOT NULL,
  state            VARCHAR(10) NOT NULL,
  outcome          VARCHAR(20),
  reason           VARCHAR,
  requester        VARCHAR     NOT NULL,
  trigger_kind     VARCHAR(20) NOT NULL,
  trigger_detail   VARCHAR     NOT NULL,
  inputs           VARCHAR     NOT NULL,
  inputs_rest      TEXT,
  priority         INT         NOT NULL,
  owner            VARCHAR(60),
  epoch            BIGINT      NOT NULL,
  created_at       TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  started_at       TIMESTAMP(6) WITH TIME ZONE,
  ended_at         TIMESTAMP(6) WITH TIME ZONE,
  wake_at          TIMESTAMP(6) WITH TIME ZONE,
  waiting_for      VARCHAR,
  not_after        TIMESTAMP(6) WITH TIME ZONE,
  cancel_requested BOOLEAN     NOT NULL,
  halt_requested   BOOLEAN     NOT NULL,
  resume_failures  INT         NOT NULL,
  rerun_of         VARCHAR(26),
  subject_system   VARCHAR,
  subject_ext_id   VARCHAR,
  subject_name     VARCHAR,
  result           VARCHAR,
  result_rest      TEXT,
  resolution       VARCHAR,
  CONSTRAINT execution_child UNIQUE (parent, child_key)
);
-- Children in order of creation; with no parent: the list that operators see, newest first.
CREATE INDEX execution_parent ON execution (parent, id);
CREATE INDEX execution_root ON execution (root);
CREATE INDEX execution_runbook ON execution (runbook, id);
CREATE INDEX execution_open ON execution (state, owner);
CREATE INDEX execution_due ON execution (state, wake_at);
CREATE INDEX execution_outcome ON execution (outcome, id);
CREATE INDEX execution_subject ON execution (subject_ext_id, id);

-- One start a requester and key.
CREATE TABLE idempotency (
  requester    VARCHAR     NOT NULL,
  request_key  VARCHAR     NOT NULL,
  request_hash VARCHAR     NOT NULL,
  execution    VARCHAR(26) NOT NULL,
  created_at   TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (requester, request_key)
);

CREATE TABLE step (
  execution     VARCHAR(26) NOT NULL,
  seq           INT         NOT NULL,
  step          VARCHAR     NOT NULL,
  visit         INT         NOT NULL,
  attempt       INT         NOT NULL,
  recovery      BOOLEAN     NOT NULL,
  state         VARCHAR(10) NOT NULL,
  outcome       VARCHAR,
  outcome_rest  TEXT,
  error_kind    VARCHAR,
  error_message VARCHAR,
  started_at    TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  ended_at      TIMESTAMP(6) WITH TIME ZONE,
  PRIMARY KEY (execution, seq)
);

CREATE TABLE effect (
  id           VARCHAR     PRIMARY KEY,
  execution    VARCHAR(26) NOT NULL,
  step         VARCHAR     NOT NULL,
  visit        INT         NOT NULL,
  attempt      INT         NOT NULL,
  ordinal      INT         NOT NULL,
  system       VARCHAR     NOT NULL,
  kind         VARCHAR     NOT NULL,
  target       VARCHAR     NOT NULL,
  target_name  VARCHAR,
  request_id   VARCHAR(36) NOT NULL,
  request      VARCHAR     NOT NULL,
  state        VARCHAR(10) NOT NULL,
  task_ext_id  VARCHAR,
  result       VARCHAR,
  journaled_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  ended_at     TIMESTAMP(6) WITH TIME ZONE
);
CREATE INDEX effect_visit ON effect (execution, step, visit);
CREATE INDEX effect_task ON effect (task_ext_id);

-- One execution at a time per VM: the primary key is the lock.
CREATE TABLE vm_lock (
  system    VARCHAR     NOT NULL,
  ext_id    VARCHAR     NOT NULL,
  name      VARCHAR     NOT NULL,
  execution VARCHAR(26) NOT NULL,
  since     TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (system, ext_id)
);
CREATE INDEX vm_lock_execution ON vm_lock (execution);
