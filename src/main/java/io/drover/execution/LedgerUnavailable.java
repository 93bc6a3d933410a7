package io.drover.execution;

/**
 * The database did not answer as it should. Whether the write is in the ledger is unknown: read
 * before repeating.
 */
public final class LedgerUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LedgerUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
