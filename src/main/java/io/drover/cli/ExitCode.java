package io.drover.cli;

import org.jspecify.annotations.Nullable;

/**
 * What the command line ends with; fixed, scripts rely on it. Documented in {@code docs/cli.md}.
 */
final class ExitCode {
  static final int OK = 0;

  /** Something that nobody foresaw. */
  static final int BUG = 1;

  /** The command line itself is wrong. */
  static final int USAGE = 2;

  /** A file or an input breaks a rule; nothing was started. */
  static final int FINDINGS = 3;

  static final int NOT_FOUND = 4;

  /** Not signed in, or not allowed. */
  static final int REFUSED = 5;

  /** It does not fit the state of things: already ended, already decided, read-only. */
  static final int CONFLICT = 6;

  /** Drover does not answer, or cannot at the moment. */
  static final int UNREACHABLE = 7;

  /** The time that was given for waiting is over; what was waited for goes on. */
  static final int TIMEOUT = 8;

  /** The execution failed, and what it changed was put back or nothing was changed. */
  static final int FAILED = 10;

  /** The execution failed and something that it changed still stands. */
  static final int CHANGED = 11;

  /** A person has to look. */
  static final int NEEDS_HUMAN = 12;

  /** Rejected, cancelled. */
  static final int STOPPED = 13;

  /** A check of doctor failed. */
  static final int UNHEALTHY = 14;

  private ExitCode() {}

  /** The code for how an execution ended. */
  static int of(@Nullable String outcome) {
    return switch (outcome == null ? "" : outcome) {
      case "SUCCEEDED", "SKIPPED" -> OK;
      case "FAILED_UNCHANGED", "ROLLED_BACK" -> FAILED;
      case "FAILED_CHANGED" -> CHANGED;
      case "ROLLBACK_UNPROVEN", "NEEDS_HUMAN" -> NEEDS_HUMAN;
      case "REJECTED", "CANCELLED" -> STOPPED;
      default -> BUG;
    };
  }
}
