package io.drover.execution;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A write that is one row of one kind; rows of a kind go to the database together. */
abstract class RowWrite extends Write<Void> {
  final Kind kind;
  final String execution;

  RowWrite(Kind kind, String execution) {
    this.kind = kind;
    this.execution = execution;
  }

  abstract void bind(PreparedStatement statement) throws SQLException;

  /** The statement touched no row. */
  abstract void untouched(WriterConnection connection) throws SQLException;

  @Override
  final void run(WriterConnection connection) throws SQLException {
    PreparedStatement statement = connection.prepared(kind.sql);
    bind(statement);
    if (statement.executeUpdate() == 0) {
      untouched(connection);
    }
  }

  /** The kinds in the order in which one commit makes them. */
  enum Kind {
    RUNNING(
        "UPDATE execution SET state = 'RUNNING', started_at = COALESCE(started_at, ?),"
            + " epoch = CASE WHEN owner = ? THEN epoch ELSE epoch + 1 END, owner = ?,"
            + " wake_at = NULL, waiting_for = NULL, resume_failures = 0"
            + " WHERE id = ? AND (owner = ? OR owner IS NULL) AND ("
            + Sql.mayBecome(ExecutionState.RUNNING)
            // Taken over or given back inside this process: it runs in the ledger already.
            + " OR state = 'RUNNING')"),
    STEP(
        "INSERT INTO step ("
            + Sql.STEP_COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    STEP_ENDED(
        "UPDATE step SET state = ?, outcome = ?, outcome_rest = ?, error_kind = ?,"
            + " error_message = ?, ended_at = ? WHERE execution = ? AND seq = ?"),
    EFFECT(
        "INSERT INTO effect ("
            + Sql.EFFECT_COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    EFFECT_CHANGED(
        "UPDATE effect SET state = ?, task_ext_id = COALESCE(?, task_ext_id),"
            + " result = COALESCE(?, result), ended_at = ? WHERE id = ?"),
    SUBJECT(
        "UPDATE execution SET subject_system = ?, subject_ext_id = ?, subject_name = ?"
            + " WHERE id = ? AND owner = ?"),
    WAITING(
        "UPDATE execution SET state = 'WAITING', wake_at = ?, waiting_for = ?, owner = NULL"
            + " WHERE id = ? AND owner = ? AND "
            + Sql.mayBecome(ExecutionState.WAITING));

    final String sql;

    Kind(String sql) {
      this.sql = sql;
    }
  }
}
