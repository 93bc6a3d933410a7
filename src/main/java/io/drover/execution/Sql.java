package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How records stand in rows. */
final class Sql {
  static final String EXECUTION_COLUMNS =
      "id, runbook, version, parent, child_key, root, state, outcome, reason, requester,"
          + " trigger_kind, trigger_detail, inputs, inputs_rest, priority, owner, epoch, created_at,"
          + " started_at, ended_at, wake_at, waiting_for, not_after, cancel_requested,"
          + " halt_requested, resume_failures, rerun_of, subject_system, subject_ext_id,"
          + " subject_name, result, result_rest, resolution";
  static final String SELECT_EXECUTION = "SELECT " + EXECUTION_COLUMNS + " FROM execution ";
  static final String STEP_COLUMNS =
      "execution, seq, step, visit, attempt, recovery, state, outcome, outcome_rest, error_kind,"
          + " error_message, started_at, ended_at";
  static final String EFFECT_COLUMNS =
      "id, execution, step, visit, attempt, ordinal, system, kind, target, target_name, request_id,"
          + " request, state, task_ext_id, result, journaled_at, ended_at";

  // H2's VARCHAR ends at 1,048,576 characters; surrogates and all stay far below.
  private static final int COLUMN = 1_000_000;

  private Sql() {}

  /** {@code state IN (…)} with the states from which this one may be reached. */
  static String mayBecome(ExecutionState state) {
    return Arrays.stream(ExecutionState.values())
        .filter(from -> from.next().contains(state))
        .map(from -> "'" + from.name() + "'")
        .collect(Collectors.joining(", ", "state IN (", ")"));
  }

  static @Nullable OffsetDateTime at(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** PostgreSQL refuses NUL in text, and text from outside may hold one. */
  static @Nullable String clean(@Nullable String text) {
    return text == null || text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD');
  }

  /** As {@link #clean}, and no longer than this. */
  static @Nullable String cut(@Nullable String text, int limit) {
    return text == null || text.length() <= limit
        ? clean(text)
        : clean(text.substring(0, limit - 1)) + "…";
  }

  static @Nullable String head(@Nullable String text) {
    return text == null || text.length() <= COLUMN ? text : text.substring(0, COLUMN);
  }

  static @Nullable String rest(@Nullable String text) {
    return text == null || text.length() <= COLUMN ? null : text.substring(COLUMN);
  }

  private static @Nullable String whole(ResultSet row, String head, String rest)
      throws SQLException {
    String more = row.getString(rest);
    return more == null ? row.getString(head) : row.getString(head) + more;
  }

  static Execution execution(ResultSet row, int number) throws SQLException {
    String outcome = row.getString("outcome");
    String subject = row.getString("subject_ext_id");
    return new Execution(
        row.getString("id"),
        row.getString("runbook"),
        row.getString("version"),
        row.getString("parent"),
        row.getString("child_key"),
        row.getString("root"),
        ExecutionState.valueOf(row.getString("state")),
        outcome == null ? null : Outcome.valueOf(outcome),
        row.getString("reason"),
        row.getString("requester"),
        new Trigger(
            Trigger.Kind.valueOf(row.getString("trigger_kind")), row.getString("trigger_detail")),
        String.valueOf(whole(row, "inputs", "inputs_rest")),
        row.getInt("priority"),
        row.getString("owner"),
        row.getLong("epoch"),
        instant(row, "created_at"),
        instantOrNull(row, "started_at"),
        instantOrNull(row, "ended_at"),
        instantOrNull(row, "wake_at"),
        row.getString("waiting_for"),
        instantOrNull(row, "not_after"),
        row.getBoolean("cancel_requested"),
        row.getBoolean("halt_requested"),
        row.getInt("resume_failures"),
        row.getString("rerun_of"),
        subject == null
            ? null
            : new Subject(row.getString("subject_system"), subject, row.getString("subject_name")),
        whole(row, "result", "result_rest"),
        row.getString("resolution"));
  }

  static StepRecord step(ResultSet row, int number) throws SQLException {
    return new StepRecord(
        new StepKey(
            row.getString("execution"),
            row.getString("step"),
            row.getInt("visit"),
            row.getInt("attempt")),
        row.getInt("seq"),
        row.getBoolean("recovery"),
        StepRecord.State.valueOf(row.getString("state")),
        whole(row, "outcome", "outcome_rest"),
        row.getString("error_kind"),
        row.getString("error_message"),
        instant(row, "started_at"),
        instantOrNull(row, "ended_at"));
  }

  static Effect effect(ResultSet row, int number) throws SQLException {
    return new Effect(
        row.getString("id"),
        row.getString("execution"),
        row.getString("step"),
        row.getInt("visit"),
        row.getInt("attempt"),
        row.getInt("ordinal"),
        row.getString("system"),
        row.getString("kind"),
        row.getString("target"),
        row.getString("target_name"),
        row.getString("request_id"),
        row.getString("request"),
        Effect.State.valueOf(row.getString("state")),
        row.getString("task_ext_id"),
        row.getString("result"),
        instant(row, "journaled_at"),
        instantOrNull(row, "ended_at"));
  }
}
