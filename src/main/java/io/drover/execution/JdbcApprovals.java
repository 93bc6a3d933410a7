package io.drover.execution;

import io.drover.approval.ApprovalMessages;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.ApprovalRequest.State;
import io.drover.approval.Approvals;
import io.drover.approval.Approvers;
import io.drover.approval.Decision;
import io.drover.approval.DecisionRefused;
import io.drover.approval.DecisionRefused.Why;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Questions and what was said to them as rows; a question's row is locked while it is decided. */
public final class JdbcApprovals implements Approvals {
  private static final String SELECT =
      "SELECT a.id, a.execution, a.step, a.visit, a.round, a.gate, a.requester, a.approvers,"
          + " a.needed, a.shown, a.hash, a.state, a.created_at, a.expires_at, a.settled_at"
          + " FROM approval a ";
  private static final String DECISIONS =
      "SELECT approval, who, approved, reason, source, at FROM decision WHERE approval = ?"
          + " ORDER BY at, who";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcApprovals(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public ApprovalRequest ask(Question question) {
    Instant now = clock.now();
    ApprovalRequest asked = writer.now(c -> ask(c, question, now));
    if (asked == null) {
      throw new IllegalStateException("A question is found or made");
    }
    return asked;
  }

  private static ApprovalRequest ask(WriterConnection c, Question question, Instant now)
      throws SQLException {
    ApprovalRequest last =
        c.first(
                SELECT
                    + "WHERE a.execution = ? AND a.step = ? AND a.visit = ?"
                    + " ORDER BY a.round DESC LIMIT 1 FOR UPDATE",
                row -> request(row, 0),
                question.execution(),
                question.step(),
                question.visit())
            .orElse(null);
    if (last != null) {
      if (last.state() == State.OPEN && !now.isBefore(last.expiresAt())) {
        settle(c, last.id(), State.EXPIRED, now);
        return get(c, last.id());
      }
      boolean same = last.hash().equals(question.hash());
      if (same || last.state() == State.REJECTED || last.state() == State.EXPIRED) {
        return last;
      }
      settle(c, last.id(), State.SUPERSEDED, now);
    }
    String id = ExecutionIds.next(now.toEpochMilli());
    c.update(
        "INSERT INTO approval (id, execution, step, visit, round, gate, requester, approvers,"
            + " needed, shown, hash, state, created_at, expires_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', ?, ?)",
        id,
        question.execution(),
        question.step(),
        question.visit(),
        last == null ? 1 : last.round() + 1,
        question.gate(),
        question.requester(),
        question.approvers().toString(),
        question.needed(),
        Sql.clean(question.shown()),
        question.hash(),
        Sql.at(now),
        Sql.at(now.plus(question.patience())));
    return get(c, id);
  }

  private static void settle(WriterConnection c, String id, State state, Instant now)
      throws SQLException {
    c.update(
        "UPDATE approval SET state = ?, settled_at = ? WHERE id = ?",
        state.name(),
        Sql.at(now),
        id);
    // Whoever was asked in a chat sees there that it is settled.
    JdbcJournal.insert(
        c,
        new OutboxMessage(
            ApprovalMessages.CHANNEL,
            "approval/" + id + "/" + state,
            "{\"approval\":\"" + id + "\"}",
            null),
        now);
  }

  private static ApprovalRequest get(WriterConnection c, String id) throws SQLException {
    return c.first(SELECT + "WHERE a.id = ? FOR UPDATE", row -> request(row, 0), Sql.clean(id))
        .orElseThrow(() -> new NoSuchElementException("There is no approval " + id));
  }

  /** What came of it; a refusal is thrown only once its audit line is committed. */
  private record Decided(@Nullable ApprovalRequest request, @Nullable DecisionRefused refused) {}

  @Override
  public ApprovalRequest decide(
      String id, Decider who, boolean approve, String reason, @Nullable String hash) {
    Instant now = clock.now();
    Decided decided =
        writer.now(
            c -> {
              ApprovalRequest request = get(c, id);
              DecisionRefused refused = refusal(c, request, who, hash, now);
              String action = approve ? "approve" : "reject";
              JdbcAudit.insert(
                  c,
                  now,
                  who.name(),
                  refused == null ? action : action + "-refused",
                  "approval " + id + " of execution " + request.execution(),
                  refused == null ? reason : refused.getMessage(),
                  who.source());
              if (refused != null) {
                return new Decided(null, refused);
              }
              record(c, request, who, approve, reason, now);
              return new Decided(get(c, id), null);
            });
    if (decided == null || decided.request() == null) {
      throw decided == null || decided.refused() == null
          ? new IllegalStateException("A decision counts or is refused")
          : decided.refused();
    }
    return decided.request();
  }

  private static @Nullable DecisionRefused refusal(
      WriterConnection c, ApprovalRequest request, Decider who, @Nullable String hash, Instant now)
      throws SQLException {
    if (who.name().equals(request.requester())) {
      return new DecisionRefused(
          Why.REQUESTER, "Nobody decides on what he asked for himself: " + who.name());
    }
    if (!request.approvers().include(who.name(), who.groups())) {
      return new DecisionRefused(
          Why.NOT_AN_APPROVER,
          who.name() + " is not one of its approvers (" + request.approvers() + ")");
    }
    List<Decision> said = c.list(DECISIONS, row -> decision(row, 0), request.id());
    if (request.state() != State.OPEN) {
      String last =
          said.isEmpty()
              ? ""
              : ": "
                  + said.get(said.size() - 1).who()
                  + " at "
                  + said.get(said.size() - 1).at()
                  + ", \""
                  + said.get(said.size() - 1).reason()
                  + "\"";
      return new DecisionRefused(Why.TOO_LATE, "It is " + request.state() + " already" + last);
    }
    if (!now.isBefore(request.expiresAt())) {
      return new DecisionRefused(
          Why.TOO_LATE, "Its time was over at " + request.expiresAt() + "; that means no");
    }
    boolean ended =
        c.first(
                "SELECT state FROM execution WHERE id = ?",
                row -> row.getString("state"),
                request.execution())
            .filter(state -> !state.equals(ExecutionState.ENDED.name()))
            .isEmpty();
    if (ended) {
      return new DecisionRefused(
          Why.TOO_LATE, "Execution " + request.execution() + " has ended; nothing waits for it");
    }
    if (said.stream().anyMatch(decision -> decision.who().equals(who.name()))) {
      return new DecisionRefused(Why.TWICE, who.name() + " has decided already");
    }
    if (hash != null && !hash.equals(request.hash())) {
      return new DecisionRefused(
          Why.CHANGED, "It shows something else now; its hash is " + request.hash());
    }
    return null;
  }

  private static void record(
      WriterConnection c,
      ApprovalRequest request,
      Decider who,
      boolean approve,
      String reason,
      Instant now)
      throws SQLException {
    c.update(
        "INSERT INTO decision (approval, who, approved, reason, source, at)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        request.id(),
        who.name(),
        approve,
        Sql.cut(reason, 2_000),
        Sql.cut(who.source(), 200),
        Sql.at(now));
    int yes =
        c.list(DECISIONS, row -> decision(row, 0), request.id()).stream()
            .mapToInt(decision -> decision.approved() ? 1 : 0)
            .sum();
    if (approve && yes < request.needed()) {
      return;
    }
    settle(c, request.id(), approve ? State.APPROVED : State.REJECTED, now);
    JdbcExecutions.wake(c, request.execution(), now);
  }

  @Override
  public Optional<ApprovalRequest> find(String id) {
    return jdbc.sql(SELECT + "WHERE a.id = ?")
        .param(Sql.clean(id))
        .query(JdbcApprovals::request)
        .optional();
  }

  @Override
  public List<ApprovalRequest> list(@Nullable State state, int limit) {
    if (state == null) {
      return jdbc.sql(SELECT + "ORDER BY a.id DESC LIMIT ?")
          .param(limit)
          .query(JdbcApprovals::request)
          .list();
    }
    if (state != State.OPEN) {
      return jdbc.sql(SELECT + "WHERE a.state = ? ORDER BY a.id DESC LIMIT ?")
          .param(state.name())
          .param(limit)
          .query(JdbcApprovals::request)
          .list();
    }
    return jdbc.sql(
            SELECT
                + "JOIN execution e ON e.id = a.execution WHERE a.state = 'OPEN'"
                + " AND e.state <> 'ENDED' AND a.expires_at > ? ORDER BY a.id DESC LIMIT ?")
        .param(Sql.at(clock.now()))
        .param(limit)
        .query(JdbcApprovals::request)
        .list();
  }

  @Override
  public List<ApprovalRequest> approved(String execution) {
    return jdbc.sql(
            SELECT
                + "JOIN execution e ON e.id = a.execution WHERE a.state = 'APPROVED' AND e.root ="
                + " (SELECT root FROM execution WHERE id = ?) ORDER BY a.id")
        .param(Sql.clean(execution))
        .query(JdbcApprovals::request)
        .list();
  }

  @Override
  public List<Decision> decisions(String id) {
    return jdbc.sql(DECISIONS).param(Sql.clean(id)).query(JdbcApprovals::decision).list();
  }

  private static ApprovalRequest request(ResultSet row, int number) throws SQLException {
    return new ApprovalRequest(
        row.getString("id"),
        row.getString("execution"),
        row.getString("step"),
        row.getInt("visit"),
        row.getInt("round"),
        row.getString("gate"),
        row.getString("requester"),
        Approvers.parse(row.getString("approvers")),
        row.getInt("needed"),
        row.getString("shown"),
        row.getString("hash"),
        State.valueOf(row.getString("state")),
        Sql.instant(row, "created_at"),
        Sql.instant(row, "expires_at"),
        Sql.instantOrNull(row, "settled_at"));
  }

  private static Decision decision(ResultSet row, int number) throws SQLException {
    return new Decision(
        row.getString("approval"),
        row.getString("who"),
        row.getBoolean("approved"),
        row.getString("reason"),
        row.getString("source"),
        Sql.instant(row, "at"));
  }
}
