package io.drover.cli;

/** Ends a command with a message for its user. */
final class CliFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  CliFailure(int code, String message) {
    super(message);
    this.code = code;
  }

  int code() {
    return code;
  }
}
