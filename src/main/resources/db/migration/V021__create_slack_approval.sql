-- Where a question stands in Slack, so that the message is updated when it is settled.
CREATE TABLE slack_approval (
  approval  VARCHAR(26) NOT NULL PRIMARY KEY,
  channel   VARCHAR     NOT NULL,
  ts        VARCHAR     NOT NULL,
  posted_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- Presses of buttons that were taken: the primary key refuses a replay.
CREATE TABLE slack_press (
  signature VARCHAR     NOT NULL PRIMARY KEY,
  at        TIMESTAMP(6) WITH TIME ZONE NOT NULL
);
CREATE INDEX slack_press_at ON slack_press (at);
