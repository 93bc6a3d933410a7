package io.drover.execution;

import java.nio.file.Path;

/** Another process has the embedded ledger's file open; two would write over each other. */
final class LedgerInUse extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final String WHAT_TO_DO =
      "Stop that one, or give this one another drover.data-directory; several processes on one"
          + " ledger need PostgreSQL (spring.datasource.url)";

  private final String folder;

  LedgerInUse(Path folder, Throwable cause) {
    super("The ledger in " + folder + " is open in another process. " + WHAT_TO_DO, cause);
    this.folder = folder.toString();
  }

  String folder() {
    return folder;
  }
}
