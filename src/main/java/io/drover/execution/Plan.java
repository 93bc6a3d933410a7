package io.drover.execution;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What a dry run found that its runbook would do.
 *
 * @param execution the dry run
 * @param version of the runbook
 * @param hash of runbook, version, inputs and all that would be done, in SHA-256
 * @param complete whether the dry run has ended
 */
public record Plan(
    String execution,
    String runbook,
    String version,
    String hash,
    boolean complete,
    List<Action> actions) {

  /** How the trigger's detail of an execution begins that was started by a plan. */
  public static final String BOUND = "by plan ";

  private static final int MOST = 20_000;

  /**
   * One thing that would be done.
   *
   * @param state RECORDED: just so; EXPECTED: it would follow, if what is before it goes well
   * @param vm its name; null when the execution works on none
   * @param request method, path and body with secrets masked; or what would follow, in words
   */
  public record Action(
      String state,
      String runbook,
      @Nullable String vm,
      @Nullable String vmExtId,
      String step,
      String system,
      String kind,
      String target,
      @Nullable String targetName,
      String request) {}

  /**
   * Reads it off the ledger.
   *
   * @throws NoSuchElementException when there is no such execution
   * @throws Operations.NotPossible when it is not a dry run, or one of a parent's
   */
  public static Plan of(String id, Executions executions) {
    Execution root =
        executions
            .find(id)
            .orElseThrow(() -> new NoSuchElementException("There is no execution " + id));
    if (!root.dry() || root.parent() != null) {
      throw new Operations.NotPossible("Execution " + id + " is not a dry run of its own");
    }
    List<Action> actions = new ArrayList<>();
    add(root, executions, actions);
    StringBuilder text = new StringBuilder();
    line(text, root.runbook(), root.version(), root.inputs());
    for (Action a : actions) {
      line(
          text,
          a.state,
          a.runbook,
          a.vmExtId,
          a.step,
          a.system,
          a.kind,
          a.target,
          a.targetName,
          a.request);
    }
    return new Plan(
        id,
        root.runbook(),
        root.version(),
        hash(text.toString()),
        root.state() == ExecutionState.ENDED,
        List.copyOf(actions));
  }

  private static void add(Execution execution, Executions executions, List<Action> actions) {
    Subject vm = execution.subject();
    for (Effect effect : executions.effects(execution.id())) {
      if (actions.size() < MOST) {
        actions.add(
            new Action(
                effect.state().name(),
                execution.runbook(),
                vm == null ? null : vm.name(),
                vm == null ? null : vm.extId(),
                effect.step(),
                effect.system(),
                effect.kind(),
                effect.target(),
                effect.targetName(),
                effect.request()));
      }
    }
    for (Execution child : executions.children(execution.id())) {
      add(child, executions, actions);
    }
  }

  private static void line(StringBuilder text, @Nullable String... parts) {
    for (String part : parts) {
      text.append(part == null ? "-" : part.length() + ":" + part).append('\n');
    }
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
