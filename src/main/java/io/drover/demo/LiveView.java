package io.drover.demo;

import io.drover.execution.Effect;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import io.drover.execution.StepRecord;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An execution with its children, printed line by line as it goes on. */
final class LiveView {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final Executions executions;
  private final PrintStream out;
  private final Set<String> shown = new HashSet<>();

  LiveView(Executions executions, PrintStream out) {
    this.executions = executions;
    this.out = out;
  }

  void title(String text) {
    out.println();
    out.println(text);
    out.println();
  }

  /** Prints what is new. True when the execution has ended and all of it was shown. */
  boolean update(String id) {
    boolean ended = executions.find(id).orElseThrow().state() == ExecutionState.ENDED;
    for (Execution child : executions.children(id)) {
      if (child.subject() == null) {
        continue;
      }
      String name = plain(child.subject().name(), 14);
      Map<String, String> tasks = new HashMap<>();
      for (Effect effect : executions.effects(child.id())) {
        if (effect.taskExtId() != null) {
          tasks.put(effect.step(), effect.taskExtId());
        }
      }
      for (StepRecord step : executions.steps(child.id())) {
        step(child, name, step, tasks);
      }
      if (child.state() == ExecutionState.ENDED && shown.add(child.id() + " end")) {
        line(
            child.endedAt(),
            name,
            "= " + child.outcome(),
            child.reason() == null ? "" : plain(child.reason(), 150));
      }
    }
    return ended;
  }

  private void step(Execution child, String name, StepRecord step, Map<String, String> tasks) {
    Instant ended = step.endedAt();
    if (ended == null || !shown.add(child.id() + step.key().label())) {
      return;
    }
    boolean failed = step.state() == StepRecord.State.FAILED;
    String took =
        String.format("%.1f s", Duration.between(step.startedAt(), ended).toMillis() / 1e3);
    String task = tasks.get(step.key().step());
    String what =
        failed
            ? "FAILED (" + step.errorKind() + ") " + plain(String.valueOf(step.errorMessage()), 110)
            : took + (task == null || task.startsWith("drover-") ? "" : "  task " + tail(task));
    line(ended, name, (step.recovery() ? "< " : "  ") + step.key().step(), what);
  }

  private static String tail(String task) {
    return task.substring(Math.max(0, task.length() - 12));
  }

  private void line(
      @org.jspecify.annotations.Nullable Instant at, String vm, String what, String more) {
    String time = at == null ? "" : TIME.format(at.atZone(ZoneId.systemDefault()));
    out.printf("%-8s  %-14s  %-24s %s%n", time, vm, what, more);
  }

  /** The table at the end. */
  void outcomes(Execution window) {
    out.println();
    out.printf("%-14s  %-18s  %s%n", "VM", "OUTCOME", "WHY");
    List<Execution> children = executions.children(window.id());
    for (Execution child : children) {
      String name = child.subject() == null ? String.valueOf(child.key()) : child.subject().name();
      out.printf(
          "%-14s  %-18s  %s%n",
          plain(name, 14),
          child.outcome(),
          child.reason() == null ? "" : plain(child.reason(), 300));
    }
    out.println();
    out.println(window.outcome() + ": " + window.reason());
  }

  /** Names and messages come from outside: no control characters reach the terminal. */
  static String plain(String text, int most) {
    String clean = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", " ");
    return clean.codePointCount(0, clean.length()) <= most
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, most - 1)) + "…";
  }
}
