-- Who drives executions: one row a process. A fenced runner writes nothing more.
CREATE TABLE runner (
  id          VARCHAR(40)  PRIMARY KEY,
  lease_until TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  fenced      BOOLEAN      NOT NULL DEFAULT FALSE
);

CREATE TABLE execution (
  id               VARCHAR(26)   PRIMARY KEY,
  runbook          VARCHAR(200)  NOT NULL,
  version          VARCHAR(64)   NOT NULL,
  parent           VARCHAR(26),
  child_key        VARCHAR(300),
  root             VARCHAR(26)   NOT NULL,
  state            VARCHAR(10)   NOT NULL,
  outcome          VARCHAR(20),
  reason           VARCHAR(4000),
  requester        VARCHAR(200)  NOT NULL,
  trigger_kind     VARCHAR(20)   NOT NULL,
  trigger_detail   VARCHAR(1000) NOT NULL,
  inputs           TEXT          NOT NULL,
  priority         INT           NOT NULL,
  owner            VARCHAR(40),
  epoch            BIGINT        NOT NULL,
  created_at       TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  started_at       TIMESTAMP(6) WITH TIME ZONE,
  ended_at         TIMESTAMP(6) WITH TIME ZONE,
  wake_at          TIMESTAMP(6) WITH TIME ZONE,
  waiting_for      VARCHAR(300),
  not_after        TIMESTAMP(6) WITH TIME ZONE,
  cancel_requested BOOLEAN       NOT NULL DEFAULT FALSE,
  halt_requested   BOOLEAN       NOT NULL DEFAULT FALSE,
  resume_failures  INT           NOT NULL DEFAULT 0,
  rerun_of         VARCHAR(26),
  subject_system   VARCHAR(100),
  subject_ext_id   VARCHAR(100),
  subject_name     VARCHAR(1000),
  result           TEXT,
  resolution       VARCHAR(4000),
  CONSTRAINT execution_child UNIQUE (parent, child_key)
);
CREATE INDEX execution_open ON execution (state, owner);
CREATE INDEX execution_subject ON execution (subject_ext_id);
CREATE INDEX execution_runbook ON execution (runbook, id);

-- One start a requester and key.
CREATE TABLE idempotency (
  requester    VARCHAR(200) NOT NULL,
  request_key  VARCHAR(300) NOT NULL,
  request_hash VARCHAR(64)  NOT NULL,
  execution    VARCHAR(26)  NOT NULL,
  PRIMARY KEY (requester, request_key)
);

CREATE TABLE step (
  execution     VARCHAR(26)   NOT NULL,
  seq           INT           NOT NULL,
  step          VARCHAR(200)  NOT NULL,
  visit         INT           NOT NULL,
  attempt       INT           NOT NULL,
  recovery      BOOLEAN       NOT NULL,
  state         VARCHAR(10)   NOT NULL,
  outcome       TEXT,
  error_kind    VARCHAR(100),
  error_message VARCHAR(4000),
  started_at    TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  ended_at      TIMESTAMP(6) WITH TIME ZONE,
  PRIMARY KEY (execution, seq)
);

CREATE TABLE effect (
  id           VARCHAR(300)  PRIMARY KEY,
  execution    VARCHAR(26)   NOT NULL,
  step         VARCHAR(200)  NOT NULL,
  visit        INT           NOT NULL,
  attempt      INT           NOT NULL,
  ordinal      INT           NOT NULL,
  system       VARCHAR(100)  NOT NULL,
  kind         VARCHAR(100)  NOT NULL,
  target       VARCHAR(300)  NOT NULL,
  target_name  VARCHAR(1000),
  request_id   VARCHAR(36)   NOT NULL,
  request      VARCHAR(5000) NOT NULL,
  state        VARCHAR(10)   NOT NULL,
  task_ext_id  VARCHAR(200),
  result       TEXT,
  journaled_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  ended_at     TIMESTAMP(6) WITH TIME ZONE
);
CREATE INDEX effect_execution ON effect (execution, journaled_at);
CREATE INDEX effect_task ON effect (task_ext_id);

-- One execution at a time per VM.
CREATE TABLE vm_lock (
  system    VARCHAR(100)  NOT NULL,
  ext_id    VARCHAR(100)  NOT NULL,
  name      VARCHAR(1000) NOT NULL,
  execution VARCHAR(26)   NOT NULL,
  since     TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (system, ext_id)
);
CREATE INDEX vm_lock_execution ON vm_lock (execution);
