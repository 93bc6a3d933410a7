-- How each VM is protected at a target: the newest copy that was seen there, and the last try.
CREATE TABLE protection (
  system               VARCHAR     NOT NULL,
  target               VARCHAR     NOT NULL,
  vm_ext_id            VARCHAR     NOT NULL,
  vm_name              VARCHAR     NOT NULL,
  category             VARCHAR     NOT NULL,
  rpo_seconds          BIGINT      NOT NULL,
  point_at             TIMESTAMP(6) WITH TIME ZONE,
  replica              VARCHAR,
  vm_recovery_point    VARCHAR,
  location_agnostic_id VARCHAR,
  cluster              VARCHAR,
  expires_at           TIMESTAMP(6) WITH TIME ZONE,
  verified_at          TIMESTAMP(6) WITH TIME ZONE,
  verified_by          VARCHAR(26),
  state                VARCHAR(10) NOT NULL,
  reason               VARCHAR,
  tried_by             VARCHAR(26) NOT NULL,
  tried_at             TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (system, target, vm_ext_id)
);
CREATE INDEX protection_category ON protection (system, target, category);
CREATE INDEX protection_tried_by ON protection (tried_by);
