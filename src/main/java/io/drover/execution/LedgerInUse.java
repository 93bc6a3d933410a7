package io.drover.execution;

import java.nio.file.Path;

/** Another process has the embedded ledger's file open; two would write over each other. */
final class LedgerInUse extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LedgerInUse(Path folder, Throwable cause) {
    super(
        "The ledger in "
            + folder
            + " is open in another process. Stop that one, or give this one another"
            + " drover.data-directory; several processes need PostgreSQL (spring.datasource.url)",
        cause);
  }
}
