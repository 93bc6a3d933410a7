package io.drover.approval;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The questions that executions ask of people, in the ledger. */
public interface Approvals {

  /**
   * Asks, or finds what was asked before at this place. A question that showed other facts is
   * replaced by a new round, even if it was approved; one whose time is over becomes expired.
   */
  ApprovalRequest ask(Question question);

  Optional<ApprovalRequest> find(String id);

  /** Newest first; open ones only those that can still be decided. */
  List<ApprovalRequest> list(ApprovalRequest.@Nullable State state, int limit);

  /** Approved questions of this execution and of all that have the same root with it. */
  List<ApprovalRequest> approved(String execution);

  /** What was said so far, in order. */
  List<Decision> decisions(String id);

  /**
   * Checks who decides and records what he says, in one transaction, and wakes the execution when
   * that settles it.
   *
   * @param hash of what he saw; null if he cannot tell
   * @throws DecisionRefused when it does not count
   * @throws java.util.NoSuchElementException when there is no such question
   */
  ApprovalRequest decide(
      String id, Decider who, boolean approve, String reason, @Nullable String hash);

  /** What a gate wants to know. */
  record Question(
      String execution,
      String step,
      int visit,
      String gate,
      String requester,
      Approvers approvers,
      int needed,
      String shown,
      String hash,
      Duration patience) {}

  /**
   * Who decides.
   *
   * @param source where from: an address
   */
  record Decider(String name, Set<String> groups, @Nullable String source) {}
}
