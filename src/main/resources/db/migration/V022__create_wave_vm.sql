-- Each VM of each migration wave: how far it is, and the facts that people ask for afterwards.
CREATE TABLE wave_vm (
  execution   VARCHAR(26) NOT NULL,
  vcenter     VARCHAR     NOT NULL,
  vm          VARCHAR     NOT NULL,
  vm_name     VARCHAR     NOT NULL,
  place       INTEGER     NOT NULL,
  phase       VARCHAR(20) NOT NULL,
  told        VARCHAR,
  progress    INTEGER     NOT NULL,
  eta_seconds BIGINT,
  ext_id      VARCHAR,
  facts       VARCHAR     NOT NULL,
  updated_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (execution, vm)
);
CREATE INDEX wave_vm_source ON wave_vm (vcenter, phase);
