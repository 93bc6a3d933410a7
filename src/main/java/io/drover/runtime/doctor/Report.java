package io.drover.runtime.doctor;

import io.drover.execution.Doctor.Checkup;
import io.drover.execution.Doctor.Result;
import io.drover.prism.PrismProblem;
import io.drover.report.Texts;
import io.drover.runtime.CallFailure;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What was found at one system so far. */
public final class Report {
  private static final int LONGEST = 500;

  private final String system;
  private final List<Checkup> checks = new CopyOnWriteArrayList<>();

  Report(String system) {
    this.system = system;
  }

  List<Checkup> checks() {
    return List.copyOf(checks);
  }

  public void ok(String check, String text) {
    add(check, Result.OK, text);
  }

  public void warn(String check, String text) {
    add(check, Result.WARNING, text);
  }

  public void fail(String check, String text) {
    add(check, Result.FAILED, text);
  }

  /**
   * A call that went wrong: by what the door says, a check of credentials, of rights, or of calls
   * altogether. In Drover's own words where it has some; of any other error the kind alone.
   */
  public void fail(Throwable error) {
    Throwable inner = error;
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause.getClass().getName().startsWith("io.drover.")) {
        fail(check(cause), String.valueOf(cause.getMessage()));
        return;
      }
      inner = cause;
    }
    fail("calls", inner.getClass().getSimpleName());
  }

  private static String check(Throwable error) {
    String kind =
        error instanceof CallFailure failure
            ? failure.getKind()
            : error instanceof PrismProblem problem ? problem.kind() : "";
    return switch (kind) {
      case "credentials", "http-401" -> "credentials";
      case "http-403" -> "rights";
      default -> "calls";
    };
  }

  private void add(String check, Result result, String text) {
    checks.add(new Checkup(system, check, result, Texts.line(text, LONGEST)));
  }
}
