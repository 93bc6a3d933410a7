package io.drover.execution;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records an execution once: by parent and key, and by requester and idempotency key. */
final class Creation extends Write<Journal.Created> {
  private static final String INSERT =
      "INSERT INTO execution ("
          + Sql.EXECUTION_COLUMNS
          + ") VALUES (?, ?, ?, ?, ?, ?, 'QUEUED', NULL, NULL, ?, ?, ?, ?, ?, ?, ?, 1, ?, NULL,"
          + " NULL, NULL, NULL, ?, ?, ?, 0, ?, ?, ?, ?, NULL, NULL, NULL) ON CONFLICT DO NOTHING";

  private final NewExecution wanted;
  private final String runner;
  private final Instant now;
  private final @Nullable String idempotencyKey;
  private final @Nullable String requestHash;
  private final List<OutboxMessage> messages;

  Creation(
      NewExecution wanted,
      String runner,
      Instant now,
      @Nullable String idempotencyKey,
      @Nullable String requestHash,
      List<OutboxMessage> messages) {
    this.wanted = wanted;
    this.runner = runner;
    this.now = now;
    this.idempotencyKey = idempotencyKey;
    this.requestHash = requestHash;
    this.messages = messages;
  }

  @Override
  void run(WriterConnection c) throws SQLException {
    if (idempotencyKey != null && !firstUse(c)) {
      return;
    }
    Parent parent = parent(c);
    if (parent != null && parent.ended()) {
      found(
          existing(c)
              .orElseThrow(
                  () ->
                      new IllegalStateChange(
                          "Execution " + wanted.parent() + " has ended and starts no child")));
      return;
    }
    Execution created = created(parent);
    if (insert(c, created) == 1) {
      for (OutboxMessage message : messages) {
        JdbcJournal.insert(c, message, now);
      }
      result(new Journal.Created(created, true));
      return;
    }
    found(
        existing(c)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Execution id " + wanted.id() + " is in the ledger already")));
  }

  private void found(Execution execution) {
    result(new Journal.Created(execution, false));
  }

  private boolean firstUse(WriterConnection c) throws SQLException {
    if (c.update(
            "INSERT INTO idempotency (requester, request_key, request_hash, execution, created_at)"
                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            Sql.clean(wanted.requester()),
            Sql.clean(idempotencyKey),
            requestHash,
            wanted.id(),
            Sql.at(now))
        == 1) {
      return true;
    }
    Use use =
        c.first(
                "SELECT request_hash, execution FROM idempotency"
                    + " WHERE requester = ? AND request_key = ?",
                row -> new Use(row.getString(1), row.getString(2)),
                Sql.clean(wanted.requester()),
                Sql.clean(idempotencyKey))
            .orElseThrow(() -> new SQLException("An idempotency key that was in use is gone"));
    if (!use.hash().equals(requestHash)) {
      refuse(
          new Journal.KeyConflict(
              "Idempotency-Key: "
                  + Sql.cut(idempotencyKey, 200)
                  + " (expected: a new key; this one was used with another request)"));
      return false;
    }
    found(
        c.first(
                Sql.SELECT_EXECUTION + "WHERE id = ?",
                row -> Sql.execution(row, 0),
                use.execution())
            .orElseThrow(() -> new SQLException("Execution " + use.execution() + " is gone")));
    return false;
  }

  private @Nullable Parent parent(WriterConnection c) throws SQLException {
    String id = wanted.parent();
    if (id == null) {
      return null;
    }
    return c.first(
            "SELECT root, state, cancel_requested, halt_requested FROM execution WHERE id = ?",
            row ->
                new Parent(
                    row.getString(1),
                    row.getString(2).equals("ENDED"),
                    row.getBoolean(3),
                    row.getBoolean(4)),
            id)
        .orElseThrow(() -> new IllegalArgumentException("There is no execution " + id));
  }

  private Optional<Execution> existing(WriterConnection c) throws SQLException {
    return wanted.parent() == null
        ? Optional.empty()
        : c.first(
            Sql.SELECT_EXECUTION + "WHERE parent = ? AND child_key = ?",
            row -> Sql.execution(row, 0),
            wanted.parent(),
            Sql.clean(wanted.key()));
  }

  private int insert(WriterConnection c, Execution e) throws SQLException {
    Subject subject = e.subject();
    return c.update(
        INSERT,
        e.id(),
        e.runbook(),
        e.version(),
        e.parent(),
        e.key(),
        e.root(),
        e.requester(),
        e.trigger().kind().name(),
        e.trigger().detail(),
        Sql.head(e.inputs()),
        Sql.rest(e.inputs()),
        e.priority(),
        e.owner(),
        Sql.at(e.createdAt()),
        Sql.at(e.notAfter()),
        e.cancelRequested(),
        e.haltRequested(),
        e.rerunOf(),
        subject == null ? null : subject.system(),
        subject == null ? null : subject.extId(),
        subject == null ? null : subject.name());
  }

  private Execution created(@Nullable Parent parent) {
    Subject subject = wanted.subject();
    return new Execution(
        wanted.id(),
        wanted.runbook(),
        wanted.version(),
        wanted.parent(),
        Sql.clean(wanted.key()),
        parent == null ? wanted.id() : parent.root(),
        ExecutionState.QUEUED,
        null,
        null,
        String.valueOf(Sql.clean(wanted.requester())),
        new Trigger(
            wanted.trigger().kind(), String.valueOf(Sql.cut(wanted.trigger().detail(), 4_000))),
        wanted.inputs(),
        wanted.priority(),
        runner,
        1,
        now,
        null,
        null,
        null,
        null,
        wanted.notAfter(),
        parent != null && parent.cancelRequested(),
        parent != null && parent.haltRequested(),
        0,
        wanted.rerunOf(),
        subject == null
            ? null
            : new Subject(
                subject.system(), subject.extId(), String.valueOf(Sql.cut(subject.name(), 4_000))),
        null,
        null);
  }

  private record Parent(
      String root, boolean ended, boolean cancelRequested, boolean haltRequested) {}

  private record Use(String hash, String execution) {}
}
